"""The curve of VIX futures: slopes, the price of 30 days, its roll, runs, and how it goes with the ratio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.distribution import window_start
from ivts_site.analytics.rows import iso_days
from ivts_site.analytics.spells import count_days, number_spells
from ivts_site.analytics.term_structure import is_above
from ivts_site.published import REGIMES, SCHEMA_VERSION
from ivts_site.published.futures import (
    Futures,
    FuturesAgreement,
    FuturesContract,
    FuturesHistory,
    FuturesHolder,
    FuturesLead,
    FuturesRegime,
    FuturesWindow,
    FuturesYear,
)
from ivts_site.published.numbers import day, known, numbers
from ivts_site.published.serialize import rounded

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesFound:
    """What is published of the futures, and the curves it comes from."""

    futures: Futures
    history: FuturesHistory
    curves: Curves
    vix: Floats
    """Close of the front index by session of the curves."""
    holder: pd.DataFrame
    """Price of 30 days and value of the position over the default window, the first session 1."""
    agreeing: pd.DataFrame
    """By session on which both are known: contango of the futures, and the ratio of the indices."""


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
    rows = rows[rows["settle"].notna()].sort_values(["session", "expiry"])
    if rows.empty:
        return None
    at, sessions = pd.factorize(rows["session"])
    contract, expiries = pd.factorize(rows["expiry"], sort=True)
    settle, n = rows["settle"].to_numpy(dtype=float), len(expiries)
    key = at * n + contract

    def settled(later: int) -> Floats:
        """Settlement of each row's contract so many sessions later; NaN where it has none."""
        found = np.minimum(np.searchsorted(key, key + later * n), len(key) - 1)
        return np.where(key[found] == key + later * n, settle[found], np.nan)

    days = (rows["expiry"] - rows["session"]).to_numpy() / np.timedelta64(1, "D")
    trading = np.flatnonzero(days > 0)
    place = np.arange(len(trading)) - np.searchsorted(at[trading], at[trading])
    trading, place = trading[place < LISTED], place[place < LISTED]
    kept = np.unique(at[trading[place == 1]])
    if not len(kept):
        return None

    def at_places(values: Floats) -> Floats:
        wide = np.full((len(sessions), LISTED), np.nan)
        wide[at[trading], place] = values[trading]
        picked: Floats = wide[kept]
        return picked

    return Curves(
        sessions=pd.DatetimeIndex(sessions[kept]),
        settle=at_places(settle),
        days=at_places(days),
        interest=at_places(rows["open_interest"].to_numpy(dtype=float)),
        before=at_places(settled(-1)),
        following=at_places(settled(1)),
    )


def measure_futures(  # noqa: PLR0913 (each is an origin of the numbers)
    rows: pd.DataFrame,
    *,
    spot: pd.Series,
    signal: pd.DataFrame,
    windows: Sequence[str],
    default_window: str,
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
    windows : sequence of str
        Windows offered, see `window_start`.
    default_window : str
        One of them.
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
    contango, back_end = curves.contango(1, 2), curves.contango(4, 7)
    inverted = is_above(curves.settle[:, 0], curves.settle[:, 1])
    price, value = thirty_days(curves), hold(curves)
    columns = pd.DataFrame(
        {
            "contango": contango,
            "back_end": back_end,
            "price": price,
            "basis": price / vix,
            "roll": vix / price - 1,
            "inverted": inverted,
            "run": count_days(number_spells(inverted)),
            "gap_move": np.abs(_gap(curves.following) - _gap(curves.settle)),
        },
        index=curves.sessions,
    )
    measured = {name: _window(name, columns) for name in dict.fromkeys([*windows, "all"])}
    shown = columns.loc[measured[default_window].first_session :]
    both = _agreeing(columns, signal)
    last = columns.iloc[-1]
    futures = Futures(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(curves.sessions[-1]),
        sessions_behind=int((signal.index > curves.sessions[-1]).sum()),
        vix=known(vix[-1]),
        curve=tuple(_contracts(curves)),
        contango_m1_m2=float(last["contango"]),
        contango_m4_m7=known(last["back_end"]),
        slope_per_month=float(last["contango"] * MONTH / (curves.days[-1, 1] - curves.days[-1, 0])),
        constant_maturity_30=known(last["price"]),
        basis=known(last["basis"]),
        roll_per_month=known(last["roll"]),
        points_to_flat=float(_gap(curves.settle)[-1]),
        usual_move=_median(shown["gap_move"]),
        regime=FuturesRegime(
            name=REGIMES[bool(last["inverted"])],
            run=int(last["run"]),
            since=day(curves.sessions[-int(last["run"])]),
        ),
        window=measured[default_window],
        windows=tuple(measured.values()),
        agreement=_agreement(both) if len(both) else None,
        leads=tuple(_leads(both)),
        holder=_holder(shown, value),
    )
    grown = _since(value, measured[default_window].first_session)
    return FuturesFound(
        futures=rounded(futures),
        history=_history(columns, curves),
        curves=curves,
        vix=vix,
        holder=grown / grown.iloc[0],
        agreeing=both,
    )


def thirty_days(curves: Curves) -> Floats:
    """Return the price of 30 days of each session; NaN where the first contract is beyond 30 days."""
    near, weight = _around_month(curves)
    return np.where(near < 0, np.nan, _priced(curves.settle, np.maximum(near, 0), weight))


def hold(curves: Curves) -> pd.DataFrame:
    """Return by session what the price of 30 days and the position that holds it have grown to from 1."""
    near, weight = _around_month(curves)
    first, weight = np.maximum(near, 0), np.where(near < 0, 1.0, weight)
    price = _priced(curves.settle, first, weight)
    rows = np.arange(len(price))
    second = np.minimum(first + 1, curves.settle.shape[1] - 1)
    legs = [(curves.settle[rows, at], curves.following[rows, at]) for at in (first, second)]
    alone = [after / now for now, after in legs]
    both = _priced(curves.following, first, weight) / price
    grown = np.where(np.isnan(alone[0]), alone[1], np.where(np.isnan(alone[1]), alone[0], both))
    grown = np.where(weight == 1, alone[0], grown)
    growth = np.append(1.0, np.where(np.isnan(grown), 1.0, grown)[:-1])
    return pd.DataFrame({"price": price / price[0], "holder": np.cumprod(growth)}, index=curves.sessions)


def _around_month(curves: Curves) -> tuple[npt.NDArray[np.int64], Floats]:
    """Place of the last contract up to 30 days, −1 without one, and its weight in the price of 30 days."""
    near = (curves.days <= MONTH).sum(axis=1) - 1
    rows, first = np.arange(len(near)), np.maximum(near, 0)
    far = curves.days[rows, np.minimum(first + 1, curves.days.shape[1] - 1)]
    close = curves.days[rows, first]
    return near, np.where(close == MONTH, 1.0, (far - MONTH) / (far - close))


def _priced(settle: Floats, first: npt.NDArray[np.int64], weight: Floats) -> Floats:
    rows = np.arange(len(first))
    near, far = settle[rows, first], settle[rows, np.minimum(first + 1, settle.shape[1] - 1)]
    return np.where(weight == 1, near, weight * near + (1 - weight) * far)


def _gap(settle: Floats) -> Floats:
    return np.asarray(settle[:, 1] - settle[:, 0])


def _window(name: str, columns: pd.DataFrame) -> FuturesWindow:
    """Measure a window; `all` begins where the contracts are monthly, or with what there is before."""
    last = columns.index[-1]
    begin = window_start(last, name)
    inside = columns.loc[columns.index > begin] if begin is not None else columns.loc[MONTHLY_FROM:]
    part = inside if len(inside) else columns
    flags = part["inverted"].to_numpy()
    return FuturesWindow(
        name=name,
        first_session=day(part.index[0]),
        last_session=day(last),
        n_sessions=len(part),
        n_backwardation=int(flags.sum()),
        backwardation_rate=float(flags.mean()),
        n_runs=int(flags[0]) + int((flags[1:] & ~flags[:-1]).sum()),
        deepest=float(part["contango"].min()),
        deepest_session=day(part.index[int(part["contango"].argmin())]),
        contango_rank=float((part["contango"] <= part["contango"].iloc[-1]).mean()),
        contango_m4_m7_rank=_rank(part["back_end"]),
        roll_rank=_rank(part["roll"]),
    )


def _rank(values: pd.Series) -> float | None:
    defined = values.dropna()
    return float((defined <= values.iloc[-1]).mean()) if pd.notna(values.iloc[-1]) else None


def _median(values: pd.Series) -> float | None:
    defined = values.dropna()
    return float(defined.median()) if len(defined) else None


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


def _agreeing(columns: pd.DataFrame, signal: pd.DataFrame) -> pd.DataFrame:
    return columns[["contango", "inverted"]].join(signal[["ivts", "backwardation"]], how="inner")


def _agreement(both: pd.DataFrame) -> FuturesAgreement:
    futures, index = both["inverted"].to_numpy(dtype=bool), both["backwardation"].to_numpy(dtype=bool)
    n = len(both)
    together = float((futures == index).mean())
    chance = float(futures.mean() * index.mean() + (1 - futures.mean()) * (1 - index.mean()))
    return FuturesAgreement(
        first_session=day(both.index[0]),
        n_sessions=n,
        n_both_contango=int((~futures & ~index).sum()),
        n_both_backwardation=int((futures & index).sum()),
        n_futures_only=int((futures & ~index).sum()),
        n_index_only=int((~futures & index).sum()),
        agreement_rate=together,
        kappa=(together - chance) / (1 - chance) if chance < 1 else None,
    )


def _leads(both: pd.DataFrame) -> Iterator[FuturesLead]:
    if both.empty:
        return
    futures, index = both["inverted"].to_numpy(dtype=bool), both["backwardation"].to_numpy(dtype=bool)
    yield _lead("futures", futures, index)
    yield _lead("index", index, futures)


def _lead(name: str, one: Flags, other: Flags) -> FuturesLead:
    """Follow every run of the one that began, after the first session, while the other was not inverted."""
    starts = np.flatnonzero(one[1:] & ~one[:-1]) + 1
    waits, same, alarms, first = [], 0, 0, 0
    for start in starts.tolist():
        if other[start]:
            same += int(not other[start - 1])
            continue
        first += 1
        ends = np.flatnonzero(~one[start:])
        end = start + int(ends[0]) if len(ends) else len(one)
        met = np.flatnonzero(other[start:end])
        if len(met):
            waits.append(int(met[0]))
        elif len(ends):
            alarms += 1
    return FuturesLead(
        first="futures" if name == "futures" else "index",
        n_first=first,
        n_same_session=same,
        n_followed=len(waits),
        n_false_alarms=alarms,
        followed_rate=len(waits) / (len(waits) + alarms) if waits or alarms else None,
        median_sessions=float(np.median(waits)) if waits else None,
    )


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
        median_roll_to_expiry=_median(shown["roll"]),
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


def _history(columns: pd.DataFrame, curves: Curves) -> FuturesHistory:
    def column(name: str) -> tuple[float | None, ...]:
        return tuple(numbers(columns[name].tolist()))

    return FuturesHistory(
        session=tuple(iso_days(columns.index)),
        contango_m1_m2=column("contango"),  # type: ignore[arg-type]
        contango_m4_m7=column("back_end"),
        constant_maturity_30=column("price"),
        basis=column("basis"),
        roll_per_month=column("roll"),
        regime=tuple(REGIMES[flag] for flag in columns["inverted"].tolist()),
        run=tuple(columns["run"].tolist()),
        settle=tuple(tuple(numbers(values.tolist())) for values in curves.settle.T),
    )
