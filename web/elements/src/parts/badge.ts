// What rows have in lists of all kinds: badges, and the button of their menu.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { dotsIcon, icon } from "./icons.js";

/** A badge, if there is something to say. */
export const badge = (text: unknown, look = ""): TemplateResult | typeof nothing => (text ? html`<span class="badge ${look}" part="badge" dir="auto">${text}</span>` : nothing);

/** The button that opens a menu. */
export const dotsButton = (label: string, isOpen: boolean, open: (event: Event) => void): TemplateResult =>
  html`<button type="button" class="button plain icon" aria-haspopup="menu" aria-label=${label} aria-expanded=${isOpen} @click=${open}>${icon(dotsIcon)}</button>`;
