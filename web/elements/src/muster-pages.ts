// Defines all elements but <muster-team> and <muster-invitation>. Products show several of them together, and they share most of what they need.

import { MusterAccess } from "./access.js";
import { MusterInvitations } from "./invitations.js";
import { MusterApiKeys } from "./keys.js";
import { define } from "./parts/define.js";
import { MusterOrganizations } from "./organizations.js";
import { MusterProfile } from "./profile.js";
import { MusterSettings } from "./settings.js";

define({
  "muster-access": MusterAccess,
  "muster-api-keys": MusterApiKeys,
  "muster-invitations": MusterInvitations,
  "muster-organizations": MusterOrganizations,
  "muster-profile": MusterProfile,
  "muster-settings": MusterSettings,
});
