// What the package exports. `define.js` defines the elements.

export { configure } from "./configure.js";
export type { GetToken, Setup } from "./configure.js";
export type { Overrides, Words } from "./words.js";
export { MusterInvitation } from "./invitation.js";
export { MusterTeam } from "./team.js";
