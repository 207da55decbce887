// The page of an invitation in a real browser, against the real backend.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createOrganization, person } from "./support/backend.js";
import { open } from "./support/browser.js";
import { start } from "./support/start.js";

const OWNER = person("Olivia Brandt");
let backend, site, browser, stop, organization, page, count;

before(async () => {
  count = 0;
  ({ backend, site, browser, stop } = await start());
  organization = await createOrganization(backend, "program-delivery", OWNER);
  await organization.owner.resources.put(organization.id, "program", "spring", { name: "Spring cohort" });
});
after(() => stop?.());
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});

/** Invites a new person; the token of the link, the person and the invitation. */
async function invite() {
  const who = person(`Nia ${"abcdefghijklmnop"[count++]}`);
  const offer = { role: "program_facilitator", resources: [{ type: "program", id: "spring" }], message: "See you on Monday." };
  const { data } = await organization.owner.invitations.create(organization.id, { emails: [who.email], ...offer });
  return { who, id: data.invitations[0].id, token: (await backend.invitationsTo(who.email)).at(-1) };
}

async function openLink(token, who, options = {}) {
  const { attributes, ...others } = options;
  page = await open(browser, {
    site: site.url,
    api: backend.url,
    element: "muster-invitation",
    attributes: { token, ...attributes },
    token: async () => (who ? backend.token(who) : null),
    ...others,
  });
}
const heading = (name) => page.getByRole("heading", { name }).waitFor();
const button = (name) => page.getByRole("button", { name });

test("somebody who is signed in accepts, and is asked to go on to the team", async () => {
  const { token, who } = await invite();
  await openLink(token, who, { attributes: { "continue-url": "/team" } });
  await heading("Join Acme Learning");
  await page.getByText("Olivia Brandt has invited you to this team.").waitFor();
  await page.getByText("Program Facilitator").waitFor();
  await button("Accept invitation").click();
  await heading("Welcome to Acme Learning");
  assert.equal(await page.getByRole("link", { name: "Go to the team" }).getAttribute("href"), "/team");
  const [, detail] = await page.evaluate(() => window.events.find(([name]) => name === "accepted"));
  assert.equal(detail.organization, organization.id);
});

test("somebody who is signed out sees the invitation, and signs in or up with the link to come back to", async () => {
  const { token } = await invite();
  await openLink(token, undefined, { attributes: { "sign-in-url": "/sign-in", "sign-up-url": "/sign-up" } });
  await heading("Join Acme Learning");
  const href = await page.getByRole("link", { name: "Sign in to accept" }).getAttribute("href");
  assert.equal(new URL(href).searchParams.get("return_to"), page.url());
  await page.getByRole("link", { name: "Create an account" }).waitFor();
  assert.equal(await button("Accept invitation").count(), 0);
});

test("somebody who is signed in as somebody else sees for whom the invitation is, and is offered another account in place of accepting", async () => {
  const { token, who } = await invite();
  const other = person("Zoe Other");
  const accepts = [];
  let reader = other;
  await openLink(token, other, { token: () => backend.token(reader) });
  page.on("request", (request) => request.method() === "POST" && accepts.push(request.url()));
  await heading("Join Acme Learning");
  await page.getByText("It was sent to n***@acme.example. Sign in with an account that has this address.").waitFor();
  for (const name of ["Accept invitation", "Decline"]) assert.equal(await button(name).count(), 0);
  await button("Use another account").click();
  assert.ok(await page.evaluate(() => window.events.some(([name, { way }]) => name === "sign-in" && way === "in")));
  assert.deepEqual(accepts, []);
  // The page signs the other reader in without loading again.
  reader = who;
  await page.evaluate(() => (document.querySelector("muster-invitation").getToken = () => window.musterToken()));
  await button("Accept invitation").waitFor();
  assert.equal(await button("Use another account").count(), 0);
});

test("an address that is not verified is named as the reason, and not another account", async () => {
  const { token, who } = await invite();
  const unverified = { ...who, email_verified: false };
  let reader = unverified;
  await openLink(token, unverified, { token: () => backend.token(reader) });
  await heading("Your email address is not verified");
  assert.equal(await button("Use another account").count(), 0);
  reader = who;
  await button("Try again").click();
  await button("Accept invitation").waitFor();
});

test("somebody who signs in with another account meanwhile is offered to exchange it, and accepts nothing", async () => {
  const { token, who } = await invite();
  let reader = who;
  await openLink(token, who, { token: () => backend.token(reader) });
  await button("Accept invitation").waitFor();
  reader = person("Zoe Other");
  await button("Accept invitation").click();
  await button("Use another account").waitFor();
  assert.equal(await button("Accept invitation").count(), 0);
});

test("declining is confirmed first", async () => {
  const { token, who } = await invite();
  await openLink(token, who);
  await button("Decline").click();
  await page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await heading("You have declined this invitation");
});

test("an invitation that was canceled, accepted, replaced or that has expired says so", async () => {
  const cancelled = await invite();
  await organization.owner.invitations.cancel(organization.id, cancelled.id);
  const accepted = await invite();
  await backend.client(accepted.who).invitations.accept(accepted.token);
  const replaced = await invite();
  await organization.owner.invitations.resend(organization.id, replaced.id);
  const expired = await invite();
  for (const [one, title] of [[cancelled, "This invitation was canceled"], [accepted, "This invitation was already accepted"], [replaced, "A newer link was sent"]]) {
    await openLink(one.token, one.who);
    await heading(title);
    await page.context().close();
  }
  await backend.post("/dev/clock", { advance: "P30D" });
  await openLink(expired.token, expired.who);
  await heading("This invitation has expired");
});

test("a link that is incomplete says so", async () => {
  await openLink("no-such-token", OWNER);
  await heading("This link does not work");
});
