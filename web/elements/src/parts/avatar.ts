// Avatars: initials on the person's color.

import { html } from "lit";
import type { TemplateResult } from "lit";
import { icon, mailIcon } from "./icons.js";

/** The colors of people who have chosen none. */
export const HUES = ["#4f6bed", "#0f8f83", "#b4569c", "#c76a1e", "#7b61d9", "#2f8f4e", "#c2475b", "#3a86b8"];

/** The color of a person who has chosen none: the same one each time. */
export function hueOf(id: string): string {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return HUES[sum % HUES.length] ?? "#4f6bed";
}

/**
 * The style of what has a person's color. What is no color is not taken: it could bring styles of its own. It is set through the object model: a
 * `style` attribute would need `unsafe-inline`.
 */
export const hued = (color: string | null | undefined, id: string): string => `--_hue: ${/^#([\da-f]{3}){1,2}$/i.test(color ?? "") ? color : hueOf(id)}`;

/** The initials of a name, or the first letter of an address. */
export function initials(name: string | null | undefined, email: string): string {
  const parts = (name ?? "").trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = (word = "") => [...word].find((character) => /[\p{L}\p{N}]/u.test(character)) ?? "";
  return parts.length ? first(parts[0]) + (parts.length > 1 ? first(parts.at(-1)) : "") : first(email);
}

interface Person {
  id: string;
  email: string;
  name?: string | null;
  color?: string | null;
  status?: string | null;
  kind?: string;
}

/** An avatar. The name stands beside it, so that a screen reader does not read it twice. */
export function avatar(person: Person, size = ""): TemplateResult {
  if (person.kind === "invitation") return html`<span class="avatar pending ${size}" part="avatar" aria-hidden="true">${icon(mailIcon)}</span>`;
  const look = person.status === "inactive" ? "inactive" : "";
  return html`<span class="avatar ${look} ${size}" part="avatar" aria-hidden="true" .style=${hued(person.color, person.id)}
    >${initials(person.name, person.email)}</span
  >`;
}
