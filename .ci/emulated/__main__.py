"""Deploys into the emulator and plays all stories. `--keep` leaves the deployment running afterwards, to be looked at."""

import argparse
import os
import sys
import time
import traceback
from pathlib import Path

from .clock import Clock
from .emulator import Deployment, Emulator
from .identity import IdentityProvider
from .stories import STORIES

MACHINES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def play(deployment: Deployment, wanted: list[str]) -> list[str]:
    """Plays the stories one after the other, since some move the clock; gives those that failed."""
    failed = []
    for name, story in STORIES.items():
        if wanted and name not in wanted:
            continue
        begun = time.monotonic()
        try:
            story(deployment)
        except Exception:
            # The others are played all the same.
            traceback.print_exc()
            failed.append(name)
        print(f"{time.monotonic() - begun:6.1f} s  {'FAILED ' if name in failed else ''}{name}", flush=True)
    return failed


def stay(deployment: Deployment) -> None:
    print(f"\nThe API is at {deployment.outputs['ApiUrl']} until this ends (Ctrl-C). A token for it:")
    claims = '{"sub":"olivia","name":"Olivia","email":"olivia@acme.example","email_verified":true}'
    print(f"  curl -s {deployment.identity.url}/token -d '{claims}'")
    print(f"Mail: {deployment.gateway}/_ministack/ses/messages")
    try:
        deployment.emulator.process.wait()
    except KeyboardInterrupt:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(prog=".ci/deploy-emulated", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the deployment running")
    parser.add_argument("--folder", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--sam", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("stories", nargs="*", help=f"some of {', '.join(STORIES)}; all if none is named")
    asked = parser.parse_args()
    unknown = set(asked.stories) - set(STORIES)
    if unknown:
        parser.error(f"there is no story {', '.join(sorted(unknown))}")
    asked.folder.mkdir(parents=True, exist_ok=True)
    folder = asked.folder.resolve()

    begun = time.monotonic()
    clock = Clock(folder / "clock")
    identity = IdentityProvider(clock)
    with Emulator(folder, clock) as emulator:
        deployment = emulator.deploy(asked.sam, MACHINES[os.uname().machine], identity)
        print(f"{time.monotonic() - begun:6.1f} s  deployed", flush=True)
        failed = play(deployment, asked.stories)
        print(f"{deployment.repeated} requests were repeated, since their effect was not known")
        left = {name: count for name, count in deployment.left_over().items() if count}
        if left:
            print(f"dead letters: {left}", file=sys.stderr)
        if failed or left:
            print(f"the emulator's log, with those of functions: {emulator.log}", file=sys.stderr)
        if asked.keep:
            stay(deployment)
    return 1 if failed or left else 0


if __name__ == "__main__":
    sys.exit(main())
