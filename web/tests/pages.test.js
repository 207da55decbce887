// The smaller elements in a real browser, against the real backend.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createOrganization, join, person } from "./support/backend.js";
import { open } from "./support/browser.js";
import { faultsOf } from "./support/look.js";
import { start } from "./support/start.js";

const OWNER = person("Olivia Brandt");
const FELIX = person("Felix Okafor");
const NIA = person("Nia Bello");
let backend, site, browser, stop, organization, page;

before(async () => {
  ({ backend, site, browser, stop } = await start());
  organization = await createOrganization(backend, "program-delivery", OWNER);
  const { id, owner } = organization;
  for (const [key, name] of [["spring", "Spring cohort"], ["summer", "Summer cohort"]]) await owner.resources.put(id, "program", key, { name });
  await join(backend, organization, FELIX, { role: "program_facilitator", resources: [{ type: "program", id: "spring" }] });
  await join(backend, organization, person("Amir Haddad"), { role: "owner" });
  await owner.invitations.create(id, { emails: [NIA.email], role: "participant", message: "See you on Monday" });
});
after(() => stop?.());
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});

const options = (element, who = OWNER, attributes = {}) => ({
  site: site.url,
  api: backend.url,
  element,
  attributes: { organization: organization.id, ...attributes },
  token: () => backend.token(who),
});
const openAs = async (...given) => (page = await open(browser, options(...given)));
const button = (name) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");
const said = (text) => page.locator("[role=status]", { hasText: text }).waitFor({ state: "attached" });
/** What stands in both versions of a form. */
const versions = () =>
  page.locator(".sides section").evaluateAll((sides) => sides.map((side) => [...side.querySelectorAll("dl > div")].map((fact) => [...fact.children].map((part) => part.textContent).join(": "))));
const holds = (name, given, reach, ready) => faultsOf(browser, name, given, reach, ready);

test("a key is created, its secret is shown once, and it is rotated and revoked", async () => {
  await openAs("muster-api-keys");
  await button("Create key").click();
  await dialog().getByLabel("Name").fill("Deployment");
  await dialog().getByRole("checkbox", { name: "Spring cohort" }).check();
  await dialog().getByRole("button", { name: "Create key" }).click();
  await page.getByText("Your new key").waitFor();
  const secret = await dialog().locator("code").textContent();
  assert.match(secret, /^mk_[0-9A-Za-z]{83}$/);
  await button("I have stored it").click();
  await dialog().waitFor({ state: "detached" });
  assert.ok(!(await page.evaluate(() => document.querySelector("muster-api-keys").shadowRoot.innerHTML)).includes(secret));
  await page.getByText("Deployment").waitFor();
  await button("Actions for Deployment").click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await dialog().getByRole("button", { name: "Rotate" }).click();
  await page.getByText("Your new key").waitFor();
  assert.notEqual(await dialog().locator("code").textContent(), secret);
  await button("I have stored it").click();
  await page.getByText("Old secret ends").waitFor();
  await button("Actions for Deployment").click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await dialog().getByRole("button", { name: "Revoke" }).click();
  await page.getByText("No API keys").waitFor();
});

test("where a key can be limited to no resource yet, the role set's words say so", async () => {
  for (const [set, language, text] of [
    ["coaching-site", "en", "There are no Collections yet."],
    ["coaching-site", "es", "Collections: todavía no hay nada."],
    ["coaching-site", "fr", "Collections : rien pour l’instant."],
    ["website-studio", "en", "There are no Sites yet."],
  ]) {
    const { id } = await createOrganization(backend, set, OWNER, "Without resources");
    page = await open(browser, { ...options("muster-api-keys", OWNER, { organization: id }), language });
    await page.locator("[part~=primary]").click();
    await dialog().locator("#text").waitFor();
    await dialog().locator(".bone").waitFor({ state: "detached" });
    const hints = (await dialog().locator("p.hint").allTextContents()).filter(Boolean);
    assert.deepEqual([set, language, hints], [set, language, [text]]);
    await page.context().close();
  }
});

test("a profile is changed, and seen as others see it meanwhile", async () => {
  await openAs("muster-profile", FELIX);
  await page.getByLabel("Name").fill("Felix O.");
  await page.getByRole("heading", { name: "Felix O." }).waitFor();
  await page.getByRole("radio", { name: "Color 3" }).check();
  await page.getByLabel("About").fill("Runs the spring cohort.");
  await page.getByLabel("Skills").fill("Coaching, Facilitation");
  await page.getByLabel("Time zone").selectOption("Europe/Paris");
  await button("Save").click();
  await said("Saved");
  const { data } = await backend.client(FELIX).members.get(organization.id, "me");
  assert.deepEqual([data.name, data.profile.skills, data.profile.timezone], ["Felix O.", ["Coaching", "Facilitation"], "Europe/Paris"]);
});

test("a profile has the language of emails, by its name in the reader's language, and can be without one", async () => {
  await openAs("muster-profile", FELIX);
  const list = page.getByLabel("Language of emails");
  await list.waitFor();
  assert.deepEqual(await list.locator("option").allTextContents(), ["Default", "English", "German", "French", "Spanish", "Arabic"]);
  const stored = async () => (await backend.client(FELIX).members.get(organization.id, "me")).data.profile.language;
  for (const [name, language] of [["French", "fr"], ["Default", null]]) {
    await list.selectOption(name);
    await button("Save").click();
    await page.waitForFunction((count) => window.events.filter(([name]) => name === "change").length === count, language ? 1 : 2);
    assert.equal(await stored(), language);
  }
});

test("logo and color of an organization are in the settings where its plan has branding, and what is refused says so at its field", async () => {
  const other = await createOrganization(backend, "program-delivery", OWNER, "With a logo");
  await openAs("muster-settings", OWNER, { organization: other.id });
  await page.getByLabel("Name").waitFor();
  assert.equal(await page.getByLabel("Logo in emails").count(), 0);
  await button("Save").click();
  await said("Saved");
  await page.context().close();

  await backend.platform.organizations.setPlan(other.id, { branding: true });
  await openAs("muster-settings", OWNER, { organization: other.id });
  const [logo, color] = [page.getByLabel("Logo in emails"), page.getByLabel("Color in emails")];
  await logo.fill("http://acme.example/logo.png");
  await color.fill("reddish");
  await button("Save").click();
  await page.getByText("Logo in emails cannot be used").waitFor();
  await page.getByText("Color in emails cannot be used").waitFor();
  for (const field of [logo, color]) {
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.match(await page.locator(`#${await field.getAttribute("aria-describedby")}`).textContent(), /cannot be used/);
  }
  assert.equal(await page.evaluate(() => document.querySelector("muster-settings").shadowRoot.activeElement.id), "logo");
  assert.equal(await page.getByRole("alert").count(), 0);

  await logo.fill("https://acme.example/logo.png");
  await color.fill("#3366ff");
  await button("Save").click();
  await said("Saved");
  assert.equal(await logo.getAttribute("aria-invalid"), null);
  const settings = async () => (await other.owner.organizations.get(other.id)).data.settings;
  const { logo_url, accent_color } = await settings();
  assert.deepEqual([logo_url, accent_color], ["https://acme.example/logo.png", "#3366ff"]);

  // The plan loses it while the page is open.
  await backend.platform.organizations.setPlan(other.id, { branding: false });
  await logo.fill("https://acme.example/other.png");
  await button("Save").click();
  await page.getByText("Logo in emails cannot be used").waitFor();
  await page.getByLabel("Name").fill(" ");
  await button("Save").click();
  await page.getByText("Name cannot be used").waitFor();
  assert.equal((await settings()).logo_url, "https://acme.example/logo.png");
});

test("both versions of a profile are shown, and one is taken", async () => {
  await openAs("muster-profile", FELIX);
  const me = backend.client(FELIX).members;
  await page.getByLabel("About").fill("Written here.");
  await me.update(organization.id, "me", { bio: "Written elsewhere.", skills: ["Mediation"] });
  await button("Save").click();
  await page.getByText("was changed meanwhile").waitFor();
  assert.deepEqual(await versions(), [["About: Written here.", "Skills: Coaching, Facilitation"], ["About: Written elsewhere.", "Skills: Mediation"]]);
  await button("Take theirs").click();
  assert.equal(await page.getByLabel("Skills").inputValue(), "Mediation");
  await page.getByLabel("About").fill("Written here again.");
  await me.update(organization.id, "me", { bio: "Written elsewhere again." });
  await button("Save").click();
  await button("Take mine").click();
  await said("Saved");
  assert.equal((await me.get(organization.id, "me")).data.profile.bio, "Written here again.");
});

test("both versions of settings are shown, and what else was changed does not matter", async () => {
  await openAs("muster-settings");
  await page.getByLabel("Message in invitations").fill("Welcome.");
  await backend.platform.organizations.setPlan(organization.id, { seat_limit: 40 });
  await button("Save").click();
  await said("Saved");
  await page.getByLabel("Message in invitations").fill("Welcome to the team.");
  await organization.owner.organizations.update(organization.id, { settings: { default_message: "Hello." } });
  await button("Save").click();
  await page.getByText("was changed meanwhile").waitFor();
  assert.deepEqual(await versions(), [["Message in invitations: Welcome to the team."], ["Message in invitations: Hello."]]);
  await button("Take mine").click();
  await page.waitForFunction(() => window.events.filter(([name]) => name === "change").length === 2);
  const { data } = await organization.owner.organizations.get(organization.id);
  assert.equal(data.settings.default_message, "Welcome to the team.");
});

test("organizations are listed and one is created", async () => {
  await openAs("muster-organizations");
  await page.getByText("Acme Learning").waitFor();
  await button("Create team").click();
  await dialog().getByLabel("Name").fill("Second team");
  await dialog().getByLabel("Kind").selectOption("Program delivery");
  await dialog().getByRole("button", { name: "Create team" }).click();
  await page.getByText("Second team").waitFor();
});

test("an invitation that waits is accepted", async () => {
  const who = person("Ines Costa");
  await organization.owner.invitations.create(organization.id, { emails: [who.email], role: "participant" });
  await openAs("muster-invitations", who);
  await page.getByText("Acme Learning").first().waitFor();
  await page.getByRole("button", { name: "Accept" }).click();
  await page.getByText("No pending invitations").waitFor();
  assert.ok(await page.evaluate(() => window.events.some(([name]) => name === "accepted")));
});

test("settings are saved, and who pays is named", async () => {
  await openAs("muster-settings");
  await page.getByLabel("Name").fill("Acme Learning Group");
  await page.getByLabel("Invitations stay open").selectOption("14 days");
  await button("Save").click();
  await said("Saved");
  const { data } = await organization.owner.organizations.get(organization.id);
  assert.deepEqual([data.name, data.settings.invitation_ttl_days], ["Acme Learning Group", 14]);
  await page.getByLabel("Billing").selectOption("Amir Haddad");
  await page.waitForFunction(() => window.events.some(([name, detail]) => name === "change" && detail.kind === "name_paying_owner"));
});

test("an organization is deleted only once its name is typed", async () => {
  const other = await createOrganization(backend, "website-studio", OWNER, "To be deleted");
  await openAs("muster-settings", OWNER, { organization: other.id });
  await button("Delete team").click();
  const remove = dialog().getByRole("button", { name: "Delete team" });
  assert.equal(await remove.isDisabled(), true);
  await dialog().getByRole("textbox").fill("To be deleted");
  await remove.click();
  await page.waitForFunction(() => window.events.some(([name]) => name === "deleted"));
});

test("access to a resource is given, changed and taken", async () => {
  await openAs("muster-access", OWNER, { resource: "program:summer" });
  await page.getByLabel("Give access").fill("felix");
  await page.getByLabel(/^Role of Felix/).selectOption("Program Sponsor");
  await said("Saved");
  await page.getByRole("list", { name: "Who has access" }).getByText(/^Felix/).waitFor();
  await page.getByLabel(/^Role of Felix/).selectOption("No access");
  await page.getByRole("list", { name: "Who has access" }).getByText(/^Felix/).waitFor({ state: "detached" });
});

/** An organization with somebody who helps there for a month, and with one program. */
async function withHelper(name) {
  const other = await createOrganization(backend, "program-delivery", OWNER, "With a helper");
  const helper = person(name);
  await backend.platform.organizations.setPlan(other.id, { allowed_domains: ["acme.example"] });
  await other.owner.organizations.update(other.id, { settings: { optional_roles: ["implementation_admin"] } });
  await other.owner.resources.put(other.id, "program", "spring", { name: "Spring cohort" });
  await join(backend, other, helper, { role: "implementation_admin", duration: "1_month" });
  const own = async () => (await backend.client(helper).members.get(other.id, "me")).data;
  return { other, helper, own, end: (await own()).role_expires_at };
}
const optionsOf = async (list) => (await list.locator("option").allTextContents()).map((text) => text.replace(/\(until .*\)/, "(until its end)"));

test("a helper for a month takes roles on resources until their own end, in the team and where the resource is shown", async () => {
  const { other, helper, own, end } = await withHelper("Hedda Lind");
  const offered = ["No access", "Program Admin (until its end)", "Program Facilitator (until its end)", "Program Sponsor (until its end)", "Participant (until its end)"];
  const day = (at) => new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(new Date(at));

  await openAs("muster-team", helper, { organization: other.id });
  await page.getByRole("button", { name: "Actions for Hedda Lind" }).click();
  await page.getByRole("menuitem", { name: "Programs" }).click();
  const list = dialog().getByLabel("Spring cohort");
  await list.waitFor();
  assert.deepEqual(await optionsOf(list), offered);
  await list.selectOption(`Program Sponsor (until ${day(end)})`);
  await button("Save").click();
  await said("Saved");
  assert.deepEqual((await own()).grants.map(({ role, expires_at }) => [role, expires_at]), [["program_sponsor", end]]);
  await page.context().close();

  await openAs("muster-access", helper, { organization: other.id, resource: "program:spring" });
  const mine = page.getByLabel("Role of Hedda Lind");
  await mine.waitFor();
  assert.deepEqual(await optionsOf(mine), ["No access", "Program Sponsor (until its end)", ...offered.slice(1).filter((text) => !text.includes("Sponsor"))]);
  await mine.selectOption(`Program Admin (until ${day(end)})`);
  await said("Saved");
  assert.deepEqual((await own()).grants.map(({ role, expires_at }) => [role, expires_at]), [["program_admin", end]]);
  await mine.selectOption("No access");
  await page.waitForFunction(() => window.events.filter(([name]) => name === "change").length === 2);
  assert.deepEqual((await own()).grants, []);
  assert.equal(await page.evaluate(() => window.events.filter(([name]) => name === "problem").length), 0);
});

test("somebody else is given a role without a choice of ends, and one whose roles end at different times chooses among them", async () => {
  const { other, helper, own, end } = await withHelper("Hugo Berg");
  await join(backend, other, person("Pia Lindqvist"), { role: "participant" });
  await openAs("muster-access", helper, { organization: other.id, resource: "program:spring" });
  await page.getByLabel("Give access").fill("pia");
  const hers = page.getByLabel("Role of Pia Lindqvist");
  await hers.waitFor();
  assert.deepEqual(await optionsOf(hers), ["No access", "Program Admin", "Program Facilitator", "Program Sponsor", "Participant"]);
  await hers.selectOption("Program Sponsor");
  await said("Saved");
  await page.context().close();

  // An owner gives the helper a role here that has no end.
  const me = (await own()).id;
  await other.owner.members.putGrant(other.id, me, "program", "spring", { role: "program_admin" });
  await openAs("muster-access", helper, { organization: other.id, resource: "program:spring" });
  const mine = page.getByLabel("Role of Hugo Berg");
  await mine.waitFor();
  const texts = await optionsOf(mine);
  assert.deepEqual(texts.slice(0, 4), ["No access", "Program Admin", "Program Admin (until its end)", "Program Facilitator (until its end)"]);
  assert.ok(texts.includes("Program Facilitator (No end)"));
  await mine.selectOption("Program Facilitator (No end)");
  await said("Saved");
  assert.deepEqual((await own()).grants.map(({ role, expires_at }) => [role, expires_at]), [["program_facilitator", null]]);
  assert.ok(end);
});

test("a role that is given for a time is given on a resource for one of its durations", async () => {
  const { other } = await withHelper("Hanna Falk");
  await join(backend, other, person("Pia Lindqvist"), { role: "participant" });
  page = await open(browser, { ...options("muster-access", OWNER, { organization: other.id, resource: "program:spring" }) });
  // No role set of the deployment has such a role: the API takes an end for any.
  await page.route(/\/view$/, async (route) => {
    const answer = await route.fetch();
    const view = await answer.json();
    for (const role of view.roles) if (role.id === "program_sponsor") role.durations = ["1_month", "3_months", "forever"];
    await route.fulfill({ response: answer, json: view });
  });
  await page.evaluate(() => document.querySelector("muster-access").reload());
  await page.getByLabel("Give access").fill("pia");
  const hers = page.getByLabel("Role of Pia Lindqvist");
  await hers.waitFor();
  await page.waitForFunction(() => document.querySelector("muster-access").shadowRoot.textContent.includes("Program Sponsor (3 months)"));
  assert.deepEqual(await optionsOf(hers), ["No access", "Program Admin", "Program Facilitator", "Program Sponsor (1 month)", "Program Sponsor (3 months)", "Program Sponsor (No end)", "Participant"]);
  const later = new Date();
  later.setUTCDate(1);
  later.setUTCMonth(later.getUTCMonth() + 3);
  await hers.selectOption("Program Sponsor (3 months)");
  await said("Saved");
  const { data } = await other.owner.members.list(other.id, { q: "pia" });
  assert.equal(data.items[0].grants[0].expires_at.slice(0, 7), later.toISOString().slice(0, 7));
});

test("the smaller elements hold in light and dark, at both widths", async () => {
  await organization.owner.apiKeys.create(organization.id, "me", { name: "Deployment", read_only: true, resources: [{ type: "program", id: "spring" }] });
  const seen = (text) => (page) => page.getByText(text).first().waitFor();
  const nothing = async () => {};
  const create = async (page) => {
    await page.getByRole("button", { name: "Create key" }).click();
    await page.getByRole("dialog").waitFor();
  };
  const remove = async (page) => {
    await page.getByRole("button", { name: "Delete team" }).click();
    await page.getByRole("dialog").waitFor();
  };
  const hand = async (page) => {
    await page.getByRole("button", { name: "Transfer ownership" }).click();
    await page.getByRole("dialog").waitFor();
  };
  const states = [
    ["keys", options("muster-api-keys"), nothing, seen("Deployment")],
    ["keys-create", options("muster-api-keys"), create, seen("Deployment")],
    ["profile", options("muster-profile", FELIX), nothing, seen("As others see it")],
    ["organizations", options("muster-organizations"), nothing, seen("Acme Learning")],
    ["invitations", options("muster-invitations", NIA), nothing, seen("Acme Learning")],
    ["settings", options("muster-settings"), nothing, seen("Invitations stay open")],
    ["settings-delete", options("muster-settings"), remove, seen("Invitations stay open")],
    ["settings-transfer", options("muster-settings"), hand, seen("Invitations stay open")],
    ["access", options("muster-access", OWNER, { resource: "program:spring" }), nothing, seen("Felix")],
  ];
  for (const [name, given, reach, ready] of states) assert.deepEqual(await holds(name, given, reach, ready), [], name);
});
