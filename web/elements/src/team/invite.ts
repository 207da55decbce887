// The dialog that invites people. It asks the API what would happen while it is filled in.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Problem } from "@muster/client";
import type { MusterTeam } from "../team.js";
import type { View } from "../contract.js";
import { AddressField, MOST_ADDRESSES } from "../parts/addresses.js";
import { languageField, longText, once } from "../parts/form.js";
import { Latest } from "../parts/latest.js";
import type { MailLanguage } from "../parts/form.js";
import { Panel } from "../parts/panel.js";
import { RoleForm } from "../parts/role-form.js";
import { upgradeLink } from "./head.js";

const PAUSE_MILLISECONDS = 350;

/** The seats that a request takes, and those that there are. */
interface Effect {
  needed: number;
  used: number;
  limit?: number | null;
}

/** The dialog. */
export class Invite extends Panel {
  override readonly about = this.host.org;
  readonly #addresses: AddressField;
  readonly #form: RoleForm;
  #message: string;
  #language: MailLanguage = "";
  #effect: Effect | undefined;
  #isChecking = false;
  readonly #latest = new Latest();
  readonly #once = once();

  constructor(
    override readonly host: MusterTeam,
    view: View,
  ) {
    super(host);
    this.#addresses = new AddressField(host, () => this.#changed(), host.can("read_contacts"));
    this.#form = new RoleForm(host, view, "invite", () => this.#changed());
    const [only, ...others] = this.#form.roles;
    if (only && !others.length) this.#form.choose(only);
    this.#message = view.organization.settings.default_message ?? "";
  }

  get title(): string {
    return this.words.invitePeople;
  }

  body(): TemplateResult {
    const { words } = this;
    return html`${this.problem && !this.#addresses.faulty.length ? this.problemNotice() : nothing}<slot name="invite-note"></slot>
      ${this.#addresses.render()} ${this.#form.render()}
      ${longText(words, "message", words.message, this.#message, (text) => (this.#message = text), words.messageHint)}${languageField(this.host, this.#language, (language) => {
        this.#language = language;
        this.#changed();
      })}`;
  }

  footer(): TemplateResult {
    const { words } = this;
    const count = this.#addresses.all.length;
    return html`<div class="note nums" aria-live="polite">${this.#seats()}</div>
      ${this.buttons(count ? words.send(count) : words.sendNone, "primary", !this.#isComplete)}`;
  }

  async submit(): Promise<void> {
    this.#addresses.commit();
    const request = this.#request();
    if (!request) return;
    this.#latest.stop();
    await this.run(async () => {
      const { org, muster } = this.host;
      const send = () => muster.invitations.create(org, request, this.#once(request));
      const answer = await this.host.change("invite", [], request, send);
      if (answer?.status !== 201) return;
      const { invitations, added } = answer.data;
      const said = [invitations.length ? this.words.wasInvited(invitations.length) : "", added.length ? this.words.wasAdded(added.length) : ""];
      this.host.close();
      this.host.say(said.filter(Boolean).join(" · "));
    });
    if (this.problem) this.#blame(this.problem);
  }

  get #isComplete(): boolean {
    const count = this.#addresses.all.length;
    return count > 0 && count <= MOST_ADDRESSES && !this.#addresses.faulty.length && !!this.#form.choice;
  }

  #request() {
    const choice = this.#form.choice;
    const emails = this.#addresses.all;
    if (!choice || !emails.length) return undefined;
    return { ...choice, emails, ...(this.#message.trim() ? { message: this.#message } : {}), ...(this.#language ? { language: this.#language } : {}) };
  }

  /** Something was typed or chosen: what would happen is asked anew, once there is a pause. */
  #changed(): void {
    this.problem = undefined;
    this.#addresses.faults.clear();
    if (this.#isComplete) this.#latest.later(this.#check, PAUSE_MILLISECONDS);
    else {
      this.#latest.stop();
      this.#effect = undefined;
    }
    this.#isChecking = this.#isComplete;
    this.host.requestUpdate();
  }

  #check = async (signal: AbortSignal): Promise<void> => {
    const request = this.#request();
    if (!request) return;
    try {
      const answer = await this.host.muster.invitations.create(this.host.org, { ...request, dry_run: true }, { signal });
      if (answer.status !== 200) return;
      const { seats, verdicts } = answer.data;
      this.#effect = seats;
      this.#addresses.joining = new Set(verdicts.filter(({ verdict }) => verdict === "add").map(({ email }) => email.toLowerCase()));
    } catch (error) {
      if (signal.aborted) return;
      const problem = this.host.problem(error);
      if (problem) this.#blame(problem);
      // The seats that are missing stand beside the button, and faults beside their addresses.
      this.problem = problem?.seats || problem?.errors.some(({ email }) => email) ? undefined : problem;
    }
    this.#isChecking = false;
    this.host.requestUpdate();
  };

  /** Puts each fault beside its address. */
  #blame(problem: Problem): void {
    this.#effect = problem.seats;
    for (const { email, code } of problem.errors) if (email) this.#addresses.faults.set(email.toLowerCase(), code);
    this.host.requestUpdate();
  }

  #seats(): TemplateResult | string | typeof nothing {
    const { words } = this;
    if (this.#isChecking) return words.checking;
    if (!this.#effect) return this.#form.role && !this.#form.choice ? words.chooseOne : nothing;
    const { needed, used, limit } = this.#effect;
    if (!needed) return words.seatNone;
    if (limit == null) return words.seatEffectUnlimited(needed);
    const free = Math.max(0, limit - used);
    if (needed <= free) return words.seatEffect(needed, free);
    return html`<span class="full">${words.seatsShort(needed, free)}</span> ${upgradeLink(this.host)}`;
  }
}
