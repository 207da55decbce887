// Names of members that are the elements' own: they get short names in what is built. What products use has the names of docs/UI.md, and what
// the API answers has those of its document; neither can be here.

import { readFile, readdir } from "node:fs/promises";

const NAMES = `
  announce attempt canPick choice faulty focusProblem hasGroups hasSections hides inView isActionable isChanged isExporting isLoaded
  isLoading isMenuOpen isNarrowed isPart isPickable isReady isSignedOut joining lists loadedAt menuButton needsAllWords needsOrganization openMenu
  problemNotice resendAllButton resourceNames reveal roleDescription roleName rowsOf saveButton shownColumns signButton trouble
`.trim().split(/\s+/);

const SOURCES = "elements/src";
/** Names of others: of the API, of the client, and of Lit. */
const OTHERS = ["client/src/api.d.ts", "client/src/client.d.ts", "node_modules/lit-html/lit-html.d.ts", "node_modules/lit-element/lit-element.d.ts", "node_modules/@lit/reactive-element/reactive-element.d.ts"];

/** The names, as esbuild takes them. A name that is also a text, an attribute or somebody else's is refused. */
export async function ownNames() {
  const files = (await readdir(SOURCES, { recursive: true })).filter((name) => name.endsWith(".ts") && !name.includes("words"));
  const code = (await Promise.all(files.map((name) => readFile(`${SOURCES}/${name}`, "utf8")))).join("\n");
  const others = (await Promise.all(OTHERS.map((path) => readFile(path, "utf8")))).join("\n");
  for (const name of NAMES) {
    if (!new RegExp(`\\b${name}\\b`).test(code)) throw new Error(`${name} is no longer a name of the elements`);
    if (new RegExp(`["'.?@]${name}["'=]`).test(code)) throw new Error(`${name} is also a text or an attribute`);
    if (new RegExp(`^\\s*(?:readonly )?(?:get )?${name}\\??[:(]`, "m").test(others)) throw new Error(`${name} is also a name of the API, the client or Lit`);
  }
  return new RegExp(`^(?:${NAMES.join("|")})$`);
}

/** Types without these members: they are not there by these names. */
export const withoutOwnNames = (types) =>
  types.replace(new RegExp(`^ +(?:/\\*\\*(?:(?!\\*/)[^])*\\*/\\s+)?(?:(?:protected|readonly|abstract|get|static) )*(?:${NAMES.join("|")})\\b(?:[^;{}]|\\{[^}]*\\})*;\n`, "gm"), "");
