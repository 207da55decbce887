import { en } from "./en.js";
import { enMore } from "./en-more.js";
import type { Words } from "./en.js";
export const es: Words = { ...en, ...enMore };
