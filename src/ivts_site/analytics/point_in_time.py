"""Every session as it stood that evening: one table for the archive and the history files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.distribution import window_length
from ivts_site.analytics.results import Analysis, Flags, Floats, Ints
from ivts_site.analytics.sliding import slide
from ivts_site.analytics.term_structure import is_above
from ivts_site.model import Band, RatioRules

SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
_COLUMNS = ("front", "back", "benchmark")


def build_point_in_time(analysis: Analysis) -> pd.DataFrame:
    """Tell for every session with a defined ratio what the page said that evening.

    Parameters
    ----------
    analysis : Analysis
        Of the latest session; nothing in it that lies after a session enters that session's row.

    Returns
    -------
    DataFrame
        Index: sessions with a defined ratio, `session`. A row equals the analysis of the panel cut at its
        session, to the bit, in the default window where one is meant:

        - front, back, benchmark: closes; benchmark NaN where not stored;
        - ivts, backwardation (bool), regime_day, since (first session of the spell), band (name),
          borderline (bool), slope (NaN where too few sessions), suspect (bool: a close of it is suspect);
        - previous (session with a ratio before it, NaT for the first), n_gaps (sessions without a ratio
          between the two);
        - ivts_change, front_change, back_change, benchmark_change, front_return, back_return,
          benchmark_return: from the previous session; NaN where a close is missing;
        - distance (front close at the threshold − front close), distance_return (the same / front close);
        - rate_N for each rolling length N: NaN until N sessions exist;
        - window_first, window_n, window_n_backwardation, window_rate, window_complete (bool);
        - rank_ivts, rank_front, rank_back: percentile ranks in [0, 1]; p50, p95, p99 of the ratio;
        - episode: first session of the episode that it belongs to, NaT in contango;
        - episode_max: highest ratio of that episode up to the session, NaN in contango;
        - last_episode: first session of the episode it belongs to or follows, NaT before the first;
        - last_backwardation: the latest session in backwardation so far, NaT before the first.
    """
    closes = analysis.panel.closes.loc[analysis.signal.index, list(_COLUMNS)]
    columns = {
        **{name: closes[name].to_numpy() for name in _COLUMNS},
        **_state(analysis, closes),
        **_changes(analysis, closes),
        **{f"rate_{n}": rates.to_numpy() for n, rates in analysis.rolling_rates.items()},
        **_windows(analysis),
        **_episodes(analysis),
    }
    return pd.DataFrame(columns, index=analysis.signal.index.rename("session"))


def _state(analysis: Analysis, closes: pd.DataFrame) -> dict[str, Any]:
    signal, rules = analysis.signal, analysis.rules
    ivts, front = signal["ivts"].to_numpy(), closes["front"].to_numpy()
    distance = rules.threshold * closes["back"].to_numpy() - front
    return {
        "ivts": ivts,
        "backwardation": signal["backwardation"].to_numpy(),
        "regime_day": signal["regime_day"].to_numpy(),
        "since": _since(signal),
        "band": _bands(ivts, rules.bands),
        "borderline": _borderline(ivts, rules),
        "slope": _lagged(ivts, rules.slope_sessions),
        "suspect": signal["suspect"].to_numpy(),
        "distance": distance,
        "distance_return": distance / front,
    }


def _since(signal: pd.DataFrame) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(signal.index[np.arange(len(signal)) - signal["regime_day"].to_numpy() + 1])


def _bands(ivts: Floats, bands: tuple[Band, ...]) -> list[str]:
    edges = [band.upto for band in bands if band.upto is not None]
    place = sum((is_above(ivts, edge).astype(np.int64) for edge in edges), np.zeros(len(ivts), np.int64))
    return [bands[at].name for at in place.tolist()]


def _borderline(ivts: Floats, rules: RatioRules) -> Flags:
    low, high = rules.borderline
    return ~(is_above(low, ivts) | is_above(ivts, high))


def _lagged(values: Floats, n: int) -> Floats:
    change = np.full(len(values), np.nan)
    change[n:] = values[n:] - values[:-n]
    return change


def _changes(analysis: Analysis, closes: pd.DataFrame) -> dict[str, Any]:
    index = analysis.signal.index
    place = analysis.panel.closes.index.searchsorted(index)
    changes: dict[str, Any] = {
        "previous": pd.Series(index).shift().to_numpy(),
        "n_gaps": np.diff(place, prepend=place[0] - 1) - 1,
        "ivts_change": _lagged(analysis.signal["ivts"].to_numpy(), 1),
    }
    for name in _COLUMNS:
        close = closes[name].to_numpy()
        changes[f"{name}_change"] = _lagged(close, 1)
        changes[f"{name}_return"] = np.append(np.nan, close[1:] / close[:-1] - 1)
    return changes


def _windows(analysis: Analysis) -> dict[str, Any]:
    signal = analysis.signal
    index, stops = pd.DatetimeIndex(signal.index), np.arange(1, len(signal) + 1)
    starts, complete = _starts(index, analysis.statistics.default_window)
    total = np.append(0, np.cumsum(signal["backwardation"].to_numpy()))
    counts = total[stops] - total[starts]
    ratios = slide(signal["ivts"].to_numpy(), starts, stops, tuple(SHARES.values()))
    return {
        "window_first": index[starts],
        "window_n": stops - starts,
        "window_n_backwardation": counts,
        "window_rate": counts / (stops - starts),
        "window_complete": complete,
        "rank_ivts": ratios.rank,
        "rank_front": _leg_ranks(analysis.panel.closes["front"], index, starts),
        "rank_back": _leg_ranks(analysis.panel.closes["back"], index, starts),
        **dict(zip(SHARES, ratios.percentiles.T, strict=True)),
    }


def _starts(index: pd.DatetimeIndex, name: str) -> tuple[Ints, Flags]:
    """Return the place of each window's first session, and whether the history reaches back that far."""
    length = window_length(name)
    if length is None:
        return np.zeros(len(index), dtype=np.int64), np.full(len(index), True)
    outside = pd.DatetimeIndex(index - length)
    starts = index.searchsorted(outside, side="right")
    return starts.astype(np.int64), np.asarray(index[0] <= outside + pd.Timedelta(days=1))


def _leg_ranks(leg: pd.Series, index: pd.DatetimeIndex, starts: Ints) -> Floats:
    """Rank a leg's closes among all that are stored since the window's first session with a ratio."""
    stored = leg.dropna()
    first, last = (stored.index.searchsorted(sessions) for sessions in (index[starts], index))
    return slide(stored.to_numpy(), first.astype(np.int64), last.astype(np.int64) + 1).rank


def _episodes(analysis: Analysis) -> dict[str, Any]:
    signal = analysis.signal
    inside = signal["backwardation"]
    since, sessions = (pd.Series(each, index=signal.index) for each in (_since(signal), signal.index))
    return {
        "episode": since.where(inside),
        "episode_max": signal["ivts"].groupby(signal["spell"]).cummax().where(inside),
        "last_episode": since.where(inside).ffill(),
        "last_backwardation": sessions.where(inside).ffill(),
    }
