// Problems, as sentences in the reader's language.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Problem } from "@muster/client";
import type { MusterElement } from "../base.js";
import type { Words } from "../words.js";
import { icon, alertIcon } from "./icons.js";

/** Kinds that say what another one says. */
const SAME: Record<string, string> = {
  "token-unavailable": "unauthorized",
  "too-many-requests": "throttled",
  "role-not-enabled": "role-not-assignable",
  "invalid-argument": "other",
  "repeated-cursor": "other",
};

/** What a problem says. A kind that is not known says what the API says. */
export function sentence(words: Words, problem: { type: string; title?: string; detail?: string | null; seats?: unknown }): string {
  const given = problem.type.slice(problem.type.lastIndexOf("/") + 1);
  // Somebody has answered or canceled it meanwhile.
  const slug = SAME[given] ?? (/^invitation-.*(ed|sent)$/.test(given) ? "not-found" : given);
  const told = (words.problems as Record<string, string> | undefined)?.[slug];
  const seats = problem.seats as { needed: number; used: number; limit?: number | null } | undefined;
  if (slug === "no-seats-available" && typeof seats?.limit === "number") {
    return `${told} ${words.seatsShort(seats.needed, Math.max(0, seats.limit - seats.used))}.`;
  }
  return told ?? problem.detail ?? problem.title ?? "";
}

/** What is wrong with an address. */
export const fault = (words: Words, code: string): string => {
  const faults = words.faults as Record<string, string>;
  if (faults[code]) return faults[code];
  return /at|empty|character|local|domain/.test(code) ? words.faults.invalid_email : words.faults.other;
};

/** A problem above a form or in place of a list. */
export function notice(host: MusterElement, problem: Problem, retry?: () => void): TemplateResult {
  const { words } = host;
  return html`<div class="notice danger" part="error" role="alert" tabindex="-1" data-problem>
    ${icon(alertIcon)}
    <div>
      ${sentence(words, problem)}
      ${problem.status >= 500 && problem.request_id ? html`<div class="muted">${words.requestId(problem.request_id)}</div>` : nothing}
    </div>
    ${retry ? html`<button type="button" class="link" @click=${retry}>${words.retry}</button>` : nothing}
  </div>`;
}
