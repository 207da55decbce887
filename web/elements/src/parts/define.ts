// Elements by their names.

/** Defines elements, unless the page has elements of these names already. */
export function define(elements: Record<string, CustomElementConstructor>): void {
  for (const [name, element] of Object.entries(elements)) if (!customElements.get(name)) customElements.define(name, element);
}
