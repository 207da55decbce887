// Builds the elements into `elements/dist`, the package, and with the page into `dist`, which is checked in and served; and checks their
// sizes: `node build.mjs`.

import { build, transform } from "esbuild";
import { execFileSync } from "node:child_process";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { minify } from "terser";
import { ownMembers, withoutMembers } from "./build/members.mjs";
import { operations } from "./build/operations.mjs";
import { buildPage } from "./build/page.mjs";
import { placed, words } from "./build/words.mjs";

const OUT = "elements/dist";
const PAGE = "dist";
/**
 * Bytes after gzip. The first paint is `muster-team.js`, the words that it shows, and what both import, in the language that is the longest.
 * Everything is all that one reader can load: all elements in that language. Only products with words of their own add the keys of words. The
 * page is what it has beside the elements and what they import.
 */
const BUDGETS = { "first paint": 27 * 1024, everything: 55 * 1024, "a language": 3.75 * 1024, "the page": 7 * 1024 };

const SHEETS = "elements/src/style";
const PRIVATE = /--_[\w-]+/g;

/** Sizes and margins by their short names: text in the elements is horizontal whatever the page is, which `all: initial` sees to. */
const horizontal = (text) =>
  text
    .replace(/(?<=[;{](?:min-|max-)?)(inline|block)-size(?=:)/g, (_, way) => (way === "inline" ? "width" : "height"))
    .replace(/(?<=[;{](?:margin|padding|border|inset)-)block-(start|end)(?=:)/g, (_, side) => (side === "start" ? "top" : "bottom"))
    .replace(/(?<=[;{])inset-(?=(top|bottom):)/g, "");

/** Style sheets as short text, in which the private properties have short names. Scripts set `--_hue`. */
const styles = {
  name: "styles",
  async setup({ onLoad }) {
    const sheets = await Promise.all((await readdir(SHEETS)).map((name) => readFile(`${SHEETS}/${name}`, "utf8")));
    const names = [...new Set(sheets.join().match(PRIVATE))].sort();
    const shorten = (name) => (name === "--_hue" ? name : `--${names.indexOf(name).toString(36)}`);
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: TARGET });
      return { contents: horizontal(code.trim()).replace(PRIVATE, shorten), loader: "text" };
    });
  },
};

/**
 * What HTML lets a template leave out: white space between tags, end tags before what ends the element in any case, quotation marks around one
 * word, and the slash of elements without content.
 */
const NEEDLESS = [
  [/>\n\s+(?=<\/?[a-z])/g, ">"],
  // What is left of a line break still ends a statement.
  [/\n\s+/g, "\n"],
  [/\s\/>/g, ">"],
  [/<\/(?:li|td|th|tr|dd|dt|option)>(?=<\/?(?:li|td|th|tr|dd|dt|dl|ul|option|div|tbody|thead|select)\b|`)/g, ""],
  [/(?<=<\w[^<>{}]*) ([a-z][\w-]*)="([\w-]+)"(?=[ >])/g, " $1=$2"],
];

/** Each pattern replaced in turn. */
const replaced = (text, pairs) => pairs.reduce((text, [pattern, instead]) => text.replace(pattern, instead), text);

const templates = {
  name: "templates",
  setup({ onLoad }) {
    onLoad({ filter: /(elements\/src|page)\/.*\.ts$/ }, async ({ path }) => {
      return { contents: replaced(placed(await readFile(path, "utf8")), NEEDLESS), loader: "ts" };
    });
  },
};

/** What of Lit the elements have no use for: its hooks and ways for older browsers, properties by decorators, and templates of SVG and MathML. */
const UNUSED = [
  [/\w+\.(litHtml|litElement|reactiveElement)PolyfillSupport\b/g, "void 0"],
  [/\(\w+\.(litHtml|litElement|reactiveElement)Versions\?\?=\[\]\)\.push\("[\d.]+"\)/g, "0"],
  [/\w\.litElementHydrateSupport\?\.\(\{LitElement:\w\}\)/g, "0"],
  [/\w\.ShadowRoot&&\(void 0===\w\.ShadyCSS\|\|\w\.ShadyCSS\.nativeShadow\)&&"adoptedStyleSheets"in Document\.prototype&&"replace"in CSSStyleSheet\.prototype/g, "!0"],
  [/Symbol\.metadata\?\?=Symbol\("metadata"\),\w\.litPropertyMetadata\?\?=new WeakMap;/g, ""],
  [/this\[Symbol\.metadata\]/g, "null"],
  [/\b[23]===\w(?=\?"<|\|\||\))/g, "!1"],
];
const lit = {
  name: "lit",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/(lit-html|lit-element|@lit\/reactive-element)\/[\w-]+\.js$/ }, async ({ path }) => {
      return { contents: replaced(await readFile(path, "utf8"), UNUSED), loader: "js" };
    });
  },
};

const ELEMENTS = ["muster-team", "muster-invitation", "muster-pages"];
const TARGET = ["chrome120", "firefox125", "safari17.4"];

/** The members of the elements, which get short names. */
const OWN = await ownMembers();

/** What both builds have in common. */
const settings = {
  bundle: true,
  splitting: true,
  format: "esm",
  target: TARGET,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  mangleProps: new RegExp(`${OWN.source}|^_\\$`),
  chunkNames: "[name]-[hash]",
  conditions: ["production"],
  tsconfig: "elements/tsconfig.json",
};

for (const folder of [OUT, PAGE]) await rm(folder, { recursive: true, force: true });
const { metafile } = await build({
  ...settings,
  entryPoints: ["index", ...ELEMENTS].map((name) => `elements/src/${name}.ts`),
  outdir: OUT,
  entryNames: "[name]",
  plugins: [styles, templates, words, operations, lit],
});
const page = await buildPage({ ...settings, outdir: PAGE, plugins: [templates, words, operations, lit] }, styles);

// What esbuild leaves to shorten.
const shorter = { module: true, ecma: 2022, compress: { passes: 3, unsafe_arrows: true, keep_fargs: false }, format: { comments: false } };
for (const file of Object.keys(metafile.outputs)) await writeFile(file, (await minify(await readFile(file, "utf8"), shorter)).code);

// The types; this also checks the sources.
const types = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", `${OUT}/types`];
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", "elements", ...types], { stdio: "inherit" });

for (const name of (await readdir(`${OUT}/types`, { recursive: true })).filter((name) => name.endsWith(".d.ts"))) {
  await writeFile(`${OUT}/types/${name}`, withoutMembers(await readFile(`${OUT}/types/${name}`, "utf8"), OWN));
}

// All elements at once.
for (const file of ["define.js", "types/define.d.ts"]) await writeFile(`${OUT}/${file}`, ELEMENTS.map((name) => `import "./${name}.js";\n`).join(""));

/** The files that load with an entry. */
function loadedWith(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const { path, kind } of metafile.outputs[file].imports) if (kind === "import-statement") loadedWith(path, found);
  return found;
}

const sizes = new Map();
for (const name of (await readdir(OUT)).filter((name) => name.endsWith(".js"))) sizes.set(`${OUT}/${name}`, gzipSync(await readFile(`${OUT}/${name}`), { level: 9 }).length);
const sum = (files) => [...files].reduce((total, file) => total + sizes.get(file), 0);
/** The two files of each language: its words for the first paint, and the others. Those of English for the first paint are with the code. */
const languageOf = (file) => /words\/([a-z]{2})(?:-more)?\.js\?(?:first|more)$/.exec(metafile.outputs[file]?.entryPoint)?.[1];
const languages = [...sizes.keys()].filter(languageOf);
const longest = Math.max(...languages.map((file) => sum(languages.filter((other) => languageOf(other) === languageOf(file)))));
const keys = [...sizes.keys()].filter((file) => metafile.outputs[file]?.entryPoint?.endsWith("?keys"));
const others = [...sizes.keys()].filter((file) => !languageOf(file) && !keys.includes(file) && file !== `${OUT}/index.js`);
const painted = languages.filter((file) => metafile.outputs[file].entryPoint.endsWith("?first")).map((file) => sum(loadedWith(file, loadedWith(`${OUT}/muster-team.js`))));
const totals = { "first paint": Math.max(...painted), everything: sum(others) + longest, "a language": longest, "the page": page };

for (const [file, size] of [...sizes].sort((one, other) => other[1] - one[1])) console.log(`${String(size).padStart(7)}  ${file}`);
console.log(`${String(sum(others) + sum(languages)).padStart(7)}  in all languages`);
console.log(`${String(sum(others) + longest + sum(keys)).padStart(7)}  in one language, with the keys of words`);
for (const [name, total] of Object.entries(totals)) {
  console.log(`${String(total).padStart(7)}  ${name}, of ${BUDGETS[name]}`);
  if (total > BUDGETS[name]) {
    console.error(`error: ${name} is over its budget`);
    process.exitCode = 1;
  }
}
