// Defines all elements.

import "./muster-invitation.js";
import "./muster-team.js";
