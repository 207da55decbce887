"""The first story of the README: an organization invites its team, people accept, and what has its time ends on time."""

from ..api import Api, wait
from ..emulator import APP, Deployment
from ..team import Team


def play(deployment: Deployment) -> None:
    api = Api(deployment, "acme")
    what_anybody_may_read(api)
    what_pages_of_the_product_may_do(api)

    team = Team(deployment, "acme", "program-delivery", "program", {"spring": "Spring cohort"})
    api, olivia = team.api, team.owner
    team.plan(5)
    ann, bob = api.person("ann"), api.person("bob")
    sent = team.invite(olivia, f"{ann.address}, {bob.address}", "program_admin", "spring", message="Welcome").expect(201)
    assert sent["seats"] == {"used": 3, "limit": 5, "at_limit": False}

    [mail] = api.mail(ann.address)
    assert mail["Subject"] == "olivia invited you to join Acme" and "Welcome" in mail["BodyText"]
    assert f"{APP}/invitations/" in mail["BodyText"] and mail["BodyHtml"]
    token = api.invitation_token(ann.address)
    shown = api.send(None, "GET", f"/v1/invitations/{token}").expect(200)
    assert (shown["organization_name"], shown["role_name"], shown["inviter"]) == ("Acme", "Program Admin", "olivia")
    assert shown["email"] == f"a***@{api.domain}"
    me = ann.post(f"/v1/invitations/{token}/accept").expect(200)["member"]
    assert (me["id"], me["status"]) == (ann.id, "active")
    assert team.may(ann, "programs:run", "spring") and not team.may(bob, "programs:run", "spring")

    what_became_of_mail(team, sent["invitations"][1]["id"], bob.address)
    faults(team, ann.address)
    asking_twice(team)

    # Eight days later Bob's invitation is over, as the schedule sees to.
    deployment.clock.advance(days=8)
    bob.post(f"/v1/invitations/{api.invitation_token(bob.address)}/accept").problem(410, "invitation-expired")
    wait("the sweep frees Bob's seat", lambda: team.seats() == (2, 5))
    kinds = [event["kind"] for event in team.get(olivia, "/events?limit=100").expect(200)["items"]]
    assert "invitation.expired" in kinds, kinds


def what_anybody_may_read(api: Api) -> None:
    document = api.send(None, "GET", "/openapi.json").expect(200)
    assert document["openapi"].startswith("3.1")
    page = api.send(None, "GET", "/docs").expect(302)
    assert page.headers["location"] == "docs/index.html"
    assert "<html" in api.send(None, "GET", "/docs/index.html").expect(200).body
    told = api.send(None, "GET", "/.well-known/authzen-configuration").expect(200)
    assert told["access_evaluation_endpoint"].endswith("/access/v1/evaluation")
    api.send(None, "GET", "/v1/organizations").problem(401, "unauthorized")
    api.send(None, "DELETE", "/v1/organizations").problem(405, "method-not-allowed")
    api.send(None, "GET", "/v1/nowhere").problem(404, "not-found")


def what_pages_of_the_product_may_do(api: Api) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    own = api.send(None, "OPTIONS", "/v1/organizations", origin=APP, **asked)
    assert own.status in (200, 204) and own.headers["access-control-allow-origin"] == APP, own
    foreign = api.send(None, "OPTIONS", "/v1/organizations", origin="https://evil.example", **asked)
    assert "access-control-allow-origin" not in foreign.headers, foreign


def what_became_of_mail(team: Team, invitation: str, address: str) -> None:
    """SES tells of a mail through the bus, and the invitation shows it."""
    state = lambda: team.get(team.owner, f"/invitations/{invitation}").expect(200)["mail"]
    wait("the mail is sent", lambda: state() == "sent")
    outbox = team.api.deployment.items(f"ORG#{team.id}", "MAIL#")
    [mail] = [item["SK"]["S"].removeprefix("MAIL#") for item in outbox if item["to"]["S"] == address]
    team.api.deployment.tell_delivery(team.id, mail, address)
    wait("the mail is delivered", lambda: state() == "delivered")


def faults(team: Team, member: str) -> None:
    """A mistake is answered in full, and nothing was sent."""
    emails = f"{member}, not-an-address"
    body = {"emails": emails, "role": "program_admin", "resources": team.on("winter")}
    refused = team.post(team.owner, "/invitations", body)
    places = ("resources[0]", "unknown_resource"), (member, "already_member"), ("not-an-address", "invalid_email")
    refused.problem(422, "invalid-invitations", *places)


def asking_twice(team: Team) -> None:
    """The same key is the same request."""
    body = {"name": "Only once", "role_set": "program-delivery"}
    key = {"idempotency-key": "first-story"}
    first = team.owner.post("/v1/organizations", body, **key).expect(201)
    again = team.owner.post("/v1/organizations", body, **key).expect(201)
    assert first["id"] == again["id"] and again.headers["idempotent-replayed"] == "true"
    # And an unchanged thing is not sent again.
    seen = team.get(team.owner).expect(200)
    team.owner.get(team.path(""), **{"if-none-match": seen.headers["etag"]}).expect(304)
    # Pages of a list go on where they ended.
    page = team.get(team.owner, "/events?limit=2").expect(200)
    further = team.get(team.owner, f"/events?limit=2&cursor={page['next_cursor']}").expect(200)
    assert not {e["id"] for e in page["items"]} & {e["id"] for e in further["items"]}
