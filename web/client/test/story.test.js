// The first story of the README, by the client, against the backend.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bySubject, createMuster, is } from "@muster/client";
import { token, withBackend } from "./backend.js";

const as = (api, who) => createMuster({ api, getToken: () => token(api, who) });

/** A client of this person that never gets the first response to a request of this method. */
function unlucky(api, who, method) {
  let isLost = false;
  const lossy = async (url, init) => {
    const response = await fetch(url, init);
    if (isLost || init.method !== method) return response;
    isLost = true;
    throw new TypeError("the connection broke");
  };
  return createMuster({ api, getToken: () => token(api, who), fetch: lossy, pause: 50 });
}

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
    assert.deepEqual([preview.data.state, preview.data.is_for_me], ["pending", null]);
    for (const [who, isTheirs] of [["ann", true], ["bob", false]]) {
      const { data } = await as(api, who).invitations.preview(link);
      assert.equal(data.is_for_me, isTheirs);
    }
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

test("the secret of an API key is lost with the first response, and a rotation gives another", async () => {
  await withBackend(async (api) => {
    const olivia = as(api, "olivia");
    const org = (await olivia.organizations.create({ name: "Acme", role_set: "program-delivery" })).data.id;
    const made = await unlucky(api, "olivia", "POST").apiKeys.create(org, "me", { name: "robot" });
    assert.equal(made.headers.get("idempotent-replayed"), "true");
    assert.equal(made.data.secret, undefined);
    const keys = await olivia.apiKeys.list(org, "me");
    assert.deepEqual(keys.data.items.map(({ id }) => id), [made.data.id]);
    const again = await unlucky(api, "olivia", "POST").apiKeys.rotate(org, "me", made.data.id, {});
    assert.equal(again.data.secret, undefined);
    const { data } = await olivia.apiKeys.rotate(org, "me", made.data.id, {});
    assert.equal((await olivia.apiKeys.verify({ key: data.secret })).data.valid, true);
  });
});

test("a lost response does a change once, except that a duration is counted anew unless a version guards it", async () => {
  await withBackend(async (api) => {
    const olivia = as(api, "olivia");
    const org = (await olivia.organizations.create({ name: "Acme", role_set: "program-delivery" })).data.id;
    await as(api, { sub: "operator", scope: "muster:platform" }).organizations.setPlan(org, { allowed_domains: ["acme.example"] });
    await olivia.organizations.update(org, { settings: { optional_roles: ["implementation_admin"] } });
    await olivia.invitations.create(org, { emails: "ann@acme.example", role: "admin" });
    const ann = (await as(api, "ann").invitations.accept(await invitationTo(api, "ann@acme.example"))).data.member.id;
    const changes = async () => {
      const { data } = await olivia.events.list(org, { subject: ann, limit: 100 });
      return data.items.filter(({ kind }) => kind === "member.role_changed" || kind === "member.updated").length;
    };
    const patch = (body, options) => unlucky(api, "olivia", "PATCH").members.update(org, ann, body, options);

    await patch({ name: "Ann" });
    assert.equal(await changes(), 1);
    const { etag } = await olivia.members.get(org, ann);
    const term = { role: "implementation_admin", duration: "1_month" };
    const refused = await patch(term, { ifMatch: etag }).catch((error) => error);
    assert.deepEqual([refused.slug, refused.attempts], ["precondition-failed", 2]);
    assert.equal(await changes(), 2);
    const before = (await olivia.members.get(org, ann)).data.role_expires_at;
    const { data } = await patch(term);
    assert.ok(Date.parse(data.role_expires_at) > Date.parse(before));
    assert.equal(await changes(), 4);
  });
});
