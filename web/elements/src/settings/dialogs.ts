// The dialogs that hand an organization over, and that delete it.

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { MusterSettings } from "../settings.js";
import type { Row, View } from "../contract.js";
import { select, typed } from "../parts/form.js";
import { Latest } from "../parts/latest.js";
import { Panel } from "../parts/panel.js";
import { RoleForm } from "../parts/role-form.js";

/** Hands the organization over to another member, and takes another role. */
export class TransferOwnership extends Panel {
  #people: Row[] = [];
  #to = "";
  readonly #latest = new Latest();
  readonly #form: RoleForm;

  constructor(
    override readonly host: MusterSettings,
    private readonly view: View,
  ) {
    super(host);
    this.#form = new RoleForm(host, view, "assign", () => host.requestUpdate());
    this.#latest.ask((signal) => void this.#find("", signal));
  }

  get title(): string {
    return this.words.transfer;
  }

  body(): TemplateResult {
    const { words } = this;
    const search = (event: Event) => {
      const q = typed(event);
      this.#latest.later((signal) => void this.#find(q, signal));
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
    const { host, view } = this;
    await this.run(async () => {
      if (await host.change("transfer_ownership", [request.to], request, () => host.muster.organizations.transferOwnership(view.organization.id, request))) this.saved();
    });
  }

  async #find(q: string, signal: AbortSignal): Promise<void> {
    const { me, organization } = this.view;
    let found: Row[] = [];
    try {
      found = (await this.host.muster.members.list(organization.id, { status: "active", limit: 50, q }, { signal })).data.items;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = this.host.problem(error);
    }
    this.#people = found.filter((row) => row.id !== me?.id);
    if (!this.#people.some((row) => row.id === this.#to)) this.#to = "";
    this.host.requestUpdate();
  }
}

/** Deletes the organization, once its name has been typed. */
export class DeleteOrganization extends Panel {
  override readonly width = "narrow";
  #typed = "";

  constructor(
    override readonly host: MusterSettings,
    /** What is deleted is what is named. */
    private readonly organization: View["organization"],
  ) {
    super(host);
  }

  get title(): string {
    return this.words.deleteTitle(this.organization.name);
  }

  body(): TemplateResult {
    const { words } = this;
    return html`${this.problemNotice()}
      <p class="muted">${words.deleteTeamHint}</p>
      ${this.text(words.typeName(this.organization.name), this.#typed, (text) => (this.#typed = text))}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.deleteTeam, "danger", !this.#isTyped);
  }

  async submit(): Promise<void> {
    const { host } = this;
    const { id } = this.organization;
    if (!this.#isTyped) return;
    await this.run(async () => {
      if (!host.emit("before", { kind: "delete_organization", ids: [], request: undefined }, true)) return;
      await host.muster.organizations.delete(id);
      host.ended = () => host.words.wasDeleted;
      host.close();
      host.emit("deleted", { organization: id });
    });
  }

  get #isTyped(): boolean {
    return this.#typed.trim() === this.organization.name.trim();
  }
}
