// What the list shows: search, filters and order, also as the text that a link can carry.

import type { Schemas } from "@muster/client";

/** What narrows and orders a list, as the API takes it. */
export type Narrowing = Partial<Pick<Query, "q" | "role" | "joined_in" | "resource">> & {
  invite_status?: "accepted" | "pending";
  status?: "active" | "inactive";
  sort?: Schemas["Order"];
};

/** The parts of a query. */
export interface Query {
  q: string;
  invite_status: "" | "accepted" | "pending";
  status: "" | "active" | "inactive";
  role: string[];
  joined_in: string;
  resource: string;
  sort: string;
}

/** The parts that are chosen from a menu. */
export type Filter = "status" | "role" | "joined_in" | "resource" | "sort";

/** The query that leaves nobody out. */
export const noQuery = (): Query => ({ q: "", invite_status: "", status: "", role: [], joined_in: "", resource: "", sort: "" });

/** The query as parameters of the API. */
export const parameters = (query: Query): Narrowing => Object.fromEntries(Object.entries(query).filter(([, value]) => value.length)) as Narrowing;

/** The query as text, such as `q=ann&role=a,b`. */
export function format(query: Query): string {
  const given = Object.entries(parameters(query)).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(given).toString();
}

/** The query that a text describes. What it does not know, it leaves out. */
export function parse(text: string): Query {
  const given = new URLSearchParams(text);
  const value = (name: string) => given.get(name) ?? "";
  const oneOf = <T extends string>(name: string, known: T[]) => known.find((one) => one === value(name)) ?? "";
  return {
    q: value("q"),
    invite_status: oneOf("invite_status", ["accepted", "pending"]),
    status: oneOf("status", ["active", "inactive"]),
    role: value("role").split(",").filter(Boolean),
    joined_in: value("joined_in"),
    resource: value("resource"),
    sort: oneOf("sort", ["name", "-name", "joined", "-joined", "last_active", "-last_active"]),
  };
}

/** Whether a filter is set. Search and order are none. */
export const isFiltered = (query: Query): boolean => !!(query.invite_status || query.status || query.role.length || query.joined_in || query.resource);
