import { showTeam } from "./team.js";
import { api, first, getToken } from "./page.js";

const place = document.querySelector("main");
showTeam({ api, organization: first, getToken, onLeft: () => place.replaceChildren("You have left.") });
window.show = (id) => (document.querySelector("muster-team").organization = id);
