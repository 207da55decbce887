// What the client weighs: bundled and minified by esbuild, then `gzip -9`. It fails above the budget.

import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Budgets in bytes after gzip. The table of operations grows with the API; the code beside it does not. */
const BUDGETS = [
  { what: "@muster/client without its table of operations", entry: "client/src/client.js", external: ["./operations.js"], budget: 2400 },
  { what: "@muster/client", entry: "client/src/client.js", external: [], budget: 3 * 1024 },
];

for (const { what, entry, external, budget } of BUDGETS) {
  const options = { bundle: true, minify: true, format: "esm", target: "es2022", write: false };
  const { outputFiles } = await build({ entryPoints: [entry], external, ...options });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`${what}: ${size} of ${budget} bytes`);
  if (size > budget) process.exitCode = 1;
}
