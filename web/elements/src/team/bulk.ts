// The bar for the rows that are selected, and what it does. Who would be refused is shown before.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Schemas } from "@muster/client";
import type { MusterTeam } from "../team.js";
import type { PersonAction, Row } from "../contract.js";
import { called } from "../parts/names.js";
import { sentence } from "../parts/problem.js";
import { icon, closeIcon } from "../parts/icons.js";
import { infoIcon, pauseIcon, playIcon, sendIcon, shieldIcon, trashIcon } from "../parts/icons-more.js";

/** An action on several rows. */
interface BulkAction {
  action: PersonAction;
  kind: Row["kind"];
  label: string;
  icon: string;
  title: (count: number) => string;
  text: string;
  look: "primary" | "danger";
}

/** The answer of the API for one row. */
type Verdict = Schemas["MemberVerdict"] | Schemas["InvitationVerdict"];

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

/** The bar. Each action says for how many it is, unless it is for all. */
export function bulkBar(host: MusterTeam): TemplateResult | typeof nothing {
  const rows = host.lists.rows.filter((row) => host.picked.has(row.id));
  if (!rows.length) return nothing;
  const { words, formats } = host;
  const button = (one: BulkAction) => {
    const { length } = rows.filter((row) => row.may.includes(one.action));
    if (!length) return nothing;
    return html`<button type="button" class="button plain ${one.look === "danger" ? "danger" : ""}" @click=${() => void ask(host, one, rows)}>
      ${icon(one.icon)}${one.label}${length < rows.length ? html`<span class="nums count">${formats.number(length)}</span>` : nothing}
    </button>`;
  };
  return html`<div class="bulk" part="bulk-bar" role="toolbar" aria-label=${words.selected(rows.length)}>
    <strong class="nums">${words.selected(rows.length)}</strong>${actionsOf(host).map(button)}
    <button type="button" class="button plain icon" aria-label=${words.clearSelection} @click=${() => host.pick([])}>${icon(closeIcon)}</button>
  </div>`;
}

/** Asks before it is done, and says who is left out and why. */
async function ask(host: MusterTeam, one: BulkAction, rows: Row[]): Promise<void> {
  const fit = rows.filter((row) => row.may.includes(one.action));
  const out = rows.filter((row) => !fit.includes(row)).map((row): Refusal => [row, reason(host, one, row)]);
  const leftOut = out.length ? html`<div class="notice">${icon(infoIcon)}<div>${refusals(host.words.leftOut(out.length), out)}</div></div>` : nothing;
  if (one.action === "change_role") {
    const { ChangeRole } = await host.load();
    host.open(new ChangeRole(host, fit, leftOut));
    return;
  }
  const twice = host.confirm === "twice" && one.action === "remove";
  await host.ask({ title: one.title(fit.length), text: html`${one.text}${leftOut}`, label: one.label, look: one.look, twice, act: () => act(host, one, fit) });
}

/** Who is refused, and why. */
type Refusal = [row: Row, reason: string];

const refusals = (title: string, refused: Refusal[]): TemplateResult =>
  html`<p>${title}</p><ul class="left">${refused.map(([row, reason]) => html`<li><b dir="auto">${called(row)}</b><span dir="auto">${reason}</span></li>`)}</ul>`;

/** Why something cannot be done with a row, as far as that is seen without asking. */
function reason(host: MusterTeam, { action, kind }: BulkAction, row: Row): string {
  const { words, team, lists } = host;
  const { problems } = words;
  if (row.kind !== kind) return kind === "member" ? words.pending : words.faults.already_member;
  if (action === "activate" && row.status === "active") return words.active;
  if (action === "deactivate" && row.status === "inactive") return words.inactive;
  if (row.is_paying_owner) return problems["paying-owner"];
  if (row.is_me && action !== "change_role") return problems["own-membership"];
  const isLast = team?.roles.some((role) => role.protected && role.id === row.role) && lists.main.counts?.roles[row.role ?? ""] === 1;
  return isLast ? problems["last-owner"] : problems.forbidden;
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

/** Says how many succeeded, and lists those that were refused, to select them again. */
export function report(host: MusterTeam, rows: Row[], results: Verdict[]): void {
  const { words } = host;
  const refused = rows.flatMap((row): Refusal[] => {
    const problem = results.find((result) => ("member" in result ? result.member : result.invitation) === row.id && result.status === "refused")?.problem;
    return problem ? [[row, sentence(words, problem)]] : [];
  });
  const done = words.done(results.length - refused.length);
  host.pick([]);
  host.say(done);
  if (!refused.length) return;
  const ids = new Set(refused.map(([{ id }]) => id));
  const select = () => host.pick(host.lists.rows.filter(({ id }) => ids.has(id)));
  host.note = html`${refusals(`${done} · ${words.refused(refused.length)}`, refused)}<button type="button" class="link" @click=${select}>${words.selectThese}</button>`;
  host.requestUpdate();
}
