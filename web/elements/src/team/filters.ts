// The items of the menus that filter and order the list.

import type { MusterTeam } from "../team.js";
import type { MenuItem } from "../parts/menu.js";
import { keyOf, nameOf } from "../parts/names.js";
import { loadResources } from "../parts/resources.js";
import type { Filter } from "./query.js";
import { orders, periods } from "./toolbar.js";

const YEARS = 3;

/** The items of one menu. */
export function filterItems(host: MusterTeam, name: Filter): () => MenuItem[] {
  const { words } = host;
  const any: [string, string] = ["", words.anyOne];
  switch (name) {
    case "role":
      return () => roleItems(host);
    case "status":
      return () => choices(host, name, [any, ["active", words.active], ["inactive", words.inactive]]);
    case "joined_in":
      return () => choices(host, name, [any, ...Object.entries(periods(host)), ...years()]);
    case "resource":
      void load(host);
      return () => choices(host, name, [any, ...(host.resources ?? []).map((one): [string, string] => [keyOf(one), nameOf(one)])]);
    case "sort":
      return () => choices(host, name, Object.entries(orders(host)));
  }
}

/** Several roles can be chosen at once. */
function roleItems(host: MusterTeam): MenuItem[] {
  const counts = host.lists.main.counts?.roles;
  const flip = (id: string) => (host.query.role.includes(id) ? host.query.role.filter((one) => one !== id) : [...host.query.role, id]);
  return (host.team?.roles ?? []).map((role) => {
    const count = counts?.[role.id];
    return {
      label: host.roleName(role),
      checked: host.query.role.includes(role.id),
      several: true,
      ...(count ? { count: host.formats.number(count) } : {}),
      run: () => host.filter({ role: flip(role.id) }),
    };
  });
}

function choices(host: MusterTeam, name: Exclude<Filter, "role">, options: [value: string, label: string][]): MenuItem[] {
  return options.map(([value, label]) => ({ label, checked: host.query[name] === value, run: () => host.filter({ [name]: value }) }));
}

function years(): [string, string][] {
  const now = new Date().getUTCFullYear();
  return Array.from({ length: YEARS }, (_, back) => [String(now - back), String(now - back)]);
}

async function load(host: MusterTeam): Promise<void> {
  if (host.resources) return;
  try {
    host.resources = await loadResources(host);
  } catch (error) {
    host.problem(error);
  }
  host.requestUpdate();
}
