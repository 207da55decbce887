// The field for several email addresses: each becomes a chip, with what is wrong with it.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterElement } from "../base.js";
import { fault } from "./problem.js";
import { Suggestions } from "./suggestions.js";
import { icon, alertIcon, closeIcon } from "./icons.js";

/** The most addresses of one request. */
export const MOST_ADDRESSES = 20;
/** What a pasted text is made of: a name in quotation marks, an address in angle brackets, a separator, or a word. */
const TOKENS = /"[^"\n<>]*"|<([^<>,;\n]*)>?|[,;\n\t]|"?[^\s",;<>]+/g;

/** The addresses of a pasted text, and whatever else is in it. Only the name before an address in angle brackets is left out. */
export function addressesIn(text: string): string[] {
  const found: string[] = [];
  let words: string[] = [];
  const end = () => {
    found.push(...words.flatMap((word) => word.split(/[\s",;]+/)).map((word) => word.replace(/^mailto:([^?]*).*/i, "$1")).filter(Boolean));
    words = [];
  };
  for (const [token, bracketed] of text.matchAll(TOKENS)) {
    // What looks like an address belongs to no name, unless it is in quotation marks.
    if (bracketed?.trim()) words = words.filter((word) => /@[^"]*$/.test(word));
    words.push(bracketed ?? token);
    if (/^[<,;\n\t]/.test(token)) end();
  }
  end();
  return found;
}

/** The field. */
export class AddressField {
  emails: string[] = [];
  /** What has been typed after the last chip. */
  typed = "";
  /** Codes of faults, by address in small letters. */
  faults = new Map<string, string>();
  /** Addresses of people who join at once, without an invitation. */
  joining = new Set<string>();
  readonly #suggestions: Suggestions | undefined;

  constructor(
    private readonly host: MusterElement,
    private readonly changed: () => void,
    knowsContacts: boolean,
  ) {
    if (knowsContacts) this.#suggestions = new Suggestions(host, (email) => this.#take(email));
  }

  /** All addresses, with what has been typed. */
  get all(): string[] {
    return [...new Set([...this.emails, ...addressesIn(this.typed)])];
  }

  get faulty(): string[] {
    return this.emails.filter((email) => this.#faultOf(email));
  }

  /** Makes chips of what has been typed. */
  commit(): void {
    if (!this.typed.trim()) return;
    this.#add(this.typed);
    this.typed = "";
    this.changed();
  }

  remove(emails: string[]): void {
    this.emails = this.emails.filter((email) => !emails.includes(email));
    this.changed();
    this.focus();
  }

  focus(): void {
    void this.host.updateComplete.then(() => this.host.renderRoot.querySelector<HTMLElement>("#emails")?.focus());
  }

  render(): TemplateResult {
    const { words } = this.host;
    const { faulty } = this;
    const suggestions = this.#suggestions;
    const isLong = this.all.length > MOST_ADDRESSES;
    return html`<div class="field">
      <label for="emails">${words.emails}</label>
      <div class="input box chips" @click=${this.#clicked}>
        ${this.emails.map((email) => this.#chip(email))}
        <input
          id="emails"
          role=${suggestions ? "combobox" : nothing}
          aria-autocomplete=${suggestions ? "list" : nothing}
          aria-expanded=${suggestions ? String(suggestions.isOpen) : nothing}
          aria-controls=${suggestions?.isOpen ? "contacts" : nothing}
          aria-activedescendant=${suggestions?.current ?? nothing}
          inputmode="email"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          autofocus
          aria-describedby="emails-hint"
          aria-invalid=${faulty.length || isLong ? "true" : nothing}
          .value=${this.typed}
          placeholder=${this.emails.length ? "" : "ann@example.com"}
          @input=${this.#input}
          @keydown=${this.#keydown}
          @paste=${this.#paste}
          @blur=${this.#blur}
        />
        ${suggestions?.render(words.emails) ?? nothing}
      </div>
      <div id="emails-hint" class="faults" aria-live="polite">
        ${isLong ? html`<p class="fault">${icon(alertIcon)}<span>${words.emailsMany(MOST_ADDRESSES)}</span></p>` : nothing}
        ${faulty.map((email) => html`<p class="fault" part="error">${icon(alertIcon)}<span><b dir="auto">${email}</b> ${fault(words, this.#faultOf(email) ?? "")}</span></p>`)}
        ${faulty.length
          ? html`<button type="button" class="link small" @click=${() => this.remove(faulty)}>${words.removeFaulty(faulty.length)}</button>`
          : isLong ? nothing : html`<p class="hint">${words.emailsHint(MOST_ADDRESSES)}</p>`}
      </div>
    </div>`;
  }

  #chip(email: string): TemplateResult {
    const { words } = this.host;
    const joins = this.joining.has(email.toLowerCase());
    return html`<span class="chip ${this.#faultOf(email) ? "danger" : joins ? "done" : ""}">
      <span class="clip" dir="auto" title=${email}>${email}</span>${joins ? html`<span class="muted">&nbsp;· ${words.addedAtOnce}</span>` : nothing}
      <button type="button" aria-label=${words.removeEmail(email)} @click=${() => this.remove([email])}>${icon(closeIcon)}</button>
    </span>`;
  }

  /** What the API found, or what is plain without asking. */
  #faultOf(email: string): string | undefined {
    return this.faults.get(email.toLowerCase()) ?? (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email) ? undefined : "missing_at");
  }

  #add(text: string): void {
    const known = new Set(this.emails.map((email) => email.toLowerCase()));
    for (const email of addressesIn(text)) {
      if (known.has(email.toLowerCase())) continue;
      known.add(email.toLowerCase());
      this.emails = [...this.emails, email];
    }
  }

  #clicked = (event: Event): void => {
    if (event.target === event.currentTarget) this.focus();
  };

  #input = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.typed = input.value;
    if (/[\s,;]$/.test(this.typed)) this.commit();
    else this.changed();
    this.#suggestions?.look(this.typed);
    input.value = this.typed;
  };

  #keydown = (event: KeyboardEvent): void => {
    if (this.#suggestions?.key(event)) return;
    if (event.key === "Enter" && this.typed.trim()) {
      event.preventDefault();
      this.commit();
      (event.target as HTMLInputElement).value = "";
    } else if (event.key === "Backspace" && !this.typed && this.emails.length) {
      this.remove(this.emails.slice(-1));
    }
  };

  /** Takes a suggestion over in place of what was typed. */
  #take(email: string): void {
    this.typed = "";
    this.#add(email);
    this.changed();
    const input = this.host.renderRoot.querySelector<HTMLInputElement>("#emails");
    if (input) input.value = "";
  }

  #blur = (event: Event): void => {
    this.#suggestions?.close();
    this.commit();
    (event.target as HTMLInputElement).value = this.typed;
  };

  #paste = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (addressesIn(text).length < 2 && !text.includes("@")) return;
    event.preventDefault();
    this.#add(`${this.typed}\n${text}`);
    this.typed = "";
    (event.target as HTMLInputElement).value = "";
    this.changed();
  };
}
