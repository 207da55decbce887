// The dialogs that hand an organization over, and that delete it.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterSettings } from "../settings.js";
import { listPeople } from "../contract.js";
import type { Row } from "../contract.js";
import { downIcon, icon } from "../parts/icons.js";
import { called } from "../parts/names.js";
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
      const q = (event.target as HTMLInputElement).value;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#find(q), PAUSE_MILLISECONDS);
    };
    const choose = (event: Event) => {
      this.#to = (event.target as HTMLSelectElement).value;
      this.host.requestUpdate();
    };
    return html`${this.problemNotice()}
      <p class="muted">${words.transferHint}</p>
      <div class="field">
        <label for="to">${words.newOwner}</label>
        <input class="input" type="search" aria-label=${words.searchPeople} placeholder=${words.searchPeople} maxlength="200" @input=${search} />
        <span class="select"
          ><select id="to" class="input" @change=${choose}>
            <option value="">–</option>
            ${this.#people.map((row) => html`<option value=${row.id} ?selected=${row.id === this.#to}>${called(row)}${row.name ? ` (${row.email})` : nothing}</option>`)}</select
          >${icon(downIcon)}</span
        >
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
      if (!(await host.change("transfer_ownership", [request.to], request, () => host.muster.organizations.transferOwnership(host.org, request)))) return;
      host.close();
      host.say(this.words.wasSaved);
    });
  }

  async #find(q: string): Promise<void> {
    try {
      const { items } = await listPeople(this.host.muster, this.host.org, { status: "active", limit: 50, ...(q.trim() ? { q } : {}) });
      this.#people = items.filter((row) => row.id !== this.host.view?.me?.id);
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
      this.#typed = (event.target as HTMLInputElement).value;
      this.host.requestUpdate();
    };
    return html`${this.problemNotice()}
      <p class="muted">${words.deleteTeamHint}</p>
      <div class="field"><label for="typed">${words.typeName(this.#name)}</label><input id="typed" class="input" autocomplete="off" autofocus .value=${this.#typed} @input=${input} /></div>`;
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
