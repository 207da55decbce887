// The page that the backend serves, in a real browser: sign-in as in a deployment, and every place of it.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { violations } from "./support/axe.js";
import { createOrganization, person, startBackend } from "./support/backend.js";
import { launch } from "./support/browser.js";
import { screenshot } from "./support/look.js";

const OWNER = person("Olivia");
let backend, browser, page;

before(async () => {
  [backend, browser] = await Promise.all([startBackend("--demo"), launch()]);
});
after(async () => {
  await browser?.close();
  backend?.stop();
});
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});

/** Answers that are no success appear in the console of Chromium. They are part of some states. */
const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/;

/** A new browser at an address. Everything that it complains of is collected, and so are the addresses of all requests. */
async function visit(path = "/team", { url = backend.url, width = 1280, height = 900, dark = false, ...extra } = {}) {
  await page?.context().close();
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale: "en", reducedMotion: "reduce", ...extra });
  page = await context.newPage();
  page.complaints = [];
  page.requests = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && !REFUSED.test(message.text()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (request) => page.requests.push({ url: request.url(), body: request.postData() ?? "", referrer: request.headers().referer ?? "" }));
  await page.goto(url + path);
}

const button = (name) => page.getByRole("button", { name, exact: true });
const heading = (name) => page.getByRole("heading", { name, exact: true });
const link = (name) => page.getByRole("link", { name, exact: true });
/** Chooses somebody at the provider. */
const choose = (email) => page.getByRole("link").filter({ hasText: email }).first().click();

async function signInAs(email, path = "/team") {
  await visit(path);
  await button("Sign in").click();
  await heading("Sign in as").waitFor();
  await choose(email);
}

/** Opens a team from the list of teams, and answers its id. */
async function openTeam(name) {
  await page.getByRole("listitem").filter({ hasText: name }).getByRole("button").click();
  await heading(`Team – ${name}`).waitFor();
  return /org_\w+/.exec(page.url())[0];
}

/** Everything that storage holds. */
const stored = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));

test("the first story on screen: sign in, create a team, invite, open the link of the mail, accept, and be in the team", async () => {
  const fresh = await startBackend();
  try {
    await visit("/team", fresh);
    await heading("Your team").waitFor();
    await button("Sign in").click();
    await choose("olivia@acme.example");
    await button("Create team").click();
    await page.getByRole("dialog").getByLabel("Name").fill("Acme");
    await page.getByRole("dialog").getByLabel("Kind").selectOption("Program delivery");
    await page.getByRole("dialog").getByRole("button", { name: "Create team" }).click();
    await heading("Team – Acme").waitFor();
    await button("Invite people").click();
    await page.getByLabel("Email addresses").fill("nia@acme.example ");
    await page.getByRole("dialog").getByRole("radio", { name: /Participant/ }).check();
    await button("Send invitation").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await button("Sign out").click();
    await heading("Your team").waitFor();

    const [mail] = (await (await fetch(`${fresh.url}/dev/mail`)).json()).filter(({ to }) => to === "nia@acme.example");
    const [opened] = /http:\S+\/team\/invitations\/[\w-]+/.exec(mail.text);
    await visit(opened.slice(fresh.url.length), fresh);
    await heading("Join Acme").waitFor();
    await button("Sign in to accept").click();
    await choose("nia@acme.example");
    await page.waitForURL(opened);
    await button("Accept invitation").click();
    await heading("Welcome to Acme").waitFor();
    await button("Go to the team").click();
    await heading("Team – Acme").waitFor();
    assert.match(page.url(), /\/team#\/org_\w+\/team$/);
    assert.deepEqual(page.complaints, []);

    const token = opened.split("/").at(-1);
    const atProvider = page.requests.filter(({ url }) => url.includes("/dev/"));
    assert.ok(atProvider.length >= 4, JSON.stringify(atProvider));
    assert.deepEqual(atProvider.filter((request) => Object.values(request).some((text) => text.includes(token))), [], "the provider learned the invitation's token");
  } finally {
    fresh.stop();
  }
});

test("the wrong person sees that the invitation is for another address, and takes another account", async () => {
  const organization = await createOrganization(backend, "website-studio", OWNER, "Wrong account");
  await organization.owner.invitations.create(organization.id, { emails: ["mia@acme.example"], role: "editor" });
  const token = (await backend.invitationsTo("mia@acme.example")).at(-1);
  await visit(`/team/invitations/${token}`);
  await button("Sign in to accept").click();
  await choose("edith@acme.example");
  await page.getByText("It was sent to m***@acme.example.").waitFor();
  assert.equal(await button("Accept invitation").count(), 0);
  await button("Use another account").click();
  await heading("Sign in as").waitFor();
  await choose("mia@acme.example");
  await button("Accept invitation").click();
  await heading("Welcome to Wrong account").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("each person of the demo signs in by a click and sees their team", async () => {
  await visit();
  await button("Sign in").click();
  await heading("Sign in as").waitFor();
  const groups = await page.getByRole("heading", { level: 2 }).allTextContents();
  for (const name of ["Acme Academy", "Brightside Coaching", "Northside Practice", "Harbor Workspace", "Pixel Studio"]) assert.ok(groups.includes(name), name);
  const people = await page.locator("section", { hasNot: page.getByText("Latest captured mail") }).getByRole("link").allInnerTexts();
  const members = people.map((text) => text.split(/\s*\n\s*|\s{2,}/)).filter((parts) => parts.length >= 2 && !parts.some((part) => part.startsWith("Invited as")));
  assert.ok(members.length >= 20, `${members.length}`);
  const emails = [...new Set(people.filter((text) => !text.includes("Invited as")).map((text) => /\S+@\S+/.exec(text)[0]))].filter((email) => email !== OWNER.email);
  for (const email of emails) {
    await signInAs(email);
    await page.waitForURL(/#\/org_\w+\/team/);
    await page.getByRole("heading", { level: 1, name: /^Team – / }).waitFor({ state: "attached" });
    await page.locator("muster-team").getByRole("heading", { level: 2 }).first().waitFor();
    assert.deepEqual([email, page.complaints], [email, []]);
  }
});

test("an owner of several teams switches between them", async () => {
  await signInAs(OWNER.email);
  await page.getByRole("listitem").filter({ hasText: "Pixel Studio" }).getByRole("button").click();
  await heading("Team – Pixel Studio").waitFor();
  await page.getByRole("link", { name: "Teams: Pixel Studio" }).click();
  await page.getByRole("listitem").filter({ hasText: "Acme Academy" }).getByRole("button").click();
  await heading("Team – Acme Academy").waitFor();
  for (const [name, found] of [["Profile", "muster-profile"], ["API keys", "muster-api-keys"], ["Settings", "muster-settings"], ["Team", "muster-team"]]) {
    await link(name).click();
    await page.locator(found).getByRole("heading").first().waitFor();
    await heading(`${name} – Acme Academy`).waitFor();
    assert.equal(await page.title(), `${name} – Acme Academy`);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
    assert.equal(await link(name).getAttribute("aria-current"), "page");
  }
  await page.goBack();
  await heading("Settings – Acme Academy").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("the way back to another team closes what is open, in whichever order answers arrive, and nothing is done there", async () => {
  await signInAs(OWNER.email);
  const pixel = await openTeam("Pixel Studio");
  await page.getByRole("link", { name: "Teams: Pixel Studio" }).click();
  const academy = await openTeam("Acme Academy");
  // The two settings follow one another, so that the same element shows both.
  await page.goto(`${page.url().split("#")[0]}#/${pixel}/settings`);
  await heading("Settings – Pixel Studio").waitFor();
  await page.goto(`${page.url().split("#")[0]}#/${academy}/settings`);
  await heading("Settings – Acme Academy").waitFor();
  const sent = [];
  page.on("request", (request) => request.url().includes("/v1/") && !["GET", "OPTIONS"].includes(request.method()) && sent.push(`${request.method()} ${request.url()}`));
  await button("Delete team").click();
  await page.getByRole("dialog").getByRole("textbox").fill("Acme Academy");
  const held = [];
  await page.route(`**/v1/organizations/${pixel}/view`, (route) => void held.push(route));
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "detached", timeout: 10000 });
  await page.keyboard.press("Enter");
  await page.goForward();
  await heading("Settings – Acme Academy").waitFor();
  assert.ok(held.length >= 2, "both the page and the element ask");
  for (const route of held) await route.continue();
  await page.waitForTimeout(500);
  assert.equal(await page.title(), "Settings – Acme Academy");
  assert.equal(await page.getByRole("link", { name: "Teams: Acme Academy" }).count(), 1);
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Acme Academy");
  assert.deepEqual(sent, []);
});

test("a search in one team is not carried to another by the way back", async () => {
  await signInAs(OWNER.email);
  const pixel = await openTeam("Pixel Studio");
  await page.getByRole("link", { name: "Teams: Pixel Studio" }).click();
  const academy = await openTeam("Acme Academy");
  await page.goto(`${page.url().split("#")[0]}#/${pixel}/team`);
  await heading("Team – Pixel Studio").waitFor();
  await page.getByRole("searchbox").fill("nobody of this name");
  await page.getByText("Nobody found").waitFor();
  await page.goBack();
  await heading("Team – Acme Academy").waitFor();
  await page.getByText("Amir").first().waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "");
  assert.ok(page.url().endsWith(`#/${academy}/team`), page.url());
});

test("a participant is offered no settings", async () => {
  await signInAs("pia@acme.example");
  await heading("Team – Acme Academy").waitFor();
  await link("Profile").waitFor();
  assert.equal(await link("Settings").count(), 0);
});

test("a link into a team with filters leads there after the sign-in, and again after a reload", async () => {
  await signInAs("amir@acme.example");
  await heading("Team – Acme Academy").waitFor();
  const organization = /org_\w+/.exec(page.url())[0];
  await signInAs("amir@acme.example", `/team#/${organization}/team?role=participant`);
  await page.getByText("Pia").first().waitFor();
  assert.equal(await page.getByText("Petra").count(), 0);
  assert.ok(page.url().endsWith(`/team#/${organization}/team?role=participant`), page.url());
  await page.reload();
  await page.getByText("Pia").first().waitFor();
  assert.ok(page.url().endsWith(`/team#/${organization}/team?role=participant`), page.url());
  assert.deepEqual(page.complaints, []);
});

test("tokens are in memory alone, and neither code nor verifier is left behind", async () => {
  await signInAs("carla@acme.example");
  await heading("Team – Brightside Coaching").waitFor();
  const tokens = await Promise.all([backend.token(person("Carla"))]);
  const kept = await stored();
  assert.ok(!kept.includes("eyJ") && !kept.includes(tokens[0].slice(0, 20)), kept);
  assert.ok(!kept.includes("verifier") && !kept.includes("muster-sign-in "), kept);
  assert.ok(!page.url().includes("code="), page.url());
  const exchange = page.requests.find(({ body }) => body.includes("code_verifier="));
  const again = await fetch(`${backend.url}/dev/token`, { method: "POST", body: new URLSearchParams(exchange.body) });
  assert.deepEqual([again.status, await again.json()], [400, { error: "invalid_grant" }]);
});

test("a sign-in that is abandoned leaves the link of the invitation and its verifier in the tab for ten minutes at most", async () => {
  const organization = await createOrganization(backend, "website-studio", OWNER, "Abandoned");
  await organization.owner.invitations.create(organization.id, { emails: ["abe@acme.example"], role: "editor" });
  const token = (await backend.invitationsTo("abe@acme.example")).at(-1);
  const begin = async () => {
    await visit(`/team/invitations/${token}`);
    await page.clock.setFixedTime(Date.now());
    await button("Sign in to accept").click();
    await heading("Sign in as").waitFor();
  };
  const later = (minutes) => page.clock.setFixedTime(Date.now() + minutes * 60_000);

  await begin();
  await later(9);
  await page.goto(`${backend.url}/team`);
  await heading("Your team").waitFor();
  assert.match(await stored(), new RegExp(token), "a sign-in that takes nine minutes would not come back to the invitation");
  await later(11);
  await page.goto(`${backend.url}/team`);
  await heading("Your team").waitFor();
  const kept = await stored();
  assert.ok(!kept.includes(token) && !kept.includes("verifier"), kept);

  // The provider leads back too late: the code is not exchanged.
  await begin();
  await later(11);
  await choose("abe@acme.example");
  await page.getByRole("alert").filter({ hasText: "ten minutes" }).waitFor();
  assert.equal(page.requests.filter(({ body }) => body.includes("code_verifier=")).length, 0);
  assert.ok(!(await stored()).includes(token));

  // Another sign-in is begun on a page that has stayed open.
  await begin();
  await page.goBack();
  await button("Sign in to accept").waitFor();
  await page.goto(`${backend.url}/team`);
  await later(11);
  await button("Sign in").click();
  await heading("Sign in as").waitFor();
  await page.goto(`${backend.url}/team/team.html`).catch(() => undefined);
  assert.ok(!(await stored()).includes(token));
});

test("an answer that this tab did not ask for signs no one in", async () => {
  for (const query of ["code=x&state=y", "code=x&state=y&iss=https://evil.example", "error=access_denied&state=y"]) {
    await visit(`/team?${query}`);
    await page.getByRole("alert").waitFor();
    assert.ok(page.url().endsWith("/team"), page.url());
    assert.equal(page.requests.filter(({ url }) => url.includes("/dev/token")).length, 0);
  }
});

test("the answer of another provider is not exchanged", async () => {
  await visit();
  await page.route(/\/dev\/authorize\?.*email=/, async (route) => {
    const { location } = (await route.fetch({ maxRedirects: 0 })).headers();
    const answer = new URL(location);
    answer.searchParams.set("iss", "https://evil.example");
    await route.fulfill({ status: 303, headers: { location: answer.href } });
  });
  await button("Sign in").click();
  await choose("carla@acme.example");
  await page.getByRole("alert").filter({ hasText: "another provider" }).waitFor();
  assert.equal(page.requests.filter(({ url }) => url.includes("/dev/token")).length, 0);
});

test("a token that has expired is renewed while the page is open, and once that is refused the reader signs in again", async () => {
  const fresh = await startBackend();
  try {
    const organization = await createOrganization(fresh, "website-studio", OWNER, "A day later");
    await visit("/team", fresh);
    await button("Sign in").click();
    await choose(OWNER.email);
    await heading("Team – A day later").waitFor();
    await fresh.post("/dev/clock", { advance: "P1D" });
    // Both ask for the profile, and for what the reader may do in the organization.
    await link("Profile").click();
    await page.getByLabel("About").fill("Still here");
    await button("Save").click();
    await page.locator("[role=status]", { hasText: "Saved" }).waitFor({ state: "attached" });
    const renewals = () => page.requests.filter(({ body }) => body.includes("grant_type=refresh_token")).length;
    assert.equal(renewals(), 1);

    await fresh.post("/dev/clock", { advance: "P1D" });
    await page.route(/\/dev\/token/, (route) => route.fulfill({ status: 400, contentType: "application/json", body: '{"error":"invalid_grant"}' }));
    await link("API keys").click();
    await page.getByRole("alert").filter({ hasText: "Your session has ended" }).waitFor();
    await page.unroute(/\/dev\/token/);
    await page.getByRole("alert").filter({ hasText: "Your session" }).getByRole("button", { name: "Sign in" }).click();
    await button("Create key").waitFor();
    assert.match(page.url(), new RegExp(`#/${organization.id}/keys$`));
    assert.deepEqual(page.complaints, []);
  } finally {
    fresh.stop();
  }
});

test("a reader who signs out has to sign in again", async () => {
  await signInAs("colin@acme.example");
  await heading("Team – Northside Practice").waitFor();
  await button("Sign out").click();
  await heading("Your team").waitFor();
  await page.reload();
  await heading("Your team").waitFor();
  await button("Sign in").click();
  await heading("Sign in as").waitFor();
});

test("an address of an organization that is not there, or not the reader's, leads to theirs", async () => {
  await signInAs("colin@acme.example", "/team#/org_0351gb06UonDD6Qk3DjTVL/team");
  await page.getByRole("listitem").filter({ hasText: "Northside Practice" }).waitFor();
  assert.ok(page.url().endsWith("/team#/teams"), page.url());
  assert.deepEqual(page.complaints, []);
});

test("the page holds in light and dark, at both widths", async () => {
  const organization = await createOrganization(backend, "website-studio", OWNER, "To look at");
  await organization.owner.invitations.create(organization.id, { emails: ["una@acme.example"], role: "editor" });
  const token = (await backend.invitationsTo("una@acme.example")).at(-1);
  // The page's own heading can have the words of the element's.
  const wait = (name) => heading(name).first().waitFor();
  const states = [
    ["welcome", "/team", undefined, () => wait("Your team")],
    ["pick", "/team", undefined, async () => (await button("Sign in").click(), await wait("Sign in as"))],
    ["team", "/team", "amir@acme.example", async () => (await wait("Team – Acme Academy"), await page.getByText("Petra").first().waitFor())],
    ["participant", "/team", "pia@acme.example", async () => (await wait("Team – Acme Academy"), await page.locator("muster-team").getByRole("heading").first().waitFor())],
    ["teams", "/team", OWNER.email, async () => (await wait("Teams"), await page.getByText("Pixel Studio").first().waitFor())],
    ["keys", "/team", "amir@acme.example", async () => (await link("API keys").click(), await button("Create key").waitFor())],
    ["profile", "/team", "pia@acme.example", async () => (await link("Profile").click(), await page.getByLabel("About").waitFor())],
    ["settings", "/team", "carla@acme.example", async () => (await link("Settings").click(), await page.getByLabel("Invitations stay open").waitFor())],
    ["invitation", `/team/invitations/${token}`, undefined, () => wait("Join To look at")],
    ["refused", "/team?error=access_denied&state=x", undefined, () => page.getByRole("alert").waitFor()],
  ];
  for (const [name, path, who, ready] of states) {
    for (const size of [{ width: 1280, height: 900 }, { width: 360, height: 760 }]) {
      for (const dark of [false, true]) {
        await visit(path, { ...size, dark });
        if (who) {
          await button("Sign in").click();
          await choose(who);
        }
        await ready();
        const at = `page-${name}-${size.width}-${dark ? "dark" : "light"}`;
        await screenshot(page, at);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.deepEqual([at, wide, await violations(page), page.complaints], [at, 0, [], []]);
      }
    }
  }
});
