"""Checks that the policies of template.yaml which hold for lists of roles have exactly the roles they should.

A function that is missing in one of them would still work, so nothing else would notice.
"""

import sys
from pathlib import Path

import yaml

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
FUNCTION = "AWS::Serverless::Function"
# They must be told whose an address is.
READ_ADDRESSES = {"AddMember", "CreateInvitations", "ResendInvitation", "ResendInvitations"}


def calls(role: dict) -> list[dict]:
    """The statements of what a function's code calls."""
    policies = role["Properties"]["Policies"]
    return [s for p in policies if p["PolicyName"] == "calls" for s in p["PolicyDocument"]["Statement"]]


def reads_table(statement: dict) -> bool:
    return any(action.startswith("dynamodb:") for action in statement["Action"])


def writes(statement: dict) -> bool:
    return "dynamodb:EnclosingOperation" in str(statement.get("Condition"))


def takes_posts(function: dict) -> bool:
    events = function["Properties"].get("Events", {}).values()
    return any(event["Properties"].get("Method") == "POST" for event in events)


def expected(resources: dict) -> dict[str, set[str]]:
    """The roles that each policy is for; those of one set in several policies are checked together."""
    functions = {name.removesuffix("Function"): r for name, r in resources.items() if r["Type"] == FUNCTION}
    tables = {name for name in functions if any(map(reads_table, calls(resources[f"{name}Role"])))}
    writers = {name for name in functions if any(map(writes, calls(resources[f"{name}Role"])))}
    # They write, in organizations alone: what keeps them there keeps them from events, addresses and kept answers as well.
    inside = {"DeliverMail", "NoteFeedback"}
    return {
        "TracePolicy": set(functions),
        "OrganizationsPolicy EventsReaderPolicy AddressesReaderPolicy": (tables - writers) | inside,
        "EventsUnreadPolicy": writers - inside - {"FinishWork"},
        "AddressesUnreadPolicy NoAddressesPolicy": writers - inside - READ_ADDRESSES,
        "NoKeptAnswersPolicy": {name for name in writers - inside if not takes_posts(functions[name])},
    }


def main() -> int:
    resources = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))["Resources"]
    faults = []
    for policies, wanted in expected(resources).items():
        listed = [role["Ref"].removesuffix("Role") for p in policies.split() for role in resources[p]["Properties"]["Roles"]]
        there = set(listed)
        faults += [f"{policies}: {name}Role is missing" for name in sorted(wanted - there)]
        faults += [f"{policies}: {name}Role should not be there" for name in sorted(there - wanted)]
        faults += [f"{policies}: {name}Role is there twice" for name in sorted(there) if listed.count(name) > 1]
    for fault in faults:
        print(f"template.yaml: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
