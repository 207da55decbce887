// Defines <muster-team>.

import { define } from "./parts/define.js";
import { MusterTeam } from "./team.js";

define({ "muster-team": MusterTeam });
