// What TypeScript has to accept and to refuse of the elements, in React and without a framework. It is compiled and never run.

import { useRef } from "react";
import type { MusterTeam } from "@muster/elements";
import type {} from "@muster/elements/react";

export function Pages() {
  const team = useRef<MusterTeam>(null);
  return (
    <>
      <muster-team ref={team} view="groups" pageSize={20} readonly className="team" onmuster-change={(event) => event.detail.kind.length + (event.detail.seats?.used ?? 0)} />
      <muster-invitation token="t" signInUrl="/sign-in" onmuster-sign-in={(event) => event.preventDefault()} />
      <muster-organizations current="org_1" roleSets={[{ id: "company", name: "Company" }]} onmuster-select={(event) => event.detail.organization.length} />
      <muster-profile member="me" notifications={[{ id: "digest", label: "Digest" }]} colors={["#000"]} />
      <muster-access resource="program:spring" readonly={false} />
      <muster-api-keys getToken={() => "token"} messages={{ apiKeys: "Keys", resources: { program: { one: "Course", other: "Courses" } } }} />
      <muster-settings api="https://api.example.com" language="de" onmuster-deleted={undefined} />
      <muster-invitations />
      {/* @ts-expect-error: no such view */}
      <muster-team view="tiles" />
      {/* @ts-expect-error: no such property */}
      <muster-settings member="me" />
      {/* @ts-expect-error: no such word */}
      <muster-team messages={{ crew: "Crew" }} />
      {/* @ts-expect-error: the event has no such detail */}
      <muster-team onmuster-left={(event) => event.detail.seats} />
    </>
  );
}

const team = document.createElement("muster-team");
team.addEventListener("muster-problem", (event) => event.detail.problem.slug);
// @ts-expect-error: the event has no such detail
team.addEventListener("muster-state", (event) => event.detail.organization);
