// What the elements read of the API, by the names that they use.

import type { Muster } from "@muster/client";

export type { Muster };

export interface Named {
  type: string;
  id: string;
  name?: string | null;
}
export interface Scope {
  organization: boolean;
  resources: Named[];
}
export interface Role {
  id: string;
  name: string;
  description?: string | null;
  resources: string;
  reach: string;
  durations: string[];
  enabled: boolean;
  uses_seat: boolean;
  optional: boolean;
  allowlisted: boolean;
  protected: boolean;
  transfer_only: boolean;
  invite: Scope;
  assign: Scope;
  self_assign: Scope;
}
export interface Seats {
  used: number;
  limit?: number | null;
  at_limit: boolean;
}
export interface View {
  organization: {
    id: string;
    name: string;
    plan: { seat_limit?: number | null; allowed_domains: string[]; upgrade_url?: string | null };
    seats: Seats;
    settings: { default_message?: string | null; invitation_ttl_days: number; optional_roles: string[] };
    paying_owner?: string | null;
    suspension?: { reason: string; at: string; in_effect: boolean } | null;
    version?: string;
  };
  role_set: { id: string; name: string; resource_type: string; resource_names: { one: string; other: string } | null; members_may_leave: boolean };
  roles: Role[];
  me: Member | null;
  may: string[];
}
export interface Grant extends Named {
  role: string;
  expires_at?: string | null;
}
export interface Member {
  id: string;
  email: string;
  name?: string | null;
  role?: string | null;
  organization_role?: string | null;
  role_expires_at?: string | null;
  grants: Grant[];
  status: string;
  joined_at: string;
  profile: { color?: string | null; timezone?: string | null; bio?: string | null; skills: string[]; notifications?: Record<string, boolean> | null };
  version?: string;
  may?: string[];
}
export interface Row {
  kind: "member" | "invitation";
  id: string;
  email: string;
  name?: string | null;
  color?: string | null;
  role?: string | null;
  grants: Grant[];
  status?: string | null;
  joined_at?: string | null;
  last_active_at?: string | null;
  timezone?: string | null;
  role_expires_at?: string | null;
  is_me?: boolean;
  is_paying_owner?: boolean;
  may: string[];
  version?: string;
  mail?: string;
  expires_at?: string;
  sent_at?: string;
  invited_by?: string;
  inviter?: string | null;
  duration?: string | null;
  message?: string | null;
}
export interface People {
  items: Row[];
  next_cursor?: string | null;
  partial: boolean;
  seats: Seats;
  counts?: { active: number; inactive: number; pending: number; roles: Record<string, number> } | null;
}

/** What is not in the types of the client yet. */
interface Reads {
  organizations: { getView(org: string): Promise<{ data: View }> };
  roles: { listSets(): PromiseLike<{ data: { items: { id: string; name: string }[] } }> };
  members: { list(org: string, query: object, options?: { signal?: AbortSignal }): PromiseLike<{ data: People }> };
}
const reads = (muster: Muster) => muster as unknown as Reads;

/** What opens a page: the organization, its roles, and what the caller may do. */
export const openView = async (muster: Muster, org: string): Promise<View> => (await reads(muster).organizations.getView(org)).data;

/** A page of people. */
export const listPeople = async (muster: Muster, org: string, query: object, signal?: AbortSignal): Promise<People> =>
  (await reads(muster).members.list(org, query, signal ? { signal } : {})).data;

/** The role sets that an organization can be created with. */
export const listRoleSets = async (muster: Muster): Promise<{ id: string; name: string }[]> => (await reads(muster).roles.listSets()).data.items;
