import type { Setup } from "@muster/elements";
import type {} from "@muster/elements/react";
import "@muster/elements/muster-team";

type Props = Pick<Setup, "api" | "organization" | "getToken"> & { onLeft: () => void };

export const Team = ({ api, organization, getToken, onLeft }: Props) => (
  <muster-team api={api} organization={organization} getToken={getToken} columns="role status" onmuster-left={onLeft}>
    <h2 slot="header">Our people</h2>
  </muster-team>
);
