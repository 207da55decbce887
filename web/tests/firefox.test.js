// The first story in Debian's Firefox, over WebDriver BiDi: the page opens, people are found, invited and removed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { startBackend } from "./support/backend.js";
import { serve } from "./support/browser.js";
import { OWNER, fillTeam } from "./support/team.js";

const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
let backend, site, browser, organization;

before(async () => {
  backend = await startBackend();
  site = await serve(backend.url);
  organization = await fillTeam(backend, "Acme Learning");
  browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
});
after(async () => {
  await browser?.close();
  site?.stop();
  backend?.stop();
});

test("the team page works in Firefox", async () => {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.setViewport({ width: 1280, height: 900 });
  await page.exposeFunction("musterToken", () => backend.token(OWNER));
  await page.exposeFunction("musterPage", () => ({ api: backend.url, element: "muster-team", attributes: { organization: organization.id }, language: "en" }));
  await page.goto(site.url);
  const within = (selector) => page.locator(`muster-team >>> ${selector}`);
  const text = (text) => page.waitForFunction((text) => document.querySelector("muster-team")?.shadowRoot?.textContent.includes(text), {}, text);
  await text("Amir Haddad");
  await within("input[type=search]").fill("okafor");
  await page.waitForFunction(() => document.querySelector("muster-team").shadowRoot.querySelectorAll("tbody tr").length === 1);
  await within("button ::-p-text(Invite people)").click();
  await within("#emails").fill("nia@acme.example ");
  await within("label ::-p-text(Participant)").click();
  await within("dialog ::-p-text(Send invitation)").click();
  await page.waitForFunction(() => !document.querySelector("muster-team").shadowRoot.querySelector("dialog"));
  assert.equal((await backend.invitationsTo("nia@acme.example")).length, 1);
  await within("button[aria-label='Actions for Felix Okafor']").click();
  await within("[role=menu] ::-p-text(Remove from team)").click();
  await within("dialog .button.danger").click();
  await text("Nobody found");
  // Firefox asks for an icon of the site, which its policy does not allow.
  assert.deepEqual(complaints.filter((text) => !text.includes("favicon.ico")), []);
});
