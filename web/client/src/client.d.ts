// The types of client.js. Those of bodies and methods are in api.d.ts.

import type { Fault, Muster, NeededSeats, ProblemSlug } from "./api.js";

export type * from "./api.js";

/** What a client needs to know. */
export interface Settings {
  /** The address of the API, such as `https://api.example.com`. By default, the page's own origin. */
  api?: string | undefined;
  /**
   * The caller's token: a JWT of your identity provider, or an API key. It is asked for before each request, and never kept. After a 401
   * it is asked for once more with `fresh`: then the token that was used is not accepted any longer.
   */
  getToken?: ((request: TokenRequest) => Token | Promise<Token>) | undefined;
  /** How often a request is repeated, at most: 3 by default. */
  retries?: number | undefined;
  /** The wait before the first repetition in milliseconds, if the API names none: 250 by default. It doubles each time. */
  pause?: number | undefined;
  /** The longest wait before a repetition in milliseconds: 10,000 by default. If the API wants a longer one, the problem is thrown at once. */
  maxWait?: number | undefined;
  /** How long one attempt may take in milliseconds: 30,000 by default. */
  timeout?: number | undefined;
  /** What sends requests, instead of the global `fetch`. A call ends when it is aborted or takes too long, even if this does not. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** A token, or none. */
export type Token = string | null | undefined;

/** What a token is asked for with. */
export interface TokenRequest {
  /** Whether the last token was refused, so that one from a cache would be refused as well. */
  fresh: boolean;
  /** Aborted with the request. */
  signal?: AbortSignal | undefined;
}

/** The options of every call. */
export interface Options {
  /** Ends the call. It then throws the signal's reason, which is no problem. */
  signal?: AbortSignal | undefined;
}

/** The options of a call that reads. */
export interface ReadOptions extends Options {
  /** The `etag` of an earlier answer. If nothing has changed since, the status is 304 and there is no data. */
  ifNoneMatch?: string | undefined;
}

/** The options of a call that changes or deletes a thing. */
export interface ChangeOptions extends Options {
  /** The `etag` of the state that the change applies to. If the state is another, the problem is `precondition-failed`. */
  ifMatch?: string | undefined;
  /** `*` if the thing must not exist yet. */
  ifNoneMatch?: string | undefined;
}

/** The options of a call that is sent with an `Idempotency-Key`. */
export interface PostOptions extends Options {
  /** The key, by default a random one for each call. A call with the key of an earlier one gets the first answer again, for a day. */
  idempotencyKey?: string | undefined;
}

/** The options of all calls. */
export interface CallOptions extends ReadOptions, ChangeOptions, PostOptions {}

/** An answer: its status tells which body it has. */
export interface Answer<Status extends number, Data> {
  /** The body. */
  data: Data;
  /** The version of the thing that `data` shows, for `ifMatch` and `ifNoneMatch`. */
  etag: string | null;
  /** The HTTP status. */
  status: Status;
  /** The header fields. */
  headers: Headers;
}

/** The answer to a call with `ifNoneMatch` if nothing has changed. */
export type NotModified<O> = O extends { ifNoneMatch: string } ? Answer<304, undefined> : never;

/** The type of a page's rows. */
export type RowOf<Page> = Page extends { items: (infer Row)[] } ? Row : Page extends { results: (infer Row)[] } ? Row : never;

/** A list. Awaited, it is its first page. Iterated, it is all rows of all pages, and each page is asked for when it is needed. */
export interface Listing<Page>
  extends Pick<Promise<Answer<200, Page>>, "then" | "catch" | "finally">, AsyncIterable<RowOf<Page>> {
  /** All pages. A page can be short, or even empty, while more pages follow. */
  pages(): AsyncIterable<Answer<200, Page>>;
}

/** The kinds of problems that only this client makes: no answer of the API arrived, or none was asked for. */
export type ClientProblemSlug = "unreachable" | "token-unavailable" | "too-many-requests" | "invalid-argument" | "repeated-cursor";

/** Every kind of problem. */
export type Slug = ProblemSlug | ClientProblemSlug;

/** A problem: what the API refused, or why its answer is not known. */
export class Problem<S extends string = string> extends Error {
  name: "Problem";
  /** A URI that identifies the problem type. It does not change. */
  readonly type: string;
  /** The last segment of `type`, such as `no-seats-available`. */
  readonly slug: S;
  /** A short summary of the problem type. */
  readonly title: string;
  /** The HTTP status; 0 if there was no response. */
  readonly status: number;
  /** Details of this occurrence. */
  readonly detail?: string;
  /** Every invalid field and address. */
  readonly errors: Fault[];
  /** Seat usage, for `no-seats-available`. */
  readonly seats: S extends "no-seats-available" ? NeededSeats : NeededSeats | undefined;
  /** The request's id. Quote it when you ask for help. */
  readonly request_id?: string;
  /** After how many seconds a repetition can succeed, if the API says so. */
  readonly retryAfter?: number;
  /** How many attempts were made: 0 if nothing was sent. After more than one, a `precondition-failed` can stem from the change itself. */
  readonly attempts: number;
}

/** Makes a client. */
export function createMuster(settings: Settings): Muster;

/** Whether an error is a problem of one of these kinds; without any, whether it is a problem. */
export function is<S extends Slug>(error: unknown, ...slugs: S[]): error is Problem<S>;

/** The name of a user in a path, by the `sub` of the user's tokens. */
export function bySubject(sub: string): string;
