// Dialogs with an element of its own inside: the API keys of a member, and the profile.

import { html, render } from "lit";
import type { TemplateResult } from "lit";
import type { Row } from "../contract.js";
import { called } from "../parts/names.js";
import { Panel } from "../parts/panel.js";
import type { MusterProfile } from "../profile.js";
import type { MusterTeam } from "../team.js";

/** The parts of the inner element that a page can style. */
const PARTS = "primary, danger, menu, menu-item, dialog, dialog-title, badge, avatar, skeleton, empty, error";

/** Loads the elements, and opens one in a dialog. */
export async function openElement(host: MusterTeam, what: "keys" | "profile", row: Row): Promise<void> {
  await import("../muster-pages.js");
  host.open(new Inner(host, what, row));
}

/** The dialog. */
class Inner extends Panel {
  override readonly about = this.what === "profile" ? this.row.id : undefined;
  /** Where the element stands, with all that was typed, also while the dialog is put aside. */
  readonly #place = document.createElement("div");

  constructor(
    override readonly host: MusterTeam,
    private readonly what: "keys" | "profile",
    private readonly row: Row,
  ) {
    super(host);
  }

  get title(): string {
    return this.what === "keys" ? this.words.keysOf(called(this.row)) : this.words.editProfile;
  }

  body(): HTMLElement {
    const { host, row } = this;
    const { muster, org, messages } = host;
    const member = row.is_me ? "me" : row.id;
    const changed = () => {
      this.saved();
      void host.refresh();
    };
    const element = this.what === "keys"
      ? html`<muster-api-keys .client=${muster} .organization=${org} .messages=${messages} .member=${member} .isInner=${true} .canCreate=${row.may.includes("create_api_key")} exportparts=${PARTS}></muster-api-keys>`
      : html`<muster-profile .client=${muster} .organization=${org} .messages=${messages} .member=${member} .isInner=${true} .notifications=${host.notifications} .colors=${host.colors} exportparts=${PARTS} @muster-change=${changed}></muster-profile>`;
    render(element, this.#place);
    return this.#place;
  }

  footer(): TemplateResult {
    return this.what === "keys" ? html`<button class="button">${this.words.close}</button>` : this.buttons(this.words.save);
  }

  async submit(): Promise<void> {
    if (this.what === "keys") this.host.close();
    else await this.run(async () => this.host.renderRoot.querySelector<MusterProfile>("muster-profile")?.submit());
  }
}
