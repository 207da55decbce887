// What the team page needs once something is opened or done. It loads after the page is painted.

import text from "../style/dialogs.css";
// What the two share then stays in one file with the rest of the page: apart it would be larger.
import "../team.js";

export { Confirm } from "../parts/confirm.js";
export { Actions, rowItems } from "./actions.js";
export { bulkBar, report } from "./bulk.js";
export { EditGrants } from "./grants.js";
export { openElement } from "./inner.js";
export { exportItems } from "./export.js";
export { filterItems } from "./filters.js";
export { Menu } from "../parts/menu.js";
export { ChangeRole, EditInvitation, invitationRow } from "./edit.js";
export { Invite } from "./invite.js";

/** The style sheet of the dialogs. */
export const sheetText: string = text;
