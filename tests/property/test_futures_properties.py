"""What holds of any futures curve: order, quirks and later rows change nothing, nothing expires in it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.feed import calendar
from tests.fixtures.futures import contract_csv, rows_of
from tests.sampled import examples

from ivts_site.analytics.futures import FuturesFound, build_curves, measure_futures
from ivts_site.analytics.results import build_signal
from ivts_site.sources.futures import expiries, read_contract

SESSIONS = [
    day.date()
    for day in calendar(dt.date(2004, 1, 2), dt.date(2026, 12, 31)).sessions_in(
        dt.date(2007, 1, 3), dt.date(2007, 7, 31)
    )
]
EXPIRIES = [
    day
    for day in expiries(calendar(dt.date(2004, 1, 2), dt.date(2026, 12, 31)))
    if dt.date(2007, 1, 1) < day < dt.date(2008, 4, 1)
]
settlements = st.floats(5, 90).map(lambda value: round(value, 2))


@st.composite
def stored(draw: st.DrawFn) -> pd.DataFrame:
    """Settlements of some contracts on consecutive sessions, some missing, those of the day of expiry too."""
    begin = draw(st.integers(0, len(SESSIONS) - 40))
    days = SESSIONS[begin : begin + draw(st.integers(3, 40))]
    curves = {}
    for day in days:
        listed = [each for each in EXPIRIES if each >= day][:9]
        kept = draw(st.lists(st.booleans(), min_size=len(listed), max_size=len(listed)))
        values = draw(st.lists(settlements, min_size=len(listed), max_size=len(listed)))
        curves[day] = [(each, value) for each, value, keep in zip(listed, values, kept, strict=True) if keep]
    return rows_of(curves)


def measured(rows: pd.DataFrame, last: pd.Timestamp) -> FuturesFound | None:
    index = pd.DatetimeIndex([pd.Timestamp(day) for day in SESSIONS], name="session").as_unit("us")
    index = index[index <= last]
    return measure_futures(
        rows,
        spot=pd.Series(20.0, index=index),
        signal=build_signal(pd.Series(0.9, index=index), 1.0),
        statistics=SimpleNamespace(windows=("3m", "all"), default_window="3m"),
        sample=False,
    )


@examples(0.3)
@given(stored(), st.randoms(use_true_random=False))
def test_rows_in_any_order_give_the_same_curve(rows: pd.DataFrame, chance: object) -> None:
    order = list(range(len(rows)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    one, other = (measured(each, pd.Timestamp(2007, 12, 31)) for each in (rows, rows.iloc[order]))
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.futures == other.futures
        assert one.history.equals(other.history)


@examples(0.3)
@given(stored())
def test_no_contract_is_carried_to_its_expiry(rows: pd.DataFrame) -> None:
    curves = build_curves(rows)
    if curves is None:
        return
    shown = np.isfinite(curves.settle)
    assert (curves.days[shown] > 0).all()
    for days in curves.days:
        known = days[np.isfinite(days)].tolist()
        assert known == sorted(set(known))
    stored_rows = {(row.session, row.expiry): row.settle for row in rows.itertuples()}
    for at, session in enumerate(curves.sessions):
        known = {
            (session, session + pd.Timedelta(days=days)): settle
            for days, settle in zip(curves.days[at], curves.settle[at], strict=True)
            if not np.isnan(settle)
        }
        assert known.items() <= stored_rows.items()


@examples(0.3)
@given(stored(), st.integers(0, 39))
def test_what_comes_later_changes_nothing(rows: pd.DataFrame, back: int) -> None:
    days = sorted(rows["session"].unique())
    if not days:
        return
    last = days[min(back, len(days) - 1)]
    whole, cut = measured(rows, last), measured(rows[rows["session"] <= last], last)
    assert (whole is None) == (cut is None)
    if whole is not None and cut is not None:
        assert whole.futures == cut.futures
        assert whole.history.equals(cut.history)


@given(st.lists(settlements, min_size=2, max_size=60), st.booleans(), st.booleans(), st.booleans())
def test_quirks_of_a_file_do_not_change_its_settlements(
    values: list[float], american: bool, terms: bool, shuffled: bool
) -> None:
    """The scale before 26 March 2007, the form of dates, a line of terms, line ends, the order of rows."""
    days = SESSIONS[40 : 40 + len(values)]  # around the break, 2007-03-26
    written = [
        (day, round(value * 10, 1) if day < dt.date(2007, 3, 26) else value)
        for day, value in zip(days, values, strict=True)
    ]
    if shuffled:
        written = written[::-1]
    text = contract_csv(written, american=american)
    if terms:
        text = "CFE data is compiled for the convenience of site visitors\r\n" + text.replace("\n", "\r\n")
    found = read_contract("cboe_futures_archive")(text, "").closes.set_index("session")["close"].sort_index()
    assert [day.date() for day in found.index] == days
    assert np.allclose(
        found.to_numpy(),
        [round(v * 10, 1) / 10 if d < dt.date(2007, 3, 26) else v for d, v in zip(days, values, strict=True)],
    )
