// The list as a file: at once if it is short, else written in the background and then downloaded.

import { is } from "@muster/client";
import { html } from "lit";
import type { MusterTeam } from "../team.js";
import type { MenuItem } from "../parts/menu.js";
import { parameters } from "./query.js";

const PAUSE_MILLISECONDS = 1500;
const LONGEST_MILLISECONDS = 15 * 60_000;

/** A format of files. */
type Format = "csv" | "xlsx";

/** The formats to choose from. */
export const exportItems = (host: MusterTeam) => (): MenuItem[] =>
  (["csv", "xlsx"] as const).map((format) => ({ label: host.words.formats[format], run: () => void download(host, format) }));

/** Downloads the list as it is filtered. */
async function download(host: MusterTeam, format: Format): Promise<void> {
  if (host.isExporting) return;
  host.isExporting = true;
  host.note = undefined;
  host.requestUpdate();
  await host.attempt(async () => {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    try {
      const { data } = await host.muster.exports.download(host.org, { ...parameters(host.query), format, timezone });
      save(host, URL.createObjectURL(data), format);
    } catch (error) {
      if (!is(error, "export-too-large")) throw error;
      await inBackground(host, format, timezone);
    }
  });
  host.isExporting = false;
  host.requestUpdate();
}

/** Has a long file written, and tells how far it is. */
async function inBackground(host: MusterTeam, format: Format, timezone: string): Promise<void> {
  const { exports } = host.muster;
  let { data } = await exports.create(host.org, { format, timezone, filter: parameters(host.query) });
  const end = Date.now() + LONGEST_MILLISECONDS;
  while (data.state === "running" && Date.now() < end && host.isConnected) {
    host.note = html`${host.words.preparing(data.rows)}`;
    host.requestUpdate();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    const answer = await exports.get(host.org, data.id);
    if (answer.data) ({ data } = answer as { data: typeof data });
  }
  host.note = data.state === "ready" ? undefined : html`${host.words.problems.other}`;
  if (data.url) save(host, data.url, format);
}

function save(host: MusterTeam, url: string, format: Format): void {
  const link = Object.assign(document.createElement("a"), { href: url, download: `${host.team?.organization.name ?? host.words.team}.${format}` });
  link.click();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url));
}
