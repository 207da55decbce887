// <muster-access>: who has access to one resource, to give and take it there.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import type { Named, Row, View } from "./contract.js";
import { avatar } from "./parts/avatar.js";
import { badge } from "./parts/badge.js";
import { field, select, typed } from "./parts/form.js";
import { giveGrant, grantOf, grantOptions, heldOn, rolesOn } from "./parts/grants.js";
import { Latest } from "./parts/latest.js";
import { called } from "./parts/names.js";
import { PageElement } from "./page-element.js";

const MOST_FOUND = 5;

/** The people of a resource. */
export class MusterAccess extends PageElement {
  static override properties: PropertyDeclarations = { ...PageElement.properties, resource: {}, readonly: { type: Boolean } };

  declare resource: string | undefined;
  declare readonly: boolean;
  #view: View | undefined;
  #rows: Row[] = [];
  #cursor: string | null | undefined;
  #found: Row[] = [];
  #typed = "";
  readonly #latest = new Latest();

  protected override get key(): unknown {
    return this.resource;
  }

  get #on(): Named {
    const text = this.resource ?? "";
    const at = text.indexOf(":");
    return { type: text.slice(0, at), id: text.slice(at + 1) };
  }

  protected override begin(canLoad: boolean): void {
    this.#dropSearch();
    super.begin(canLoad);
  }

  /** Drops the search. */
  #dropSearch(): void {
    this.#latest.stop();
    this.#found = [];
    this.#typed = "";
  }

  protected override async load(): Promise<void> {
    const view = this.muster.organizations.getView(this.org);
    const people = this.muster.members.list(this.org, { resource: this.resource, limit: Math.min(100, Math.max(50, this.#rows.length)) });
    this.#view = (await view).data;
    const { items, next_cursor } = (await people).data;
    this.#rows = items;
    this.#cursor = next_cursor;
  }

  protected override page(): TemplateResult {
    const { words } = this;
    const more = async () => {
      const { items, next_cursor } = (await this.muster.members.list(this.org, { resource: this.resource, cursor: this.#cursor })).data;
      this.#rows = [...this.#rows, ...items];
      this.#cursor = next_cursor;
    };
    return html`<h2 data-home tabindex="-1">${words.whoHasAccess}</h2>
      ${rolesOn(this.#view, this.#on).length && !this.readonly ? this.#search() : nothing}
      ${this.#rows.length
        ? html`<ul class="list" aria-label=${words.whoHasAccess}>${this.#rows.map((row) => this.#row(row, row.may.includes("change_grants")))}</ul>`
        : html`<div class="list"><div class="empty" part="empty"><h3>${words.nobody}</h3></div></div>`}
      ${this.#cursor ? html`<div><button type="button" class="button" @click=${() => void this.attempt(more)}>${words.loadMore}</button></div>` : nothing}`;
  }

  #search(): TemplateResult {
    const { words } = this;
    const input = (event: Event) => {
      this.#typed = typed(event);
      this.#latest.later(this.#find);
    };
    const control = html`<input id="add" class="input" type="search" maxlength="200" autocomplete="off" placeholder=${words.searchPeople} .value=${this.#typed} @input=${input} />`;
    return html`${field("add", words.giveAccess, control)}
      ${this.#found.length ? html`<ul class="list" aria-label=${words.giveAccess}>${this.#found.map((row) => this.#row(row, true))}</ul>` : nothing}`;
  }

  #find = async (signal: AbortSignal): Promise<void> => {
    const q = this.#typed.trim();
    const isDone = await this.attempt(async () => {
      const found = q ? (await this.muster.members.list(this.org, { q, invite_status: "accepted", limit: MOST_FOUND + this.#rows.length }, { signal })).data.items : [];
      const here = new Set(this.#rows.map((row) => row.id));
      this.#found = found.filter((row) => !here.has(row.id) && row.may.includes("change_grants")).slice(0, MOST_FOUND);
    });
    // What was found for something else does not stay beneath it.
    if (!isDone && !signal.aborted) this.#found = [];
  };

  #row(row: Row, isChangeable: boolean): TemplateResult {
    const held = heldOn(row, this.#on)?.role ?? "";
    const known = this.#view?.roles.find((role) => role.id === (held || row.role));
    return html`<li>
      ${avatar(row)}
      <div class="wide"><span class="name"><strong class="clip" dir="auto">${called(row)}</strong>${badge(row.kind === "invitation" && this.words.pending)}</span>
        ${row.name ? html`<span class="sub clip" dir="auto">${row.email}</span>` : nothing}</div>
      ${isChangeable && !this.readonly && row.kind === "member"
        ? select(grantOptions(this, this.#view, row, this.#on), held, (chosen) => void this.#give(row, chosen), { label: this.words.roleTitle(called(row)) })
        : html`<span class="sub" dir="auto">${known ? this.roleName(known) : nothing}</span>`}
    </li>`;
  }

  async #give(row: Row, chosen: string): Promise<void> {
    const grant = grantOf(chosen);
    const isDone = await this.attempt(async () => {
      if (!(await this.change("change_grants", [row.id], grant, () => giveGrant(this, row, this.#on, grant)))) return;
      this.#dropSearch();
    });
    if (isDone) this.say(this.words.wasSaved);
    else await this.reload();
  }
}
