// The dialog for the roles that one member holds on single resources.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Named, Role, Row } from "../contract.js";
import { memberRow } from "./edit.js";
import { select } from "../parts/form.js";
import { called, keyOf, nameOf } from "../parts/names.js";
import { Panel } from "../parts/panel.js";
import { notice } from "../parts/problem.js";
import { Resources } from "../parts/resources.js";
import { Versions } from "../parts/versions.js";
import type { Condition, Facts } from "../parts/versions.js";

/** The role that a person holds on a resource, if any. */
const heldOn = (row: Row, resource: Named): string => row.grants.find((grant) => keyOf(grant) === keyOf(resource))?.role ?? "";

/** The dialog. */
export class EditGrants extends Panel {
  readonly #resources: Resources;
  readonly #versions: Versions<Row>;
  /** The role on each resource by its key, as it is to be; an empty text is none. */
  readonly #wanted = new Map<string, { resource: Named; role: string }>();

  constructor(
    override readonly host: MusterTeam,
    private row: Row,
  ) {
    super(host);
    this.#resources = new Resources(host);
    this.#resources.load();
    const read = async () => {
      void host.refresh();
      return (this.row = await memberRow(host, row));
    };
    this.#versions = new Versions(host, row, { facts: (stored) => this.#facts(stored), read, take: () => this.#wanted.clear(), send: () => void this.submit() });
  }

  get title(): string {
    return this.words.accessOf(called(this.row));
  }

  get #names(): string {
    return this.host.team?.role_set.resource_names?.other ?? "";
  }

  body(): TemplateResult {
    const { words } = this;
    const { shown, found = [], isPart, problem } = this.#resources;
    // What is held stays in sight, also if it is not on the page that was found.
    const held = isPart ? this.row.grants.filter((grant) => !shown?.some((one) => keyOf(one) === keyOf(grant))) : [];
    return html`${this.#versions.render(called(this.row))}${this.problemNotice()}${problem ? notice(this.host, problem) : nothing}${this.#resources.search(this.#names)}
      ${shown ? html`<div class="options grants">${[...held, ...shown].map((resource) => this.#line(resource))}</div>` : html`<div class="bone"></div>`}
      ${shown && !found.length && !isPart ? html`<p class="hint">${words.noResources(this.#names)}</p>` : nothing}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.save, "primary", !this.#changes.length);
  }

  async submit(): Promise<void> {
    const { host, row } = this;
    const { members } = host.muster;
    const member = row.is_me ? "me" : row.id;
    await this.run(() =>
      this.#versions.change(async (given) => {
        const changes = this.#changes;
        const send = async () => {
          // Only the first one names the version that was shown: each change makes another.
          let condition: Partial<Condition> = given;
          for (const { resource, role } of changes) {
            const { type, id } = resource;
            if (role) await members.putGrant(host.org, member, type, id, { role }, condition);
            else await members.deleteGrant(host.org, member, type, id, condition);
            condition = {};
          }
          return true;
        };
        if (await host.change("change_grants", [row.id], changes, send)) this.saved();
      }),
    );
  }

  /** What is held where something is to change, or what is to be held there. */
  #facts(row?: Row): Facts {
    const { host, words } = this;
    return [...this.#wanted.values()].map(({ resource, role }) => {
      const id = row ? heldOn(row, resource) : role;
      const known = host.team?.roles.find((role) => role.id === id);
      return [nameOf(resource), known ? host.roleName(known) : words.noAccess];
    });
  }

  get #changes(): { resource: Named; role: string }[] {
    const changed = [...this.#wanted.values()].filter(({ resource, role }) => role !== heldOn(this.row, resource));
    // What is given comes before what is taken: nobody loses their last role in between.
    return changed.sort((one, other) => Number(!one.role) - Number(!other.role));
  }

  #roleOn(resource: Named): string {
    return this.#wanted.get(keyOf(resource))?.role ?? heldOn(this.row, resource);
  }

  /** The roles that the caller can give on a resource; for themselves also those that they can take. */
  #rolesOn(resource: Named): Role[] {
    const scopes = (role: Role) => (this.row.is_me ? [role.assign, role.self_assign] : [role.assign]);
    const reaches = (role: Role) => scopes(role).some((scope) => scope.organization || scope.resources.some((one) => keyOf(one) === keyOf(resource)));
    return (this.host.team?.roles ?? []).filter((role) => role.resources !== "none" && role.enabled && (reaches(role) || role.id === heldOn(this.row, resource)));
  }

  #line(resource: Named): TemplateResult {
    const roles = this.#rolesOn(resource);
    const change = (role: string) => {
      this.#wanted.set(keyOf(resource), { resource, role });
      this.host.requestUpdate();
    };
    const options = [["", this.words.noAccess], ...roles.map((role) => [role.id, this.host.roleName(role)])] as [string, string][];
    return html`<label><span class="clip">${nameOf(resource)}</span>${select(options, this.#roleOn(resource), change, { disabled: !roles.length })}</label>`;
  }
}
