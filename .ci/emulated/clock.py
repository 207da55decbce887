"""The clock of the emulator and of all that it runs: the system's, and how far that was moved."""

import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

# How long a process goes by what it has read of the file, in seconds. Reading it anew each time costs more than all else.
KEPT = 1


class Clock:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.ahead = 0
        self._tell()

    def _tell(self) -> None:
        # In one step, so that nobody reads half of it.
        beside = self.file.with_suffix(".new")
        beside.write_text(f"+{self.ahead}\n", encoding="ascii")
        beside.replace(self.file)

    def advance(self, **by: int) -> None:
        """Moves it on, by `days=8` for instance."""
        self.ahead += int(timedelta(**by).total_seconds())
        self._tell()
        time.sleep(2 * KEPT)

    def seconds(self) -> int:
        return int(time.time()) + self.ahead

    def instant(self) -> str:
        """Now, in RFC 3339."""
        return datetime.fromtimestamp(self.seconds(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def environment(self) -> dict[str, str]:
        """What makes a process go by it."""
        return {
            "LD_PRELOAD": os.environ["MUSTER_TEST_FAKETIME"],
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": str(KEPT),
            # Durations are measured as ever.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
