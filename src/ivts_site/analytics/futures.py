"""The curve of VIX futures: slopes, the price of 30 days, its roll, runs, and how it goes with the ratio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints, median
from ivts_site.analytics.bootstrap import find_runs
from ivts_site.analytics.distribution import window_start
from ivts_site.analytics.rules import StatisticsRules
from ivts_site.analytics.spells import count_days, number_spells
from ivts_site.analytics.term_structure import cohen_kappa, is_above
from ivts_site.analytics.to_date import RunsToDate
from ivts_site.published import REGIMES, SCHEMA_VERSION
from ivts_site.published.futures import (
    Futures,
    FuturesAgreement,
    FuturesContract,
    FuturesHolder,
    FuturesLead,
    FuturesRegime,
    FuturesWindow,
    FuturesYear,
)
from ivts_site.published.numbers import day, known
from ivts_site.published.serialize import rounded

LISTED = 9
"""Contracts of a session that are kept; later ones hardly trade."""
MONTHLY_FROM = pd.Timestamp(2007, 4, 1)
"""Before, some months had no contract: what is counted over all sessions begins here."""
MONTH = 30
"""Days of a month, as of the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Settlements of every session by place on the curve, sessions by places; NaN where there is none."""

    sessions: pd.DatetimeIndex
    settle: Floats
    days: Floats
    """Calendar days to expiry."""
    interest: Floats
    before: Floats
    """Settlement of the same contract on the session before."""
    following: Floats
    """The same on the session after, the day of its expiry included."""

    def contango(self, near: int, far: int) -> Floats:
        """Return settlement of the far / of the near place − 1, places counted from 1."""
        return np.asarray(self.settle[:, far - 1] / self.settle[:, near - 1] - 1)


@dataclass(frozen=True, kw_only=True)
class FuturesToDate(RunsToDate):
    """The front of the curve up to a session, since the contracts are monthly."""

    slope: Floats
    """M1→M2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesFound:
    """What is published of the futures, and the curves it comes from."""

    futures: Futures
    history: pd.DataFrame
    """By session: `contango_m1_m2` and what follows it in `futures.json` to `roll_per_month`, regime, run."""
    curves: Curves
    vix: Floats
    """Close of the front index by session of the curves."""
    holder: pd.DataFrame
    """Price of 30 days and value of the position over the default window, the first session 1."""
    agreeing: pd.DataFrame
    """By session on which both are known: contango of the futures, and the ratio of the indices."""

    @property
    def now(self) -> FuturesToDate:
        """What the news of the last session is made from."""
        part = _monthly(self.history)
        return FuturesToDate(
            sessions=part.index.to_numpy().astype("datetime64[D]"),
            slope=part["contango_m1_m2"].to_numpy(),
            inverted=(part["regime"] == "backwardation").to_numpy(),
            run=part["run"].to_numpy(),
        )


def build_curves(rows: pd.DataFrame) -> Curves | None:
    """Put settlements in order of expiry, session by session; in whatever order they come.

    Parameters
    ----------
    rows : DataFrame
        Columns session, expiry, settle and open_interest, one row a session and contract.

    Returns
    -------
    Curves or None
        Of the sessions with two contracts or more that expire after them; None without such a session.
    """
    rows = rows[rows["settle"].notna()]
    if rows.empty:
        return None
    table = rows.pivot(index="session", columns="expiry", values=["settle", "open_interest"])
    settle = table["settle"]
    days = (settle.columns.to_numpy() - settle.index.to_numpy()[:, None]) / np.timedelta64(1, "D")
    trading = settle.notna().to_numpy() & (days > 0)
    kept = trading.sum(axis=1) > 1
    if not kept.any():
        return None
    nearest = np.argsort(~trading, axis=1, kind="stable")[:, :LISTED]

    def at_places(values: Any) -> Floats:
        wide = np.full((len(trading), LISTED), np.nan)
        wide[:, : nearest.shape[1]] = np.take_along_axis(np.where(trading, values, np.nan), nearest, axis=1)
        return np.asarray(wide[kept])

    return Curves(
        sessions=pd.DatetimeIndex(settle.index[kept]),
        settle=at_places(settle),
        days=at_places(days),
        interest=at_places(table["open_interest"]),
        before=at_places(settle.shift(1)),
        following=at_places(settle.shift(-1)),
    )


def measure_futures(
    rows: pd.DataFrame,
    *,
    spot: pd.Series,
    signal: pd.DataFrame,
    statistics: StatisticsRules,
    sample: bool,
) -> FuturesFound | None:
    """Measure the futures curve as it was known after the last session of the ratio.

    Parameters
    ----------
    rows : DataFrame
        Settlements as `build_curves` takes them; later ones are left out.
    spot : Series
        Closes of the front index by session; NaN where not stored.
    signal : DataFrame
        Columns ivts and backwardation by session with a defined ratio; its last row is the as-of session.
    statistics : StatisticsRules
        Windows offered, and the default one.
    sample : bool
        Whether the settlements are simulated.

    Returns
    -------
    FuturesFound or None
        None where no session has two contracts.

    Notes
    -----
    The price of 30 days is w · M + (1 − w) · N for the contracts M and N next to 30 days on both sides, with
    w = (T_N − 30) / (T_N − T_M) and T in calendar days. The holder's day is
    (w · M' + (1 − w) · N') / price − 1 with the settlements M', N' of the next session; where one of the two
    does not settle then, the other carries it, and where the first contract is beyond 30 days all is in it.
    The roll is (1 + holder's day) / (1 + change of the price) − 1, compounded.
    """
    as_of = signal.index[-1]
    curves = build_curves(rows[rows["session"] <= as_of])
    if curves is None:
        return None
    vix = spot.reindex(curves.sessions).to_numpy(dtype=float)
    value = hold(curves)
    columns = _columns(curves, vix, value["month"].to_numpy())
    measured = {name: _window(name, columns) for name in dict.fromkeys([*statistics.windows, "all"])}
    window = measured[statistics.default_window]
    shown = columns.loc[window.first_session :]
    both = columns[["contango_m1_m2", "inverted"]].join(signal[["ivts", "backwardation"]], how="inner")
    flags = both["inverted"].to_numpy(dtype=bool), both["backwardation"].to_numpy(dtype=bool)
    last = columns.iloc[-1]
    optional = ("contango_m4_m7", "constant_maturity_30", "basis", "roll_per_month")
    futures = Futures(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(curves.sessions[-1]),
        sessions_behind=int((signal.index > curves.sessions[-1]).sum()),
        vix=known(vix[-1]),
        curve=tuple(_contracts(curves)),
        contango_m1_m2=float(last["contango_m1_m2"]),
        slope_per_month=float(last["contango_m1_m2"] * MONTH / (curves.days[-1, 1] - curves.days[-1, 0])),
        **{name: known(last[name]) for name in optional},
        points_to_flat=float(_gap(curves.settle)[-1]),
        usual_move=known(shown["gap_move"].median()),
        regime=FuturesRegime(
            name=last["regime"],
            run=int(last["run"]),
            since=day(curves.sessions[-int(last["run"])]),
        ),
        window=window,
        windows=tuple(measured.values()),
        agreement=_agreement(both, *flags) if len(both) else None,
        leads=(_lead("futures", *flags), _lead("index", *flags[::-1])) if len(both) else (),
        holder=_holder(shown, value),
    )
    grown = _since(value, window.first_session)
    return FuturesFound(
        futures=rounded(futures),
        history=columns.drop(columns=["inverted", "gap_move"]),
        curves=curves,
        vix=vix,
        holder=grown / grown.iloc[0],
        agreeing=both,
    )


def _columns(curves: Curves, vix: Floats, price: Floats) -> pd.DataFrame:
    """Return what is published by session; `inverted` and the coming move of the gap are only counted."""
    inverted = is_above(curves.settle[:, 0], curves.settle[:, 1])
    return pd.DataFrame(
        {
            "contango_m1_m2": curves.contango(1, 2),
            "contango_m4_m7": curves.contango(4, 7),
            "constant_maturity_30": price,
            "basis": price / vix,
            "roll_per_month": vix / price - 1,
            "inverted": inverted,
            "regime": [REGIMES[flag] for flag in inverted.tolist()],
            "run": count_days(number_spells(inverted)),
            "gap_move": np.abs(_gap(curves.following) - _gap(curves.settle)),
        },
        index=curves.sessions,
    )


def hold(curves: Curves) -> pd.DataFrame:
    """Return by session what 30 days cost, and what that price and the position that holds it have grown to.

    Columns: month, the price of 30 days, NaN where the first contract is beyond; price and holder, from 1.
    """
    near = (curves.days <= MONTH).sum(axis=1) - 1  # the last contract up to 30 days, -1 without one
    rows, first = np.arange(len(near)), np.maximum(near, 0)
    legs = np.array([first, np.minimum(first + 1, LISTED - 1)])
    close, far = curves.days[rows, legs]
    alone = (near < 0) | (close == MONTH)
    weight = np.where(alone, 1.0, (far - MONTH) / (far - close))

    def priced(settle: Floats) -> Floats:
        return np.asarray(np.where(alone, settle[0], weight * settle[0] + (1 - weight) * settle[1]))

    now, after = curves.settle[rows, legs], curves.following[rows, legs]
    price, (one, other) = priced(now), after / now
    either = np.where(np.isnan(one), other, np.where(np.isnan(other), one, priced(after) / price))
    growth = np.nan_to_num(np.where(alone, one, either), nan=1.0)
    return pd.DataFrame(
        {
            "month": np.where(near < 0, np.nan, price),
            "price": price / price[0],
            "holder": np.cumprod(np.append(1.0, growth[:-1])),
        },
        index=curves.sessions,
    )


def _gap(settle: Floats) -> Floats:
    return np.asarray(settle[:, 1] - settle[:, 0])


def _window(name: str, columns: pd.DataFrame) -> FuturesWindow:
    """Measure a window; `all` begins where the contracts are monthly, or with what there is before."""
    last = columns.index[-1]
    begin = window_start(last, name)
    part = columns.loc[columns.index > begin] if begin is not None else _monthly(columns)
    flags = part["inverted"].to_numpy()
    return FuturesWindow(
        name=name,
        first_session=day(part.index[0]),
        last_session=day(last),
        n_sessions=len(part),
        n_backwardation=int(flags.sum()),
        backwardation_rate=float(flags.mean()),
        n_runs=len(find_runs(flags)[0]),
        deepest=float(part["contango_m1_m2"].min()),
        deepest_session=day(part.index[int(part["contango_m1_m2"].argmin())]),
        contango_rank=float((part["contango_m1_m2"] <= part["contango_m1_m2"].iloc[-1]).mean()),
        contango_m4_m7_rank=_rank(part["contango_m4_m7"]),
        roll_rank=_rank(part["roll_per_month"]),
    )


def _monthly(columns: pd.DataFrame) -> pd.DataFrame:
    """Return the sessions since the contracts are monthly; all where there is none."""
    monthly = columns.loc[MONTHLY_FROM:]
    return monthly if len(monthly) else columns


def _rank(values: pd.Series) -> float | None:
    defined = values.dropna()
    return float((defined <= values.iloc[-1]).mean()) if pd.notna(values.iloc[-1]) else None


def _contracts(curves: Curves) -> Iterator[FuturesContract]:
    settle, before = curves.settle[-1], curves.before[-1]
    n = int(np.isfinite(settle).sum())
    for at in range(n):
        yield FuturesContract(
            expiry=day(curves.sessions[-1] + pd.Timedelta(days=curves.days[-1, at])),
            days=int(curves.days[-1, at]),
            settle=float(settle[at]),
            change=known(settle[at] - before[at]),
            to_next=float(settle[at + 1] / settle[at] - 1) if at + 1 < n else None,
            open_interest=None if np.isnan(curves.interest[-1, at]) else int(curves.interest[-1, at]),
        )


def _agreement(both: pd.DataFrame, futures: Flags, index: Flags) -> FuturesAgreement:
    cases = {
        "n_both_contango": ~futures & ~index,
        "n_both_backwardation": futures & index,
        "n_futures_only": futures & ~index,
        "n_index_only": ~futures & index,
    }
    return FuturesAgreement(
        first_session=day(both.index[0]),
        n_sessions=len(both),
        **{name: int(flags.sum()) for name, flags in cases.items()},
        agreement_rate=float((futures == index).mean()),
        kappa=cohen_kappa(futures, index),
    )


def _lead(name: Literal["futures", "index"], one: Flags, other: Flags) -> FuturesLead:
    """Follow every run of the one that began, after the first session, while the other was not inverted."""
    n, starts = len(one), np.flatnonzero(one[1:] & ~one[:-1]) + 1
    began = starts[~other[starts]]
    ends, met = (_next(flags, began) for flags in (~one, other))
    waits = (met - began)[met < ends]
    alarms = int(((met >= ends) & (ends < n)).sum())
    return FuturesLead(
        first=name,
        n_first=len(began),
        n_same_session=int((other[starts] & ~other[starts - 1]).sum()),
        n_followed=len(waits),
        n_false_alarms=alarms,
        followed_rate=len(waits) / (len(waits) + alarms) if len(waits) or alarms else None,
        median_sessions=median(waits),
    )


def _next(flags: Flags, places: Ints) -> Ints:
    """Return the first place from each on where a flag is set; the length where none is."""
    found = np.append(np.flatnonzero(flags), len(flags))
    return np.asarray(found[np.searchsorted(found, places)])


def _since(value: pd.DataFrame, first: str) -> pd.DataFrame:
    """Return what follows the session before the first, where there is one: returns are against it."""
    return value.iloc[max(int(value.index.searchsorted(pd.Timestamp(first))) - 1, 0) :]


def _holder(shown: pd.DataFrame, value: pd.DataFrame) -> FuturesHolder | None:
    part = _since(value, day(shown.index[0]))
    if len(part) < 2:
        return None
    price, holder = (float(part[name].iloc[-1] / part[name].iloc[0] - 1) for name in ("price", "holder"))
    roll = (1 + holder) / (1 + price) - 1
    elapsed = (part.index[-1] - part.index[0]).days
    return FuturesHolder(
        first_session=day(part.index[0]),
        price_return=price,
        holder_return=holder,
        roll_return=roll,
        roll_per_month=(1 + roll) ** (MONTH / elapsed) - 1,
        median_roll_to_expiry=known(shown["roll_per_month"].median()),
        years=tuple(_years(value.loc[MONTHLY_FROM:])),
    )


def _years(value: pd.DataFrame) -> Iterator[FuturesYear]:
    """Compound the roll over each calendar year, from the last session of the year before."""
    worth = value["holder"] / value["price"]
    ends = worth.groupby(pd.DatetimeIndex(worth.index).year).last()
    before = worth.iloc[0] if len(worth) else np.nan
    for at, (year, end) in enumerate(ends.items()):
        whole = 0 < at < len(ends) - 1  # it began after the first session, and the next has begun
        yield FuturesYear(year=int(str(year)), roll_return=float(end / before - 1), complete=whole)
        before = end
