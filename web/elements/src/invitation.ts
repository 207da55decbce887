// <muster-invitation>: what the link of an invitation opens.

import { html, nothing, unsafeCSS } from "lit";
import type { PropertyDeclarations, PropertyValues, TemplateResult } from "lit";
import { is } from "@muster/client";
import type { Problem, Schemas } from "@muster/client";
import { MusterElement } from "./base.js";
import { ended } from "./invitation/ended.js";
import { Confirm } from "./parts/confirm.js";
import { notice } from "./parts/problem.js";
import dialogs from "./style/dialogs.css";
import text from "./style/invitation.css";

/** What the API shows of an invitation to everyone who has its link. */
export type Preview = Schemas["InvitationPreview"];

/** The page of an invitation. */
export class MusterInvitation extends MusterElement {
  static override properties: PropertyDeclarations = {
    ...MusterElement.properties,
    token: {},
    signInUrl: { attribute: "sign-in-url" },
    signUpUrl: { attribute: "sign-up-url" },
    continueUrl: { attribute: "continue-url" },
  };
  static override styles = [...MusterElement.styles, unsafeCSS(dialogs), unsafeCSS(text)];

  declare token: string | undefined;
  declare signInUrl: string | undefined;
  declare signUpUrl: string | undefined;
  declare continueUrl: string | undefined;

  preview: Preview | undefined;
  /** The organization that was joined. */
  joined: string | undefined;
  isSignedOut = false;
  #problem: Problem | undefined;
  #isAccepting = false;

  protected override readonly needsOrganization = false;

  protected override get key(): unknown {
    return this.token;
  }

  protected override begin(): void {
    this.preview = this.joined = this.#problem = undefined;
    this.#isAccepting = false;
    if (this.token) void this.load();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    // The page may say anew who is signed in, with the same function.
    if (changed.has("setup") && this.preview && !this.joined) void this.load();
  }

  protected override render(): TemplateResult {
    return this.root(html`<div class="letter" aria-busy=${!this.preview && !this.#problem}>${this.isReady ? this.#letter() : this.#checking()}</div>`);
  }

  #letter(): TemplateResult {
    const { preview } = this;
    const problem = this.#problem;
    if (this.joined !== undefined && preview) return ended(this, "joined", preview);
    const ending = problem && this.#ending(problem);
    if (ending) return ended(this, ending, preview);
    if (problem && !preview) return html`${notice(this, problem, () => void this.load())}`;
    if (!preview) return this.#checking();
    return preview.state === "pending" ? this.#pending(preview, problem) : ended(this, preview.state, preview);
  }

  #checking(): TemplateResult {
    return html`<span class="mark quiet"><span class="spin"></span></span><span class="hidden" role="status">${this.words.loading}</span>`;
  }

  #pending(preview: Preview, problem: Problem | undefined): TemplateResult {
    const { words } = this;
    const { organization_name: name, inviter, message } = preview;
    return html`<span class="mark" aria-hidden="true">${[...name][0]?.toUpperCase()}</span>
      <div class="lead">
        <h2 data-home tabindex="-1">${words.toJoin(name)}</h2>
        <p>${inviter ? words.invitedYou(inviter) : words.youAreInvited}</p>
      </div>
      ${message ? html`<blockquote class="quote" dir="auto">${message}${inviter ? html`<footer dir="auto">${inviter}</footer>` : nothing}</blockquote>` : nothing}
      ${this.#facts(preview)}${problem ? notice(this, problem) : nothing}${this.isSignedOut ? this.#signIn(preview) : preview.is_for_me === false ? this.#switch(preview) : this.#answer()}`;
  }

  /** What somebody who is signed in with another address can do. */
  #switch(preview: Preview): TemplateResult {
    const { words } = this;
    return html`<p class="hint">${words.wrongAccountText(preview.email)}</p>
      <div class="buttons">${this.signButton("in", words.otherAccount, "primary")}</div>`;
  }

  #facts(preview: Preview): TemplateResult {
    const { words, formats } = this;
    const { duration, resources, more_resources: more } = preview;
    const months = duration && duration !== "forever" ? words.months(Number.parseInt(duration, 10)) : "";
    const fact = (term: string, text: string) => (text ? html`<div><dt>${term}</dt><dd dir="auto">${text}</dd></div>` : nothing);
    return html`<dl class="facts">
      ${fact(words.role, preview.role_name)}${fact(words.access, formats.list([...resources.map(({ name }) => name), ...(more ? [`+${formats.number(more)}`] : [])]))}${fact(words.duration, months)}
      ${fact(words.for, preview.email)}${fact(words.open, formats.day(preview.expires_at))}
    </dl>`;
  }

  #answer(): TemplateResult {
    const { words } = this;
    return html`<div class="buttons">
      <button type="button" class="button primary" part="primary" aria-disabled=${this.#isAccepting} @click=${() => void this.#accept()}>
        ${this.#isAccepting ? html`<span class="spin"></span>` : nothing}${words.accept}
      </button>
      <button type="button" class="button plain" ?disabled=${this.#isAccepting} @click=${() => this.#askToDecline()}>${words.decline}</button>
    </div>`;
  }

  #signIn(preview: Preview): TemplateResult {
    const { words } = this;
    return html`<div class="buttons">
        ${this.signButton("in", words.signInToAccept, "primary")}${this.signUpUrl || !this.signInUrl ? this.signButton("up", words.signUp, "") : nothing}
      </div>
      <p class="hint">${words.signInHint(preview.email)}</p>`;
  }

  /** A link to sign in or up, or a button that asks the page to do it. The link of the invitation is where it leads back to. */
  signButton(way: "in" | "up", label: string, look: string): TemplateResult {
    const url = way === "in" ? this.signInUrl : this.signUpUrl;
    const ask = (event: Event) => {
      const detail = { return_to: location.href, hint: this.preview?.email, way };
      if (!this.emit("sign-in", detail, true)) event.preventDefault();
    };
    if (!url || !/^(https?:|\/)/i.test(url)) return html`<button type="button" class="button ${look}" @click=${ask}>${label}</button>`;
    const to = new URL(url, location.href);
    to.searchParams.set("return_to", location.href);
    return html`<a class="button ${look}" href=${to.href} @click=${ask}>${label}</a>`;
  }

  /** Reads the invitation's state. */
  async load(): Promise<void> {
    this.#problem = undefined;
    await this.#ask();
    // Who cannot have a token reads it without one.
    const { invitations } = this.isSignedOut ? this.clientFor(undefined) : this.muster;
    let preview: Preview | undefined;
    let problem: unknown;
    try {
      preview = (await invitations.preview(this.token ?? "")).data;
      // The preview does not tell another address from one that is not verified. What waits for the reader does.
      if (preview.is_for_me === false && preview.state === "pending") await invitations.listMine({ limit: 1 }).catch((error: unknown) => (problem = is(error, "email-not-verified") && error));
    } catch (error) {
      problem = error;
    }
    this.preview = preview;
    this.#problem = problem ? this.problem(problem) : undefined;
    this.requestUpdate();
  }

  /** Goes on to the team. */
  goOn(event: Event): void {
    if (!this.emit("continue", { organization: this.joined }, true)) event.preventDefault();
  }

  /** Whether the visitor is signed in: whether there is a token. */
  async #ask(): Promise<void> {
    if (this.setting("client")) return;
    this.isSignedOut = !(await this.held(this.askToken({ fresh: false }).catch(() => null)));
    this.requestUpdate();
  }

  async #accept(): Promise<void> {
    if (this.#isAccepting) return;
    this.#isAccepting = true;
    this.#problem = undefined;
    this.requestUpdate();
    try {
      const { data } = await this.muster.invitations.accept(this.token ?? "");
      this.joined = data.organization;
      this.emit("accepted", { organization: this.joined });
    } catch (error) {
      this.#failed(error);
    }
    this.#isAccepting = false;
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[data-problem], [data-home]")?.focus();
  }

  #failed(error: unknown): void {
    this.isSignedOut = is(error, "unauthorized", "token-unavailable");
    const problem = this.problem(error);
    this.#problem = this.isSignedOut ? undefined : problem;
  }

  #askToDecline(): void {
    const { words } = this;
    const act = async () => {
      await this.muster.invitations.decline(this.token ?? "");
      if (this.preview) this.preview = { ...this.preview, state: "declined" };
      this.emit("declined", {});
    };
    this.open(new Confirm(this, { title: words.declineTitle, text: words.declineText, label: words.decline, act }));
  }

  /** The screen that a problem leads to, if it has one of its own. */
  #ending(problem: Problem): string | undefined {
    const endings: Record<string, string> = {
      "not-found": "unknown",
      "invitation-expired": "expired",
      "invitation-cancelled": "cancelled",
      "invitation-declined": "declined",
      "invitation-already-accepted": "accepted",
      "invitation-link-replaced": "replaced",
      "already-member": "accepted",
      "email-mismatch": "mismatch",
      "email-not-verified": "unverified",
      "inviter-lost-authority": "refused",
      "resource-gone": "refused",
    };
    return endings[problem.slug];
  }
}
