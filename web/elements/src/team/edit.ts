// The dialogs that change what a person holds or is offered.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { is } from "@muster/client";
import type { MusterTeam } from "../team.js";
import type { Row } from "../contract.js";
import { avatar } from "../parts/avatar.js";
import { Panel } from "../parts/panel.js";
import { RoleForm } from "../parts/role-form.js";
import { called, nameOf } from "../parts/names.js";
import { ifMatch } from "./actions.js";
import { report } from "./bulk.js";
import { icon, alertIcon } from "../parts/icons.js";
import { infoIcon } from "../parts/icons-more.js";

/** The role, resources and duration that a row has now. */
const given = (row: Row | undefined) => ({ role: row?.role ?? null, resources: row?.grants ?? [], duration: row?.duration ?? null });

/** A dialog with a role form, for a row that others may change meanwhile. */
abstract class RolePanel extends Panel {
  protected form: RoleForm;
  /** Whether the row was changed by somebody else while the dialog was open. */
  protected isConflict = false;

  constructor(
    override readonly host: MusterTeam,
    protected rows: Row[],
    private readonly power: "invite" | "assign",
  ) {
    super(host);
    this.form = this.#formFor(rows.length === 1 ? rows[0] : undefined);
  }

  #formFor(row: Row | undefined): RoleForm {
    return new RoleForm(this.host, this.host.view!, this.power, () => this.host.requestUpdate(), given(row));
  }

  /** Shows what is stored now, after a 412. */
  protected async reread(row: Row): Promise<void> {
    await this.host.refresh();
    const now = [...this.host.list.rows, ...this.host.pendingList.rows].find((one) => one.id === row.id);
    if (!now) return;
    this.rows = [now];
    this.isConflict = true;
  }

  protected async attempt(row: Row | undefined, request: () => Promise<void>): Promise<void> {
    await this.run(async () => {
      try {
        await request();
      } catch (error) {
        if (!row || !is(error, "precondition-failed")) throw error;
        await this.reread(row);
      }
    });
  }

  protected conflict(): TemplateResult | typeof nothing {
    const [row] = this.rows;
    if (!this.isConflict || !row) return nothing;
    const role = this.host.view?.roles.find((role) => role.id === row.role);
    const theirs = [role ? this.host.roleName(role) : "", ...row.grants.map(nameOf)].filter(Boolean);
    const take = () => {
      this.form = this.#formFor(row);
      this.isConflict = false;
      this.host.requestUpdate();
    };
    return html`<div class="notice warning" role="alert" tabindex="-1" data-problem>
      ${icon(alertIcon)}
      <div>${this.words.conflict(called(row))}<div><b>${this.host.formats.list(theirs)}</b></div></div>
      <button type="button" class="link" @click=${take}>${this.words.takeTheirs}</button>
    </div>`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.save, "primary", !this.form.choice);
  }
}

/** Changes the role of one member, or of several. */
export class ChangeRole extends RolePanel {
  constructor(host: MusterTeam, rows: Row[]) {
    super(host, rows, "assign");
  }

  get title(): string {
    const [row, ...others] = this.rows;
    return row && !others.length ? this.words.roleTitle(called(row)) : this.words.changeRoleMany(this.rows.length);
  }

  body(): TemplateResult {
    const [row, ...others] = this.rows;
    const isOne = row && !others.length;
    const isMixed = this.rows.some((row) => new Set(row.grants.map((grant) => grant.role)).size > 1);
    return html`${this.conflict()}${this.problemNotice()}
      ${isOne ? html`<div class="who">${avatar(row)}<div><span class="clip">${called(row)}</span><span class="sub muted small clip" dir="auto">${row.email}</span></div></div>` : nothing}
      ${isMixed ? html`<div class="notice">${icon(infoIcon)}<div>${this.words.replacesAll}</div></div>` : nothing} ${this.form.render()}`;
  }

  async submit(): Promise<void> {
    const { choice } = this.form;
    const [row, ...others] = this.rows;
    if (!choice || !row) return;
    const { host } = this;
    const ids = this.rows.map((row) => row.id);
    if (others.length) {
      const { rows } = this;
      await this.run(async () => {
        const request = { ...choice, members: ids };
        const answer = await host.change("change_role", ids, request, () => host.muster.members.changeRoleMany(host.org, request));
        if (!answer) return;
        host.close();
        report(host, rows, answer.data.results);
      });
      return;
    }
    await this.attempt(row, async () => {
      if (!(await host.change("change_role", ids, choice, () => host.muster.members.update(host.org, row.id, choice, ifMatch(row))))) return;
      host.close();
      host.say(this.words.wasSaved);
    });
  }
}

/** Changes what a pending invitation offers. */
export class EditInvitation extends RolePanel {
  #message: string;

  constructor(host: MusterTeam, row: Row) {
    super(host, [row], "invite");
    this.#message = row.message ?? "";
  }

  get title(): string {
    return this.words.editTitle(this.rows[0]?.email ?? "");
  }

  body(): TemplateResult {
    const { words } = this;
    const input = (event: Event) => (this.#message = (event.target as HTMLTextAreaElement).value);
    return html`${this.conflict()}${this.problemNotice()} ${this.form.render()}
      <div class="field">
        <label for="message">${words.message} <span class="muted">(${words.optional})</span></label>
        <textarea id="message" class="input" rows="3" maxlength="2000" .value=${this.#message} @input=${input}></textarea>
      </div>`;
  }

  async submit(): Promise<void> {
    const { choice } = this.form;
    const [row] = this.rows;
    if (!choice || !row) return;
    const { host } = this;
    const message = this.#message.trim();
    const request = { ...choice, ...(message === (row.message ?? "") ? {} : { message: message || null }) };
    await this.attempt(row, async () => {
      if (!(await host.change("edit", [row.id], request, () => host.muster.invitations.update(host.org, row.id, request, ifMatch(row))))) return;
      host.close();
      host.say(this.words.wasSaved);
    });
  }
}
