// The base of the elements that show one thing: they load it, show it, and say what went wrong.

import { html, nothing, unsafeCSS } from "lit";
import type { TemplateResult } from "lit";
import type { Problem } from "@muster/client";
import { MusterElement } from "./base.js";
import { dotsButton } from "./parts/badge.js";
import { Confirm } from "./parts/confirm.js";
import type { Question } from "./parts/confirm.js";
import { Menu } from "./parts/menu.js";
import type { MenuItem } from "./parts/menu.js";
import { notice } from "./parts/problem.js";
import dialogs from "./style/dialogs.css";
import text from "./style/page.css";

/** An element that shows one thing. */
export abstract class PageElement extends MusterElement {
  static override styles = [...MusterElement.styles, unsafeCSS(dialogs), unsafeCSS(text)];

  protected isLoaded = false;
  protected trouble: Problem | undefined;
  /** Whether it stands in a dialog of another element, which has its title. */
  isInner = false;
  #isSaving = false;
  readonly menu = new Menu(this);

  /** Loads what is shown. */
  protected abstract load(): Promise<void>;
  /** What is shown once it is loaded. */
  protected abstract page(): TemplateResult;

  protected override begin(canLoad: boolean): void {
    this.menu.close();
    this.isLoaded = this.#isSaving = false;
    this.trouble = undefined;
    this.ended = undefined;
    if (canLoad) void this.reload();
  }

  protected override render(): TemplateResult {
    return this.root(html`<div class="page ${this.isInner ? "inner" : ""}">${this.#content()}</div>${this.menu.render()}`);
  }

  #content(): TemplateResult {
    const isThere = this.isLoaded && this.isReady;
    const bone = html`<div class="bones"><span class="bone wide"></span><span class="bone"></span></div>`;
    return html`${this.trouble ? notice(this, this.trouble, this.isLoaded ? undefined : () => void this.reload()) : ""}
      ${isThere ? this.page() : this.trouble ? "" : html`<div class="list" part="skeleton" aria-busy="true">${bone}${bone}</div>`}`;
  }

  /** Loads what is shown, again. */
  async reload(): Promise<void> {
    await this.attempt(async () => {
      await this.load();
      this.isLoaded = true;
    });
  }

  /** Does something. What goes wrong stands above the rest. */
  async attempt(act: () => Promise<void>): Promise<boolean> {
    this.trouble = undefined;
    this.requestUpdate();
    try {
      await act();
      return true;
    } catch (error) {
      this.trouble = this.problem(error);
      return false;
    } finally {
      this.requestUpdate();
    }
  }

  /** Changes something, unless the page objects; then it is loaded again and the page is told. That it cannot be loaded does not undo the change. */
  async change<T>(kind: string, ids: string[], request: unknown, send: () => PromiseLike<T>): Promise<T | undefined> {
    if (!this.emit("before", { kind, ids, request }, true)) return undefined;
    const answer = await send();
    await this.reload();
    this.emit("change", { kind, ids });
    return answer;
  }

  /** Saves a form, and says so. */
  protected async save(act: () => Promise<unknown> | undefined): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    let isSaved: unknown;
    await this.attempt(async () => {
      isSaved = await act();
    });
    this.#isSaving = false;
    this.requestUpdate();
    if (isSaved && !this.isInner) this.say(this.words.wasSaved);
  }

  /** The button that saves a form. */
  protected saveButton(): TemplateResult | typeof nothing {
    if (this.isInner) return nothing;
    return html`<div class="end">
      <button class="button primary" part="primary" aria-disabled=${this.#isSaving}>${this.#isSaving ? html`<span class="spin"></span>` : nothing}${this.words.save}</button>
    </div>`;
  }

  ask(question: Question): void {
    this.open(new Confirm(this, question));
  }

  /** The button that opens a menu. */
  protected menuButton(key: string, name: string, items: () => MenuItem[]): TemplateResult {
    const label = this.words.actionsFor(name);
    const toggle = (event: Event) => this.menu.toggle(key, label, items, event.currentTarget as HTMLElement);
    return dotsButton(label, this.menu.isOpen(key), toggle);
  }
}
