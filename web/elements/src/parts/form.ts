// Controls of forms.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Words } from "../words.js";
import { downIcon, icon } from "./icons.js";

/** What stands in a control. */
export const typed = (event: Event): string => (event.target as HTMLInputElement).value;
/** Whether a box is ticked. */
export const isTicked = (event: Event): boolean => (event.target as HTMLInputElement).checked;

/** The options of a request that takes effect once: sent again as it is, it has the key that it had. */
export function once(): (request: unknown) => { idempotencyKey: string } {
  let sent: string | undefined;
  let idempotencyKey = "";
  return (request) => {
    const text = JSON.stringify(request);
    if (sent !== text) idempotencyKey = crypto.getRandomValues(new Uint32Array(4)).join("-");
    sent = text;
    return { idempotencyKey };
  };
}

/** A control with its label. `beside` follows the label. */
export const field = (id: string, label: string, control: unknown, beside: unknown = nothing): TemplateResult =>
  html`<div class="field"><label for=${id}>${label} ${beside}</label>${control}</div>`;

/** What follows the label of something that can be left out. */
export const optional = (words: Words): TemplateResult => html`<span class="muted">(${words.optional})</span>`;

/** A choice of one from a list. */
export function select(options: [value: string, label: string][], chosen: string, change: (value: string) => void, given: { id?: string; label?: string; disabled?: boolean } = {}): TemplateResult {
  const { id = nothing, label = nothing, disabled = false } = given;
  return html`<span class="select">
    <select id=${id} class="input" aria-label=${label} ?disabled=${disabled} .value=${chosen} @change=${(event: Event) => change(typed(event))}>
      ${options.map(([value, label]) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`)}
    </select>
    ${icon(downIcon)}
  </span>`;
}

/** A text of several lines that can be left out. */
export const longText = (words: Words, id: string, label: string, value: string, input: (text: string) => void, hint = ""): TemplateResult =>
  field(id, label, html`<textarea id=${id} class="input" rows="3" maxlength="2000" placeholder=${hint} .value=${value} @input=${(event: Event) => input(typed(event))}></textarea>`, optional(words));

/** A box to tick, with what it means. */
export const tick = (isOn: boolean, change: (isOn: boolean) => void, label: unknown): TemplateResult =>
  html`<label class="tick"><input type="checkbox" .checked=${isOn} @change=${(event: Event) => change(isTicked(event))} /><span>${label}</span></label>`;
