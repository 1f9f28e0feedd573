// Writes atlaskit.css from Atlassian's design tokens and CSS reset.
//
//   node app/styles/atlaskit.mjs <node_modules> [--check]
//
// The packages ship the themes as JavaScript strings whose selectors wait for a script to name the theme. Here the
// system's colour scheme decides, without a script, and `html[data-color-mode]` overrides it. The result is
// checked in, so that no build needs these packages; `--check` fails if it differs from what they give.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, check] = process.argv.slice(2);
const atlaskit = join(modules, "@atlaskit");
const version = (name) => JSON.parse(readFileSync(join(atlaskit, name, "package.json"), "utf8")).version;

async function declarations(theme) {
  const file = join(atlaskit, "tokens/dist/es2019/artifacts/themes", `atlassian-${theme}.js`);
  const { default: css } = await import(`data:text/javascript,${encodeURIComponent(readFileSync(file, "utf8"))}`);
  const body = css.match(/\{([^{}]*)\}/)?.[1];
  if (!body?.includes("--ds-")) throw new Error(`${pathToFileURL(file)} holds no theme`);
  return body.trim().replace(/\s*\n\s*/g, "\n");
}

// The reset without the rules for attributes that we do not set.
const reset = readFileSync(join(atlaskit, "css-reset/dist/bundle.css"), "utf8")
  .replace(/\/\*[^]*?\*\//g, "")
  .replace(/@media \(forced-colors: active\) \{\s*:root\[data-scrollbar[^]*?\n\}\n/g, "")
  .replace(/(:root\[data-scrollbar[^{]*)\{[^}]*\}/g, "")
  .replace(/@-moz-document[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "")
  .replace(/@supports not selector[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "")
  .replace(/\s+/g, " ")
  .replace(/ ?([{};,]) ?/g, "$1")
  .replace(/\}/g, "}\n");

const [light, dark, ...rest] = await Promise.all(
  ["light", "dark", "spacing", "typography", "shape"].map(declarations),
);
const css = `/*! @atlaskit/tokens ${version("tokens")}, @atlaskit/css-reset ${version("css-reset")}. Written by atlaskit.mjs.
${readFileSync(join(atlaskit, "tokens/LICENSE"), "utf8").trim()}
*/
:root{
${light}
${rest.join("\n")}
}
@media (prefers-color-scheme:dark){:root:not([data-color-mode=light]){
${dark}
}}
:root[data-color-mode=dark]{
${dark}
}
${reset}`;

const target = new URL("atlaskit.css", import.meta.url);
if (check !== "--check") writeFileSync(target, css);
else if (readFileSync(target, "utf8") !== css) {
  console.error("app/styles/atlaskit.css is not what the packages give: run node app/styles/atlaskit.mjs <node_modules>");
  process.exitCode = 1;
}
