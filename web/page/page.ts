// The team page that Muster serves: sign-in, simple navigation, and the elements.

import { createMuster, is } from "@muster/client";
import { html, nothing, render } from "lit";
import type { TemplateResult } from "lit";
import { configure } from "../elements/src/configure.js";
import { VIEWS, fragmentOf, placeOf } from "./places.js";
import type { Place, View } from "./places.js";
import { Session, SignInError } from "./sign-in.js";
import { language, texts } from "./texts.js";

/** The path of the page: this file is below it. */
const home = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
const api = new URL("..", import.meta.url).href.replace(/\/$/, "");
const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]")?.href ?? "";
const { issuer = "", discovery = "", audience = "", client = "" } = document.documentElement.dataset;
const session = new Session({ issuer, discovery, audiences: audience.split(","), client, page: location.origin + home });
const muster = createMuster({ api, getToken: ({ fresh }) => session.token(fresh) });

const load = {
  team: () => import("../elements/src/muster-team.js"),
  pages: () => import("../elements/src/muster-pages.js"),
  invitation: () => import("../elements/src/muster-invitation.js"),
};
/** What the navigation offers beside the team, and the actions of which the reader must be allowed one. */
const NEEDS: Record<Exclude<View, "team" | "profile">, string[]> = {
  keys: ["create_api_key"],
  settings: ["update_organization", "name_paying_owner", "transfer_ownership", "delete_organization"],
};

/** The organization that was read last, and what the reader may do in it. */
let opened: { id: string; name: string; may: string[] } | undefined;
let trouble = "";
let hasEnded = false;

const place = () => placeOf(location, home);
const here = () => location.pathname + location.hash;

async function signIn(prompt?: "login" | "create", to = here()): Promise<void> {
  try {
    await session.signIn(to, prompt);
  } catch (error) {
    fail(error);
  }
}

/** Shows why the reader is not signed in. */
function fail(error: unknown): void {
  trouble = error instanceof SignInError ? texts.failed(error.message.replace(/\.$/, "")) : texts.unreachable;
  draw();
}

function go(fragment: string): void {
  history.pushState(null, "", home + fragment);
  void arrive(true);
}

/** Counts what leads somewhere: only the latest does, in whichever order answers arrive. */
let turn = 0;

/** Reads the name of an organization and what the reader may do there. An organization that is not there leads to the others. False if something else has been opened since. */
async function open(organization: string): Promise<boolean> {
  const mine = ++turn;
  let read: typeof opened;
  try {
    const { organization: { name }, may } = (await muster.organizations.getView(organization)).data;
    read = { id: organization, name, may };
  } catch (error) {
    if (!is(error)) throw error;
    if (!is(error, "not-found")) read = opened;
  }
  if (mine !== turn) return false;
  opened = read;
  return true;
}

/** Where the reader begins: in their organization if they have one, else where the organizations are. */
async function begin(): Promise<string> {
  const mine = await muster.organizations.list({ limit: 2 }).then(({ data }) => data.items, () => []);
  const [first] = mine;
  return first && mine.length === 1 ? fragmentOf(first.id, "team") : "#/teams";
}

/** Shows the place of the address. */
async function arrive(isMove: boolean): Promise<void> {
  const mine = ++turn;
  let at = place();
  if (session.reader && at.kind === "start") {
    const to = await begin();
    if (mine !== turn) return;
    history.replaceState(null, "", home + to);
    at = place();
  }
  if (session.reader && at.kind === "organization" && opened?.id !== at.organization) {
    opened = undefined;
    draw();
    if (!(await open(at.organization))) return;
  }
  draw();
  if (isMove) document.querySelector("h1")?.focus();
}

function titleOf(at: Place): string {
  if (at.kind === "invitation") return texts.invitation;
  if (at.kind === "start") return texts.loading;
  if (at.kind !== "organization") return texts[at.kind];
  return opened?.id === at.organization ? `${texts[at.view]} – ${opened.name}` : texts[at.view];
}

function draw(): void {
  const at = place();
  const isWelcome = !session.reader && at.kind !== "invitation";
  document.title = isWelcome ? texts.welcome : titleOf(at);
  render(isWelcome ? welcome() : html`${header(at)}${notice()}<main class=${at.kind === "organization" ? "" : "narrow"}><h1 class="hidden" tabindex="-1">${document.title}</h1>${content(at)}</main>`, document.body);
}

const welcome = () => html`<main><div class="welcome">
  <img src=${icon} alt="" />
  <h1 tabindex="-1">${texts.welcome}</h1>
  <p>${texts.welcomeText}</p>
  ${trouble ? html`<p class="problem" role="alert">${trouble}</p>` : nothing}
  <button type="button" class="button" @click=${() => void signIn()}>${texts.signIn}</button>
</div></main>`;

/** What stands above an invitation if the sign-in failed, and above the rest once the session has ended. */
function notice(): TemplateResult | typeof nothing {
  const text = hasEnded ? texts.ended : trouble;
  return text ? html`<div class="notice" role="alert"><span>${text}</span><button type="button" class="link" @click=${() => void signIn()}>${texts.signIn}</button></div>` : nothing;
}

/** From an invitation, the way there would load the page again. */
function toTeams(event: Event): void {
  event.preventDefault();
  go("#/teams");
}

function header(at: Place): TemplateResult {
  const { reader } = session;
  const open = at.kind === "organization" && opened?.id === at.organization ? opened : undefined;
  const offered = open ? VIEWS.filter((view) => view === "team" || view === "profile" || NEEDS[view].some((action) => open.may.includes(action))) : [];
  const link = (view: View) =>
    html`<a href=${fragmentOf(open?.id ?? "", view)} aria-current=${at.kind === "organization" && at.view === view ? "page" : nothing}>${texts[view]}</a>`;
  const mark = html`<img src=${icon} alt="" />`;
  return html`<header><div class="bar">
    ${reader ? html`<a class="place" href=${`${home}#/teams`} @click=${toTeams} aria-label=${open ? `${texts.teams}: ${open.name}` : texts.teams}>${mark}<span dir="auto">${open?.name ?? texts.teams}</span></a>` : html`<span class="place">${mark}</span>`}
    ${offered.length ? html`<nav aria-label=${texts.pages}>${offered.map(link)}</nav>` : nothing}
    ${reader
      ? html`<div class="reader"><span dir="auto">${reader.name ?? reader.email ?? reader.sub}</span><button type="button" class="link" @click=${() => void session.signOut().catch(fail)}>${texts.signOut}</button></div>`
      : nothing}
  </div></header>`;
}

function content(at: Place): TemplateResult | typeof nothing {
  switch (at.kind) {
    case "start":
      return nothing;
    case "invitation":
      void load.invitation();
      return html`<muster-invitation token=${at.token}></muster-invitation>`;
    case "teams":
      void load.pages();
      return html`<muster-organizations current=${opened?.id ?? nothing}></muster-organizations>`;
    case "invitations":
      void load.pages();
      return html`<muster-invitations></muster-invitations>`;
    case "organization":
      return shown(at.organization, at.view, at.query);
  }
}

function shown(organization: string, view: View, query: string): TemplateResult {
  if (view === "team") {
    void load.team();
    return html`<muster-team organization=${organization} state=${query}></muster-team>`;
  }
  void load.pages();
  if (view === "profile") return html`<muster-profile organization=${organization}></muster-profile>`;
  if (view === "keys") return html`<muster-api-keys organization=${organization}></muster-api-keys>`;
  return html`<muster-settings organization=${organization}></muster-settings>`;
}

/** Listens to an event of the elements. */
function on<Detail>(name: string, act: (detail: Detail) => void): void {
  document.addEventListener(`muster-${name}`, (event) => act((event as CustomEvent<Detail>).detail));
}

on<{ organization: string }>("select", ({ organization }) => go(fragmentOf(organization, "team")));
on<{ organization: string }>("continue", ({ organization }) => go(organization ? fragmentOf(organization, "team") : ""));
on("left", () => ((opened = undefined), go("#/teams")));
on("deleted", () => ((opened = undefined), go("#/teams")));
on("invitations", () => go("#/invitations"));
on<{ organization: string }>("accepted", ({ organization }) => place().kind === "invitations" && go(fragmentOf(organization, "team")));
on<{ query: string }>("state", ({ query }) => {
  const at = place();
  if (at.kind === "organization" && at.view === "team") history.replaceState(null, "", home + fragmentOf(at.organization, "team", query));
  // The address of another team is then told from this one.
  draw();
});
on<{ kind: string }>("change", ({ kind }) => {
  const organization = opened?.id;
  if (organization && /organization|ownership|owner/.test(kind)) void open(organization).then(draw);
});
on<{ way?: "in" | "up" }>("sign-in", ({ way }) => {
  // An invitation asks somebody who is signed in for another account.
  if (way) return void signIn(session.reader ? "login" : way === "up" ? "create" : undefined);
  hasEnded = true;
  draw();
});
addEventListener("popstate", () => void arrive(true));

document.documentElement.lang = language;
if (language === "ar") document.documentElement.dir = "rtl";
configure({ api, language, getToken: ({ fresh }) => session.token(fresh) });
try {
  await session.arrive();
  // A reload loses the token. A reader who is still signed in at the provider comes back without a prompt.
  if (!session.reader && session.wasSignedIn) await session.signIn(here());
  else await arrive(false);
} catch (error) {
  fail(error);
}
