// The operations that the elements and the page call: the client in them needs no others.

import { readFile, readdir } from "node:fs/promises";

const SOURCES = ["elements/src", "page"];

/** The plugin of esbuild. */
export const operations = {
  name: "operations",
  setup({ onLoad }) {
    onLoad({ filter: /client\/src\/operations\.js$/ }, async ({ path }) => {
      const folders = await Promise.all(SOURCES.map(async (folder) => (await readdir(folder, { recursive: true })).map((name) => `${folder}/${name}`)));
      const files = folders.flat().filter((name) => name.endsWith(".ts"));
      const code = (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
      const isCalled = (group, name) => new RegExp(`\\b${group}\\.${name}\\(`).test(code);
      const { operations } = await import(`file://${path}`);
      const used = Object.entries(operations)
        .map(([group, methods]) => [group, Object.fromEntries(Object.entries(methods).filter(([name]) => isCalled(group, name)))])
        .filter(([, methods]) => Object.keys(methods).length);
      return { contents: `export const operations = ${JSON.stringify(Object.fromEntries(used))};`, loader: "js" };
    });
  },
};
