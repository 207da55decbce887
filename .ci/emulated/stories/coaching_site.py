"""A coaching practice gets a team for its site with collections of pages."""

from ..emulator import Deployment
from ..team import Team, texts


def play(deployment: Deployment) -> None:
    collections = {"basics": "The basics", "advanced": "For the advanced"}
    team = Team(deployment, "coach", "coaching-site", "collection", collections)
    adam, edna = team.join("adam", "admin"), team.join("edna", "editor")
    ingo, sue = team.join("ingo", "instructor", "basics"), team.join("sue", "support")
    everybody = [team.owner, adam, edna, ingo, sue]
    team_roles(team, everybody)
    one_owner(team, adam)
    contacts(team, adam)
    assigning(team, adam, ingo)
    secret = api_keys(team, adam, ingo)
    pending_invitations(team, adam)
    revoking(team, adam, ingo, secret)


def team_roles(team: Team, everybody: list) -> None:
    names = texts(team.get(team.owner, "/roles").expect(200)["items"], "name")
    assert names == ["Owner", "Admin", "Editor", "Instructor", "Support"]
    for action, on, who in [
        ("billing:manage", None, ["olivia"]),
        ("organization:delete", None, ["olivia"]),
        ("members:manage", None, ["olivia", "adam"]),
        ("pages:write", "advanced", ["olivia", "adam", "edna"]),
        ("pages:write", "basics", ["olivia", "adam", "edna", "ingo"]),
        ("memberships:read", None, ["olivia", "adam", "edna", "sue"]),
    ]:
        assert team.who_may(everybody, action, on) == who, (action, on)
    *_, edna, ingo, sue = everybody
    for who in (edna, ingo, sue):
        team.get(who, "/members").problem(403, "forbidden")
    assert (team.sees(ingo), team.sees(sue)) == (["basics"], [])


def one_owner(team: Team, adam) -> None:
    """Never removed, only transferred."""
    olivia = team.owner
    team.delete(adam, team.member(olivia)).problem(403, "forbidden")
    team.delete(olivia, team.member(olivia)).problem(409, "last-owner")
    team.patch(olivia, team.member(adam), {"role": "owner"}).problem(403, "role-not-assignable")
    for giver, taker in ((olivia, adam), (adam, olivia)):
        team.post(giver, "/transfer-ownership", {"to": taker.id, "then": "admin"}).expect(200)
        assert team.who_may([olivia, adam], "billing:manage") == [taker.name]


def contacts(team: Team, adam) -> None:
    """Somebody the site knows, with an account: typed for, picked, given a role, and in."""
    nora = team.api.person("nora")
    known = {"email": nora.address, "name": "Nora Quist", "subject": nora.claims["sub"]}
    team.put(team.api.platform, "/contacts/c1", known).expect(201)
    team.put(team.api.platform, "/contacts/c2", {"email": "paul@x.example", "name": "Paul Norton"}).expect(201)
    for typed, suggested in (("no", ["c1", "c2"]), ("Qui", ["c1"]), ("nora@co", ["c1"])):
        assert sorted(texts(team.get(adam, f"/contacts?q={typed}").expect(200)["items"], "id")) == suggested
    added = team.post(adam, "/members", {"contact": "c1", "role": "editor"}).expect(201)
    assert added["member"]["id"] == nora.id and team.may(nora, "pages:write", "basics")
    assert len(team.api.mail(nora.address)) == 1, "they are told, and not invited"
    assert not team.api.invitations(nora.address)
    team.delete(adam, team.member(nora)).expect(204)
    team.get(nora).problem(404, "not-found")
    assert not team.may(nora, "pages:write", "basics")


def assigning(team: Team, adam, ingo) -> None:
    """The boxes that are checked are the collections an instructor has."""
    team.put(team.owner, "/resources/collection/retreat", {"name": "A retreat"}).expect(201)
    checked = {"role": "instructor", "resources": team.on("advanced", "retreat")}
    team.patch(adam, team.member(ingo), checked).expect(200)
    assert team.sees(ingo) == ["advanced", "retreat"]
    none = team.patch(adam, team.member(ingo), checked | {"resources": []})
    none.problem(422, "invalid-request", ("resources", "required"))


def verify(team: Team, secret: str, **more: object) -> dict:
    return team.api.platform.post("/v1/api-keys/verify", {"key": secret} | more).expect(200).body


def api_keys(team: Team, adam, ingo) -> str:
    """Named, read-only, for some collections, and shown once."""
    wanted = {"name": "Course calendar", "read_only": True, "resources": team.on("advanced")}
    made = team.post(adam, f"{team.member(ingo)}/api-keys", wanted).expect(201)
    secret = made["secret"]
    listed = team.get(adam, f"{team.member(ingo)}/api-keys").expect(200)["items"]
    assert texts(listed, "id") == [made["id"]] and "secret" not in listed[0]
    key = ingo.through(secret)
    assert team.sees(key) == ["advanced"]
    team.delete(key, team.grant(ingo, "advanced")).problem(403, "read-only-key")
    for action, on, allowed in (
        ("pages:read", "advanced", True),
        ("pages:write", "advanced", False),
        ("pages:read", "retreat", False),
    ):
        assert verify(team, secret, action=action, resource=team.on(on)[0])["allowed"] == allowed, (action, on)
    return secret


def pending_invitations(team: Team, adam) -> None:
    """A list of their own: sent again, taken back, or over by themselves after a set time."""
    vic, walt = team.api.person("vic"), team.api.person("walt")
    team.invite(adam, f"{vic.address} {walt.address}", "editor").expect(201)
    pending = team.get(adam, "/invitations").expect(200)["items"]
    assert texts(pending, "email") == [vic.address, walt.address]
    old = team.api.invitation_token(vic.address)
    team.post(adam, f"/invitations/{pending[0]['id']}/resend").expect(200)
    assert team.api.invitation_token(vic.address, 2) != old
    vic.post(f"/v1/invitations/{old}/accept").problem(410, "invitation-link-replaced")
    team.delete(adam, f"/invitations/{pending[0]['id']}").expect(204)
    team.accept(vic, 2).problem(410, "invitation-cancelled")
    team.patch(team.owner, "", {"settings": {"invitation_ttl_days": 2}}).expect(200)
    yann = team.api.person("yann")
    team.invite(adam, yann.address, "editor").expect(201)
    team.api.invitation_token(yann.address)
    team.clock.advance(days=2)
    team.accept(yann).problem(410, "invitation-expired")
    team.accept(walt).expect(200)


def revoking(team: Team, adam, ingo, secret: str) -> None:
    keys = f"{team.member(ingo)}/api-keys"
    [row] = team.get(adam, keys).expect(200)["items"]
    team.delete(adam, f"{keys}/{row['id']}").expect(204)
    assert verify(team, secret)["code"] == "revoked"
    team.get(ingo.through(secret), "/resources").problem(401, "unauthorized")
