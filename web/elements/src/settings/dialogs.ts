// The dialogs that hand an organization over, and that delete it.

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { MusterSettings } from "../settings.js";
import type { Row } from "../contract.js";
import { field, select, typed } from "../parts/form.js";
import { Panel } from "../parts/panel.js";
import { RoleForm } from "../parts/role-form.js";

const PAUSE_MILLISECONDS = 250;

/** Hands the organization over to another member, and takes another role. */
export class TransferOwnership extends Panel {
  #people: Row[] = [];
  #to = "";
  #timer = 0;
  readonly #form: RoleForm;

  constructor(override readonly host: MusterSettings) {
    super(host);
    this.#form = new RoleForm(host, host.view!, "assign", () => host.requestUpdate());
    void this.#find("");
  }

  get title(): string {
    return this.words.transfer;
  }

  body(): TemplateResult {
    const { words } = this;
    const search = (event: Event) => {
      const q = typed(event);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#find(q), PAUSE_MILLISECONDS);
    };
    const choose = (to: string) => {
      this.#to = to;
      this.host.requestUpdate();
    };
    const people = this.#people.map((row): [string, string] => [row.id, row.name ? `${row.name} (${row.email})` : row.email]);
    return html`${this.problemNotice()}
      <p class="muted">${words.transferHint}</p>
      <div class="field">
        <label for="to">${words.newOwner}</label>
        <input class="input" type="search" aria-label=${words.searchPeople} placeholder=${words.searchPeople} maxlength="200" @input=${search} />
        ${select([["", "–"], ...people], this.#to, choose, { id: "to" })}
      </div>
      <p class="label">${words.yourRoleThen}</p>
      ${this.#form.render()}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.transfer, "danger", !this.#to || !this.#form.choice);
  }

  async submit(): Promise<void> {
    const { choice } = this.#form;
    if (!choice || !this.#to) return;
    const { role, ...others } = choice;
    const request = { to: this.#to, then: role, ...others };
    const { host } = this;
    await this.run(async () => {
      if (await host.change("transfer_ownership", [request.to], request, () => host.muster.organizations.transferOwnership(host.org, request))) this.saved();
    });
  }

  async #find(q: string): Promise<void> {
    try {
      const { data } = await this.host.muster.members.list(this.host.org, { status: "active", limit: 50, q });
      this.#people = data.items.filter((row) => row.id !== this.host.view?.me?.id);
      if (!this.#people.some((row) => row.id === this.#to)) this.#to = "";
    } catch (error) {
      this.problem = this.host.problem(error);
    }
    this.host.requestUpdate();
  }
}

/** Deletes the organization, once its name has been typed. */
export class DeleteOrganization extends Panel {
  override readonly width = "narrow";
  #typed = "";

  constructor(override readonly host: MusterSettings) {
    super(host);
  }

  get title(): string {
    return this.words.deleteTitle(this.#name);
  }

  get #name(): string {
    return this.host.view?.organization.name ?? "";
  }

  body(): TemplateResult {
    const { words } = this;
    const input = (event: Event) => {
      this.#typed = typed(event);
      this.host.requestUpdate();
    };
    return html`${this.problemNotice()}
      <p class="muted">${words.deleteTeamHint}</p>
      ${field("typed", words.typeName(this.#name), html`<input id="typed" class="input" autocomplete="off" autofocus .value=${this.#typed} @input=${input} />`)}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.deleteTeam, "danger", this.#typed.trim() !== this.#name.trim());
  }

  async submit(): Promise<void> {
    const { host } = this;
    if (this.#typed.trim() !== this.#name.trim()) return;
    await this.run(async () => {
      if (!host.emit("before", { kind: "delete_organization", ids: [], request: undefined }, true)) return;
      await host.muster.organizations.delete(host.org);
      host.close();
      host.emit("deleted", { organization: host.org });
    });
  }
}
