// What the elements read of the API, by the names that they use. The types are those of the client.

import type { Muster, Schemas } from "@muster/client";

export type { Muster };

export type View = Schemas["OrganizationView"];
export type Role = Schemas["Role"];
export type Scope = Schemas["Scope"];
export type Seats = Schemas["Seats"];
export type Grant = Schemas["Grant"];
export type People = Schemas["PeoplePage"];
export type PersonAction = Schemas["PersonAction"];
export type OrganizationAction = Schemas["OrganizationAction"];

/** A resource, with its name where the API tells it. */
export type Named = Schemas["ResourceName"] & { name?: string | null };

/** A row of the list: a member, or an invitation with what only invitations have. */
export type Row = Schemas["PersonRow"] & Partial<Pick<Schemas["InvitationRow"], "mail" | "expires_at" | "duration" | "message" | "inviter"> & Pick<Schemas["Invitation"], "language">>;
