// Words in the reader's language, and dates and numbers as that language writes them.

import { groups, text } from "./words/en.js?first";
import type { Words } from "./words/en.js";
import { wordsIn } from "./words/lines.js";
import type { WordsByPlace } from "./words/lines.js";
import { withDigits } from "./words/plural.js";

export type { Words };

/** Words that a product puts in place of Muster's: any of them, and names of its roles and resources. */
export type Overrides = Partial<Words> & {
  /** Names and descriptions of roles, by their ids. */
  roles?: Record<string, { name?: string; description?: string }>;
  /** What one resource and several are called, by their type. */
  resources?: Record<string, { one: string; other: string }>;
};

const PAUSE_MILLISECONDS = 5000;
type Text = { text: string };
/** Where the words for the first paint are, and the others: the build makes two texts of each language. */
const texts: Record<string, [first: () => Text | Promise<Text>, others: () => Promise<Text>]> = {
  en: [() => ({ text }), () => import("./words/en-more.js?more")],
  de: [() => import("./words/de.js?first"), () => import("./words/de.js?more")],
  fr: [() => import("./words/fr.js?first"), () => import("./words/fr.js?more")],
  es: [() => import("./words/es.js?first"), () => import("./words/es.js?more")],
  ar: [() => import("./words/ar.js?first"), () => import("./words/ar.js?more")],
};
/** The sources say words by their keys, of which the build makes places. */
const byKey = (words: WordsByPlace): Words => words as unknown as Words;
/** The English words for the first paint. Until the others are loaded, nothing says one of them. */
export const firstWords = byKey(wordsIn("en", groups, text));
/** By language, and whether they are all of its words. */
const loaded = new Map<string, Words>([["en false", firstWords]]);
const loading = new Map<string, Promise<void>>();
/** The keys of all words by their places, which only a product's own words need. */
let keys: string[] | undefined;

/** The language that there are words in, for a language tag. */
function spoken(tag: string): string {
  const base = tag.toLowerCase().split("-")[0] ?? "";
  return base in texts ? base : "en";
}

/**
 * Loads the words of a language, all or those for the first paint, and what a product's own ones need. If they cannot be had, they are asked
 * for again after a pause.
 */
export function loadWords(tag: string, areAllNeeded = true, hasOwn = false): Promise<void> {
  const language = spoken(tag);
  const key = `${language} ${areAllNeeded} ${hasOwn}`;
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS)).then(() => void loading.delete(key));
  const load = async () => {
    const [first, others] = texts[language]!;
    const [one, two, own] = await Promise.all([first(), areAllNeeded && others(), hasOwn && import("./words/en.js?keys")]);
    if (own) keys = own.keys.split(" ");
    loaded.set(`${language} ${areAllNeeded}`, byKey(wordsIn(language, groups, two ? `${one.text}\n${two.text}` : one.text)));
  };
  if (!loading.has(key)) loading.set(key, load().catch(pause));
  return loading.get(key)!;
}

/** The words of a language, once they are loaded. */
export function wordsOf(tag: string, areAllNeeded: boolean): Words | undefined {
  const language = spoken(tag);
  return loaded.get(`${language} true`) ?? (areAllNeeded ? undefined : loaded.get(`${language} false`));
}

/** Words with a product's own in place of them; undefined before it is known where they belong. */
export function withOwn(words: Words, own: Overrides): Words | undefined {
  if (!keys) return undefined;
  const all = [...(words as unknown as WordsByPlace)];
  for (const [key, word] of Object.entries(own as Record<string, WordsByPlace[number]>)) {
    const place = keys.indexOf(key);
    const theirs = all[place];
    if (theirs !== undefined) all[place] = typeof word === "object" ? { ...(theirs as object), ...word } : word;
  }
  return byKey(all);
}

/** Whether a language is written from right to left. */
export const isRightToLeft = (tag: string): boolean => /^(ar|he|fa|ur)\b/i.test(tag);

/** Writes dates and numbers. */
export class Formats {
  readonly language: string;

  constructor(
    tag: string,
    readonly timeZone?: string,
  ) {
    this.language = withDigits(tag);
  }

  /** A day, such as `3 Mar 2026`. */
  day(at: string | Date): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeZone: this.timeZone }).format(new Date(at));
  }

  /** How far away a time is, in the largest unit that fits, to the hour: `in 6 days`, `2 hours ago`, `now`. */
  relative(at: string | Date, now = Date.now()): string {
    const seconds = (new Date(at).getTime() - now) / 1000;
    const units: [Intl.RelativeTimeFormatUnit, number][] = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600]];
    const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 3600];
    return new Intl.RelativeTimeFormat(this.language, { numeric: "auto" }).format(Math.round(seconds / size), unit);
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.language).format(value);
  }

  list(items: string[]): string {
    return new Intl.ListFormat(this.language, { style: "short", type: "unit" }).format(items);
  }
}
