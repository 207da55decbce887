// What all elements have in common: their settings, their words, one dialog and one live region.

import { createMuster, is } from "@muster/client";
import type { Problem } from "@muster/client";
import { LitElement, html, nothing, unsafeCSS } from "lit";
import type { PropertyDeclarations, PropertyValues, TemplateResult } from "lit";
import type { Muster, View } from "./contract.js";
import { configured, onConfigured } from "./configure.js";
import type { GetToken, Setup } from "./configure.js";
import { Formats, firstWords, isRightToLeft, loadWords, withOwn, wordsOf } from "./words.js";
import type { Overrides, Words } from "./words.js";
import type { Panel } from "./parts/panel.js";
import { until } from "./scope.js";
import text from "./style/base.css";
import { icon, closeIcon } from "./parts/icons.js";
// Nearly all elements need these. In files of their own they would be larger.
import "./parts/avatar.js";
import "./parts/badge.js";
import "./parts/define.js";
import "./parts/names.js";
import "./parts/problem.js";

/** Where the script came from: a deployment serves it beside its API. */
const ORIGIN = /^https?:/.test(import.meta.url) ? new URL(import.meta.url).origin : "";
const TOAST_MILLISECONDS = 6000;

/** Whose token it is: its subject, or the token itself if it is an API key. */
function readerOf(token: string): string {
  try {
    const claims = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    return (JSON.parse(claims) as { sub: string }).sub;
  } catch {
    return token;
  }
}

/** The base of the elements. */
export abstract class MusterElement extends LitElement {
  static override properties: PropertyDeclarations = {
    api: {},
    organization: {},
    language: {},
    getToken: { attribute: false },
    messages: { attribute: false },
    client: { attribute: false },
  };
  static override styles = [unsafeCSS(text)];

  declare api: string | undefined;
  declare organization: string | undefined;
  declare language: string | undefined;
  declare getToken: GetToken | undefined;
  declare messages: Overrides | undefined;
  declare client: Muster | undefined;

  /** The organization that is shown. */
  org = "";
  /** The client of the reader to whom it is shown: the given one, or made from `api` and `getToken`. */
  declare muster: Muster;
  /** What is shown and to whom. Once one part is another, all that was loaded or opened is over. */
  #shown: unknown[] = [];
  #ended = new AbortController();
  /** Whose token was the last one; null if there was none, and undefined before one was asked for. */
  #reader: string | null | undefined;
  #panel: Panel | undefined;
  /** The dialog that was closed with something typed in it. */
  #kept: Panel | undefined;
  /** What is said in place of all else once the organization is gone for the reader. */
  ended: (() => string) | undefined;
  #words: { base: Words; own: Overrides; words: Words } | undefined;
  #forget: (() => void) | undefined;
  #toastTimer = 0;
  /** Where the focus goes when a dialog closes and what opened it is gone. */
  #opener: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#forget = onConfigured(() => this.requestUpdate("setup", 0));
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget?.();
    clearTimeout(this.#toastTimer);
  }

  /** A setting: the element's own, or that of the page. */
  protected setting<Name extends keyof Setup>(name: Name): Setup[Name] {
    return (this as Setup)[name] ?? configured()[name];
  }

  get #api(): string {
    return this.setting("api") ?? ORIGIN;
  }

  protected readonly needsOrganization: boolean = true;

  /** What else is shown: a member, a resource. */
  protected get key(): unknown {
    return undefined;
  }

  /** Begins with what is shown from now on, if there is something to load and a reader. Nothing of what was there before is left. */
  protected abstract begin(canLoad: boolean): void;

  /** What a promise gives, unless something else is shown by then: what waits for it then never goes on. */
  protected held<T>(promise: T): T {
    return until(this.#ended.signal, promise);
  }

  /** A client for what is shown. */
  protected clientFor(getToken: GetToken | undefined): Muster {
    return this.held(createMuster({ api: this.#api, getToken }));
  }

  /** The caller's token. With one of another person than before, the element begins anew. */
  protected async askToken(wish: Parameters<GetToken>[0]): Promise<string | null | undefined> {
    const token = await this.setting("getToken")?.(wish);
    const reader = token ? readerOf(token) : null;
    if (this.#reader !== undefined && this.#reader !== reader) {
      this.forget();
      this.requestUpdate();
    }
    this.#reader = reader;
    return token;
  }

  /** Begins anew with the next update. */
  protected forget(): void {
    this.#shown = [];
  }

  protected override willUpdate(changed: PropertyValues): void {
    // A product may make a new function at each of its renderings: only another reader counts.
    if (this.#reader !== undefined && (changed.has("getToken") || changed.has("setup"))) void this.askToken({ fresh: false }).catch(() => undefined);
    const client = this.setting("client");
    const getToken = this.setting("getToken");
    const api = this.#api;
    const org = (this.needsOrganization && this.setting("organization")) || "";
    const shown = [client, !getToken, api, org, this.key];
    if (!this.isConnected || shown.every((part, at) => part === this.#shown[at])) return;
    this.#shown = shown;
    this.#ended.abort();
    this.#ended = new AbortController();
    this.org = org;
    this.muster = client ? this.held(client) : this.clientFor(getToken && ((wish) => this.askToken(wish)));
    if (this.#panel) this.close();
    this.#kept = undefined;
    this.begin(!!(client || getToken) && (!!org || !this.needsOrganization));
  }

  /** The language: the attribute, for the page, or of what the element stands in. */
  get tag(): string {
    return (
      this.setting("language") ??
      (this.closest("[lang]") ?? this.ownerDocument.documentElement).getAttribute("lang") ??
      this.ownerDocument.defaultView?.navigator.language ??
      "en"
    ) || "en";
  }

  /** Whether nothing can be shown before all words are there. */
  protected readonly needsAllWords: boolean = true;

  /** The words, with the product's own in place of Muster's; a few English ones until the language has arrived. */
  get words(): Words {
    const own = this.setting("messages");
    const base = wordsOf(this.tag, this.needsAllWords) ?? firstWords;
    if (!own) return base;
    if (this.#words?.base !== base || this.#words.own !== own) {
      const words = withOwn(base, own);
      if (!words) return base;
      this.#words = { base, own, words };
    }
    return this.#words.words;
  }

  /** Whether the words of the language have arrived, and those of the product have their places. Loads them otherwise. */
  get isReady(): boolean {
    const own = this.setting("messages");
    const words = wordsOf(this.tag, this.needsAllWords);
    const isReady = !!words && (!own || this.words !== words);
    if (!isReady) void loadWords(this.tag, this.needsAllWords, !!own).then(() => this.requestUpdate());
    return isReady;
  }

  get formats(): Formats {
    return new Formats(this.tag);
  }

  /** The name of a role, as the product calls it. */
  roleName(role: { id: string; name: string }): string {
    return this.setting("messages")?.roles?.[role.id]?.name ?? role.name;
  }

  /** What a role is for, as the product says it. */
  roleDescription(role: { id: string; description?: string | null }): string {
    return this.setting("messages")?.roles?.[role.id]?.description ?? role.description ?? "";
  }

  /** What resources are called, as the product says it. */
  resourceNames(view: View | undefined): { one: string; other: string } | undefined {
    const set = view?.role_set;
    return set?.resource_names ? (this.setting("messages")?.resources?.[set.resource_type] ?? set.resource_names) : undefined;
  }

  /** Dispatches an event that leaves the shadow root; false if a listener cancelled it. */
  emit(name: string, detail: unknown = {}, cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(`muster-${name}`, { detail, bubbles: true, composed: true, cancelable }));
  }

  /** The problem that an error is. Tells the page of it; what was ended for something newer is none, and anything else is a mistake of ours and thrown on. */
  problem(error: unknown): Problem | undefined {
    if ((error as Error | undefined)?.name === "AbortError") return undefined;
    if (!is(error)) throw error;
    const problem: Problem = error;
    if (problem.status === 401) this.emit("sign-in", { return_to: location.href });
    return this.emit("problem", { problem }, true) ? problem : undefined;
  }

  /** Opens a dialog. */
  open(panel: Panel): void {
    this.#opener ??= this.renderRoot instanceof ShadowRoot ? (this.renderRoot.activeElement as HTMLElement | null) : null;
    const kept = this.#kept;
    this.#panel = kept?.about && kept.about === panel.about && kept.constructor === panel.constructor ? kept : panel;
    this.requestUpdate();
  }

  /** Closes the dialog, and gives the focus back. If it is only put aside, what was typed is there when it is opened again. */
  close(isAside = false): void {
    const dialog = this.renderRoot.querySelector("dialog");
    this.#kept = isAside && this.#panel?.isTyped ? this.#panel : undefined;
    this.#panel = undefined;
    if (dialog?.open) dialog.close();
    this.requestUpdate();
    const opener = this.#opener;
    this.#opener = null;
    void this.updateComplete.then(() => {
      if (opener?.isConnected) opener.focus();
      else this.renderRoot.querySelector<HTMLElement>("[data-home]")?.focus();
    });
  }

  /** The dialog that is open. */
  get panel(): Panel | undefined {
    return this.#panel;
  }

  /** Says what happened, to the eye and to a screen reader. */
  say(message: string): void {
    const toast = this.renderRoot.querySelector<HTMLElement>(".toast");
    if (!toast) return;
    toast.textContent = message;
    if (toast.matches(":popover-open")) toast.hidePopover();
    toast.showPopover();
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => toast.matches(":popover-open") && toast.hidePopover(), TOAST_MILLISECONDS);
    this.announce(message);
  }

  /** Says something to a screen reader alone. */
  announce(message: string): void {
    const status = this.renderRoot.querySelector(".hidden[role=status]");
    if (status) status.textContent = message;
  }

  protected override updated(_changed: PropertyValues): void {
    const dialog = this.renderRoot.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  /** The page with what floats above it: the dialog, and what is said. */
  protected root(page: TemplateResult): TemplateResult {
    return html`<div class="root" dir=${isRightToLeft(this.tag) && this.isReady ? "rtl" : "ltr"} lang=${this.tag}>
      ${this.ended ? html`<div class="empty" part="empty"><h2 data-home tabindex="-1">${this.ended()}</h2></div>` : page}${this.#dialog()}
      <div class="toast" popover="manual" aria-hidden="true"></div>
      <div class="hidden" role="status"></div>
    </div>`;
  }

  #dialog(): TemplateResult | typeof nothing {
    const panel = this.#panel;
    if (!panel) return nothing;
    const submit = (event: Event) => {
      event.preventDefault();
      void panel.submit();
    };
    const cancel = (event: Event) => {
      event.preventDefault();
      if (!panel.busy) this.close(true);
    };
    const typed = () => (panel.isTyped = true);
    // A browser can close a dialog although it was asked not to.
    const closed = (event: Event) => {
      if (this.#panel === panel && !(event.target as HTMLDialogElement).open) this.close(true);
    };
    return html`<dialog part="dialog" class=${panel.width ?? ""} aria-labelledby="dialog-title" @cancel=${cancel} @close=${closed}>
      <form novalidate @submit=${submit} @input=${typed} @paste=${typed}>
        <header>
          <h2 id="dialog-title" part="dialog-title">${panel.title}</h2>
          <button type="button" class="button plain icon" aria-label=${this.words.close} @click=${cancel}>${icon(closeIcon)}</button>
        </header>
        <div class="body">${panel.body()}</div>
        <footer>${panel.footer()}</footer>
      </form>
    </dialog>`;
  }
}
