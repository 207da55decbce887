// The dialogs that change what a person holds or is offered.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Row } from "../contract.js";
import { avatar } from "../parts/avatar.js";
import { Panel } from "../parts/panel.js";
import { durationName, RoleForm } from "../parts/role-form.js";
import { languageField, languageName, longText } from "../parts/form.js";
import type { MailLanguage } from "../parts/form.js";
import { called, nameOf } from "../parts/names.js";
import { Versions } from "../parts/versions.js";
import type { Condition, Facts } from "../parts/versions.js";
import { report } from "./bulk.js";
import { grantLabel } from "./rows.js";
import { icon } from "../parts/icons.js";
import { infoIcon } from "../parts/icons-more.js";

/** The row of a member, as it is stored now. */
export const memberRow = async (host: MusterTeam, row: Row): Promise<Row> => ({ ...row, ...(await host.muster.members.get(host.org, row.id)).data }) as Row;

/** The row of an invitation, as it is stored now. The list has no language. */
export const invitationRow = async (host: MusterTeam, row: Row): Promise<Row> => {
  const { role, resources, duration, message, language, version } = (await host.muster.invitations.get(host.org, row.id)).data;
  const grants = resources.map((resource) => ({ ...resource, role, expires_at: null }));
  return { ...row, role, grants, version, ...("message" in row ? { duration, message, language } : {}) } as Row;
};

/** A dialog with a role form, for a row that others may change meanwhile. */
abstract class RolePanel extends Panel {
  protected form: RoleForm;
  protected readonly versions: Versions<Row> | undefined;

  constructor(
    override readonly host: MusterTeam,
    readonly rows: Row[],
    private readonly power: "invite" | "assign",
  ) {
    super(host);
    const [row, ...others] = rows;
    this.form = this.#formFor(others.length ? undefined : row);
    if (!row || others.length) return;
    const read = () => {
      void host.refresh();
      return this.read(row);
    };
    const take = (stored: Row) => {
      this.form = this.#formFor(stored);
      this.taken(stored);
    };
    this.versions = new Versions(host, row, { facts: (stored) => this.facts(stored), read, take, send: () => void this.submit() });
  }

  /** Reads what is stored of a row. The list may leave it out now. */
  protected abstract read(row: Row): Promise<Row>;

  #formFor(row: Row | undefined): RoleForm {
    const given = { role: row?.role ?? null, resources: row?.grants ?? [], duration: row?.duration ?? null };
    return new RoleForm(this.host, this.host.team!, this.power, () => this.host.requestUpdate(), given);
  }

  /** Puts what the form has beside the role to what is stored. */
  protected taken(_stored: Row): void {}

  /** What a row has, or the form. */
  protected facts(row?: Row): Facts {
    const { host, words, form } = this;
    const { roles } = host.team!;
    const role = row ? roles.find(({ id }) => id === row.role) : form.role;
    const resources = row ? row.grants.map((grant) => grantLabel(host, row, grant)) : form.resources.map(nameOf);
    const duration = row ? row.duration : form.duration;
    const end = row?.role_expires_at ? words.until(host.formats.day(row.role_expires_at)) : "";
    return [
      [words.role, role ? host.roleName(role) : ""],
      [host.resourceNames(host.team)?.other ?? "", host.formats.list(resources.sort())],
      [words.duration, duration ? durationName(words, duration) : end],
    ];
  }

  footer(): TemplateResult {
    return this.buttons(this.words.save, "primary", !this.form.choice);
  }
}

/** Changes the role of one member, or of several. */
export class ChangeRole extends RolePanel {
  constructor(
    host: MusterTeam,
    rows: Row[],
    /** Who is not among them, and why. */
    private readonly leftOut: unknown = nothing,
  ) {
    super(host, rows, "assign");
  }

  protected override read(row: Row): Promise<Row> {
    return memberRow(this.host, row);
  }

  get title(): string {
    const [row, ...others] = this.rows;
    return row && !others.length ? this.words.roleTitle(called(row)) : this.words.changeRoleMany(this.rows.length);
  }

  body(): TemplateResult {
    const [row, ...others] = this.rows;
    const isOne = row && !others.length;
    const isMixed = this.rows.some((row) => new Set(row.grants.map((grant) => grant.role)).size > 1);
    return html`${row && this.versions?.render(called(row))}${this.problemNotice()}${this.leftOut}
      ${isOne ? html`<div class="who">${avatar(row)}<div><span class="clip" dir="auto">${called(row)}</span><span class="sub muted small clip" dir="auto">${row.email}</span></div></div>` : nothing}
      ${isMixed ? html`<div class="notice">${icon(infoIcon)}<div>${this.words.replacesAll}</div></div>` : nothing} ${this.form.render()}`;
  }

  async submit(): Promise<void> {
    const { choice } = this.form;
    const [row, ...others] = this.rows;
    if (!choice || !row) return;
    const { host } = this;
    const ids = this.rows.map((row) => row.id);
    const { members } = host.muster;
    await this.run(async () => {
      if (others.length) {
        const request = { ...choice, members: ids };
        const answer = await host.change("change_role", ids, request, () => members.changeRoleMany(host.org, request));
        if (!answer) return;
        host.close();
        report(host, this.rows, answer.data.results);
        return;
      }
      await this.versions?.change(async (condition) => {
        if (await host.change("change_role", ids, choice, () => members.update(host.org, row.id, choice, condition))) this.saved();
      });
    });
  }
}

/** Changes what a pending invitation offers. */
export class EditInvitation extends RolePanel {
  override readonly about = this.rows[0]?.id;
  #message = "";
  #language: MailLanguage = "";

  constructor(host: MusterTeam, row: Row) {
    super(host, [row], "invite");
    this.taken(row);
  }

  get title(): string {
    return this.words.editTitle(this.rows[0]?.email ?? "");
  }

  protected override read(row: Row): Promise<Row> {
    return invitationRow(this.host, row);
  }

  protected override taken(row: Row): void {
    this.#message = row.message ?? "";
    this.#language = row.language ?? "";
  }

  protected override facts(row?: Row): Facts {
    return [...super.facts(row), [this.words.message, (row ? row.message : this.#message.trim()) ?? ""], [this.words.mailLanguage, languageName(this.host, row ? row.language : this.#language)]];
  }

  body(): TemplateResult {
    const { words } = this;
    return html`${this.versions?.render(this.title)}${this.problemNotice()} ${this.form.render()}
      ${longText(words, "message", words.message, this.#message, (text) => (this.#message = text))}${languageField(this.host, this.#language, (language) => (this.#language = language))}`;
  }

  async submit(): Promise<void> {
    const { choice } = this.form;
    const [row] = this.rows;
    if (!choice || !row) return;
    const { host } = this;
    const message = this.#message.trim();
    const request = { ...choice, ...(message === (row.message ?? "") ? {} : { message: message || null }), ...(this.#language === (row.language ?? "") ? {} : { language: this.#language || null }) };
    const change = async (condition: Condition) => {
      if (await host.change("edit", [row.id], request, () => host.muster.invitations.update(host.org, row.id, request, condition))) this.saved();
    };
    await this.run(async () => this.versions?.change(change));
  }
}
