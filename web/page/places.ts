// The places of the page. They are in the fragment of its address, and so the server learns of none; the link of an invitation is a path of its
// own.

/** What of an organization is shown. */
export const VIEWS = ["team", "profile", "keys", "settings"] as const;
export type View = (typeof VIEWS)[number];

/** A place. */
export type Place =
  | { kind: "invitation"; token: string }
  | { kind: "start" | "teams" | "invitations" }
  | { kind: "organization"; organization: string; view: View; query: string };

/** The place of an address. `home` is the path of the page. */
export function placeOf({ pathname, hash }: { pathname: string; hash: string }, home: string): Place {
  const token = /^\/invitations\/([^/]+)$/.exec(pathname.slice(home.length))?.[1];
  if (token) return { kind: "invitation", token };
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [first = "", second = "team"] = path.split("/");
  if (first === "teams" || first === "invitations") return { kind: first };
  const view = VIEWS.find((view) => view === second);
  return /^org_\w+$/.test(first) && view ? { kind: "organization", organization: first, view, query } : { kind: "start" };
}

/** The fragment of what is shown of an organization. */
export const fragmentOf = (organization: string, view: View, query = ""): string => `#/${organization}/${view}${query && `?${query}`}`;
