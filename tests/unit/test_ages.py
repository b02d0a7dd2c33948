"""Sources and optional series that stopped: who is named, from when."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.fixtures.feed import calendar
from tests.view_states import config

from ivts_site.pipeline.last_run import age_warnings
from ivts_site.store import LastRun, SourceRun

# Friday 2025-11-28 closed at 18:00 UTC and is published 150 minutes later; before it come, going back, the
# 26th, 25th, 24th, 21st, 20th, 19th, 18th, 17th, 14th (the tenth session with the 28th) and the 13th.
NOW = dt.datetime(2025, 11, 28, 20, 30, tzinfo=dt.UTC)
TEN, ELEVEN = dt.date(2025, 11, 13), dt.date(2025, 11, 12)
SESSIONS = calendar(dt.date(2015, 1, 2), dt.date(2025, 12, 31))


def told(*sources: SourceRun, now: dt.datetime = NOW, **ends: dt.date | None) -> list[str]:
    return list(age_warnings(config(), LastRun(sources=sources), ends, SESSIONS, now))


def test_an_optional_series_is_told_from_the_eleventh_session() -> None:
    """Ten sessions behind is late; eleven has stopped, from the instant at which the newest is published."""
    assert told(skew=TEN, vvix=None) == []
    assert told(skew=ELEVEN) == [
        "skew: stored closes end 2025-11-12, 11 sessions behind; look for another source"
    ]
    assert told(skew=ELEVEN, now=NOW - dt.timedelta(minutes=1)) == []


@pytest.mark.parametrize("key", ["vix", "vix3m", "spy"])
def test_the_ratio_is_judged_elsewhere(key: str) -> None:
    """Its own series are stale from the second session on."""
    assert told(**{key: ELEVEN}) == []


def run(last: dt.date | None = None, success: dt.date | None = None, error: str = "") -> SourceRun:
    moment = success and dt.datetime.combine(success, dt.time(23), dt.UTC)
    return SourceRun(
        series="vix", source="fred_csv", last_success=moment, last_error=error, last_session=last
    )


def failed(first: dt.date, last: dt.date) -> SourceRun:
    """Never answered, asked in the evening of the first and of the last day."""
    since, tried = (dt.datetime.combine(day, dt.time(23), dt.UTC) for day in (first, last))
    error = "SourceError"
    return SourceRun(
        series="vix", source="fred_csv", last_error=error, last_error_at=tried, failing_since=since
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (run(TEN, NOW.date()), ""),
        (run(ELEVEN, NOW.date()), "vix: fred_csv ends 2025-11-12, 11 sessions behind; replace it"),
        (run(TEN, TEN, "SourceUnavailable"), ""),
        (
            run(None, ELEVEN, "SourceUnavailable"),
            "vix: fred_csv has not answered since 2025-11-12 (SourceUnavailable); look at it, or replace it",
        ),
        (run(None, ELEVEN), ""),  # not asked since
        (
            failed(ELEVEN, NOW.date()),
            "vix: fred_csv has never answered (SourceError since 2025-11-12); look at it, or replace it",
        ),
        (failed(TEN, NOW.date()), ""),  # a tenth session went by since: late
        (failed(NOW.date(), NOW.date()), ""),  # asked once, this evening
        (failed(ELEVEN, ELEVEN), ""),  # not asked since
        (run(error="SourceFormatError"), ""),  # an error that an older version noted without its time
        (run(None, NOW.date()), ""),  # an answer that an older version noted without its end
    ],
)
def test_a_source_that_stopped_or_fell_silent(source: SourceRun, says: str) -> None:
    """By the end of its last answer, or by its silence where it was asked in vain."""
    assert told(source) == ([says] if says else [])
