// What was loaded or opened for one organization, or for one reader, ends when another is shown: in the order of answers that is the worst.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { createOrganization, join, person } from "./support/backend.js";
import { open } from "./support/browser.js";
import { start } from "./support/start.js";

const OWNER = person("Olivia Brandt");
const PIA = person("Pia Lindqvist");
let backend, site, browser, stop, alpha, beta, page, sent;

/** An organization with the same people as the other one. */
async function fill(name, role_set, role) {
  const organization = await createOrganization(backend, role_set, OWNER, name);
  for (const who of [PIA, person("Bea Novak"), person("Amir Haddad")]) await join(backend, organization, who, { role });
  return organization;
}

before(async () => {
  ({ backend, site, browser, stop } = await start());
  alpha = await fill("Alpha", "website-studio", "editor");
  beta = await fill("Beta", "program-delivery", "participant");
  await beta.owner.resources.put(beta.id, "program", "spring", { name: "Spring cohort" });
  await beta.owner.apiKeys.create(beta.id, "me", { name: "Deployment" });
});
after(() => stop?.());
afterEach(async () => {
  await page?.context().close();
  page = undefined;
});

const button = (name) => page.getByRole("button", { name, exact: true });
const dialog = () => page.getByRole("dialog");
const events = (name) => page.evaluate((name) => window.events.filter(([one]) => one === name).map(([, detail]) => detail), name);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Opens an element in an organization. What it sends to change something is collected. */
async function openAt(element, organization, attributes = {}, who = OWNER) {
  page = await open(browser, { site: site.url, api: backend.url, element, attributes: { organization: organization.id, ...attributes }, token: () => backend.token(who) });
  sent = [];
  page.on("request", (request) => !["GET", "OPTIONS"].includes(request.method()) && sent.push(`${request.method()} ${request.url()}`));
}

/** Shows another organization in the same element. */
const show = (organization) => page.evaluate((id) => document.querySelector("main > :last-child").setAttribute("organization", id), organization.id);

/** Keeps the answers to some requests until they are let go. */
async function hold(isHeld) {
  const held = [];
  let isOpen = false;
  await page.route("**/v1/**", (route, request) => {
    if (isOpen || request.method() === "OPTIONS" || !isHeld(request)) return route.fallback();
    held.push(route);
  });
  const waitFor = async (count = 1) => {
    for (let tries = 0; held.length < count; tries++) {
      assert.ok(tries < 200, "was not asked");
      await pause(25);
    }
  };
  const release = async () => {
    isOpen = true;
    await Promise.all(held.splice(0).map((route) => route.continue()));
    await pause(400);
  };
  return { waitFor, release };
}
const isOf = (organization, what) => (request) => request.method() === "GET" && new URL(request.url()).pathname === `/v1/organizations/${organization.id}/${what}`;

const rowMenu = (name, item) => async () => {
  await button(`Actions for ${name}`).click();
  await page.getByRole("menuitem", { name: item }).click();
};

describe("a dialog closes with the organization that it is about, and does nothing to the next one", () => {
  /** The element, what opens the dialog, and what is filled in. */
  const dialogs = {
    "leave": ["muster-profile", () => button("Leave team").click()],
    "remove a member": ["muster-team", rowMenu("Pia Lindqvist", "Remove from team")],
    "deactivate a member": ["muster-team", rowMenu("Pia Lindqvist", "Deactivate")],
    "change a role": ["muster-team", rowMenu("Pia Lindqvist", "Change role")],
    "edit a profile": ["muster-team", rowMenu("Olivia Brandt", "Edit profile")],
    "invite": ["muster-team", () => button("Invite people").click(), () => page.getByLabel("Email addresses").fill("new@acme.example ")],
    "create a key": ["muster-api-keys", () => button("Create key").click(), () => dialog().getByLabel("Name").fill("Another")],
    "revoke a key": ["muster-api-keys", rowMenu("Deployment", "Revoke")],
    "transfer ownership": ["muster-settings", () => button("Transfer ownership").click()],
    "delete the organization": ["muster-settings", () => button("Delete team").click(), () => dialog().getByRole("textbox").fill("Beta")],
  };
  for (const [name, [element, reach, fill]] of Object.entries(dialogs)) {
    test(name, async () => {
      await openAt(element, beta);
      await reach();
      await dialog().waitFor();
      await fill?.();
      sent.length = 0;
      await hold((request) => request.url().includes(alpha.id) && request.method() === "GET");
      await show(alpha);
      await dialog().waitFor({ state: "detached", timeout: 10000 });
      await page.keyboard.press("Enter");
      await pause(200);
      assert.deepEqual(sent, []);
    });
  }
});

test("a menu and a selection of rows end with the organization that they are of", async () => {
  await openAt("muster-team", beta);
  await page.getByLabel("Select Pia Lindqvist").check();
  await page.getByRole("toolbar").waitFor();
  await button("Actions for Bea Novak").click();
  await page.getByRole("menuitem", { name: "Remove from team" }).waitFor();
  await show(alpha);
  await page.getByRole("menu").waitFor({ state: "detached", timeout: 10000 });
  await page.getByText("Alpha").first().waitFor();
  await page.getByText("Pia Lindqvist").waitFor();
  assert.equal(await page.getByRole("toolbar").count(), 0);
});

test("a dialog whose code arrives after the organization has changed does not open", async () => {
  await openAt("muster-team", beta);
  let isHeld = true;
  const held = [];
  await page.route(/\/dist\/later-/, (route) => (isHeld ? held.push(route) : route.continue()));
  await page.reload();
  await button("Invite people").click();
  await show(alpha);
  await page.getByText("Alpha").first().waitFor();
  isHeld = false;
  for (const route of held) await route.continue();
  await pause(500);
  assert.equal(await dialog().count(), 0);
  await button("Invite people").click();
  await page.getByRole("radio", { name: /^Editor/ }).waitFor();
});

test("what was sent in one organization and is answered in the next one says and closes nothing there", async () => {
  await openAt("muster-team", beta);
  await rowMenu("Amir Haddad", "Deactivate")();
  const { waitFor, release } = await hold((request) => request.method() === "PATCH");
  await dialog().getByRole("button", { name: "Deactivate" }).click();
  await waitFor();
  await show(alpha);
  await page.getByText("Alpha").first().waitFor();
  await button("Invite people").click();
  await dialog().waitFor();
  await release();
  assert.equal(await dialog().count(), 1);
  assert.deepEqual(await events("change"), []);
  assert.deepEqual(sent, [sent[0]]);
  assert.ok(sent[0].includes(beta.id), sent[0]);
  const { data } = await beta.owner.members.list(beta.id, { status: "inactive" });
  await beta.owner.members.update(beta.id, data.items[0].id, { status: "active" });
});

test("a late view of another organization does not take the place of the one that is shown", async () => {
  for (const element of ["muster-settings", "muster-team"]) {
    await openAt(element, beta);
    await page.getByText("Beta").first().or(page.getByLabel("Name", { exact: true })).first().waitFor();
    const { waitFor, release } = await hold(isOf(alpha, "view"));
    await show(alpha);
    await waitFor();
    await show(beta);
    if (element === "muster-settings") {
      await page.getByLabel("Name", { exact: true }).waitFor();
      await release();
      assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Beta");
    } else {
      await page.getByText("Pia Lindqvist").waitFor();
      await release();
      await button("Invite people").click();
      await page.getByRole("radio", { name: /^Participant/ }).waitFor();
      assert.equal(await page.getByRole("radio", { name: /^Editor/ }).count(), 0);
    }
    await page.context().close();
  }
});

test("late keys, people of a resource and resources to filter by are those of the organization that is shown", async () => {
  await openAt("muster-api-keys", alpha);
  await page.getByText("No API keys").waitFor();
  const { waitFor, release } = await hold(isOf(beta, "members/me/api-keys"));
  await show(beta);
  await waitFor();
  await show(alpha);
  await page.getByText("No API keys").waitFor();
  await release();
  assert.equal(await page.getByText("Deployment").count(), 0);
  await page.context().close();

  await openAt("muster-team", beta);
  await button("Program").click();
  await page.getByRole("menuitemradio", { name: "Spring cohort" }).waitFor();
  await page.keyboard.press("Escape");
  const other = await createOrganization(backend, "program-delivery", OWNER, "Gamma");
  await show(other);
  await page.getByText("Gamma").first().waitFor();
  await button("Program").click();
  await page.getByRole("menuitemradio", { name: "Any" }).waitFor();
  await pause(300);
  assert.equal(await page.getByRole("menuitemradio", { name: "Spring cohort" }).count(), 0);
});

test("the late preview of another invitation is not shown, and what is declined is what is shown", async () => {
  const tokens = [];
  for (const organization of [alpha, beta]) {
    await organization.owner.invitations.create(organization.id, { emails: ["nia.bello@acme.example"], role: organization === alpha ? "editor" : "participant" });
    tokens.push((await backend.invitationsTo("nia.bello@acme.example")).at(-1));
  }
  await openAt("muster-invitation", alpha, { token: tokens[1] }, person("Nia Bello"));
  await page.getByRole("heading", { name: "Join Beta" }).waitFor();
  await button("Decline").click();
  await dialog().waitFor();
  const showToken = (token) => page.evaluate((token) => document.querySelector("muster-invitation").setAttribute("token", token), token);
  const isPreviewOfAlpha = (request) => request.url().includes(tokens[0]) || (request.postData() ?? "").includes(tokens[0]);
  const { waitFor, release } = await hold(isPreviewOfAlpha);
  await showToken(tokens[0]);
  await dialog().waitFor({ state: "detached", timeout: 10000 });
  await waitFor();
  await showToken(tokens[1]);
  await page.getByRole("heading", { name: "Join Beta" }).waitFor();
  await release();
  await page.getByRole("heading", { name: "Join Beta" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "Join Alpha" }).count(), 0);
});

/** Has requests sent as another reader from now on. */
const become = async (who, way) => {
  const token = await backend.token(who);
  await page.evaluate(
    async ([token, way]) => {
      const { configure } = await import("/dist/index.js");
      const getToken = () => token;
      if (way === "property") document.querySelector("main > :last-child").getToken = getToken;
      else configure({ getToken });
    },
    [token, way],
  );
};

for (const way of ["property", "configure"]) {
  test(`what was loaded for a reader goes at once when another one takes their place, by ${way}`, async () => {
    await openAt("muster-team", beta);
    await page.getByText("Amir Haddad").waitFor();
    await button("Export").waitFor();
    await button("Invite people").click();
    await dialog().waitFor();
    const { waitFor, release } = await hold((request) => request.method() === "GET");
    await become(PIA, way);
    await dialog().waitFor({ state: "detached", timeout: 10000 });
    assert.deepEqual([await page.getByText("Amir Haddad").count(), await button("Export").count(), await button("Invite people").count()], [0, 0, 0]);
    await waitFor();
    await release();
    await page.getByText("Pia Lindqvist").waitFor();
    assert.deepEqual([await page.getByText("Amir Haddad").count(), await button("Export").count(), await button("Invite people").count()], [0, 0, 0]);
  });
}

test("a late answer to one reader is not shown to the next", async () => {
  await openAt("muster-api-keys", beta);
  await page.getByText("Deployment").waitFor();
  const { waitFor, release } = await hold((request) => request.method() === "GET");
  await page.evaluate(() => (document.querySelector("muster-api-keys").member = ""));
  await page.evaluate(() => (document.querySelector("muster-api-keys").member = "me"));
  await waitFor();
  await become(PIA, "property");
  await waitFor(2);
  await release();
  await page.getByText("No API keys").waitFor();
  assert.equal(await page.getByText("Deployment").count(), 0);
});

describe("the box of a search stands above what it finds", () => {
  const search = (q) => (request) => request.method() === "GET" && new URL(request.url()).searchParams.get("q") === q;

  test("when a new owner is looked for", async () => {
    await openAt("muster-settings", beta);
    await button("Transfer ownership").click();
    const { waitFor, release } = await hold(search("a"));
    const box = dialog().getByRole("searchbox");
    await box.fill("a");
    await waitFor();
    await box.fill("bea");
    const options = () => dialog().getByLabel("New owner").locator("option").allTextContents();
    await page.waitForFunction(() => document.querySelector("muster-settings").shadowRoot.querySelectorAll("#to option").length === 2);
    await release();
    assert.deepEqual((await options()).map((text) => text.split(" (")[0]), ["–", "Bea Novak"]);
  });

  test("when access is given", async () => {
    await openAt("muster-access", beta, { resource: "program:spring" });
    const { waitFor, release } = await hold(search("a"));
    const box = page.getByLabel("Give access");
    await box.fill("a");
    await waitFor();
    await box.fill("bea");
    const found = page.getByRole("list", { name: "Give access" });
    await found.getByText("Bea Novak").first().waitFor();
    await release();
    assert.deepEqual(await found.locator("strong").allTextContents(), ["Bea Novak"]);
  });
});

describe("the secret of a key is not lost without a word", () => {
  const isOfKeys = (method) => (request) => request.method() === method && /\/api-keys(\/[^/]+\/rotate)?$/.test(new URL(request.url()).pathname);
  const create = async (name) => {
    await button("Create key").click();
    await dialog().getByLabel("Name").fill(name);
    await dialog().getByRole("button", { name: "Create key" }).click();
  };
  const keys = async () => (await beta.owner.apiKeys.list(beta.id, "me")).data.items;
  /** Answers the first request of a kind, or all of them, with no answer at all. */
  const lose = async (isLost, { once, reach = true }) => {
    let lost = 0;
    await page.route("**/v1/**", async (route, request) => {
      if (!isLost(request) || (once && lost)) return route.fallback();
      lost++;
      if (reach) await route.fetch();
      await route.abort();
    });
  };

  test("if the keys cannot be read again", async () => {
    await openAt("muster-api-keys", beta);
    await page.getByText("Deployment").waitFor();
    await lose(isOfKeys("GET"), { reach: false });
    await create("Unread");
    await page.getByText("Your new key").waitFor();
    assert.match(await dialog().locator("code").textContent(), /^mk_[0-9A-Za-z]{83}$/);
    await button("I have stored it").click();
    await page.getByRole("alert").waitFor();
    await rowMenu("Deployment", "Rotate")();
    await dialog().getByRole("button", { name: "Rotate" }).click();
    await page.getByText("Your new key").waitFor();
    assert.match(await dialog().locator("code").textContent(), /^mk_[0-9A-Za-z]{83}$/);
    assert.equal((await keys()).filter(({ name }) => name === "Unread").length, 1);
  });

  test("while the keys are not read again yet", async () => {
    await openAt("muster-api-keys", beta);
    await page.getByText("Deployment").waitFor();
    await hold(isOfKeys("GET"));
    await create("Slow");
    await page.getByText("Your new key").waitFor({ timeout: 10000 });
  });

  for (const what of ["Create", "Rotate"]) {
    test(`if the first answer is lost on the way: ${what}`, async () => {
      await openAt("muster-api-keys", beta);
      await page.getByText("Deployment").waitFor();
      await lose(isOfKeys("POST"), { once: true });
      if (what === "Create") await create("Repeated");
      else {
        await rowMenu("Deployment", "Rotate")();
        await dialog().getByRole("button", { name: "Rotate" }).click();
      }
      const lost = page.getByRole("dialog", { name: "The secret cannot be shown" });
      await lost.getByText(`The key ${what === "Create" ? "Repeated" : "Deployment"} was made`).waitFor();
      await lost.getByRole("button", { name: "Rotate" }).click();
      await page.getByText("Your new key").waitFor();
      assert.match(await dialog().locator("code").textContent(), /^mk_[0-9A-Za-z]{83}$/);
      assert.equal((await keys()).filter(({ name }) => name === "Repeated").length, 1);
    });
  }

  test("if no answer arrives, and the same form is sent again: there is one key", async () => {
    await openAt("muster-api-keys", beta);
    await page.getByText("Deployment").waitFor();
    await lose(isOfKeys("POST"), {});
    await create("Again");
    await dialog().getByRole("alert").waitFor({ timeout: 20000 });
    await page.unrouteAll();
    await dialog().getByRole("button", { name: "Create key" }).click();
    await page.getByRole("dialog", { name: "The secret cannot be shown" }).waitFor();
    assert.equal((await keys()).filter(({ name }) => name === "Again").length, 1);
  });
});

describe("a session that has ended while people are looked for", () => {
  const signOut = () =>
    page.route("**/v1/**", (route, request) => {
      if (!isOf(beta, "members")(request)) return route.fallback();
      const body = { type: "https://muster.example/problems/unauthorized", title: "Valid credentials are required", status: 401 };
      return route.fulfill({ status: 401, contentType: "application/problem+json", headers: { "access-control-allow-origin": "*" }, body: JSON.stringify(body) });
    });

  test("asks the page to sign the reader in, and says what went wrong", async () => {
    await openAt("muster-team", beta);
    await page.getByText("Amir Haddad").waitFor();
    await signOut();
    await page.getByRole("searchbox").fill("bea");
    await page.getByRole("alert").filter({ hasText: "You are signed out" }).waitFor();
    assert.equal((await events("sign-in")).length, 1);
    assert.deepEqual(await page.evaluate(() => window.events.flatMap(([name, detail]) => (name === "problem" ? [detail.problem.status] : []))), [401]);
  });

  test("is left to the page if it wants so, without asking again and again", async () => {
    await openAt("muster-team", beta, { view: "groups" });
    await page.getByText("Amir Haddad").waitFor();
    await page.evaluate(() => document.addEventListener("muster-problem", (event) => event.preventDefault()));
    await signOut();
    let asked = 0;
    page.on("request", (request) => (asked += isOf(beta, "members")(request) ? 1 : 0));
    await page.getByRole("searchbox").fill("bea");
    await page.waitForFunction(() => window.events.some(([name]) => name === "problem"));
    await pause(1500);
    assert.equal(await page.getByRole("alert").count(), 0);
    assert.ok(asked < 20, `${asked} requests`);
  });
});

test("a color that is none brings no styles of its own", async () => {
  const color = "red; position: fixed; inset: 0; background-image: url(/stolen)";
  await openAt("muster-team", beta);
  await page.route("**/v1/**", async (route, request) => {
    if (!isOf(beta, "members")(request) && !isOf(beta, "members/me")(request)) return route.fallback();
    const answer = await route.fetch();
    const data = await answer.json();
    for (const row of data.items ?? []) row.color = row.is_me ? "#12AB9f" : color;
    if (data.profile) data.profile.color = color;
    await route.fulfill({ response: answer, json: data });
  });
  const asked = [];
  page.on("request", (request) => request.url().includes("/stolen") && asked.push(request.url()));
  const styles = () =>
    page.evaluate(() => {
      const { shadowRoot } = document.querySelector("main > :last-child");
      return [...shadowRoot.querySelectorAll(".avatar:not(.pending), .swatches span")].map((one) => [one.style.cssText.replace(/^--_hue: (#[\da-fA-F]{6});$/, "$1"), getComputedStyle(one).position]);
    });
  await page.reload();
  await page.getByText("Amir Haddad").waitFor();
  const shown = await styles();
  assert.ok(shown.length >= 4 && shown.every(([color, position]) => /^#[\da-f]{6}$/i.test(color) && position === "static"), JSON.stringify(shown));
  assert.ok(shown.some(([color]) => color === "#12AB9f"), JSON.stringify(shown));
  await page.evaluate((organization) => {
    const profile = document.createElement("muster-profile");
    profile.setAttribute("organization", organization);
    document.querySelector("muster-team").replaceWith(profile);
  }, beta.id);
  await page.getByLabel("About").waitFor();
  const faces = await styles();
  assert.ok(faces.length > 4 && faces.every(([color, position]) => /^#[\da-f]{6}$/i.test(color) && position === "static"), JSON.stringify(faces));
  assert.deepEqual(asked, []);
});
