// What the package exports. `define.js` defines the elements.

export { configure } from "./configure.js";
export type { GetToken, Setup } from "./configure.js";
export type { Overrides, Words } from "./words.js";
export { MusterAccess } from "./access.js";
export { MusterApiKeys } from "./keys.js";
export { MusterInvitations } from "./invitations.js";
export { MusterOrganizations } from "./organizations.js";
export { MusterProfile } from "./profile.js";
export { MusterSettings } from "./settings.js";
export { MusterInvitation } from "./invitation.js";
export { MusterTeam } from "./team.js";
