// Compiled, not run: the types that the client has, against those that openapi-typescript makes of the same document.

import { type Problem, type Schemas, createMuster, is } from "@muster/client";
import type { components, operations } from "./openapi.js";

type Document = components["schemas"];
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Names = keyof Schemas | keyof Document;
/** The schemas that differ, or that one side lacks. */
type Different = {
  [Name in Names]: Name extends keyof Schemas & keyof Document
    ? Same<Schemas[Name], Document[Name]> extends true
      ? never
      : Name
    : Name;
}[Names];

const different: [Different] extends [never] ? "none" : Different = "none";
void different;

/** The statuses and bodies of an operation, as the document has them. */
type Told<Name extends keyof operations> = operations[Name]["responses"];

export async function used(org: string): Promise<void> {
  const muster = createMuster({ api: "", getToken: async ({ fresh }) => (fresh ? "new" : null) });
  const { data, etag } = await muster.members.list(org, { q: "ann", sort: "-joined", role: ["admin", "owner"] });
  const cursor: string | null = data.next_cursor;
  void cursor;
  for await (const person of muster.members.list(org)) void person.email.length;
  const page: Told<"list_members">[200]["content"]["application/json"] = data;
  void page;

  // @ts-expect-error: there is no such order.
  await muster.members.list(org, { sort: "age" });
  // @ts-expect-error: there is no such filter.
  await muster.members.list(org, { height: "tall" });
  // @ts-expect-error: an id is needed.
  await muster.members.get(org);
  // @ts-expect-error: a body is needed.
  await muster.organizations.create();
  // @ts-expect-error: a version guards changes, and nothing else.
  await muster.organizations.create({ name: "Acme" }, { ifMatch: etag ?? undefined });

  const invited = await muster.invitations.create(org, { emails: "a@b.example", role: "admin" });
  if (invited.status === 201) void invited.data.invitations.length;
  // @ts-expect-error: a dry run invites nobody.
  else void invited.data.invitations.length;

  await muster.members.add(org, { contact: "ann", role: "admin" });
  // @ts-expect-error: a person is named by their address or as a contact.
  await muster.members.add(org, { role: "admin" });
  // @ts-expect-error: and not by both.
  await muster.members.add(org, { email: "a@b.example", contact: "ann", role: "admin" });
  await muster.contacts.put(org, "ann", { email: "a@b.example", user: null });
  // @ts-expect-error: an account is told by its subject or by its user, and not by both.
  await muster.contacts.put(org, "ann", { email: "a@b.example", subject: "idp|1", user: "usr_1" });

  const read = await muster.organizations.get(org);
  const status: 200 = read.status;
  void status;
  const again = await muster.organizations.get(org, { ifNoneMatch: '"7"' });
  // @ts-expect-error: nothing has changed, so there may be no data.
  void again.data.name;
  if (again.status === 200) void again.data.name;
  const file: Blob = (await muster.exports.download(org, { format: "xlsx" })).data;
  void file;

  const error: unknown = null;
  if (is(error, "no-seats-available")) {
    const needed: number = error.seats.needed;
    void needed;
  }
  // @ts-expect-error: there is no such problem.
  is(error, "no-seat-available");
  if (is(error)) void (error satisfies Problem).slug;
}
