"""Lighthouse scores of the built pages: mobile, simulated throttling, median of several runs.

    make lighthouse            (or: .venv/bin/python -m benchmarks.lighthouse --rounds 5 --page /research/)

Every kind of page is measured, of mass pages (one a session, say) the newest: of the site from sample closes
and, where recorded vendor data lie beside the checkout, of the one from them.
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

from tests.browser.places import page_paths

from benchmarks.sites import FLAGS, build_recorded, build_sample, find_browser, find_npm_file, served

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


def pages_of(site: Path) -> list[str]:
    """Return the path of one page of every kind; that of errors is no page to visit."""
    kinds: dict[str, str] = {}
    for path in page_paths(site):
        folder = path.rstrip("/").rpartition("/")[0]
        kinds[folder or path] = path  # of mass pages the last stays
    return [path for path in kinds.values() if path != "/404.html"]


def measure(name: str, site: Path, rounds: int, pages: list[str]) -> bool:
    """Print the medians of pages of a site, all kinds by default, and return whether all are 100."""
    perfect = True
    with served(site) as origin:
        for page in pages or pages_of(site):
            # sample closes and the frames for other pages ask not to be indexed, on purpose
            hidden = name == "sample" or page.startswith("/embed/")
            reports = [audit(origin + page, skip="is-crawlable" if hidden else "") for _ in range(rounds)]
            scores = summary(reports)
            perfect &= set(scores.values()) == {100}
            figures = (
                f"{words} {statistics.median(r['audits'][key]['numericValue'] for r in reports):.4g}"
                for key, words in FIGURES.items()
            )
            points = "  ".join(f"{words} {score:3d}" for words, score in scores.items())
            print(f"{name:9s}{page:22s}{points}   {', '.join(figures)}", flush=True)
            for line in lost(reports[0]) if set(scores.values()) != {100} else ():
                print(line)
    return perfect


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--page", action="append", default=[], help="measure this page alone; may be repeated"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sites = {"sample": build_sample(Path(folder)), "recorded": build_recorded(Path(folder))}
        scores = [measure(name, site, given.rounds, given.page) for name, site in sites.items() if site]
    if not all(scores):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
