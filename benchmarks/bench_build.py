"""Build time and memory as ratios to baselines measured in the same run.

    make bench            (or: .venv/bin/python -m benchmarks.bench_build --rounds 7)

Whole processes, run in turn so that a drift of the machine's speed meets all of them alike; the best of the
rounds is printed, as other work on the machine only adds. The *import floor* is a process that imports
exactly the modules a build ends up with and does nothing else; *three libraries* imports pandas, pyarrow and
Jinja2 alone. *Studies anew* is a build under another seed each round, which finds no kept studies. The *naive
yardstick* (`naive_build.py`) makes one page of five charts the usual way from the same closes; the build
makes the whole site but for the pages of the past. The report says how much each makes, and which steps the
build's time goes into.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROBE = """
import sys
from ivts_site.cli import cli
cli(sys.argv[1:], standalone_mode=False)
print("\\n".join(sorted(sys.modules)), file=sys.stdout)
"""
NO_ARCHIVE = ("--set", "archive.episodes=false", "--set", "archive.days=false")
"""Pages of the past have a benchmark of their own, `bench_archive`."""
NUMBER = "%round%"
STEPS = """
import sys, time
from ivts_site.cli import cli
from ivts_site.pipeline import build

def timed(name, step):
    def run(*args, **named):
        started = time.process_time()
        try:
            return step(*args, **named)
        finally:
            print(f"{name} {time.process_time() - started}")
    return run

print(f"imports {time.process_time()}")
for name in sys.argv[1].split():
    setattr(build, name, timed(name, getattr(build, name)))
build.PARTS = tuple(timed(part.__name__, part) for part in build.PARTS)
started = time.process_time()
cli(sys.argv[2:], standalone_mode=False)
print(f"all {time.process_time() - started}")
"""
TIMED = (
    "load_inputs load_content analyze current_research build_charts embed_part collect_assets build_api "
    "render_site publish_site"
)
"""Steps of `build_site` beside its parts."""
FLOOR = """
import importlib, sys
for name in open(sys.argv[1]).read().split():
    try:
        importlib.import_module(name)
    except Exception:
        pass
"""
EXPORT = """
import sys, pandas as pd
for key in ("vix", "vix3m", "spy"):
    rows = pd.read_parquet(f"{sys.argv[1]}/data/closes/{key}")
    rows[["session", "close"]].to_csv(f"{sys.argv[1]}/{key}.csv", index=False)
"""


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu_seconds: float
    peak_mb: float


def run(command: list[str]) -> Run:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def commands(work: Path) -> dict[str, list[str]]:
    program = [sys.executable, "-m", "ivts_site"]
    subprocess.run(
        [*program, "sample", "--out", str(work / "data")], cwd=ROOT, check=True, capture_output=True
    )
    build = ["build", "--data-dir", str(work / "data"), "--out", str(work / "site"), *NO_ARCHIVE]
    for _ in range(2):  # the first keeps the studies, so that the second is a build without news
        probe = subprocess.run(
            [sys.executable, "-c", PROBE, *build], cwd=ROOT, check=True, capture_output=True, text=True
        )
    (work / "modules").write_text(probe.stdout)
    if "exchange_calendars" in probe.stdout:
        raise SystemExit("the build imports the calendar library")
    return {
        "build": [*program, *build],
        "studies anew": [*program, *build, "--set", f"research.seed={int(time.time()) % 100_000}{NUMBER}"],
        "import floor": [sys.executable, "-c", FLOOR, str(work / "modules")],
        "three libraries": [sys.executable, "-c", "import pandas, pyarrow, jinja2"],
        "naive yardstick": [sys.executable, str(ROOT / "benchmarks" / "naive_build.py"), str(work)],
        "--help": [*program, "--help"],
    }


def time_steps(build: list[str], rounds: int) -> dict[str, float]:
    """The CPU seconds of each step of a build, the best of the rounds, and of the rest of it."""
    seconds: dict[str, float] = {}
    for _ in range(rounds):
        command = [sys.executable, "-c", STEPS, TIMED, *build]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name, spent in (line.split() for line in told.splitlines()):
            seconds[name] = min(float(spent), seconds.get(name, float(spent)))
    whole = seconds.pop("all")
    return seconds | {"rest": whole + seconds["imports"] - sum(seconds.values())}


def made(work: Path) -> str:
    """What both sides make."""
    files = [path for path in (work / "site").rglob("*") if path.is_file()]
    kinds = Counter(path.suffix for path in files)
    size, naive = (sum(path.stat().st_size for path in each) / 1e6 for each in (files, work.glob("naive.*")))
    return (
        f"the build makes {len(files)} files of {size:.1f} MB, {kinds['.html']} pages and {kinds['.svg']} "
        f"pictures among them; the naive yardstick makes 1 page of 5 charts and 1 JSON, {naive:.1f} MB"
    )


def measure(rounds: int) -> tuple[dict[str, list[Run]], dict[str, float], str]:
    with tempfile.TemporaryDirectory() as folder:
        todo = commands(Path(folder))
        export_csv(Path(folder))
        results: dict[str, list[Run]] = {name: [] for name in todo}
        for number in range(rounds + 1):
            for name, command in todo.items():
                result = run([word.replace(NUMBER, str(number)) for word in command])
                if number:  # the first round warms caches and is not counted
                    results[name].append(result)
            print(f"round {number}/{rounds}", file=sys.stderr, end="\r")
        return results, time_steps(todo["build"][3:], rounds), made(Path(folder))


def export_csv(work: Path) -> None:
    """The yardstick's input: the same closes as CSV, the way such scripts keep them.

    In a process of its own: a child's peak memory counts what its parent holds when it is started.
    """
    subprocess.run([sys.executable, "-c", EXPORT, str(work)], check=True)


def report(results: dict[str, list[Run]], steps: dict[str, float], sides: str) -> None:
    wall = {name: min(r.seconds for r in runs) for name, runs in results.items()}
    cpu = {name: min(r.cpu_seconds for r in runs) for name, runs in results.items()}
    peak = {name: max(r.peak_mb for r in runs) for name, runs in results.items()}
    print(f"{'':18}{'wall s':>9}{'max':>8}{'cpu s':>9}{'max':>8}{'peak MB':>10}")
    for name, runs in results.items():
        worst, busiest = max(r.seconds for r in runs), max(r.cpu_seconds for r in runs)
        print(f"{name:18}{wall[name]:9.3f}{worst:8.3f}{cpu[name]:9.3f}{busiest:8.3f}{peak[name]:10.0f}")
    print(f"\n{'step of a build':18}{'cpu s':>9}")
    for name, seconds in steps.items():
        print(f"{name:18}{seconds:9.3f}")
    print(f"\n{sides}")
    print(f"\n{'':26}{'wall':>6}{'cpu':>7}")
    for title, above, below, aim in (
        ("build / import floor", "build", "import floor", "at most 1.40"),
        ("build / three libraries", "build", "three libraries", "at most 2.50"),
        ("naive yardstick / build", "naive yardstick", "build", "at least 3"),
    ):
        print(f"{title:26}{wall[above] / wall[below]:6.2f}{cpu[above] / cpu[below]:7.2f}   aim: {aim}")
    studies = [wall["studies anew"] - wall["build"], cpu["studies anew"] - cpu["build"]]
    print(f"{'studies made anew, s':26}{studies[0]:6.2f}{studies[1]:7.2f}   aim: at most 2")
    print(f"{'peak memory of a build':26}{peak['build']:6.0f} MB       aim: at most 200 MB")
    print(f"{'--help':26}{wall['--help']:6.3f} s        aim: at most 0.15 s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7, help="counted rounds (default 7)")
    report(*measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
