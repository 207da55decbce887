// Builds the elements into `elements/dist`, the package, and with the page into `dist`, which is checked in and served; and checks their
// sizes: `node build.mjs`.

import { build, transform } from "esbuild";
import { execFileSync } from "node:child_process";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { minify } from "terser";
import { ownNames, withoutOwnNames } from "./build/names.mjs";
import { operations } from "./build/operations.mjs";
import { buildPage } from "./build/page.mjs";
import { words } from "./build/words.mjs";

const OUT = "elements/dist";
const PAGE = "dist";
/**
 * Bytes after gzip. What is painted first is `muster-team.js` and what it imports at once. Everything is all that one reader can load: all
 * elements, in the language that is the longest. The page is what it has beside the elements and what they import.
 */
const BUDGETS = { "first paint": 27 * 1024, everything: 56 * 1024, "a language": 3.5 * 1024, "the page": 7 * 1024 };

const SHEETS = "elements/src/style";
const PRIVATE = /--_[\w-]+/g;

/** Sizes by their short names: the elements are written in lines from top to bottom whatever the page is, which `all: initial` sees to. */
const PHYSICAL = [
  [/(?<!container-type:)\binline-size\b/g, "width"],
  [/\bblock-size\b/g, "height"],
  [/\b(margin|border|padding)-block-start\b/g, "$1-top"],
  [/\b(margin|border|padding)-block-end\b/g, "$1-bottom"],
];

/** Style sheets as short text, in which the private properties have short names. Scripts set `--_hue`. */
const styles = {
  name: "styles",
  async setup({ onLoad }) {
    const sheets = await Promise.all((await readdir(SHEETS)).map((name) => readFile(`${SHEETS}/${name}`, "utf8")));
    const names = [...new Set(sheets.join().match(PRIVATE))].sort();
    const shorten = (name) => (name === "--_hue" ? name : `--${names.indexOf(name).toString(36)}`);
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: TARGET });
      const short = PHYSICAL.reduce((text, [name, physical]) => text.replace(name, physical), code.trim());
      return { contents: short.replace(PRIVATE, shorten), loader: "text" };
    });
  },
};

/** What HTML lets a template leave out: end tags before what ends the element in any case, and quotation marks around one word. */
const NEEDLESS = /<\/(?:li|td|th|tr|dd|dt|option)>(?=<\/?(?:li|td|th|tr|dd|dt|dl|ul|option|div|tbody|thead|select)\b|`)/g;
const QUOTED = /(?<=<\w[^<>{}]*) ([a-z][\w-]*)="([\w-]+)"(?=[ >])/g;

/** Templates without the white space that lines them up. What is left of a line break still ends a statement. */
const templates = {
  name: "templates",
  setup({ onLoad }) {
    onLoad({ filter: /(elements\/src|page)\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(/>\n\s+(?=<\/?[a-z])/g, ">").replace(/\n\s+/g, "\n").replace(NEEDLESS, "").replace(QUOTED, " $1=$2"), loader: "ts" };
    });
  },
};

/** Lit without its hooks for polyfills, which no browser of the targets has. */
const lit = {
  name: "lit",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/(lit-html|lit-element|@lit\/reactive-element)\/[\w-]+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(/\w+\.(litHtml|litElement|reactiveElement)PolyfillSupport\b/g, "void 0"), loader: "js" };
    });
  },
};

const ELEMENTS = ["muster-team", "muster-invitation", "muster-pages"];
const TARGET = ["chrome120", "firefox125", "safari17.4"];

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
  chunkNames: "[name]-[hash]",
  conditions: ["production"],
  mangleProps: await ownNames(),
  tsconfig: "elements/tsconfig.json",
};

for (const folder of [OUT, PAGE]) await rm(folder, { recursive: true, force: true });
const { metafile } = await build({
  ...settings,
  entryPoints: ["index", ...ELEMENTS].map((name) => `elements/src/${name}.ts`),
  outdir: OUT,
  entryNames: "[name]",
  plugins: [styles, words, operations, templates, lit],
});
const page = await buildPage({ ...settings, outdir: PAGE, plugins: [words, operations, templates, lit] }, styles);

// What esbuild leaves to shorten.
const shorter = { module: true, ecma: 2022, compress: { passes: 3, unsafe_arrows: true, keep_fargs: false }, format: { comments: false } };
for (const file of Object.keys(metafile.outputs)) await writeFile(file, (await minify(await readFile(file, "utf8"), shorter)).code);

// The types; this also checks the sources.
const types = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", `${OUT}/types`];
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", "elements", ...types], { stdio: "inherit" });

for (const name of (await readdir(`${OUT}/types`, { recursive: true })).filter((name) => name.endsWith(".d.ts"))) {
  await writeFile(`${OUT}/types/${name}`, withoutOwnNames(await readFile(`${OUT}/types/${name}`, "utf8")));
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
const isLanguage = (file) => /\/([a-z]{2}|en-more)-\w+\.js$/.test(file);
const languages = [...sizes.keys()].filter(isLanguage);
const longest = Math.max(...languages.map((file) => sizes.get(file)));
const others = [...sizes.keys()].filter((file) => !isLanguage(file) && file !== `${OUT}/index.js`);
const totals = { "first paint": sum(loadedWith(`${OUT}/muster-team.js`)), everything: sum(others) + longest, "a language": longest, "the page": page };

for (const [file, size] of [...sizes].sort((one, other) => other[1] - one[1])) console.log(`${String(size).padStart(7)}  ${file}`);
console.log(`${String(sum(others) + sum(languages)).padStart(7)}  in all languages`);
for (const [name, total] of Object.entries(totals)) {
  console.log(`${String(total).padStart(7)}  ${name}, of ${BUDGETS[name]}`);
  if (total > BUDGETS[name]) {
    console.error(`error: ${name} is over its budget`);
    process.exitCode = 1;
  }
}
