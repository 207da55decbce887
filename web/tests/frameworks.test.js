// The team page in an app of each framework: attributes, properties, events and slots work, and change with the app.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createOrganization, join, person } from "./support/backend.js";
import { open } from "./support/browser.js";
import { bundleApps } from "./support/frameworks.js";
import { start } from "./support/start.js";

const OWNER = person("Olivia Brandt");
const AMIR = person("Amir Haddad");
const { names, files } = await bundleApps();
let backend, site, browser, stop;

before(async () => {
  ({ backend, site, browser, stop } = await start({ files }));
});
after(() => stop?.());

/** An organization that Amir is in. */
async function team(name) {
  const organization = await createOrganization(backend, "program-delivery", OWNER, name);
  await join(backend, organization, AMIR, { role: "admin" });
  return organization.id;
}

for (const [framework, name] of names) {
  test(`it works in an app of ${framework}`, async () => {
    const [one, other] = [await team("Acme Learning"), await team("Second team")];
    const token = () => backend.token(AMIR);
    const page = await open(browser, { site: `${site.url}/${name}.html`, api: backend.url, element: "muster-team", attributes: { organization: one }, token });
    await page.getByText("Acme Learning").waitFor();
    await page.getByRole("heading", { name: "Our people" }).waitFor();
    await page.getByRole("row").filter({ hasText: "Amir Haddad" }).waitFor();
    assert.deepEqual(await page.getByRole("columnheader").allTextContents().then((texts) => texts.map((text) => text.trim()).filter(Boolean)), ["Name", "Role", "Status", "Actions"]);
    await page.evaluate((id) => window.show(id), other);
    await page.getByText("Second team").waitFor();
    await page.getByRole("button", { name: "Actions for Amir Haddad" }).click();
    await page.getByRole("menuitem", { name: "Leave team" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Leave team" }).click();
    await page.getByText("You have left.").waitFor();
    // The API no longer knows an organization that was left.
    assert.deepEqual(page.complaints.filter((text) => !/status of 404/.test(text)), []);
    await page.context().close();
  });
}

test("each attribute that an element has a property for can be set as one", async () => {
  const page = await open(browser, { site: site.url, api: backend.url, element: "muster-team", attributes: {} });
  const wrong = await page.evaluate(() =>
    ["team", "invitation", "invitations", "organizations", "profile", "api-keys", "access", "settings"].flatMap((name) => {
      const element = document.createElement(`muster-${name}`);
      const { observedAttributes, elementProperties } = element.constructor;
      return observedAttributes.filter((attribute) => attribute in element && !elementProperties.has(attribute)).map((attribute) => `muster-${name}: ${attribute}`);
    }),
  );
  assert.deepEqual(wrong, []);
  await page.context().close();
});
