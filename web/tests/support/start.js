// What a file of tests needs to show elements.

import { startBackend } from "./backend.js";
import { launch, serve } from "./browser.js";

/**
 * Starts a backend, a site that serves the elements and these files, and a browser, and makes what the tests begin with. `stop` ends them,
 * and so does a failure.
 */
export async function start({ files, fill = async () => ({}) } = {}) {
  const backend = await startBackend();
  let site, browser;
  const stop = async () => {
    await browser?.close();
    site?.stop();
    backend.stop();
  };
  try {
    [site, browser] = await Promise.all([serve(backend.url, files), launch()]);
    return { backend, site, browser, stop, ...(await fill(backend)) };
  } catch (error) {
    await stop();
    throw error;
  }
}
