// What every state must hold: no violation that axe finds, in light and dark, and none of the page's policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { faultsOf } from "./support/look.js";
import { start } from "./support/start.js";
import { OWNER, PARTICIPANT, fillTeam } from "./support/team.js";

let backend, site, browser, stop, organization, invitee, token;

before(async () => {
  ({ backend, site, browser, stop } = await start());
  organization = await fillTeam(backend, "Acme Learning");
  const { data } = await organization.owner.members.list(organization.id, { q: "okafor" });
  await organization.owner.apiKeys.create(organization.id, data.items[0].id, { name: "Deployment", read_only: true });
  const who = { sub: "nia", name: "Nia", email: "nia@partner.example" };
  await organization.owner.invitations.create(organization.id, { emails: [who.email], role: "participant", message: "See you on Monday.\nOlivia" });
  invitee = who;
  token = (await backend.invitationsTo(who.email)).at(-1);
});
after(() => stop?.());

const choose = async (page, name, item) => {
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
  await page.getByRole("dialog").waitFor();
};
const invite = async (page) => {
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByRole("dialog").waitFor();
};

/** The states of the team page, and how each is reached. */
const STATES = {
  list: async () => {},
  menu: async (page) => {
    await page.getByRole("button", { name: "Actions for Felix Okafor" }).click();
    await page.getByRole("menu").waitFor();
  },
  filter: async (page) => {
    await page.getByRole("button", { name: "Role", exact: true }).click();
    await page.getByRole("menuitemcheckbox", { name: "Participant" }).click();
    await page.getByText("Amir Haddad").waitFor({ state: "detached" });
  },
  "nobody-found": async (page) => {
    await page.getByRole("searchbox").fill("nobody");
    await page.getByText("Nobody found").waitFor();
  },
  bulk: async (page) => {
    await page.getByRole("checkbox", { name: "Select Felix Okafor" }).check();
    await page.getByRole("checkbox", { name: "Select Paul Adeyemi" }).check();
    await page.getByRole("toolbar").waitFor();
    // The bar lies over the list until the end of the page is in sight.
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  },
  invite,
  "invite-faults": async (page) => {
    await invite(page);
    await page.getByLabel("Email addresses").fill("bo@acme.example no-address felix.okafor@acme.example ");
    await page.getByRole("button", { name: "Remove no-address" }).click();
    await page.getByRole("radio", { name: /^Program Admin/ }).check();
    await page.getByRole("checkbox", { name: "Spring cohort" }).check();
    await page.getByText("is a member already").waitFor();
  },
  "invite-ready": async (page) => {
    await invite(page);
    await page.getByLabel("Email addresses").fill("bo@acme.example ");
    await page.getByRole("radio", { name: /^Admin/ }).check();
    await page.getByText("Takes 1 seat of 2 free").waitFor();
  },
  role: (page) => choose(page, "Petra Novák-Lindgren", "Change role"),
  remove: (page) => choose(page, "Felix Okafor", "Remove from team"),
  "bulk-left-out": async (page) => {
    for (const name of ["Felix Okafor", "Paul Adeyemi", "quentin@partner.example", "fatma.demir@acme.example"]) await page.getByRole("checkbox", { name: `Select ${name}` }).check();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.getByRole("toolbar").getByRole("button", { name: "Deactivate" }).click();
    await page.getByText("2 are left out:").waitFor();
  },
  conflict: async (page) => {
    await choose(page, "quentin@partner.example", "Edit invitation");
    const { data } = await organization.owner.members.list(organization.id, { q: "quentin" });
    const resources = data.items[0].grants.some((grant) => grant.id === "spring") ? [] : [{ type: "program", id: "spring" }];
    await organization.owner.invitations.update(organization.id, data.items[0].id, { role: "participant", resources });
    await page.getByRole("checkbox", { name: "Autumn leadership program" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("was changed meanwhile").waitFor();
  },
  keys: async (page) => {
    await choose(page, "Felix Okafor", "API keys");
    await page.getByText("Deployment").waitFor();
  },
  profile: async (page) => {
    await choose(page, "Felix Okafor", "Edit profile");
    await page.getByLabel("About").waitFor();
  },
  "edit-invitation": (page) => choose(page, "quentin@partner.example", "Edit invitation"),
};

const faults = (name, options, reach, ready) => faultsOf(browser, name, { site: site.url, api: backend.url, ...options }, reach, ready);
const isReady = (page) => page.waitForFunction(() => window.events.some(([name]) => name === "ready"));
const team = (options = {}) => ({ element: "muster-team", attributes: { organization: organization.id, ...options }, token: () => backend.token(OWNER) });

for (const [name, reach] of Object.entries(STATES)) {
  test(`the team page holds in the state ${name}`, async () => {
    assert.deepEqual(await faults(name, team(), reach, isReady), []);
  });
}

test("the team page holds with people in groups", async () => {
  const shown = async (page) => {
    await isReady(page);
    await page.getByText("Petra Novák-Lindgren").waitFor();
  };
  assert.deepEqual(await faults("groups", team({ view: "groups" }), async () => {}, shown), []);
});

test("the team page holds with pending invitations in a section", async () => {
  assert.deepEqual(await faults("section", team({ pending: "section" }), async () => {}, isReady), []);
});

test("the team page holds for somebody who sees only themselves", async () => {
  assert.deepEqual(await faults("self", { ...team(), token: () => backend.token(PARTICIPANT) }, async () => {}, isReady), []);
});

test("the page of an invitation holds, signed in and signed out", async () => {
  const shown = (page) => page.getByRole("heading", { name: "Join Acme Learning" }).waitFor();
  const options = { element: "muster-invitation", attributes: { token, "sign-in-url": "/sign-in", "sign-up-url": "/sign-up" } };
  const offers = (name) => async (page) => {
    await shown(page);
    await page.getByText(name, { exact: true }).waitFor();
  };
  assert.deepEqual(await faults("invitation", { ...options, token: () => backend.token(invitee) }, async () => {}, offers("Accept invitation")), []);
  assert.deepEqual(await faults("invitation-signed-out", options, async () => {}, shown), []);
  const mismatch = offers("Use another account");
  assert.deepEqual(await faults("invitation-mismatch", { ...options, token: () => backend.token(OWNER) }, async () => {}, mismatch), []);
});
