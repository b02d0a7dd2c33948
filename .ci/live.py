"""Ask every configured source of every series once, each into a folder of its own, and print how it went.

A fetch stops at the first source that answers, so a fallback could rot unseen; here each place is tried.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ivts_site.config import Config, SourceChoice, load_config

CONFIG = Path("config.yaml")


def rounds(config: Config) -> list[list[str]]:
    """Options for as many fetches as the longest list of sources: series by series its n-th source alone."""
    longest = max(len(series.sources) for series in config.series.values())
    return [
        [
            option
            for key, series in config.series.items()
            for option in ("--set", f"series.{key}.sources={_alone(series.sources, position)}")
        ]
        for position in range(longest)
    ]


def main() -> int:
    """Return 1 where any source did not give acceptable data."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, options in enumerate(rounds(load_config(CONFIG, ())), start=1):
            print(f"Round {number}: {' '.join(options[1::2])}", flush=True)
            command = [sys.executable, "-m", "ivts_site", "fetch", "--data-dir", f"{folder}/{number}"]
            failed += subprocess.run([*command, *options], check=False).returncode != 0
    return int(failed > 0)


def _alone(sources: Sequence[SourceChoice], position: int) -> str:
    choice = sources[min(position, len(sources) - 1)]
    return json.dumps([choice.model_dump()])


if __name__ == "__main__":
    sys.exit(main())
