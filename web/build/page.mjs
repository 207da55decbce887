// The page that Muster serves, with all that it loads. The name of each file but the page itself has a hash of its content, so that browsers
// can keep it forever.

import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { gzipSync } from "node:zlib";

const SOURCES = ["page/page.ts", "page/page.css", "page/icon.svg"];
const BUILT = { "page.js": "page/page.ts", "page.css": "page/page.css", "icon.svg": "page/icon.svg" };

/** The files that a browser has to fetch before this one runs. */
function importedBy(outputs, file, found = new Set()) {
  for (const { path, kind } of outputs[file].imports) {
    if (kind !== "import-statement" || found.has(path)) continue;
    found.add(path);
    importedBy(outputs, path, found);
  }
  return found;
}

/** The licenses of the packages whose code is in the files. */
async function licenses(inputs) {
  const packages = new Set(Object.keys(inputs).flatMap((path) => /^(?:\.\.\/)*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  const texts = await Promise.all([...packages].sort().map(async (name) => `${name}\n\n${(await readFile(`node_modules/${name}/LICENSE`, "utf8")).trim()}\n`));
  return `The files of this page contain code of these packages.\n\n${texts.join("\n\n")}`;
}

/** The style sheets of the elements are text, and that of the page is a file. */
const within = (styles) => ({
  name: styles.name,
  setup: ({ onLoad }) =>
    styles.setup({
      onLoad: (options, act) => onLoad(options, (file) => (dirname(file.path).endsWith("/page") ? undefined : act(file))),
    }),
});

/** Builds the page. Returns how many bytes it has after gzip, without the elements and what they import. */
export async function buildPage(settings, styles) {
  const { metafile } = await build({
    ...settings,
    plugins: [...settings.plugins, within(styles)],
    entryPoints: SOURCES,
    entryNames: "[name]-[hash]",
    loader: { ".svg": "copy" },
  });
  const { inputs, outputs } = metafile;
  const fileOf = (source) => Object.keys(outputs).find((file) => (outputs[file].entryPoint ?? Object.keys(outputs[file].inputs)[0]) === source);
  let html = await readFile("page/team.html", "utf8");
  for (const [name, source] of Object.entries(BUILT)) html = html.replace(`/team/${name}`, `/team/${basename(fileOf(source))}`);
  const early = [...importedBy(outputs, fileOf("page/page.ts"))].map((file) => `<link rel="modulepreload" href="{{path}}/team/${basename(file)}">\n`);
  html = html.replace(/(?=<script)/, early.sort().join(""));
  await writeFile(`${settings.outdir}/team.html`, html);
  await writeFile(`${settings.outdir}/licenses.txt`, await licenses(inputs));
  const own = await Promise.all(Object.values(BUILT).map((source) => readFile(fileOf(source))));
  return [...own, Buffer.from(html)].reduce((total, content) => total + gzipSync(content, { level: 9 }).length, 0);
}
