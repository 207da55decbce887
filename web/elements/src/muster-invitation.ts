// Defines <muster-invitation>.

import { MusterInvitation } from "./invitation.js";
import { define } from "./parts/define.js";

define({ "muster-invitation": MusterInvitation });
