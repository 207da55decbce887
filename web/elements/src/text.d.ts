/** Style sheets are imported as text; the build shortens them. */
declare module "*.css" {
  const text: string;
  export default text;
}
/** Words as text, which the build makes of a language: those for the first paint, with the keys in groups of words by the groups' places; and the others. */
declare module "*?first" {
  export const groups: Record<number, string>;
  export const text: string;
}
declare module "*?more" {
  export const text: string;
}
/** The keys of all words and groups of words, in the order of their places. */
declare module "*?keys" {
  export const keys: string;
}
