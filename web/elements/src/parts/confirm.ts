// A dialog that asks before something is done.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterElement } from "../base.js";
import { tick } from "./form.js";
import { Panel } from "./panel.js";

/** What is asked, and what happens then. */
export interface Question {
  title: string;
  text: string | TemplateResult;
  label: string;
  look?: "danger" | "primary";
  /** Whether a box must be ticked first. */
  twice?: boolean;
  act: () => Promise<unknown>;
}

/** The dialog. */
export class Confirm extends Panel {
  override readonly width = "narrow";
  #isSure = false;

  constructor(
    host: MusterElement,
    private readonly question: Question,
  ) {
    super(host);
  }

  get title(): string {
    return this.question.title;
  }

  body(): TemplateResult {
    const { text, twice } = this.question;
    const change = (isSure: boolean) => {
      this.#isSure = isSure;
      this.host.requestUpdate();
    };
    return html`${this.problemNotice()}
      <div class="muted">${text}</div>
      ${twice ? tick(this.#isSure, change, this.words.sure) : nothing}`;
  }

  footer(): TemplateResult {
    const { label, look = "danger", twice } = this.question;
    return this.buttons(label, look, !!twice && !this.#isSure);
  }

  async submit(): Promise<void> {
    await this.run(async () => {
      await this.question.act();
      // What was done may have opened another dialog in its place.
      if (this.host.panel === this) this.host.close();
    });
  }
}
