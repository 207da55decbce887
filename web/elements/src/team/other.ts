// What stands in place of the list.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import { avatar } from "../parts/avatar.js";
import { badge } from "../parts/badge.js";
import { called, nameOf } from "../parts/names.js";
import { icon, exitIcon, mailIcon, peopleIcon, plusIcon, searchIcon } from "../parts/icons.js";

/** Nobody to show: nobody is there, or nobody is found. */
export function empty(host: MusterTeam): TemplateResult {
  const { words } = host;
  const clear = html`<button type="button" class="button" @click=${() => host.clear(true)}>${words.clearAll}</button>`;
  const invite = html`<button type="button" class="button primary" @click=${() => host.invite()}>${icon(plusIcon)}${words.invitePeople}</button>`;
  const { invite_status, ...others } = host.query;
  const isPending = invite_status === "pending" && !others.q && !others.role.length && !others.resource;
  if (isPending) return state(mailIcon, words.noPending, words.noPendingHint, host.can("invite_members") ? invite : nothing);
  if (host.isNarrowed) return state(searchIcon, words.nothingFound, words.nothingFoundHint, clear);
  return state(peopleIcon, words.nobody, words.nobodyHint, host.can("invite_members") ? invite : nothing);
}

function state(name: string, title: string, hint: string, action: TemplateResult | typeof nothing): TemplateResult {
  return html`<div class="list">
    <div class="empty" part="empty" role="status"><slot name="empty">${icon(name)}<h3>${title}</h3><p>${hint}</p></slot><div class="flow">${action}</div></div>
  </div>`;
}

/** What a member sees who may not see the others: themselves. */
export function self(host: MusterTeam): TemplateResult {
  const { words, team } = host;
  const me = team?.me;
  if (!me) return html``;
  const role = team.roles.find((role) => role.id === me.role);
  return html`<div class="card">
    <div class="person">
      ${avatar({ ...me, color: me.profile.color ?? null })}
      <div><span class="name"><strong class="clip" dir="auto">${called(me)}</strong>${badge(words.you)}</span><span class="sub clip" dir="auto">${me.email}</span></div>
    </div>
    <p class="muted">${words.onlyYou}</p>
    <div class="flow">
      ${badge(role ? host.roleName(role) : words.noRole)}
      ${me.grants.map((grant) => badge(nameOf(grant)))}
    </div>
    ${team.may.includes("leave") && !host.readonly
      ? html`<div><button type="button" class="button" @click=${() => void host.leave()}>${icon(exitIcon)}${words.leaveTeam}</button></div>`
      : nothing}
  </div>`;
}
