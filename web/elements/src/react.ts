// The elements in TypeScript with React 19: `import type {} from "@muster/elements/react"`.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { MusterEventMap } from "./events.js";
import type {} from "./index.js";

type Elements = Pick<HTMLElementTagNameMap, Extract<keyof HTMLElementTagNameMap, `muster-${string}`>>;
type Common = "api" | "organization" | "language" | "getToken" | "messages" | "client";

/** The properties of each element beside those that all have. */
interface Own {
  "muster-access": "resource" | "readonly";
  "muster-api-keys": "member" | "readonly";
  "muster-invitation": "token" | "signInUrl" | "signUpUrl" | "continueUrl";
  "muster-invitations": never;
  "muster-organizations": "current" | "roleSets";
  "muster-profile": "member" | "notifications" | "colors";
  "muster-settings": never;
  "muster-team": "view" | "pending" | "columns" | "upgradeUrl" | "confirm" | "pageSize" | "readonly" | "hide" | "state" | "notifications" | "colors";
}

type Handlers = { [Name in keyof MusterEventMap as `on${Name}`]?: ((event: MusterEventMap[Name]) => void) | undefined };
type Properties<Element, Names> = { [Name in Extract<Names, keyof Element>]?: Element[Name] | undefined };
type Tags = {
  [Tag in keyof Elements]: DetailedHTMLProps<HTMLAttributes<Elements[Tag]>, Elements[Tag]> & Properties<Elements[Tag], Common | Own[Tag]> & Handlers;
};

declare module "react" {
  namespace JSX {
    interface IntrinsicElements extends Tags {}
  }
}
