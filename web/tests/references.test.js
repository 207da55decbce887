// What the elements look like: each state beside its reference in tests/references. `MUSTER_UPDATE=1` makes new references: look at them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./support/browser.js";
import { differenceFrom } from "./support/references.js";
import { OWNER, startTeam } from "./support/team.js";

const NIA = { sub: "nia", name: "Nia Bello", email: "nia@partner.example" };
let backend, site, browser, organization, stop, invitation;

before(async () => {
  ({ backend, site, browser, organization, stop } = await startTeam());
  const { id, owner } = organization;
  const { data } = await owner.members.list(id, { q: "okafor" });
  const [felix] = data.items;
  await owner.apiKeys.create(id, felix.id, { name: "Deployment", read_only: true, resources: [{ type: "program", id: "summer" }] });
  await owner.apiKeys.create(id, felix.id, { name: "Nightly export" });
  await owner.apiKeys.create(id, "me", { name: "Backup", read_only: true, resources: [{ type: "program", id: "spring" }] });
  const profile = { bio: "Runs the summer cohort.", skills: ["Coaching", "Facilitation"], color: "#0f8f83", timezone: "Europe/Berlin" };
  await owner.members.update(id, felix.id, profile);
  await owner.invitations.create(id, { emails: [NIA.email], role: "program_facilitator", resources: [{ type: "program", id: "spring" }], message: "See you on Monday." });
  invitation = (await backend.invitationsTo(NIA.email)).at(-1);
});
after(() => stop?.());

const button = (page, name) => page.getByRole("button", { name, exact: true });
const choose = async (page, name, item) => {
  await button(page, `Actions for ${name}`).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
};
const invite = async (page) => {
  await button(page, "Invite people").click();
  await page.getByLabel("Email addresses").fill("bo@acme.example cy@acme.example ");
  await page.getByRole("radio", { name: /^Program Admin/ }).check();
  await page.getByRole("checkbox", { name: "Spring cohort" }).check();
  await page.getByText("seats needed").or(page.getByText("Takes 2 seats")).waitFor();
};
const nothing = async () => {};
const WIDE = { width: 1280, height: 720 };
const NARROW = { width: 360, height: 720 };
const seen = (text) => (page) => page.getByText(text).first().waitFor();

/** The states, and how each is reached. */
const STATES = [
  ["team", WIDE, ["light", "dark"], {}, nothing],
  ["team-narrow", NARROW, ["light", "dark"], {}, nothing],
  ["groups", WIDE, ["light"], { view: "groups" }, seen("Petra Novák-Lindgren")],
  ["pending", WIDE, ["light"], { pending: "section" }, nothing],
  ["invite", WIDE, ["light", "dark"], {}, invite],
  ["invite-narrow", NARROW, ["light", "dark"], {}, invite],
  ["nobody-found", WIDE, ["light"], { state: "q=nobody" }, seen("Nobody found")],
  ["left-out", WIDE, ["light"], {}, async (page) => {
    for (const name of ["Felix Okafor", "Paul Adeyemi", "fatma.demir@acme.example"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    await page.getByRole("toolbar").getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("1 is left out:").waitFor();
  }],
  ["keys", WIDE, ["light"], {}, async (page) => {
    await choose(page, "Felix Okafor", "API keys");
    await page.getByText("Nightly export").waitFor();
  }],
  ["profile", WIDE, ["dark"], {}, async (page) => {
    await choose(page, "Felix Okafor", "Edit profile");
    await page.getByLabel("About").waitFor();
  }],
  ["conflict", WIDE, ["light"], {}, async (page) => {
    await choose(page, "quentin@partner.example", "Edit invitation");
    const { data } = await organization.owner.members.list(organization.id, { q: "quentin" });
    await organization.owner.invitations.update(organization.id, data.items[0].id, { role: "participant", resources: [{ type: "program", id: "spring" }] });
    await page.getByRole("checkbox", { name: "Autumn leadership program" }).check();
    await button(page, "Save").click();
    await page.getByText("was changed meanwhile").waitFor();
  }],
];

for (const [name, size, looks, attributes, reach] of STATES) {
  test(`the team page looks as agreed in the state ${name}`, async () => {
    for (const look of looks) {
      const options = { site: site.url, api: backend.url, element: "muster-team", attributes: { organization: organization.id, ...attributes }, token: () => backend.token(OWNER) };
      const page = await open(browser, { ...options, ...size, dark: look === "dark" });
      await page.waitForFunction(() => window.events.some(([name]) => name === "ready"));
      await reach(page);
      await page.mouse.move(0, 0);
      assert.equal(await differenceFrom(page, looks.length > 1 ? `${name}-${look}` : name), undefined);
      await page.context().close();
    }
  });
}

/** The other elements: whose they are, their attributes, and what is there once they are. */
const OTHERS = [
  ["invitation", "muster-invitation", NIA, () => ({ token: invitation }), "Join Acme Learning"],
  ["settings", "muster-settings", OWNER, () => ({ organization: organization.id }), "Delete team"],
  ["access", "muster-access", OWNER, () => ({ organization: organization.id, resource: "program:summer" }), "Felix Okafor"],
  ["own-keys", "muster-api-keys", OWNER, () => ({ organization: organization.id }), "Backup"],
];

for (const [name, element, who, attributes, text] of OTHERS) {
  test(`<${element}> looks as agreed at both widths, light and dark`, async () => {
    for (const [at, size] of [["", WIDE], ["-narrow", NARROW]]) {
      for (const look of ["light", "dark"]) {
        const page = await open(browser, { site: site.url, api: backend.url, element, attributes: attributes(), token: () => backend.token(who), ...size, dark: look === "dark" });
        await seen(text)(page);
        await page.mouse.move(0, 0);
        assert.equal(await differenceFrom(page, `${name}${at}-${look}`), undefined);
        await page.context().close();
      }
    }
  });
}
