import "@muster/elements/muster-team";

export const Team = ({ api, organization, getToken, onLeft }) => (
  <muster-team api={api} organization={organization} getToken={getToken} columns="role status" onmuster-left={onLeft}>
    <h2 slot="header">Our people</h2>
  </muster-team>
);
