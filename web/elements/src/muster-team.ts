// Defines <muster-team>.

import { MusterTeam } from "./team.js";

if (!customElements.get("muster-team")) customElements.define("muster-team", MusterTeam);
