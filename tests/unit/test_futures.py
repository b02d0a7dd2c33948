"""The numbers of the futures curve against hand calculation, and the quirks of the vendor's files."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.fixtures.feed import calendar
from tests.fixtures.futures import HEADER, contract_csv, rows_of
from tests.studies import study_of

from ivts_site.analytics.futures import FuturesFound, build_curves, hold, measure_futures
from ivts_site.analytics.results import build_signal
from ivts_site.analytics.studies.futures import measure as measure_study
from ivts_site.errors import SourceFormatError
from ivts_site.sources.futures import expiries, expiry, open_interest, read_contract

YEARS = calendar(dt.date(2004, 1, 2), dt.date(2026, 12, 31))
MONDAY, TUESDAY, WEDNESDAY = (dt.date(2020, 3, day) for day in (16, 17, 18))
APRIL, MAY = dt.date(2020, 4, 15), dt.date(2020, 5, 20)


@pytest.mark.parametrize(
    ("month", "day"),
    [
        # the third Friday of the next month less 30 days, from a printed calendar
        ((2020, 3), "2020-03-18"),
        ((2012, 12), "2012-12-19"),
        # Good Friday is the third Friday of the next month: the day before
        ((2008, 2), "2008-02-19"),
        ((2014, 3), "2014-03-18"),
        ((2019, 3), "2019-03-19"),
        ((2022, 3), "2022-03-15"),
        # the Wednesday itself is a holiday: Juneteenth
        ((2024, 6), "2024-06-18"),
        # the two that ended a week early
        ((2004, 7), "2004-07-14"),
        ((2004, 10), "2004-10-13"),
    ],
)
def test_expiry(month: tuple[int, int], day: str) -> None:
    assert expiry(*month, YEARS) == dt.date.fromisoformat(day)


def test_expiries_rise_and_leave_out_months_never_listed() -> None:
    found = expiries(YEARS)
    assert found == sorted(set(found))
    assert found[0] == dt.date(2004, 5, 19)
    assert not {(2004, 12), (2005, 4), (2005, 7), (2005, 9)} & {(day.year, day.month) for day in found}


def closes(text: str) -> list[tuple[str, float]]:
    parsed = read_contract("cboe_futures")(text, "").closes
    return [(f"{day:%Y-%m-%d}", close) for day, close in zip(parsed["session"], parsed["close"], strict=True)]


def test_prices_are_divided_by_ten_before_the_break_within_a_file() -> None:
    """23 March 2007 is the last session of the old scale, and 26 March the first of the new one."""
    text = contract_csv([(dt.date(2007, 3, 23), 149.5), (dt.date(2007, 3, 26), 14.83)])
    assert closes(text) == [("2007-03-23", 14.95), ("2007-03-26", 14.83)]


def test_quirks_of_the_files() -> None:
    """Terms before the header, M/D/YYYY, mixed line ends, a comma too many, settlements of 0."""
    rows = ["3/26/2004,K,0,0,0,0,203.2,0,216,0,144", "03/29/2004,K,0,0,0,0,0,0,52,0,113"]
    rows += ["10/1/2004,K,0,0,0,0,198.00,0,52,0,113,", "10/04/2004,K,0,0,0,0,0.0000,0,0,0,0"]
    text = "\r\n".join(["CFE data is compiled for the convenience of site visitors", HEADER, *rows[:2]])
    text += "\n" + "\n".join(rows[2:]) + "\n"
    found = read_contract("cboe_futures_archive")(text, "H04")
    assert closes(text) == [("2004-03-26", pytest.approx(20.32)), ("2004-10-01", pytest.approx(19.8))]
    assert (found.n_missing, found.bad) == (2, ())
    assert sorted(open_interest("cboe_futures_archive", text).values()) == [113, 113, 144]


@pytest.mark.parametrize(
    "text", ["<html></html>", "Date,Price\n2020-01-02,1\n", "", f"{HEADER}\n2020-01-02,X,0,0,0"]
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(SourceFormatError):
        read_contract("cboe_futures")(text, "")


def measured(curves: dict[dt.date, list[tuple[dt.date, float]]], spot: list[float]) -> FuturesFound:
    index = pd.DatetimeIndex([pd.Timestamp(day) for day in curves], name="session").as_unit("us")
    ratio = pd.Series(np.linspace(0.9, 1.1, len(index)), index=index)
    found = measure_futures(
        rows_of(curves),
        spot=pd.Series(spot, index=index),
        signal=build_signal(ratio, 1.0),
        statistics=SimpleNamespace(windows=("1y", "all"), default_window="1y"),
        sample=False,
    )
    assert found is not None
    return found


CURVES = {
    MONDAY: [(WEDNESDAY, 20.0), (APRIL, 22.0), (MAY, 23.0)],
    TUESDAY: [(WEDNESDAY, 25.0), (APRIL, 24.0), (MAY, 23.5)],
    WEDNESDAY: [(WEDNESDAY, 26.0), (APRIL, 25.0), (MAY, 24.0)],
}


def test_curve_by_hand() -> None:
    """On 18 March the contract that expires that day is gone: M1 is April with 28 days, M2 May with 63.

    M1→M2 = 24 / 25 − 1 = −4 %. Price of 30 days: w = (63 − 30) / (63 − 28) = 33/35, so
    33/35 · 25 + 2/35 · 24 = 24.942857. Roll = 26.5 / 24.942857 − 1 = 6.2428 %.
    """
    futures = measured(CURVES, [21.0, 24.0, 26.5]).futures
    assert [(each.expiry, each.days, each.settle) for each in futures.curve] == [
        ("2020-04-15", 28, 25.0),
        ("2020-05-20", 63, 24.0),
    ]
    assert [each.change for each in futures.curve] == [1.0, 0.5]
    assert futures.contango_m1_m2 == pytest.approx(-0.04)
    assert futures.constant_maturity_30 == pytest.approx(24.942857)
    assert futures.basis == pytest.approx(0.941240, abs=1e-6)
    assert futures.roll_per_month == pytest.approx(0.062428, abs=1e-6)
    assert futures.slope_per_month == pytest.approx(-0.04 * 30 / 35, abs=1e-6)
    assert futures.points_to_flat == -1.0
    assert futures.contango_m4_m7 is None
    assert (futures.regime.name, futures.regime.run, futures.regime.since) == (
        "backwardation",
        2,
        "2020-03-17",
    )
    # Tuesday's slope, 24 / 25 − 1, is the same: two of three sessions at or below it; the roll is the highest
    assert futures.window.contango_rank == pytest.approx(2 / 3, abs=1e-6)
    assert futures.window.roll_rank == 1.0
    assert (futures.window.n_sessions, futures.window.n_backwardation, futures.window.n_runs) == (3, 2, 1)


def test_an_equal_front_is_contango() -> None:
    """Backwardation is M1 above M2, as the ratio's is above 1."""
    futures = measured({MONDAY: [(APRIL, 20.0), (MAY, 20.0)]}, [20.0]).futures
    assert (futures.regime.name, futures.contango_m1_m2) == ("contango", 0.0)


def test_no_price_of_thirty_days_where_the_first_month_is_beyond() -> None:
    """On 16 March, April has 30 days: exactly its price. On 13 April 2020, without April, May has 37 days."""
    curves = build_curves(
        rows_of(
            {
                MONDAY: [(APRIL, 22.0), (MAY, 23.0)],
                dt.date(2020, 4, 13): [(MAY, 30.0), (dt.date(2020, 6, 17), 31.0)],
            }
        )
    )
    assert curves is not None
    price = hold(curves)["month"].to_numpy()
    assert price[0] == 22.0
    assert np.isnan(price[1])


def test_holder_by_hand() -> None:
    """Monday: March has 2 days and April 30, so all is in April: 22 → 24. Tuesday: April has 29 days, May 64.

    w = (64 − 30) / (64 − 29) = 34/35; price 34/35 · 24 + 1/35 · 23.5 = 23.985714; next
    34/35 · 25 + 1/35 · 24 = 24.971429. Holder 24/22 · 24.971429 / 23.985714 = 1.135741.
    """
    curves = build_curves(rows_of(CURVES))
    assert curves is not None
    value = hold(curves)
    assert value["holder"].tolist() == pytest.approx([1.0, 24 / 22, 1.135741], abs=1e-6)
    assert value["price"].tolist() == pytest.approx([1.0, 23.985714 / 22, 24.942857 / 22], abs=1e-6)


def test_the_other_leg_carries_one_that_does_not_settle() -> None:
    """April does not settle on Wednesday: May, 23.5 → 24, carries the position."""
    curves = build_curves(rows_of({**CURVES, WEDNESDAY: [(MAY, 24.0), (dt.date(2020, 6, 17), 23.0)]}))
    assert curves is not None
    growth = hold(curves)["holder"].to_numpy()
    assert growth[2] / growth[1] == pytest.approx(24 / 23.5)


def test_agreement_and_leads_by_hand() -> None:
    """Futures: up, inverted, inverted, up, inverted; index: up, up, inverted, inverted, up.

    Both up once, both inverted once, futures alone twice, index alone once: 2 of 5 agree. Chance is
    3/5 · 2/5 + 2/5 · 3/5 = 12/25, kappa (2/5 − 12/25) / (13/25) = −2/13. The futures inverted first
    twice: one was followed after a session, and the other has not ended. The index never inverted first.
    """
    inverted, index_inverted = [0, 1, 1, 0, 1], [0, 0, 1, 1, 0]
    study = study_of([1.1 if flag else 0.9 for flag in index_inverted])
    index = study.sessions
    near, far = (index[-1].date() + dt.timedelta(days) for days in (20, 50))
    curves = {
        d.date(): [(near, 21.0 if flag else 19.0), (far, 20.0)]
        for d, flag in zip(index, inverted, strict=True)
    }
    found = measure_futures(
        rows_of(curves),
        spot=pd.Series(20.0, index=index),
        signal=study.analysis.signal,
        statistics=SimpleNamespace(windows=("all",), default_window="all"),
        sample=False,
    )
    assert found is not None
    agreement = found.futures.agreement
    assert agreement is not None
    counts = (
        agreement.n_both_contango,
        agreement.n_both_backwardation,
        agreement.n_futures_only,
        agreement.n_index_only,
    )
    assert counts == (1, 1, 2, 1)
    assert agreement.kappa == pytest.approx(-2 / 13, abs=1e-6)
    futures, other = found.futures.leads
    assert (futures.first, futures.n_first, futures.n_followed, futures.n_false_alarms) == (
        "futures",
        2,
        1,
        0,
    )
    assert (futures.followed_rate, futures.median_sessions) == (1.0, 1.0)
    assert (other.first, other.n_first, other.n_same_session, other.followed_rate) == ("index", 0, 0, None)
    # as alarms: the index is up on days 1, 2 and 5, of which 2 is an eve, the futures inverted on 2 and 5;
    # the futures are up on days 1 and 4, both eves, the index inverted on 4
    both = measure_study(replace(study, futures=found)).futures
    assert both is not None
    assert both.agreement == agreement
    told = [(a.sign, a.n_eves, a.n_rest, a.on_eves, a.elsewhere, a.alarms.missed) for a in both.alarms]
    assert told == [("futures", 1, 2, 1.0, 0.5, 0.0), ("index", 2, 0, 0.5, None, 0.5)]
    assert [a.alarms.false_alarms for a in both.alarms] == [0.5, 0.0]
    assert [a.interval for a in both.alarms] == [None, None]  # too few cases


def test_a_session_with_one_contract_has_no_curve() -> None:
    assert build_curves(rows_of({MONDAY: [(APRIL, 20.0)]})) is None
