// Languages as short text: the words of a language in the order of the English ones, a line for each, so that their keys are not sent. Those
// for the first paint are a text of their own. `elements/src/words/lines.ts` reads them.

import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import ts from "typescript";

const SOURCES = "elements/src";
const WORDS = /words\/[a-z-]+\.js\?(first|more|keys)$/;
/** The English words for the first paint, and the others. */
const ENGLISH = ["en.ts", "en-more.ts"];
/** The letter that marks a form: the third of its category. */
const mark = (category) => (category === "other" ? "" : category[2]);

/** The declared constants of a file by name, and the one that is exported. */
function constantsOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const constants = new Map();
  let exported;
  for (const statement of file.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      constants.set(name.text, initializer);
      if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) exported = { name: name.text, object: unwrapped(initializer) };
    }
  }
  return { path, constants, ...exported };
}

const unwrapped = (node) => (ts.isAsExpression(node) || ts.isParenthesizedExpression(node) ? unwrapped(node.expression) : node);

/** The lines of an object by their keys; those of an object in it by `group.key`. */
function linesOf(file, object = file.object, group = "") {
  return object.properties.flatMap(({ name, initializer }) => {
    const value = unwrapped(initializer);
    if (ts.isObjectLiteralExpression(value)) return linesOf(file, value, `${name.text}.`);
    return [[group + name.text, line(file, value)]];
  });
}

/** A text, or what a function says, with `{0}` for its first parameter and `{0|one|others}` for a word by its number. */
function line(file, node) {
  const params = ts.isArrowFunction(node) ? node.parameters.map(({ name }) => name.text) : [];
  const say = (node) => {
    if (ts.isParenthesizedExpression(node)) return say(node.expression);
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
    if (ts.isIdentifier(node) && params.includes(node.text)) return `{${params.indexOf(node.text)}}`;
    if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map((span) => say(span.expression) + span.literal.text).join("");
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) return say(node.left) + say(node.right);
    if (ts.isCallExpression(node) && node.expression.getText() === "n") {
      const [count, given] = node.arguments;
      const forms = ts.isIdentifier(given) ? file.constants.get(given.text) : given;
      const texts = forms.properties.map(({ name, initializer }) => [name.text, initializer.text]).sort(([one], [other]) => Number(one === "other") - Number(other === "other"));
      return `{${params.indexOf(count.text)}${texts.map(([category, text]) => `|${mark(category)}${text}`).join("")}}`;
    }
    throw new Error(`${file.path}: ${node.getText()} cannot be a line`);
  };
  const said = say(ts.isArrowFunction(node) ? node.body : node);
  if (said.includes("\n")) throw new Error(`${file.path}: ${said} has several lines`);
  return said;
}

const fileAt = async (path) => constantsOf(path, await readFile(path, "utf8"));
const english = await Promise.all(ENGLISH.map((name) => fileAt(`${SOURCES}/words/${name}`)));
/** The keys of all words and groups of words. Where one stands in this list is its place, by which built code knows it. */
const keys = english.flatMap(({ object }) => object.properties.map(({ name }) => name.text));

/** The keys in each group, by the group's place. */
function groups() {
  const names = {};
  for (const [key] of english.flatMap((file) => linesOf(file))) {
    const [group, name] = key.split(".");
    if (name) (names[keys.indexOf(group)] ??= []).push(name);
  }
  return Object.fromEntries(Object.entries(names).map(([place, names]) => [place, names.join(" ")]));
}

/** What the build makes of a language: one of both parts of its words. With the first English ones are the groups, and apart are the keys. */
async function exportsOf(source, kind) {
  if (kind === "keys") return { keys: keys.join(" ") };
  const part = kind === "first" ? 0 : 1;
  const given = new Map(linesOf(await fileAt(source)));
  const text = linesOf(english[part])
    .map(([key]) => given.get(key))
    .join("\n");
  return source.endsWith(`/${ENGLISH[0]}`) ? { groups: groups(), text } : { text };
}

/** A source in which words have their places: `words.cancel` is `words[0]`. Their keys stand only there, since nothing else can be placed. */
export function placed(source) {
  if (/\bwords(?:\?\.|!)?\[/.test(source)) throw new Error(`a word is not said by its key in\n${source}`);
  return source.replace(/(?<=\bwords)\.(\w+)/g, (member, key) => (keys.includes(key) ? `[${keys.indexOf(key)}]` : member));
}

/** The plugin of esbuild. */
export const words = {
  name: "words",
  setup({ onLoad, onResolve }) {
    // Relative, because the names of the built files are hashes of the paths in a namespace of a plugin too.
    onResolve({ filter: WORDS }, ({ path, resolveDir }) => ({ path: relative(process.cwd(), join(resolveDir, path)).replaceAll("\\", "/"), namespace: "words" }));
    onLoad({ filter: /.*/, namespace: "words" }, async ({ path }) => {
      const [source, kind] = path.replace(".js", ".ts").split("?");
      const contents = Object.entries(await exportsOf(source, kind)).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
      return { contents: contents.join("\n"), loader: "js" };
    });
    onLoad({ filter: /elements\/src\/.*\.ts$/ }, async ({ path }) => ({ contents: placed(await readFile(path, "utf8")), loader: "ts" }));
  },
};
