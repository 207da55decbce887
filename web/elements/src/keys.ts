// <muster-api-keys>: the API keys of a member. A secret is shown once.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import type { Schemas } from "@muster/client";
import { badge } from "./parts/badge.js";
import { CreateKey, Secret } from "./keys/dialogs.js";
import { once } from "./parts/form.js";
import { icon, plusIcon } from "./parts/icons.js";
import { keyIcon, swapIcon, trashIcon } from "./parts/icons-more.js";
import type { MenuItem } from "./parts/menu.js";
import { nameOf } from "./parts/names.js";
import { PageElement } from "./page-element.js";

type Key = Schemas["ApiKey"];
type NewKey = Schemas["NewApiKey"];

/** The most keys that a member can have. */
const MOST = 20;
/** How long the old secret works after a rotation, in hours. */
const OVERLAP_HOURS = 24;

/** The keys of a member. */
export class MusterApiKeys extends PageElement {
  static override properties: PropertyDeclarations = { ...PageElement.properties, member: {}, readonly: { type: Boolean } };

  declare member: string | undefined;
  declare readonly: boolean;
  keys: Key[] = [];
  /** What the organization's resources are called. */
  resourceWord = "";
  /** Whether the reader may create keys. */
  canCreate = true;

  /** Whose keys: the caller's, unless the attribute names somebody else. */
  get owner(): string {
    return this.member ?? "me";
  }

  protected override get key(): unknown {
    return this.owner;
  }

  protected override async load(): Promise<void> {
    const found: Key[] = [];
    this.resourceWord = this.resourceNames((await this.muster.organizations.getView(this.org)).data)?.other ?? "";
    for await (const key of this.muster.apiKeys.list(this.org, this.owner)) found.push(key);
    this.keys = found;
  }

  protected override page(): TemplateResult {
    const { words, keys } = this;
    const create = () => this.open(new CreateKey(this));
    const button = this.readonly || !this.canCreate || keys.length >= MOST ? nothing : html`<button type="button" class="button primary" part="primary" @click=${create}>${icon(plusIcon)}${words.createKey}</button>`;
    // A key of somebody else does not act for the reader.
    const hint = this.owner === "me" ? html`<p>${words.keysHint}</p>` : nothing;
    if (!keys.length) {
      return html`<div class="list"><div class="empty" part="empty">${icon(keyIcon)}<h2 data-home tabindex="-1">${words.noKeys}</h2>${hint}<div class="flow">${button}</div></div></div>`;
    }
    return html`<div class="head"><div>${this.isInner ? nothing : html`<h2 data-home tabindex="-1">${words.apiKeys}</h2>`}${hint}</div>${button}</div>
      <ul class="list" aria-label=${words.apiKeys}>${keys.map((key) => this.#row(key))}</ul>`;
  }

  /** Shows the secret that a key has got, as soon as it is there and once. A repeated answer has none: then another one is offered. */
  reveal(key: NewKey): void {
    const { words } = this;
    this.close();
    if (key.secret) this.open(new Secret(this, key.secret));
    else this.#askToRotate(key, words.secretLost, words.secretLostText(key.name), 0);
  }

  #row(key: Key): TemplateResult {
    const { words, formats } = this;
    const isOver = !!key.expires_at && new Date(key.expires_at).getTime() <= Date.now();
    const used = key.last_used_at ? words.lastUsed(formats.relative(key.last_used_at)) : words.neverUsed;
    const end = key.expires_at ? (isOver ? "" : words.expires(formats.relative(key.expires_at))) : "";
    return html`<li>
      <div>
        <span class="name"><strong dir="auto">${key.name}</strong>${badge(isOver && words.ended, "danger")}${badge(key.read_only && words.readOnly)}
          ${key.resources.map((resource) => badge(nameOf(resource)))}${badge(key.old_secret_until && words.oldSecret(formats.relative(key.old_secret_until)), "warning")}</span>
        <span class="sub clip"><code dir="ltr">${key.prefix}…</code></span>
        <span class="sub">${[used, end].filter(Boolean).join(" · ")}</span>
      </div>
      ${this.readonly ? nothing : this.menuButton(key.id, key.name, () => this.#items(key, isOver))}
    </li>`;
  }

  #items(key: Key, isOver: boolean): MenuItem[] {
    const { words } = this;
    const rotate: MenuItem = { label: words.rotate, icon: swapIcon, run: () => this.#rotate(key) };
    return [...(isOver ? [] : [rotate]), { label: words.revoke, icon: trashIcon, danger: true, line: !isOver, run: () => this.#revoke(key) }];
  }

  #rotate(key: Key): void {
    const { words } = this;
    this.#askToRotate(key, words.rotateTitle(key.name), words.rotateText(OVERLAP_HOURS), OVERLAP_HOURS);
  }

  #askToRotate(key: Key, title: string, text: string, overlap_hours: number): void {
    const request = { overlap_hours };
    const options = once()(request);
    const send = async () => this.reveal((await this.muster.apiKeys.rotate(this.org, this.owner, key.id, request, options)).data);
    const act = () => this.change("rotate_key", [key.id], request, send);
    this.ask({ title, text, label: this.words.rotate, look: "primary", act });
  }

  #revoke(key: Key): void {
    const { words } = this;
    const act = async () => {
      await this.change("revoke_key", [key.id], undefined, () => this.muster.apiKeys.revoke(this.org, this.owner, key.id));
    };
    this.ask({ title: words.revokeTitle(key.name), text: words.revokeText, label: words.revoke, act });
  }
}
