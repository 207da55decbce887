// Choosing a role, where it holds, and for how long. What a role needs is data: no role is known here.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterElement } from "../base.js";
import type { Named, Role, Scope, View } from "../contract.js";
import type { Words } from "../words.js";
import { keyOf } from "./names.js";
import { ResourcePicker } from "./resources.js";
import { selectField } from "./form.js";

/** What the form has chosen, as requests take it. */
export interface Choice {
  role: string;
  resources?: { type: string; id: string }[];
  duration?: string;
}

/** What a duration is called. */
export const durationName = (words: Words, duration: string): string => (duration === "forever" ? words.forever : words.months(Number.parseInt(duration, 10)));

/** The form. */
export class RoleForm {
  readonly #picker: ResourcePicker;
  role: Role | undefined;
  duration = "";

  constructor(
    private readonly host: MusterElement,
    private readonly view: View,
    /** Which of a role's scopes counts: where it can be offered, or where it can be given. */
    private readonly power: "invite" | "assign",
    private readonly changed: () => void,
    given: { role?: string | null; resources?: Named[]; duration?: string | null } = {},
  ) {
    this.#picker = new ResourcePicker(host, host.resourceNames(view)?.other ?? "", changed);
    for (const resource of given.resources ?? []) this.#picker.chosen.set(keyOf(resource), resource);
    const role = this.roles.find((role) => role.id === given.role);
    if (role) this.choose(role, given.duration);
  }

  /** The roles that can be chosen. */
  get roles(): Role[] {
    return this.view.roles.filter((role) => role.enabled && (this.#scope(role).organization || this.#scope(role).resources.length));
  }

  choose(role: Role, duration?: string | null): void {
    this.role = role;
    this.duration = duration && role.durations.includes(duration) ? duration : (role.durations[0] ?? "");
    if (role.resources !== "none") this.#picker.offer(this.#only(role));
  }

  /** What is chosen, once it is complete. */
  get choice(): Choice | undefined {
    const { role } = this;
    if (!role) return undefined;
    const { resources } = this;
    if (!resources.length && this.#needsResources(role)) return undefined;
    return {
      role: role.id,
      ...(role.resources === "none" ? {} : { resources: resources.map(({ type, id }) => ({ type, id })) }),
      ...(this.duration ? { duration: this.duration } : {}),
    };
  }

  render(): TemplateResult {
    return html`<fieldset class="field">
      <legend>${this.host.words.role}</legend>
      <div class="options">${this.roles.map((role) => html`${this.#option(role)}${this.role === role ? this.#details(role) : nothing}`)}</div>
    </fieldset>`;
  }

  /** What else the chosen role needs, right beneath it. */
  #details(role: Role): TemplateResult | typeof nothing {
    const { words, formats } = this.host;
    const domains = role.allowlisted ? this.view.organization.plan.allowed_domains : [];
    const hasResources = role.resources !== "none";
    if (!hasResources && !role.durations.length && !domains.length) return nothing;
    return html`<div class="details">
      ${domains.length ? html`<p class="hint">${words.onlyDomains(formats.list(domains))}</p>` : nothing}
      ${hasResources ? this.#picker.render(this.#needsResources(role)) : nothing}${role.durations.length ? this.#durations(role) : nothing}
    </div>`;
  }

  #scope(role: Role): Scope {
    return role[this.power];
  }

  /** Where it can be given, if not everywhere. */
  #only(role: Role): Named[] | undefined {
    return this.#scope(role).organization ? undefined : this.#scope(role).resources;
  }

  #needsResources(role: Role): boolean {
    return role.resources === "at_least_one" || !this.#scope(role).organization;
  }

  /** The resources that are chosen, among those where the role can be given. */
  get resources(): Named[] {
    const { role } = this;
    if (!role || role.resources === "none") return [];
    const chosen = [...this.#picker.chosen.values()];
    const only = this.#only(role)?.map(keyOf);
    return only ? chosen.filter((resource) => only.includes(keyOf(resource))) : chosen;
  }

  #option(role: Role): TemplateResult {
    const { words } = this.host;
    const change = () => {
      this.choose(role);
      this.changed();
    };
    const description = this.host.roleDescription(role);
    return html`<label>
      <input type="radio" name="role" value=${role.id} .checked=${this.role === role} @change=${change} />
      <span><b dir="auto">${this.host.roleName(role)}</b>${description ? html`<span class="hint" dir="auto">${description}</span>` : nothing}</span>
      ${role.uses_seat || !this.view.organization.seats.limit ? nothing : html`<span class="badge">${words.noSeat}</span>`}
    </label>`;
  }

  #durations(role: Role): TemplateResult {
    const { words } = this.host;
    const change = (duration: string) => {
      this.duration = duration;
      this.changed();
    };
    const options = role.durations.map((duration): [string, string] => [duration, durationName(words, duration)]);
    return selectField("duration", words.duration, options, this.duration, change);
  }
}
