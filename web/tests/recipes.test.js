// What the documents tell products to paste and to type, as it is there, in a real browser against the real backend.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join as path } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { createOrganization, person, startBackend } from "./support/backend.js";
import { launch } from "./support/browser.js";
import { recipes } from "./support/documents.js";

const WEB = fileURLToPath(new URL("../", import.meta.url));
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };
const OWNER = person("Olivia");
let backend, browser, folder;

before(async () => {
  [backend, browser, folder] = await Promise.all([startBackend(), launch(), mkdtemp(path(tmpdir(), "muster-recipes-"))]);
});
after(async () => {
  await browser?.close();
  backend?.stop();
  await rm(folder, { recursive: true });
});

/** Serves a folder as any server of files does, and opens its page. Everything that the browser complains of is in `page.complaints`. */
async function visit(root, prepare) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const name = pathname === "/" ? "/index.html" : pathname;
    const body = await readFile(path(root, name)).catch(() => undefined);
    response.writeHead(body || name === "/favicon.ico" ? 200 : 404, { "content-type": TYPES[extname(name)] ?? "image/x-icon" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await browser.newPage({ locale: "en" });
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  if (prepare) await prepare(page);
  await page.goto(`http://localhost:${server.address().port}/`);
  return { page, leave: () => (server.close(), page.close()) };
}

test("the page of the documentation works as it is pasted, with the built files beside it", async () => {
  await createOrganization(backend, "website-studio", OWNER, "Pasted");
  const [document] = (await recipes("docs/UI.md", "Installing")).filter(({ language }) => language === "html");
  const root = path(folder, "plain");
  await cp(path(WEB, "elements/dist"), path(root, "muster"), { recursive: true });
  assert.ok(document.text.includes("http://127.0.0.1:8787"));
  await writeFile(path(root, "index.html"), document.text.replace("http://127.0.0.1:8787", backend.url));
  const { page, leave } = await visit(root);
  await page.getByRole("listitem").filter({ hasText: "Pasted" }).getByRole("button").click();
  await page.getByRole("table").getByRole("row").filter({ hasText: "Olivia" }).waitFor();
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByRole("dialog").getByLabel("Email addresses").waitFor();
  assert.deepEqual(page.complaints, []);
  await leave();
});

test("the packages are installed from the files that the documentation names, and the first lines of both documents then work as they are pasted", async () => {
  const { id } = await createOrganization(backend, "website-studio", OWNER, "Installed");
  const commands = (await recipes("docs/UI.md", "Installing")).filter(({ language }) => language === "sh").map(({ text }) => text);
  assert.match(commands[0], /^cd web\nnpm ci && node build\.mjs\nnpm pack --workspaces\n$/);
  const packed = path(folder, "packed");
  await mkdir(packed);
  execFileSync("npm", ["pack", "--workspaces", "--silent", "--pack-destination", packed], { cwd: WEB });
  const files = [...commands[1].matchAll(/\.\.\/muster\/web\/(\S+)/g)].map(([, file]) => file);
  assert.deepEqual((await readdir(packed)).sort(), files.sort());

  // As npm unpacks them. What they depend on beside each other is what is installed here.
  const root = path(folder, "product");
  const modules = path(root, "node_modules");
  for (const file of files) {
    const name = path(modules, "@muster", file.replace(/^muster-(\w+)-.*$/, "$1"));
    await mkdir(name, { recursive: true });
    execFileSync("tar", ["-xzf", path(packed, file), "-C", name, "--strip-components=1"]);
  }
  const { dependencies } = JSON.parse(await readFile(path(modules, "@muster/elements/package.json"), "utf8"));
  for (const name of Object.keys(dependencies).filter((name) => !name.startsWith("@muster/"))) await symlink(path(WEB, "node_modules", name), path(modules, name));

  const [[inReadme], [inGuide]] = await Promise.all([recipes("README.md"), recipes("docs/UI.md")]);
  assert.equal(inReadme.text, inGuide.text);
  const [, script, markup] = /^<script type="module">\n([^]*?)<\/script>\n([^]*)$/.exec(inReadme.text);
  const given = script.replace("https://api.example.com", backend.url);
  assert.notEqual(given, script);
  await build({ stdin: { contents: given, resolveDir: root }, bundle: true, splitting: true, format: "esm", outdir: root, entryNames: "main", logLevel: "silent" });
  const names = await readdir(root);
  const main = names.find((name) => /^main|^stdin/.test(name));
  await writeFile(path(root, "index.html"), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Product</title><script type="module" src="./${main}"></script>${markup.replace("org_…", id)}`);
  const { page, leave } = await visit(root, async (page) => {
    await page.exposeFunction("tokenOfReader", () => backend.token(OWNER));
    await page.addInitScript(() => (window.auth = { accessToken: () => window.tokenOfReader() }));
  });
  await page.getByRole("table").getByRole("row").filter({ hasText: "Olivia" }).waitFor();
  await page.getByText("Installed").first().waitFor();
  assert.deepEqual(page.complaints, []);
  await leave();
});
