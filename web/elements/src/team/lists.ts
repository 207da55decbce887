// The lists of the page: all people, pending invitations in a section of their own, and the groups by role.

import type { Row } from "../contract.js";
import type { MusterTeam } from "../team.js";
import { SectionWatcher } from "./groups.js";
import { PeopleList } from "./list.js";
import type { Asked } from "./list.js";
import { noQuery, parameters } from "./query.js";
import type { Query } from "./query.js";

/** The lists of one organization. */
export class Lists {
  readonly main = this.#newList();
  readonly pending = this.#newList({ ...noQuery(), invite_status: "pending" });
  /** The first group that is shown. */
  first: PeopleList | undefined;
  /** Whether something was changed here, so that older numbers do not count. */
  isChanged = false;
  /** When they were loaded last, in milliseconds. */
  loadedAt = 0;
  readonly #groups = new Map<string, PeopleList>();
  readonly #watcher = new SectionWatcher((role) => {
    const list = this.group(role);
    if (!list.isAsked) void list.load(this.#asked(list));
  });

  constructor(private readonly host: MusterTeam) {}

  /** All rows that are shown, each once: with groups, a person is in that of each of their roles. */
  get rows(): Row[] {
    const { hasGroups, hasSections } = this.host;
    const lists = [hasGroups ? [...this.#groups.values()] : this.main, hasSections ? this.pending : []].flat();
    return [...new Map(lists.flatMap(({ rows }) => rows).map((row) => [row.id, row])).values()];
  }

  /** The list of a role. */
  group(role: string): PeopleList {
    const list = this.#groups.get(role) ?? this.#newList({ role: [role] });
    this.#groups.set(role, list);
    return list;
  }

  /** Loads the groups whose sections come into view. */
  watch(sections: Iterable<HTMLElement>): void {
    this.#watcher.watch(sections);
  }

  stop(): void {
    for (const list of this.#all) list.stop();
    this.#watcher.stop();
  }

  /** Loads the first page of a list, or of all that are in view. */
  async load(list?: PeopleList): Promise<void> {
    if (list) return list.load(this.#asked(list));
    this.loadedAt = Date.now();
    const { hasGroups, hasSections } = this.host;
    // Groups in view keep their rows until the new ones have arrived. The others are loaded once they come into view.
    for (const role of this.#groups.keys()) if (!hasGroups || !this.#watcher.inView.has(role)) this.#groups.delete(role);
    const loaded = [this.main, ...(hasSections ? [this.pending] : []), ...this.#groups.values()];
    await Promise.all(loaded.map((one) => this.load(one)));
  }

  more(list: PeopleList): void {
    void list.more(this.#asked(list));
  }

  /** Loads all that is shown again. */
  async refresh(): Promise<void> {
    this.loadedAt = Date.now();
    const loaded = this.#all.filter((list) => list.isLoaded);
    await Promise.all(loaded.map((list) => list.refresh(this.#asked(list))));
  }

  get #all(): PeopleList[] {
    return [this.main, this.pending, ...this.#groups.values()];
  }

  #newList(fixed?: Partial<Query>): PeopleList {
    return new PeopleList(() => this.host.requestUpdate(), (error) => this.host.problem(error), fixed);
  }

  #asked(list: PeopleList): Asked {
    const { muster, org, query, hasGroups, hasSections, pageSize = 50 } = this.host;
    const { q, role, resource } = query;
    const own = list === this.pending ? { ...noQuery(), q, role, resource } : { ...query, ...(hasSections ? { invite_status: "accepted" as const } : {}) };
    // With groups, the list of all is asked for its numbers alone.
    return { muster, org, query: parameters({ ...own, ...list.fixed }), limit: hasGroups && list === this.main ? 1 : pageSize };
  }
}
