// What things and people are called.

import type { Named } from "../contract.js";

/** The key of a resource in sets. */
export const keyOf = (resource: Named): string => `${resource.type}:${resource.id}`;
/** What a resource is called. */
export const nameOf = (resource: Named): string => resource.name ?? resource.id;

/** What a person is called. */
export const called = (person: { name?: string | null; email: string }): string => person.name || person.email;
