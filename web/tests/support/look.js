// What every state of an element must hold: no violation that axe finds, none of the page's policy, and no horizontal scroll bar, in light and
// dark and at both widths.

import { mkdir } from "node:fs/promises";
import { violations } from "./axe.js";
import { open } from "./browser.js";

/** Where screenshots go, if somebody wants to look at them. */
const FOLDER = process.env.MUSTER_SCREENSHOTS;
const SIZES = [{ width: 1280, height: 900 }, { width: 360, height: 760 }];
/** Answers that are no success appear in the console of Chromium. They are part of some states. */
const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/;

if (FOLDER) await mkdir(FOLDER, { recursive: true });

/** Takes a screenshot, if somebody wants to look at it. */
export const screenshot = async (page, name) => FOLDER && page.screenshot({ path: `${FOLDER}/${name}.png` });

/** Opens an element, brings it into a state, and says all that is wrong with it. */
export async function faultsOf(browser, name, options, reach, ready) {
  const wrong = [];
  for (const size of SIZES) {
    for (const dark of [false, true]) {
      const page = await open(browser, { ...size, dark, ...options });
      await ready(page);
      await reach(page);
      const at = `${name}-${size.width}-${dark ? "dark" : "light"}`;
      await screenshot(page, at);
      wrong.push(...(await violations(page)), ...page.complaints.filter((text) => !REFUSED.test(text)));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) wrong.push(`${at}: ${overflow} px wider than the window`);
      await page.context().close();
    }
  }
  return wrong;
}
