"""An organization as its people use it."""

from .api import Answer, Api, Person
from .emulator import Deployment


def texts(rows: list[dict], name: str) -> list[str]:
    """One field of each row."""
    return [row[name] for row in rows]


class Team:
    """An organization of one product, with the resources that the product has: of one kind, by id and name."""

    def __init__(self, deployment: Deployment, product: str, role_set: str, kind: str, resources: dict[str, str]) -> None:
        self.api = Api(deployment, product)
        self.clock = deployment.clock
        self.kind = kind
        self.owner = self.api.person("olivia")
        made = self.owner.post("/v1/organizations", {"name": "Acme", "role_set": role_set}).expect(201)
        self.id = made["id"]
        assert made.headers["location"] == f"/v1/organizations/{self.id}"
        for resource, name in resources.items():
            self.put(self.owner, f"/resources/{kind}/{resource}", {"name": name}).expect(201)

    def path(self, rest: str) -> str:
        return f"/v1/organizations/{self.id}{rest}"

    def get(self, who: Person, rest: str = "") -> Answer:
        return who.get(self.path(rest))

    def post(self, who: Person, rest: str, body: object = None) -> Answer:
        return who.post(self.path(rest), body)

    def put(self, who: Person, rest: str, body: object) -> Answer:
        return who.put(self.path(rest), body)

    def patch(self, who: Person, rest: str, body: object) -> Answer:
        return who.patch(self.path(rest), body)

    def delete(self, who: Person, rest: str = "") -> Answer:
        return who.delete(self.path(rest))

    def on(self, *ids: str) -> list[dict]:
        """Resources, as requests name them."""
        return [{"type": self.kind, "id": one} for one in ids]

    def grant(self, who: Person, resource: str) -> str:
        return f"/members/{who.id}/grants/{self.kind}/{resource}"

    def plan(self, seats: int | None, *domains: str) -> None:
        body = {"seat_limit": seats, "allowed_domains": list(domains)}
        self.put(self.api.platform, "/plan", body).expect(200)

    def invite(self, who: Person, emails: str, role: str, *on: str, **more: object) -> Answer:
        body = {"emails": emails, "role": role, "resources": self.on(*on)} | more
        return self.post(who, "/invitations", body)

    def accept(self, who: Person, count: int = 1) -> Answer:
        """Opens the link of the latest of so many mails, and accepts."""
        token = self.api.invitation_token(who.address, count)
        return who.post(f"/v1/invitations/{token}/accept")

    def join(self, name: str, role: str, *on: str, **more: object) -> Person:
        person = self.api.person(name)
        self.invite(self.owner, person.address, role, *on, **more).expect(201)
        self.accept(person).expect(200)
        return person

    def who_may(self, people: list[Person], action: str, on: str | None = None) -> list[str]:
        """Who of these may do this on a resource, or on the organization: what the product asks."""
        resource = self.on(on)[0] if on else {"type": "organization", "id": self.id}
        asked = {
            "action": {"name": action},
            "resource": resource,
            "context": {"organization": self.id},
            "evaluations": [{"subject": {"type": "user", "id": who.id}} for who in people],
        }
        told = self.api.platform.post("/access/v1/evaluations", asked).expect(200)["evaluations"]
        assert len(told) == len(people)
        assert all(one["context"].get("reason") != "unknown_action" for one in told), f"no role has {action}"
        return [who.name for who, one in zip(people, told, strict=True) if one["decision"]]

    def may(self, who: Person, action: str, on: str | None = None) -> bool:
        return bool(self.who_may([who], action, on))

    def sees(self, who: Person) -> list[str]:
        """The resources somebody sees; none if they are told that there is nothing for them."""
        page = self.get(who, "/resources")
        return [] if page.status == 403 else sorted(texts(page.expect(200)["items"], "id"))

    def row(self, who: Person, address: str) -> dict:
        """The row of an address in the list of people as somebody sees it; empty if there is none."""
        rows = self.get(who, "/members?limit=100").expect(200)["items"]
        return next((row for row in rows if row["email"] == address), {})

    def seats(self) -> tuple[int, int | None]:
        seats = self.get(self.owner).expect(200)["seats"]
        return seats["used"], seats["limit"]

    def member(self, who: Person) -> str:
        return f"/members/{who.id}"
