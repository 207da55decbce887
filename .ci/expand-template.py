"""Expands template.yaml as AWS does at deployment and prints the plain CloudFormation template as JSON.

`sam validate` does not look inside SAM functions. cfn-lint on this output does, and a test can read from it what a
function really gets. Nothing is uploaded or called: places of code become a stub.

Usage: expand-template.py [TEMPLATE]
"""

import json
import os
import sys
from pathlib import Path

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

STUB = {"Bucket": "stub", "Key": "stub.zip"}


def expand(path: Path) -> dict:
    template = yaml_parse(path.read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = dict(STUB)
        if resource["Type"] == "AWS::CloudFormation::Stack":
            # Relative to the template; the output may be anywhere.
            properties = resource["Properties"]
            properties["TemplateURL"] = str(path.parent.resolve() / properties["TemplateURL"])
    # The translator chooses the partition by region. Any region of the default partition does.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    return Translator({}, Parser()).translate(template, parameter_values={})


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "template.yaml"
    try:
        json.dump(expand(path), sys.stdout, indent=2)
    except InvalidDocumentException as error:
        for cause in error.causes:
            print(f"{path}: {cause.message}", file=sys.stderr)
        return 1
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
