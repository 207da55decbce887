"""A practice whose team shares its clients."""

from ..api import wait
from ..emulator import Deployment
from ..team import Team, texts


def play(deployment: Deployment) -> None:
    clients_there = {"avery": "Avery", "blake": "Blake", "casey": "Casey"}
    team = Team(deployment, "practice", "client-practice", "client", clients_there)
    oscar, cora, pete = team.join("oscar", "owner"), team.join("cora", "contributor"), team.join("pete", "participant")
    powers(team, oscar, cora, pete)
    clients(team, cora, pete)
    paying_owner(team, oscar, cora)
    inactive(team, pete)
    plan_that_ends(team, oscar, cora)
    profiles(team, oscar, pete)
    removal(team, pete)
    the_end_of_the_team(team, oscar, cora, pete)


def powers(team: Team, oscar, cora, pete) -> None:
    everybody = [team.owner, oscar, cora, pete]
    for power in ("clients:manage", "members:manage", "organization:update", "billing:manage"):
        assert team.who_may(everybody, power) == ["olivia", "oscar"], power
    other = cora.post("/v1/organizations", {"name": "Second practice", "role_set": "client-practice"}).expect(201)
    mine = texts(cora.get("/v1/organizations").expect(200)["items"], "id")
    assert sorted(mine) == sorted([team.id, other["id"]])
    team.get(cora, "/members").problem(403, "forbidden")
    team.patch(cora, "", {"name": "Cora's"}).problem(403, "forbidden")


def clients(team: Team, cora, pete) -> None:
    assert (team.sees(cora), team.sees(pete)) == (["avery", "blake", "casey"], [])
    team.put(cora, team.grant(cora, "avery"), {"role": "contributor"}).expect(200)
    assert texts(team.get(cora, "/members/me").expect(200)["grants"], "id") == ["avery"]
    team.put(cora, team.grant(pete, "avery"), {"role": "participant"}).problem(403, "forbidden")
    team.put(team.owner, team.grant(pete, "blake"), {"role": "participant"}).expect(200)
    assert team.sees(pete) == ["blake"] and team.may(pete, "clients:read", "blake")
    assert not team.may(pete, "clients:read", "avery")


def paying_owner(team: Team, oscar, cora) -> None:
    """Only an owner can be the one who pays, and is neither demoted, inactive nor removed then."""
    olivia = team.owner
    team.put(olivia, "/paying-owner", {"member": cora.id}).problem(409, "not-an-owner")
    assert team.put(olivia, "/paying-owner", {"member": olivia.id}).expect(200)["paying_owner"] == olivia.id
    for change in ({"status": "inactive"}, {"role": "contributor"}):
        team.patch(oscar, team.member(olivia), change).problem(409, "paying-owner")
    team.delete(oscar, team.member(olivia)).problem(409, "paying-owner")
    team.delete(olivia, "/members/me").problem(409, "paying-owner")


def inactive(team: Team, pete) -> None:
    """Out at once and no seat of the plan; back with what they had."""
    team.plan(4)
    assert team.seats() == (4, 4)
    team.patch(team.owner, team.member(pete), {"status": "inactive"}).expect(200)
    for place in ("", "/resources", "/members/me"):
        team.get(pete, place).problem(403, "member-inactive")
    assert not team.may(pete, "clients:read", "blake") and team.seats() == (3, 4)
    team.patch(team.owner, team.member(pete), {"status": "active"}).expect(200)
    assert team.sees(pete) == ["blake"]


def plan_that_ends(team: Team, oscar, cora) -> None:
    """The team is shut to all but its owners, and as before once the plan is paid again."""
    platform = team.api.platform
    team.put(platform, "/suspension", {"reason": "The plan has ended"}).expect(200)
    team.get(cora, "/resources").problem(403, "organization-suspended")
    assert not team.may(cora, "clients:read", "avery")
    assert team.get(oscar).expect(200)["suspension"]["reason"] == "The plan has ended"
    team.delete(platform, "/suspension").expect(204)
    assert team.sees(cora) == ["avery", "blake", "casey"]


def profiles(team: Team, oscar, pete) -> None:
    told = {"skills": ["Family systems", "Grief"], "bio": "Ten years of practice"}
    team.patch(team.owner, team.member(pete), told).expect(200)
    seen = team.get(oscar, f"{team.member(pete)}?as=others").expect(200)["profile"]
    assert (seen["skills"], seen["bio"]) == (told["skills"], told["bio"])


def removal(team: Team, pete) -> None:
    """Off all clients; they can be added again, without them."""
    team.delete(team.owner, team.member(pete)).expect(204)
    team.get(pete).problem(404, "not-found")
    [known] = team.get(team.owner, "/contacts?q=pete").expect(200)["items"]
    again = team.post(team.owner, "/members", {"contact": known["id"], "role": "participant"}).expect(201)
    assert (again["member"]["id"], again["member"]["grants"]) == (pete.id, [])


def the_end_of_the_team(team: Team, oscar, cora, pete) -> None:
    """At once for everybody in it, and for good a month later: the schedule sees to it."""
    team.delete(cora).problem(403, "forbidden")
    team.delete(team.owner).expect(204)
    for who in (team.owner, oscar, cora, pete):
        team.get(who).problem(404, "not-found")
    assert team.who_may([team.owner, cora], "clients:read", "avery") == []
    restore = lambda: team.post(team.api.platform, "/restore")
    restore().expect(200)
    assert team.sees(cora) == ["avery", "blake", "casey"], "the platform can undo it"
    team.delete(team.owner).expect(204)
    team.clock.advance(days=31)
    wait("the team is erased", lambda: restore().status == 404)
    assert team.api.deployment.items(f"ORG#{team.id}", "TEAM#") == []
