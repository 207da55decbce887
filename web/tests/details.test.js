// What a page looks like and says in detail: what is pasted and typed, other directions and digits, and what is said once the reader has left.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createOrganization, join, person } from "./support/backend.js";
import { open } from "./support/browser.js";
import { start } from "./support/start.js";

const OWNER = person("Olivia Brandt");
const AMIR = person("Amir Haddad");
const LONG = `${"a".repeat(30)}@${"long-domain.".repeat(3)}example`;
let backend, site, browser, stop, organization, page;

before(async () => {
  ({ backend, site, browser, stop } = await start({ files: { "/page.css": "body { font-family: Georgia } muster-team { --muster-font: ; }" } }));
  organization = await team("Acme Inc.");
});
after(() => stop?.());
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});

/** An organization with another admin, and names that end with a mark which another direction would move to the front. */
async function team(name) {
  const made = await createOrganization(backend, "program-delivery", OWNER, name);
  await made.owner.resources.put(made.id, "program", "spring", { name: "Spring (2027)." });
  await join(backend, made, AMIR, { role: "admin" });
  await join(backend, made, person("Pia Lind"), { role: "participant", resources: [{ type: "program", id: "spring" }] });
  await made.owner.members.update(made.id, "me", { timezone: "Europe/Berlin", bio: "Runs it.", skills: ["Coaching."] });
  await made.owner.apiKeys.create(made.id, "me", { name: "Deployment.", resources: [{ type: "program", id: "spring" }] });
  return made;
}

const openAs = async (element, who = OWNER, { attributes, ...options } = {}) =>
  (page = await open(browser, { site: site.url, api: backend.url, element, attributes: { organization: organization.id, ...attributes }, token: () => backend.token(who), ...options }));
const button = (name) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");
const rightToLeft = { language: "ar", direction: "rtl" };

/** Opens the dialog that invites, in any language. */
async function invite() {
  await page.getByText("Amir Haddad").waitFor();
  await page.locator(".head .primary").click();
  await dialog().waitFor();
}
/** Pastes into the field for addresses. */
const paste = (text) =>
  page.locator("#emails").evaluate((input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, composed: true, cancelable: true }));
  }, text);
const chips = () => page.locator(".chip .clip").allTextContents();

test("each address of a pasted list becomes a chip, and what is none says so", async () => {
  await openAs("muster-team");
  await invite();
  await paste("ann@x.example, Bob Miller <bob@x.example>, c@x.example; nonsense, mailto:dan@x.example");
  assert.deepEqual(await chips(), ["ann@x.example", "bob@x.example", "c@x.example", "nonsense", "dan@x.example"]);
  await dialog().getByText("nonsense is not an email address").waitFor();
});

for (const [language, width] of [["en", 1280], ["en", 360], ["de", 360], ["ar", 360]])
  test(`long addresses keep their buttons in sight, and the dialog never scrolls sideways, in ${language} at ${width} px`, async () => {
    await openAs("muster-team", OWNER, { language, width, direction: language === "ar" ? "rtl" : "ltr" });
    await invite();
    await paste(`${LONG}, ${"b".repeat(90)}, ${AMIR.email}`);
    await page.getByRole("radio").nth(2).check();
    const wrong = await page.locator("dialog").evaluate((dialog) => {
      const inner = dialog.querySelector(".chips").getBoundingClientRect();
      const out = [...dialog.querySelectorAll(".chip button")].filter((button) => {
        const { left, right, width } = button.getBoundingClientRect();
        return width < 20 || left < inner.left || right > inner.right;
      });
      const wide = [...dialog.querySelectorAll("*")].filter((one) => !one.matches(".clip, .hidden, input, textarea, svg, svg *") && one.scrollWidth > one.clientWidth && getComputedStyle(one).display !== "inline");
      return [...out, ...wide].map((one) => one.outerHTML.slice(0, 120));
    });
    assert.deepEqual(wrong, []);
  });

test("what was typed in a dialog is there again after Escape, and gone after Cancel", async () => {
  await openAs("muster-team");
  await invite();
  await paste("ann@x.example bob@x.example");
  await dialog().getByLabel("Message").fill("See you on Monday.");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await invite();
  assert.deepEqual(await chips(), ["ann@x.example", "bob@x.example"]);
  assert.equal(await dialog().getByLabel("Message").inputValue(), "See you on Monday.");
  await button("Cancel").click();
  await invite();
  assert.deepEqual(await chips(), []);
  await page.keyboard.press("Escape");
  await button("Actions for Amir Haddad").click();
  await page.getByRole("menuitem", { name: "Edit profile" }).click();
  await dialog().getByLabel("About").fill("Likes trains.");
  await page.keyboard.press("Escape");
  await button("Actions for Pia Lind").click();
  await page.getByRole("menuitem", { name: "Edit profile" }).click();
  await dialog().getByLabel("About").waitFor();
  assert.equal(await dialog().getByLabel("About").inputValue(), "");
  await button("Cancel").click();
});

test("a form about one person is never shown for another, and is there again for the first", async () => {
  await openAs("muster-team");
  const edit = async (name) => {
    await button(`Actions for ${name}`).click();
    await page.getByRole("menuitem", { name: "Edit profile" }).click();
    await dialog().getByLabel("About").waitFor();
    return dialog().getByLabel("About");
  };
  await (await edit("Amir Haddad")).fill("Likes trains.");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  assert.equal(await (await edit("Amir Haddad")).inputValue(), "Likes trains.");
  await page.keyboard.press("Escape");
  assert.equal(await (await edit("Pia Lind")).inputValue(), "");
});

test("an empty --muster-font takes the page's font, and no more of it", async () => {
  await openAs("muster-team");
  await page.getByText("Amir Haddad").waitFor();
  const styleOf = (selector) => page.evaluate((selector) => {
    const { fontFamily, fontSize } = getComputedStyle(document.querySelector("muster-team").shadowRoot.querySelector(selector));
    return [fontFamily, fontSize];
  }, selector);
  assert.deepEqual(await styleOf(".root"), ["Georgia", "14px"]);
  assert.equal((await styleOf("input"))[0], "Georgia");
  await page.evaluate(() => document.querySelector("muster-team").style.setProperty("--muster-font", "Courier"));
  assert.equal((await styleOf("input"))[0], "Courier");
  await page.evaluate(() => document.querySelector("muster-team").style.setProperty("--muster-font", "initial"));
  assert.match((await styleOf("input"))[0], /^ui-sans-serif/);
});

/** Texts in Latin letters alone that have the direction of the Arabic page: their marks would stand on the wrong side. */
const misdirected = () =>
  page.evaluate(() => {
    const found = [];
    const visit = (root) => {
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const { data, parentElement: parent } = texts.currentNode;
        if (!/[A-Za-z]/.test(data) || /[\u0600-\u06ff]/.test(data) || parent.closest("[aria-hidden=true], .hidden, style")) continue;
        if (!parent.closest("bdi, [dir]")?.matches("bdi, [dir=auto], [dir=ltr]")) found.push(parent.outerHTML.slice(0, 160));
      }
      for (const one of root.querySelectorAll("*")) if (one.shadowRoot) visit(one.shadowRoot);
    };
    visit(document.querySelector("main :not(h1)").shadowRoot);
    return found;
  });

test("every text of the API has its own direction in a page from right to left", async () => {
  const reach = {
    "muster-team": [
      [{ columns: "role joined timezone status" }, invite, async () => page.getByRole("radio").nth(2).check(), () => page.getByText("Spring (2027).").last().waitFor()],
      [{ view: "groups" }, () => page.locator("tbody tr").nth(1).waitFor()],
      [{}, () => page.locator(".c-menu button").last().click(), () => page.getByRole("menu").waitFor()],
      [{}, () => page.locator("[part=filter]").first().click(), () => page.getByRole("menu").waitFor()],
      [{}, () => page.locator("tr", { hasText: "Amir" }).locator(".c-menu button").click(), () => page.getByRole("menuitem").nth(1).click(), () => page.locator(".grants select").waitFor()],
    ],
    "muster-profile": [[{}, () => page.getByText("Coaching.").first().waitFor()]],
    "muster-api-keys": [[{}, () => page.getByText("Deployment.").waitFor(), () => page.locator(".primary").click(), () => page.getByText("Spring (2027).").last().waitFor()]],
    "muster-settings": [[{}, () => page.locator("form").waitFor()]],
    "muster-access": [[{ resource: "program:spring" }, () => page.getByText("Pia Lind").waitFor()]],
    "muster-organizations": [[{}, () => page.getByText("Acme Inc.").first().waitFor(), () => page.locator(".primary").click()]],
  };
  const wrong = [];
  for (const [element, states] of Object.entries(reach)) {
    for (const [attributes, ...steps] of states) {
      await openAs(element, OWNER, { attributes, ...rightToLeft });
      await page.locator("[data-home], h2").first().waitFor();
      for (const step of steps) await step();
      wrong.push(...(await misdirected()).map((text) => `${element}: ${text}`));
      await page.context().close();
    }
  }
  await openAs("muster-team", person("Pia Lind"), rightToLeft);
  await page.getByText("Spring (2027).").first().waitFor();
  wrong.push(...(await misdirected()));
  assert.deepEqual(wrong, []);
});

test("numbers and dates have the digits of the page's language", async () => {
  await backend.platform.organizations.setPlan(organization.id, { seat_limit: 100_000 });
  await openAs("muster-team", OWNER, rightToLeft);
  await page.getByText("Amir Haddad").waitFor();
  const texts = await page.locator("muster-team .nums, muster-team .c-joined, muster-team .seats").allTextContents();
  const digits = texts.join(" ").match(/\p{Decimal_Number}/gu);
  assert.ok(digits.length > 10);
  assert.deepEqual(digits.filter((digit) => /\d/.test(digit)), []);
  await backend.platform.organizations.setPlan(organization.id, { seat_limit: null });
});

test("a search of which more can be loaded says that these are not all", async () => {
  const larger = await team("A larger team");
  for (const name of ["Amir Haddad-Lee", "Amir Haddad-Roy"]) await join(backend, larger, person(name), { role: "admin" });
  await openAs("muster-team", OWNER, { attributes: { organization: larger.id, "page-size": "2" } });
  await page.getByRole("row").nth(1).waitFor();
  await page.getByRole("searchbox").fill("haddad");
  await page.locator("[role=status]", { hasText: /^At least 2 people found$/ }).waitFor({ state: "attached" });
});

test("a problem that the first page meets is said in German", async () => {
  await openAs("muster-team", OWNER, { language: "de", attributes: { state: "joined_in=nonsense" } });
  await page.getByText("Eine der Angaben").waitFor();
  assert.doesNotMatch(await page.locator("muster-team").evaluate((team) => team.shadowRoot.textContent), /invalid/i);
});

test("a product's words for resources take the place of those of the role set", async () => {
  await openAs("muster-team");
  await page.getByText("Amir Haddad").waitFor();
  await page.evaluate(() => (document.querySelector("muster-team").messages = { resources: { program: { one: "Course", other: "Courses" } } }));
  await button("Course").waitFor();
  await button("Actions for Pia Lind").click();
  await page.getByRole("menuitem", { name: "Courses" }).waitFor();
});

test("a product's text takes the place of the text of an empty list, and the button stays", async () => {
  await openAs("muster-team", OWNER, { attributes: { state: "q=no-such-person" } });
  await page.getByText("Nobody found").waitFor();
  await page.evaluate(() => {
    const text = Object.assign(document.createElement("p"), { slot: "empty", textContent: "Try the other spelling." });
    document.querySelector("muster-team").append(text);
  });
  await page.getByText("Try the other spelling.").waitFor();
  await page.getByText("Nobody found").waitFor({ state: "hidden" });
  await button("Clear search and filters").click();
  await page.getByText("Amir Haddad").waitFor();
  await page.getByText("Try the other spelling.").waitFor({ state: "hidden" });
});

/** What the element asks of the API and complains of from now on. */
function watch() {
  const asked = [];
  page.on("request", (request) => request.url().startsWith(`${backend.url}/v1/`) && asked.push(`${request.method()} ${new URL(request.url()).pathname.split("/").at(-1)}`));
  return asked;
}
const problems = () => page.evaluate(() => window.events.filter(([name]) => name === "problem").length);

for (const element of ["muster-team", "muster-profile"])
  test(`<${element}> says that the reader has left, and asks for nothing more`, async () => {
    const { id } = (organization = await team("Another team"));
    await openAs(element, AMIR);
    await page.getByText("Amir Haddad").first().waitFor();
    if (element === "muster-team") {
      await button("Actions for Amir Haddad").click();
      await page.getByRole("menuitem", { name: "Leave team" }).click();
    } else await button("Leave team").click();
    await dialog().waitFor();
    const asked = watch();
    await dialog().getByRole("button", { name: "Leave team" }).click();
    await page.getByRole("heading", { name: "You have left this team." }).waitFor();
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await page.waitForTimeout(600);
    assert.deepEqual(asked, ["DELETE me"]);
    assert.equal(await problems(), 0);
    assert.deepEqual(page.complaints, []);
    const other = (organization = await team("A third team"));
    await page.evaluate(([element, id]) => (document.querySelector(element).organization = id), [element, other.id]);
    await page.getByText("Amir Haddad").first().waitFor();
    assert.notEqual(other.id, id);
  });

test("<muster-settings> says that the organization was deleted, and asks for nothing more", async () => {
  organization = await team("Old team");
  await openAs("muster-settings");
  await button("Delete team").click();
  await dialog().locator("#text").fill("Old team");
  const asked = watch();
  await dialog().getByRole("button", { name: "Delete team" }).click();
  await page.getByRole("heading", { name: "This team was deleted." }).waitFor();
  await page.waitForTimeout(300);
  assert.deepEqual(asked, [`DELETE ${organization.id}`]);
  assert.equal(await problems(), 0);
});
