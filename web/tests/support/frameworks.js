// The apps in tests/frameworks, each bundled as its framework would have it.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compile } from "svelte/compiler";

const FOLDER = fileURLToPath(new URL("../frameworks/", import.meta.url));
const { compileScript, parse } = createRequire(createRequire(import.meta.url).resolve("vue"))("@vue/compiler-sfc");

/** Single-file components. */
const components = {
  name: "components",
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor } = parse(await readFile(path, "utf8"), { filename: path });
      const compilerOptions = { isCustomElement: (tag) => tag.startsWith("muster-") };
      return { contents: compileScript(descriptor, { id: "team", inlineTemplate: true, templateOptions: { compilerOptions } }).content, loader: "js" };
    });
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => ({ contents: compile(await readFile(path, "utf8"), { filename: path }).js.code, loader: "js" }));
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
  const markup = await readFile(`${FOLDER}team.html`, "utf8");
  for (const [, name] of names) {
    const head = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><link rel="stylesheet" href="/page.css">`;
    files[`/${name}.html`] = `${head}<main>${name === "plain" ? markup : ""}</main><script type="module" src="/${name}.js"></script></html>`;
  }
  return { names, files };
}
