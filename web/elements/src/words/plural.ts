// Forms of a word by number.

/** The forms that a language has; `other` is the one that is always there. */
export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** A language tag with the digits that its language is written in: browsers do not agree on those of Arabic. */
export const withDigits = (tag: string): string => (/^ar\b(?!.*-u-)/i.test(tag) ? `${tag}-u-nu-arab` : tag);

/** Chooses the form for a number, and writes the number in the place of `#`. */
export function plurals(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(withDigits(language));
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace("#", numbers.format(count));
}
