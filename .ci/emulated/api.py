"""The deployed API as its callers have it: people, requests, answers, and the mail that comes."""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from .emulator import Deployment
from .identity import user_id

# How often a request is repeated whose effect is not known, as callers should: the emulator is one process, and slower now and then
# than functions wait for its answer, or may run.
TRIES, UNKNOWN = 4, (502, 503, 504)
# How long anything is waited for that comes by itself, in seconds: a mail, a job, the sweep of the next minute.
PATIENCE = 150


def wait(what: str, done: Callable[[], object], left: Callable[[], object] = lambda: None) -> object:
    """What `done` gives once that is something; an error after long enough in which `left` was the same."""
    pause, last, until = 0.2, None, time.monotonic() + PATIENCE
    while True:
        found = done()
        if found:
            return found
        still = left()
        if still != last:
            last, until = still, time.monotonic() + PATIENCE
        if time.monotonic() > until:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(pause)
        # What takes long is asked for seldom, since the answer takes its time from what is waited for.
        pause = min(2, pause * 1.2)


@dataclass
class Answer:
    """What a request was answered with."""

    request: str
    status: int
    body: object
    headers: dict[str, str]

    def expect(self, status: int) -> "Answer":
        assert self.status == status, f"{self.request}: {self.status} instead of {status}: {json.dumps(self.body)}"
        return self

    def problem(self, status: int, kind: str, *faults: tuple[str, str]) -> "Answer":
        """A problem of this kind; if faults are named, with just these: field or address, and code."""
        self.expect(status)
        assert self.headers["content-type"] == "application/problem+json", self.headers
        assert self.body["type"].endswith(f"/{kind}"), f"{self.request}: {self.body}"
        found = [(e.get("email") or e.get("field"), e["code"]) for e in self.body.get("errors", [])]
        assert not faults or found == list(faults), f"{self.request}: {found} instead of {faults}"
        return self

    def __getitem__(self, name: str) -> object:
        return self.body[name]


class Api:
    """The API of a deployment, as one product calls it. People of different products know nothing of each other."""

    def __init__(self, deployment: Deployment, product: str) -> None:
        self.deployment = deployment
        self.product = product
        self.session = requests.Session()
        self.platform = Person(self, "operator", {"sub": "operator", "scope": "muster:platform"})

    def person(self, name: str, domain: str | None = None) -> "Person":
        """Somebody with an account and a verified address."""
        address = f"{name}@{domain or self.domain}"
        subject = f"{self.product}/{name}"
        return Person(self, name, {"sub": subject, "name": name, "email": address, "email_verified": True})

    @property
    def domain(self) -> str:
        return f"{self.product}.example"

    def send(self, token: str | None, method: str, path: str, body: object = None, **headers: str) -> Answer:
        if token:
            headers["authorization"] = f"Bearer {token}"
        if body is not None:
            headers["content-type"] = "application/json"
        if method == "POST":
            headers.setdefault("idempotency-key", str(uuid.uuid4()))
        data = None if body is None else json.dumps(body)
        # By the gateway's own address, whatever resolves names below `localhost` here, with the name that it goes by.
        headers["host"] = self.deployment.host
        for _ in range(TRIES):
            reply = self.session.request(
                method, self.deployment.gateway + path, data=data, headers=headers, timeout=40, allow_redirects=False
            )
            if reply.status_code not in UNKNOWN:
                break
            self.deployment.repeated += 1
            time.sleep(1)
        kind = reply.headers.get("content-type", "")
        read = reply.json() if kind.startswith("application/") and "json" in kind and reply.content else reply.text
        return Answer(f"{method} {path}", reply.status_code, read, {k.lower(): v for k, v in reply.headers.items()})

    def mail(self, address: str, count: int = 1) -> list[dict]:
        """All mail to an address, oldest first, once there is this much."""

        def there() -> list[dict]:
            mail = [m for m in self.deployment.mail() if address in m["To"]]
            return mail if len(mail) >= count else []

        return wait(f"{count} mails to {address}", there)

    def invitations(self, address: str) -> list[dict]:
        """The mail that invites an address, so far."""
        return [m for m in self.deployment.mail() if address in m["To"] and "/invitations/" in m["BodyText"]]

    def invitation_token(self, address: str, count: int = 1) -> str:
        """The token in the latest of at least so many invitations to an address."""
        wait(f"{count} invitations of {address}", lambda: len(self.invitations(address)) >= count)
        return re.search(r"/invitations/([\w-]+)", self.invitations(address)[-1]["BodyText"])[1]


@dataclass(eq=False)
class Person:
    """Somebody who calls the API, signed in or with an API key."""

    api: Api
    name: str
    claims: dict
    key: str | None = None
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.id = user_id(self.claims["sub"])

    @property
    def address(self) -> str:
        return self.claims["email"]

    def through(self, secret: str) -> "Person":
        return Person(self.api, self.name, self.claims, secret)

    def token(self) -> str:
        return self.key or self.api.deployment.identity.token(self.claims)

    def get(self, path: str, **headers: str) -> Answer:
        return self.api.send(self.token(), "GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.api.send(self.token(), "POST", path, body, **headers)

    def put(self, path: str, body: object) -> Answer:
        return self.api.send(self.token(), "PUT", path, body)

    def patch(self, path: str, body: object) -> Answer:
        return self.api.send(self.token(), "PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self.api.send(self.token(), "DELETE", path)
