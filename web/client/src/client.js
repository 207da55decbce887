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
  /** @param {Record<string, Operation>} group */
  const methods = (group) =>
    Object.entries(group).map(([name, operation]) => [name, (/** @type {any[]} */ ...given) => call(settings, operation, given)]);
  return Object.fromEntries(
    Object.entries(/** @type {Record<string, Record<string, any>>} */ (operations)).map(([name, group]) => [
      name,
      Object.fromEntries(methods(group)),
    ]),
  );
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
  const names = path.match(/{\w+}/g) ?? [];
  const rest = given.slice(names.length);
  const has = (/** @type {string} */ trait) => traits.includes(trait);
  const input = has("body") || has("query") ? rest.shift() : undefined;
  const options = rest[0] ?? {};
  const one = async (/** @type {any} */ input) => {
    let at = 0;
    const url = path.replace(/{\w+}/g, () => segment(given[at++])) + (has("query") ? query(input) : "");
    return send(settings, method, url, has("body") ? input : undefined, has, options);
  };
  return has("pages") ? listing(one, input, has("body")) : one(input);
}

/**
 * A part of a path. The API decodes a path before it looks for the route, so an id with a slash would name something else.
 *
 * @param {unknown} id
 */
function segment(id) {
  if (typeof id !== "string" || /^\.{0,2}$|[/?]/.test(id)) throw made("not-found", `\`${id}\` is no id`, { status: 404 });
  return encodeURIComponent(id);
}

/**
 * A query. Lists are separated by commas, and what is null or undefined is left out.
 *
 * @param {Record<string, any>} [input]
 */
function query(input = {}) {
  const given = Object.entries(input).filter(([, value]) => value != null && String(value));
  return given.length ? "?" + new URLSearchParams(given.map(([name, value]) => [name, String(value)])) : "";
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
  let first;
  const start = () => (first ??= load(input));
  async function* pages() {
    for (let page = await start(); ; ) {
      yield page;
      const next = page.data?.next_cursor ?? page.data?.page?.next_token;
      if (!next) return;
      page = await load(isSearch ? { ...input, page: { ...input?.page, token: next } } : { ...input, cursor: next });
    }
  }
  return {
    then: (/** @type {any} */ done, /** @type {any} */ failed) => start().then(done, failed),
    catch: (/** @type {any} */ failed) => start().catch(failed),
    finally: (/** @type {any} */ ended) => start().finally(ended),
    pages,
    async *[Symbol.asyncIterator]() {
      for await (const { data } of pages()) yield* data?.items ?? data?.results ?? [];
    },
  };
}

/**
 * Sends a request, and repeats it if that can help: every operation is safe to repeat, a POST by its `Idempotency-Key`.
 *
 * @param {Settings} settings
 * @param {string} method
 * @param {string} url
 * @param {unknown} body
 * @param {(trait: string) => boolean} has
 * @param {CallOptions} options
 * @returns {Promise<Answer>}
 */
async function send(settings, method, url, body, has, options) {
  const { api = "", retries = 3, pause = 250, maxWait = 10_000 } = settings;
  const { signal } = options;
  const getToken = !has("public") && settings.getToken;
  const fields = {
    "content-type": body !== undefined && "application/json",
    "if-match": options.ifMatch,
    "if-none-match": options.ifNoneMatch,
    "idempotency-key": has("key") && (options.idempotencyKey ?? randomKey()),
  };
  const headers = new Headers(/** @type {[string, string][]} */ (Object.entries(fields).filter(([, value]) => value)));
  const request = { method, headers, body: /** @type {string | null} */ (JSON.stringify(body)) };
  // Whether an earlier attempt may have taken effect, and whether the token was renewed.
  let isDoubtful = false;
  let isRenewed = false;
  let fresh = false;
  for (let attempts = 1; ; attempts++) {
    signal?.throwIfAborted();
    if (getToken) await authorize(getToken, headers, fresh, signal);
    const result = await exchange(settings, api.replace(/\/+$/, "") + url, request, has("file"), attempts, signal);
    if (!is(result)) return /** @type {Answer} */ (result);
    const problem = /** @type {Problem} */ (result);
    const { status, slug, retryAfter } = problem;
    // Its first attempt deleted it.
    if (isDoubtful && method === "DELETE" && slug === "not-found") {
      return { data: undefined, etag: null, status: 204, headers: new Headers() };
    }
    fresh = status === 401 && !!getToken && !isRenewed;
    if (fresh) {
      isRenewed = true;
      attempts--;
      continue;
    }
    const wait = (retryAfter ?? 0) * 1000 + pause * 2 ** (attempts - 1) * (1 + Math.random());
    const canHelp = retryAfter !== undefined || !status || status > 501 || slug === "too-many-requests";
    if (!canHelp || attempts > retries || wait > maxWait) throw problem;
    isDoubtful ||= slug !== "throttled" && (!status || status > 499);
    await sleep(wait, signal);
  }
}

/**
 * Puts the caller's token into the header fields. It is asked for anew each time, and never kept.
 *
 * @param {NonNullable<Settings["getToken"]>} getToken
 * @param {Headers} headers
 * @param {boolean} fresh
 * @param {AbortSignal} [signal]
 */
async function authorize(getToken, headers, fresh, signal) {
  let token;
  try {
    token = await getToken({ fresh, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw made("token-unavailable", "No token could be had", { cause });
  }
  if (token) headers.set("authorization", `Bearer ${token}`);
  else headers.delete("authorization");
}

/**
 * One attempt: its answer, or the problem that it ended with.
 *
 * @param {Settings} settings
 * @param {string} url
 * @param {RequestInit} request
 * @param {boolean} isFile
 * @param {number} attempts
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer | Problem>}
 */
async function exchange({ fetch: own, timeout = 30_000 }, url, request, isFile, attempts, signal) {
  try {
    const limit = AbortSignal.timeout(timeout);
    const response = await (own ?? fetch)(url, { ...request, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    const { headers, ok, status } = response;
    if (ok && isFile) return { data: await response.blob(), etag: null, status, headers };
    const text = await response.text();
    if (!ok && status !== 304) return problemOf(response, parsed(text), attempts);
    return { data: text ? JSON.parse(text) : undefined, etag: headers.get("etag"), status, headers };
  } catch (cause) {
    signal?.throwIfAborted();
    return made("unreachable", "The API cannot be reached", { cause, attempts });
  }
}

/**
 * What a text says, if it is JSON.
 *
 * @param {string} text
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A random `Idempotency-Key`. `crypto.randomUUID` is missing on pages that are not secure. */
const randomKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

/**
 * Waits, unless the signal aborts it.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 */
function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve(undefined);
    }, milliseconds);
    signal?.addEventListener("abort", stop);
  });
}
