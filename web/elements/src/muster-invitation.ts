// Defines <muster-invitation>.

import { define } from "./define-one.js";
import { MusterInvitation } from "./invitation.js";

define("muster-invitation", MusterInvitation);
