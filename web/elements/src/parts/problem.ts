// Problems, as sentences in the reader's language.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Problem } from "@muster/client";
import type { MusterElement } from "../base.js";
import { loadWords } from "../words.js";
import type { Words } from "../words.js";
import { icon, alertIcon } from "./icons.js";

/** Kinds that say what another one says. The first are of invitations that somebody has answered or canceled meanwhile. */
const SAME: Record<string, RegExp> = {
  "not-found": /^invitation-.*(ed|sent)$/,
  "unauthorized": /^token-|^sign-in/,
  "throttled": /^too-many-(req|del)/,
  "role-not-assignable": /^role-not/,
  "precondition-failed": /-gone$|^receiver|^not-an-/,
  "forbidden": /^read-only|without/,
  "invalid-request": /^invalid-q|^body/,
};

/** What a problem says. The API's own words, in English, only explain that something went wrong. */
export function sentence(words: Words, problem: { type: string; title?: string; detail?: string | null; seats?: unknown }): string {
  const given = problem.type.slice(problem.type.lastIndexOf("/") + 1);
  const slug = Object.keys(SAME).find((slug) => SAME[slug]!.test(given)) ?? given;
  const told = (words.problems as Record<string, string>)[slug];
  const seats = problem.seats as { needed: number; used: number; limit?: number | null } | undefined;
  if (slug === "no-seats-available" && typeof seats?.limit === "number") {
    return `${told} ${words.seatsShort(seats.needed, Math.max(0, seats.limit - seats.used))}.`;
  }
  return told ?? `${words.problems.other} \u2068${problem.detail ?? problem.title ?? ""}\u2069`;
}

/** What is wrong with an address. */
export const fault = (words: Words, code: string): string => {
  const faults = words.faults as Record<string, string>;
  if (faults[code]) return faults[code];
  return /at|empty|character|local|domain/.test(code) ? words.faults.invalid_email : words.faults.other;
};

/** A problem above a form or in place of a list. */
export function notice(host: MusterElement, problem: Problem, retry?: () => void): TemplateResult {
  const { words, tag } = host;
  if (!words.problems) {
    void loadWords(tag).then(() => host.requestUpdate());
    return html`<div class="bone"></div>`;
  }
  return html`<div class="notice danger" part="error" role="alert" tabindex="-1" data-problem>
    ${icon(alertIcon)}
    <div>
      ${sentence(words, problem)}
      ${problem.status >= 500 && problem.request_id ? html`<div class="muted">${words.requestId(problem.request_id)}</div>` : nothing}
    </div>
    ${retry ? html`<button type="button" class="link" @click=${retry}>${words.retry}</button>` : nothing}
  </div>`;
}
