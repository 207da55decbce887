import "@muster/elements/muster-team";

export function showTeam({ api, organization, getToken, onLeft }) {
  const team = document.querySelector("muster-team");
  Object.assign(team, { api, organization, getToken });
  team.addEventListener("muster-left", onLeft);
}
