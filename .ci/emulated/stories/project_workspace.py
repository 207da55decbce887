"""Administrators hand out seats and projects to their co-workers."""

from ..emulator import Deployment
from ..team import Team, texts


def play(deployment: Deployment) -> None:
    projects = {"web": "Web shop", "app": "Phone app", "docs": "Documentation"}
    team = Team(deployment, "workspace", "project-workspace", "project", projects)
    adrian, wendy = team.join("adrian", "administrator"), team.join("wendy", "collaborator", "web")
    carl = team.api.person("carl")
    team.plan(4)
    dashboard(team, adrian, wendy)
    inviting(team, wendy, carl)
    seats(team)
    editing(team, carl)
    registered(team, carl)
    deleting_seats(team, adrian, wendy, carl)


def dashboard(team: Team, adrian, wendy) -> None:
    everybody = [team.owner, adrian, wendy]
    assert team.who_may(everybody, "members:manage") == ["olivia", "adrian"]
    team.get(wendy, "/members").problem(403, "forbidden")
    asked = {
        "subject": {"type": "user"},
        "action": {"name": "sessions:read"},
        "resource": team.on("web")[0],
        "context": {"organization": team.id},
    }
    found = team.owner.post("/access/v1/search/subject", asked).expect(200)["results"]
    # They are named by the subjects that the product knows them by.
    assert sorted(texts(found, "id")) == sorted(who.claims["sub"] for who in everybody)


def inviting(team: Team, wendy, carl) -> None:
    """An address and one project at least; then a mail goes out."""
    team.invite(wendy, carl.address, "collaborator", "web").problem(403, "forbidden")
    none = team.invite(team.owner, carl.address, "collaborator")
    none.problem(422, "invalid-invitations", ("resources", "required"))
    nobody = team.invite(team.owner, "", "collaborator", "web")
    nobody.problem(422, "invalid-invitations", ("emails", "no_addresses"))
    team.invite(team.owner, carl.address, "collaborator", "web", "app").expect(201)
    [mail] = team.api.mail(carl.address)
    assert mail["Subject"] == "olivia invited you to join Acme"
    assert "Web shop" in mail["BodyText"] and "Phone app" in mail["BodyText"] and "<a " in mail["BodyHtml"]
    row = team.row(team.owner, carl.address)
    assert (row["kind"], row["invite_status"]) == ("invitation", "pending")


def seats(team: Team) -> None:
    counter = lambda: team.get(team.owner, "/members").expect(200)["seats"]
    assert counter() == {"used": 4, "limit": 4, "at_limit": True}
    full = team.invite(team.owner, "fifth@x.example", "collaborator", "docs").problem(409, "no-seats-available")
    assert full["seats"] == {"used": 4, "limit": 4, "needed": 1}
    team.plan(5)
    assert counter() == {"used": 4, "limit": 5, "at_limit": False}


def editing(team: Team, carl) -> None:
    """Before they join: other projects, the same address."""
    path = f"/invitations/{team.row(team.owner, carl.address)['id']}"
    edited = team.patch(team.owner, path, {"resources": team.on("app", "docs")}).expect(200)
    assert texts(edited["resources"], "id") == ["app", "docs"]
    other = team.patch(team.owner, path, {"email": "else@x.example"})
    other.problem(422, "invalid-request", ("email", "unknown_field"))


def registered(team: Team, carl) -> None:
    team.accept(carl).expect(200)
    assert (team.row(team.owner, carl.address)["kind"], team.sees(carl)) == ("member", ["app", "docs"])
    assert team.seats() == (4, 5), "the seat they had is the one they have"
    path = team.member(carl)
    projects = {"role": "collaborator", "resources": team.on("web", "docs")}
    team.patch(team.owner, path, projects).expect(200)
    assert team.sees(carl) == ["docs", "web"] and not team.may(carl, "sessions:read", "app")
    team.delete(team.owner, team.grant(carl, "docs")).expect(204)
    last = team.delete(team.owner, team.grant(carl, "web"))
    last.problem(422, "invalid-request", ("grants", "required"))


def deleting_seats(team: Team, adrian, wendy, carl) -> None:
    team.delete(team.owner, team.member(carl)).expect(204)
    assert team.seats() == (3, 5) and team.row(team.owner, carl.address) == {}
    team.get(carl, "/resources").problem(404, "not-found")
    for who in (team.owner, adrian, wendy):
        team.delete(who, "/members/me").problem(403, "forbidden")
    team.delete(team.owner, team.member(adrian)).expect(204)
    team.get(adrian).problem(404, "not-found")
