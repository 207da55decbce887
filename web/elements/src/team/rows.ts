// The table. On a narrow page its rows become cards; the roles in the markup keep it a table for a screen reader.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Grant, Row } from "../contract.js";
import type { PeopleList } from "./list.js";
import { avatar } from "../parts/avatar.js";
import { badge, dotsButton } from "../parts/badge.js";
import { called, nameOf } from "../parts/names.js";
import { icon, downIcon, upIcon } from "../parts/icons.js";

const SHOWN_GRANTS = 2;
const MOST_BONES = 5;
const SOON_MILLISECONDS = 2 * 86_400_000;
const SORTS: Record<string, string> = { name: "name", joined: "joined", "last-active": "last_active" };

/** The table. */
export function table(host: MusterTeam, list: PeopleList, label: string): TemplateResult {
  const { rows } = list;
  const isPending = list === host.lists.pending;
  const isPicking = host.canPick;
  const group = list.fixed.role?.[0];
  // Groups have one head, which is that of the first.
  const isBare = !!group && list !== host.lists.first;
  const columns = host.shownColumns.filter((column) => !isPending || column === "role" || column === "status");
  return html`<div class="list ${isPicking ? "picks" : ""} ${list.isLoading && list.isLoaded ? "busy" : ""}" aria-busy=${list.isLoading}>
    <table part="table" role="table" aria-label=${label} aria-rowcount=${list.cursor ? -1 : rows.length + 1}>
      <thead role="rowgroup" class=${isBare ? "bare" : ""}>
        <tr role="row">
          ${isPicking ? (isBare ? html`<td role="cell"></td>` : html`<th role="columnheader" scope="col" class="check">${pickAll(host, group ? host.lists.rows : rows)}</th>`) : nothing}
          ${header(host, isPending || isBare ? "" : "name", isBare ? unseen(host.words.name) : host.words.name, "c-person")}
          ${columns.map((column) => columnHeader(host, column, group, isBare))}
          <th role="columnheader" scope="col" class="c-menu">${unseen(host.words.actions)}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => line(host, row, columns, group, isPicking))}
      </tbody>
    </table>
    ${list.cursor ? more(host, list) : nothing}
  </div>`;
}

function more(host: MusterTeam, list: PeopleList): TemplateResult {
  const { words } = host;
  return html`<div class="more">
    <button type="button" class="button" aria-disabled=${list.isLoading} @click=${() => host.lists.more(list)}>
      ${list.isLoading ? html`<span class="spin"></span>` : nothing}${words.loadMore}
    </button>
  </div>`;
}

function pickAll(host: MusterTeam, rows: Row[]): TemplateResult {
  const pickable = rows.filter((row) => host.isPickable(row));
  const others = host.lists.rows.filter((row) => host.picked.has(row.id) && !rows.includes(row));
  const picked = pickable.filter((row) => host.picked.has(row.id)).length;
  return html`<input
    type="checkbox"
    aria-label=${host.words.selectAll}
    ?disabled=${!pickable.length}
    .checked=${picked > 0 && picked === pickable.length}
    .indeterminate=${picked > 0 && picked < pickable.length}
    @change=${() => host.pick(picked === pickable.length ? others : [...others, ...pickable])}
  />`;
}

const unseen = (label: string): TemplateResult => html`<span class="hidden">${label}</span>`;

function columnHeader(host: MusterTeam, column: string, group: string | undefined, isBare: boolean): TemplateResult | typeof nothing {
  const { words } = host;
  const names = group && host.resourceNames(host.team);
  const labels: Record<string, string> = { role: names ? names.other : words.role, joined: words.joined, "last-active": words.lastActive, status: words.status, timezone: words.timezone };
  const label = labels[column];
  return label ? header(host, isBare ? "" : column, isBare ? unseen(label) : html`<bdi>${label}</bdi>`, `c-${column === "last-active" ? "active" : column}`) : nothing;
}

function header(host: MusterTeam, column: string, label: unknown, look: string): TemplateResult {
  const sort = SORTS[column];
  const { query } = host;
  const isUp = query.sort === sort || (!query.sort && !query.q && !query.joined_in && sort === "name");
  const isDown = !!sort && query.sort === `-${sort}`;
  const direction = isUp && sort ? "ascending" : isDown ? "descending" : undefined;
  const flip = () => host.filter({ sort: isUp ? `-${sort}` : (sort ?? "") });
  return html`<th role="columnheader" scope="col" class=${look} aria-sort=${direction ?? nothing}>
    ${sort ? html`<button type="button" @click=${flip}>${label}${direction ? icon(isUp ? upIcon : downIcon) : nothing}</button>` : label}
  </th>`;
}

function line(host: MusterTeam, row: Row, columns: string[], group: string | undefined, isPicking: boolean): TemplateResult {
  const { words } = host;
  const isPicked = host.picked.has(row.id);
  const name = called(row);
  return html`<tr role="row" part="row ${row.kind === "invitation" ? "pending" : ""}" class="${isPicked ? "picked" : ""} ${row.status ?? ""}">
    ${isPicking
      ? html`<td role="cell" class="check">
          ${host.isPickable(row)
            ? html`<input type="checkbox" aria-label=${words.select(name)} .checked=${isPicked} @change=${() => host.flip(row)} />`
            : nothing}
        </td>`
      : nothing}
    <td role="cell" part="cell" class="c-person">${person(host, row)}</td>
    ${columns.map((column) => cell(host, row, column, group))}
    <td role="cell" class="c-menu">${rowMenu(host, row, name)}</td>
  </tr>`;
}

function person(host: MusterTeam, row: Row): TemplateResult {
  const { words } = host;
  return html`<div class="person">
    ${avatar(row)}
    <div>
      <span class="name"
        ><strong class="clip" dir="auto">${called(row)}</strong>${badge(row.is_me && words.you)}
        ${badge(row.is_paying_owner && words.pays, "accent")}
        ${badge(row.mail && words.mail[row.mail], "danger")}
        ${badge(row.status === "inactive" && words.inactive)}</span
      >
      <span class="sub clip" dir="auto">${row.kind === "invitation" ? pendingLine(host, row) : row.name ? row.email : nothing}</span>
    </div>
  </div>`;
}

/** What a pending row says beneath the address. */
function pendingLine(host: MusterTeam, row: Row): string {
  const { words, formats } = host;
  const parts = [row.expires_at ? words.expires(formats.relative(row.expires_at)) : "", row.inviter ? words.invitedBy(row.inviter) : ""];
  return parts.filter(Boolean).join(" · ");
}

function cell(host: MusterTeam, row: Row, column: string, group: string | undefined): TemplateResult | typeof nothing {
  const { formats, words } = host;
  const isPending = row.kind === "invitation";
  switch (column) {
    case "role":
      return html`<td role="cell" part="cell" class="c-role">${roles(host, row, group)}</td>`;
    case "joined":
      return html`<td role="cell" part="cell" class="c-joined">${row.joined_at ? formats.day(row.joined_at) : nothing}</td>`;
    case "last-active":
      return html`<td role="cell" part="cell" class="c-active">${row.last_active_at ? formats.relative(row.last_active_at) : isPending ? nothing : words.never}</td>`;
    case "timezone":
      return html`<td role="cell" part="cell" class="c-timezone"><bdi>${row.timezone}</bdi></td>`;
    case "status": {
      const isSoon = row.expires_at && new Date(row.expires_at).getTime() - Date.now() < SOON_MILLISECONDS;
      return html`<td role="cell" part="cell" class="c-status">
        <span class="state"><span class="dot ${isPending ? "pending" : row.status} ${isSoon ? "soon" : ""}"></span>${isPending ? words.pending : row.status === "active" ? words.active : words.inactive}</span>
      </td>`;
    }
    default:
      return nothing;
  }
}

/** A resource of a row, with the role there if it is another one. */
export function grantLabel(host: MusterTeam, row: Row, grant: Grant): string {
  const other = grant.role !== row.role && host.team?.roles.find((role) => role.id === grant.role);
  return other ? `${nameOf(grant)} (${host.roleName(other)})` : nameOf(grant);
}

/** The role and where it holds. What stands above the group is not repeated in each of its rows. */
function roles(host: MusterTeam, row: Row, group: string | undefined): TemplateResult | typeof nothing {
  const { words, formats } = host;
  const role = host.team?.roles.find((role) => role.id === row.role);
  const shown = row.grants.slice(0, SHOWN_GRANTS);
  const others = row.grants.length - shown.length;
  const label = (grant: Grant) => grantLabel(host, row, grant);
  const isRepeated = !!group && row.role === group && !row.role_expires_at;
  if (isRepeated && !shown.length) return nothing;
  return html`<div class="roles">
    ${isRepeated ? nothing : html`<div class="clip"><bdi>${role ? host.roleName(role) : (row.role ?? html`<span class="muted">${words.noRole}</span>`)}</bdi>
      ${row.role_expires_at ? html`<span class="muted small"> ${words.until(formats.day(row.role_expires_at))}</span>` : nothing}</div>`}
    ${shown.length ? html`<div class="sub clip" dir="auto" title=${row.grants.map(label).join(", ")}>${shown.map(label).join(", ")}${others ? html` <span class="nums">${words.andMore(others)}</span>` : nothing}</div>` : nothing}
  </div>`;
}

function rowMenu(host: MusterTeam, row: Row, name: string): TemplateResult | typeof nothing {
  if (host.readonly || !host.isActionable(row)) return nothing;
  const key = `row-${row.id}`;
  const label = host.words.actionsFor(name);
  return dotsButton(label, host.isMenuOpen(key), (event) => void host.openMenu(event, key, label, (later) => later.rowItems(host, row)));
}

/** Rows in outline, while the first page loads. */
export function skeleton(host: MusterTeam, count = MOST_BONES): TemplateResult {
  const row = html`<div class="bones"><span class="bone round"></span><span class="bone wide"></span><span class="bone"></span></div>`;
  return html`<div class="list" part="skeleton" aria-busy="true"><span class="hidden">${host.words.loading}</span>${Array(Math.min(count, MOST_BONES)).fill(row)}</div>`;
}
