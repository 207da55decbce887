// The languages in a real browser, and what the sources must not name.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { violations } from "./support/axe.js";
import { open } from "./support/browser.js";
import { OWNER, startTeam } from "./support/team.js";

const FOLDER = process.env.MUSTER_SCREENSHOTS;
const SOURCES = new URL("../elements/src/", import.meta.url);
const ROLE_SETS = new URL("../../shared/domain/role-sets/", import.meta.url);
const TITLES = { en: "Team", de: "Team", fr: "Équipe", es: "Equipo", ar: "الفريق" };
let backend, site, browser, organization, stop;

before(async () => {
  ({ backend, site, browser, organization, stop } = await startTeam());
});
after(() => stop?.());

const openWith = (language, options = {}) =>
  open(browser, { site: site.url, api: backend.url, element: "muster-team", attributes: { organization: organization.id }, token: () => backend.token(OWNER), language, ...options });

for (const [language, title] of Object.entries(TITLES)) {
  test(`the team page is whole in the language ${language}, at both widths`, async () => {
    for (const width of [1280, 360]) {
      const page = await openWith(language, { width, direction: language === "ar" ? "rtl" : "ltr" });
      await page.getByRole("heading", { name: title, exact: true }).waitFor();
      await page.getByText("Amir Haddad").waitFor();
      if (FOLDER) await page.screenshot({ path: `${FOLDER}/language-${language}-${width}.png` });
      const shown = await page.evaluate(() => document.querySelector("muster-team").shadowRoot.textContent);
      assert.doesNotMatch(shown, /undefined|\[object|=>/);
      assert.deepEqual(await violations(page), []);
      await page.locator(".primary").first().click();
      await page.getByRole("dialog").waitFor();
      await page.getByRole("radio").nth(2).check();
      await page.getByRole("checkbox", { name: "Spring cohort" }).waitFor();
      if (FOLDER) await page.screenshot({ path: `${FOLDER}/language-${language}-${width}-invite.png` });
      assert.doesNotMatch(await page.getByRole("dialog").textContent(), /undefined|\[object|=>/);
      assert.deepEqual(await violations(page), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      await page.context().close();
    }
  });
}

test("a product's words and names of roles take the place of Muster's", async () => {
  const page = await openWith("en");
  await page.getByText("Amir Haddad").waitFor();
  await page.evaluate(() => {
    document.querySelector("muster-team").messages = { team: "Co-workers", roles: { participant: { name: "Learner" } } };
  });
  await page.getByRole("heading", { name: "Co-workers" }).waitFor();
  await page.getByText("Learner").first().waitFor();
  await page.context().close();
});

test("no role and no role set is named in the sources", async () => {
  const sets = (await readdir(ROLE_SETS)).filter((name) => name.endsWith(".toml"));
  const texts = await Promise.all(sets.map((name) => readFile(new URL(name, ROLE_SETS), "utf8")));
  const ids = texts.flatMap((text) => [...text.matchAll(/^id = "(.+)"/gm)].map(([, id]) => id));
  assert.ok(ids.length > 20);
  const quoted = new RegExp(`["'\`](${ids.join("|")})["'\`]`);
  for (const file of await readdir(SOURCES, { recursive: true })) {
    if (!file.endsWith(".ts")) continue;
    const text = await readFile(new URL(file, SOURCES), "utf8");
    assert.equal(quoted.exec(text)?.[0], undefined, file);
  }
});
