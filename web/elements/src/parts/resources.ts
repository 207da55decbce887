// Choosing resources: a list to tick, with a search once it is long.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterElement } from "../base.js";
import type { Named } from "../contract.js";
import { keyOf, nameOf } from "./names.js";
import { icon, searchIcon } from "./icons.js";

/** From how many on there is a search. */
const LONG = 8;
const MOST_LOADED = 500;

/** All resources that the caller sees, up to a limit. */
export async function loadResources(host: MusterElement): Promise<Named[]> {
  const found: Named[] = [];
  for await (const resource of host.muster.resources.list(host.org, { limit: 100 })) {
    found.push(resource);
    if (found.length >= MOST_LOADED) break;
  }
  return found.sort((one, other) => nameOf(one).localeCompare(nameOf(other), host.tag));
}

/** The list. */
export class ResourcePicker {
  chosen = new Map<string, Named>();
  #loaded: Named[] | undefined;
  #search = "";

  constructor(
    private readonly host: MusterElement,
    /** What several of them are called. */
    private readonly names: string,
    private readonly changed: () => void,
  ) {}

  /** Loads what there is to choose from, once. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    try {
      this.#loaded = await loadResources(this.host);
    } catch (error) {
      this.host.problem(error);
      this.#loaded = [];
    }
    this.host.requestUpdate();
  }

  /** `only`: those in question, if not all. */
  render(only: Named[] | undefined, isNeeded: boolean): TemplateResult {
    const { words } = this.host;
    const all = only ?? this.#loaded;
    const looked = this.#search.trim().toLocaleLowerCase(this.host.tag);
    const shown = all?.filter((resource) => nameOf(resource).toLocaleLowerCase(this.host.tag).includes(looked));
    return html`<fieldset class="field picker">
      <legend>${this.names} ${isNeeded ? nothing : html`<span class="muted">(${words.optional})</span>`}</legend>
      ${all && all.length > LONG ? this.#searchField(words.filterResources(this.names)) : nothing}
      ${all
        ? html`<div class="options scroll">${(shown ?? []).map((resource) => this.#option(resource))}</div>`
        : html`<div class="bone"></div>`}
      ${all?.length === 0 ? html`<p class="hint">${words.noResources(this.names)}</p>` : nothing}
    </fieldset>`;
  }

  #searchField(label: string): TemplateResult {
    const input = (event: Event) => {
      this.#search = (event.target as HTMLInputElement).value;
      this.host.requestUpdate();
    };
    return html`<div class="search">
      ${icon(searchIcon)}<input class="input" type="search" aria-label=${label} placeholder=${label} .value=${this.#search} @input=${input} />
    </div>`;
  }

  #option(resource: Named): TemplateResult {
    const key = keyOf(resource);
    const change = (event: Event) => {
      if ((event.target as HTMLInputElement).checked) this.chosen.set(key, resource);
      else this.chosen.delete(key);
      this.changed();
    };
    return html`<label><input type="checkbox" .checked=${this.chosen.has(key)} @change=${change} /><span class="clip">${nameOf(resource)}</span></label>`;
  }
}
