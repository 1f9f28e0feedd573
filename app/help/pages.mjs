// Renders the help pages, app/help/*.md, into the frame of page.html. Trunk copies them from target/help/.
//
// They are static files that need neither the app nor WebAssembly nor a session, so that help is available when nothing
// else is. A heading may end in its anchor, `{#ip_allow_list}`. The topics beside every page are the links of index.md.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const modules = process.env.CAUSEWAY_NODE_MODULES;
if (!modules) throw new Error("CAUSEWAY_NODE_MODULES is not set: build with make");
const { Marked } = await import(pathToFileURL(join(modules, "marked/lib/marked.esm.js")));

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../../target/help");
const read = (name) => readFileSync(join(here, name), "utf8");
const frame = read("page.html");

const markdown = new Marked({
  renderer: {
    heading({ tokens, depth }) {
      const html = this.parser.parseInline(tokens);
      const [, words, name] = html.match(/^(.*?)(?:\s*\{#([\w-]+)\})?$/s);
      return `<h${depth}${name ? ` id="${name}"` : ""}>${words}</h${depth}>\n`;
    },
  },
});

/** The table of contents of a long page: links to its headings with anchors, folded away. */
function contents(text) {
  const named = [...text.matchAll(/^(##|###) (.+?) \{#([\w-]+)\}$/gm)];
  if (named.length < 12) return "";
  const item = ([, depth, words, name]) => `<li${depth === "##" ? ' class="part"' : ""}><a href="#${name}">${markdown.parseInline(words)}</a></li>`;
  return `<details class="help-contents"><summary>On this page</summary><ul>${named.map(item).join("")}</ul></details>\n`;
}

/** The first paragraph as plain text, for search engines and link previews. */
function description(text) {
  const [, paragraph] = text.match(/^# .+\n+([^#|`>-][\s\S]*?)\n\s*\n/m) ?? [];
  if (!paragraph) throw new Error("a help page begins with a paragraph");
  const plain = paragraph.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*`]/g, "").replace(/\s+/g, " ").trim();
  return plain.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}

const pathOf = (topic) => (topic === "index" ? "/help/" : `/help/${topic}/`);
const topics = [...read("index.md").matchAll(/\[([^\]]+)\]\((\/help\/[\w-]+\/)\)/g)].map(([, words, path]) => ({ words, path }));

function page(topic) {
  const text = read(`${topic}.md`);
  const [, heading] = text.match(/^# (.+)$/m);
  const current = (path) => (path === pathOf(topic) ? ' aria-current="page"' : "");
  const listed = topics.map(({ words, path }) => `          <li><a href="${path}"${current(path)}>${words}</a></li>`);
  const parts = {
    description: description(text),
    title: topic === "index" ? heading : `${heading} · Help`,
    current: topic === "index" ? "page" : "true",
    topics: listed.join("\n"),
    content: markdown.parse(text).replace("</h1>\n", `</h1>\n${contents(text)}`),
  };
  return frame.replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part]);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
cpSync(join(here, "help.css"), join(out, "help.css"));
// The API reference: Swagger UI, and what starts it.
cpSync(join(here, "reference"), join(out, "reference"), { recursive: true });
const swagger = (name) => join(modules, "swagger-ui-dist", name);
for (const name of ["swagger-ui-bundle.js", "LICENSE", "NOTICE"]) cpSync(swagger(name), join(out, "reference", name));
// Without the pictures that its style sheet holds itself (`data:`): the content security policy forbids them.
const sheet = readFileSync(swagger("swagger-ui.css"), "utf8").replaceAll(/url\((["']?)data:.*?\1\)/g, "none");
writeFileSync(join(out, "reference/swagger-ui.css"), sheet);
for (const file of readdirSync(here).filter((name) => name.endsWith(".md"))) {
  const topic = file.slice(0, -".md".length);
  const folder = join(out, topic === "index" ? "." : topic);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), page(topic));
}
