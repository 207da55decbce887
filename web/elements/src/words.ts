// Words in the reader's language, and dates and numbers as that language writes them.

import { en } from "./words/en.js";
import type { Words } from "./words/en.js";

export type { Words };

/** Words that a product puts in place of Muster's: any of them, and names of its roles. */
export type Overrides = Partial<Words> & {
  /** Names and descriptions of roles, by their ids. */
  roles?: Record<string, { name?: string; description?: string }>;
};

const PAUSE_MILLISECONDS = 5000;
const loaders: Record<string, () => Promise<Words>> = {
  en: async () => ({ ...en, ...(await import("./words/en-more.js")).enMore }),
  de: async () => (await import("./words/de.js")).de,
  fr: async () => (await import("./words/fr.js")).fr,
  es: async () => (await import("./words/es.js")).es,
  ar: async () => (await import("./words/ar.js")).ar,
};
const loaded = new Map<string, Words>();
const loading = new Map<string, Promise<void>>();

/** The language that there are words in, for a language tag. */
function spoken(tag: string): string {
  const base = tag.toLowerCase().split("-")[0] ?? "";
  return base in loaders ? base : "en";
}

/** Loads all words of a language. If they cannot be had, they are asked for again after a pause. */
export function loadWords(tag: string): Promise<void> {
  const language = spoken(tag);
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS)).then(() => void loading.delete(language));
  const load = () => loaders[language]!().then((words) => void loaded.set(language, words), pause);
  if (!loading.has(language)) loading.set(language, load());
  return loading.get(language)!;
}

/** The words of a language, once they are loaded. In English, those for the first paint are always there. */
export function wordsOf(tag: string, areAllNeeded: boolean): Words | undefined {
  const language = spoken(tag);
  return loaded.get(language) ?? (language === "en" && !areAllNeeded ? firstWords : undefined);
}

/** The English words for the first paint. Until the others are loaded, nothing says one of them. */
export const firstWords = en as Words;

/** Whether a language is written from right to left. */
export const isRightToLeft = (tag: string): boolean => /^(ar|he|fa|ur)\b/i.test(tag);

/** Writes dates and numbers. */
export class Formats {
  constructor(
    readonly language: string,
    readonly timeZone?: string,
  ) {}

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
