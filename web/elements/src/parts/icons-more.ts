// Icons that nothing needs before something is opened.

export const checkIcon = "m3.5 8.5 3 3 6-7";
export const infoIcon = "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 7.5V11M8 5h.01";
export const shieldIcon = "M8 1.8 13 3.5v4c0 3.2-2.1 5.6-5 6.7-2.9-1.1-5-3.5-5-6.7v-4L8 1.8Z";
export const swapIcon = "M2.5 5.5h10m0 0L10 3m2.5 2.5L10 8M13.5 10.5h-10m0 0L6 8m-2.5 2.5L6 13";
export const pauseIcon = "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM6.5 6v4m3-4v4";
export const playIcon = "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM6.8 5.8v4.4l3.6-2.2-3.6-2.2Z";
export const trashIcon = "M2.5 4h11M6 4V2.5h4V4M4 4l.6 9a.8.8 0 0 0 .8.8h5.2a.8.8 0 0 0 .8-.8L12 4M6.7 7v4m2.6-4v4";
export const pencilIcon = "m2.5 13.5.7-3L10.8 3a1.4 1.4 0 0 1 2 0l.2.2a1.4 1.4 0 0 1 0 2L5.5 12.8l-3 .7Z";
export const sendIcon = "M14 2 7 9m7-7-4.5 12L7 9 2 6.5 14 2Z";
export const linkIcon = "M6.8 9.2a2.7 2.7 0 0 0 3.8 0l2.3-2.3A2.7 2.7 0 0 0 9.1 3.1L8.5 3.7m.7 3.1a2.7 2.7 0 0 0-3.8 0L3.1 9.1a2.7 2.7 0 0 0 3.8 3.8l.6-.6";
export const clockIcon = "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4.5V8l2.3 1.5";
export const cloudIcon = "M2 2l12 12M5 5.3A4 4 0 0 0 4.5 13H11M7.3 4.1A4.3 4.3 0 0 1 12 7.5 2.8 2.8 0 0 1 14 12";
export const listIcon = "M6 4h8M6 8h8M6 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01";
export const keyIcon = "M9.5 9.5a3.5 3.5 0 1 0-3-3L2 11v3h3v-2h2v-2l.5-.5c.6.3 1.3.4 2 0Zm1-4h.01";
