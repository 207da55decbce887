"""Over a thousand people: an export that the gateway does not wait for, made from the table's stream, and their invitations' end."""

import csv
import io
import zipfile

import requests

from ..api import wait
from ..emulator import Deployment
from ..team import Team

# With the owner there is one more than an export has at once.
CALLS = 50
AT_ONCE = 20


def play(deployment: Deployment) -> None:
    team = Team(deployment, "large", "program-delivery", "program", {"spring": "Spring cohort"})
    # More mail a day than an organization has without being asked about.
    team.put(team.api.platform, "/plan", {"mail_limit": 2 * CALLS * AT_ONCE}).expect(200)
    addresses = [[f"learner{n}x{m}@large.example" for m in range(AT_ONCE)] for n in range(CALLS)]
    for some in addresses:
        team.invite(team.owner, " ".join(some), "participant", "spring").expect(201)
    everybody = {team.owner.address}.union(*addresses)

    # Each of them is mailed: once, or again where it is not known whether a mail has left.
    mailed = lambda: {m["To"][0] for m in deployment.mail() if m["To"][0].endswith("@large.example")}
    wait("everybody is mailed", lambda: len(mailed()) >= CALLS * AT_ONCE, lambda: len(mailed()))
    assert mailed() == everybody - {team.owner.address}

    team.get(team.owner, "/members/export").problem(409, "export-too-large")
    rows = list(csv.DictReader(io.StringIO(exported(team, "csv").decode("utf-8-sig"))))
    assert len(rows) == len(everybody)
    assert {value for row in rows for value in row.values() if "@" in value} == everybody
    with zipfile.ZipFile(io.BytesIO(exported(team, "xlsx"))) as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row ") == 1 + len(everybody)
    kinds = [event["kind"] for event in team.get(team.owner, "/events?kind=members.exported").expect(200)["items"]]
    assert len(kinds) == 2

    # And a week later all of these invitations are over, as the schedule sees to.
    pending = lambda: deployment.items(f"ORG#{team.id}", "TEAM#INVITATION#")
    assert len(pending()) == CALLS * AT_ONCE
    deployment.clock.advance(days=8)
    wait("all invitations end", lambda: not pending(), lambda: len(pending()))
    assert team.get(team.owner, "/members?invite_status=pending&limit=1").expect(200)["items"] == []


def exported(team: Team, form: str) -> bytes:
    asked = team.post(team.owner, "/exports", {"format": form}).expect(202)
    assert asked.headers["location"] == team.path(f"/exports/{asked['id']}")

    def ready() -> object:
        export = team.owner.get(asked.headers["location"]).expect(200)
        assert export["state"] in ("running", "ready"), export
        return export if export["state"] == "ready" else None

    file = requests.get(wait("the export is ready", ready)["url"], timeout=60)
    assert file.status_code == 200, file.text
    return file.content
