// What all elements of a page share.

import type { Muster, Settings } from "@muster/client";
import type { Overrides } from "./words.js";

/** How a token is had: asked for each request, and again with `fresh` after a 401. */
export type GetToken = NonNullable<Settings["getToken"]>;

/** What can be set for all elements of a page at once. Each element's own properties come first. */
export interface Setup {
  /** Where the API is, without `/v1`. */
  api?: string;
  /** The organization's id. */
  organization?: string;
  /** A language tag, such as `de` or `pt-BR`. */
  language?: string;
  getToken?: GetToken;
  /** Words of the product in place of those of Muster. */
  messages?: Overrides;
  /** A client that is ready to use, in place of `api` and `getToken`. */
  client?: Muster;
}

const setup: Setup = {};
const listeners = new Set<() => void>();

/** Sets what all elements of this page share. */
export function configure(changes: Setup): void {
  Object.assign(setup, changes);
  for (const listener of listeners) listener();
}

/** What the page has set. */
export const configured = (): Readonly<Setup> => setup;

/** Calls back when that changes, until the returned function is called. */
export function onConfigured(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
