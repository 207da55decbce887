// Every letter in every language, as a browser shows it: at two widths, in light and dark, and without its pictures.
// With MUSTER_PICTURES, a folder, each is kept as a picture.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startBackend } from "./support/backend.js";
import { launch } from "./support/browser.js";

const WIDTHS = { phone: 360, desktop: 760 };
const FOLDER = process.env.MUSTER_PICTURES;

let backend, browser, samples;

before(async () => {
  [backend, browser] = await Promise.all([startBackend(), launch()]);
  const list = await (await fetch(`${backend.url}/dev/mail/samples`)).text();
  samples = [...list.matchAll(/href="([^"]*samples&#x2f;|[^"]*samples\/)([a-z]+)(?:\/|&#x2f;)([a-z-]+)"/g)].map(([, , language, name]) => ({ language, name }));
  if (FOLDER) await mkdir(FOLDER, { recursive: true });
});
after(async () => {
  await browser?.close();
  backend?.stop();
});

/** What is wrong with the shown letter. */
const faultsOf = () => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`is ${root.scrollWidth - root.clientWidth} pixels too wide`);
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/^rgba\(.*, 0\)$/.test(backgroundColor)) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    if (!text) continue;
    const element = texts.currentNode.parentElement;
    const [one, other] = [getComputedStyle(element).color, background(element)].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) faults.push(`has a contrast of ${contrast.toFixed(2)} at “${text}”`);
  }
  const body = document.querySelector(".inside > p:nth-of-type(2)");
  const aligned = getComputedStyle(body).direction;
  if (aligned !== root.dir) faults.push(`runs ${aligned} where the letter is ${root.dir}`);
  return faults;
};

test("there are letters in five languages", () => {
  assert.deepEqual([...new Set(samples.map(({ language }) => language))].sort(), ["ar", "de", "en", "es", "fr"]);
  assert.equal(samples.length % 5, 0);
});

for (const dark of [false, true]) {
  for (const [device, width] of Object.entries(WIDTHS)) {
    test(`every letter fits and is legible on a ${device} in ${dark ? "dark" : "light"}`, { timeout: 120_000 }, async () => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: dark ? "dark" : "light" });
      const page = await context.newPage();
      for (const { language, name } of samples) {
        await page.goto(`${backend.url}/dev/mail/samples/${language}/${name}/html`);
        assert.deepEqual(await page.evaluate(faultsOf), [], `${name} in ${language}`);
        if (FOLDER) await page.screenshot({ path: `${FOLDER}/${name}-${language}-${device}-${dark ? "dark" : "light"}.png`, fullPage: true });
      }
      await context.close();
    });
  }
}

test("the mailbox shows a letter, and no script runs in it", async () => {
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${backend.url}/dev/mail/samples/ar/invitation`);
  const letter = page.frameLocator("iframe");
  await letter.getByText("Acme").first().waitFor();
  assert.deepEqual(complaints, []);
  const frame = page.frames().find((frame) => frame.url().endsWith("/html"));
  assert.equal(await frame.evaluate(() => origin), "null", "it is of no origin, so it reaches nothing of the API");
  if (FOLDER) {
    await page.screenshot({ path: `${FOLDER}/mailbox-letter.png` });
    await page.goto(`${backend.url}/dev/mail/samples`);
    await page.screenshot({ path: `${FOLDER}/mailbox-samples.png` });
  }
  await context.close();
});
