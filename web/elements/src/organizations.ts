// <muster-organizations>: the caller's organizations, to switch between them and to create one.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import type { Schemas } from "@muster/client";
import { avatar } from "./parts/avatar.js";
import { badge } from "./parts/badge.js";
import { checkIcon } from "./parts/icons-more.js";
import { selectField } from "./parts/form.js";
import { icon, plusIcon } from "./parts/icons.js";
import { Panel } from "./parts/panel.js";
import { PageElement } from "./page-element.js";

type Mine = Schemas["MyOrganization"];

/** A role set to choose from. */
export interface RoleSetChoice {
  id: string;
  name: string;
}

/** The organizations of the caller. */
export class MusterOrganizations extends PageElement {
  static override properties: PropertyDeclarations = { ...PageElement.properties, current: {}, roleSets: { attribute: false } };

  declare current: string | undefined;
  declare roleSets: RoleSetChoice[] | undefined;
  #mine: Mine[] = [];
  #waiting = 0;
  /** The role sets that a new organization can have: those that the page names, or all. */
  sets: RoleSetChoice[] = [];

  protected override readonly needsOrganization = false;

  protected override get key(): unknown {
    return JSON.stringify(this.roleSets ?? "");
  }

  protected override async load(): Promise<void> {
    const waiting = this.muster.invitations.listMine({ limit: 100 });
    this.sets = this.roleSets ?? (await this.muster.roles.listSets()).data.items;
    const found: Mine[] = [];
    for await (const one of this.muster.organizations.list({ limit: 100 })) found.push(one);
    this.#mine = found.sort((one, other) => one.name.localeCompare(other.name, this.tag));
    this.#waiting = (await waiting).data.items.length;
  }

  protected override page(): TemplateResult {
    const { words } = this;
    const create = this.sets.length
      ? html`<button type="button" class="button primary" part="primary" @click=${() => this.open(new CreateOrganization(this))}>${icon(plusIcon)}${words.createTeam}</button>`
      : nothing;
    const waiting = this.#waiting ? html`<button type="button" class="link" @click=${() => this.emit("invitations")}>${words.waiting(this.#waiting)}</button>` : nothing;
    return html`<div class="head"><div><h2 data-home tabindex="-1">${words.teams}</h2>${waiting}</div>${create}</div>
      ${this.#mine.length ? html`<ul class="list" aria-label=${words.teams}>${this.#mine.map((one) => this.#row(one))}</ul>` : html`<div class="list"><div class="empty" part="empty"><h3>${words.noTeams}</h3><p>${words.noTeamsHint}</p></div></div>`}`;
  }

  /** Switches to an organization. */
  choose(id: string): void {
    if (!this.emit("select", { organization: id }, true)) return;
    this.current = id;
  }

  #row(one: Mine): TemplateResult {
    const { words } = this;
    const isCurrent = one.id === (this.current ?? this.setting("organization"));
    const state = one.suspended ? words.suspended : one.status === "inactive" ? words.inactive : "";
    return html`<li>
      ${avatar({ id: one.id, email: one.name, name: one.name })}
      <div><span class="name"><strong dir="auto">${one.name}</strong>${badge(state, "warning")}</span>
        <span class="sub">${words.memberSince(this.formats.day(one.joined_at))}</span></div>
      ${isCurrent ? badge(html`${icon(checkIcon)}${words.current}`, "accent") : html`<button type="button" class="button" @click=${() => this.choose(one.id)}>${words.open_}<span class="hidden"> ${one.name}</span></button>`}
    </li>`;
  }
}

/** Creates an organization. */
class CreateOrganization extends Panel {
  override readonly width = "narrow";
  override readonly about = "new";
  #name = "";
  #set: string;

  constructor(override readonly host: MusterOrganizations) {
    super(host);
    this.#set = host.sets[0]?.id ?? "";
  }

  get title(): string {
    return this.words.createTeam;
  }

  body(): TemplateResult {
    const { words, host } = this;
    const sets = host.sets.map(({ id, name }): [string, string] => [id, name]);
    return html`${this.problemNotice()}
      ${this.text(words.name, this.#name, (text) => (this.#name = text), "", "organization")}
      ${sets.length > 1 ? selectField("team-kind", words.kind, sets, this.#set, (set) => (this.#set = set)) : nothing}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.createTeam, "primary", !this.#name.trim());
  }

  async submit(): Promise<void> {
    const { host } = this;
    const request = { name: this.#name.trim(), role_set: this.#set };
    if (!request.name) return;
    await this.run(async () => {
      const answer = await host.change("create_organization", [], request, () => host.muster.organizations.create(request));
      if (!answer) return;
      host.close();
      host.choose(answer.data.id);
    });
  }
}
