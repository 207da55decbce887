// Problems as errors: those of the API, and those that say that no answer of the API arrived.

const URIS = "https://muster.example/problems/";

/** A problem: what the API refused, or why its answer is not known. */
export class Problem extends Error {
  /**
   * @param {Omit<Partial<import("./api.js").Schemas["Problem"]>, "type"> & { type?: string }} body
   * @param {{ cause?: unknown, retryAfter?: number, attempts?: number }} [more]
   */
  constructor(body, { cause, retryAfter, attempts = 1 } = {}) {
    super(body.detail ?? body.title, { cause });
    this.name = "Problem";
    this.type = body.type ?? "about:blank";
    this.slug = this.type.slice(this.type.lastIndexOf("/") + 1);
    this.title = body.title ?? "";
    this.status = body.status ?? 0;
    this.detail = body.detail;
    this.errors = body.errors ?? [];
    this.seats = body.seats;
    this.request_id = body.request_id;
    this.retryAfter = retryAfter;
    this.attempts = attempts;
  }
}

/**
 * Whether an error is a problem of one of these kinds; without any, whether it is a problem. An error of another copy of this module counts.
 *
 * @param {any} error
 * @param {...string} slugs
 */
export const is = (error, ...slugs) => error?.name === "Problem" && (!slugs.length || slugs.includes(error.slug));

/**
 * The problem of this name that this client found itself.
 *
 * @param {string} slug
 * @param {string} title
 * @param {{ status?: number, cause?: unknown, retryAfter?: number, attempts?: number, request_id?: string }} [more]
 */
export const made = (slug, title, { status, request_id, ...more } = {}) =>
  new Problem({ type: URIS + slug, title, status, request_id }, more);

/**
 * The problem of a response that is no success. Gateways and proxies answer without one of Muster's.
 *
 * @param {Response} response
 * @param {any} body
 * @param {number} attempts
 */
export function problemOf(response, body, attempts) {
  const { headers, status } = response;
  const after = headers.get("retry-after");
  const retryAfter = after ? Math.max(0, +after || (Date.parse(after) - Date.now()) / 1000 || 0) : undefined;
  const more = { retryAfter, attempts };
  if (body?.type && body.status === status) return new Problem(body, more);
  const request_id = headers.get("x-request-id") ?? headers.get("apigw-requestid") ?? undefined;
  const slug =
    status === 429 ? "too-many-requests" : status === 500 ? "internal" : status > 500 ? "unavailable" : "unreachable";
  return made(slug, `HTTP ${status} without a problem of the API`, { ...more, status, request_id });
}
