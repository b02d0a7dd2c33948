"""What came of an episode of backwardation: the front's peak, the benchmark afterwards, its rank."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Floats, Ints
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.rows import plain_rows
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.episode import EpisodeList, EpisodeOutcome
from ivts_site.published.numbers import day, exact_numbers, known
from ivts_site.published.serialize import rounded


def build_episode_list(analysis: Analysis, *, sample: bool) -> EpisodeList:
    """List every stored backwardation episode, oldest first, with what came of each, to six places."""
    return rounded(
        EpisodeList(
            schema_version=SCHEMA_VERSION,
            sample=sample,
            as_of=day(analysis.panel.as_of),
            episodes=list_outcomes(analysis),
        )
    )


def list_outcomes(analysis: Analysis) -> tuple[EpisodeOutcome, ...]:
    """Measure every episode of an analysis beyond what its table of episodes holds, oldest first.

    A forward return is benchmark(t + H) / benchmark(t) − 1 in sessions of the panel; None where not stored.
    """
    episodes, closes = analysis.episodes, analysis.panel.closes
    first, last = (
        closes.index.searchsorted(pd.DatetimeIndex(episodes[name]))
        for name in ("first_session", "last_session")
    )
    front, benchmark = closes["front"].to_numpy(), closes["benchmark"].to_numpy()
    returns = {
        str(horizon): forward_returns(benchmark, horizon) for horizon in analysis.statistics.forward_sessions
    }
    tops = _tops(front, first, last)
    table = episodes.assign(
        vix_max=front[tops],
        vix_max_session=closes.index[tops],
        rank_sessions=_rank(episodes["n_sessions"]),
        rank_max_ivts=_rank(episodes["max_ivts"]),
    )
    return tuple(
        EpisodeOutcome(
            **row,
            spy_after_start={h: known(each[start]) for h, each in returns.items()},
            spy_after_end={h: None if row["ongoing"] else known(each[end]) for h, each in returns.items()},
        )
        for row, start, end in zip(
            plain_rows(table, exact_numbers), first.tolist(), last.tolist(), strict=True
        )
    )


def slice_episode(analysis: Analysis, row: int, around: int) -> pd.DataFrame:
    """Cut the sessions of an episode, a row of `analysis.episodes`, out of the panel, and `around` more.

    By session: ivts, front, back, backwardation (False where there is no ratio), and benchmark: its close
    / the last stored one before the episode × 100, or / the first of the span where there is none. NaN where
    a close is not stored.
    """
    closes, episode = analysis.panel.closes, analysis.episodes.iloc[row]
    first, last = closes.index.searchsorted([episode["first_session"], episode["last_session"]])
    start = max(int(first) - around, 0)
    part = slice(start, last + 1 + around)
    benchmark = closes["benchmark"].to_numpy(dtype=np.float64)[part]
    before, whole = _stored(benchmark[: first - start]), _stored(benchmark)
    base = before[-1] if before.size else whole[0] if whole.size else np.nan
    signal = analysis.signal
    places = signal.index.get_indexer(closes.index[part])
    # arrays, as a build cuts a hundred times: aligning series takes ten times as long
    return pd.DataFrame(
        {
            "ivts": np.where(places < 0, np.nan, signal["ivts"].to_numpy()[places]),
            "front": closes["front"].to_numpy()[part],
            "back": closes["back"].to_numpy()[part],
            "benchmark": benchmark / base * 100,
            "backwardation": (places >= 0) & signal["backwardation"].to_numpy(dtype=bool)[places],
        },
        index=closes.index[part],
    )


def _stored(closes: Floats) -> Floats:
    return closes[~np.isnan(closes)]


def _tops(front: Floats, first: Ints, last: Ints) -> Ints:
    """Return the row of the highest stored close of each span; its ends always have one."""
    spans = zip(first.tolist(), last.tolist(), strict=True)
    return np.array([a + int(np.nanargmax(front[a : b + 1])) for a, b in spans], dtype=np.int64)


def _rank(values: pd.Series) -> pd.Series:
    """Rank from the largest, which is 1; equals share the better rank."""
    return values.rank(method="min", ascending=False).astype(int)
