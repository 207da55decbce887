// Problems as errors: those of the API, and those that say that no answer of the API arrived.

/** A problem: what the API refused, or why its answer is not known. */
export class Problem extends Error {
  /** @param {Record<string, any>} fields */
  constructor({ cause, ...fields }) {
    super(fields.detail ?? fields.title, { cause });
    const slug = fields.type.slice(fields.type.lastIndexOf("/") + 1);
    Object.assign(this, { status: 0, errors: [], attempts: 0 }, fields, { name: "Problem", slug });
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
 * @returns {any}
 */
export const made = (slug, title, more) => new Problem({ type: "https://muster.example/problems/" + slug, title, ...more });

/**
 * The problem of a response that is no success. Gateways and proxies answer without one of Muster's.
 *
 * @param {Response} response
 * @param {any} body
 */
export function problemOf({ headers, status }, body) {
  const after = /** @type {string} */ (headers.get("retry-after"));
  const date = new Date(after);
  // A number or a date, as it must be written: parsing alone finds a date in nearly any text.
  const isDate = +date >= 0 && date.toUTCString() === after;
  const retryAfter = /^\d+$/.test(after) ? +after : isDate ? Math.max(0, (+date - Date.now()) / 1000) : undefined;
  if (body?.type && body.status === status) return new Problem({ ...body, retryAfter });
  return made(
    status === 429 ? "too-many-requests" : status === 500 ? "internal" : status > 500 ? "unavailable" : "unreachable",
    `HTTP ${status}`,
    { status, retryAfter, request_id: headers.get("x-request-id") ?? headers.get("apigw-requestid") ?? undefined },
  );
}
