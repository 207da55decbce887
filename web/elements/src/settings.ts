// <muster-settings>: name, invitations, optional roles, billing, handing over and deleting an organization.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import { listPeople, openView } from "./contract.js";
import type { Role, Row, View } from "./contract.js";
import { downIcon, icon } from "./parts/icons.js";
import { called } from "./parts/names.js";
import { PageElement } from "./page-element.js";
import { DeleteOrganization, TransferOwnership } from "./settings/dialogs.js";

/** What the form has. */
interface Draft {
  name: string;
  days: number;
  message: string;
  roles: Set<string>;
}

const DAYS = [1, 3, 7, 14, 30];

/** The settings of an organization. */
export class MusterSettings extends PageElement {
  static override properties: PropertyDeclarations = { ...PageElement.properties };

  view: View | undefined;
  /** The active holders of the role that must always have one. */
  owners: Row[] = [];
  #draft: Draft | undefined;
  #isSaving = false;

  protected override get key(): string {
    return this.org;
  }

  protected override async load(): Promise<void> {
    const view = await openView(this.muster, this.org);
    const { settings, name } = view.organization;
    this.view = view;
    this.#draft = { name, days: settings.invitation_ttl_days, message: settings.default_message ?? "", roles: new Set(settings.optional_roles) };
    const highest = view.roles.find((role) => role.protected);
    if (highest && this.can("name_paying_owner")) {
      this.owners = (await listPeople(this.muster, this.org, { role: [highest.id], status: "active", limit: 100 })).items;
    }
  }

  /** Whether the caller may do something. */
  can(action: string): boolean {
    return !!this.view?.may.includes(action);
  }

  protected override page(): TemplateResult {
    const { words } = this;
    return html`<h2 data-home tabindex="-1">${words.settings}</h2>
      ${this.can("update_organization") && this.#draft ? this.#form(this.#draft) : nothing}${this.can("name_paying_owner") ? this.#billing() : nothing}
      ${this.can("transfer_ownership") ? this.#part(words.transfer, words.transferHint, words.transfer, "", () => this.open(new TransferOwnership(this))) : nothing}
      ${this.can("delete_organization") ? this.#part(words.deleteTeam, words.deleteTeamHint, words.deleteTeam, "danger", () => this.open(new DeleteOrganization(this))) : nothing}`;
  }

  #part(title: string, hint: string, label: string, look: string, act: () => void): TemplateResult {
    return html`<section class="panel split ${look ? "danger-zone" : ""}">
      <div><h3>${title}</h3><p class="hint">${hint}</p></div>
      <button type="button" class="button" @click=${act}>${label}</button>
    </section>`;
  }

  #form(draft: Draft): TemplateResult {
    const { words } = this;
    const name = (event: Event) => (draft.name = (event.target as HTMLInputElement).value);
    const days = (event: Event) => (draft.days = Number((event.target as HTMLSelectElement).value));
    const message = (event: Event) => (draft.message = (event.target as HTMLTextAreaElement).value);
    const submit = (event: Event) => {
      event.preventDefault();
      void this.#save(draft);
    };
    const choices = [...new Set([...DAYS, draft.days])].sort((one, other) => one - other);
    return html`<form class="panel" @submit=${submit}>
      <div class="field"><label for="name">${words.name}</label><input id="name" class="input" maxlength="120" required .value=${draft.name} @input=${name} /></div>
      <div class="field">
        <label for="days">${words.invitationsOpen}</label>
        <span class="select"><select id="days" class="input" @change=${days}>${choices.map((count) => html`<option value=${count} ?selected=${count === draft.days}>${words.days(count)}</option>`)}</select>${icon(downIcon)}</span>
      </div>
      <div class="field">
        <label for="default-message">${words.defaultMessage} <span class="muted">(${words.optional})</span></label>
        <textarea id="default-message" class="input" rows="3" maxlength="2000" .value=${draft.message} @input=${message}></textarea>
      </div>
      ${this.#optionalRoles(draft)}
      <div class="end"><button class="button primary" part="primary" aria-disabled=${this.#isSaving}>${this.#isSaving ? html`<span class="spin"></span>` : nothing}${words.save}</button></div>
    </form>`;
  }

  #optionalRoles(draft: Draft): TemplateResult | typeof nothing {
    const roles = (this.view?.roles ?? []).filter((role) => role.optional);
    if (!roles.length) return nothing;
    const line = (role: Role) => {
      const change = (event: Event) => {
        if ((event.target as HTMLInputElement).checked) draft.roles.add(role.id);
        else draft.roles.delete(role.id);
      };
      return html`<label class="tick"><input type="checkbox" .checked=${draft.roles.has(role.id)} @change=${change} /><span>${this.roleName(role)}<span class="hint"> ${this.roleDescription(role)}</span></span></label>`;
    };
    return html`<fieldset class="field"><legend>${this.words.optionalRoles}</legend>${roles.map(line)}<p class="hint">${this.words.optionalRolesHint}</p></fieldset>`;
  }

  #billing(): TemplateResult {
    const { words } = this;
    const payer = this.view?.organization.paying_owner ?? "";
    const change = (event: Event) => {
      const member = (event.target as HTMLSelectElement).value;
      if (member) void this.#pay(member);
    };
    return html`<section class="panel split">
      <div><h3>${words.billing}</h3><p class="hint">${words.billingHint}</p></div>
      <span class="select"
        ><select class="input" aria-label=${words.billing} @change=${change}>
          ${payer ? nothing : html`<option value="" selected>–</option>`}
          ${this.owners.map((owner) => html`<option value=${owner.id} ?selected=${owner.id === payer}>${called(owner)}</option>`)}</select
        >${icon(downIcon)}</span
      >
    </section>`;
  }

  async #pay(member: string): Promise<void> {
    const isDone = await this.attempt(async () => {
      await this.change("name_paying_owner", [member], { member }, () => this.muster.organizations.namePayingOwner(this.org, { member }));
    });
    if (isDone) this.say(this.words.wasSaved);
  }

  async #save(draft: Draft): Promise<void> {
    if (this.#isSaving || !draft.name.trim()) return;
    this.#isSaving = true;
    this.requestUpdate();
    const request = {
      name: draft.name.trim(),
      settings: { invitation_ttl_days: draft.days, default_message: draft.message.trim() || null, optional_roles: [...draft.roles] },
    };
    const isSaved = await this.attempt(async () => {
      await this.change("update_organization", [], request, () => this.muster.organizations.update(this.org, request));
    });
    this.#isSaving = false;
    this.requestUpdate();
    if (isSaved) this.say(this.words.wasSaved);
  }
}
