// The dialog for the roles that one member holds on single resources.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Named, Row } from "../contract.js";
import { memberRow } from "./edit.js";
import { select } from "../parts/form.js";
import { giveGrant, grantOf, grantOptions, heldOn } from "../parts/grants.js";
import { called, keyOf, nameOf } from "../parts/names.js";
import { Panel } from "../parts/panel.js";
import { notice } from "../parts/problem.js";
import { Resources } from "../parts/resources.js";
import { Versions } from "../parts/versions.js";
import type { Condition, Facts } from "../parts/versions.js";

/** The dialog. */
export class EditGrants extends Panel {
  readonly #resources: Resources;
  readonly #versions: Versions<Row>;
  /** What is chosen for each resource by its key. */
  readonly #wanted = new Map<string, { resource: Named; chosen: string }>();

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
    return this.host.resourceNames(this.host.team)?.other ?? "";
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
    await this.run(() =>
      this.#versions.change(async (given) => {
        const changes = this.#changes;
        const send = async () => {
          // Only the first one names the version that was shown: each change makes another.
          let condition: Partial<Condition> = given;
          for (const { resource, ...grant } of changes) {
            await giveGrant(host, row, resource, grant, condition);
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
    return [...this.#wanted.values()].map(({ resource, chosen }) => {
      const value = row ? this.#heldOn(resource, row) : chosen;
      return [nameOf(resource), new Map(this.#options(resource, row)).get(value) ?? value];
    });
  }

  get #changes(): ({ resource: Named } & ReturnType<typeof grantOf>)[] {
    const changed = [...this.#wanted.values()].filter(({ resource, chosen }) => chosen !== this.#heldOn(resource));
    // What is given comes before what is taken: nobody loses their last role in between.
    return changed.map(({ resource, chosen }) => ({ resource, ...grantOf(chosen) })).sort((one, other) => Number(!one.role) - Number(!other.role));
  }

  #heldOn(resource: Named, row = this.row): string {
    return heldOn(row, resource)?.role ?? "";
  }

  #options(resource: Named, row = this.row): [string, string][] {
    return grantOptions(this.host, this.host.team, row, resource);
  }

  #line(resource: Named): TemplateResult {
    const change = (chosen: string) => {
      this.#wanted.set(keyOf(resource), { resource, chosen });
      this.host.requestUpdate();
    };
    const options = this.#options(resource);
    const chosen = this.#wanted.get(keyOf(resource))?.chosen ?? this.#heldOn(resource);
    return html`<label><span class="clip" dir="auto">${nameOf(resource)}</span>${select(options, chosen, change, { disabled: !options[1] })}</label>`;
  }
}
