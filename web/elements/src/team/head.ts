// The head of the page: how many there are, how many seats are left, and what to do next.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import type { Seats } from "../contract.js";
import { icon, alertIcon, plusIcon } from "../parts/icons.js";

/** The head. */
export function head(host: MusterTeam): TemplateResult {
  const { words } = host;
  const list = host.lists.main;
  const { counts, seats } = list;
  const people = counts && host.hasSections ? [words.members(counts.active + counts.inactive), counts.pending ? words.invited(counts.pending) : ""] : [];
  const summary = people.filter(Boolean).map((text) => ` · ${text}`);
  return html`<div class="head">
    <div class="title">
      <slot name="header"><h2 data-home tabindex="-1">${words.team}</h2></slot>
      <p class="summary nums"><bdi>${host.team?.organization.name}</bdi>${summary}</p>
    </div>
    ${seats ? seatCounter(host, seats) : nothing}
    <div class="actions">
      ${host.can("export_members") && !host.hides("export")
        ? html`<button
            type="button"
            class="button export"
            aria-haspopup="menu"
            aria-expanded=${host.isMenuOpen("export")}
            aria-disabled=${host.isExporting}
            @click=${(event: Event) => void host.openMenu(event, "export", words.exportList, (later) => later.exportItems(host))}
          >
            ${host.isExporting ? html`<span class="spin"></span>` : nothing}${words.exportList}
          </button>`
        : nothing}
      ${host.can("invite_members")
        ? html`<button type="button" class="button primary" part="primary" @click=${() => host.invite()}>${icon(plusIcon)}${words.invitePeople}</button>`
        : nothing}
    </div>
  </div>`;
}

function seatCounter(host: MusterTeam, seats: Seats): TemplateResult {
  const { words } = host;
  const { used, limit } = seats;
  if (limit == null) return html``;
  const text = words.seatsUsed(used, limit);
  return html`<div class="seats nums ${seats.at_limit ? "full" : ""}" part="seats">
    <span>${text}</span><progress aria-label=${text} max=${Math.max(limit, 1)} value=${Math.min(used, limit)}></progress>
  </div>`;
}

/** The warning when no seat is free. */
export function seatWarning(host: MusterTeam): TemplateResult | typeof nothing {
  const { words } = host;
  const list = host.lists.main;
  const limit = list.seats?.limit;
  if (!list.seats?.at_limit || limit == null) return nothing;
  const isHelpful = host.can("invite_members") && host.team?.roles.some((role) => !role.uses_seat && (role.invite.organization || role.invite.resources.length));
  return html`<div class="notice warning" part="seats-warning">
    ${icon(alertIcon)}
    <div>${words.seatsFull(limit)} ${isHelpful ? words.seatsFullHint : nothing}</div>
    <slot name="upgrade">${upgradeLink(host)}</slot>
  </div>`;
}

/** The link to more seats, if the product has one. */
export function upgradeLink(host: MusterTeam): TemplateResult | typeof nothing {
  const url = host.upgradeUrl ?? host.team?.organization.plan.upgrade_url;
  if (!url || !/^(https?:|\/)/i.test(url)) return nothing;
  const follow = (event: Event) => {
    if (!host.emit("upgrade", { url }, true)) event.preventDefault();
  };
  return html`<a class="link" href=${url} @click=${follow}>${host.words.getSeats}</a>`;
}
