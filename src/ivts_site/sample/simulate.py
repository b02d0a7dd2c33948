"""Simulated closes: the model's factors session by session, its indices and a benchmark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Floats
from ivts_site.sample import model
from ivts_site.sample.model import SESSIONS_PER_YEAR, forward_index, volatility_index

SAMPLE_SEED = 32_406
TENORS: Mapping[str, int] = MappingProxyType({"vix": 30, "vix3m": 93})

CONTRACTS = 9
"""Contracts that settle on a session."""
FUTURES_SESSIONS = 4 * 252
"""Sessions with futures: enough for every part of their page."""
_STEP = 1 / SESSIONS_PER_YEAR
_FIRST_PRICE = 100.0
_VOLATILITY_STREAM, _TAIL_STREAM, _FUTURES_STREAM = 2001, 2002, 2003
"""Beyond the streams of all tenors, which are numbered by their days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shocks:
    """Draws of all sessions: three correlated unit normals and the fast factor's jumps, shape (n,) each."""

    fast: Floats
    slow: Floats
    benchmark: Floats
    jump: Floats


def simulate_closes(
    sessions: pd.DatetimeIndex,
    *,
    seed: int = SAMPLE_SEED,
    tenors: Mapping[str, int] = TENORS,
    benchmark: str = "spy",
) -> pd.DataFrame:
    """Simulate closes of volatility indices and a benchmark, for a page without vendor data.

    Every session is one step of 1/252 year, whatever the calendar days between. Noise is drawn in the order
    of the sessions, so that a prefix of the sessions gives a prefix of the result; one more tenor changes no
    other column. The package's docstring states the model and how near it comes to the real history.

    Columns are those of `tenors`, each a tenor in calendar days, and then the benchmark; index points and
    price are rounded to 2 decimals and positive. A ValueError tells of sessions that do not rise, and of
    tenors that make no sense.
    """
    _check_arguments(sessions, tenors, benchmark)
    n = len(sessions)
    shocks = _draw_shocks(n, seed)
    fast, slow = _fast_path(shocks), _slow_path(shocks)
    columns = {
        name: volatility_index(fast[1:], slow[1:], days) * _quote_noise(n, seed, days)
        for name, days in tenors.items()
    }
    variance = np.exp(model.LOG_LEVEL + fast[:-1] + slow[:-1])
    columns[benchmark] = _FIRST_PRICE * np.exp(np.cumsum(_log_returns(variance, shocks)))
    return _quoted(columns, sessions)


def simulate_optional_series(
    sessions: pd.DatetimeIndex, *, seed: int = SAMPLE_SEED, volatility: str = "vvix", tail: str = "skew"
) -> pd.DataFrame:
    """Simulate an index of the front's own volatility and one of tail risk, without a model of options.

    The volatility of the front follows the fast factor of `simulate_closes` under the same seed, which is
    what moves the front within days; the tail index wanders by itself. Both carry a mean-reverting deviation
    of their own. Levels and spreads were set by hand near those of the official closes since 2011.
    """
    n = len(sessions)
    fast = _fast_path(_draw_shocks(n, seed))[1:]
    own = _wandering(seed, _VOLATILITY_STREAM, n, decay=0.96)
    values = {
        volatility: 88 * np.exp(0.18 * fast + 0.12 * own),
        tail: 100 + 31 * np.exp(0.36 * _wandering(seed, _TAIL_STREAM, n, decay=0.975)),
    }
    return _quoted(values, sessions)


def simulate_futures(
    sessions: pd.DatetimeIndex, expiries: Sequence[dt.date], *, seed: int = SAMPLE_SEED
) -> pd.DataFrame:
    """Simulate settlements of the contracts next to expire, at the forward level of the shortest index.

    A contract settles at 100·√((1/τ)∫₀^τ E[v(T+h)]dh) for its T days to expiry and the τ = 30 days after,
    with half an index's observation noise. That is the forward variance, not the slightly lower price of a
    future on its root; open interest is left out. The last `FUTURES_SESSIONS` have settlements, each of the
    next `CONTRACTS` of the rising `expiries`; columns and order are those of the store. `seed` is that of
    `simulate_closes`, whose factors the curve follows.
    """
    n = len(sessions)
    shocks = _draw_shocks(n, seed)
    ends = np.array(expiries, dtype="datetime64[us]")
    labels = sessions.to_numpy().astype("datetime64[us]")
    first = np.searchsorted(ends, labels, side="right")
    shown = np.flatnonzero((np.arange(n) >= n - FUTURES_SESSIONS) & (first + CONTRACTS <= len(ends)))
    labels, place = labels[shown], first[shown, None] + np.arange(CONTRACTS)
    days = (ends[place] - labels[:, None]) / np.timedelta64(1, "D")
    fast, slow = (path(shocks)[shown + 1, None] for path in (_fast_path, _slow_path))
    drawn = _stream(seed, _FUTURES_STREAM).standard_normal((n, CONTRACTS))[shown]
    noise = np.exp(model.QUOTE_NOISE / 2 * drawn)
    settle = np.round(forward_index(fast, slow, days, TENORS["vix"]) * noise, 2)
    columns = {
        "session": np.repeat(labels, CONTRACTS),
        "expiry": ends[place].ravel(),
        "settle": settle.ravel(),
    }
    return pd.DataFrame(columns).assign(open_interest=np.nan, source="sample").astype({"source": "str"})


def _quoted(columns: Mapping[str, Floats], sessions: pd.DatetimeIndex) -> pd.DataFrame:
    index = pd.DatetimeIndex(sessions.to_numpy().astype("datetime64[us]"), name="session")
    return pd.DataFrame({name: np.round(values, 2) for name, values in columns.items()}, index=index)


def _check_arguments(sessions: pd.DatetimeIndex, tenors: Mapping[str, int], benchmark: str) -> None:
    if sessions.tz is not None:
        raise ValueError(f"sessions must be tz-naive dates, not in time zone {sessions.tz}")
    if not (sessions.is_monotonic_increasing and sessions.is_unique):
        raise ValueError("sessions must be strictly increasing")
    if benchmark in tenors:
        raise ValueError(f"benchmark {benchmark!r} is also the name of a tenor")
    for name, days in tenors.items():
        if days < 1:
            raise ValueError(f"tenor {name!r} must be at least 1 calendar day, not {days}")


def _stream(seed: int, number: int) -> np.random.Generator:
    """Give one of the independent streams of draws of a seed."""
    return np.random.Generator(np.random.PCG64(seed).jumped(number))


def _draw_shocks(n: int, seed: int) -> _Shocks:
    normal = _stream(seed, 0).standard_normal((n, 3))
    uniform = _stream(seed, 1).random((n, 2))
    rho, leverage = model.FACTOR_CORRELATION, model.LEVERAGE
    fast = normal[:, 0]
    slow = rho * fast + np.sqrt(1 - rho**2) * normal[:, 1]
    common = (fast + slow) / np.sqrt(2 + 2 * rho)
    size = -model.JUMP_MEAN * np.log1p(-uniform[:, 1])
    return _Shocks(
        fast=fast,
        slow=slow,
        benchmark=leverage * common + np.sqrt(1 - leverage**2) * normal[:, 2],
        jump=np.where(uniform[:, 0] < model.JUMP_RATE * _STEP, size, 0.0),
    )


def _fast_path(shocks: _Shocks) -> Floats:
    speed = model.FAST_SPEED
    start = model.JUMP_RATE * model.JUMP_MEAN / speed
    return _reverting(_decay(speed), _step_vol(speed, model.FAST_VOL) * shocks.fast + shocks.jump, start)


def _slow_path(shocks: _Shocks) -> Floats:
    speed = model.SLOW_SPEED
    return _reverting(_decay(speed), _step_vol(speed, model.SLOW_VOL) * shocks.slow, start=0.0)


def _step_vol(speed: float, vol: float) -> float:
    """Exact standard deviation of an Ornstein–Uhlenbeck process over one step."""
    return float(vol * np.sqrt((1 - np.exp(-2 * speed * _STEP)) / (2 * speed)))


def _decay(speed: float) -> float:
    return float(np.exp(-speed * _STEP))


def _reverting(decay: float, shocks: Floats, start: float) -> Floats:
    """What reverts to zero, before the first session and after each session, shape (n + 1,)."""
    path = accumulate(shocks.tolist(), lambda value, shock: decay * value + shock, initial=start)
    return np.fromiter(path, dtype=np.float64, count=len(shocks) + 1)


def _quote_noise(n: int, seed: int, days: int) -> Floats:
    # The stream belongs to the tenor, so that adding a tenor leaves the other columns alone.
    return np.exp(model.QUOTE_NOISE * _stream(seed, 1 + days).standard_normal(n))


def _log_returns(variance: Floats, shocks: _Shocks) -> Floats:
    """Log returns over each session, of variance `variance`/252 given the state before it."""
    chance = model.JUMP_RATE * _STEP
    jump_mean = chance * model.JUMP_MEAN
    jump_sd = np.sqrt(2 * chance * model.JUMP_MEAN**2 - jump_mean**2)
    jump = (shocks.jump - jump_mean) / jump_sd
    unit = np.sqrt(1 - model.JUMP_SHARE) * shocks.benchmark - np.sqrt(model.JUMP_SHARE) * jump
    return np.asarray((model.GROWTH - variance / 2) * _STEP + np.sqrt(variance * _STEP) * unit)


def _wandering(seed: int, number: int, n: int, *, decay: float) -> Floats:
    """Mean-reverting deviation of unit variance."""
    shocks = np.sqrt(1 - decay**2) * _stream(seed, number).standard_normal(n)
    return _reverting(decay, shocks, start=0.0)[1:]
