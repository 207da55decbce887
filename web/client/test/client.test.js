// What the client does with answers, against a server that answers by a script.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, bySubject, createMuster, is } from "@muster/client";
import { operations } from "../src/operations.js";
import { hangUp, problem, scripted, silence } from "./server.js";

const ORG = "org_1";
const muster = (api, more) => createMuster({ api, getToken: () => "token", pause: 1, ...more });

/** The problem that a call ends with. */
async function failure(call) {
  const error = await Promise.resolve(call).then(
    () => assert.fail("the call succeeded"),
    (error) => error,
  );
  assert.ok(error instanceof Problem, String(error?.stack ?? error));
  return error;
}

test("a call has its path, its query and its token, and its answer has data, status and version", async () => {
  await scripted([{ body: { items: [] }, headers: { etag: '"7"' } }], async (api, requests) => {
    const client = muster(api + "/");
    const { data, etag, status, headers } = await client.members.list("org a&b", {
      q: "ann lee",
      role: ["admin", "owner"],
      status: undefined,
      sort: null,
      limit: 5,
    });
    assert.deepEqual([data, etag, status, headers.get("etag")], [{ items: [] }, '"7"', 200, '"7"']);
    const [{ url, method, headers: sent }] = requests;
    assert.equal(method, "GET");
    assert.equal(url, "/v1/organizations/org%20a%26b/members?q=ann+lee&role=admin%2Cowner&limit=5");
    assert.equal(sent.authorization, "Bearer token");
    assert.equal(sent["content-type"], undefined);
  });
});

test("a body is JSON, and an operation that can do without one sends none", async () => {
  await scripted([{ status: 201, body: { id: ORG } }, { status: 202, body: { job: "j" } }], async (api, requests) => {
    const client = muster(api);
    await client.organizations.create({ name: "Acme", role_set: "program-delivery" });
    assert.equal(requests[0].headers["content-type"], "application/json");
    assert.deepEqual(JSON.parse(requests[0].body), { name: "Acme", role_set: "program-delivery" });
    const answer = await client.invitations.resendMany(ORG);
    assert.equal(answer.status, 202);
    assert.equal(requests[1].body, "");
    assert.equal(requests[1].headers["content-type"], undefined);
  });
});

test("an id that would name another route is refused before anything is sent", async () => {
  await scripted([{}], async (api, requests) => {
    for (const id of ["", ".", "..", "a/b", "a?b", "\ud800", "x\udc00y", undefined, null, 5, Symbol("id")]) {
      const error = await failure(muster(api).members.remove(ORG, id));
      assert.deepEqual([error.slug, error.status, error.attempts], ["not-found", 404, 0]);
      await failure(muster(api).events.list(id));
    }
    assert.equal(requests.length, 0);
    await muster(api).resources.delete(ORG, "project", "...x:y@z~#%2F\\");
    assert.equal(requests[0].url, `/v1/organizations/${ORG}/resources/project/...x%3Ay%40z~%23%252F%5C`);
    await muster(api).resources.delete(ORG, "project", "😀");
    assert.equal(requests[1].url, `/v1/organizations/${ORG}/resources/project/%F0%9F%98%80`);
  });
});

/** What no header field can have, or what would be sent as an empty one. */
const UNSENDABLE = ["", " ", null, "a\nb", "a\r\nx-other: b", "a\0", "ключ", "naïve", "😀", "\ud800"];

test("a key or a condition that cannot be sent is refused before anything is sent, and is never left out", async () => {
  await scripted([{ body: {} }, hangUp], async (api, requests) => {
    const client = muster(api);
    const calls = {
      "idempotency-key": (value) => client.invitations.resend(ORG, "inv_1", { idempotencyKey: value }),
      "if-match": (value) => client.members.update(ORG, "usr_1", { role: "admin" }, { ifMatch: value }),
      "if-none-match": (value) => client.resources.put(ORG, "project", "p", { name: "P" }, { ifNoneMatch: value }),
    };
    for (const [field, call] of Object.entries(calls)) {
      for (const value of UNSENDABLE) {
        const error = await failure(call(value));
        assert.deepEqual([error.slug, error.status, error.attempts], ["invalid-argument", 0, 0], `${field}: ${value}`);
        assert.match(error.message, new RegExp(field));
      }
    }
    assert.equal(requests.length, 0);
    await client.members.update(ORG, "usr_1", {}, { ifMatch: undefined });
    assert.equal(requests[0].headers["if-match"], undefined);
  });
});

test("a token that cannot be sent is refused before anything is sent, and the refusal does not tell it", async () => {
  await scripted([problem(503, "unavailable"), {}], async (api, requests) => {
    for (const more of ["\n", "\nx", "\0", "é", "ключ", "😀", "\ud800"]) {
      const error = await failure(muster(api, { getToken: () => "secret" + more }).organizations.get(ORG));
      assert.deepEqual([error.slug, error.status, error.attempts], ["invalid-argument", 0, 0], JSON.stringify(more));
      assert.ok(!`${error.stack} ${JSON.stringify(error)} ${error.cause}`.includes("secret"));
    }
    assert.equal(requests.length, 0);
    const tokens = ["good", "bad\n"];
    const error = await failure(muster(api, { getToken: () => tokens.shift() }).organizations.get(ORG));
    assert.deepEqual([error.slug, error.attempts, requests.length], ["invalid-argument", 1, 1]);
  });
});

test("a body or a query that cannot be written is refused before anything is sent, and no query is an empty one", async () => {
  await scripted([{ body: { items: [] } }], async (api, requests) => {
    const client = muster(api);
    const circle = {};
    circle.circle = circle;
    for (const body of [{ seat_limit: 5n }, circle]) {
      const error = await failure(client.organizations.setPlan(ORG, body));
      assert.deepEqual([error.slug, error.status, error.attempts], ["invalid-argument", 0, 0]);
      assert.ok(error.cause instanceof TypeError);
    }
    for (const q of [Symbol("q"), Object.create(null)]) {
      assert.equal((await failure(client.members.list(ORG, { q }))).slug, "invalid-argument");
    }
    assert.equal(requests.length, 0);
    await client.members.list(ORG, null);
    assert.equal(requests[0].url, `/v1/organizations/${ORG}/members`);
  });
});

test("no operation sends a token that is public, and every other one asks for it each time", async () => {
  await scripted([{ body: {} }], async (api, requests) => {
    let asked = 0;
    const client = muster(api, { getToken: () => `token${++asked}` });
    for (const [group, methods] of Object.entries(operations)) {
      for (const [name, [, path, ...traits]] of Object.entries(methods)) {
        const before = asked;
        const parts = path.match(/{\w+}/g) ?? [];
        await client[group][name](...parts.map(() => "x"), ...(traits.includes("body") ? [{}] : []));
        const isPublic = traits.includes("public");
        assert.equal(asked, isPublic ? before : before + 1, `${group}.${name}`);
        assert.equal(requests.at(-1).headers.authorization, isPublic ? undefined : `Bearer token${asked}`);
      }
    }
  });
});

test("the preview of an invitation sends the token of a caller who has one", async () => {
  await scripted([{ body: {} }], async (api, requests) => {
    for (const [getToken, sent] of [
      [() => "token", "Bearer token"],
      [() => null, undefined],
      [undefined, undefined],
    ]) {
      await muster(api, { getToken }).invitations.preview("link");
      assert.equal(requests.at(-1).headers.authorization, sent);
    }
  });
});

test("a POST that takes a key has one of its own, or the caller's, and no other request has any", async () => {
  await scripted([{ body: {} }], async (api, requests) => {
    const client = muster(api);
    const keys = new Set();
    for (const [group, methods] of Object.entries(operations)) {
      for (const [name, [method, path, ...traits]] of Object.entries(methods)) {
        const parts = path.match(/{\w+}/g) ?? [];
        await client[group][name](...parts.map(() => "x"), ...(traits.includes("body") ? [{}] : []));
        const key = requests.at(-1).headers["idempotency-key"];
        assert.equal(key !== undefined, traits.includes("key"), `${group}.${name}`);
        if (!key) continue;
        assert.equal(method, "POST");
        assert.match(key, /^[-0-9a-z]{20,40}$/);
        assert.ok(!keys.has(key));
        keys.add(key);
      }
    }
    await client.invitations.resend(ORG, "inv_1", { idempotencyKey: "mine" });
    assert.equal(requests.at(-1).headers["idempotency-key"], "mine");
  });
});

test("a token that is refused is asked for once more, fresh", async () => {
  await scripted([problem(401, "unauthorized"), { body: { id: ORG } }], async (api, requests) => {
    const asked = [];
    const client = muster(api, { getToken: async ({ fresh }) => (asked.push(fresh), fresh ? "new" : "old") });
    const { data } = await client.organizations.get(ORG);
    assert.equal(data.id, ORG);
    assert.deepEqual(asked, [false, true]);
    assert.deepEqual(requests.map((request) => request.headers.authorization), ["Bearer old", "Bearer new"]);
  });
});

test("a token is asked for fresh only after it was refused", async () => {
  await scripted([hangUp, problem(401, "unauthorized"), problem(503, "unavailable"), { body: {} }], async (api) => {
    const asked = [];
    await muster(api, { getToken: ({ fresh }) => void asked.push(fresh) }).organizations.get(ORG);
    assert.deepEqual(asked, [false, false, true, false]);
  });
});

test("a fresh token that is refused as well ends the call", async () => {
  await scripted([problem(401, "unauthorized")], async (api, requests) => {
    const error = await failure(muster(api).organizations.get(ORG));
    assert.deepEqual([error.slug, error.status, requests.length], ["unauthorized", 401, 2]);
  });
});

test("without a token a call is sent without one", async () => {
  await scripted([problem(401, "unauthorized")], async (api, requests) => {
    await failure(createMuster({ api }).organizations.get(ORG));
    await failure(muster(api, { getToken: () => null }).organizations.get(ORG));
    assert.deepEqual(requests.map((request) => request.headers.authorization), [undefined, undefined, undefined]);
  });
});

test("a token that cannot be had is a problem with its cause", async () => {
  await scripted([{}], async (api, requests) => {
    const cause = new Error("login required");
    const error = await failure(muster(api, { getToken: () => Promise.reject(cause) }).organizations.get(ORG));
    assert.deepEqual([error.slug, error.cause, error.attempts, requests.length], ["token-unavailable", cause, 0, 0]);
  });
});

test("a problem that `getToken` throws is a cause as well: it is neither the call's own nor repeated", async () => {
  await scripted([problem(503, "unavailable"), {}], async (api, requests) => {
    let asked = 0;
    const cause = await failure(muster(api, { retries: 0 }).organizations.get(ORG));
    const getToken = () => {
      asked++;
      throw cause;
    };
    const error = await failure(muster(api, { getToken }).organizations.get(ORG));
    assert.deepEqual([error.slug, error.cause, asked, requests.length], ["token-unavailable", cause, 1, 1]);
  });
});

test("a token that cannot be had for a repetition does not hide that an attempt was made", async () => {
  await scripted([hangUp], async (api) => {
    const tokens = ["token"];
    const getToken = () => tokens.pop() ?? Promise.reject(new Error("login required"));
    const error = await failure(muster(api, { getToken }).invitations.create(ORG, { emails: "a@b.example", role: "admin" }));
    assert.deepEqual([error.slug, error.attempts], ["token-unavailable", 1]);
  });
});

// Each step that a repetition can help after, with every kind of method; the last columns say what may not be repeated.
const REPEATED = [
  ["a gateway's 429", { status: 429, body: { message: "Too Many Requests" } }],
  ["a gateway's 503", { status: 503, body: { message: "Service Unavailable" } }],
  ["a proxy's 502", { status: 502, body: "<html>", headers: { "content-type": "text/html" } }],
  ["a proxy's 504", { status: 504, body: "" }],
  ["`unavailable`", problem(503, "unavailable", { "retry-after": "0" })],
  ["`throttled`", problem(503, "throttled", { "retry-after": "0" })],
  ["`throttled`, whose wait a proxy hides", problem(503, "throttled")],
  ["`conflict`", problem(409, "conflict", { "retry-after": "0" })],
  ["`invitation-resent-too-often`", problem(429, "invitation-resent-too-often", { "retry-after": "0" })],
  ["a broken connection", hangUp],
  ["a page of a hotel's network", { body: "<html>sign in", headers: { "content-type": "text/html" } }],
];
const CALLS = {
  GET: (client) => client.organizations.get(ORG),
  PUT: (client) => client.resources.put(ORG, "project", "p", { name: "P" }),
  PATCH: (client) => client.members.update(ORG, "usr_1", { role: "admin" }, { ifMatch: '"1"' }),
  DELETE: (client) => client.members.remove(ORG, "usr_1"),
  POST: (client) => client.invitations.create(ORG, { emails: "a@b.example", role: "admin" }),
  "POST that is safe by itself": (client) => client.apiKeys.verify({ key: "mk_x" }),
};
for (const [what, step] of REPEATED) {
  for (const [method, call] of Object.entries(CALLS)) {
    test(`${what} is tried again for a ${method}, as the same request`, async () => {
      await scripted([step, step, { body: { id: "x" } }], async (api, requests) => {
        const { data } = await call(muster(api));
        assert.equal(data.id, "x");
        assert.equal(requests.length, 3);
        const same = ({ method, url, headers, body }) => [method, url, headers["idempotency-key"], headers["if-match"], body];
        assert.deepEqual(same(requests[1]), same(requests[0]));
        assert.deepEqual(same(requests[2]), same(requests[0]));
      });
    });
  }
  test(`${what} is tried four times in all, and is then a problem`, async () => {
    await scripted([step], async (api, requests) => {
      const error = await failure(muster(api).organizations.get(ORG));
      assert.deepEqual([error.attempts, requests.length], [4, 4]);
      assert.notEqual(error.slug, "");
    });
  });
}

const FINAL = [
  ["`internal`", problem(500, "internal")],
  ["a gateway's 500", { status: 500, body: { message: "Internal Server Error" } }],
  ["`mail-limit-reached` that no wait helps", problem(429, "mail-limit-reached")],
  ["a wait of an hour", problem(429, "invitation-resent-too-often", { "retry-after": "3600" })],
  ["`invalid-request`", problem(422, "invalid-request")],
  ["`forbidden`", problem(403, "forbidden")],
  ["`last-owner`", problem(409, "last-owner")],
  ["`precondition-failed`", problem(412, "precondition-failed")],
  ["a proxy's 404", { status: 404, body: "not here" }],
  ["a proxy's 501", { status: 501, body: "" }],
  ["a proxy's 505", { status: 505, body: "" }],
  ["`conflict` without a wait", problem(409, "conflict")],
  ...[400, 403, 404, 408, 410, 412, 413, 422, 425, 500, 501, 505].flatMap((status) => [
    [`a problem of status ${status} with a wait`, problem(status, "forbidden", { "retry-after": "0" })],
    [`a proxy's ${status} with a wait`, { status, body: "", headers: { "retry-after": "0" } }],
  ]),
];
for (const [what, step] of FINAL) {
  test(`${what} is a problem at once`, async () => {
    await scripted([step], async (api, requests) => {
      const error = await failure(muster(api).members.update(ORG, "usr_1", {}));
      assert.deepEqual([error.status, error.attempts, requests.length], [step.status, 1, 1]);
    });
  });
}

test("the wait that the API names is kept, and a wait without a name doubles", async () => {
  await scripted([problem(503, "throttled", { "retry-after": "1" }), { body: {} }], async (api, requests) => {
    await muster(api).organizations.get(ORG);
    const waited = requests[1].at - requests[0].at;
    assert.ok(waited >= 1000 && waited < 1500, `${waited}`);
  });
  await scripted([hangUp], async (api, requests) => {
    await failure(muster(api, { pause: 40 }).organizations.get(ORG));
    const waits = requests.slice(1).map((request, index) => request.at - requests[index].at);
    waits.forEach((wait, index) => assert.ok(wait >= 39 * 2 ** index && wait < 90 * 2 ** index + 60, `${waits}`));
  });
});

test("a wait can be named as a date", async () => {
  const at = new Date(Date.now() + 3600_000).toUTCString();
  await scripted([{ status: 503, body: "", headers: { "retry-after": at } }], async (api) => {
    const error = await failure(muster(api).organizations.get(ORG));
    assert.ok(error.retryAfter > 3500 && error.retryAfter <= 3600, `${error.retryAfter}`);
  });
});

// Neither a whole number of seconds nor a date as HTTP has it. JavaScript reads some of them as numbers or dates all the same.
const GARBAGE = ["garbage", "soon 5", "Invalid Date", "-1", "+1", "1.5", "0x1", "1e1", "1 second", "0, 0", "2020-01-01", "Jan 1 2020", "NaN", "null"];

test("a wait that is neither a number nor a date is as if it were absent", async () => {
  for (const wait of GARBAGE) {
    for (const [status, slug] of [[403, "forbidden"], [409, "conflict"], [429, "mail-limit-reached"]]) {
      await scripted([problem(status, slug, { "retry-after": wait })], async (api, requests) => {
        const error = await failure(muster(api).organizations.get(ORG));
        assert.deepEqual([error.slug, error.retryAfter, requests.length], [slug, undefined, 1], wait);
      });
    }
    await scripted([problem(503, "throttled", { "retry-after": wait })], async (api, requests) => {
      const started = performance.now();
      const error = await failure(muster(api).organizations.get(ORG));
      assert.deepEqual([error.retryAfter, requests.length], [undefined, 4], wait);
      assert.ok(performance.now() - started < 900, wait);
    });
  }
});

test("a deletion whose first answer was lost has succeeded if the thing is gone", async () => {
  for (const lost of [hangUp, problem(503, "unavailable", { "retry-after": "0" })]) {
    await scripted([lost, problem(404, "not-found")], async (api) => {
      const answer = await muster(api).organizations.delete(ORG);
      assert.equal(answer.status, 204);
    });
  }
  for (const certain of [problem(503, "throttled"), problem(401, "unauthorized")]) {
    await scripted([certain, problem(404, "not-found")], async (api) => {
      assert.equal((await failure(muster(api).organizations.delete(ORG))).slug, "not-found");
    });
  }
  await scripted([hangUp, problem(404, "not-found")], async (api) => {
    assert.equal((await failure(muster(api).organizations.get(ORG))).slug, "not-found");
  });
});

test("an attempt that takes too long is a broken connection", async () => {
  await scripted([silence, { body: { id: ORG } }], async (api, requests) => {
    const { data } = await muster(api, { timeout: 100 }).organizations.get(ORG);
    assert.deepEqual([data.id, requests.length], [ORG, 2]);
  });
});

test("a call that is aborted throws the signal's reason: before, during and between attempts, and while a token is had", async () => {
  const reason = new Error("the page was closed");
  const abortSoon = () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    return controller.signal;
  };
  const aborted = (call) => assert.rejects(Promise.resolve(call), (error) => error === reason);
  await scripted([silence], async (api, requests) => {
    await aborted(muster(api).organizations.get(ORG, { signal: AbortSignal.abort(reason) }));
    assert.equal(requests.length, 0);
    await aborted(muster(api).organizations.get(ORG, { signal: abortSoon() }));
    const getToken = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
    await aborted(muster(api, { getToken }).organizations.get(ORG, { signal: abortSoon() }));
  });
  await scripted([hangUp], async (api, requests) => {
    await aborted(muster(api, { pause: 5000 }).organizations.get(ORG, { signal: abortSoon() }));
    assert.equal(requests.length, 1);
  });
});

test("a call ends when it is aborted, although `getToken` or `fetch` does not", async () => {
  const never = () => new Promise(() => {});
  await scripted([{ body: {} }], async (api, requests) => {
    for (const [what, more] of [
      ["a token that never comes", { getToken: never }],
      ["a response that never comes", { fetch: never }],
      ["a body that never ends", { fetch: async () => ({ ok: true, status: 200, headers: new Headers(), text: never }) }],
    ]) {
      const call = muster(api, { retries: 0, ...more }).organizations.get(ORG, { signal: AbortSignal.timeout(50) });
      const end = await Promise.race([call.catch((error) => error.name), new Promise((done) => setTimeout(done, 2000, "it hangs"))]);
      assert.equal(end, "TimeoutError", what);
    }
    // What aborts the call while its token is had, or just before, is not too late either.
    const reason = new Error("signed out");
    for (const abort of [(run) => run(), (run) => queueMicrotask(run), (run) => setTimeout(run)]) {
      const controller = new AbortController();
      const getToken = async () => {
        abort(() => controller.abort(reason));
        await new Promise((done) => setTimeout(done, 10));
        return "token";
      };
      const call = muster(api, { getToken, fetch: never }).organizations.get(ORG, { signal: controller.signal });
      await assert.rejects(call, (error) => error === reason);
    }
    assert.equal(requests.length, 0);
  });
});

test("an attempt that takes too long is a broken connection, although `fetch` does not end it", async () => {
  let calls = 0;
  const fetch = () => (++calls < 3 ? new Promise(() => {}) : Promise.resolve(new Response('{"id":"x"}')));
  const { data } = await createMuster({ fetch, timeout: 30, pause: 1 }).organizations.get(ORG);
  assert.deepEqual([data.id, calls], ["x", 3]);
  const error = await failure(createMuster({ fetch: () => new Promise(() => {}), timeout: 30, retries: 0 }).organizations.get(ORG));
  assert.deepEqual([error.slug, error.cause.name], ["unreachable", "TimeoutError"]);
});

test("a call that was aborted before it began asks for nothing", async () => {
  const asked = [];
  const signal = AbortSignal.abort();
  const getToken = () => void asked.push("token");
  const fetch = async () => new Response(asked.push("response"));
  for (const settings of [{ getToken, fetch }, { fetch }]) {
    await assert.rejects(createMuster(settings).organizations.get(ORG, { signal }), { name: "AbortError" });
  }
  assert.deepEqual(asked, []);
});

test("a call that is aborted between attempts leaves no timer behind", async () => {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const timers = new Set();
  try {
    globalThis.setTimeout = (run, wait) => {
      const timer = set(run, wait);
      if (wait > 4000) timers.add(timer);
      return timer;
    };
    globalThis.clearTimeout = (timer) => {
      timers.delete(timer);
      clear(timer);
    };
    const controller = new AbortController();
    const fetch = async () => {
      set(() => controller.abort(), 20);
      throw new TypeError("no network");
    };
    const call = createMuster({ fetch, pause: 5000 }).organizations.get(ORG, { signal: controller.signal });
    set(() => assert.equal(timers.size, 1), 10);
    await assert.rejects(call, { name: "AbortError" });
    assert.equal(timers.size, 0);
  } finally {
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }
});

test("a call leaves nothing behind at its signal", async () => {
  await scripted([hangUp, problem(401, "unauthorized"), { body: {} }], async (api) => {
    const { signal } = new AbortController();
    const listeners = [];
    signal.addEventListener = (_, listener) => listeners.push(listener);
    signal.removeEventListener = (_, listener) => listeners.splice(listeners.indexOf(listener), 1);
    await muster(api).organizations.get(ORG, { signal });
    assert.equal(listeners.length, 0);
  });
});

test("versions go out as conditions, and a version that still holds has no data", async () => {
  await scripted([{ status: 304, headers: { etag: '"8"' } }, { status: 200, body: {}, headers: { etag: '"9"' } }], async (api, requests) => {
    const read = await muster(api).organizations.get(ORG, { ifNoneMatch: '"8"' });
    assert.deepEqual([read.status, read.data, read.etag], [304, undefined, '"8"']);
    const changed = await muster(api).organizations.update(ORG, { name: "A" }, { ifMatch: '"8"', ifNoneMatch: '"1"' });
    assert.equal(changed.etag, '"9"');
    assert.deepEqual([requests[0].headers["if-none-match"], requests[1].headers["if-match"]], ['"8"', '"8"']);
  });
});

const page = (items, next_cursor, more) => ({ body: { items, next_cursor, ...more } });

test("a list that is iterated has the rows of all pages, short and empty ones too", async () => {
  await scripted([page([1, 2], "a"), page([], "b", { partial: true }), page([3], "c", { partial: true }), page([4], null)], async (api, requests) => {
    const rows = [];
    const list = muster(api).members.list(ORG, { status: "active" });
    for await (const row of list) rows.push(row);
    assert.deepEqual(rows, [1, 2, 3, 4]);
    const cursors = requests.map(({ url }) => new URL(url, api).searchParams.get("cursor"));
    assert.deepEqual(cursors, [null, "a", "b", "c"]);
    assert.ok(requests.every(({ url }) => url.includes("status=active")));
  });
});

test("a list asks for a page when it is needed, and never twice for its first", async () => {
  await scripted([page([1], "a"), page([2], "b"), page([3], null)], async (api, requests) => {
    const list = muster(api).members.list(ORG);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(requests.length, 0);
    const { data } = await list;
    assert.deepEqual(data.items, [1]);
    const sizes = [];
    for await (const { data } of list.pages()) {
      sizes.push(data.items.length);
      assert.equal(requests.length, sizes.length);
      if (sizes.length === 2) break;
    }
    assert.equal(requests.length, 2);
  });
});

test("a search is a list whose cursor is in its body", async () => {
  const found = (results, next_token) => ({ body: { results, page: { next_token, count: results.length } } });
  await scripted([found(["a"], "t"), found(["b"], "")], async (api, requests) => {
    const rows = [];
    const search = { subject: { type: "user" }, action: { name: "read" }, resource: { type: "p", id: "1" }, page: { limit: 1 } };
    for await (const row of muster(api).access.searchSubjects(search)) rows.push(row);
    assert.deepEqual(rows, ["a", "b"]);
    assert.deepEqual(requests.map(({ body }) => JSON.parse(body).page), [{ limit: 1 }, { limit: 1, token: "t" }]);
  });
});

test("a list that comes back to a cursor ends with a problem, after the rows that it brought", async () => {
  const found = (results, next_token) => ({ body: { results, page: { next_token } } });
  for (const [steps, rows] of [
    [[page([1], "a")], [1, 1]],
    [[page([1], "a"), page([2], "a")], [1, 2]],
    [[page([], "a")], []],
    [[page([1], "a"), page([2], "b"), page([3], "c"), page([4], "a"), page([5], "b")], [1, 2, 3, 4]],
    [[found([1], "a")], [1, 1]],
  ]) {
    // The end is for a client that does not see that it goes around.
    const around = Array(20).fill(steps).flat();
    await scripted([...around, "results" in steps[0].body ? found([], "") : page([], null)], async (api, requests) => {
      const list = () => ("results" in steps[0].body ? muster(api).access.searchSubjects({}) : muster(api).members.list(ORG));
      const seen = [];
      const iterate = async () => {
        for await (const row of list()) seen.push(row);
      };
      assert.equal((await failure(iterate())).slug, "repeated-cursor");
      assert.deepEqual(seen, rows);
      assert.equal(requests.length, new Set(steps.length > 1 ? rows : [1, 2]).size);
      const turn = async () => {
        for await (const { status } of list().pages()) assert.equal(status, 200);
      };
      if (steps.length === 1) assert.equal((await failure(turn())).slug, "repeated-cursor");
    });
  }
});

test("a problem in the middle of a list ends its iteration, and one at its beginning its promise", async () => {
  await scripted([page([1], "a"), problem(400, "invalid-query")], async (api) => {
    const rows = [];
    const iterate = async () => {
      for await (const row of muster(api).members.list(ORG)) rows.push(row);
    };
    assert.equal((await failure(iterate())).slug, "invalid-query");
    assert.deepEqual(rows, [1]);
    const list = muster(api).members.list(ORG);
    let ended = false;
    assert.equal(await list.catch((error) => error.slug), "invalid-query");
    await list.finally(() => (ended = true)).catch(() => {});
    assert.ok(ended);
  });
});

test("a file is a blob, and its name is in a header field", async () => {
  const headers = { "content-type": "text/csv", "content-disposition": 'attachment; filename="people.csv"' };
  await scripted([{ body: Buffer.from("name\nAnn\n"), headers }], async (api, requests) => {
    const answer = await muster(api).exports.download(ORG, { format: "csv" });
    assert.equal(await answer.data.text(), "name\nAnn\n");
    assert.match(answer.headers.get("content-disposition"), /people\.csv/);
    assert.match(requests[0].url, /\?format=csv$/);
  });
});

test("a problem of the API keeps all that it says", async () => {
  const errors = [{ email: "x", code: "invalid_email", detail: "no @" }];
  const seats = { used: 2, limit: 2, needed: 1 };
  await scripted([problem(409, "no-seats-available", {}, { detail: "1 seat needed", errors, seats })], async (api) => {
    const error = await failure(muster(api).invitations.create(ORG, { emails: "x", role: "y" }));
    assert.ok(is(error, "no-seats-available") && is(error) && !is(error, "last-owner", "conflict"));
    assert.deepEqual([error.name, error.message, error.errors, error.seats], ["Problem", "1 seat needed", errors, seats]);
    assert.deepEqual([error.title, error.request_id, error.type], ["no-seats-available", "r1", "https://muster.example/problems/no-seats-available"]);
  });
});

test("every other answer is a problem as well, with the id of its request", async () => {
  const headers = { "apigw-requestid": "gw1" };
  for (const [status, body, slug] of [
    [429, { message: "Too Many Requests" }, "too-many-requests"],
    [500, { message: "Internal Server Error" }, "internal"],
    [503, "", "unavailable"],
    [403, { message: "Forbidden" }, "unreachable"],
    [404, "<html>", "unreachable"],
    [418, null, "unreachable"],
    [400, [1], "unreachable"],
    [409, { type: "about:blank", status: 400 }, "unreachable"],
  ]) {
    await scripted([{ status, body, headers }], async (api) => {
      const error = await failure(muster(api, { retries: 0 }).organizations.get(ORG));
      assert.deepEqual([error.slug, error.status, error.request_id], [slug, status, "gw1"]);
    });
  }
  const error = await failure(muster("http://127.0.0.1:1", { retries: 0 }).organizations.get(ORG));
  assert.deepEqual([error.slug, error.status], ["unreachable", 0]);
  assert.ok(error.cause instanceof TypeError);
});

test("an error that is no problem is none", () => {
  for (const other of [null, undefined, "Problem", new Error("x"), {}]) assert.equal(is(other), false);
});

test("the client calls `fetch` without an owner, and the one that it is given", async () => {
  const calls = [];
  const fetch = function (url, init) {
    calls.push([this, url, init.method]);
    return Promise.resolve(new Response("{}"));
  };
  await createMuster({ api: "/team", fetch }).organizations.get(ORG);
  assert.deepEqual(calls, [[undefined, `/team/v1/organizations/${ORG}`, "GET"]]);
});

test("a user is named by the `sub` of their tokens, whatever is in it", () => {
  for (const sub of ["auth0|507f", "ü/?&=", "a".repeat(255), "😀😀"]) {
    assert.equal(bySubject(sub), "sub64:" + Buffer.from(sub).toString("base64url"));
  }
});
