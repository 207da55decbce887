// Languages without their keys: the texts stand in the order of the English ones, so that the keys are sent once and not in each language.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";

const LANGUAGE = /words\/(?:[a-z]{2})\.ts$/;
const FILL = `
const fill = (keys, texts) => {
  const words = {};
  keys.forEach((key, at) => (typeof key === "string" ? (words[key] = texts[at]) : (words[key[0]] = fill(key[1], texts[at]))));
  return words;
};
export const words = (texts) => fill(keys, texts);
`;

/** The first object of a file that is declared with a name to export. */
function wordsOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || !statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    const [{ name, initializer }] = statement.declarationList.declarations;
    const object = ts.isAsExpression(initializer) ? initializer.expression : initializer;
    return { name: name.text, statement, object };
  }
  throw new Error(`${path} exports no words`);
}

const unwrapped = (node) => (ts.isAsExpression(node) ? node.expression : node);
const keyOf = ({ name }) => name.text;

/** The keys of an object, and for an object in it the key with the keys in it. */
function keysOf(object) {
  return object.properties.map((property) => {
    const value = unwrapped(property.initializer);
    return ts.isObjectLiteralExpression(value) ? [keyOf(property), keysOf(value)] : keyOf(property);
  });
}

/** The texts of an object in the order of the keys. */
function textsOf(object, keys) {
  const found = new Map(object.properties.map((property) => [keyOf(property), unwrapped(property.initializer)]));
  const texts = keys.map((key) => (typeof key === "string" ? found.get(key).getText() : textsOf(found.get(key[0]), key[1])));
  return `[${texts.join(",\n")}]`;
}

async function englishKeys(folder) {
  const files = ["en.ts", "en-more.ts"].map((name) => join(folder, name));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return files.flatMap((file, at) => keysOf(wordsOf(file, texts[at]).object));
}

/** The plugin of esbuild. */
export const words = {
  name: "words",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^muster:words$/ }, ({ path, resolveDir }) => ({ path, namespace: "words", pluginData: resolveDir }));
    onLoad({ filter: /.*/, namespace: "words" }, async ({ pluginData }) => {
      const keys = await englishKeys(pluginData);
      return { contents: `const keys = ${JSON.stringify(keys)};${FILL}`, loader: "js" };
    });
    onLoad({ filter: LANGUAGE }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (path.endsWith("/en.ts")) return { contents: text, loader: "ts" };
      const { name, statement, object } = wordsOf(path, text);
      const keys = await englishKeys(dirname(path));
      const before = text.slice(0, statement.getStart());
      return { contents: `import { words } from "muster:words";\n${before}\nexport const ${name} = words(${textsOf(object, keys)});`, loader: "ts", resolveDir: dirname(path) };
    });
  },
};
