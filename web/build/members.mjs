// The members of classes that only the sources of the elements name, so that the build can give them short names.

import { readFile, readdir } from "node:fs/promises";
import ts from "typescript";

const SOURCES = "elements/src";
/** Where names stand that others know: languages, browsers, Lit, the client with what the API sends, documents, words and the page. */
const KNOWN = ["page", "node_modules/typescript/lib", "node_modules/lit", "node_modules/lit-html", "node_modules/lit-element", "node_modules/@lit/reactive-element", "client/src", "elements/src/words"];
const DOCUMENTS = ["../infra/openapi.json", "../docs/UI.md"];
const NAMES = /[A-Za-z_$][\w$]*/g;

async function filesIn(folder, pattern) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => pattern.test(name) && !/node_modules|development/.test(name)).map((name) => `${folder}/${name}`);
}

/** Adds the names of members to one set; and those in texts, templates and objects, which are reached by them, to another. */
function collect(source, members, others) {
  const visit = (node) => {
    const isMember = ts.isParameterPropertyDeclaration(node, node.parent) || (ts.isClassElement(node) && node.name && ts.isIdentifier(node.name));
    if (isMember && !ts.isObjectLiteralExpression(node.parent)) members.add(node.name.text);
    if (ts.isObjectLiteralExpression(node.parent ?? node) && node.name) others.add(node.name.text);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) for (const name of node.text.match(NAMES) ?? []) others.add(name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("", source, ts.ScriptTarget.Latest, true));
}

/** Types without these members: they are not there by these names. */
export const withoutMembers = (types, members) =>
  types.replace(new RegExp(`^ +(?:/\\*\\*(?:(?!\\*/)[^])*\\*/\\s+)?(?:(?:protected|readonly|abstract|get|static) )*${members.source.slice(1, -1)}\\b(?:[^;{}]|\\{[^}]*\\})*;\n`, "gm"), "");

/** A pattern for the names of these members. */
export async function ownMembers() {
  const members = new Set();
  const others = new Set();
  for (const file of await filesIn(SOURCES, /\.ts$/)) if (!file.includes("/words/")) collect(await readFile(file, "utf8"), members, others);
  const known = (await Promise.all(KNOWN.map((folder) => filesIn(folder, /(\/lib\.[\w.]+\.d|^(?!.*typescript).*)\.[jt]sx?$/)))).flat();
  for (const file of [...known, ...DOCUMENTS]) for (const name of (await readFile(file, "utf8")).match(NAMES) ?? []) others.add(name);
  return new RegExp(`^(${[...members].filter((name) => !others.has(name)).sort().join("|")})$`);
}
