// What the package exports. Importing it defines no element: `muster-team.js` and its like do.

import type { MusterAccess } from "./access.js";
import type { MusterInvitation } from "./invitation.js";
import type { MusterInvitations } from "./invitations.js";
import type { MusterApiKeys } from "./keys.js";
import type { MusterOrganizations } from "./organizations.js";
import type { MusterProfile } from "./profile.js";
import type { MusterSettings } from "./settings.js";
import type { MusterTeam } from "./team.js";

export { configure } from "./configure.js";
export type { GetToken, Setup } from "./configure.js";
export type { MusterEventMap, MusterEvents } from "./events.js";
export type { Overrides, Words } from "./words.js";
export { MusterAccess } from "./access.js";
export { MusterApiKeys } from "./keys.js";
export { MusterInvitations } from "./invitations.js";
export { MusterOrganizations } from "./organizations.js";
export { MusterProfile } from "./profile.js";
export { MusterSettings } from "./settings.js";
export { MusterInvitation } from "./invitation.js";
export { MusterTeam } from "./team.js";

declare global {
  interface HTMLElementTagNameMap {
    "muster-access": MusterAccess;
    "muster-api-keys": MusterApiKeys;
    "muster-invitation": MusterInvitation;
    "muster-invitations": MusterInvitations;
    "muster-organizations": MusterOrganizations;
    "muster-profile": MusterProfile;
    "muster-settings": MusterSettings;
    "muster-team": MusterTeam;
  }
}
