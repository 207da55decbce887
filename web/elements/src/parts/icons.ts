// Icons, as paths of 16 units. They are drawn in the color of the text, and a screen reader does not read them.

import { html } from "lit";
import type { TemplateResult } from "lit";

/** An icon. */
export const icon = (path: string): TemplateResult => html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d=${path}/></svg>`;

export const searchIcon = "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14";
export const plusIcon = "M8 3v10M3 8h10";
export const downIcon = "m4 6.5 4 4 4-4";
export const upIcon = "m4 9.5 4-4 4 4";
export const sortIcon = "M5 3v10m0 0L2.5 10.5M5 13l2.5-2.5M11 13V3m0 0L8.5 5.5M11 3l2.5 2.5";
export const dotsIcon = "M3.5 8h.01M8 8h.01M12.5 8h.01";
export const alertIcon = "M8 6v3.5M8 12h.01M7 2.6 1.5 12a1.2 1.2 0 0 0 1 1.8h11a1.2 1.2 0 0 0 1-1.8L9 2.6a1.2 1.2 0 0 0-2 0Z";
export const mailIcon = "M2.5 3.5h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Zm-.7.7L8 9l6.2-4.8";
export const peopleIcon = "M6 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 6 8Zm-4.5 5.5c.2-2.4 1.9-4 4.5-4s4.3 1.6 4.5 4M10.5 2.9a2.7 2.7 0 0 1 0 4.8m1.3 2.2c1.6.5 2.5 1.8 2.7 3.6";
export const exitIcon = "M6 13.5H3.5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1H6M10.5 11l3-3-3-3m3 3H6";
export const closeIcon = "m4 4 8 8M12 4l-8 8";
