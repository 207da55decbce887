// Puts the answers of an API that has no view of an organization yet into the form of the contract. To be deleted with that route.

import type { Member, Muster, People, Role, Row, View } from "./contract.js";

const everywhere = { organization: true, resources: [] };
const nowhere = { organization: false, resources: [] };
let last: View | undefined;
let opening: Promise<View> | undefined;

export function openView(muster: Muster, org: string, signal?: AbortSignal): Promise<View> {
  return (opening = readView(muster, org, signal));
}

async function readView(muster: Muster, org: string, signal?: AbortSignal): Promise<View> {
  const api = muster as any;
  const options = { signal };
  const [organization, roles, me] = await Promise.all([
    api.organizations.get(org, options),
    api.roles.list(org, options),
    api.members.get(org, "me", {}, options).catch(() => ({ data: null })),
  ]);
  const mine: Member | null = me.data;
  const held = new Set([mine?.organization_role, ...(mine?.grants ?? []).map((grant) => grant.role)]);
  const permissions = new Set<string>(roles.data.items.filter((role: any) => held.has(role.id)).flatMap((role: any) => role.permissions));
  const scope = (given: boolean) => (given ? everywhere : nowhere);
  const may = ["leave"];
  const names: Record<string, string> = { "members:read": "read_members", "members:invite": "invite_members", "contacts:read": "read_contacts", "resources:read": "read_resources", "organization:update": "update_organization", "organization:delete": "delete_organization" };
  for (const [permission, action] of Object.entries(names)) if (permissions.has(permission)) may.push(action);
  if (may.includes("read_members")) may.push("export_members");
  if (permissions.has("members:manage")) may.push("manage_members");
  if (permissions.has("organization:delete")) may.push("name_paying_owner", "transfer_ownership");
  last = {
    organization: organization.data,
    role_set: { id: organization.data.role_set, name: organization.data.role_set, resource_type: "program", resource_names: { one: "Program", other: "Programs" }, members_may_leave: true },
    roles: roles.data.items.map((role: any): Role => ({ ...role, invite: scope(role.assignable && may.includes("invite_members")), assign: scope(role.assignable), self_assign: scope(role.self_assignable) })),
    me: mine,
    may,
  };
  return last;
}

export async function listPeople(muster: Muster, org: string, query: Record<string, unknown>, signal?: AbortSignal): Promise<People> {
  const { data } = await (muster as any).members.list(org, query, { signal });
  await opening?.catch(() => undefined);
  const mine = last?.me?.id;
  const manages = last?.may.includes("manage_members");
  const invites = last?.may.includes("invite_members");
  for (const row of data.items as Row[]) {
    row.is_me = row.id === mine;
    if (row.may) continue;
    if (row.kind === "invitation") row.may = invites ? ["edit", "resend", "cancel"] : [];
    else if (row.is_me) row.may = ["leave"];
    else row.may = manages ? ["change_role", "change_grants", row.status === "active" ? "deactivate" : "activate", "remove"] : [];
  }
  return data;
}
