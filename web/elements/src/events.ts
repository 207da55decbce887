// What the events of the elements have as their `detail`.

import type { Problem } from "@muster/client";
import type { Seats } from "./contract.js";

/** An event about an organization. */
interface OfOrganization {
  organization: string;
}

/** The details of the events, by their names. */
export interface MusterEvents {
  "muster-ready": OfOrganization;
  "muster-before": { kind: string; ids: string[]; request?: unknown };
  "muster-change": { kind: string; ids: string[]; seats?: Seats };
  "muster-state": { query: string };
  "muster-problem": { problem: Problem };
  "muster-upgrade": { url: string };
  "muster-sign-in": { return_to: string; hint?: string; way?: "in" | "up" };
  "muster-left": OfOrganization;
  "muster-accepted": OfOrganization;
  "muster-declined": Partial<OfOrganization>;
  "muster-deleted": OfOrganization;
  "muster-select": OfOrganization;
  "muster-invitations": object;
  "muster-continue": Partial<OfOrganization>;
}

/** The events, by their names. */
export type MusterEventMap = { [Name in keyof MusterEvents]: CustomEvent<MusterEvents[Name]> };

declare global {
  interface HTMLElementEventMap extends MusterEventMap {}
  interface DocumentEventMap extends MusterEventMap {}
}
