// Signs the reader in by authorization code and PKCE (RFC 6749, RFC 7636). Tokens are in memory alone: in storage is only what the way to the
// provider and back needs, for ten minutes, and that the reader was signed in.

/** What the page signs in with. */
export interface Settings {
  issuer: string;
  /** Where the provider describes itself. */
  discovery: string;
  /** Audiences of the tokens that the API accepts. */
  audiences: string[];
  client: string;
  /** The page's own address. The provider leads back to it, and learns of no other. */
  page: string;
}

/** Of what the provider says about itself (OpenID Connect Discovery), what the page needs. */
interface Provider {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint?: string;
  authorization_response_iss_parameter_supported?: boolean;
  prompt_values_supported?: string[];
}

interface Tokens {
  access_token?: string;
  id_token?: string;
  refresh_token?: string;
}

/** Claims of a token that the page shows or chooses by. The API verifies the token; the page does not. */
interface Claims {
  aud?: string | string[];
  sub?: string;
  name?: string;
  email?: string;
}

/** Why a sign-in did not succeed. */
export class SignInError extends Error {}

const STARTED = "muster-sign-in ";
const WAS_SIGNED_IN = "muster-signed-in";
const SIGN_IN_MILLISECONDS = 600_000;
const encoder = new TextEncoder();

const base64url = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The claims of a JWT; none of anything else. */
export function claimsOf(token: string): Claims {
  try {
    const bytes = atob((token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))) as Claims;
  } catch {
    return {};
  }
}

/** Of the tokens that the provider gave, the one for the API: the access token, unless only the ID token has an audience that the API accepts. */
export function chosen({ access_token, id_token }: Tokens, audiences: string[]): string | undefined {
  const isFor = (token?: string) => !!token && [claimsOf(token).aud ?? []].flat().some((audience) => audiences.includes(audience));
  return !isFor(access_token) && isFor(id_token) ? id_token : access_token;
}

/** Drops what sign-ins that were abandoned have left in this tab. The place that they were to lead back to can be the link of an invitation. */
function forget(): void {
  for (const key of Object.keys(sessionStorage).filter((key) => key.startsWith(STARTED))) {
    const { at = 0 } = JSON.parse(sessionStorage.getItem(key) ?? "{}") as { at?: number };
    if (Math.abs(Date.now() - at) >= SIGN_IN_MILLISECONDS) sessionStorage.removeItem(key);
  }
}

/** The session of one tab. */
export class Session {
  #tokens: Tokens | undefined;
  /** While the tokens are renewed: all requests wait for the same renewal. */
  #renewal: Promise<void> | undefined;
  #reader: Claims | undefined;
  #provider: Promise<Provider> | undefined;

  constructor(readonly settings: Settings) {}

  /** The token for the API; none if nobody is signed in. `fresh` asks for another, since that one is not accepted any longer. */
  async token(fresh = false): Promise<string | null> {
    if (fresh) this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    await this.#renewal;
    return (this.#tokens && chosen(this.#tokens, this.settings.audiences)) ?? null;
  }

  /** Who is signed in, or was until the session ended. */
  get reader(): Claims | undefined {
    return this.#reader;
  }

  /** Whether somebody was signed in before this tab was reloaded. */
  get wasSignedIn(): boolean {
    return sessionStorage.getItem(WAS_SIGNED_IN) !== null;
  }

  /** Leaves for the provider. `to` is the place on this page to come back to; it stays in this tab. */
  async signIn(to: string, prompt?: "login" | "create"): Promise<void> {
    const { client, page, audiences } = this.settings;
    const provider = await this.#discover();
    forget();
    const [state, verifier] = [random(), random()];
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(verifier));
    sessionStorage.setItem(STARTED + state, JSON.stringify({ verifier, to, at: Date.now() }));
    const url = new URL(provider.authorization_endpoint);
    const asked: Record<string, string | undefined> = {
      response_type: "code",
      client_id: client,
      redirect_uri: page,
      scope: "openid email profile",
      state,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: "S256",
      // Auth0 gives a token for an API only if it is named; other providers ignore what they do not know.
      audience: audiences.find((audience) => audience !== client),
      prompt: prompt === "create" && !provider.prompt_values_supported?.includes("create") ? undefined : prompt,
    };
    for (const [name, value] of Object.entries(asked)) if (value) url.searchParams.set(name, value);
    location.assign(url);
  }

  /** Ends a sign-in if the provider has just led back here. The code leaves the address bar before it is used, and can be used once. */
  async arrive(): Promise<void> {
    forget();
    const answer = new URLSearchParams(location.search);
    const state = answer.get("state");
    if (!state || !(answer.has("code") || answer.has("error"))) return;
    const started = sessionStorage.getItem(STARTED + state);
    sessionStorage.removeItem(STARTED + state);
    const { verifier, to } = JSON.parse(started ?? "{}") as { verifier?: string; to?: string };
    history.replaceState(null, "", to ?? this.settings.page);
    if (!verifier) throw new SignInError("this sign-in was not begun here in the last ten minutes");
    const provider = await this.#discover();
    const issuer = answer.get("iss");
    if (issuer === null ? provider.authorization_response_iss_parameter_supported : issuer !== provider.issuer) throw new SignInError("another provider answered");
    const code = answer.get("code");
    if (!code || answer.has("error")) {
      sessionStorage.removeItem(WAS_SIGNED_IN);
      throw new SignInError(answer.get("error_description") ?? answer.get("error") ?? "no code");
    }
    await this.#exchange({ grant_type: "authorization_code", code, redirect_uri: this.settings.page, code_verifier: verifier });
    const { access_token = "", id_token = "" } = this.#tokens ?? {};
    if (!access_token && !id_token) throw new SignInError("the provider gave no token");
    this.#reader = { ...claimsOf(access_token), ...claimsOf(id_token) };
    sessionStorage.setItem(WAS_SIGNED_IN, "1");
  }

  /** Signs out here, and at the provider if it can be asked to. */
  async signOut(): Promise<void> {
    this.#tokens = this.#reader = undefined;
    sessionStorage.removeItem(WAS_SIGNED_IN);
    const { client, page } = this.settings;
    const { end_session_endpoint } = await this.#discover();
    if (!end_session_endpoint) return location.assign(page);
    const url = new URL(end_session_endpoint);
    // Cognito has its own name for where to go next.
    for (const [name, value] of Object.entries({ client_id: client, post_logout_redirect_uri: page, logout_uri: page })) url.searchParams.set(name, value);
    location.assign(url);
  }

  async #renew(): Promise<void> {
    const { refresh_token } = this.#tokens ?? {};
    this.#tokens = undefined;
    if (refresh_token) await this.#exchange({ grant_type: "refresh_token", refresh_token }).catch(() => undefined);
  }

  async #exchange(grant: Record<string, string>): Promise<void> {
    const { token_endpoint } = await this.#discover();
    const body = new URLSearchParams({ client_id: this.settings.client, ...grant });
    const reply = await fetch(token_endpoint, { method: "POST", body, credentials: "omit" });
    const answer = (await reply.json()) as Tokens & { error?: string; error_description?: string };
    if (!reply.ok) throw new SignInError(answer.error_description ?? answer.error ?? `${reply.status}`);
    const { refresh_token = grant["refresh_token"] } = answer;
    this.#tokens = { ...answer, ...(refresh_token ? { refresh_token } : {}) };
  }

  #discover(): Promise<Provider> {
    this.#provider ??= this.#read().catch((error: unknown) => {
      this.#provider = undefined;
      throw error;
    });
    return this.#provider;
  }

  async #read(): Promise<Provider> {
    const { discovery, issuer } = this.settings;
    const provider = (await (await fetch(discovery, { credentials: "omit" })).json()) as Provider;
    if (provider.issuer !== issuer) throw new SignInError(`the provider calls itself ${provider.issuer}`);
    return provider;
  }
}
