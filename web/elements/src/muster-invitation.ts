// Defines <muster-invitation>.

import { MusterInvitation } from "./invitation.js";

if (!customElements.get("muster-invitation")) customElements.define("muster-invitation", MusterInvitation);
