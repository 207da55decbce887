// The rules of the elements that need no browser.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { build } from "esbuild";
import { placed, words } from "../build/words.mjs";

/** A module of the sources, built for Node. */
async function load(source) {
  const { outputFiles } = await build({
    stdin: { contents: placed(source), resolveDir: new URL("../elements/src", import.meta.url).pathname, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    loader: { ".css": "text" },
    plugins: [words],
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const { addressesIn, format, hueOf, initials, keys, loadWords, noQuery, parameters, parse, plurals, sentence, withOwn, wordsOf } = await load(`
  export { addressesIn } from "./parts/addresses.js";
  export { hueOf, initials } from "./parts/avatar.js";
  export { format, noQuery, parameters, parse } from "./team/query.js";
  export { sentence } from "./parts/problem.js";
  export { loadWords, withOwn, wordsOf } from "./words.js";
  export { keys } from "./words/en.js?keys";
  export { plurals } from "./words/plural.js";
`);

test("each address that people paste is found, whatever else is in the list", () => {
  const three = ["ann@x.example", "bob@x.example", "cy@x.example"];
  for (const [text, found] of [
    ["ann@x.example, bo@y.example;cy@z.example\ndi@w.example", ["ann@x.example", "bo@y.example", "cy@z.example", "di@w.example"]],
    ['"Lee, Ann" <ann@x.example>, Bo Ray <bo@y.example>', ["ann@x.example", "bo@y.example"]],
    ["ann@x.example, Bob Miller <bob@x.example>, cy@x.example", three],
    ["ann@x.example bob@x.example Cy <cy@x.example>", three],
    ['"Miller, Bob" <bob@x.example>, cy@x.example', three.slice(1)],
    ["Ann <ann@x.example> bob@x.example <cy@x.example>", three],
    ["ann@x.example\tbob@x.example\r\ncy@x.example\r\n", three],
    ["ann@x.example; Bob <bob@x.example>;\n\tcy@x.example ;,\n", three],
    ["<ann@x.example>,<bob@x.example><cy@x.example>", three],
    ["Ann <ann@x.example, bob@x.example>, < cy@x.example", three],
    ["Ann <ann@x.example\nBob <bob@x.example\ncy@x.example", three],
    ['"ann@x.example","bob@x.example";"cy@x.example"', three],
    ['"cy@x.example via a list" <ann@x.example>', ["ann@x.example"]],
    ['"Ann <ann@x.example>\n"Bob <bob@x.example>\n"cy@x.example', three],
    ['Bob "Bobby" Miller <bob@x.example>', ["bob@x.example"]],
    ["mailto:ann@x.example, MAILTO:bob@x.example?subject=Hi Cy <mailto:cy@x.example>", three],
  ])
    assert.deepEqual(addressesIn(text), found, text);
});

test("what is no address does not vanish from what people paste", () => {
  for (const [text, found] of [
    ["  ann@x.example  ", ["ann@x.example"]],
    ["nobody", ["nobody"]],
    ["Bob Miller, ann@x.example", ["Bob", "Miller", "ann@x.example"]],
    ['"Miller, Bob", ann@x.example', ["Miller", "Bob", "ann@x.example"]],
    ["Bob <>, <no address>", ["Bob", "no", "address"]],
    ["Bob <bob>; Cy <cy@x.example> (Lisbon)", ["bob", "cy@x.example", "(Lisbon)"]],
    ["Bob; <cy@x.example>", ["Bob", "cy@x.example"]],
    [" ,; \t\"", []],
  ])
    assert.deepEqual(addressesIn(text), found, text);
});

test("a query survives the way through a link, and what a link has beside it is left out", () => {
  const query = { ...noQuery(), q: "ann lee", role: ["a", "b"], status: "active", sort: "-joined", resource: "program:spring", joined_in: "last_month" };
  assert.deepEqual(parse(format(query)), query);
  assert.deepEqual(parse("status=ill&sort=size&other=1"), noQuery());
  assert.equal(format(noQuery()), "");
  assert.deepEqual(parameters({ ...noQuery(), q: "ann" }), { q: "ann" });
});

test("initials are those of the first and the last word, in any script", () => {
  for (const [name, letters] of [["Ann Lee", "AL"], ["Petra Novák-Lindgren", "PN"], ["Cher", "C"], ["  José  María  Ruiz ", "JR"], ["فاطمة دمير", "فد"], ["(x) Ann “Bee” Lee", "xL"], ["😀 Ann", "A"]])
    assert.equal(initials(name, "z@x.example"), letters, name);
  assert.equal(initials(null, "ann@x.example"), "a");
  assert.equal(initials("😀", "ann@x.example"), "a");
});

test("a person has the same color each time", () => {
  assert.equal(hueOf("usr_1"), hueOf("usr_1"));
  assert.ok(new Set(Array.from({ length: 50 }, (_, at) => hueOf(`usr_${at}`))).size > 5);
});

test("numbers choose the form of a word, also where a language has six", () => {
  const n = plurals("ar");
  const forms = { zero: "0", one: "1", two: "2", few: "3", many: "11", other: "100" };
  assert.deepEqual([0, 1, 2, 3, 11, 100].map((count) => n(count, forms)), ["0", "1", "2", "3", "11", "100"]);
  assert.equal(plurals("en")(1234, { other: "# people" }), "1,234 people");
});

/** All words of a language by their places, as they are built. */
async function placedWords(language) {
  await loadWords(language);
  return wordsOf(language, true);
}

/** Words by their keys. */
const byKey = (words) => Object.fromEntries(keys.split(" ").map((key, place) => [key, words[place]]));
const built = async (language) => byKey(await placedWords(language));

test("a product's own words take the place of Muster's, also one of a group, and no other word's", async () => {
  const words = await placedWords("de");
  assert.equal(withOwn(words, { save: "Sichern" }), undefined, "the keys are only loaded for products with own words");
  await loadWords("de", true, true);
  const own = byKey(withOwn(words, { save: "Sichern", problems: { forbidden: "Leider nicht." }, roles: { owner: { name: "Chefin" } }, other: "?" }));
  const { save, problems, ...others } = byKey(words);
  assert.equal(own.save, "Sichern");
  assert.deepEqual(own.problems, { ...problems, forbidden: "Leider nicht." });
  assert.deepEqual({ ...own, save, problems }, { ...others, save, problems });
});

test("numbers are written as the language has them, in every word", async () => {
  assert.equal((await built("en")).seatsUsed(4001, 100_000), "4,001 of 100,000 seats");
  assert.equal((await built("de")).seatEffect(1, 4001), "Belegt 1 Platz von 4.001 freien");
  assert.equal((await built("ar")).seatsUsed(4001, 100_000), "٤٬٠٠١ من أصل ١٠٠٬٠٠٠ مقعد");
  assert.equal((await built("en")).foundMore(50), "At least 50 people found");
});

test("a problem is told in the reader's language, and the API's own words never stand alone", async () => {
  const document = await readFile(new URL("../../infra/openapi.json", import.meta.url), "utf8");
  const problems = new Set([...document.matchAll(/muster\.example\/problems\/([a-z-]+)/g)].map(([, slug]) => slug));
  assert.ok(problems.size > 40);
  for (const language of ["en", "de", "fr", "es", "ar"]) {
    const words = await placedWords(language);
    const { problems: texts } = byKey(words);
    for (const slug of [...problems, "new-one"]) {
      const said = sentence(words, { type: `https://muster.example/problems/${slug}`, title: "The query is invalid", detail: null });
      assert.ok(Object.values(texts).some((sentence) => said.startsWith(sentence)), `${language}: ${slug}: ${said}`);
    }
    assert.equal(sentence(words, { type: "invalid-query", title: "The query is invalid" }), texts["invalid-request"]);
  }
});

/** What nothing says before something was done. */
const SAID_LATER = new Set(["allResent", "wasLeft"]);

test("what the first paint says is there from the start", async () => {
  const read = (name) => readFile(new URL(`../elements/src/${name}`, import.meta.url), "utf8");
  const first = new Set([...(await read("words/en.ts")).matchAll(/^  (\w+):/gm)].map(([, key]) => key));
  for (const name of ["base.ts", "team.ts", "team/groups.ts", "team/head.ts", "team/other.ts", "team/rows.ts", "team/toolbar.ts"])
    for (const [, key] of (await read(name)).matchAll(/(?<![#/])words\.(\w+)/g)) assert.ok(first.has(key) || SAID_LATER.has(key), `${name}: ${key}`);
});
