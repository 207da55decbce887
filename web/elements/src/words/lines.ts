// Words out of lines, as the build writes them: see `build/words.mjs`.

// All that needs words needs the base as well. Apart they would be larger.
import "../base.js";

/** A word: a text, or a function that says it of something. */
type Word = string | ((...given: (string | number)[]) => string);
/** Words by their keys, and those of a group by their keys in it. */
export interface WordsByKey {
  [key: string]: Word | WordsByKey;
}

/** Reads the words of a language. Keys are separated by spaces, and lines by line breaks. */
export function wordsOf(language: string, keys: string, text: string): WordsByKey {
  const lines = text.split("\n");
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const word = (line: string): Word => {
    const say = (...given: (string | number)[]) =>
      line.replace(/\{(\d)([^}]*)\}/g, (_, at: number, forms: string) => {
        const value = given[at] ?? "";
        if (!forms) return String(value);
        const [other = "", ...marked] = forms.slice(1).split("|").reverse();
        // The third letter tells the categories apart: zero, one, two, few, many.
        const mark = rules.select(Number(value))[2] ?? "";
        return (marked.find((form) => form.startsWith(mark))?.slice(1) ?? other).replace("#", numbers.format(Number(value)));
      });
    return line.includes("{") ? say : line;
  };
  const words: WordsByKey = {};
  keys.split(" ").forEach((key, at) => {
    const [group = "", name] = key.split(".");
    const into = name ? ((words[group] ??= {}) as WordsByKey) : words;
    into[name ?? key] = word(lines[at] ?? "");
  });
  return words;
}
