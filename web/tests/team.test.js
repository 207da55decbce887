// The team page in a real browser, against the real backend.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, afterEach, describe, test } from "node:test";
import { open } from "./support/browser.js";
import { start } from "./support/start.js";
import { ADMIN, OWNER, PARTICIPANT, fillTeam } from "./support/team.js";

let backend, site, browser, stop, organization, page;

before(async () => {
  ({ backend, site, browser, stop } = await start());
});
after(() => stop?.());
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});

/** Opens the team page as a person. */
async function openTeam(who, options = {}) {
  const { attributes, ...others } = options;
  page = await open(browser, {
    site: site.url,
    api: backend.url,
    element: "muster-team",
    attributes: { organization: organization.id, ...attributes },
    token: () => backend.token(who),
    ...others,
  });
  await page.waitForFunction(() => window.events.some(([name]) => name === "ready"));
}

const rows = () => page.getByRole("row").filter({ has: page.getByRole("cell") });
const row = (name) => rows().filter({ hasText: name });
const names = async () => (await page.locator("tbody strong").allTextContents()).map((text) => text.trim());
const dialog = () => page.getByRole("dialog");
const button = (name, exact = true) => page.getByRole("button", { name, exact });
const said = (text) => page.locator("[role=status]", { hasText: text }).waitFor({ state: "attached" });

/** The row of a person, as the API has it. */
const memberOf = async (q) => (await organization.owner.members.list(organization.id, { q })).data.items[0];
/** What stands in both versions of a form. */
const versions = () =>
  page.locator(".sides section").evaluateAll((sides) =>
    sides.map((side) => [side.querySelector("h3").textContent, ...[...side.querySelectorAll("dl > div")].map((fact) => [...fact.children].map((part) => part.textContent).join(": "))]),
  );

/** Chooses an item of a row's menu. */
async function choose(name, item) {
  await button(`Actions for ${name}`).click();
  await page.getByRole("menuitem", { name: item }).click();
}

describe("a team that is only looked at", () => {
  before(async () => {
    organization = await fillTeam(backend, "Acme Learning");
  });

  test("lists members and pending invitations with their roles, resources and seats", async () => {
    await openTeam(OWNER);
    assert.equal(await rows().count(), 11);
    await row("Olivia Brandt").getByText("You").waitFor();
    await row("Petra Novák-Lindgren").getByText("Program Admin").waitFor();
    await row("fatma.demir@acme.example").getByText("Expires in 7 days · Invited by Olivia Brandt").waitFor();
    await row("fatma.demir@acme.example").getByText("Invited", { exact: true }).waitFor();
    await row("Petra Novák-Lindgren").getByText("Autumn leadership program, Spring cohort").waitFor();
    await page.getByText("6 of 8 seats").waitFor();
  });

  test("is opened with two requests that need no other first", async () => {
    const asked = [];
    await openTeam(OWNER);
    page.on("request", (request) => request.url().startsWith(backend.url) && request.method() === "GET" && asked.push(new URL(request.url()).pathname.split("/").at(-1)));
    await page.reload();
    await page.locator("muster-team").waitFor();
    await page.getByText("Amir Haddad").waitFor();
    assert.deepEqual(asked.sort(), ["members", "view"]);
  });

  test("searches while typing, and says so if nobody is found", async () => {
    await openTeam(OWNER);
    const search = page.getByRole("searchbox");
    await search.pressSequentially("lindqvist");
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.querySelectorAll("tbody tr").length === 1);
    assert.deepEqual(await names(), ["Pia Lindqvist"]);
    await search.fill("nobody of this name");
    await page.getByText("Nobody found").waitFor();
    await button("Clear search and filters").click();
    await page.getByText("Amir Haddad").waitFor();
  });

  test("filters by role, status, invitation, joining and resource, and orders by name", async () => {
    await openTeam(OWNER);
    await button("Role").click();
    await page.getByRole("menuitemcheckbox", { name: "Program Facilitator" }).click();
    await row("Amir Haddad").waitFor({ state: "detached" });
    assert.deepEqual(await names(), ["Felix Okafor", "fatma.demir@acme.example"]);
    await page.keyboard.press("Escape");
    await button("Clear").click();
    await row("Amir Haddad").waitFor();
    await page.getByRole("button", { name: /^Invited/ }).click();
    await row("Amir Haddad").waitFor({ state: "detached" });
    assert.equal(await rows().count(), 3);
    await page.getByRole("button", { name: /^Everyone/ }).click();
    await button("Program").click();
    await row("Amir Haddad").waitFor();
    await page.getByRole("menuitemradio", { name: "Summer cohort" }).click();
    await row("Amir Haddad").waitFor({ state: "detached" });
    assert.deepEqual(await names(), ["Felix Okafor", "Petra Novák-Lindgren", "Pia Lindqvist"]);
    await button("Program: Summer cohort").click();
    await page.getByRole("menuitemradio", { name: "Any" }).click();
    await row("Amir Haddad").waitFor();
    await button("Name").click();
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.querySelector("tbody strong").textContent.includes("Sofia"));
    const states = await page.evaluate(() => window.events.filter(([name]) => name === "state").map(([, detail]) => detail.query));
    assert.equal(states.at(-1), "sort=-name");
    await button("Status").click();
    await page.getByRole("menuitemradio", { name: "Inactive" }).click();
    await page.getByText("Nobody found").waitFor();
  });

  test("is downloaded as a file, as it is filtered", async () => {
    await openTeam(OWNER, { attributes: { state: "role=program_sponsor" } });
    await button("Export").click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "CSV" }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), "Acme Learning.csv");
    const text = await readFile(await file.path(), "utf8");
    assert.match(text, /Sofia Marchetti/);
    assert.doesNotMatch(text, /Amir Haddad/);
  });

  test("starts with the filters that a link carries", async () => {
    await openTeam(OWNER, { attributes: { state: "role=program_sponsor&sort=-name" } });
    assert.deepEqual(await names(), ["Sofia Marchetti"]);
    await button("Role: Program Sponsor").waitFor();
  });

  test("loads page after page", async () => {
    await openTeam(OWNER, { attributes: { "page-size": "4" } });
    assert.equal(await rows().count(), 4);
    await button("Load more").click();
    await row("Priya Raman").waitFor();
    await button("Load more").click();
    await row("rosa.alvarez").waitFor();
    await button("Load more").waitFor({ state: "detached" });
    assert.equal(new Set(await names()).size, 11);
  });

  test("shows pending invitations in a section of their own if asked", async () => {
    await openTeam(OWNER, { attributes: { pending: "section" } });
    const pending = page.getByRole("table", { name: "Pending invitations" });
    await pending.getByText("rosa.alvarez@partner.example").waitFor();
    assert.equal(await page.getByRole("table", { name: "People" }).getByText("rosa.alvarez@partner.example").count(), 0);
  });

  test("offers nothing to somebody who may do nothing", async () => {
    await openTeam(PARTICIPANT);
    assert.equal(await button("Invite people").count(), 0);
    assert.equal(await page.getByRole("checkbox").count(), 0);
    await button("Leave team").waitFor();
  });

  test("offers nothing at all when it is read-only", async () => {
    await openTeam(OWNER, { attributes: { readonly: "" } });
    assert.equal(await button("Invite people").count(), 0);
    assert.equal(await page.getByRole("button", { name: /^Actions/ }).count(), 0);
  });

  test("can be used with the keyboard alone", async () => {
    await openTeam(OWNER);
    const focused = () => page.evaluate(() => document.querySelector("muster-team").shadowRoot.activeElement?.ariaLabel ?? document.querySelector("muster-team").shadowRoot.activeElement?.textContent.trim());
    await button("Actions for Felix Okafor").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Change role" }).waitFor();
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.activeElement?.textContent.includes("Change role"));
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), "Programs");
    await page.keyboard.press("End");
    assert.equal(await focused(), "Remove from team");
    await page.keyboard.press("Home");
    await page.keyboard.press("r");
    assert.equal(await focused(), "Remove from team");
    await page.keyboard.press("Escape");
    assert.equal(await focused(), "Actions for Felix Okafor");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Remove from team" }).waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await dialog().waitFor();
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.activeElement?.ariaLabel === "Actions for Felix Okafor");
  });
});

describe("a team that is changed", () => {
  beforeEach(async () => {
    organization = await fillTeam(backend, "Acme Learning");
  });

  test("people are invited; a faulty address says what is wrong, and nothing typed is lost", async () => {
    await openTeam(OWNER);
    await button("Invite people").click();
    const emails = page.getByLabel("Email addresses");
    await emails.fill("nia@acme.example, no-address, felix.okafor@acme.example ");
    await dialog().getByText("no-address is not an email address").waitFor();
    await button("Remove no-address").click();
    await dialog().getByRole("radio", { name: /^Program Facilitator/ }).check();
    await dialog().getByRole("checkbox", { name: "Spring cohort" }).check();
    await dialog().getByText("felix.okafor@acme.example is a member already").waitFor();
    await button("Remove this address").click();
    await dialog().getByText("Takes 1 seat of 2 free").waitFor();
    await dialog().getByLabel("Message").fill("See you on Monday");
    await button("Send invitation").click();
    await dialog().waitFor({ state: "detached" });
    await said("Invitation sent");
    await row("nia@acme.example").waitFor();
    assert.equal((await backend.invitationsTo("nia@acme.example")).length, 1);
  });

  test("an invitation is in the language that the inviter chooses, and the language can be changed later", async () => {
    await openTeam(OWNER);
    await button("Invite people").click();
    await page.getByLabel("Email addresses").fill("lotte@partner.example ");
    await dialog().getByRole("radio", { name: /^Participant/ }).check();
    await dialog().getByLabel("Language of emails").selectOption("German");
    await button("Send invitation").click();
    await dialog().waitFor({ state: "detached" });
    const { id } = await memberOf("lotte");
    const language = async () => (await organization.owner.invitations.get(organization.id, id)).data.language;
    assert.equal(await language(), "de");
    const mails = await (await fetch(`${backend.url}/dev/mail`)).json();
    assert.match(mails.find(({ to }) => to === "lotte@partner.example").subject, /eingeladen/);

    for (const [was, name, then] of [["de", "Spanish", "es"], ["es", "Default", null]]) {
      await choose("lotte@partner.example", "Edit invitation");
      const list = dialog().getByLabel("Language of emails");
      assert.equal(await list.inputValue(), was);
      await list.selectOption(name);
      await button("Save").click();
      await dialog().waitFor({ state: "detached" });
      assert.equal(await language(), then);
    }
    await organization.owner.invitations.cancel(organization.id, id);
  });

  test("contacts are found while an address is typed, by keyboard too", async () => {
    await organization.owner.contacts.put(organization.id, "c1", { email: "zoe.weber@partner.example", name: "Zoë Weber" });
    await openTeam(OWNER);
    await button("Invite people").click();
    await page.getByRole("combobox", { name: "Email addresses" }).pressSequentially("zoe");
    await page.getByRole("option", { name: "Zoë Weber" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await button("Remove zoe.weber@partner.example").waitFor();
    assert.equal(await page.getByRole("combobox", { name: "Email addresses" }).inputValue(), "");
    await page.keyboard.type("zoe");
    await page.getByRole("option", { name: "Zoë Weber" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("listbox").getByRole("option").waitFor({ state: "detached" });
    await dialog().waitFor();
  });

  test("seats that are missing are named with their number before anything is sent", async () => {
    await backend.platform.organizations.setPlan(organization.id, { seat_limit: 6 });
    await openTeam(OWNER, { attributes: { "upgrade-url": "/plans" } });
    await page.getByText("All 6 seats are in use.").waitFor();
    assert.equal(await page.getByRole("link", { name: "Get more seats" }).first().getAttribute("href"), "/plans");
    await button("Invite people").click();
    await page.getByLabel("Email addresses").fill("nia@acme.example bo@acme.example ");
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await dialog().getByText("2 seats needed, 0 free").waitFor();
  });

  test("a role is changed", async () => {
    await openTeam(OWNER);
    await choose("Felix Okafor", "Change role");
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await button("Save").click();
    await dialog().waitFor({ state: "detached" });
    await row("Felix Okafor").getByText("Admin").waitFor();
    const member = await organization.owner.members.list(organization.id, { q: "okafor" });
    assert.equal(member.data.items[0].role, "admin");
  });

  test("roles on single resources are given, changed and taken", async () => {
    await openTeam(OWNER);
    await choose("Felix Okafor", "Programs");
    await dialog().getByLabel("Spring cohort").selectOption("Program Sponsor");
    await dialog().getByLabel("Summer cohort").selectOption("No access");
    await button("Save").click();
    await dialog().waitFor({ state: "detached" });
    const { data } = await organization.owner.members.list(organization.id, { q: "okafor" });
    assert.deepEqual(data.items[0].grants.map(({ id, role }) => [id, role]), [["spring", "program_sponsor"]]);
  });

  test("somebody else's change of the same row is shown before it is overwritten", async () => {
    await openTeam(OWNER);
    await choose("Felix Okafor", "Change role");
    const { data } = await organization.owner.members.list(organization.id, { q: "okafor" });
    await organization.owner.members.update(organization.id, data.items[0].id, { role: "program_admin", resources: [{ type: "program", id: "spring" }] });
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await button("Save").click();
    await dialog().getByText("Felix Okafor was changed meanwhile.").waitFor();
    assert.deepEqual(await versions(), [["Your version", "Role: Admin", "Programs: –"], ["Stored now", "Role: Program Admin", "Programs: Spring cohort"]]);
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.activeElement?.matches("[data-problem]"));
    await button("Take theirs").click();
    assert.equal(await dialog().getByRole("radio", { name: /^Program Admin/ }).isChecked(), true);
    assert.equal(await dialog().getByText("was changed meanwhile").count(), 0);
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await button("Save").click();
    await dialog().waitFor({ state: "detached" });
    await row("Felix Okafor").getByText("Admin").waitFor();
  });

  test("one's own version of a role is kept over that of somebody else, which the list leaves out", async () => {
    await openTeam(OWNER, { attributes: { state: "role=program_facilitator" } });
    await choose("Felix Okafor", "Change role");
    const { id } = await memberOf("okafor");
    await organization.owner.members.update(organization.id, id, { role: "program_admin", resources: [{ type: "program", id: "spring" }] });
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await button("Save").click();
    await button("Take mine").click();
    await dialog().waitFor({ state: "detached" });
    assert.equal((await memberOf("okafor")).role, "admin");
  });

  test("both versions of an invitation, and of roles on resources, are shown", async () => {
    await openTeam(OWNER);
    await choose("quentin@partner.example", "Edit invitation");
    await dialog().waitFor();
    const { id } = await memberOf("quentin");
    await organization.owner.invitations.update(organization.id, id, { role: "participant", resources: [{ type: "program", id: "autumn" }] });
    await dialog().getByRole("checkbox", { name: "Summer cohort" }).check();
    await button("Save").click();
    await dialog().getByText("was changed meanwhile").waitFor();
    assert.deepEqual(await versions(), [["Your version", "Programs: Summer cohort"], ["Stored now", "Programs: Autumn leadership program"]]);
    await button("Take mine").click();
    await dialog().waitFor({ state: "detached" });
    assert.deepEqual((await memberOf("quentin")).grants.map((grant) => grant.id), ["summer"]);
    await choose("Felix Okafor", "Programs");
    const felix = await memberOf("okafor");
    await organization.owner.members.putGrant(organization.id, felix.id, "program", "spring", { role: "program_admin" });
    await organization.owner.members.putGrant(organization.id, felix.id, "program", "autumn", { role: "program_sponsor" });
    await dialog().getByLabel("Spring cohort").selectOption("Program Sponsor");
    await button("Save").click();
    await dialog().getByText("was changed meanwhile").waitFor();
    assert.deepEqual(await versions(), [
      ["Your version", "Spring cohort: Program Sponsor"],
      ["Stored now", "Spring cohort: Program Admin"],
    ]);
    await button("Take theirs").click();
    assert.equal(await dialog().getByLabel("Autumn leadership program").inputValue(), "program_sponsor");
    assert.equal(await dialog().getByLabel("Spring cohort").inputValue(), "program_admin");
  });

  test("what somebody else changed beside the form keeps nobody from saving", async () => {
    await openTeam(OWNER);
    await choose("Felix Okafor", "Change role");
    await organization.owner.members.update(organization.id, (await memberOf("okafor")).id, { bio: "Runs the summer cohort." });
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await button("Save").click();
    await dialog().waitFor({ state: "detached" });
    assert.equal((await memberOf("okafor")).role, "admin");
  });

  test("keys and profile of a member are changed from the menu", async () => {
    await openTeam(OWNER);
    await choose("Felix Okafor", "API keys");
    await page.getByRole("dialog", { name: "API keys of Felix Okafor" }).waitFor();
    await button("Create key").click();
    const create = page.getByRole("dialog", { name: "Create key" });
    await create.getByLabel("Name").fill("Deployment");
    await create.getByRole("button", { name: "Create key" }).click();
    await button("I have stored it").click();
    await page.getByText("Deployment").waitFor();
    await button("Close").last().click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const { id } = await memberOf("okafor");
    const keys = await organization.owner.apiKeys.list(organization.id, id);
    assert.deepEqual(keys.data.items.map((key) => key.name), ["Deployment"]);
    await choose("Felix Okafor", "Edit profile");
    await dialog().getByLabel("Name").fill("Felix O.");
    await dialog().getByRole("button", { name: "Save" }).click();
    await row("Felix O.").waitFor();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.activeElement?.ariaLabel?.startsWith("Actions for Felix"));
  });

  test("a dialog in a dialog is closed with the keyboard, one after the other", async () => {
    await openTeam(OWNER);
    await button("Actions for Felix Okafor").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "API keys" }).press("Enter");
    const keys = page.getByRole("dialog", { name: "API keys of Felix Okafor" });
    await keys.getByText("No API keys").waitFor();
    await button("Create key").press("Enter");
    const create = page.getByRole("dialog", { name: "Create key" });
    await create.waitFor();
    await page.keyboard.press("Escape");
    await create.waitFor({ state: "detached" });
    await keys.waitFor();
    assert.equal(await page.evaluate(() => document.querySelector("muster-team").shadowRoot.querySelector("muster-api-keys").shadowRoot.activeElement?.textContent.trim()), "Create key");
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.activeElement?.ariaLabel === "Actions for Felix Okafor");
  });

  test("people are in groups by role, and move to that of their new role", async () => {
    await openTeam(OWNER, { attributes: { view: "groups" } });
    const group = (name) => page.getByRole("table", { name, exact: true });
    await group("Program Facilitator").getByText("Felix Okafor").waitFor();
    await group("Program Facilitator").getByText("fatma.demir@acme.example").waitFor();
    assert.equal(await page.getByRole("heading", { name: "Implementation Admin" }).count(), 0);
    assert.deepEqual(await page.getByRole("region", { name: "Program Facilitator" }).locator("header .nums").textContent(), "2");
    await choose("Felix Okafor", "Change role");
    await dialog().getByRole("radio", { name: /^Admin/ }).check();
    await button("Save").click();
    await group("Admin").getByText("Felix Okafor").waitFor();
    await group("Program Facilitator").getByText("Felix Okafor").waitFor({ state: "detached" });
    await group("Admin").getByRole("checkbox", { name: "Select Felix Okafor" }).check();
    await group("Participant").getByRole("checkbox", { name: "Select Paul Adeyemi" }).check();
    await page.getByRole("toolbar", { name: "2 selected" }).waitFor();
    await page.getByRole("searchbox").fill("lindqvist");
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.querySelectorAll("tbody tr").length === 1);
    assert.deepEqual(await page.getByRole("heading", { level: 3 }).allTextContents(), ["Participant"]);
    await page.getByRole("searchbox").fill("nobody of this name");
    await page.getByText("Nobody found").waitFor();
  });

  test("a group is loaded when it comes into view, page after page", async () => {
    const asked = [];
    await openTeam(OWNER, { attributes: { view: "groups", "page-size": "2" }, height: 500 });
    page.on("request", (request) => request.method() === "GET" && asked.push(new URL(request.url()).searchParams.get("role")));
    await page.waitForTimeout(500);
    assert.ok(!asked.includes("participant"), asked.join());
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const participants = page.getByRole("region", { name: "Participant" });
    await participants.getByRole("row").nth(2).waitFor();
    await participants.getByRole("button", { name: "Load more" }).click();
    await participants.getByRole("row").nth(4).waitFor();
  });

  test("a member is deactivated and activated again", async () => {
    await openTeam(OWNER);
    await choose("Felix Okafor", "Deactivate");
    await dialog().getByRole("button", { name: "Deactivate" }).click();
    await row("Felix Okafor").getByText("Inactive").first().waitFor();
    await choose("Felix Okafor", "Activate");
    await row("Felix Okafor").locator(".dot.active").waitFor();
  });

  test("a member is removed after a confirmation", async () => {
    await openTeam(OWNER, { attributes: { confirm: "twice" } });
    await choose("Paul Adeyemi", "Remove from team");
    const remove = dialog().getByRole("button", { name: "Remove" });
    assert.equal(await remove.isDisabled(), true);
    await dialog().getByRole("checkbox").check();
    await remove.click();
    await said("Paul Adeyemi was removed");
    assert.equal(await row("Paul Adeyemi").count(), 0);
    // The row is gone with its button, and the focus goes to that of the next one.
    await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.activeElement?.ariaLabel === "Actions for Petra Novák-Lindgren");
    assert.equal(await rows().count(), 10);
  });

  test("a page can keep a change from being made", async () => {
    await openTeam(OWNER);
    await page.evaluate(() => document.addEventListener("muster-before", (event) => event.preventDefault()));
    await choose("Paul Adeyemi", "Remove from team");
    await dialog().getByRole("button", { name: "Remove" }).click();
    await dialog().waitFor({ state: "detached" });
    assert.equal(await row("Paul Adeyemi").count(), 1);
  });

  test("pending invitations are sent again, changed and canceled", async () => {
    await openTeam(OWNER);
    await choose("quentin@partner.example", "Send again");
    await said("Sent to quentin@partner.example again");
    const sent = await organization.owner.members.list(organization.id, { q: "quentin" });
    const { data } = await organization.owner.invitations.get(organization.id, sent.data.items[0].id);
    assert.ok(data.sent_at > data.created_at);
    await choose("quentin@partner.example", "Edit invitation");
    await dialog().getByRole("checkbox", { name: "Summer cohort" }).check();
    await button("Save").click();
    await dialog().waitFor({ state: "detached" });
    await choose("quentin@partner.example", "Cancel invitation");
    await dialog().getByRole("button", { name: "Cancel invitation" }).click();
    await row("quentin@partner.example").waitFor({ state: "detached" });
  });

  test("all pending invitations are sent again at once", async () => {
    await openTeam(OWNER);
    await page.getByRole("button", { name: /^Invited/ }).click();
    await button("Send all again").click();
    await said("All pending invitations are being sent again");
  });

  test("several people are changed at once, and who would be refused is said before", async () => {
    await openTeam(OWNER);
    for (const name of ["Paul Adeyemi", "Priya Raman", "fatma.demir@acme.example"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    const bar = page.getByRole("toolbar", { name: "3 selected" });
    await bar.getByRole("button", { name: "Deactivate 2" }).click();
    await dialog().getByText("Deactivate 2 people?").waitFor();
    await dialog().getByText("1 is left out:").waitFor();
    await dialog().getByRole("listitem").filter({ hasText: "fatma.demir@acme.example" }).getByText("Invited").waitFor();
    await dialog().getByRole("button", { name: "Deactivate" }).click();
    await row("Paul Adeyemi").getByText("Inactive").first().waitFor();
    await row("Priya Raman").getByText("Inactive").first().waitFor();
    await said("2 done");
  });

  test("who was refused is listed with the reason, and can be selected again", async () => {
    await openTeam(OWNER);
    for (const name of ["Felix Okafor", "Sofia Marchetti"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    const ids = await Promise.all(["okafor", "marchetti"].map(async (name) => (await memberOf(name)).id));
    await organization.owner.members.deactivateMany(organization.id, { members: ids });
    await backend.platform.organizations.setPlan(organization.id, { seat_limit: 5 });
    await page.reload();
    await row("Felix Okafor").waitFor();
    for (const name of ["Felix Okafor", "Sofia Marchetti"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    await page.getByRole("toolbar").getByRole("button", { name: "Activate" }).click();
    await dialog().getByRole("button", { name: "Activate" }).click();
    const note = page.getByRole("alert").filter({ hasText: "1 done · 1 was refused:" });
    await note.getByText("There are not enough seats.").waitFor();
    assert.equal(await page.getByRole("toolbar").count(), 0);
    await note.getByRole("button", { name: "Select these" }).click();
    await page.getByRole("toolbar", { name: "1 selected" }).waitFor();
  });

  test("resources beyond the first page are searched by the API, page after page", async () => {
    const { id, owner } = organization;
    const many = Array.from({ length: 450 }, (_, at) => `course-${String(at).padStart(3, "0")}`);
    for (let at = 0; at < many.length; at += 20) await Promise.all(many.slice(at, at + 20).map((key) => owner.resources.put(id, "program", key, { name: `Course ${key.slice(-3)}` })));
    await openTeam(OWNER);
    await choose("Felix Okafor", "Programs");
    await dialog().getByText("Summer cohort").first().waitFor();
    await dialog().getByRole("searchbox").fill("spring");
    await dialog().getByLabel("Spring cohort").selectOption("Program Sponsor");
    await dialog().getByRole("searchbox").fill("course 437");
    await dialog().getByLabel("Course 437").selectOption("Program Sponsor");
    await button("Save").click();
    await dialog().waitFor({ state: "detached" });
    const { grants } = await memberOf("okafor");
    assert.deepEqual(grants.map((grant) => grant.id).sort(), ["course-437", "spring", "summer"]);
  });

  test("what is refused stands above the list, and goes away", async () => {
    await openTeam(OWNER);
    await organization.owner.members.list(organization.id, { q: "adeyemi" }).then(({ data }) => organization.owner.members.remove(organization.id, data.items[0].id));
    await choose("Paul Adeyemi", "Remove from team");
    await dialog().getByRole("button", { name: "Remove" }).click();
    await dialog().getByText("This is not there any more.").waitFor();
  });

  test("a member leaves", async () => {
    await openTeam(ADMIN);
    await choose("Amir Haddad", "Leave team");
    await dialog().getByRole("button", { name: "Leave team" }).click();
    await page.waitForFunction(() => window.events.some(([name]) => name === "left"));
    const left = await organization.owner.members.list(organization.id, { q: "haddad" });
    assert.equal(left.data.items.length, 0);
  });

  test("a signed-out visitor is told so, and the page is asked to sign them in", async () => {
    page = await open(browser, { site: site.url, api: backend.url, element: "muster-team", attributes: { organization: organization.id }, token: async () => "not-a-token" });
    await page.getByText("You are signed out. Sign in to go on.").waitFor();
    assert.ok(await page.evaluate(() => window.events.some(([name]) => name === "sign-in")));
  });

  test("an API that cannot be reached can be tried again", async () => {
    await openTeam(OWNER);
    await page.route(`${backend.url}/**`, (route) => route.abort());
    await page.getByRole("searchbox").fill("pia");
    await page.getByText("The service cannot be reached.").waitFor({ timeout: 15_000 });
    await page.unroute(`${backend.url}/**`);
    await button("Try again").click();
    await page.getByText("The service cannot be reached.").waitFor({ state: "detached" });
    await row("Amir Haddad").waitFor({ state: "detached" });
    assert.deepEqual(await names(), ["Pia Lindqvist"]);
  });
});
