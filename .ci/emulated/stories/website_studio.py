"""A studio whose team works on all of its sites, each at their level."""

from ..api import wait
from ..emulator import Deployment
from ..team import Team, texts


def play(deployment: Deployment) -> None:
    team = Team(deployment, "studio", "website-studio", "site", {"shop": "The shop", "blog": "The blog"})
    dana, tess, eddy = team.join("dana", "developer"), team.join("tess", "technical_editor"), team.join("eddy", "editor")
    levels(team, [team.owner, dana, tess, eddy])
    sites(team, dana, tess)
    nell = adding(team, dana, tess, eddy)
    updating(team, dana, tess, nell)
    removing(team, dana, tess, nell)


def levels(team: Team, everybody: list) -> None:
    names = texts(team.get(team.owner, "/roles").expect(200)["items"], "name")
    assert names == ["Owner", "Developer", "Technical Editor", "Editor"]
    for action, on, who in [
        ("billing:manage", None, ["olivia"]),
        ("sites:create", None, ["olivia", "dana"]),
        ("source:write", "shop", ["olivia", "dana", "tess"]),
        ("content:write", "shop", ["olivia", "dana", "tess", "eddy"]),
    ]:
        assert team.who_may(everybody, action, on) == who, (action, on)


def sites(team: Team, dana, tess) -> None:
    """Developers make sites and take them down; what hung on one is ended in the background, and looked for once more later."""
    team.put(tess, "/resources/site/mine", {"name": "Mine"}).problem(403, "forbidden")
    team.put(dana, "/resources/site/landing", {"name": "A landing page"}).expect(201)
    team.delete(dana, "/resources/site/landing").expect(204)
    team.clock.advance(minutes=5)
    job = lambda: team.api.deployment.items(f"ORG#{team.id}", "JOB#")
    wait("the site's end is done with", lambda: not job())
    assert team.sees(dana) == ["blog", "shop"]


def adding(team: Team, dana, tess, eddy):
    """An address and a level; a mail, a page to sign up or log in, and then all sites at that level."""
    nell = team.api.person("nell")
    body = {"email": nell.address, "role": "technical_editor"}
    for who in (tess, eddy):
        team.post(who, "/members", body).problem(403, "forbidden")
    team.post(dana, "/members", body).expect(201)
    [mail] = team.api.mail(nell.address)
    assert mail["Subject"] == "dana invited you to join Acme"
    token = team.api.invitation_token(nell.address)
    page = team.api.send(None, "GET", f"/v1/invitations/{token}").expect(200)
    assert (page["role_name"], page["inviter"], page["state"]) == ("Technical Editor", "dana", "pending")
    team.api.send(None, "POST", f"/v1/invitations/{token}/accept").problem(401, "unauthorized")
    assert not team.may(nell, "source:write", "shop")
    nell.post(f"/v1/invitations/{token}/accept").expect(200)
    nell.post(f"/v1/invitations/{token}/accept").expect(200)
    team.put(dana, "/resources/site/campaign", {"name": "A campaign"}).expect(201)
    assert team.sees(nell) == ["blog", "campaign", "shop"], "sites made later, too"
    assert team.may(nell, "source:write", "campaign") and not team.may(nell, "sites:manage", "campaign")
    return nell


def updating(team: Team, dana, tess, nell) -> None:
    """Owners and developers, and of these only owners where an owner is concerned."""
    for level, creates, writes in (("developer", True, True), ("editor", False, False)):
        assert team.patch(team.owner, team.member(nell), {"role": level}).expect(200)["role"] == level
        assert (team.may(nell, "sites:create"), team.may(nell, "source:write", "blog")) == (creates, writes)
    team.patch(tess, team.member(nell), {"role": "technical_editor"}).problem(403, "forbidden")
    team.patch(dana, team.member(team.owner), {"role": "editor"}).problem(403, "forbidden")
    team.patch(dana, team.member(nell), {"role": "owner"}).problem(403, "role-not-assignable")


def removing(team: Team, dana, tess, nell) -> None:
    team.delete(tess, team.member(dana)).problem(403, "forbidden")
    team.delete(dana, team.member(team.owner)).problem(403, "forbidden")
    team.delete(dana, team.member(nell)).expect(204)
    team.get(nell, "/resources").problem(404, "not-found")
    assert not team.may(nell, "content:write", "shop")
