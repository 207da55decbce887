"""Counts what CloudFormation, IAM and API Gateway allow only so much of, in the expanded template and the nested ones.

cfn-lint knows some of these quotas, and none of dynamic references. A deployment that is over one is refused late, so each is
held with a margin.

Usage: check-limits.py EXPANDED NESTED...
"""

import json
import re
import sys
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import yaml

# What stands for an intrinsic once it is worked out: no ARN of ours is longer.
ARN = "x" * 150


class Limit(NamedTuple):
    what: str
    here: int
    aws: int


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html and dynamic-references.html
TEMPLATE = {
    "resources": Limit("resources", 400, 500),
    "references": Limit("dynamic references", 50, 60),
    "parameters": Limit("parameters", 160, 200),
    "outputs": Limit("outputs", 160, 200),
    "bytes": Limit("bytes", 800_000, 1_048_576),
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, in characters without blanks
ROLE = Limit("characters of a role's own policies", 8_000, 10_240)
MANAGED = Limit("characters of a managed policy", 5_000, 6_144)
ATTACHED = Limit("managed policies of a role", 8, 10)
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
VARIABLES = Limit("bytes of a function's environment", 3_200, 4_096)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
ROUTES = Limit("routes", 240, 300)


def longest(parameter: dict) -> str:
    """The longest value of a parameter, as far as its declaration tells."""
    if "AllowedValues" in parameter:
        return max(map(str, parameter["AllowedValues"]), key=len)
    return "x" * parameter["MaxLength"] if "MaxLength" in parameter else ARN


def worked_out(value: object, parameters: dict = MappingProxyType({})) -> object:
    """The value with something in place of each intrinsic. Of a choice, the longer one."""
    if isinstance(value, list):
        return [worked_out(one, parameters) for one in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::If"]:
        return max((worked_out(one, parameters) for one in value["Fn::If"][1:]), key=lambda one: len(json.dumps(one)))
    if value.get("Ref") in parameters:
        return longest(parameters[value["Ref"]])
    if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
        return "" if value.get("Ref") == "AWS::NoValue" else ARN
    return {name: worked_out(one, parameters) for name, one in value.items()}


def size(document: object, parameters: dict = MappingProxyType({})) -> int:
    return len(json.dumps(worked_out(document, parameters), separators=(",", ":")))


def counts(text: str, template: dict) -> dict[str, int]:
    return {
        "resources": len(template["Resources"]),
        # In an intrinsic that is written once and copied to many places, each place counts.
        "references": len(re.findall(r"\{\{resolve:", json.dumps(template))),
        "parameters": len(template.get("Parameters", {})),
        "outputs": len(template.get("Outputs", {})),
        "bytes": len(text.encode()),
    }


def of_resources(resources: dict, parameters: dict) -> list[tuple[str, Limit, int]]:
    found = []
    attached: dict[str, int] = {}
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::IAM::Role":
                own = sum(size(policy["PolicyDocument"]) for policy in properties.get("Policies", []))
                found.append((name, ROLE, own))
                attached[name] = attached.get(name, 0) + len(properties.get("ManagedPolicyArns", []))
            case "AWS::IAM::ManagedPolicy":
                found.append((name, MANAGED, size(properties["PolicyDocument"])))
                for role in properties["Roles"]:
                    # A role that is there under a condition.
                    role = role["Fn::If"][1] if "Fn::If" in role else role
                    attached[role["Ref"]] = attached.get(role["Ref"], 0) + 1
            case "AWS::Lambda::Function":
                found.append((name, VARIABLES, size(properties.get("Environment", {}).get("Variables", {}), parameters)))
            case "AWS::ApiGatewayV2::Api":
                routes = sum(len(worked_out(methods)) for methods in properties["Body"]["paths"].values())
                found.append((name, ROUTES, routes))
    return found + [(role, ATTACHED, count) for role, count in attached.items()]


def main() -> int:
    faults, most = [], {}
    for place in map(Path, sys.argv[1:]):
        text = place.read_text(encoding="utf-8")
        template = yaml.safe_load(text)
        measured = [("", TEMPLATE[what], count) for what, count in counts(text, template).items()]
        for name, limit, count in measured + of_resources(template["Resources"], template.get("Parameters", {})):
            most[limit] = max(most.get(limit, 0), count)
            if count > limit.here:
                where = f"{place.name}: {name}".removesuffix(": ")
                faults.append(f"{where}: {count} {limit.what}; {limit.here} are allowed here, {limit.aws} by AWS")
    for limit, count in most.items():
        print(f"{count:8} of {limit.aws:8} {limit.what}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
