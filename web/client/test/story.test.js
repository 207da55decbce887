// The first story of the README, by the client, against the backend.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bySubject, createMuster, is } from "@muster/client";
import { token, withBackend } from "./backend.js";

const as = (api, who) => createMuster({ api, getToken: () => token(api, who) });

/** The token of the last invitation that was sent to an address. */
async function invitationTo(api, email) {
  const mails = await (await fetch(`${api}/dev/mail`)).json();
  const mail = mails.findLast((mail) => mail.to === email);
  return mail.text.match(/\/invitations\/([\w-]+)/)[1];
}

test("the first story", async () => {
  await withBackend(async (api) => {
    const olivia = as(api, "olivia");
    const platform = as(api, { sub: "operator", scope: "muster:platform" });
    const created = await olivia.organizations.create({ name: "Acme", role_set: "program-delivery" });
    assert.equal(created.status, 201);
    const org = created.data.id;
    await platform.organizations.setPlan(org, { seat_limit: 5, allowed_domains: [] });
    const registered = await olivia.resources.put(org, "program", "spring", { name: "Spring cohort" });
    assert.equal(registered.status, 201);

    const offer = { role: "program_admin", resources: [{ type: "program", id: "spring" }] };
    const idempotencyKey = "invite-ann-and-bob";
    const people = { ...offer, emails: "ann@acme.example, bob@acme.example" };
    const invited = await olivia.invitations.create(org, people, { idempotencyKey });
    const again = await olivia.invitations.create(org, people, { idempotencyKey });
    assert.deepEqual(again.data, invited.data);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.equal(invited.data.seats.used, 3);

    const link = await invitationTo(api, "ann@acme.example");
    const preview = await createMuster({ api }).invitations.preview(link);
    assert.equal(preview.data.state, "pending");
    const accepted = await as(api, "ann").invitations.accept(link);
    assert.equal(accepted.data.member.email, "ann@acme.example");
    const refused = await as(api, "ann").organizations.delete(org).catch((error) => error);
    assert.ok(is(refused, "forbidden"), String(refused));

    const dry = await olivia.invitations.create(org, { ...offer, emails: "a@x.example b@x.example", dry_run: true });
    assert.equal(dry.status, 200);
    const full = await olivia.invitations
      .create(org, { ...offer, emails: "a@x.example b@x.example c@x.example" })
      .catch((error) => error);
    assert.ok(is(full, "no-seats-available"), String(full));
    assert.deepEqual(full.seats, { used: 3, limit: 5, needed: 3 });
    const faulty = await olivia.invitations.create(org, { ...offer, emails: "ann@acme.example, not-an-address" }).catch((error) => error);
    assert.deepEqual(faulty.errors.map(({ code }) => code), ["already_member", "invalid_email"]);
  });
});

test("lists are followed to their end, versions guard changes, and a user is found by the `sub`", async () => {
  await withBackend(async (api) => {
    const olivia = as(api, "olivia");
    const { data: organization } = await olivia.organizations.create({ name: "Acme", role_set: "program-delivery" });
    const org = organization.id;
    for (let batch = 0; batch < 3; batch++) {
      const emails = Array.from({ length: 15 }, (_, index) => `person${batch * 15 + index}@acme.example`).join(" ");
      await olivia.invitations.create(org, { emails, role: "admin" });
    }
    const seen = new Set();
    for await (const person of olivia.members.list(org, { limit: 10 })) seen.add(person.email);
    assert.equal(seen.size, 46);
    const sizes = [];
    for await (const { data } of olivia.members.list(org, { limit: 20 }).pages()) sizes.push(data.items.length);
    assert.deepEqual(sizes.reduce((sum, size) => sum + size), 46);

    const me = await olivia.members.get(org, "me");
    const same = await olivia.members.get(org, bySubject("olivia"), undefined, { ifNoneMatch: me.etag });
    assert.equal(same.status, 304);
    const named = await olivia.members.update(org, "me", { name: "Olivia O." }, { ifMatch: me.etag });
    assert.equal(named.data.name, "Olivia O.");
    const late = await olivia.members.update(org, "me", { name: "Olive" }, { ifMatch: me.etag }).catch((error) => error);
    assert.ok(is(late, "precondition-failed"), String(late));

    const file = await olivia.exports.download(org, { format: "csv" });
    assert.match(await file.data.text(), /person44@acme\.example/);
    assert.equal((await olivia.organizations.delete(org)).status, 204);
    const gone = await olivia.organizations.get(org).catch((error) => error);
    assert.ok(is(gone, "not-found"), String(gone));
  });
});
