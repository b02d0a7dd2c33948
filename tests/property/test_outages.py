"""What is stored does not depend on which source failed on which evening."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.feed import FRED_IDS, Row, body, calendar, ratio_alone, truth, upto
from tests.fixtures.vendor import fred_csv
from tests.sampled import examples

from ivts_site.config import Config, load_config
from ivts_site.errors import IvtsError, SourceError, SourceUnavailable
from ivts_site.pipeline.download import Downloader
from ivts_site.pipeline.fetch import FetchRun
from ivts_site.sources import ADAPTERS, Reply
from ivts_site.store import Provenance

FIRST, LAST = dt.date(2025, 9, 2), dt.date(2025, 11, 26)
CBOE = {"vix": "cboe_csv", "vix3m": "cboe_csv", "spy": "cboe_chart"}
SOURCES = [*((name, key) for key, name in CBOE.items()), *(("fred_csv", key) for key in FRED_IDS)]
DAYS = [day for day, _ in truth(FIRST, LAST, 5)["vix"]]
EVENINGS = DAYS[-7:]
BEGINS = DAYS[15]
"""Cboe's first row of VIX3M; FRED has the sessions before."""
PASSED = DAYS[30]
"""FRED has a VIX close on this session and Cboe has none, as on 1999-12-31."""
APART = DAYS[-6]
"""FRED's VIX differs by more than its rounding."""
Down = Collection[tuple[str, str]]
Stored = Mapping[str, pd.DataFrame]


@functools.cache
def served() -> dict[tuple[str, str], list[Row]]:
    """All rows of each source: Cboe with four decimals, FRED with cents."""
    rows = truth(FIRST, LAST, 5)
    exact = {key: [(day, close + 0.0032) for day, close in found] for key, found in rows.items()}
    cboe = {
        **exact,
        "vix": [row for row in exact["vix"] if row[0] != PASSED],
        "vix3m": [row for row in exact["vix3m"] if row[0] >= BEGINS],
    }
    fred = {
        "vix": [(day, close + 0.05 * (day == APART)) for day, close in rows["vix"]],
        "vix3m": rows["vix3m"],
        "spy": [(day, close * 10) for day, close in rows["spy"]],
    }
    return {(CBOE[key], key): found for key, found in cboe.items()} | {
        ("fred_csv", key): found for key, found in fred.items()
    }


@functools.cache
def settled() -> Config:
    """The configuration as it is, with the ratio's series alone."""
    return load_config(Path(__file__).parents[2] / "config.yaml", [*ratio_alone()])


def replies(day: dt.date, down: Down) -> dict[tuple[str, str], Reply | SourceError]:
    """What each source answers on an evening, in place of the network."""
    symbols = {"vix": "VIX", "vix3m": "VIX3M", "spy": "SPY"}
    found: dict[tuple[str, str], Reply | SourceError] = {}
    for name, key in SOURCES:
        adapter = ADAPTERS[name]
        symbol = FRED_IDS[key] if name == "fred_csv" else symbols[key]
        url = settled().sources[adapter.vendor].base_url.rstrip("/") + adapter.path(symbol)
        rows = upto(served()[name, key], day)
        text = (fred_csv(symbol, rows) if name == "fred_csv" else body(key, rows)).encode()
        found[name, url] = (
            SourceUnavailable(name, url, "HTTP 403")
            if (name, key) in down
            else Reply(
                url=url,
                body=text,
                content_type="application/json" if name == "cboe_chart" else "text/csv",
                etag="",
                last_modified="",
                sha256=hashlib.sha256(text).hexdigest(),
                not_modified=False,
            )
        )
    return found


def evening(stored: Stored, provenance: Provenance, day: dt.date, down: Down) -> tuple[Stored, Provenance]:
    """Fetch at 19:00 in New York; a refused run changes nothing."""
    now = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0, 30), dt.UTC)
    sessions = calendar(dt.date(2025, 1, 2), dt.date(2026, 6, 30))
    run = FetchRun(Downloader(settled(), sessions, now, replies=replies(day, down)), stored, provenance)
    try:
        run.download(None)
        run.check_complete()
        run.check_distinct()
    except IvtsError:
        return stored, provenance
    run.judge()
    run.merge()
    return {**stored, **run.changed_closes()}, run.updated_provenance()


def after(outages: list[Down]) -> Stored:
    """The store after one evening for each set of sources that are down."""
    empty = pd.DataFrame(
        {"close": pd.Series(dtype="float64"), "source": pd.Series(dtype="str")},
        index=pd.DatetimeIndex([], name="session").as_unit("us"),
    )
    stored: Stored = dict.fromkeys(CBOE, empty)
    provenance = Provenance(series={})
    for day, down in zip(EVENINGS, outages, strict=True):
        stored, provenance = evening(stored, provenance, day, down)
    return stored


ALL: Down = frozenset()
OUTAGES = st.sets(st.sampled_from(SOURCES)).map(frozenset)


@functools.cache
def undisturbed() -> Stored:
    return after([ALL] * len(EVENINGS))


def test_the_undisturbed_history() -> None:
    """FRED before Cboe's first VIX3M row, Cboe from there on; nothing of FRED in VIX or on the day apart."""
    vix, vix3m, spy = (undisturbed()[key] for key in CBOE)
    assert set(vix["source"]) == {"cboe_csv"}
    assert [day.date() for day in vix.index] == [day for day in DAYS if day != PASSED]
    assert [day.date() for day in vix3m.index] == DAYS
    sources = ["fred_csv" if day < BEGINS else "cboe_csv" for day in DAYS]
    assert vix3m["source"].tolist() == sources
    assert len(spy) == len(DAYS)


@examples(0.1)
@given(st.lists(OUTAGES, min_size=len(EVENINGS), max_size=len(EVENINGS)), st.integers(0, len(EVENINGS) - 1))
def test_once_all_have_answered_the_history_is_the_same(outages: list[Down], whole: int) -> None:
    """Values and sources up to that evening, whatever failed on the evenings before and after it."""
    found = after([*outages[:whole], ALL, *outages[whole + 1 :]])
    for key, expected in undisturbed().items():
        upto_then = pd.Timestamp(EVENINGS[whole])
        pd.testing.assert_frame_equal(found[key].loc[:upto_then], expected.loc[:upto_then])
