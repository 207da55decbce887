// What the team page needs once something is opened or done. It loads after the page is painted.

import text from "../style/dialogs.css";

export { Confirm } from "../parts/confirm.js";
export { Actions, rowItems } from "./actions.js";
export { bulkBar, report } from "./bulk.js";
export { EditGrants } from "./grants.js";
export { exportItems } from "./export.js";
export { filterItems } from "./filters.js";
export { Menu } from "../parts/menu.js";
export { ChangeRole, EditInvitation } from "./edit.js";
export { Invite } from "./invite.js";

/** The style sheet of the dialogs. */
export const sheetText: string = text;
