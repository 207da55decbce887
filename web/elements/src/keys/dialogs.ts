// The dialogs for API keys.

import { html } from "lit";
import type { TemplateResult } from "lit";
import type { MusterApiKeys } from "../keys.js";
import { once, selectField, tick } from "../parts/form.js";
import { alertIcon, icon } from "../parts/icons.js";
import { Panel } from "../parts/panel.js";
import { ResourcePicker } from "../parts/resources.js";

const DAYS = [30, 90, 365];
const DAY_MILLISECONDS = 86_400_000;

/** Creates a key. */
export class CreateKey extends Panel {
  override readonly about = `${this.host.org} ${this.host.owner}`;
  #name = "";
  #isReadOnly = false;
  #days = DAYS[1] ?? 0;
  readonly #picker: ResourcePicker;
  readonly #openedAt = Date.now();
  readonly #once = once();

  constructor(override readonly host: MusterApiKeys) {
    super(host);
    this.#picker = new ResourcePicker(host, host.resourceWord, () => host.requestUpdate(), host.words.keyResources);
    this.#picker.offer();
  }

  get title(): string {
    return this.words.createKey;
  }

  body(): TemplateResult {
    const { words } = this;
    const days = (count: string) => (this.#days = Number(count));
    const options = [...DAYS, 0].map((count): [string, string] => [String(count), count ? words.days(count) : words.forever]);
    return html`${this.problemNotice()}
      ${this.text(words.name, this.#name, (text) => (this.#name = text), words.keyNameHint)}
      ${selectField("key-end", words.duration, options, String(this.#days), days)}
      ${tick(this.#isReadOnly, (isOn) => (this.#isReadOnly = isOn), html`${words.readOnly}<span class="hint"> ${words.readOnlyHint}</span>`)}
      ${this.#picker.render(false)}`;
  }

  footer(): TemplateResult {
    return this.buttons(this.words.createKey, "primary", !this.#name.trim());
  }

  async submit(): Promise<void> {
    const { host } = this;
    const name = this.#name.trim();
    if (!name) return;
    const resources = [...this.#picker.chosen.values()].map(({ type, id }) => ({ type, id }));
    const request = {
      name,
      read_only: this.#isReadOnly,
      ...(resources.length ? { resources } : {}),
      ...(this.#days ? { expires_at: new Date(this.#openedAt + this.#days * DAY_MILLISECONDS).toISOString() } : {}),
    };
    const send = async () => host.reveal((await host.muster.apiKeys.create(host.org, host.owner, request, this.#once(request))).data);
    await this.run(() => host.change("create_key", [], request, send));
  }
}

/** Shows a secret. It is nowhere in the document once the dialog is closed. */
export class Secret extends Panel {
  #isCopied = false;

  constructor(
    override readonly host: MusterApiKeys,
    private readonly secret: string,
  ) {
    super(host);
  }

  get title(): string {
    return this.words.secretTitle;
  }

  body(): TemplateResult {
    const { words } = this;
    const copy = async () => {
      await navigator.clipboard.writeText(this.secret);
      this.#isCopied = true;
      this.host.requestUpdate();
    };
    return html`<div class="notice warning">${icon(alertIcon)}<div>${words.secretText}</div></div>
      <div class="secret" dir="ltr"><code>${this.secret}</code><button type="button" class="button" @click=${copy}>${this.#isCopied ? words.copied : words.copy}</button></div>`;
  }

  footer(): TemplateResult {
    return html`<button class="button primary" part="primary">${this.words.stored}</button>`;
  }

  async submit(): Promise<void> {
    this.host.close();
  }
}
