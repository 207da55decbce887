// One menu for the whole element: a popover that opens beside the button that asks for it, after the menu-button pattern of the APG.

import { html, nothing } from "lit";
import type { ReactiveController, ReactiveControllerHost, TemplateResult } from "lit";
import { icon } from "./icons.js";
import { checkIcon } from "./icons-more.js";

/** An item of a menu. */
export interface MenuItem {
  label: string;
  icon?: string;
  /** A number beside the label. */
  count?: string;
  danger?: boolean;
  /** Whether it is chosen, for an item that is one of several. */
  checked?: boolean;
  /** Whether several can be chosen: the menu stays open. */
  several?: boolean;
  /** Whether a line stands above it. */
  line?: boolean;
  run: () => void;
}

type Host = ReactiveControllerHost & { renderRoot: Element | ShadowRoot | DocumentFragment };

/** The menu of an element. */
export class Menu implements ReactiveController {
  #key = "";
  #label = "";
  #items: () => MenuItem[] = () => [];
  #anchor: HTMLElement | undefined;
  #typed = "";
  #typedAt = 0;

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostUpdated(): void {
    this.#place();
  }

  hostDisconnected(): void {
    this.#key = "";
  }

  /** Whether the menu of this button is open. */
  isOpen(key: string): boolean {
    return this.#key === key;
  }

  /** Opens the menu of a button, or closes it if it is open. `items` is asked anew at each rendering. */
  toggle(key: string, label: string, items: () => MenuItem[], anchor: HTMLElement): void {
    const wasOpen = this.isOpen(key);
    this.close();
    if (wasOpen) return;
    this.#anchor = anchor;
    this.#key = key;
    this.#label = label;
    this.#items = items;
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => this.#buttons()[0]?.focus());
  }

  /** Closes it and gives the focus back to its button. */
  close(): void {
    const popover = this.#popover;
    if (popover?.matches(":popover-open")) popover.hidePopover();
    this.#closed();
  }

  /** Shows and places it after a rendering. */
  #place(): void {
    const popover = this.#popover;
    if (!popover || !this.#anchor) return;
    if (!popover.matches(":popover-open")) popover.showPopover();
    const gap = 4;
    const edge = 8;
    const from = this.#anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = popover;
    const { clientWidth, clientHeight } = document.documentElement;
    const isRight = getComputedStyle(popover).direction === "rtl";
    const fitsStart = isRight ? from.right - width >= edge : from.left + width <= clientWidth - edge;
    const left = fitsStart !== isRight ? from.left : from.right - width;
    const below = from.bottom + gap;
    const top = below + height <= clientHeight - edge || from.top < height + gap ? below : from.top - gap - height;
    popover.style.left = `${Math.max(edge, Math.min(left, clientWidth - width - edge))}px`;
    popover.style.top = `${Math.max(edge, Math.min(top, clientHeight - height - edge))}px`;
  }

  render(): TemplateResult | typeof nothing {
    if (!this.#key) return nothing;
    const toggled = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") this.#closed();
    };
    return html`<div id="menu" class="menu" part="menu" role="menu" popover aria-label=${this.#label} @beforetoggle=${toggled} @keydown=${this.#keydown}>
      ${this.#items().map((item) => this.#item(item))}
    </div>`;
  }

  #item(item: MenuItem): TemplateResult {
    const isChoice = item.checked !== undefined;
    const run = () => {
      if (!item.several) this.close();
      item.run();
      this.host.requestUpdate();
    };
    return html`${item.line ? html`<hr />` : nothing}
      <button
        type="button"
        part="menu-item"
        class=${item.danger ? "danger" : ""}
        role=${isChoice ? (item.several ? "menuitemcheckbox" : "menuitemradio") : "menuitem"}
        aria-checked=${isChoice ? String(item.checked) : nothing}
        tabindex="-1"
        @click=${run}
      >
        ${item.icon ? icon(item.icon) : nothing}<span dir="auto">${item.label}</span>
        ${item.checked ? html`<span class="tick">${icon(checkIcon)}</span>` : item.count ? html`<span class="count nums">${item.count}</span>` : nothing}
      </button>`;
  }

  get #popover(): HTMLElement | null {
    return this.host.renderRoot.querySelector<HTMLElement>("#menu");
  }

  #buttons(): HTMLElement[] {
    return [...(this.#popover?.querySelectorAll<HTMLElement>("button") ?? [])];
  }

  #closed(): void {
    if (!this.#key) return;
    const anchor = this.#anchor;
    const hadFocus = !!this.#popover?.contains((this.#popover.getRootNode() as ShadowRoot).activeElement);
    this.#key = "";
    this.#anchor = undefined;
    if (hadFocus) anchor?.focus();
    this.host.requestUpdate();
  }

  #keydown = (event: KeyboardEvent): void => {
    const buttons = this.#buttons();
    const at = buttons.indexOf((event.target as HTMLElement).closest("button") as HTMLElement);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      buttons.at(next % buttons.length)?.focus();
    } else if (event.key === "Tab" || event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key.length === 1 && event.key !== " ") {
      this.#type(event.key, buttons, at);
    }
  };

  /** Goes to the next item that begins with what was typed. */
  #type(key: string, buttons: HTMLElement[], at: number): void {
    const now = Date.now();
    this.#typed = (now - this.#typedAt > 700 ? "" : this.#typed) + key.toLowerCase();
    this.#typedAt = now;
    const start = this.#typed.length > 1 ? at : at + 1;
    const order = [...buttons.slice(start), ...buttons.slice(0, start)];
    order.find((button) => button.textContent?.trim().toLowerCase().startsWith(this.#typed))?.focus();
  }
}
