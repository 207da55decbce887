// A team to look at: people of several roles, on several resources, some of whom have not answered yet.

import { createOrganization, join, person } from "./backend.js";
import { start } from "./start.js";

export const OWNER = person("Olivia Brandt");
export const ADMIN = person("Amir Haddad");
export const FACILITATOR = person("Felix Okafor");
export const PARTICIPANT = person("Pia Lindqvist");

const on = (...ids) => ids.map((id) => ({ type: "program", id }));

/** Fills an organization. */
export async function fillTeam(backend, name) {
  const organization = await createOrganization(backend, "program-delivery", OWNER, name);
  const { id, owner } = organization;
  const programs = [["spring", "Spring cohort"], ["summer", "Summer cohort"], ["autumn", "Autumn leadership program"]];
  for (const [key, name] of programs) await owner.resources.put(id, "program", key, { name });
  await join(backend, organization, ADMIN, { role: "admin" });
  await join(backend, organization, person("Petra Novák-Lindgren"), { role: "program_admin", resources: on("spring", "summer", "autumn") });
  await join(backend, organization, FACILITATOR, { role: "program_facilitator", resources: on("summer") });
  await join(backend, organization, person("Sofia Marchetti"), { role: "program_sponsor", resources: on("autumn") });
  for (const name of ["Paul Adeyemi", "Priya Raman"]) await join(backend, organization, person(name), { role: "participant", resources: on("spring") });
  await join(backend, organization, PARTICIPANT, { role: "participant", resources: on("spring", "summer") });
  await owner.invitations.create(id, { emails: ["fatma.demir@acme.example"], role: "program_facilitator", resources: on("autumn") });
  await owner.invitations.create(id, { emails: ["quentin@partner.example", "rosa.alvarez@partner.example"], role: "participant" });
  await backend.platform.organizations.setPlan(id, { seat_limit: 8 });
  return organization;
}

/** Starts a backend with such a team, a site with the elements, and a browser. */
export const startTeam = () => start({ fill: async (backend) => ({ organization: await fillTeam(backend, "Acme Learning") }) });
