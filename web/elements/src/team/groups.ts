// The people in groups by role, each a list of its own that loads when it comes into view.

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { MusterTeam } from "../team.js";
import { empty } from "./other.js";
import { skeleton } from "./rows.js";

/** Knows which sections are in view, and calls back with their keys. */
export class SectionWatcher {
  readonly inView = new Set<string>();
  readonly #observer: IntersectionObserver;

  constructor(seen: (key: string) => void) {
    const tell: IntersectionObserverCallback = (entries) => {
      for (const { isIntersecting, target } of entries) {
        const { key = "" } = (target as HTMLElement).dataset;
        this.inView[isIntersecting ? "add" : "delete"](key);
        if (isIntersecting) seen(key);
      }
    };
    this.#observer = new IntersectionObserver(tell, { rootMargin: "200px" });
  }

  /** Watches the sections that there are now. All of them are told of anew: another one may stand in the place of one that was seen. */
  watch(sections: Iterable<HTMLElement>): void {
    this.#observer.disconnect();
    for (const section of sections) this.#observer.observe(section);
  }

  stop(): void {
    this.#observer.disconnect();
  }
}

/** The groups. One that is known to be empty is left out. */
export function groups(host: MusterTeam): TemplateResult {
  const { query, team, isNarrowed, formats } = host;
  if (!host.lists.main.isLoaded) return skeleton(host);
  const { counts } = host.lists.main;
  const roles = (team?.roles ?? []).filter(({ id }) => {
    if (query.role.length && !query.role.includes(id)) return false;
    const { isLoaded, rows, cursor, isLoading } = host.lists.group(id);
    if (isLoaded && !isLoading) return !!(rows.length || cursor);
    // Numbers can be some seconds old.
    return host.lists.isChanged || !counts || !!counts.roles[id];
  });
  if (!roles.length) return empty(host);
  host.lists.first = roles.map(({ id }) => host.lists.group(id)).find(({ isLoaded }) => isLoaded);
  return html`${roles.map((role) => {
    const { isLoaded, rows, cursor } = host.lists.group(role.id);
    const count = isLoaded && !cursor ? rows.length : isNarrowed ? undefined : counts?.roles[role.id];
    return host.section(role.id, host.roleName(role), html`<span class="nums muted">${count === undefined ? "" : formats.number(count)}</span>`, host.lists.group(role.id));
  })}`;
}
