"""Runs checkov over templates and compares what fails with the skip list, which says of each skip why.

Nothing is fetched or sent: checkov's own checks are enough, and `--skip-download` keeps it from asking for more.

Usage: check-policies.py CHECKOV TEMPLATE...
"""

import json
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

SKIPS = Path(__file__).parent / "checkov-skips.txt"
# A reason says what is so instead, or what the demand would cost: that takes a sentence.
WORDS = 8


class Skip(NamedTuple):
    line: int
    check: str
    resources: str
    reason: str


def skips() -> list[Skip]:
    lines = enumerate(SKIPS.read_text(encoding="utf-8").splitlines(), start=1)
    wanted = ((number, line) for number, line in lines if line.strip() and not line.startswith("#"))
    return [Skip(number, *(line.split(maxsplit=2) + ["", ""])[:3]) for number, line in wanted]


def run(checkov: str, templates: list[str]) -> dict:
    command = [checkov, "--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "--soft-fail"]
    done = subprocess.run([*command, "--output", "json", "--file", *templates], capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"checkov failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    checkov, *templates = sys.argv[1:]
    report = run(checkov, templates)
    known = skips()
    faults = [f"{SKIPS.name}:{s.line}: {s.check} needs a reason" for s in known if len(s.reason.split()) < WORDS]
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        faults.append(f"checkov could not read the templates: {report['summary']}")

    needed = set()
    for failed in report["results"]["failed_checks"]:
        check, resource = failed["check_id"], failed["resource"]
        covering = {s for s in known if s.check == check and fnmatchcase(resource, s.resources)}
        needed |= covering
        if not covering:
            faults.append(f"{failed['file_path']}: {resource}: {check} {failed['check_name']}")
    faults += [f"{SKIPS.name}:{s.line}: {s.check} on {s.resources} is not needed any more" for s in known if s not in needed]

    for fault in sorted(faults):
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
