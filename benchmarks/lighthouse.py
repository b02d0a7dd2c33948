"""Lighthouse scores of the built pages: mobile, simulated throttling, median of several runs.

    make lighthouse            (or: .venv/bin/python -m benchmarks.lighthouse --rounds 5)

Measured are the site from sample closes and, where recorded vendor data lie beside the checkout, the one from
them. Pages of sample closes ask not to be indexed, on purpose: there that one audit is left out.
Exit code 1 where a median is below 100.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.sites import FLAGS, build_recorded, build_sample, find_browser, find_npm_file, served

PAGES = ("/", "/methodology/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
}


def audit(url: str, *, skip: str = "") -> dict[str, Any]:
    """Return Lighthouse's report of one visit."""
    flags = ["--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    flags += [f"--chrome-flags={' '.join(FLAGS)}", *([f"--skip-audits={skip}"] if skip else [])]
    done = subprocess.run(
        ["node", str(find_npm_file("lighthouse/cli/index.js")), url, *flags],
        env={**os.environ, "CHROME_PATH": find_browser()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"lighthouse {url}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout))


def summary(reports: list[dict[str, Any]]) -> dict[str, int]:
    """Return the median score of each category, in points."""
    return {
        name: round(100 * statistics.median(report["categories"][name]["score"] or 0 for report in reports))
        for name in CATEGORIES
    }


def lost(report: dict[str, Any]) -> list[str]:
    """Return the audits that cost points."""
    return [
        f"    {name} {part['id']}: {report['audits'][part['id']].get('displayValue', '')}"
        for name in CATEGORIES
        for part in report["categories"][name]["auditRefs"]
        if part["weight"]
        and (report["audits"][part["id"]]["score"] or 0) < 0.9
        and report["audits"][part["id"]]["scoreDisplayMode"] not in {"notApplicable", "manual", "error"}
    ]


def measure(name: str, site: Path, rounds: int) -> bool:
    """Print the medians of every page of a site, and return whether all are 100."""
    perfect = True
    with served(site) as origin:
        for page in PAGES:
            reports = [
                audit(origin + page, skip="is-crawlable" if name == "sample" else "") for _ in range(rounds)
            ]
            scores = summary(reports)
            perfect &= set(scores.values()) == {100}
            figures = (
                f"{words} {statistics.median(r['audits'][key]['numericValue'] for r in reports):.4g}"
                for key, words in FIGURES.items()
            )
            points = "  ".join(f"{words} {score:3d}" for words, score in scores.items())
            print(f"{name:9s}{page:15s}{points}   {', '.join(figures)}", flush=True)
            for line in lost(reports[0]) if set(scores.values()) != {100} else ():
                print(line)
    return perfect


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        sites = {"sample": build_sample(Path(folder)), "recorded": build_recorded(Path(folder))}
        scores = [measure(name, site, rounds) for name, site in sites.items() if site]
    if not all(scores):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
