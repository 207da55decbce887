// What a dialog shows. A panel has state of its own and no shadow root: the element renders it into its dialog.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { Problem } from "@muster/client";
import type { MusterElement } from "../base.js";
import { textField } from "./form.js";
import { notice } from "./problem.js";
// These go into one file with this one: in files of their own they would be larger in sum.
import "./grants.js";
import "./icons-more.js";
import "./menu.js";
import "./resources.js";
import "./role-form.js";
import "./versions.js";

/** A dialog's content. */
export abstract class Panel {
  /** Whether a request runs: the dialog stays open, and its buttons wait. */
  busy = false;
  /** What went wrong last. */
  problem: Problem | undefined;
  readonly width: string | undefined;
  /** What it is about, if what was typed is kept when it is put aside. */
  readonly about: string | undefined;
  /** Whether something was typed. */
  isTyped = false;

  constructor(readonly host: MusterElement) {}

  abstract get title(): string;
  abstract body(): unknown;
  abstract footer(): TemplateResult;
  abstract submit(): Promise<void>;

  protected get words() {
    return this.host.words;
  }

  /** Runs a request. What was typed stays if it fails. */
  protected async run(request: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    this.host.requestUpdate();
    try {
      await request();
    } catch (error) {
      this.problem = this.host.problem(error);
      this.focusProblem();
    } finally {
      this.busy = false;
      this.host.requestUpdate();
    }
  }

  /** Closes the dialog after a change, and says that it was made. */
  protected saved(): void {
    this.host.close();
    this.host.say(this.words.wasSaved);
  }

  protected focusProblem(): void {
    void this.host.updateComplete.then(() => this.host.renderRoot.querySelector<HTMLElement>("dialog [data-problem]")?.focus());
  }

  protected problemNotice(): TemplateResult | typeof nothing {
    return this.problem ? notice(this.host, this.problem) : nothing;
  }

  /** The field that the dialog begins with: a short text that it cannot do without. */
  protected text(label: string, value: string, change: (text: string) => void, placeholder = "", autocomplete = "off"): TemplateResult {
    const input = (text: string) => {
      change(text);
      this.host.requestUpdate();
    };
    return textField("text", label, value, input, { placeholder, autocomplete, isFirst: true });
  }

  /** The two buttons that nearly every dialog ends with. */
  protected buttons(label: string, look = "primary", disabled = false): TemplateResult {
    return html`<button type="button" class="button" ?disabled=${this.busy} @click=${() => this.host.close()}>${this.words.cancel}</button>
      <button class="button ${look}" part=${look === "danger" ? "danger" : "primary"} ?disabled=${disabled} aria-disabled=${this.busy}>
        ${this.busy ? html`<span class="spin"></span>` : nothing}${label}
      </button>`;
  }
}
