"""An organization that runs programs adds people to its team, in seven roles."""

from ..api import wait
from ..emulator import Deployment
from ..team import Team, texts

WELCOME = "Welcome to the academy"


def play(deployment: Deployment) -> None:
    cohorts = {"spring": "Spring cohort", "autumn": "Autumn cohort"}
    team = Team(deployment, "academy", "program-delivery", "program", cohorts)
    team.patch(team.owner, "", {"settings": {"default_message": WELCOME}}).expect(200)
    amir, petra = team.join("amir", "admin"), team.join("petra", "program_admin", "spring")
    who_invites(team, amir, petra)
    pasting(team, amir)
    seats(team, amir)
    flora = programs(team, amir)
    activity(team, amir, flora)
    the_list(team, amir, petra)
    resending(team, amir)
    a_helper_for_a_month(team, amir)


def who_invites(team: Team, amir, petra) -> None:
    """Owners and admins anywhere, program admins to their programs, nobody else; only owners make owners."""
    fay, pia = team.join("fay", "program_facilitator", "spring"), team.join("pia", "participant", "spring")
    everybody = [team.owner, amir, petra, fay, pia]
    assert team.who_may(everybody, "members:invite") == ["olivia", "amir"]
    assert team.who_may(everybody, "members:invite", "spring") == ["olivia", "amir", "petra"]
    team.invite(fay, "no@x.example", "participant", "spring").problem(403, "forbidden")
    team.invite(petra, "no@x.example", "participant", "autumn").problem(403, "role-not-assignable")
    team.invite(amir, "founder@x.example", "owner").problem(403, "role-not-assignable")


def pasting(team: Team, amir) -> None:
    """Commas, spaces and new lines between them, 20 at most; each gets the organization's message."""
    sent = team.invite(amir, "a1@x.example, a2@x.example a3@x.example\na4@x.example,a1@x.example\n", "participant")
    assert texts(sent.expect(201)["invitations"], "email") == [f"a{n}@x.example" for n in range(1, 5)]
    many = " ".join(f"b{n}@x.example" for n in range(21))
    team.invite(amir, many, "participant").problem(422, "invalid-invitations", ("emails", "too_many_addresses"))
    assert WELCOME in team.api.mail("a4@x.example")[0]["BodyText"]


def seats(team: Team, amir) -> None:
    """All of a batch or nothing of it, with the figures; who uses no seat always fits."""
    used, _ = team.seats()
    team.plan(used + 1, "partner.example")
    full = team.invite(amir, "s1@x.example s2@x.example", "admin").problem(409, "no-seats-available")
    assert full["seats"] == {"used": used, "limit": used + 1, "needed": 2}
    team.invite(amir, "l1@x.example l2@x.example", "participant", "spring").expect(201)
    assert team.seats() == (used, used + 1)
    team.plan(None, "partner.example")


def programs(team: Team, amir):
    """Program roles need a program; what they may there differs."""
    without = team.invite(amir, "new@x.example", "program_facilitator")
    without.problem(422, "invalid-invitations", ("resources", "required"))
    flora = team.join("flora", "program_facilitator", "spring", "autumn")
    sasha = team.join("sasha", "program_sponsor", "autumn")
    for power, program, who in (
        ("programs:run", "spring", ["flora"]),
        ("programs:read", "autumn", ["flora", "sasha"]),
        ("content:read", "autumn", ["flora"]),
    ):
        assert team.who_may([flora, sasha], power, program) == who, power
    return flora


def activity(team: Team, amir, flora) -> None:
    """Several that were checked in the list, each with its own verdict."""
    checked = {"members": [flora.id, team.owner.id]}
    verdicts = lambda done: texts(done.expect(200)["results"], "status")
    assert verdicts(team.post(amir, "/members/deactivate", checked)) == ["deactivated", "refused"]
    team.get(flora, "/resources").problem(403, "member-inactive")
    assert not team.may(flora, "programs:run", "spring")
    assert verdicts(team.post(amir, "/members/activate", {"members": [flora.id]})) == ["activated"]
    assert team.may(flora, "programs:run", "spring")


def the_list(team: Team, amir, petra) -> None:
    """Searched, filtered and counted; the counts come from the table's stream."""
    team.patch(petra, "/members/me", {"name": "Petra P.", "timezone": "Europe/Berlin"}).expect(200)
    found = team.get(amir, "/members?q=petra&sort=last_active&status=active").expect(200)["items"]
    assert [(row["name"], row["timezone"], row["role"]) for row in found] == [("Petra P.", "Europe/Berlin", "program_admin")]
    pending = team.get(amir, "/members?invite_status=pending&limit=100").expect(200)["items"]
    assert len(pending) == 6
    counts = lambda: team.get(amir, "/members").expect(200).body.get("counts")
    assert wait("members are counted", counts)
    file = team.get(amir, "/members/export?format=csv").expect(200)
    assert "Petra P." in file.body and "attachment" in file.headers["content-disposition"]


def resending(team: Team, amir) -> None:
    pending = texts(team.get(amir, "/invitations?limit=100").expect(200)["items"], "email")
    before = {address: len(team.api.invitations(address)) for address in pending}
    team.post(amir, "/invitations/resend").expect(202)
    for address in pending:
        team.api.invitation_token(address, before[address] + 1)
    assert {address: len(team.api.invitations(address)) - 1 for address in pending} == before


def a_helper_for_a_month(team: Team, amir) -> None:
    """Outside help: once it is enabled, from allowed domains, for a chosen time, and gone on time."""
    hal = team.api.person("hal", "partner.example")
    ask = lambda **more: team.invite(amir, hal.address, "implementation_admin", **more)
    ask(duration="1_month").problem(422, "invalid-invitations", ("role", "role_not_enabled"))
    team.patch(team.owner, "", {"settings": {"optional_roles": ["implementation_admin"]}}).expect(200)
    ask().problem(422, "invalid-invitations", ("duration", "required"))
    elsewhere = team.invite(amir, "hal@else.example", "implementation_admin", duration="1_month")
    elsewhere.problem(422, "invalid-invitations", ("hal@else.example", "domain_not_allowed"))
    ask(duration="1_month").expect(201)
    team.accept(hal).expect(200)
    assert team.may(hal, "content:write", "autumn") and not team.may(hal, "billing:manage")
    team.clock.advance(days=31)
    assert not team.may(hal, "content:write", "autumn"), "whether or not a job has run"
    told = lambda: [m for m in team.api.mail(hal.address) if "ended" in m["Subject"]]
    wait("they are told by mail, as the schedule sees to", told)
