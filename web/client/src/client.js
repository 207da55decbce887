// A client for the Muster API. What it can call is the table in operations.js, which is written from the routes of the backend.

import { operations } from "./operations.js";
import { Problem, is, made, problemOf } from "./problems.js";

export { Problem, is };

/** @typedef {import("./client.js").Settings} Settings */
/** @typedef {import("./client.js").CallOptions} CallOptions */
/** @typedef {import("./client.js").Answer<number, any>} Answer */
/** @typedef {[method: string, path: string, ...traits: string[]]} Operation */

/**
 * A client: a method for each operation, in groups.
 *
 * @param {Settings} settings
 * @returns {any}
 */
export function createMuster(settings) {
  /** @type {any} */
  const muster = {};
  for (const group in operations) {
    muster[group] = {};
    for (const name in /** @type {any} */ (operations)[group]) {
      muster[group][name] = (/** @type {any[]} */ ...given) => call(settings, /** @type {any} */ (operations)[group][name], given);
    }
  }
  return muster;
}

/**
 * The name of a user in a path, by the `sub` of the user's tokens.
 *
 * @param {string} sub
 */
export const bySubject = (sub) =>
  "sub64:" +
  btoa(String.fromCharCode(...new TextEncoder().encode(sub)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

/**
 * Calls an operation. Its arguments are the parts of the path, the body or the query if it has any, and options.
 *
 * @param {Settings} settings
 * @param {Operation} operation
 * @param {any[]} given
 */
function call(settings, [method, path, ...traits], given) {
  const has = (/** @type {string} */ trait) => traits.includes(trait);
  const ids = given.splice(0, path.match(/{\w+}/g)?.length);
  const input = has("body") || has("query") ? given.shift() : undefined;
  const { signal, ifMatch, ifNoneMatch, idempotencyKey = crypto.getRandomValues(new Uint16Array(8)).join("") } = given[0] ?? {};
  const one = async (/** @type {any} */ input) => {
    let at = 0;
    let url = path.replace(/{\w+}/g, () => segment(ids[at++]));
    let body;
    try {
      if (has("query")) url += query(input);
      else body = JSON.stringify(input);
    } catch (cause) {
      throw made("invalid-argument", `${cause}`, { cause });
    }
    const fields = {
      "content-type": body && "application/json",
      "if-match": ifMatch,
      "if-none-match": ifNoneMatch,
      "idempotency-key": has("key") ? idempotencyKey : undefined,
    };
    return send(settings, method, url, body, fields, has, signal);
  };
  return has("pages") ? listing(one, input, has("body")) : one(input);
}

/**
 * A part of a path. The API decodes a path before it looks for the route, so an id with a slash would name something else. Half of a
 * surrogate pair cannot be encoded.
 *
 * @param {unknown} id
 */
function segment(id) {
  if (typeof id !== "string" || /^\.{0,2}$|[/?\p{Cs}]/u.test(id)) throw made("not-found", "The id could not be found", { status: 404 });
  return encodeURIComponent(id);
}

/**
 * A query. Lists are separated by commas, and what is null or undefined is left out.
 *
 * @param {Record<string, any> | null | undefined} input
 */
function query(input) {
  const text = `${new URLSearchParams(Object.entries(input ?? {}).filter(([, value]) => `${value ?? ""}`))}`;
  return text && "?" + text;
}

/**
 * A list: its first page when it is awaited, and all rows of all pages when it is iterated.
 *
 * @param {(input: any) => Promise<Answer>} load
 * @param {any} input
 * @param {boolean} isSearch
 */
function listing(load, input, isSearch) {
  /** @type {Promise<Answer> | undefined} */
  let promise;
  const start = () => (promise ??= load(input));
  async function* pages() {
    const seen = new Set();
    for (let page = await start(); ; ) {
      yield page;
      const next = page.data?.next_cursor ?? page.data?.page?.next_token;
      if (!next) return;
      if (seen.has(next)) throw made("repeated-cursor", "The list repeats a cursor");
      seen.add(next);
      page = await load(isSearch ? { ...input, page: { ...input?.page, token: next } } : { ...input, cursor: next });
    }
  }
  const first = (/** @type {string} */ name) => (/** @type {any[]} */ ...given) => /** @type {any} */ (start())[name](...given);
  return {
    then: first("then"),
    catch: first("catch"),
    finally: first("finally"),
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const { data } of pages()) yield* data?.items ?? data?.results ?? [];
    },
  };
}

/**
 * Sends a request, and repeats it if that can help. That is safe: a POST has its `Idempotency-Key`, and every other operation says what
 * the result is. A PATCH with a `duration` counts it anew, which is what a caller who does not know the outcome would do as well.
 *
 * @param {Settings} settings
 * @param {string} method
 * @param {string} url
 * @param {string | undefined} body
 * @param {Record<string, any>} fields
 * @param {(trait: string) => boolean} has
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
async function send(settings, method, url, body, fields, has, signal) {
  const { api = "", fetch: own = fetch, retries = 3, pause = 250, maxWait = 10_000, timeout = 30_000 } = settings;
  const getToken = !has("public") && settings.getToken;
  // Whether an earlier attempt may have taken effect, and whether the token was renewed.
  let isDoubtful = false;
  let isRenewed = false;
  let fresh = false;
  for (let attempts = 0; ; ) {
    signal?.throwIfAborted();
    let token;
    let problem;
    try {
      // It is asked for anew each time, and never kept.
      if (getToken) token = await unlessAborted(signal, getToken({ fresh, signal }));
    } catch (cause) {
      signal?.throwIfAborted();
      throw made("token-unavailable", "The token could not be had", { cause, attempts });
    }
    fresh = false;
    const headers = headersOf({ ...fields, authorization: token ? `Bearer ${token}` : undefined }, attempts++);
    try {
      const limit = AbortSignal.timeout(timeout);
      const ending = signal ? AbortSignal.any([signal, limit]) : limit;
      const response = own(api.replace(/\/*$/, url), { method, headers, body, signal: ending });
      return await unlessAborted(ending, answerOf(response, has("file")));
    } catch (cause) {
      signal?.throwIfAborted();
      problem = is(cause) ? cause : made("unreachable", "The API could not be reached", { cause });
    }
    problem.attempts = attempts;
    const { status, slug, retryAfter } = problem;
    // Its first attempt deleted it.
    if (isDoubtful && method === "DELETE" && slug === "not-found") {
      return { data: undefined, etag: null, status: 204, headers: new Headers() };
    }
    if (status === 401 && getToken && !isRenewed) {
      fresh = isRenewed = true;
      attempts--;
      continue;
    }
    const wait = (retryAfter ?? 0) * 1000 + pause * 2 ** (attempts - 1) * (1 + Math.random());
    const isLost = [0, 502, 503, 504].includes(status);
    const canHelp = isLost || slug === "too-many-requests" || (retryAfter >= 0 && [409, 429].includes(status));
    if (!canHelp || attempts > retries || wait > maxWait) throw problem;
    isDoubtful ||= isLost && slug !== "throttled";
    /** @type {any} */
    let timer;
    await unlessAborted(signal, new Promise((done) => (timer = setTimeout(done, wait)))).finally(() => clearTimeout(timer));
  }
}

/**
 * The header fields that the caller gave. One that is empty would be no condition and no key. The refusal does not repeat the value,
 * which can be a token.
 *
 * @param {Record<string, any>} fields
 * @param {number} attempts
 */
function headersOf(fields, attempts) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!/^ *[!-~][ -~]*$/.test(value ?? "")) throw made("invalid-argument", `${name} must be printable ASCII`, { attempts });
  }
  return new Headers(given);
}

/**
 * The answer that a response is. Throws the problem that it is otherwise.
 *
 * @param {Promise<Response>} promise
 * @param {boolean} isFile
 * @returns {Promise<Answer>}
 */
async function answerOf(promise, isFile) {
  const response = await promise;
  const { headers, ok, status } = response;
  const body = await (isFile && ok ? response.blob() : response.text());
  let data;
  try {
    if (body) data = isFile && ok ? body : JSON.parse(/** @type {string} */ (body));
  } catch (cause) {
    if (ok) throw cause;
  }
  if (!ok && status !== 304) throw problemOf(response, data);
  return { data, etag: headers.get("etag"), status, headers };
}

/**
 * What a promise brings, unless the signal is aborted first: not every `getToken` and not every `fetch` heeds it.
 *
 * @template T
 * @param {AbortSignal | undefined} signal
 * @param {T | Promise<T>} promise
 * @returns {Promise<T>}
 */
function unlessAborted(signal, promise) {
  /** @type {any} */
  let stop;
  /** @type {Promise<never>} */
  const aborted = new Promise((_, reject) => {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", (stop = () => reject(signal.reason)));
  });
  return Promise.race([aborted, promise]).finally(() => signal?.removeEventListener("abort", stop));
}
