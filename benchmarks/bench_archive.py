"""Time, size and memory of a build with the whole archive: a page for every episode, year and session.

    make bench-archive    (or: .venv/bin/python -m benchmarks.bench_archive --years 1 5 17 170)

Sample closes on plain business days, the last of them always the same. For each length, whole processes:
a build without the archive (*base*), one with it into an empty place as of the session before the last
(*full*), one over that as of the last session (*second*), and a full one as of the last session, whose bytes
the second must equal. Ratios are of wall-clock and, in brackets, of processor time, which other work on the
machine disturbs less. The price of the benchmark is freed of its trend, which would leave its range within
170 years.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.bench_build import NO_ARCHIVE, Run, run
from ivts_site.pipeline.inputs import SAMPLE_SOURCE
from ivts_site.pipeline.sample import _provenance
from ivts_site.sample import simulate_closes
from ivts_site.store import Provenance, write_transaction

LAST = "2025-12-31"
DAYS_A_YEAR = 252
BUILT_AT = "2026-01-02T00:00:00Z"
AIM_MB = 600


@dataclass(frozen=True, kw_only=True)
class Result:
    years: int
    sessions: int
    base: Run
    full: Run
    second: Run
    fresh: Run
    n_files: int
    n_bytes: int
    same: bool

    @property
    def page_ms(self) -> float:
        """What a session costs beyond the base build: its page, its JSON, its share of years and episodes."""
        return (self.full.cpu_seconds - self.base.cpu_seconds) / self.sessions * 1000


def write_closes(folder: Path, years: int) -> pd.DatetimeIndex:
    days = pd.bdate_range(end=LAST, periods=years * DAYS_A_YEAR, unit="us")
    closes = simulate_closes(days)
    log = np.log(closes["spy"].to_numpy())
    trend = np.linspace(log[0], log[-1], len(log))
    closes["spy"] = np.round(100 * np.exp(log - trend), 2)
    frames = {str(key): pd.DataFrame({"close": closes[key], "source": SAMPLE_SOURCE}) for key in closes}
    entries = {key: _provenance(frame["close"]) for key, frame in frames.items()}
    write_transaction(folder, frames, Provenance(series=entries))
    return days


def measure(years: int, work: Path) -> Result:
    days = write_closes(work / "data", years)
    build = [
        sys.executable,
        "-m",
        "ivts_site",
        "build",
        "--data-dir",
        str(work / "data"),
        "--built-at",
        BUILT_AT,
    ]
    before = ["--as-of", f"{days[-2]:%Y-%m-%d}"]
    base = run([*build, "--out", str(work / "base"), *NO_ARCHIVE])
    full = run([*build, "--out", str(work / "site"), *before])
    second = run([*build, "--out", str(work / "site")])
    fresh = run([*build, "--out", str(work / "fresh")])
    n_files, n_bytes, digest = digest_of(work / "site")
    return Result(
        years=years,
        sessions=len(days),
        base=base,
        full=full,
        second=second,
        fresh=fresh,
        n_files=n_files,
        n_bytes=n_bytes,
        same=digest == digest_of(work / "fresh")[2],
    )


def digest_of(site: Path) -> tuple[int, int, str]:
    digest, n_files, n_bytes = hashlib.sha256(), 0, 0
    for path in sorted(each for each in site.rglob("*") if each.is_file()):
        body = path.read_bytes()
        digest.update(f"{path.relative_to(site)} {len(body)}\n".encode() + body)
        n_files, n_bytes = n_files + 1, n_bytes + len(body)
    return n_files, n_bytes, digest.hexdigest()


def ratio(above: Run, below: Run) -> str:
    return f"{above.seconds / below.seconds:.2f} ({above.cpu_seconds / below.cpu_seconds:.2f})"


def report(results: list[Result]) -> None:
    print(
        f"{'years':>5}{'sessions':>10}{'files':>8}{'MB':>6}{'base s':>8}{'full s':>8}{'full / base':>15}"
        f"{'cpu ms/session':>16}{'second s':>10}{'second / full':>15}{'bytes':>8}{'peak MB':>9}"
    )
    for r in results:
        peak = max(each.peak_mb for each in (r.full, r.second, r.fresh))
        print(
            f"{r.years:5}{r.sessions:10,}{r.n_files:8,}{r.n_bytes / 1e6:6.0f}{r.base.seconds:8.2f}"
            f"{r.full.seconds:8.2f}{ratio(r.full, r.base):>15}{r.page_ms:16.2f}{r.second.seconds:10.2f}"
            f"{ratio(r.second, r.full):>15}{'same' if r.same else 'DIFFER':>8}{peak:9.0f}"
        )
    print(
        "aims: at 17 years the archive within 10 s of the base build and the second build under 0.25 of the "
        f"full one; the same bytes; ms a session flat; peak under {AIM_MB} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, nargs="+", default=[1, 5, 17, 170])
    results = []
    for years in parser.parse_args().years:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(years, Path(folder)))
            print(f"{years} years measured", file=sys.stderr)
    report(results)


if __name__ == "__main__":
    main()
