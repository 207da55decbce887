// The bar for the rows that are selected, and what it does. Who would be refused is shown before.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Row } from "../contract.js";
import { called } from "../parts/names.js";
import { sentence } from "../parts/problem.js";
import { icon, closeIcon } from "../parts/icons.js";
import { pauseIcon, playIcon, sendIcon, shieldIcon, trashIcon } from "../parts/icons-more.js";

/** An action on several rows. */
interface BulkAction {
  action: string;
  kind: Row["kind"];
  label: string;
  icon: string;
  title: (count: number) => string;
  text: string;
  look: "primary" | "danger";
}

/** The answer of the API for one row. */
interface Verdict {
  member?: string;
  invitation?: string;
  status: string;
  problem?: { type: string; title: string; detail?: string | null } | null;
}

function actionsOf(host: MusterTeam): BulkAction[] {
  const { words } = host;
  return [
    { action: "change_role", kind: "member", label: words.changeRole, icon: shieldIcon, title: words.changeRoleMany, text: "", look: "primary" },
    { action: "activate", kind: "member", label: words.activate, icon: playIcon, title: words.activateMany, text: words.activateManyText, look: "primary" },
    { action: "deactivate", kind: "member", label: words.deactivate, icon: pauseIcon, title: words.deactivateMany, text: words.deactivateManyText, look: "primary" },
    { action: "resend", kind: "invitation", label: words.resend, icon: sendIcon, title: words.resendMany, text: words.resendManyText, look: "primary" },
    { action: "remove", kind: "member", label: words.remove, icon: trashIcon, title: words.removeMany, text: words.removeManyText, look: "danger" },
    { action: "cancel", kind: "invitation", label: words.cancelInvitation, icon: closeIcon, title: words.cancelMany, text: "", look: "danger" },
  ];
}

/** The bar. */
export function bulkBar(host: MusterTeam): TemplateResult | typeof nothing {
  const rows = [...host.list.rows, ...host.pendingList.rows].filter((row) => host.picked.has(row.id));
  if (!rows.length) return nothing;
  const { words } = host;
  const offered = actionsOf(host).filter(({ action }) => rows.some((row) => row.may.includes(action)));
  return html`<div class="bulk" part="bulk-bar" role="toolbar" aria-label=${words.selected(rows.length)}>
    <strong class="nums">${words.selected(rows.length)}</strong>
    ${offered.map(
      (one) =>
        html`<button type="button" class="button plain ${one.look === "danger" ? "danger" : ""}" @click=${() => void ask(host, one, rows)}>
          ${icon(one.icon)}${one.label}
        </button>`,
    )}
    <button type="button" class="button plain icon" aria-label=${words.clearSelection} @click=${() => host.pick([])}>${icon(closeIcon)}</button>
  </div>`;
}

async function ask(host: MusterTeam, one: BulkAction, rows: Row[]): Promise<void> {
  const fit = rows.filter((row) => row.may.includes(one.action));
  const leftOut = rows.filter((row) => !fit.includes(row) && row.kind === one.kind);
  if (one.action === "change_role") {
    const { ChangeRole } = await host.load();
    host.open(new ChangeRole(host, fit));
    return;
  }
  const text = html`${one.text}${leftOut.length ? peopleLeftOut(host, leftOut) : nothing}`;
  const twice = host.confirm === "twice" && one.action === "remove";
  await host.ask({ title: one.title(fit.length), text, label: one.label, look: one.look, twice, act: () => act(host, one, fit) });
}

function peopleLeftOut(host: MusterTeam, rows: Row[]): TemplateResult {
  return html`<p class="small">${host.words.leftOut(rows.length)}</p>
    <ul class="left">${rows.map((row) => html`<li><b>${called(row)}</b></li>`)}</ul>`;
}

async function act(host: MusterTeam, { action, kind }: BulkAction, rows: Row[]): Promise<void> {
  const ids = rows.map((row) => row.id);
  const { muster, org } = host;
  const send = async (): Promise<Verdict[]> => {
    if (kind === "invitation") {
      const request = { invitations: ids };
      const answer = await (action === "resend" ? muster.invitations.resendMany(org, request) : muster.invitations.cancelMany(org, request));
      return answer.status === 200 ? answer.data.results : [];
    }
    const request = { members: ids };
    const { members } = muster;
    const { data } = await (action === "activate" ? members.activateMany(org, request) : action === "deactivate" ? members.deactivateMany(org, request) : members.removeMany(org, request));
    return data.results;
  };
  const results = await host.change(action, ids, undefined, send);
  if (results) report(host, rows, results);
}

/** Says how many succeeded, and keeps those selected that were refused. */
export function report(host: MusterTeam, rows: Row[], results: Verdict[]): void {
  const refused = results.filter((result) => result.status === "refused");
  const { words } = host;
  host.pick(rows.filter((row) => refused.some((result) => [result.member, result.invitation].includes(row.id))));
  host.say(words.done(results.length - refused.length));
  if (!refused.length) return;
  const nameOf = (result: Verdict) => called(rows.find((row) => [result.member, result.invitation].includes(row.id)) ?? { email: "" });
  host.note = html`<p>${words.refused(refused.length)}</p>
    <ul class="left">${refused.map((result) => html`<li><b>${nameOf(result)}</b><span>${result.problem ? sentence(words, result.problem) : nothing}</span></li>`)}</ul>`;
  host.requestUpdate();
}
