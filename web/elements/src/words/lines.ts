// Words out of lines, as the build writes them: see `build/words.mjs`.

import { withDigits } from "./plural.js";

/** A word: a text, or a function that says it of something. */
type Word = string | ((...given: (string | number)[]) => string);
/** Words and groups of words by their places. */
export type WordsByPlace = (Word | Record<string, Word>)[];

/** Reads the words of a language. There is a line for each, and one for each word of a group, whose keys are separated by spaces. */
export function wordsIn(language: string, groups: Record<number, string>, text: string): WordsByPlace {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(withDigits(language));
  const word = (line = ""): Word => {
    const say = (...given: (string | number)[]) =>
      line.replace(/\{(\d)([^}]*)\}/g, (_, at: number, forms: string) => {
        const value = given[at] ?? "";
        if (!forms) return typeof value === "number" ? numbers.format(value) : value;
        const [other = "", ...marked] = forms.slice(1).split("|").reverse();
        // The third letter tells the categories apart: zero, one, two, few, many.
        const mark = rules.select(Number(value))[2] ?? "";
        return (marked.find((form) => form.startsWith(mark))?.slice(1) ?? other).replace("#", numbers.format(Number(value)));
      });
    return line.includes("{") ? say : line;
  };
  const words: WordsByPlace = [];
  const lines = text.split("\n");
  while (lines.length) {
    const keys = groups[words.length]?.split(" ");
    words.push(keys ? Object.fromEntries(keys.map((key) => [key, word(lines.shift())])) : word(lines.shift()));
  }
  return words;
}
