// What can be done with one row. The API says what is allowed; nothing is offered that it would refuse.

import type { MusterTeam } from "../team.js";
import type { PersonAction, Row } from "../contract.js";
import type { MenuItem } from "../parts/menu.js";
import { called } from "../parts/names.js";
import { closeIcon, exitIcon } from "../parts/icons.js";
import { keyIcon, listIcon, pauseIcon, pencilIcon, playIcon, sendIcon, shieldIcon, trashIcon } from "../parts/icons-more.js";

/** The items of a row's menu. */
export const rowItems = (host: MusterTeam, row: Row) => (): MenuItem[] => new Actions(host).items(row);

/** The actions of rows. */
export class Actions {
  constructor(private readonly host: MusterTeam) {}

  /** The items of a row's menu. */
  items(row: Row): MenuItem[] {
    if (this.host.readonly) return [];
    const { words } = this.host;
    const all: Partial<Record<PersonAction, Omit<MenuItem, "run"> & { run: () => unknown }>> = {
      change_role: { label: words.changeRole, icon: shieldIcon, run: () => this.#changeRole(row) },
      change_grants: { label: this.#accessLabel, icon: listIcon, run: () => this.#changeGrants(row) },
      edit: { label: words.edit, icon: pencilIcon, run: () => this.#edit(row) },
      edit_profile: { label: words.editProfile, icon: pencilIcon, run: () => this.#open("profile", row) },
      read_api_keys: { label: words.apiKeys, icon: keyIcon, run: () => this.#open("keys", row) },
      resend: { label: words.resend, icon: sendIcon, run: () => this.#resend(row) },
      activate: { label: words.activate, icon: playIcon, run: () => this.#activate(row) },
      deactivate: { label: words.deactivate, icon: pauseIcon, run: () => this.#deactivate(row) },
      remove: { label: words.removeMember, icon: trashIcon, danger: true, line: true, run: () => this.#remove(row) },
      cancel: { label: words.cancelInvitation, icon: closeIcon, danger: true, line: true, run: () => this.#cancel(row) },
      leave: { label: words.leaveTeam, icon: exitIcon, danger: true, line: true, run: () => this.leave() },
    };
    const items = Object.entries(all).filter(([action]) => row.may.includes(action as PersonAction)).map(([, item]) => item);
    return items.map((item, index) => ({ ...item, line: !!item.line && index > 0, run: () => void item.run() }));
  }

  /** Asks whether to leave, and leaves. */
  async leave(): Promise<void> {
    const { host } = this;
    const { words } = host;
    const act = async () => {
      if (!(await host.change("leave", ["me"], undefined, () => host.muster.members.remove(host.org, "me"), false))) return;
      host.left();
    };
    await host.ask({ title: words.leaveTitle(host.team?.organization.name ?? words.theTeam), text: words.leaveText, label: words.leaveTeam, act });
  }

  async #changeRole(row: Row): Promise<void> {
    const { ChangeRole } = await this.host.load();
    this.host.open(new ChangeRole(this.host, [row]));
  }

  /** What the resources are called: their roles are what the dialog changes. */
  get #accessLabel(): string {
    return this.host.resourceNames(this.host.team)?.other ?? this.host.words.access;
  }

  async #changeGrants(row: Row): Promise<void> {
    const { EditGrants } = await this.host.load();
    this.host.open(new EditGrants(this.host, row));
  }

  async #open(what: "keys" | "profile", row: Row): Promise<void> {
    const { openElement } = await this.host.load();
    await openElement(this.host, what, row);
  }

  async #edit(row: Row): Promise<void> {
    const { host } = this;
    const { EditInvitation, invitationRow } = await host.load();
    await host.attempt(async () => host.open(new EditInvitation(host, await invitationRow(host, row))));
  }

  async #resend(row: Row): Promise<void> {
    const { host } = this;
    const send = () => host.muster.invitations.resend(host.org, row.id);
    if (await host.attempt(() => host.change("resend", [row.id], undefined, send))) host.say(host.words.wasResent(row.email));
  }

  async #activate(row: Row): Promise<void> {
    const { host } = this;
    const request = { status: "active" } as const;
    const send = () => host.muster.members.update(host.org, row.id, request);
    if (await host.attempt(() => host.change("activate", [row.id], request, send))) host.say(host.words.wasActivated(called(row)));
  }

  async #deactivate(row: Row): Promise<void> {
    const { host } = this;
    const { words } = host;
    const name = called(row);
    const request = { status: "inactive" } as const;
    const act = async () => {
      if (await host.change("deactivate", [row.id], request, () => host.muster.members.update(host.org, row.id, request))) host.say(words.wasDeactivated(name));
    };
    await host.ask({ title: words.deactivateTitle(name), text: words.deactivateText(name), label: words.deactivate, look: "primary", act });
  }

  async #remove(row: Row): Promise<void> {
    const { host } = this;
    const { words } = host;
    const name = called(row);
    const act = async () => {
      if (await host.change("remove", [row.id], undefined, () => host.muster.members.remove(host.org, row.id))) host.say(words.wasRemoved(name));
    };
    await host.ask({ title: words.removeTitle(name), text: words.removeText(name), label: words.remove, twice: host.confirm === "twice", act });
  }

  async #cancel(row: Row): Promise<void> {
    const { host } = this;
    const { words } = host;
    const act = async () => {
      if (await host.change("cancel", [row.id], undefined, () => host.muster.invitations.cancel(host.org, row.id))) host.say(words.wasCancelled);
    };
    await host.ask({ title: words.cancelTitle(row.email), text: words.cancelText, label: words.cancelInvitation, act });
  }
}
