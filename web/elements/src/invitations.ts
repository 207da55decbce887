// <muster-invitations>: the invitations that wait for the caller.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Schemas } from "@muster/client";
import { avatar } from "./parts/avatar.js";
import { icon, mailIcon } from "./parts/icons.js";
import { nameOf } from "./parts/names.js";
import { PageElement } from "./page-element.js";

type Waiting = Schemas["WaitingInvitation"];

/** The invitations for the caller. */
export class MusterInvitations extends PageElement {
  #waiting: Waiting[] = [];

  protected override readonly needsOrganization = false;

  protected override async load(): Promise<void> {
    const found: Waiting[] = [];
    for await (const one of this.muster.invitations.listMine({ limit: 100 })) found.push(one);
    this.#waiting = found;
  }

  protected override page(): TemplateResult {
    const { words } = this;
    if (!this.#waiting.length) return html`<div class="list"><div class="empty" part="empty">${icon(mailIcon)}<h2 data-home tabindex="-1">${words.noPending}</h2><p>${words.noWaitingHint}</p></div></div>`;
    return html`<h2 data-home tabindex="-1">${words.pendingTitle}</h2><ul class="list" aria-label=${words.pendingTitle}>${this.#waiting.map((one) => this.#row(one))}</ul>`;
  }

  #row(one: Waiting): TemplateResult {
    const { words, formats } = this;
    const offer = [one.role_name, ...one.resources.map(nameOf)];
    return html`<li>
      ${avatar({ id: one.organization, email: one.organization_name, name: one.organization_name })}
      <div class="wide">
        <span class="name"><strong dir="auto">${one.organization_name}</strong></span>
        <span class="sub" dir="auto">${formats.list(offer)}</span>
        <span class="sub">${[one.inviter ? words.invitedBy(one.inviter) : "", words.expires(formats.relative(one.expires_at))].filter(Boolean).join(" · ")}</span>
        ${one.message ? html`<span class="sub" dir="auto">“${one.message}”</span>` : nothing}
      </div>
      <button type="button" class="button plain" @click=${() => this.#decline(one)}>${words.decline}<span class="hidden"> ${one.organization_name}</span></button>
      <button type="button" class="button primary" part="primary" @click=${() => void this.#accept(one)}>${words.accept_}<span class="hidden"> ${one.organization_name}</span></button>
    </li>`;
  }

  async #accept(one: Waiting): Promise<void> {
    const isDone = await this.attempt(async () => {
      const answer = await this.change("accept", [one.id], undefined, () => this.muster.invitations.accept(one.token));
      if (answer) this.emit("accepted", { organization: one.organization });
    });
    if (isDone) this.say(this.words.welcome(one.organization_name));
  }

  #decline(one: Waiting): void {
    const { words } = this;
    const act = async () => {
      await this.change("decline", [one.id], undefined, () => this.muster.invitations.decline(one.token));
      this.emit("declined", { organization: one.organization });
    };
    this.ask({ title: words.declineTitle, text: words.declineText, label: words.decline, act });
  }
}
