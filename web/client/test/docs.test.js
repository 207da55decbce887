// The examples of docs/CLIENT.md, one after the other, as one module against the backend.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { token, withBackend } from "./backend.js";

const document = join(import.meta.dirname, "../../../docs/CLIENT.md");

test("the examples of the documentation run, and print what they should", async () => {
  const text = await readFile(document, "utf8");
  const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
  assert.ok(examples.length >= 10);
  const printed = [];
  await withBackend(async (api) => {
    globalThis.auth = { accessToken: () => token(api, "olivia") };
    globalThis.print = (...values) => printed.push(values);
    const code = examples.join("\n").replace(/console\.log\(/g, "print(").replace(/https:\/\/api\.example\.com/g, api);
    const folder = await mkdtemp(join(import.meta.dirname, ".examples-"));
    try {
      const module = join(folder, "examples.mjs");
      await writeFile(module, code);
      await import(pathToFileURL(module));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  const emails = ["olivia@acme.example", "ann@acme.example", "bob@acme.example"];
  assert.deepEqual(printed.slice(0, 5), [[3], [3, 3, null], ...emails.map((email) => [email])]);
  assert.deepEqual(printed.slice(5, 11), [
    [3, false],
    [["not-an-address"]],
    ["if-match must be printable ASCII", 0],
    [true, "true"],
    ["Olivia Okafor"],
    ["AbortError", false],
  ]);
  assert.equal(printed.length, 12);
  assert.match(printed[11][1], /\.xlsx/);
});
