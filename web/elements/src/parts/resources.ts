// Choosing resources: a list to tick, with a search once it is long.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Problem, Schemas } from "@muster/client";
import type { MusterElement } from "../base.js";
import type { Named } from "../contract.js";
import { isTicked, optional, typed } from "./form.js";
import { Latest } from "./latest.js";
import { keyOf, nameOf } from "./names.js";
import { icon, searchIcon } from "./icons.js";

/** From how many on there is a search. */
const LONG = 8;
const PAGE = 100;
const MOST_LOADED = 500;
const MOST_PAGES = 10;

const sorted = (host: MusterElement, resources: Named[]): Named[] => resources.sort((one, other) => nameOf(one).localeCompare(nameOf(other), host.tag));

/** All resources that the caller sees, up to a limit. */
export async function loadResources(host: MusterElement): Promise<Named[]> {
  const found: Named[] = [];
  for await (const resource of host.muster.resources.list(host.org, { limit: PAGE })) {
    found.push(resource);
    if (found.length >= MOST_LOADED) break;
  }
  return sorted(host, found);
}

/** The resources to choose from. If they are more than a page, the API searches them. */
export class Resources {
  found: Named[] | undefined;
  problem: Problem | undefined;
  /** Whether the API has more than what was found. */
  isPart = false;
  #text = "";
  readonly #latest = new Latest();

  constructor(
    private readonly host: MusterElement,
    /** Those in question, if not all. */
    private readonly only?: Named[],
  ) {
    if (only) this.found = only;
  }

  /** Loads what there is to choose from. */
  load(): void {
    if (!this.only) this.#latest.ask(this.#load);
  }

  #load = async (signal: AbortSignal): Promise<void> => {
    const { host } = this;
    const q = this.#looked;
    try {
      const found: Named[] = [];
      let cursor: string | null = null;
      // A page of a search can have few of them, or none, while more pages follow.
      for (let pages = 0; found.length < PAGE && (!pages || (q && cursor && pages < MOST_PAGES)); pages += 1) {
        const query = { limit: PAGE, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) };
        const { data }: { data: Schemas["ResourcePage"] } = await host.muster.resources.list(host.org, query, { signal });
        found.push(...data.items);
        cursor = data.next_cursor;
      }
      this.found = sorted(host, found);
      this.isPart = !!q || !!cursor;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = host.problem(error);
      this.found ??= [];
    }
    host.requestUpdate();
  };

  /** Those that the search finds. */
  get shown(): Named[] | undefined {
    if (this.isPart) return this.found;
    const { tag } = this.host;
    return this.found?.filter((resource) => nameOf(resource).toLocaleLowerCase(tag).includes(this.#looked.toLocaleLowerCase(tag)));
  }

  /** The field to search in, once there are many. */
  search(names: string): TemplateResult | typeof nothing {
    if (!this.isPart && (this.found?.length ?? 0) <= LONG) return nothing;
    const { words } = this.host;
    const label = words.filterResources(names);
    const input = (event: Event) => {
      this.#text = typed(event);
      if (this.isPart) this.#latest.later(this.#load);
      this.host.requestUpdate();
    };
    return html`<div class="search">
      ${icon(searchIcon)}<input class="input" type="search" maxlength="200" aria-label=${label} placeholder=${label} .value=${this.#text} @input=${input} />
    </div>`;
  }

  get #looked(): string {
    return this.#text.trim();
  }
}

/** The list. */
export class ResourcePicker {
  chosen = new Map<string, Named>();
  #resources: Resources | undefined;

  constructor(
    private readonly host: MusterElement,
    /** What several of them are called. */
    private readonly names: string,
    private readonly changed: () => void,
    private readonly legend = names,
  ) {}

  /** Shows what there is to choose from. `only`: those in question, if not all. */
  offer(only?: Named[]): void {
    this.#resources = new Resources(this.host, only);
    this.#resources.load();
  }

  render(isNeeded: boolean): TemplateResult {
    const { words } = this.host;
    const { shown = [], found, isPart } = this.#resources ?? {};
    // Where no role is held on resources, they have no words.
    if (!this.names && !found?.length) return html``;
    // What is chosen stays in sight, also if it is not on the page that was found.
    const others = isPart ? [...this.chosen.values()].filter((one) => !shown.some((two) => keyOf(one) === keyOf(two))) : [];
    return html`<fieldset class="field picker">
      <legend><bdi>${this.legend}</bdi> ${isNeeded ? nothing : optional(words)}</legend>
      ${this.#resources?.search(this.names)}
      ${found ? html`<div class="options scroll">${[...others, ...shown].map((resource) => this.#option(resource))}</div>` : html`<div class="bone"></div>`}
      ${found?.length === 0 && !isPart ? html`<p class="hint">${words.noResources(this.names)}</p>` : nothing}
    </fieldset>`;
  }

  #option(resource: Named): TemplateResult {
    const key = keyOf(resource);
    const change = (event: Event) => {
      if (isTicked(event)) this.chosen.set(key, resource);
      else this.chosen.delete(key);
      this.changed();
    };
    return html`<label><input type="checkbox" .checked=${this.chosen.has(key)} @change=${change} /><span class="clip" dir="auto">${nameOf(resource)}</span></label>`;
  }
}
