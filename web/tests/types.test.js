// The types of the package, as a product compiles with them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("../", import.meta.url));
const OPTIONS = ["--strict", "--noEmit", "--skipLibCheck", "false", "--jsx", "react-jsx", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2023", "--types", "react"];

test("React's recipe compiles in strict TypeScript, and properties and events of the elements are typed", () => {
  const files = ["Team.tsx", "types.tsx"].map((name) => `tests/frameworks/${name}`);
  let said = "";
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", ...OPTIONS, ...files], { cwd: WEB, encoding: "utf8" });
  } catch (error) {
    said = error.stdout;
  }
  assert.equal(said, "");
});
