"""Ask every configured source of every series once, each into a folder of its own, and print how it went.

A fetch stops at the first source that answers, and a series outside the ratio that fails is only a warning to
it: a fallback or a further series could rot unseen. Here each place is tried and has to give acceptable data.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import tempfile
from pathlib import Path

from ivts_site.config import Config, Series, SourceChoice, load_config
from ivts_site.errors import IvtsError
from ivts_site.pipeline.fetch import fetch_all
from ivts_site.pipeline.last_run import too_far_behind
from ivts_site.sessions import load_sessions

CONFIG = Path("config.yaml")


def places(series: Series) -> list[SourceChoice]:
    """Every place that a series names: its sources in order, those it is compared with, its back history."""
    named = (*series.sources, *series.check_against, series.back_history)
    return list(
        dict.fromkeys(SourceChoice(adapter=each.adapter, symbol=each.symbol) for each in named if each)
    )


def rounds(config: Config) -> list[list[str]]:
    """Overrides for as many fetches as the longest list of places: series by series its n-th place alone."""
    longest = max(len(places(series)) for series in config.series.values())
    return [
        [
            override
            for key, series in config.series.items()
            for override in _alone(key, places(series), position)
        ]
        for position in range(longest)
    ]


def main() -> int:
    """Return 1 where any source did not give acceptable data."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, overrides in enumerate(rounds(load_config(CONFIG, ())), start=1):
            print(f"Round {number}: {' '.join(overrides)}", flush=True)
            failed += not _is_healthy(overrides, Path(folder) / str(number))
    return int(failed > 0)


def _is_healthy(overrides: list[str], folder: Path) -> bool:
    now = dt.datetime.now(dt.UTC)
    config = load_config(CONFIG, overrides)
    try:
        report = fetch_all(config, folder, now=now)
    except IvtsError as error:
        print(f"live: {error}", file=sys.stderr)
        return False
    sessions = load_sessions(config.calendar, dt.date(1990, 1, 2), now.date() + dt.timedelta(days=10))
    stopped = [
        series.key
        for series in report.series
        if series.last_session and too_far_behind(config, series.key, series.last_session, sessions, now)
    ]
    for key in stopped:
        print(f"live: {key}: {config.series[key].sources[0].adapter} has stopped", file=sys.stderr)
    return all(series.answer.source for series in report.series) and not stopped


def _alone(key: str, choices: list[SourceChoice], position: int) -> tuple[str, ...]:
    choice = choices[min(position, len(choices) - 1)]
    return (
        f"series.{key}.sources={json.dumps([choice.model_dump()])}",
        f"series.{key}.check_against=[]",
        f"series.{key}.back_history=null",
    )


if __name__ == "__main__":
    sys.exit(main())
