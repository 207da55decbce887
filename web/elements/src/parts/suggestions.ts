// People whom the organization knows, while an address is typed: a combobox after the pattern of the APG.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterElement } from "../base.js";
import { avatar } from "./avatar.js";
import { Latest } from "./latest.js";
import { called } from "./names.js";

const PAUSE_MILLISECONDS = 200;
const SHORTEST = 2;
const MOST = 5;

/** A contact, as far as it is shown. */
interface Contact {
  id: string;
  email: string;
  name?: string | null;
}

/** The suggestions of one field. */
export class Suggestions {
  #found: Contact[] = [];
  #at = -1;
  readonly #latest = new Latest();

  constructor(
    private readonly host: MusterElement,
    /** Takes an address over. */
    private readonly take: (email: string) => void,
  ) {}

  get isOpen(): boolean {
    return this.#found.length > 0;
  }

  /** The id of the option that the arrow keys have reached. */
  get current(): string | undefined {
    return this.#at < 0 ? undefined : `contact-${this.#at}`;
  }

  /** Looks for what was typed, once there is a pause. */
  look(typed: string): void {
    this.close();
    if (typed.trim().length < SHORTEST || typed.length > 100) return;
    this.#latest.later((signal) => void this.#load(typed.trim(), signal), PAUSE_MILLISECONDS);
  }

  close(): void {
    this.#latest.stop();
    this.#found = [];
    this.#at = -1;
    this.host.requestUpdate();
  }

  /** Whether a key was for the list. */
  key(event: KeyboardEvent): boolean {
    if (!this.isOpen) return false;
    const contact = this.#found[this.#at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const { length } = this.#found;
      this.#at = (this.#at + (event.key === "ArrowDown" ? 1 : length + (this.#at < 0 ? 0 : -1))) % length;
      this.host.requestUpdate();
    } else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && contact) this.#choose(contact);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  render(label: string): TemplateResult | typeof nothing {
    if (!this.isOpen) return nothing;
    return html`<div id="contacts" class="suggestions" role="listbox" aria-label=${label}>
      ${this.#found.map((contact, at) => this.#option(contact, at))}
    </div>`;
  }

  #option(contact: Contact, at: number): TemplateResult {
    const choose = (event: Event) => {
      // The field keeps the focus.
      event.preventDefault();
      this.#choose(contact);
    };
    return html`<div id="contact-${at}" role="option" aria-selected=${at === this.#at} @pointerdown=${choose}>
      ${avatar(contact)}<span><span class="clip" dir="auto">${called(contact)}</span><span class="hint clip" dir="auto">${contact.name ? contact.email : nothing}</span></span>
    </div>`;
  }

  #choose(contact: Contact): void {
    this.close();
    this.take(contact.email);
  }

  async #load(q: string, signal: AbortSignal): Promise<void> {
    try {
      const { data } = await this.host.muster.contacts.list(this.host.org, { q, limit: MOST }, { signal });
      this.#found = data.items;
    } catch {
      // Suggestions are a help only: an address can be typed without them.
      return;
    }
    this.host.requestUpdate();
  }
}
