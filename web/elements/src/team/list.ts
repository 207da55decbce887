// The rows of a list: pages, and what is loaded again after a change.

import type { Problem } from "@muster/client";
import type { Muster, People, Row, Seats } from "../contract.js";
import type { Narrowing, Query } from "./query.js";

/** How many short pages in a row are asked for without a click. */
const MOST_PARTIAL_PAGES = 5;
const MOST_ROWS_A_PAGE = 100;

/** What a list asks. */
export interface Asked {
  muster: Muster;
  org: string;
  query: Narrowing;
  limit: number;
}

/** A list that grows by pages. */
export class PeopleList {
  rows: Row[] = [];
  seats: Seats | undefined;
  counts: People["counts"] = null;
  cursor: string | null | undefined;
  isLoading = false;
  isLoaded = false;
  /** Whether it was asked for: it is not asked for again by itself. */
  isAsked = false;
  problem: Problem | undefined;
  #abort: AbortController | undefined;

  constructor(
    private readonly changed: () => void,
    /** Tells the page of what goes wrong. */
    private readonly failed: (error: unknown) => Problem | undefined,
    /** What this list asks in any case. */
    readonly fixed: Partial<Query> = {},
  ) {}

  /** Loads the first page. Rows that are shown stay until it is there. */
  async load(asked: Asked): Promise<void> {
    await this.#run(async (signal) => {
      this.rows = await this.#pages(asked, undefined, asked.limit, signal);
    });
  }

  /** Loads one page more. */
  async more(asked: Asked): Promise<void> {
    if (this.isLoading) return;
    await this.#run(async (signal) => {
      const more = await this.#pages(asked, this.cursor, asked.limit, signal);
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...more.filter((row) => !known.has(row.id))];
    });
  }

  /** Loads all pages that are shown again, after a change. */
  async refresh(asked: Asked): Promise<void> {
    const shown = Math.max(this.rows.length, asked.limit);
    await this.#run(async (signal) => {
      let rows: Row[] = [];
      do {
        const limit = Math.min(MOST_ROWS_A_PAGE, shown - rows.length);
        rows = [...rows, ...(await this.#pages(asked, rows.length ? this.cursor : undefined, limit, signal))];
      } while (rows.length < shown && this.cursor);
      this.rows = rows;
    });
  }

  /** Ends what is loading. */
  stop(): void {
    this.#abort?.abort();
  }

  async #pages({ muster, org, query }: Asked, from: string | null | undefined, limit: number, signal: AbortSignal): Promise<Row[]> {
    const rows: Row[] = [];
    let cursor = from;
    for (let page = 0; page < MOST_PARTIAL_PAGES; page++) {
      const { data } = await muster.members.list(org, { ...query, limit: limit - rows.length, cursor }, { signal });
      rows.push(...data.items);
      this.seats = data.seats;
      this.counts = data.counts ?? this.counts;
      this.cursor = cursor = data.next_cursor;
      if (!data.partial || !cursor || rows.length >= limit) break;
    }
    return rows;
  }

  async #run(request: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.stop();
    const abort = (this.#abort = new AbortController());
    this.isLoading = this.isAsked = true;
    this.problem = undefined;
    this.changed();
    try {
      await request(abort.signal);
      this.isLoaded = true;
    } catch (error) {
      if (!abort.signal.aborted) this.problem = this.failed(error);
    } finally {
      if (this.#abort === abort) {
        this.isLoading = false;
        this.changed();
      }
    }
  }
}
