// <muster-access>: who has access to one resource, to give and take it there.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import { listPeople, openView } from "./contract.js";
import type { Role, Row, View } from "./contract.js";
import { avatar } from "./parts/avatar.js";
import { downIcon, icon } from "./parts/icons.js";
import { called } from "./parts/names.js";
import { PageElement } from "./page-element.js";

const PAUSE_MILLISECONDS = 250;
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
  #timer = 0;

  protected override get key(): string {
    return `${this.org} ${this.resource}`;
  }

  get #on(): [type: string, id: string] {
    const text = this.resource ?? "";
    const at = text.indexOf(":");
    return [text.slice(0, at), text.slice(at + 1)];
  }

  protected override async load(): Promise<void> {
    const view = openView(this.muster, this.org);
    const people = listPeople(this.muster, this.org, { resource: this.resource, limit: Math.min(100, Math.max(50, this.#rows.length)) });
    this.#view = await view;
    const { items, next_cursor } = await people;
    this.#rows = items;
    this.#cursor = next_cursor;
  }

  protected override page(): TemplateResult {
    const { words } = this;
    const more = async () => {
      const { items, next_cursor } = await listPeople(this.muster, this.org, { resource: this.resource, cursor: this.#cursor });
      this.#rows = [...this.#rows, ...items];
      this.#cursor = next_cursor;
    };
    return html`<h2 data-home tabindex="-1">${words.whoHasAccess}</h2>
      ${this.#roles.length && !this.readonly ? this.#search() : nothing}
      ${this.#rows.length
        ? html`<ul class="list" aria-label=${words.whoHasAccess}>${this.#rows.map((row) => this.#row(row, row.may.includes("change_grants")))}</ul>`
        : html`<div class="list"><div class="empty" part="empty"><h3>${words.nobody}</h3></div></div>`}
      ${this.#cursor ? html`<div><button type="button" class="button" @click=${() => void this.attempt(more)}>${words.loadMore}</button></div>` : nothing}`;
  }

  /** The roles that the caller can give here. */
  get #roles(): Role[] {
    const [type, id] = this.#on;
    const reaches = ({ assign }: Role) => assign.organization || assign.resources.some((one) => one.type === type && one.id === id);
    return (this.#view?.roles ?? []).filter((role) => role.resources !== "none" && role.enabled && reaches(role));
  }

  #search(): TemplateResult {
    const { words } = this;
    const input = (event: Event) => {
      this.#typed = (event.target as HTMLInputElement).value;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#find(), PAUSE_MILLISECONDS);
    };
    return html`<div class="field">
        <label for="add">${words.giveAccess}</label>
        <input id="add" class="input" type="search" maxlength="200" autocomplete="off" placeholder=${words.searchPeople} .value=${this.#typed} @input=${input} />
      </div>
      ${this.#found.length ? html`<ul class="list" aria-label=${words.giveAccess}>${this.#found.map((row) => this.#row(row, true))}</ul>` : nothing}`;
  }

  async #find(): Promise<void> {
    const q = this.#typed.trim();
    await this.attempt(async () => {
      const found = q ? (await listPeople(this.muster, this.org, { q, invite_status: "accepted", limit: MOST_FOUND + this.#rows.length })).items : [];
      const here = new Set(this.#rows.map((row) => row.id));
      this.#found = found.filter((row) => !here.has(row.id) && row.may.includes("change_grants")).slice(0, MOST_FOUND);
    });
  }

  #row(row: Row, isChangeable: boolean): TemplateResult {
    const [type, id] = this.#on;
    const held = row.grants.find((grant) => grant.type === type && grant.id === id)?.role ?? "";
    const change = (event: Event) => void this.#give(row, (event.target as HTMLSelectElement).value);
    const known = this.#view?.roles.find((role) => role.id === (held || row.role));
    const roles = this.#roles.some((role) => role.id === held) || !known || !held ? this.#roles : [known, ...this.#roles];
    return html`<li>
      ${avatar(row)}
      <div class="wide"><span class="name"><strong class="clip" dir="auto">${called(row)}</strong>${row.kind === "invitation" ? html`<span class="badge" part="badge">${this.words.pending}</span>` : nothing}</span>
        ${row.name ? html`<span class="sub clip" dir="auto">${row.email}</span>` : nothing}</div>
      ${isChangeable && !this.readonly && row.kind === "member"
        ? html`<span class="select"
            ><select class="input" aria-label=${this.words.roleTitle(called(row))} @change=${change}>
              <option value="" ?selected=${!held}>${this.words.noAccess}</option>
              ${roles.map((role) => html`<option value=${role.id} ?selected=${role.id === held}>${this.roleName(role)}</option>`)}</select
            >${icon(downIcon)}</span
          >`
        : html`<span class="sub">${known ? this.roleName(known) : nothing}</span>`}
    </li>`;
  }

  async #give(row: Row, role: string): Promise<void> {
    const [type, id] = this.#on;
    const { members } = this.muster;
    const send = async () => {
      if (role) await members.putGrant(this.org, row.id, type, id, { role });
      else await members.deleteGrant(this.org, row.id, type, id);
      return true;
    };
    const isDone = await this.attempt(async () => {
      if (!(await this.change("change_grants", [row.id], { role }, send))) return;
      this.#found = [];
      this.#typed = "";
    });
    if (isDone) this.say(this.words.wasSaved);
    else await this.reload();
  }
}
