// The types of the package, as a product compiles with them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { recipes } from "./support/documents.js";

const WEB = fileURLToPath(new URL("../", import.meta.url));
const OPTIONS = ["--strict", "--noEmit", "--skipLibCheck", "false", "--jsx", "react-jsx", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2023", "--types", "react"];

test("React's recipe compiles in strict TypeScript, and properties and events of the elements are typed", async (t) => {
  const recipe = (await recipes("docs/UI.md", "In a framework")).find(({ language }) => language === "tsx");
  // Beside the sources, where packages are found.
  const files = ["tests/frameworks/recipe.tsx", "tests/frameworks/types.tsx"];
  await writeFile(WEB + files[0], recipe.text);
  t.after(() => rm(WEB + files[0]));
  let said = "";
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...OPTIONS, ...files], { cwd: WEB, encoding: "utf8" });
  } catch (error) {
    said = error.stdout;
  }
  assert.equal(said, "");
});
