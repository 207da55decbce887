// Search, filters and order.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import { keyOf, nameOf } from "../parts/names.js";
import { isFiltered } from "./query.js";
import type { Filter, Query } from "./query.js";
import { icon, downIcon, searchIcon, sortIcon } from "../parts/icons.js";

/** The toolbar. */
export function toolbar(host: MusterTeam): TemplateResult {
  const { words, query } = host;
  const input = (event: Event) => host.search((event.target as HTMLInputElement).value);
  return html`<div class="toolbar" part="toolbar" role="search">
    <div class="search">
      ${icon(searchIcon)}
      <input
        class="input"
        part="search"
        type="search"
        maxlength="200"
        autocomplete="off"
        aria-label=${words.searchPeople}
        placeholder=${words.searchPeople}
        .value=${query.q}
        @input=${input}
      />
    </div>
    ${host.hasSections ? nothing : segments(host)}
    <div class="filters" role="group" aria-label=${words.filters}>
      ${filters(host)}
      ${isFiltered(query) ? html`<button type="button" class="link small" @click=${() => host.clear(false)}>${words.clearFilters}</button>` : nothing}
      ${query.invite_status === "pending" ? host.resendAllButton() : nothing}${sortButton(host)}
    </div>
  </div>`;
}

function segments(host: MusterTeam): TemplateResult {
  const { words, query, formats } = host;
  const { counts } = host.lists.main;
  const members = counts && counts.active + counts.inactive;
  const one = (value: Query["invite_status"], label: string, count: number | undefined) =>
    html`<button type="button" aria-pressed=${query.invite_status === value} @click=${() => host.filter({ invite_status: value, ...(value === "pending" ? { status: "" } : {}) })}>
      ${label}${count === undefined ? nothing : html`<span class="nums">${formats.number(count)}</span>`}
    </button>`;
  return html`<div class="segments" role="group" aria-label=${words.show}>
    ${one("", words.everyone, counts ? members! + counts.pending : undefined)}${one("accepted", words.onlyMembers, members ?? undefined)}${one("pending", words.onlyPending, counts?.pending)}
  </div>`;
}

/** A button that opens the menu of one filter. */
function filterButton(host: MusterTeam, name: Filter, label: string, chosen: string): TemplateResult {
  const isSort = name === "sort";
  return html`<button
    type="button"
    part="filter"
    class="button ${isSort ? "sort" : chosen ? "on" : ""}"
    aria-haspopup="menu"
    aria-expanded=${host.isMenuOpen(name)}
    aria-label=${chosen ? `${label}: ${chosen}` : label}
    @click=${(event: Event) => void host.openMenu(event, name, label, (later) => later.filterItems(host, name))}
  >
    ${isSort ? icon(sortIcon) : nothing}<span class="clip" dir="auto">${chosen || label}</span>${icon(downIcon)}
  </button>`;
}

function filters(host: MusterTeam): TemplateResult[] {
  const { words, query, team } = host;
  const [first, ...others] = (team?.roles ?? []).filter((role) => query.role.includes(role.id)).map((role) => host.roleName(role));
  const chosenRole = first ? (others.length ? words.several(first, others.length) : first) : "";
  const shown = [filterButton(host, "role", words.role, chosenRole)];
  if (query.invite_status !== "pending") {
    shown.push(filterButton(host, "status", words.status, query.status && { active: words.active, inactive: words.inactive }[query.status]));
    shown.push(filterButton(host, "joined_in", words.joined, periods(host)[query.joined_in] ?? query.joined_in));
  }
  const names = host.resourceNames(team);
  if (names && host.can("read_resources")) {
    const found = host.resources?.find((one) => keyOf(one) === query.resource);
    const chosen = found ? nameOf(found) : query.resource.slice(query.resource.indexOf(":") + 1);
    shown.push(filterButton(host, "resource", names.one, chosen));
  }
  return shown;
}

/** The periods to choose from. */
export const periods = ({ words }: MusterTeam): Record<string, string> => ({ last_week: words.lastWeek, last_month: words.lastMonth, last_year: words.lastYear });

/** The orders to choose from. */
export const orders = ({ words }: MusterTeam): Record<string, string> => ({
  name: words.byName, "-name": words.byNameBack, joined: words.byJoined, "-joined": words.byJoinedBack, last_active: words.byActive, "-last_active": words.byActiveBack,
});

const sortButton = (host: MusterTeam): TemplateResult => filterButton(host, "sort", host.words.sort, orders(host)[host.query.sort] ?? "");
