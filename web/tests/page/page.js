// What a product does: it says where the API is and how a token is had, and puts an element into its page.

import { configure } from "/dist/index.js";
import "/dist/define.js";

const { api, element, attributes, language, direction } = await window.musterPage();
document.documentElement.lang = language;
if (direction) document.documentElement.dir = direction;
configure({ api, getToken: (wish) => window.musterToken({ fresh: wish.fresh }) });
window.events = [];
for (const name of ["ready", "change", "before", "problem", "sign-in", "left", "accepted", "continue", "state", "upgrade", "deleted", "declined", "select", "invitations"])
  document.addEventListener(`muster-${name}`, (event) => window.events.push([name, event.detail]));
const node = document.createElement(element);
for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
document.querySelector("main").append(node);
