// What the documents tell products to write, as it is there.

import { readFile } from "node:fs/promises";

const ROOT = new URL("../../../", import.meta.url);

/** The blocks of code in a document, or in one of its sections. */
export async function recipes(document, section = "") {
  const text = await readFile(new URL(document, ROOT), "utf8");
  const [, inSection] = section ? (new RegExp(`^## ${section}\\n([^]*?)(?=^## |(?![^]))`, "m").exec(text) ?? []) : [text, text];
  if (inSection === undefined) throw new Error(`${document} has no section "${section}"`);
  return [...inSection.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));
}
