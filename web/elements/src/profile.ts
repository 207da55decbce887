// <muster-profile>: a member's name and profile, and how others see it.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import type { Schemas } from "@muster/client";
import { avatar, hueOf, HUES, setProperty } from "./parts/avatar.js";
import { downIcon, exitIcon, icon } from "./parts/icons.js";
import { called, nameOf } from "./parts/names.js";
import { PageElement } from "./page-element.js";

type Member = Schemas["Member"];

/** A notification that the product can send. */
export interface NotificationChoice {
  id: string;
  label: string;
}

/** What the form has. */
interface Draft {
  name: string;
  color: string;
  timezone: string;
  bio: string;
  skills: string;
  notifications: Record<string, boolean>;
}

/** The profile of a member. */
export class MusterProfile extends PageElement {
  static override properties: PropertyDeclarations = {
    ...PageElement.properties,
    member: {},
    notifications: { attribute: false },
    colors: { attribute: false },
  };

  declare member: string | undefined;
  declare notifications: NotificationChoice[] | undefined;
  declare colors: string[] | undefined;
  #shown: Member | undefined;
  #draft: Draft | undefined;
  #isSaving = false;

  protected override get key(): string {
    return `${this.org} ${this.#who}`;
  }

  get #who(): string {
    return this.member ?? "me";
  }

  protected override async load(): Promise<void> {
    const { data } = await this.muster.members.get(this.org, this.#who);
    if (!data) return;
    this.#shown = data;
    this.#draft = {
      name: data.name ?? "",
      color: data.profile.color ?? "",
      timezone: data.profile.timezone ?? "",
      bio: data.profile.bio ?? "",
      skills: data.profile.skills.join(", "),
      notifications: { ...data.profile.notifications },
    };
  }

  protected override page(): TemplateResult {
    const { words } = this;
    const member = this.#shown;
    const draft = this.#draft;
    if (!member || !draft) return html``;
    const submit = (event: Event) => {
      event.preventDefault();
      void this.#save();
    };
    return html`${this.#card(member, draft)}
      <form class="panel" @submit=${submit}>
        ${this.#text("name", words.name, draft.name, 120)}${this.#colorField(member, draft)}${this.#zoneField(draft)}
        <div class="field">
          <label for="bio">${words.bio}</label>
          <textarea id="bio" class="input" rows="3" maxlength="2000" placeholder=${words.bioHint} .value=${draft.bio} @input=${this.#set("bio")}></textarea>
        </div>
        ${this.#text("skills", words.skills, draft.skills, 2000, words.skillsHint)}${this.#notificationField(draft)}
        <div class="end">
          <button class="button primary" part="primary" aria-disabled=${this.#isSaving}>${this.#isSaving ? html`<span class="spin"></span>` : nothing}${words.save}</button>
        </div>
      </form>
      ${this.#who === "me" ? html`<div><button type="button" class="button" @click=${() => this.#leave()}>${icon(exitIcon)}${words.leaveTeam}</button></div>` : nothing}`;
  }

  /** The member as others see them, while the form is filled in. */
  #card(member: Member, draft: Draft): TemplateResult {
    const { words } = this;
    const person = { ...member, name: draft.name || member.name, color: draft.color || null };
    const skills = this.#skills(draft);
    return html`<section class="panel" aria-label=${words.asOthersSee}>
      <div class="split">
        ${avatar(person, "large")}
        <div><h2 data-home tabindex="-1" dir="auto">${called(person)}</h2><p class="muted clip" dir="auto">${member.email}</p></div>
      </div>
      ${draft.bio ? html`<p>${draft.bio}</p>` : nothing}
      ${skills.length || member.grants.length
        ? html`<div class="flow">${[...skills, ...member.grants.map(nameOf)].map((text) => html`<span class="badge" part="badge">${text}</span>`)}</div>`
        : nothing}
      <p class="hint">${words.asOthersSee}</p>
    </section>`;
  }

  #set(name: "name" | "bio" | "skills" | "timezone" | "color"): (event: Event) => void {
    return (event) => {
      if (this.#draft) this.#draft[name] = (event.target as HTMLInputElement).value;
      this.requestUpdate();
    };
  }

  #text(name: "name" | "skills", label: string, value: string, most: number, hint = ""): TemplateResult {
    return html`<div class="field">
      <label for=${name}>${label}</label>
      <input id=${name} class="input" maxlength=${most} autocomplete=${name === "name" ? "name" : "off"} .value=${value} @input=${this.#set(name)} aria-describedby=${hint ? `${name}-hint` : nothing} />
      ${hint ? html`<p id=${`${name}-hint`} class="hint">${hint}</p>` : nothing}
    </div>`;
  }

  #colorField(member: Member, draft: Draft): TemplateResult {
    const choices = ["", ...(this.colors ?? HUES)];
    const swatch = (color: string, at: number) => html`<label>
      <input type="radio" name="color" value=${color} aria-label=${color ? this.words.colorNumber(at) : this.words.colorDefault} .checked=${draft.color === color} @change=${this.#set("color")} />
      <span ${setProperty("--_hue", color || hueOf(member.id))}></span>
    </label>`;
    return html`<fieldset class="field"><legend>${this.words.color}</legend><div class="swatches">${choices.map(swatch)}</div></fieldset>`;
  }

  #zoneField(draft: Draft): TemplateResult {
    const zones = Intl.supportedValuesOf("timeZone");
    const all = draft.timezone && !zones.includes(draft.timezone) ? [draft.timezone, ...zones] : zones;
    return html`<div class="field">
      <label for="timezone">${this.words.timezone}</label>
      <span class="select"
        ><select id="timezone" class="input" @change=${this.#set("timezone")}>
          <option value="" ?selected=${!draft.timezone}>–</option>
          ${all.map((zone) => html`<option value=${zone} ?selected=${zone === draft.timezone}>${zone.replaceAll("_", " ")}</option>`)}</select
        >${icon(downIcon)}</span
      >
    </div>`;
  }

  #notificationField(draft: Draft): TemplateResult | typeof nothing {
    if (!this.notifications?.length) return nothing;
    const line = ({ id, label }: NotificationChoice) => {
      const change = (event: Event) => (draft.notifications[id] = (event.target as HTMLInputElement).checked);
      return html`<label class="tick"><input type="checkbox" .checked=${draft.notifications[id] ?? false} @change=${change} />${label}</label>`;
    };
    return html`<fieldset class="field"><legend>${this.words.notifications}</legend>${this.notifications.map(line)}</fieldset>`;
  }

  #skills(draft: Draft): string[] {
    return [...new Set(draft.skills.split(/[,\n]/).map((skill) => skill.trim()).filter(Boolean))];
  }

  async #save(): Promise<void> {
    const draft = this.#draft;
    if (!draft || this.#isSaving) return;
    this.#isSaving = true;
    this.requestUpdate();
    const request = {
      ...(draft.name.trim() ? { name: draft.name } : {}),
      color: draft.color || null,
      timezone: draft.timezone || null,
      bio: draft.bio.trim() || null,
      skills: this.#skills(draft),
      ...(this.notifications?.length ? { notifications: draft.notifications } : {}),
    };
    const isSaved = await this.attempt(async () => {
      await this.change("edit_profile", [this.#who], request, () => this.muster.members.update(this.org, this.#who, request));
    });
    this.#isSaving = false;
    this.requestUpdate();
    if (isSaved) this.say(this.words.wasSaved);
  }

  #leave(): void {
    const { words } = this;
    const act = async () => {
      if (!this.emit("before", { kind: "leave", ids: ["me"] }, true)) return;
      await this.muster.members.remove(this.org, "me");
      this.emit("left", { organization: this.org });
    };
    this.ask({ title: words.leaveTitle(words.theTeam), text: words.leaveText, label: words.leaveTeam, act });
  }
}
