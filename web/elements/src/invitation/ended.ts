// The screens of an invitation that cannot be answered, or has been.

import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { MusterInvitation, Preview } from "../invitation.js";
import { icon, mailIcon, peopleIcon } from "../parts/icons.js";
import { checkIcon, clockIcon, infoIcon, linkIcon } from "../parts/icons-more.js";

/** What a screen shows. */
interface Screen {
  mark: string;
  look: string;
  title: string;
  text: string;
  action?: TemplateResult;
}

/** The screen of a state. */
export function ended(host: MusterInvitation, state: string, preview: Preview | undefined): TemplateResult {
  const screen = screenOf(host, state, preview);
  return html`<span class="mark ${screen.look}" aria-hidden="true">${icon(screen.mark)}</span>
    <div class="lead"><h2 data-home tabindex="-1">${screen.title}</h2><p>${screen.text}</p></div>
    ${screen.action ? html`<div class="buttons">${screen.action}</div>` : nothing}`;
}

function screenOf(host: MusterInvitation, state: string, preview: Preview | undefined): Screen {
  const { words } = host;
  const inviter = preview?.inviter ?? words.theTeam;
  const quiet = { mark: mailIcon, look: "quiet" };
  const retry = html`<button type="button" class="button" @click=${() => void host.load()}>${words.retry}</button>`;
  const screens: Record<string, Screen> = {
    joined: { mark: checkIcon, look: "success", title: words.welcome(preview?.organization_name ?? ""), text: words.welcomeText, action: onward(host, "primary") },
    accepted: { mark: checkIcon, look: "success", title: words.accepted, text: words.acceptedText, action: onward(host, "") },
    expired: { ...quiet, mark: clockIcon, title: words.expired, text: words.expiredText(inviter) },
    cancelled: { ...quiet, title: words.cancelled, text: words.expiredText(inviter) },
    declined: { ...quiet, title: words.declined, text: words.declinedText },
    replaced: { ...quiet, title: words.replaced, text: words.replacedText },
    mismatch: {
      mark: peopleIcon,
      look: "danger",
      title: words.wrongAccount,
      text: words.wrongAccountText(preview?.email ?? ""),
      action: host.signButton("in", words.otherAccount, "primary"),
    },
    unverified: { mark: mailIcon, look: "danger", title: words.notVerified, text: words.notVerifiedText, action: retry },
    refused: { ...quiet, mark: infoIcon, title: words.cannotJoin, text: words.expiredText(inviter) },
    unknown: { ...quiet, mark: linkIcon, title: words.unknown, text: words.unknownText },
  };
  return screens[state] ?? screens["unknown"]!;
}

function onward(host: MusterInvitation, look: string): TemplateResult {
  const { words, continueUrl } = host;
  const go = (event: Event) => host.goOn(event);
  if (!continueUrl || !/^(https?:|\/)/i.test(continueUrl)) return html`<button type="button" class="button ${look}" @click=${go}>${words.goOn}</button>`;
  return html`<a class="button ${look}" href=${continueUrl} @click=${go}>${words.goOn}</a>`;
}
