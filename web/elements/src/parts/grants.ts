// What can be given to one person on one resource: a role, with an end where it needs one.

import type { MusterElement } from "../base.js";
import type { Named, Role, Row, Scope, View } from "../contract.js";
import { keyOf } from "./names.js";
import { durationName } from "./role-form.js";

/** Clocks differ, and the API refuses an end that is later than the longest duration by its own. */
const LEEWAY_MILLISECONDS = 300_000;

/** The role that a person holds on a resource. */
export const heldOn = (row: Row, on: Named) => row.grants.find((grant) => keyOf(grant) === keyOf(on));

/** The roles that the caller can give on a resource; for themselves also those that they can take. */
export function rolesOn(view: View | undefined, on: Named, isOwn?: boolean): Role[] {
  const reaches = (scope: Scope) => scope.organization || scope.resources.some((one) => keyOf(one) === keyOf(on));
  return (view?.roles ?? []).filter((role) => role.resources !== "none" && role.enabled && (reaches(role.assign) || (isOwn && reaches(role.self_assign))));
}

/** When a duration ends that begins now: months are those of the calendar, in UTC. A time is an end itself. */
function endOf(end: string): string | undefined {
  const months = Number.parseInt(end, 10);
  if (!/_month/.test(end)) return months ? end : undefined;
  const at = new Date(Date.now() - LEEWAY_MILLISECONDS);
  const day = at.getUTCDate();
  at.setUTCMonth(at.getUTCMonth() + months);
  if (at.getUTCDate() !== day) at.setUTCDate(0);
  return at.toISOString();
}

/**
 * The ends to choose from: durations, and times; an empty text is none. Members cannot give themselves a role that outlasts the one that
 * lets them give it. The API does not say which one that is: the earliest end among those that hold there is never refused, so it is first.
 */
function endsOf(view: View, row: Row, role: Role, on: Named): string[] {
  const me = row.is_me && view.me;
  const held = me ? [...(me.organization_role ? [me.role_expires_at] : []), ...me.grants.filter((grant) => keyOf(grant) === keyOf(on)).map((grant) => grant.expires_at)] : [];
  const limits = [...new Set(held.map((end) => end ?? ""))].sort((one, other) => ((one || "~") < (other || "~") ? -1 : 1));
  const [first] = limits;
  const durations = role.durations.filter((duration) => !first || (endOf(duration) ?? "~") <= first);
  return durations.length ? durations : limits.length ? limits : [""];
}

/** The roles on a resource as a list to choose from: first none, and the one that is held. */
export function grantOptions(host: MusterElement, view: View | undefined, row: Row, on: Named): [value: string, label: string][] {
  if (!view) return [];
  const { words } = host;
  const label = (role: Role, end?: string | null) =>
    host.roleName(role) + (end == null ? "" : ` (${/^\d+-/.test(end) ? words.until(host.formats.day(end)) : durationName(words, end || "forever")})`);
  const held = heldOn(row, on);
  const known = view.roles.find((role) => role.id === held?.role);
  const options = new Map([["", words.noAccess]]);
  if (held && known) options.set(held.role, label(known, held.expires_at));
  for (const role of rolesOn(view, on, row.is_me)) {
    const ends = endsOf(view, row, role, on);
    for (const end of ends) {
      const isPlain = !end && ends.length < 2;
      const isHeld = held?.role === role.id && (held.expires_at ?? "") === end;
      const value = isPlain || isHeld ? role.id : `${role.id} ${end}`;
      if (!options.has(value)) options.set(value, label(role, isPlain ? undefined : end));
    }
  }
  return [...options];
}

/** What is chosen from the list, as requests take it. */
export function grantOf(value: string): { role: string; expires_at?: string } {
  const [role = "", end = ""] = value.split(" ");
  const expires_at = endOf(end);
  return { role, ...(expires_at ? { expires_at } : {}) };
}

/** Gives a role on a resource, or takes it. */
export async function giveGrant({ muster: { members }, org }: MusterElement, row: Row, { type, id }: Named, { role, ...end }: ReturnType<typeof grantOf>, condition = {}): Promise<true> {
  if (role) await members.putGrant(org, row.id, type, id, { role, ...end }, condition);
  else await members.deleteGrant(org, row.id, type, id, condition);
  return true;
}
