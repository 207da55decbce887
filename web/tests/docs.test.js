// docs/UI.md and the sources name the same attributes, events, parts, slots and custom properties.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

const SOURCES = new URL("../elements/src/", import.meta.url);
const docs = await readFile(new URL("../../docs/UI.md", import.meta.url), "utf8");
const files = (await readdir(SOURCES, { recursive: true })).filter((name) => /\.(ts|css)$/.test(name) && !name.includes("words/"));
const code = (await Promise.all(files.map((name) => readFile(new URL(name, SOURCES), "utf8")))).join("\n");

const all = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
const sorted = (names) => [...new Set(names)].sort();
/** The names in code marks in the rows of the table below a line. */
const table = (head) => {
  const [, rows = ""] = new RegExp(`\\| ${head}[^\\n]*\\n\\|[ -|]*\\n((?:\\|[^\\n]*\\n)+)`).exec(docs) ?? [];
  return rows;
};
const firstColumn = (rows) => rows.split("\n").flatMap((row) => all(row.split("|")[1] ?? "", /`([^`]+)`/g));

test("every attribute and property is documented, and the other way round", () => {
  const blocks = all(code, /static override properties: PropertyDeclarations = \{([\s\S]*?)\};/g).join("\n");
  const declared = all(blocks, /(\w+): \{/g);
  const renamed = new Map([...blocks.matchAll(/(\w+): \{ attribute: "([\w-]+)"/g)].map(([, name, attribute]) => [name, attribute]));
  const documented = [...firstColumn(table("name \\| as")), ...all(docs, /\n\| (?:attribute|property \| of)[^\n]*\n\|[ -|]*\n((?:\|[^\n]*\n)+)/g).flatMap(firstColumn)];
  assert.deepEqual(sorted(documented), sorted(declared.map((name) => renamed.get(name) ?? name)));
});

test("every event is documented, and the other way round", () => {
  assert.deepEqual(sorted(firstColumn(table("event"))), sorted(all(code, /emit\("([\w-]+)"/g).map((name) => `muster-${name}`)));
});

test("every part is documented, and the other way round", () => {
  // What stands in an expression is text in quotation marks behind the condition.
  const values = all(code, /part=("[^"]*\$\{.*?\}[^"]*"|"[^"]*"|\$\{.*?\})/g);
  const chosen = values.map((value) => value.replace(/\$\{[^?}]*\?([^}]*)\}/g, "$1"));
  assert.deepEqual(sorted(all(table("parts"), /`([^`]+)`/g)), sorted(chosen.join(" ").match(/[a-z]+(?:-[a-z]+)*/g)));
});

test("every slot is documented, and the other way round", () => {
  assert.deepEqual(sorted(firstColumn(table("slots"))), sorted(all(code, /<slot name="([\w-]+)"/g)));
});

test("every custom property is documented, and the other way round", () => {
  assert.deepEqual(sorted(firstColumn(table("property \\| what"))), sorted(all(code, /(--muster-[\w-]+)/g)));
});
