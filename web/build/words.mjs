// Languages as short text: the words of a language in the order of the English ones, a line for each, so that their keys are sent once and
// not with each language. `elements/src/words/lines.ts` reads them.

import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

const LANGUAGE = /words\/(?:[a-z]{2}|en-more)\.ts$/;
const FIRST = "en.ts";
const ENGLISH = [FIRST, "en-more.ts"];
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

const exported = (keys) => `export const keys = ${JSON.stringify(keys.join(" "))};`;
const fileAt = async (path) => constantsOf(path, await readFile(path, "utf8"));

/** The plugin of esbuild. */
export const words = {
  name: "words",
  setup({ onLoad, onResolve }) {
    // Relative, because the names of the built files are hashes of the paths in a namespace of a plugin too.
    onResolve({ filter: /^muster:keys\// }, ({ path, resolveDir }) => ({
      path: relative(process.cwd(), join(resolveDir, path.slice("muster:keys/".length))).replaceAll("\\", "/"),
      namespace: "keys",
    }));
    onLoad({ filter: /.*/, namespace: "keys" }, async ({ path }) => {
      const keys = linesOf(await fileAt(path)).map(([key]) => key);
      return { contents: exported(keys), loader: "js" };
    });
    onLoad({ filter: LANGUAGE }, async ({ path }) => {
      const file = await fileAt(path);
      const given = new Map(linesOf(file));
      const isEnglish = ENGLISH.find((name) => path.endsWith(`/${name}`));
      const sources = isEnglish ? [isEnglish] : ENGLISH;
      const english = await Promise.all(sources.map((name) => fileAt(join(dirname(path), name))));
      const lines = english.flatMap((one) => linesOf(one).map(([key]) => given.get(key)));
      // The keys of the first paint are there with its words.
      const from = (name) => (name === FIRST ? `./${FIRST.replace(".ts", ".js")}` : `muster:keys/${name}`);
      const imports = sources.map((name, at) => (name === isEnglish && name === FIRST ? exported([...given.keys()]) : `import { keys as keys${at} } from "${from(name)}";`));
      const language = file.name.slice(0, 2);
      const keys = path.endsWith(`/${FIRST}`) ? "keys" : sources.map((_, at) => `keys${at}`).join('+" "+');
      const contents = `${imports.join("\n")}\nimport { wordsOf } from "./lines.js";\nexport const ${file.name} = wordsOf("${language}", ${keys}, ${JSON.stringify(lines.join("\n"))});`;
      return { contents, loader: "js", resolveDir: dirname(path) };
    });
  },
};
