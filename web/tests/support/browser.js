// Debian's Chromium, and a page under the strictest policy that the elements must work with.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Letters and colors that do not depend on the machine. */
const LOOK = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"];
const FLAGS = [...LOOK, "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"];
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8" };

/** Starts the browser. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: FLAGS,
    env: { ...process.env, FONTCONFIG_FILE: fileURLToPath(new URL("fonts.conf", import.meta.url)) },
  });

/** Serves the test page and the built elements, at an origin of their own. `files` are further ones by their paths. */
export async function serve(api, files = {}) {
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${api}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'`;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    const file = pathname.startsWith("/dist/") ? `elements${pathname}` : /^\/\w+\.(js|css)$/.test(pathname) ? `tests/page${pathname}` : "tests/page/index.html";
    try {
      const body = files[pathname] ?? (await readFile(ROOT + file));
      const type = TYPES[/\.\w+$/.exec(pathname in files ? pathname : file)?.[0]];
      response.writeHead(200, { "content-type": type, "content-security-policy": policy, "referrer-policy": "no-referrer" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/**
 * A page with one element. `attributes` are those of the element, and `token` what the page's `getToken` answers.
 * Everything that the browser complains of is collected in `page.complaints`.
 */
export async function open(browser, { site, api, element, attributes = {}, token = async () => null, width = 1280, height = 900, dark = false, language = "en", direction, extra = {} }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale: language, reducedMotion: "reduce", ...extra });
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  await page.exposeFunction("musterToken", token);
  await page.exposeFunction("musterPage", () => ({ api, element, attributes, language, direction }));
  await page.goto(site);
  await page.locator(element).waitFor();
  return page;
}
