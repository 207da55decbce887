// The dialog for the roles that one member holds on single resources.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Named, Role, Row } from "../contract.js";
import { downIcon, icon, searchIcon } from "../parts/icons.js";
import { called, keyOf, nameOf } from "../parts/names.js";
import { Panel } from "../parts/panel.js";
import { loadResources } from "../parts/resources.js";
import { ifMatch } from "./actions.js";

/** From how many resources on there is a search. */
const LONG = 8;

/** The dialog. */
export class EditGrants extends Panel {
  #resources: Named[] | undefined;
  #search = "";
  /** The role on each resource by its key, as it is to be; an empty text is none. */
  readonly #wanted = new Map<string, string>();

  constructor(
    override readonly host: MusterTeam,
    private readonly row: Row,
  ) {
    super(host);
    void this.#load();
  }

  get title(): string {
    return this.words.accessOf(called(this.row));
  }

  body(): TemplateResult {
    const { words, host } = this;
    const names = host.view?.role_set.resource_names;
    const looked = this.#search.trim().toLocaleLowerCase(host.tag);
    const shown = this.#resources?.filter((resource) => nameOf(resource).toLocaleLowerCase(host.tag).includes(looked));
    const input = (event: Event) => {
      this.#search = (event.target as HTMLInputElement).value;
      host.requestUpdate();
    };
    const label = words.filterResources(names?.other ?? "");
    return html`${this.problemNotice()}
      ${(this.#resources?.length ?? 0) > LONG
        ? html`<div class="search">${icon(searchIcon)}<input class="input" type="search" aria-label=${label} placeholder=${label} .value=${this.#search} @input=${input} /></div>`
        : nothing}
      ${shown ? html`<div class="options grants">${shown.map((resource) => this.#line(resource))}</div>` : html`<div class="bone"></div>`}
      ${this.#resources?.length === 0 ? html`<p class="hint">${words.noResources(names?.other ?? "")}</p>` : nothing}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.save, "primary", !this.#changes.length);
  }

  async submit(): Promise<void> {
    const { host, row } = this;
    const changes = this.#changes;
    const member = row.is_me ? "me" : row.id;
    await this.run(async () => {
      const send = async () => {
        // Only the first one names the version that was shown: each change makes another.
        let condition = ifMatch(row);
        for (const { resource, role } of changes) {
          const { type, id } = resource;
          if (role) await host.muster.members.putGrant(host.org, member, type, id, { role }, condition);
          else await host.muster.members.deleteGrant(host.org, member, type, id, condition);
          condition = {};
        }
        return true;
      };
      if (!(await host.change("change_grants", [row.id], changes, send))) return;
      host.close();
      host.say(this.words.wasSaved);
    });
  }

  get #changes(): { resource: Named; role: string }[] {
    const changed = (this.#resources ?? []).filter((resource) => this.#roleOn(resource) !== this.#heldOn(resource));
    // What is given comes before what is taken: nobody loses their last role in between.
    return changed.map((resource) => ({ resource, role: this.#roleOn(resource) })).sort((one, other) => Number(!one.role) - Number(!other.role));
  }

  #heldOn(resource: Named): string {
    return this.row.grants.find((grant) => keyOf(grant) === keyOf(resource))?.role ?? "";
  }

  #roleOn(resource: Named): string {
    return this.#wanted.get(keyOf(resource)) ?? this.#heldOn(resource);
  }

  /** The roles that the caller can give on a resource; for themselves also those that they can take. */
  #rolesOn(resource: Named): Role[] {
    const scopes = (role: Role) => (this.row.is_me ? [role.assign, role.self_assign] : [role.assign]);
    const reaches = (role: Role) => scopes(role).some((scope) => scope.organization || scope.resources.some((one) => keyOf(one) === keyOf(resource)));
    return (this.host.view?.roles ?? []).filter((role) => role.resources !== "none" && role.enabled && (reaches(role) || role.id === this.#heldOn(resource)));
  }

  #line(resource: Named): TemplateResult {
    const key = keyOf(resource);
    const roles = this.#rolesOn(resource);
    const chosen = this.#roleOn(resource);
    const change = (event: Event) => {
      this.#wanted.set(key, (event.target as HTMLSelectElement).value);
      this.host.requestUpdate();
    };
    return html`<label>
      <span class="clip">${nameOf(resource)}</span>
      <span class="select"
        ><select class="input" .value=${chosen} ?disabled=${!roles.length} @change=${change}>
          <option value="" ?selected=${!chosen}>${this.words.noAccess}</option>
          ${roles.map((role) => html`<option value=${role.id} ?selected=${role.id === chosen}>${this.host.roleName(role)}</option>`)}</select
        >${icon(downIcon)}</span
      >
    </label>`;
  }

  async #load(): Promise<void> {
    try {
      this.#resources = await loadResources(this.host);
    } catch (error) {
      this.problem = this.host.problem(error);
    }
    this.host.requestUpdate();
  }
}
