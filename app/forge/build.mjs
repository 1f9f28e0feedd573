// Builds and checks the Forge app, without network.
//
//   node build.mjs <packages of this folder> <node_modules with esbuild> <where to>
//
// FORGE_APP_ID is what `forge register` gave, FORGE_REMOTE the public address of Causeway. The result is a folder in which
// `forge deploy` and `forge install` are run. Beside it lies `csp.txt`: the policy under which Atlassian serves the pages.
import { createRequire } from "node:module";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { faults } from "./faults.mjs";

const [packages, tools, to] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const RESOURCES = { view: "Jira chart", edit: "Choose a Jira chart", page: "Charts", settings: "Causeway" };
/** The most bytes of the script of a page, with Brotli. */
const BUDGET = 40 * 1024;
/** What stands for the host of the page in `csp.txt`. */
const HOST = "https://host.example";

function stop(...why) {
  for (const line of why) console.error(line);
  process.exit(1);
}

const from = (folder, name) => createRequire(join(folder, "package.json"))(name);
const { build } = from(dirname(tools), "esbuild");
const { FullValidationProcessor } = from(packages, "@forge/manifest");
const { CSPInjectionService, CSPProcessingService } = from(packages, "@forge/csp");
const cheerio = from(packages, "cheerio");

const { FORGE_APP_ID: app, FORGE_REMOTE: remote } = process.env;
if (!/^ari:cloud:ecosystem::app\/[0-9a-f-]{36}$/.test(app ?? "")) {
  stop("FORGE_APP_ID must be the id that `forge register` gave: make forge FORGE_APP_ID=ari:cloud:ecosystem::app/… FORGE_REMOTE=https://…");
}
const origin = URL.canParse(remote ?? "") ? new URL(remote) : null;
if (origin?.protocol !== "https:" || `${origin.origin}/` !== origin.href) {
  stop("FORGE_REMOTE must be the address at which people open Causeway, https and without a path: make forge FORGE_REMOTE=https://causeway.example.com");
}

rmSync(to, { recursive: true, force: true });
mkdirSync(join(to, "src"), { recursive: true });

// 1. The manifest, and the function for exports.
const manifest = readFileSync(join(here, "manifest.yml"), "utf8").replace("FORGE_APP_ID", app).replace("FORGE_REMOTE", origin.origin);
writeFileSync(join(to, "manifest.yml"), manifest);
writeFileSync(join(to, "package.json"), `${JSON.stringify({ name: "causeway-charts", private: true, type: "module" }, null, 2)}\n`);
cpSync(join(here, "export.js"), join(to, "src/export.js"));

// 2. The style sheet: the tokens that it uses, for hosts that set none, and the sheets of charts and of the shell.
const sheets = [join(here, "../../edge/chart/src/draw/chart.css"), join(here, "src/shell.css")].map((file) => readFileSync(file, "utf8")).join("\n");
const used = new Set(sheets.match(/--ds-[a-z0-9-]+/g));
const [tokens] = readFileSync(join(here, "../styles/atlaskit.css"), "utf8").split("\nhtml,");
const needed = tokens.split("\n").filter((line) => !line.startsWith("--ds-") || used.has(line.split(":")[0]));
const css = `${needed.join("\n")}\n${sheets}`;

// 3. The pages. Everything in them is a file of their own: the policy of the host page allows nothing inline.
const bridge = (name) => join(packages, "node_modules/@forge/bridge/out", name);
const alias = { "bridge/invoke": bridge("invoke-endpoint/invoke-remote.js"), "bridge/view": bridge("view/view.js"), "bridge/router": bridge("router/router.js"), "bridge/fetch": bridge("fetch/index.js") };
const html = (title) =>
  `<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n<title>${title}</title>\n<link rel="stylesheet" href="./style.css">\n</head>\n<body>\n<main id="root"></main>\n<script src="./main.js"></script>\n</body>\n</html>\n`;
const sizes = {};
for (const [name, title] of Object.entries(RESOURCES)) {
  const folder = join(to, name);
  mkdirSync(folder);
  const main = join(folder, "main.js");
  await build({ entryPoints: [join(here, `src/${name}.js`)], outfile: main, bundle: true, minify: true, format: "iife", target: "es2022", alias, nodePaths: [join(packages, "node_modules")], logLevel: "error" });
  writeFileSync(join(folder, "index.html"), html(title));
  await build({ stdin: { contents: css, loader: "css" }, outfile: join(folder, "style.css"), minify: true, logLevel: "error" });
  sizes[name] = brotliCompressSync(readFileSync(main)).length;
  if (/\beval\(|new Function\(|WebAssembly/.test(readFileSync(main, "utf8"))) stop(`${name}: the policy of the host page allows no eval and no WebAssembly.`);
}
cpSync(join(here, "thumbnail.png"), join(to, "view/thumbnail.png"));
const tooLarge = Object.entries(sizes).filter(([, bytes]) => bytes > BUDGET);
if (tooLarge.length > 0) stop(...tooLarge.map(([name, bytes]) => `${name}: ${bytes} bytes with Brotli; at most ${BUDGET}.`));

// 4. Atlassian's checks, and ours of what those let pass.
process.chdir(to);
const result = await new FullValidationProcessor({}).process("manifest.yml");
const { yamlContent } = result.manifestObject;
const wrong = (result.errors ?? []).map(({ message, line }) => `manifest.yml:${line}: ${message}`);
const ours = faults(yamlContent);
if (!result.success || wrong.length > 0 || ours.length > 0) stop("The manifest is refused.", ...wrong, ...ours);

// 5. The policy under which Atlassian serves the pages.
const processing = new CSPProcessingService({ info() {} }, cheerio.load);
const existingCSPDetails = processing.getCspDetails(html("page"), yamlContent.permissions);
const policy = new CSPInjectionService().getInjectableCSP({ existingCSPDetails, microsEnv: "prod", hostname: HOST });
writeFileSync(join(to, "csp.txt"), `${policy.join("; ")}\n`);

const shown = Object.entries(sizes).map(([name, bytes]) => `${name} ${(bytes / 1024).toFixed(1)} KB`);
console.log(`Built ${to}: ${shown.join(", ")} with Brotli.`);
