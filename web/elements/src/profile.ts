// <muster-profile>: a member's name and profile, and how others see it.

import { html, nothing } from "lit";
import type { PropertyDeclarations, TemplateResult } from "lit";
import type { Schemas } from "@muster/client";
import type { MailLanguage } from "./parts/form.js";
import { badge } from "./parts/badge.js";
import { avatar, hued, HUES } from "./parts/avatar.js";
import { languageField, languageName, longText, selectField, textField, tick } from "./parts/form.js";
import { exitIcon, icon } from "./parts/icons.js";
import { called, nameOf } from "./parts/names.js";
import { Versions } from "./parts/versions.js";
import type { Facts } from "./parts/versions.js";
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
  language: MailLanguage;
  bio: string;
  skills: string;
  notifications: Record<string, boolean>;
}

const draftOf = ({ name, profile }: Member): Draft => ({
  name: name ?? "",
  color: profile.color ?? "",
  timezone: profile.timezone ?? "",
  language: profile.language ?? "",
  bio: profile.bio ?? "",
  skills: profile.skills.join(", "),
  notifications: { ...profile.notifications },
});

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
  #versions: Versions<Member> | undefined;

  protected override get key(): unknown {
    return this.#who;
  }

  get #who(): string {
    return this.member ?? "me";
  }

  protected override async load(): Promise<void> {
    const read = async () => (await this.muster.members.get(this.org, this.#who)).data;
    const take = (stored: Member) => (this.#draft = draftOf(stored));
    this.#shown = await read();
    take(this.#shown);
    this.#versions = new Versions(this, this.#shown, { facts: (stored) => this.#facts(stored), read, take, send: () => void this.submit() });
  }

  /** What is stored, or what the form has. */
  #facts(stored?: Member): Facts {
    const { words } = this;
    const draft = stored ? draftOf(stored) : this.#draft!;
    const { name, color, timezone, language, bio, notifications } = draft;
    const at = this.#colors.indexOf(color);
    const on = (this.notifications ?? []).filter(({ id }) => notifications[id]).map(({ label }) => label);
    return [
      [words.name, name.trim()],
      [words.color, at < 0 ? color : at ? words.colorNumber(at) : words.colorDefault],
      [words.timezone, timezone],
      [words.mailLanguage, languageName(this, language)],
      [words.bio, bio.trim()],
      [words.skills, this.#skills(draft).join(", ")],
      [words.notifications, on.join(", ")],
    ];
  }

  /** The colors to choose from; the first is that of people who have chosen none. */
  get #colors(): string[] {
    return ["", ...(this.colors ?? HUES)];
  }

  protected override page(): TemplateResult {
    const { words } = this;
    const member = this.#shown;
    const draft = this.#draft;
    if (!member || !draft) return html``;
    const submit = (event: Event) => {
      event.preventDefault();
      void this.submit();
    };
    return html`${this.#card(member, draft)}${this.#versions?.render(called(member))}
      <form class="panel" @submit=${submit}>
        ${textField("name", words.name, draft.name, this.#set("name"), { autocomplete: "name" })}${this.#colorField(member, draft)}${this.#zoneField(draft)}
        ${languageField(this, draft.language, this.#set("language"))}
        ${longText(words, "bio", words.bio, draft.bio, this.#set("bio"), words.bioHint)}
        ${textField("skills", words.skills, draft.skills, this.#set("skills"), { most: 2000, hint: words.skillsHint })}${this.#notificationField(draft)} ${this.saveButton()}
      </form>
      ${this.#who === "me" && !this.isInner ? html`<div><button type="button" class="button" @click=${() => this.#leave()}>${icon(exitIcon)}${words.leaveTeam}</button></div>` : nothing}`;
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
      ${draft.bio ? html`<p dir="auto">${draft.bio}</p>` : nothing}
      ${skills.length || member.grants.length
        ? html`<div class="flow">${[...skills, ...member.grants.map(nameOf)].map((text) => badge(text))}</div>`
        : nothing}
      <p class="hint">${words.asOthersSee}</p>
    </section>`;
  }

  #set<Name extends "name" | "bio" | "skills" | "timezone" | "color" | "language">(name: Name): (text: Draft[Name]) => void {
    return (text) => {
      if (this.#draft) this.#draft[name] = text;
      this.requestUpdate();
    };
  }

  #colorField(member: Member, draft: Draft): TemplateResult {
    const swatch = (color: string, at: number) => html`<label>
      <input type="radio" name="color" value=${color} aria-label=${color ? this.words.colorNumber(at) : this.words.colorDefault} .checked=${draft.color === color} @change=${() => this.#set("color")(color)} />
      <span .style=${hued(color, member.id)}></span>
    </label>`;
    return html`<fieldset class="field"><legend>${this.words.color}</legend><div class="swatches">${this.#colors.map(swatch)}</div></fieldset>`;
  }

  #zoneField(draft: Draft): TemplateResult {
    const zones = Intl.supportedValuesOf("timeZone");
    const all = draft.timezone && !zones.includes(draft.timezone) ? [draft.timezone, ...zones] : zones;
    const options = all.map((zone): [string, string] => [zone, zone.replaceAll("_", " ")]);
    return selectField("timezone", this.words.timezone, [["", "–"], ...options], draft.timezone, this.#set("timezone"));
  }

  #notificationField(draft: Draft): TemplateResult | typeof nothing {
    if (!this.notifications?.length) return nothing;
    const line = ({ id, label }: NotificationChoice) => tick(!!draft.notifications[id], (isOn) => (draft.notifications[id] = isOn), label);
    return html`<fieldset class="field"><legend>${this.words.notifications}</legend>${this.notifications.map(line)}</fieldset>`;
  }

  #skills(draft: Draft): string[] {
    return [...new Set(draft.skills.split(/[,\n]/).map((skill) => skill.trim()).filter(Boolean))];
  }

  /** Saves what the form has. */
  async submit(): Promise<void> {
    const draft = this.#draft;
    if (!draft) return;
    const request = {
      ...(draft.name.trim() ? { name: draft.name } : {}),
      color: draft.color || null,
      timezone: draft.timezone || null,
      language: draft.language || null,
      bio: draft.bio.trim() || null,
      skills: this.#skills(draft),
      ...(this.notifications?.length ? { notifications: draft.notifications } : {}),
    };
    const { members } = this.muster;
    await this.save(() => this.#versions?.change((condition) => this.change("edit_profile", [this.#who], request, () => members.update(this.org, this.#who, request, condition))));
  }

  #leave(): void {
    const { words } = this;
    const act = async () => {
      if (!this.emit("before", { kind: "leave", ids: ["me"] }, true)) return;
      await this.muster.members.remove(this.org, "me");
      this.ended = () => this.words.wasLeft;
      this.emit("left", { organization: this.org });
    };
    this.ask({ title: words.leaveTitle(words.theTeam), text: words.leaveText, label: words.leaveTeam, act });
  }
}
