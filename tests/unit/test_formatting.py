"""Figures and dates as text."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivts_site import formatting as f

M = "\u2212"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (f.ratio(0.92115028), "0.9212"),
        (f.ratio(1.0), "1.0000"),
        (f.short_ratio(1.0039, 1.0), "1.0039"),
        (f.short_ratio(0.9504, 0.95), "0.9504"),
        (f.short_ratio(1.0039, 0.95), "1.00"),
        (f.level(19.86), "19.86"),
        (f.level(1234567.5), "1,234,567.50"),
        (f.level(2.675), "2.68"),  # the float lies below 2.675; repr says 2.675
        (f.level(0.125), "0.13"),
        (f.level(-0.125), f"{M}0.13"),
        (f.signed(1.7, 2), "+1.70"),
        (f.signed(-1.7, 2), f"{M}1.70"),
        (f.signed(-0.004, 2), "0.00"),
        (f.signed(0.0, 2), "0.00"),
        (f.signed(-0.0, 2), "0.00"),
        (f.signed(-0.02593, 4), f"{M}0.0259"),
        (f.percent(38 / 502), "7.6%"),
        (f.percent(1.0), "100.0%"),
        (f.percent(0.5, 0), "50%"),
        (f.percent(-0.0004), "0.0%"),
        (f.percent(0.00145, 2), "0.15%"),
        (f.percent(1e-9), "0.0%"),
        (f.percent_change(0.0294), "+2.9%"),
        (f.percent_change(-0.0294), f"{M}2.9%"),
        (f.percent_change(-0.0001), "0.0%"),
        (f.chance(0.9949), "99%"),
        (f.chance(0.9951), "over 99%"),
        (f.chance(0.004), "under 1%"),
        (f.plain(1.0), "1.0"),
        (f.plain(1), "1.0"),
        (f.plain(0.998), "0.998"),
        (f.plain(25.0), "25.0"),
        (f.count(4136), "4,136"),
        (f.count(0), "0"),
        (f.plural(1, "session"), "1 session"),
        (f.plural(0, "session"), "0 sessions"),
        (f.plural(1200, "session"), "1,200 sessions"),
        (f.plural(2, "day in", "days in"), "2 days in"),
        (f.share_of(38, 502), "38 of 502 sessions"),
        (f.share_of(1, 1), "1 of 1 session"),
        (f.average(2.0, "session"), "2 sessions"),
        (f.average(1.0, "session"), "1 session"),
        (f.average(3.24, "session"), "3.2 sessions"),
        (f.average(None, "session"), "n/a"),
        (f.window_words("2y"), "2 years"),
        (f.window_words("1y"), "1 year"),
        (f.window_words("3m"), "3 months"),
        (f.window_words("all"), "all stored history"),
        (f.listing([]), ""),
        (f.listing(["a"]), "a"),
        (f.listing(["a", "b"]), "a and b"),
        (f.listing(["a", "b", "c"]), "a, b and c"),
        (f.date_long("2026-02-27"), "27 February 2026"),
        (f.date_long(dt.date(2020, 3, 1)), "1 March 2020"),
        (f.date_span("2025-07-21", "2025-07-24"), "21 to 24 July 2025"),
        (f.date_span("2026-04-27", "2026-05-04"), "27 April to 4 May 2026"),
        (f.date_span("2025-12-30", "2026-01-02"), "30 December 2025 to 2 January 2026"),
        (f.date_span("2025-07-21", "2026-07-21"), "21 July 2025 to 21 July 2026"),
        (f.date_span("2025-07-21", "2025-07-21"), "21 July 2025"),
        (f.date_short("2026-05-27"), "27 May 2026"),
        (f.date_day("2026-02-07"), "7 Feb"),
        (f.date_weekday("2026-02-27"), "Fri 27 Feb 2026"),
        (f.date_short(dt.datetime(2026, 2, 7, 9, tzinfo=dt.UTC)), "7 Feb 2026"),
        (f.instant_iso("2026-02-27T22:41:09.5+00:00"), "2026-02-27T22:41:09Z"),
        (f.instant_iso("2026-02-27T17:41:09-05:00"), "2026-02-27T22:41:09Z"),
        (f.rank(0.952191), "95.2"),
        (f.rank(1.0), "100.0"),
        (f.rank(None), "n/a"),
        (f.month("2026-02-01"), "February"),
        (f.clock("2026-02-27T22:41:00Z"), "22:41"),
        (f.clock("2026-02-27T23:30:00Z", f.NEW_YORK), "18:30"),
        (f.clock("2026-07-01T22:30:00Z", f.NEW_YORK), "18:30"),  # daylight saving time
        (f.day_in("2026-02-28T03:00:00Z", f.NEW_YORK), dt.date(2026, 2, 27)),
    ],
)
def test_shown_text(shown: object, expected: object) -> None:
    """Each kind of figure and date reads as documented."""
    assert shown == expected


@pytest.mark.parametrize(
    "formatter",
    [f.ratio, f.level, f.percent, f.percent_change],
)
@pytest.mark.parametrize("undefined", [None, math.nan])
def test_undefined_numbers(formatter: object, undefined: float | None) -> None:
    """An undefined number is said to be so, never shown as nan."""
    assert formatter(undefined) == "n/a"  # type: ignore[operator]


def test_many_decimals_are_written_out() -> None:
    """Zeros and small numbers keep their decimals, they do not turn into powers of ten."""
    assert f.fixed(0.0, 8) == "0.00000000"
    assert f.fixed(-3.2e-9, 12) == "−0.000000003200"
    assert f.signed(2e-7, 7) == "+0.0000002"
    assert f.signed(0.0, 8) == "0.00000000"


def test_undefined_counts_and_dates() -> None:
    """Missing counts and sessions are said to be missing."""
    assert {
        f.count(None),
        f.date_long(None),
        f.date_short(None),
        f.date_weekday(None),
        f.date_day(None),
    } == {"n/a"}


def test_instant_without_zone_is_refused() -> None:
    """A naive instant has no meaning in UTC."""
    with pytest.raises(ValueError, match="names no time zone"):
        f.clock("2026-02-27T22:41:00")


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (26.54, 26.5401, ("26.54", "26.5401")),
        (26.5401, 26.54, ("26.5401", "26.54")),
        (17.93, 18.0, ("17.93", "18.00")),
        (586.08, 586.081, ("586.08", "586.081")),
        (17.76, 17.760000228881836, ("17.76", "17.7600002")),
        (23456.7, 23456.71, ("23456.70", "23456.71")),
        (18.2649, 18.2651, ("18.26", "18.27")),
        (20.0, 20.0, ("20.00", "20.00")),
        (20.0, float("nan"), ("20.00", "n/a")),
    ],
)
def test_two_closes_are_told_apart(old: float, new: float, shown: tuple[str, str]) -> None:
    """Two decimals, as closes have; more where both would look the same, and none that say nothing."""
    assert f.apart(old, new) == shown


@given(*[st.decimals(1, 1000, places=6).map(float)] * 2)
def test_different_closes_never_look_the_same(old: float, new: float) -> None:
    """However close they are: their words differ where they do."""
    one, other = f.apart(old, new)
    assert (one == other) is (old == new)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ([], ""),
        ([("cboe_csv", "2026-02-27")], "Cboe"),
        ([("fred_csv", "2009-09-17"), ("cboe_csv", "2026-02-27")], "FRED to 17 Sep 2009, then Cboe"),
        # two adapters of one vendor are one stretch
        ([("cboe_csv", "2020-01-02"), ("cboe_chart", "2026-02-27")], "Cboe"),
        (
            [(name, f"2026-02-0{day}") for day, name in enumerate(["cboe_csv", "fred_csv"] * 3, start=1)],
            "Cboe to 1 Feb 2026, then FRED and others",
        ),
    ],
)
def test_where_closes_came_from(ranges: list[tuple[str, str]], words: str) -> None:
    """Stretches of vendors, oldest first; many are cut short."""
    assert f.sources(ranges) == words
