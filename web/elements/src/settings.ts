// <muster-settings>: name, invitations, optional roles, billing, handing over and deleting an organization.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import type { OrganizationAction, Role, Row, View } from "./contract.js";
import { longText, select, selectField, textField, tick } from "./parts/form.js";
import { called } from "./parts/names.js";
import { Versions } from "./parts/versions.js";
import type { Facts } from "./parts/versions.js";
import { PageElement } from "./page-element.js";
import { DeleteOrganization, TransferOwnership } from "./settings/dialogs.js";

/** What the form has. */
interface Draft {
  name: string;
  days: number;
  message: string;
  logo: string;
  accent: string;
  roles: Set<string>;
}

type Organization = View["organization"];

const draftOf = ({ name, settings }: Organization): Draft => ({
  name,
  days: settings.invitation_ttl_days,
  message: settings.default_message ?? "",
  logo: settings.logo_url ?? "",
  accent: settings.accent_color ?? "",
  roles: new Set(settings.optional_roles),
});

/** The fields at which a refusal can be shown. */
const REFUSABLE = { name: "name", logo: "settings.logo_url", accent: "settings.accent_color" };
const DAYS = [1, 3, 7, 14, 30];

/** The settings of an organization. */
export class MusterSettings extends PageElement {
  static override properties: PropertyDeclarations = { ...PageElement.properties };

  view: View | undefined;
  /** The active holders of the role that must always have one. */
  owners: Row[] = [];
  #draft: Draft | undefined;
  #versions: Versions<Organization> | undefined;
  /** The fields that were refused. */
  #refused: (string | undefined)[] = [];

  protected override async load(): Promise<void> {
    const { data: view } = await this.muster.organizations.getView(this.org);
    this.view = view;
    const take = (stored: Organization) => (this.#draft = draftOf(stored));
    take(view.organization);
    const read = async () => (await this.muster.organizations.get(this.org)).data;
    this.#versions = new Versions(this, view.organization, { facts: (stored) => this.#facts(stored), read, take, send: () => void this.#save() });
    const highest = view.roles.find((role) => role.protected);
    if (highest && this.can("name_paying_owner")) {
      this.owners = (await this.muster.members.list(this.org, { role: highest.id, status: "active", limit: 100 })).data.items;
    }
  }

  /** What is stored, or what the form has. */
  #facts(stored?: Organization): Facts {
    const { words } = this;
    const { name, days, message, logo, accent, roles } = stored ? draftOf(stored) : this.#draft!;
    const on = (this.view?.roles ?? []).filter(({ id }) => roles.has(id)).map((role) => this.roleName(role));
    return [
      [words.name, name.trim()],
      [words.invitationsOpen, words.days(days)],
      [words.defaultMessage, message.trim()],
      [words.mailLogo, logo.trim()],
      [words.mailColor, accent.trim()],
      [words.optionalRoles, on.join(", ")],
    ];
  }

  /** Whether the caller may do something. */
  can(action: OrganizationAction): boolean {
    return !!this.view?.may.includes(action);
  }

  protected override page(): TemplateResult {
    const { words } = this;
    const view = this.view!;
    return html`<h2 data-home tabindex="-1">${words.settings}</h2>${this.#versions?.render(view.organization.name)}
      ${this.can("update_organization") && this.#draft ? this.#form(this.#draft) : nothing}${this.can("name_paying_owner") ? this.#billing() : nothing}
      ${this.can("transfer_ownership") ? this.#part(words.transfer, words.transferHint, words.transfer, "", () => this.open(new TransferOwnership(this, view))) : nothing}
      ${this.can("delete_organization") ? this.#part(words.deleteTeam, words.deleteTeamHint, words.deleteTeam, "danger", () => this.open(new DeleteOrganization(this, view.organization))) : nothing}`;
  }

  #part(title: string, hint: string, label: string, look: string, act: () => void): TemplateResult {
    return html`<section class="panel split ${look ? "danger-zone" : ""}">
      <div><h3>${title}</h3><p class="hint">${hint}</p></div>
      <button type="button" class="button" @click=${act}>${label}</button>
    </section>`;
  }

  #form(draft: Draft): TemplateResult {
    const { words } = this;
    const text = (key: keyof typeof REFUSABLE, label: string, hint = "") =>
      textField(key, label, draft[key], (text) => (draft[key] = text), { most: hint ? 500 : 120, hint, fault: this.#refused.includes(REFUSABLE[key]) ? `${label} ${words.faults.other}` : "" });
    const submit = (event: Event) => {
      event.preventDefault();
      void this.#save();
    };
    const choices = [...new Set([...DAYS, draft.days])].sort((one, other) => one - other);
    const options = choices.map((count): [string, string] => [String(count), words.days(count)]);
    return html`<form class="panel" @submit=${submit}>
      ${text("name", words.name)}
      ${selectField("days", words.invitationsOpen, options, String(draft.days), (days) => (draft.days = Number(days)))}
      ${longText(words, "default-message", words.defaultMessage, draft.message, (text) => (draft.message = text))}
      ${this.view?.organization.plan.branding ? html`${text("logo", words.mailLogo, "https://cdn.example.com/logo.png")}${text("accent", words.mailColor, "#3366ff")}` : nothing}${this.#optionalRoles(draft)} ${this.saveButton()}
    </form>`;
  }

  #optionalRoles(draft: Draft): TemplateResult | typeof nothing {
    const roles = (this.view?.roles ?? []).filter((role) => role.optional);
    if (!roles.length) return nothing;
    const line = (role: Role) => {
      const change = (isOn: boolean) => void (isOn ? draft.roles.add(role.id) : draft.roles.delete(role.id));
      return tick(draft.roles.has(role.id), change, html`<bdi>${this.roleName(role)}</bdi><span class="hint" dir="auto"> ${this.roleDescription(role)}</span>`);
    };
    return html`<fieldset class="field"><legend>${this.words.optionalRoles}</legend>${roles.map(line)}<p class="hint">${this.words.optionalRolesHint}</p></fieldset>`;
  }

  #billing(): TemplateResult {
    const { words } = this;
    const payer = this.view?.organization.paying_owner ?? "";
    const change = (member: string) => void (member && this.#pay(member));
    const owners = this.owners.map((owner): [string, string] => [owner.id, called(owner)]);
    return html`<section class="panel split">
      <div><h3>${words.billing}</h3><p class="hint">${words.billingHint}</p></div>
      ${select(payer ? owners : [["", "–"], ...owners], payer, change, { label: words.billing })}
    </section>`;
  }

  async #pay(member: string): Promise<void> {
    const isDone = await this.attempt(async () => {
      await this.change("name_paying_owner", [member], { member }, () => this.muster.organizations.namePayingOwner(this.org, { member }));
    });
    if (isDone) this.say(this.words.wasSaved);
  }

  async #save(): Promise<void> {
    const draft = this.#draft;
    if (!draft) return;
    if (!draft.name.trim()) return this.#refuse(["name"]);
    this.#refused = [];
    const branding = { logo_url: draft.logo.trim() || null, accent_color: draft.accent.trim() || null };
    const request = {
      name: draft.name.trim(),
      settings: {
        invitation_ttl_days: draft.days,
        default_message: draft.message.trim() || null,
        optional_roles: [...draft.roles],
        ...(this.view?.organization.plan.branding ? branding : {}),
      },
    };
    const { organizations } = this.muster;
    await this.save(() => this.#versions?.change((condition) => this.change("update_organization", [], request, () => organizations.update(this.org, request, condition))));
    await this.#refuse(this.trouble?.errors.map(({ field }) => field) ?? []);
  }

  /** Shows what was refused, at its field. What has none here stays above. */
  async #refuse(fields: (string | undefined)[]): Promise<void> {
    this.#refused = fields;
    this.requestUpdate();
    await this.updateComplete;
    const shown = this.renderRoot.querySelectorAll<HTMLElement>("[aria-invalid]");
    shown[0]?.focus();
    if (shown.length < fields.length || !shown[0]) return;
    this.trouble = undefined;
    this.requestUpdate();
  }
}
