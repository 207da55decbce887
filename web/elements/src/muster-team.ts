// Defines <muster-team>.

import { define } from "./define-one.js";
import { MusterTeam } from "./team.js";

define("muster-team", MusterTeam);
