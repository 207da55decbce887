// Controls of forms.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterElement } from "../base.js";
import type { Schemas } from "@muster/client";
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

/** A text of one line. A fault stands beneath it, in place of the hint. */
export function textField(id: string, label: string, value: string, input: (text: string) => void, given: { most?: number; autocomplete?: string; placeholder?: string; hint?: string; fault?: string; isFirst?: boolean } = {}): TemplateResult {
  const { most = 120, autocomplete = "off", placeholder = nothing, hint, fault, isFirst = false } = given;
  const below = fault || hint;
  return field(id, label, html`<input id=${id} class="input" dir="auto" maxlength=${most} autocomplete=${autocomplete} placeholder=${placeholder} ?autofocus=${isFirst} aria-invalid=${fault ? "true" : nothing} aria-describedby=${below ? `${id}-hint` : nothing} .value=${value} @input=${(event: Event) => input(typed(event))} />
    ${below ? html`<p id=${`${id}-hint`} class=${fault ? "fault" : "hint"}>${below}</p>` : nothing}`);
}

/** A language that emails can be in. Without one they are in that of the deployment. */
export type MailLanguage = Schemas["Language"] | "";
const LANGUAGES: MailLanguage[] = ["", "en", "de", "fr", "es", "ar"];

/** What a language is called. */
export const languageName = ({ words, tag }: MusterElement, language: string | null = ""): string =>
  language ? (new Intl.DisplayNames(tag, { type: "language" }).of(language) ?? language) : words.mailDefault;

/** The language of emails. */
export const languageField = (host: MusterElement, chosen: string, change: (language: MailLanguage) => void): TemplateResult =>
  selectField("language", host.words.mailLanguage, LANGUAGES.map((language) => [language, languageName(host, language)]), chosen, change as (language: string) => void);

/** A choice of one from a list. */
export function select(options: [value: string, label: string][], chosen: string, change: (value: string) => void, given: { id?: string; label?: string; disabled?: boolean } = {}): TemplateResult {
  const { id = nothing, label = nothing, disabled = false } = given;
  return html`<span class="select">
    <select id=${id} class="input" aria-label=${label} ?disabled=${disabled} .value=${chosen} @change=${(event: Event) => change(typed(event))}>
      ${options.map(([value, label]) => html`<option dir="auto" value=${value} ?selected=${value === chosen}>${label}</option>`)}
    </select>
    ${icon(downIcon)}
  </span>`;
}

/** A choice of one from a list, with its label. */
export const selectField = (id: string, label: string, options: [value: string, label: string][], chosen: string, change: (value: string) => void): TemplateResult =>
  field(id, label, select(options, chosen, change, { id }));

/** A text of several lines that can be left out. */
export const longText = (words: Words, id: string, label: string, value: string, input: (text: string) => void, hint = ""): TemplateResult =>
  field(id, label, html`<textarea id=${id} class="input" dir="auto" rows="3" maxlength="2000" placeholder=${hint} .value=${value} @input=${(event: Event) => input(typed(event))}></textarea>`, optional(words));

/** A box to tick, with what it means. */
export const tick = (isOn: boolean, change: (isOn: boolean) => void, label: unknown): TemplateResult =>
  html`<label class="tick"><input type="checkbox" .checked=${isOn} @change=${(event: Event) => change(isTicked(event))} /><span dir="auto">${label}</span></label>`;
