// The apps in tests/frameworks, each bundled as its framework would have it. The components are those of docs/UI.md, as they are there.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "svelte/compiler";
import { recipes } from "./documents.js";

const FOLDER = fileURLToPath(new URL("../frameworks/", import.meta.url));
const { compileScript, parse } = createRequire(createRequire(import.meta.url).resolve("vue"))("@vue/compiler-sfc");

const DOCUMENTED = Object.fromEntries(["Team.tsx", "Team.vue", "Team.svelte", "team.html", "team.js"].map((name) => [name, undefined]));
const section = await recipes("docs/UI.md", "In a framework");
for (const name of Object.keys(DOCUMENTED)) {
  const found = section.filter(({ language }) => language === name.split(".")[1]);
  if (found.length !== 1) throw new Error(`docs/UI.md has ${found.length} recipes for ${name}`);
  DOCUMENTED[name] = found[0].text;
}

/** Components: those of the document, and single-file components as the bundler takes them. */
const components = {
  name: "components",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/[Tt]eam\.(tsx|vue|svelte|js)$/ }, ({ path }) => ({ path: FOLDER + path.slice(2), pluginData: { text: DOCUMENTED[path.slice(2)] } }));
    const textOf = async ({ path, pluginData }) => pluginData?.text ?? readFile(path, "utf8");
    onLoad({ filter: /\/frameworks\/Team\.tsx$/ }, async (file) => ({ contents: await textOf(file), loader: "tsx", resolveDir: FOLDER }));
    onLoad({ filter: /\/frameworks\/team\.js$/ }, async (file) => ({ contents: await textOf(file), loader: "js", resolveDir: FOLDER }));
    onLoad({ filter: /\.vue$/ }, async (file) => {
      const { descriptor } = parse(await textOf(file), { filename: file.path });
      const compilerOptions = { isCustomElement: (tag) => tag.startsWith("muster-") };
      return { contents: compileScript(descriptor, { id: "team", inlineTemplate: true, templateOptions: { compilerOptions } }).content, loader: "js", resolveDir: FOLDER };
    });
    onLoad({ filter: /\.svelte$/ }, async (file) => ({ contents: compile(await textOf(file), { filename: file.path }).js.code, loader: "js", resolveDir: FOLDER }));
  },
};

/** The names of the apps by what they are written with, and the files of all of them by the paths of a site. */
export async function bundleApps() {
  const apps = { "React 19": "react.jsx", "Vue 3": "vue.js", "Svelte 5": "svelte.js", "plain HTML": "plain.js" };
  const { outputFiles } = await build({
    entryPoints: Object.values(apps).map((name) => FOLDER + name),
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    minify: true,
    write: false,
    outdir: "/",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    conditions: ["production", "browser"],
    plugins: [components],
  });
  const files = Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]));
  const names = Object.entries(apps).map(([framework, file]) => [framework, file.replace(/\.jsx?$/, "")]);
  const markup = DOCUMENTED["team.html"];
  for (const [, name] of names) {
    const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="stylesheet" href="/page.css">`;
    files[`/${name}.html`] = `${head}<main>${name === "plain" ? markup : ""}</main><script type="module" src="/${name}.js"></script></html>`;
  }
  return { names, files };
}
