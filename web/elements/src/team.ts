// <muster-team>: the people of an organization, and all that can be done with them.

import { html, nothing, unsafeCSS } from "lit";
import type { PropertyDeclarations, PropertyValues, TemplateResult } from "lit";
import type { Problem } from "@muster/client";
import { MusterElement } from "./base.js";
import type { Named, OrganizationAction, PersonAction, Row, View } from "./contract.js";
import type { NotificationChoice } from "./profile.js";
import type { Question } from "./parts/confirm.js";
import { notice } from "./parts/problem.js";
import { loadWords } from "./words.js";
import text from "./style/team.css";
import { head, seatWarning } from "./team/head.js";
import { groups } from "./team/groups.js";
import type { PeopleList } from "./team/list.js";
import { Lists } from "./team/lists.js";
import { empty, self } from "./team/other.js";
import { format, isFiltered, noQuery, parse } from "./team/query.js";
import type { Query } from "./team/query.js";
import { skeleton, table } from "./team/rows.js";
import { toolbar } from "./team/toolbar.js";
import type { Menu, MenuItem } from "./parts/menu.js";
import { icon, alertIcon } from "./parts/icons.js";

/** What loads after the page is painted. */
type Later = typeof import("./team/later.js");

const SEARCH_PAUSE_MILLISECONDS = 250;
const STALE_MILLISECONDS = 15_000;
const COLUMNS = "role joined last-active status";
const BULK: PersonAction[] = ["change_role", "activate", "deactivate", "remove", "resend", "cancel"];
const ACTIONS: PersonAction[] = [...BULK, "change_grants", "edit", "leave", "edit_profile", "read_api_keys"];

/** The users page. */
export class MusterTeam extends MusterElement {
  static override properties: PropertyDeclarations = {
    ...MusterElement.properties,
    view: {},
    pending: {},
    columns: {},
    upgradeUrl: { attribute: "upgrade-url" },
    confirm: {},
    pageSize: { attribute: "page-size", type: Number },
    readonly: { type: Boolean },
    hide: {},
    state: {},
    notifications: { attribute: false },
    colors: { attribute: false },
  };
  static override styles = [...MusterElement.styles, unsafeCSS(text)];

  declare view: "list" | "groups" | undefined;
  declare pending: "in-list" | "section" | undefined;
  declare columns: string | undefined;
  declare upgradeUrl: string | undefined;
  declare confirm: "once" | "twice" | undefined;
  declare pageSize: number | undefined;
  declare readonly: boolean;
  declare hide: string | undefined;
  declare state: string | undefined;
  declare notifications: NotificationChoice[] | undefined;
  declare colors: string[] | undefined;

  protected override readonly needsAllWords = false;
  lists = new Lists(this);
  query: Query = noQuery();
  /** The organization, its roles, and what the reader may do. */
  team: View | undefined;
  resources: Named[] | undefined;
  picked = new Set<string>();
  /** What is told above the list until it is dismissed. */
  note: TemplateResult | undefined;
  isExporting = false;
  #problem: Problem | undefined;
  #searchTimer = 0;
  #menu: Menu | undefined;
  #later: Promise<Later> | undefined;
  /** What is loaded after the page is painted. */
  later: Later | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("focus", this.#returned);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("focus", this.#returned);
    this.lists.stop();
    this.forget();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const isOther = changed.has("state") && this.state !== undefined && this.state !== format(this.query);
    if (isOther) this.query = parse(this.state ?? "");
    super.willUpdate(changed);
    if ((isOther || changed.has("view")) && this.team) void this.#load();
  }

  protected override begin(canLoad: boolean): void {
    clearTimeout(this.#searchTimer);
    this.query = parse(this.state ?? "");
    this.#menu?.close();
    this.ended = undefined;
    this.lists.stop();
    this.lists = new Lists(this);
    this.team = this.resources = this.note = this.#problem = undefined;
    this.isExporting = false;
    this.picked.clear();
    if (canLoad) void this.#start();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.lists.watch(this.renderRoot.querySelectorAll<HTMLElement>("[data-key]"));
  }

  protected override render(): TemplateResult {
    const page = this.isReady ? this.#page() : skeleton(this);
    return this.root(html`<div class="page">${page}</div>${this.#menu?.render() ?? nothing}`);
  }

  #page(): TemplateResult {
    const retry = () => void this.#start();
    if (this.#problem) return html`${this.#head()}${notice(this, this.#problem, retry)}`;
    if (!this.team) return html`${this.#head()}${skeleton(this)}`;
    if (!this.can("read_members")) return html`${this.#head()}${self(this)}`;
    return html`${head(this)}${seatWarning(this)}${toolbar(this)}${this.#note()}
      ${this.hasSections && this.lists.pending.rows.length ? this.section("pending", this.words.pendingTitle, this.resendAllButton(), this.lists.pending) : nothing}
      ${this.#people()}${this.picked.size && this.later ? this.later.bulkBar(this) : nothing}`;
  }

  #head(): TemplateResult {
    return html`<div class="head"><div class="title"><slot name="header"><h2 data-home tabindex="-1">${this.words.team}</h2></slot>
      <p class="summary" dir="auto">${this.team?.organization.name}</p></div></div>`;
  }

  #people(): TemplateResult {
    const { words } = this;
    if (this.hasGroups) return groups(this);
    const title = this.hasSections && this.lists.pending.rows.length ? html`<h3 class="second">${words.onlyMembers}</h3>` : nothing;
    return html`${title}${this.rowsOf(this.lists.main, words.people)}`;
  }

  /** A list with a title. */
  section(key: string, title: string, beside: unknown, list: PeopleList): TemplateResult {
    return html`<section class="section" data-key=${list === this.lists.pending ? nothing : key} aria-labelledby="title-${key}">
      <header><h3 id="title-${key}" dir="auto">${title}</h3>${beside}</header>
      ${this.rowsOf(list, title)}
    </section>`;
  }

  /** The rows of a list, or what stands in their place. */
  rowsOf(list: PeopleList, label: string): TemplateResult {
    const { problem, rows, cursor } = list;
    const trouble = problem ? notice(this, problem, () => void this.lists.load(list)) : nothing;
    // A group that was empty may not be any longer.
    if (!list.isLoaded || (list.isLoading && list.fixed.role && !rows.length)) return problem ? html`${trouble}` : skeleton(this, this.lists.main.counts?.roles[list.fixed.role?.[0] ?? ""]);
    if (rows.length) return html`${trouble}${table(this, list, label)}`;
    return html`${trouble}${cursor ? html`<div><button type="button" class="button" @click=${() => this.lists.more(list)}>${this.words.searchOn}</button></div>` : empty(this)}`;
  }

  #note(): TemplateResult | typeof nothing {
    if (!this.note) return nothing;
    const dismiss = () => {
      this.note = undefined;
      this.requestUpdate();
    };
    return html`<div class="notice warning" role="alert">${icon(alertIcon)}<div>${this.note}</div>
      <button type="button" class="link" @click=${dismiss}>${this.words.close}</button></div>`;
  }

  /** The button that sends all pending invitations again. */
  resendAllButton(): TemplateResult | typeof nothing {
    if (!this.lists.rows.some((row) => row.may.includes("resend"))) return nothing;
    return html`<button type="button" class="link small" @click=${() => void this.#resendAll()}>${this.words.resendAll}</button>`;
  }

  // What the parts of the page ask for.

  /** Whether the caller may do something in the organization. */
  can(action: OrganizationAction): boolean {
    const isRead = action.startsWith("read_");
    return !!this.team?.may.includes(action) && (isRead || !this.readonly);
  }

  hides(part: string): boolean {
    return !!this.hide?.split(/[\s,]+/).includes(part);
  }

  /** The columns after the name. */
  get shownColumns(): string[] {
    return (this.columns ?? COLUMNS).split(/[\s,]+/).filter((column) => column && column !== "name");
  }

  get hasSections(): boolean {
    return this.pending === "section";
  }

  get hasGroups(): boolean {
    return this.view === "groups";
  }

  isPickable(row: Row): boolean {
    return row.may.some((action) => BULK.includes(action));
  }

  /** Whether a row has a menu. */
  isActionable(row: Row): boolean {
    return row.may.some((action) => ACTIONS.includes(action));
  }

  /** Whether any row can be selected. */
  get canPick(): boolean {
    return !this.readonly && !this.hides("bulk") && this.lists.rows.some((row) => this.isPickable(row));
  }

  pick(rows: Row[]): void {
    this.picked = new Set(rows.map((row) => row.id));
    this.requestUpdate();
  }

  flip(row: Row): void {
    void this.load();
    if (!this.picked.delete(row.id)) this.picked.add(row.id);
    this.requestUpdate();
  }

  /** Searches, once there is a pause in typing. */
  search(q: string): void {
    this.query = { ...this.query, q };
    this.requestUpdate();
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => this.filter({}), SEARCH_PAUSE_MILLISECONDS);
  }

  filter(changes: Partial<Query>): void {
    clearTimeout(this.#searchTimer);
    this.query = { ...this.query, ...changes };
    this.picked.clear();
    this.state = format(this.query);
    this.emit("state", { query: this.state });
    void this.#load();
  }

  /** Drops all filters, and the search too if asked. */
  clear(everything: boolean): void {
    this.filter({ ...noQuery(), sort: this.query.sort, q: everything ? "" : this.query.q });
    this.renderRoot.querySelector<HTMLElement>("input[type=search]")?.focus();
  }

  get isNarrowed(): boolean {
    return isFiltered(this.query) || !!this.query.q.trim();
  }

  /** Loads what the page needs once something is opened or done. */
  async load(): Promise<Later> {
    this.#later ??= Promise.all([import("./team/later.js"), loadWords(this.tag)]).then(([later]) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(later.sheetText);
      const root = this.renderRoot as ShadowRoot;
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      this.requestUpdate();
      return (this.later = later);
    });
    return this.held(this.#later);
  }

  async invite(): Promise<void> {
    const { Invite } = await this.load();
    if (this.team) this.open(new Invite(this, this.team));
  }

  isMenuOpen(key: string): boolean {
    return !!this.#menu?.isOpen(key);
  }

  /** Opens the menu of a button, or closes it. */
  async openMenu(event: Event, key: string, label: string, items: (later: Later) => () => MenuItem[]): Promise<void> {
    const anchor = event.currentTarget as HTMLElement;
    const later = await this.load();
    this.#menu ??= new later.Menu(this);
    this.#menu.toggle(key, label, items(later), anchor);
  }

  async leave(): Promise<void> {
    const { Actions } = await this.load();
    await new Actions(this).leave();
  }

  async ask(question: Question): Promise<void> {
    const { Confirm } = await this.load();
    this.open(new Confirm(this, question));
  }

  /** Changes something, unless the page objects; then the list is loaded again and the page is told. */
  async change<T>(kind: string, ids: string[], request: unknown, send: () => PromiseLike<T>, isRefreshed = true): Promise<T | undefined> {
    if (!this.emit("before", { kind, ids, request }, true)) return undefined;
    const answer = await send();
    this.lists.isChanged = true;
    if (isRefreshed) await this.refresh();
    this.emit("change", { kind, ids, seats: this.lists.main.seats });
    return answer;
  }

  /** Does something outside a dialog. What goes wrong is told above the list. */
  async attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      const problem = this.problem(error);
      await this.load();
      if (problem) {
        this.note = notice(this, problem);
        this.requestUpdate();
      }
      return undefined;
    }
  }

  async refresh(): Promise<void> {
    await this.lists.refresh();
    const shown = new Set(this.lists.rows.map((row) => row.id));
    for (const id of this.picked) if (!shown.has(id)) this.picked.delete(id);
  }

  /** The caller has left. */
  left(): void {
    this.team = undefined;
    this.lists.stop();
    this.ended = () => this.words.wasLeft;
    this.emit("left", { organization: this.org });
  }

  /** Opens the page: the view and the first rows, side by side. */
  async #start(): Promise<void> {
    this.#problem = undefined;
    const opening = this.muster.organizations.getView(this.org);
    const rows = this.#load();
    try {
      this.team = (await opening).data;
    } catch (error) {
      this.#problem = this.problem(error);
      void this.load();
      if (this.#problem?.status === 404) this.emit("left", { organization: this.org });
      this.requestUpdate();
      return;
    }
    this.requestUpdate();
    await rows;
    this.emit("ready", { organization: this.org });
    setTimeout(() => void this.load(), 300);
  }

  async #load(): Promise<void> {
    const { lists } = this;
    await lists.load();
    if (this.team && this.isNarrowed && !this.hasGroups) this.announce((lists.main.cursor ? this.words.foundMore : this.words.found)(lists.main.rows.length));
  }

  async #resendAll(): Promise<void> {
    // What is said in the end is among the words that load later.
    await this.load();
    const send = () => this.muster.invitations.resendMany(this.org);
    if (await this.attempt(() => this.change("resend_all", [], undefined, send))) this.say(this.words.allResent);
  }

  #returned = (): void => {
    if (this.team && !this.panel && Date.now() - this.lists.loadedAt > STALE_MILLISECONDS) void this.refresh();
  };
}
