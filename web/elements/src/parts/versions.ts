// What a form does when somebody else has changed the same thing meanwhile: both versions stand side by side, to take one of them.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { is } from "@muster/client";
import type { MusterElement } from "../base.js";
import { alertIcon, icon } from "./icons.js";

/** What a form is about, as a person reads it: always the same terms in the same order. */
export type Facts = [term: string, text: string][];

/** The version of a thing, as the condition of a change. */
export type Condition = { ifMatch: string };

/** What a form knows of the thing that it changes. */
interface Ways<T> {
  /** What is stored, or what the form has. */
  facts: (stored?: T) => Facts;
  /** Reads what is stored now. */
  read: () => Promise<T | undefined>;
  /** Puts what is stored into the form. */
  take: (stored: T) => void;
  /** Sends the form. */
  send: () => void;
}

/** The versions of what a form changes. */
export class Versions<T extends { version: string }> {
  #theirs: T | undefined;

  constructor(
    private readonly host: MusterElement,
    private base: T,
    private readonly ways: Ways<T>,
  ) {}

  /** Makes a change to the version that the form was filled in for. What others have changed beside the form does not keep it from being made. */
  async change<R>(act: (condition: Condition) => Promise<R>): Promise<R | undefined> {
    try {
      return await act({ ifMatch: `"${this.base.version}"` });
    } catch (error) {
      const now = is(error, "precondition-failed") ? await this.ways.read() : undefined;
      if (!now) throw error;
      const { facts } = this.ways;
      const [before, mine, theirs] = [facts(this.base), facts(), facts(now)].map(String);
      this.base = now;
      if (theirs === before || theirs === mine) return this.change(act);
      this.#theirs = now;
      this.host.requestUpdate();
      await this.host.updateComplete;
      this.host.renderRoot.querySelector<HTMLElement>("[data-problem]")?.focus();
      return undefined;
    }
  }

  /** Both versions, as far as they differ. */
  render(name: string): TemplateResult | typeof nothing {
    const theirs = this.#theirs;
    if (!theirs) return nothing;
    const { words } = this.host;
    const { facts, take, send } = this.ways;
    const settle = (act: () => void) => () => {
      this.#theirs = undefined;
      act();
      this.host.requestUpdate();
    };
    const [mine, stored] = [facts(), facts(theirs)];
    const side = (title: string, own: Facts, label: string, act: () => void) => html`<section>
      <h3>${title}</h3>
      <dl>${own.filter((_, at) => String(mine[at]) !== String(stored[at])).map(([term, text]) => html`<div><dt dir="auto">${term}</dt><dd dir="auto">${text || "–"}</dd></div>`)}</dl>
      <button type="button" class="button" @click=${settle(act)}>${label}</button>
    </section>`;
    return html`<div class="notice warning versions" role="alert" tabindex="-1" data-problem>
      ${icon(alertIcon)}
      <div>
        ${words.conflict(name)}
        <div class="sides">${side(words.mine, mine, words.takeMine, send)}${side(words.theirs, stored, words.takeTheirs, () => take(theirs))}</div>
      </div>
    </div>`;
  }
}
