"""Runs of a command, each killed at a random instant; a script of its own, so that no thread is forked.

Give it one JSON object: `arguments` of `ivts-site`, the folder `start` that each run begins with, the folder
`work` that it changes, the folder `kept` for what each kill left behind, `tries` and `seed`. It prints a JSON
list: for each kill the share of a whole run after which it came. Runs that were over by then do not count.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.command import ready_to_fork

from ivts_site.cli import cli


def child(run: Callable[[], object]) -> int:
    """Start a run in a process of its own."""
    number = os.fork()
    if number == 0:
        code = 1
        with contextlib.suppress(BaseException):
            run()
            code = 0
        os._exit(code)
    return number


def killed(number: int, after: float) -> bool:
    """Kill a process after some seconds; tell whether it was still running."""
    time.sleep(after)
    os.kill(number, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(number, 0)[1])


def fresh(start: Path, work: Path) -> None:
    """Put the folder back to where every run begins."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(start, work)


def main() -> None:
    """Try as often as asked; after each kill the state found is copied for the test to judge."""
    task = json.loads(sys.argv[1])
    start, work, kept = (Path(task[name]) for name in ("start", "work", "kept"))
    rng = random.Random(task["seed"])

    def run() -> None:
        cli(task["arguments"], standalone_mode=False)

    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 (for the life of the process)
    fresh(start, work)
    with ready_to_fork():
        run()  # here, so that every fork has all modules and the calendar
    fresh(start, work)
    began = time.monotonic()
    assert os.waitstatus_to_exitcode(os.waitpid(child(run), 0)[1]) == 0
    whole = time.monotonic() - began
    shares: list[float] = []
    for number in range(4 * task["tries"]):
        if len(shares) == task["tries"]:
            break
        fresh(start, work)
        # files are written at the end: every second kill falls there
        share = rng.uniform(0.0, 1.0) if number % 2 else rng.uniform(0.8, 1.0)
        if killed(child(run), share * whole):
            work.rename(kept / str(len(shares)))
            shares.append(share)
            whole *= 1.02 if share > 0.8 else 1
        else:
            whole *= 0.97
    sys.stdout.write(json.dumps(shares))


if __name__ == "__main__":
    main()
