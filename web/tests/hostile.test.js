// The team page on pages that do their worst: their styles do not reach it, it bends to widths, zoom and forced colors, and their own look does reach it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./support/browser.js";
import { OWNER, startTeam } from "./support/team.js";

const FOLDER = process.env.MUSTER_SCREENSHOTS;
let backend, site, browser, organization, stop;

before(async () => {
  ({ backend, site, browser, organization, stop } = await startTeam());
});
after(() => stop?.());

async function openTeam(options = {}) {
  const page = await open(browser, { site: site.url, api: backend.url, element: "muster-team", attributes: { organization: organization.id }, token: () => backend.token(OWNER), ...options });
  await page.getByText("Amir Haddad").waitFor();
  return page;
}

const shoot = (page, name) => (FOLDER ? page.screenshot({ path: `${FOLDER}/${name}.png` }) : undefined);
const styleOf = (page, selector, property) =>
  page.evaluate(([selector, property]) => getComputedStyle(document.querySelector("muster-team").shadowRoot.querySelector(selector))[property], [selector, property]);

test("styles of the page do not reach into it", async () => {
  const page = await openTeam();
  const before = await Promise.all([styleOf(page, "strong", "fontSize"), styleOf(page, "strong", "letterSpacing"), styleOf(page, "table", "display"), styleOf(page, ".primary", "backgroundColor")]);
  await page.evaluate(() => document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/hostile.css" })));
  await page.waitForFunction(() => getComputedStyle(document.querySelector("muster-team")).letterSpacing === "4px");
  const now = await Promise.all([styleOf(page, "strong", "fontSize"), styleOf(page, "strong", "letterSpacing"), styleOf(page, "table", "display"), styleOf(page, ".primary", "backgroundColor")]);
  assert.deepEqual(now, before);
  await shoot(page, "hostile");
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.context().close();
});

test("custom properties and parts give it the look of a product", async () => {
  const page = await openTeam();
  await page.evaluate(() => document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/brand.css" })));
  await page.waitForFunction(() => getComputedStyle(document.querySelector("muster-team").shadowRoot.querySelector(".primary")).backgroundColor === "rgb(0, 120, 90)");
  assert.equal(await styleOf(page, ".primary", "borderRadius"), "99px");
  await shoot(page, "brand");
  // The elements in its dialogs have the same parts.
  await page.getByRole("button", { name: "Actions for Felix Okafor" }).click();
  await page.getByRole("menuitem", { name: "API keys" }).click();
  assert.equal(await page.getByRole("button", { name: "Create key" }).evaluate((button) => getComputedStyle(button).borderRadius), "99px");
  await page.context().close();
});

test("it fits 320 pixels, and 640 at 200 % zoom, without a horizontal scroll bar", async () => {
  for (const [width, deviceScaleFactor] of [[320, 1], [640, 2]]) {
    const page = await openTeam({ width, height: 640, extra: { deviceScaleFactor } });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
    await shoot(page, `width-${width}`);
    await page.getByRole("button", { name: "Invite people" }).click();
    await page.getByRole("dialog").waitFor();
    await shoot(page, `width-${width}-invite`);
    const box = await page.getByRole("dialog").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
    await page.context().close();
  }
});

test("with forced colors every control still has an edge", async () => {
  const page = await openTeam({ extra: { forcedColors: "active" } });
  for (const selector of [".primary", ".search .input", ".list"]) assert.notEqual(await styleOf(page, selector, "borderTopWidth"), "0px", selector);
  await shoot(page, "forced-colors");
  await page.context().close();
});

test("it works inside a modal dialog of the page", async () => {
  const page = await openTeam();
  await page.evaluate(() => {
    const dialog = document.createElement("dialog");
    dialog.ariaLabel = "The page's own";
    document.body.append(dialog);
    dialog.append(document.querySelector("muster-team"));
    dialog.showModal();
  });
  await page.getByRole("button", { name: "Actions for Felix Okafor" }).click();
  await page.getByRole("menuitem", { name: "Remove from team" }).click();
  await page.getByRole("dialog", { name: "Remove Felix Okafor?" }).getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog", { name: "Remove Felix Okafor?" }).waitFor({ state: "detached" });
  await page.context().close();
});

test("it moves within the page, and is created from HTML, without losing its place", async () => {
  const page = await openTeam();
  await page.evaluate(() => document.body.prepend(document.querySelector("muster-team")));
  await page.getByText("Amir Haddad").waitFor();
  await page.context().close();
});
