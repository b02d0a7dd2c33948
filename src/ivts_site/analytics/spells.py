"""Runs of one regime, and backwardation runs with their outcome for the benchmark."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, Ints, mean, median, share
from ivts_site.analytics.rows import plain_rows
from ivts_site.analytics.term_structure import is_above
from ivts_site.published.episode import Episode, Episodes
from ivts_site.published.numbers import exact_numbers

DAYS_A_YEAR = 365.25


def number_spells(backwardation: Flags) -> Ints:
    """Give numbers to the maximal runs of equal values from 0.

    Sessions without a ratio are left out beforehand, so that a gap neither breaks nor lengthens a spell.
    """
    flips = np.zeros(len(backwardation), dtype=np.int64)
    flips[1:] = backwardation[1:] != backwardation[:-1]
    return np.cumsum(flips)


def count_days(spell: Ints) -> Ints:
    """1-based position of each session in its spell; the session of the flip is day 1."""
    position = np.arange(len(spell), dtype=np.int64)
    return position - _starts(spell)[spell] + 1


def flips_per_year(n_flips: int, sessions: pd.Index) -> float:
    """Changes of regime / years of 365.25 days from first to last session; NaN where less than a year."""
    days = (sessions[-1] - sessions[0]).days if len(sessions) else 0
    return n_flips * DAYS_A_YEAR / days if days >= DAYS_A_YEAR else np.nan


def build_spells(signal: pd.DataFrame) -> pd.DataFrame:
    """One row a spell, oldest first: first_session, last_session, n_sessions, backwardation, ongoing."""
    starts, sessions = _starts(signal["spell"].to_numpy()), signal.index
    ends = np.append(starts[1:], len(signal)) - 1
    return pd.DataFrame(
        {
            "first_session": sessions[starts],
            "last_session": sessions[ends],
            "n_sessions": ends - starts + 1,
            "backwardation": signal["backwardation"].to_numpy()[starts],
            "ongoing": np.arange(len(starts)) == len(starts) - 1,
        }
    )


def build_episodes(spells: pd.DataFrame, signal: pd.DataFrame, benchmark: pd.Series) -> pd.DataFrame:
    """Backwardation spells with their highest ratio and the benchmark's returns, oldest first.

    Columns of the spell without `backwardation`, and

    - max_ivts, max_session: largest ratio; the earliest session on a tie;
    - spy_return: close(last) / close(session of the panel before the first) − 1;
    - spy_return_within: close(last) / close(first) − 1, 0 for one session;
    - spy_max_drawdown: lowest close from first to last session / close before − 1, at most 0;
    - suspect: whether any of its sessions rests on a suspect close.

    Returns are NaN where a close they need is not stored.
    """
    rows = spells.index[spells["backwardation"]]
    tops, starts = _tops(signal)[rows], _starts(signal["spell"].to_numpy())
    picked = spells.loc[rows].drop(columns="backwardation").reset_index(drop=True)
    return picked.assign(
        max_ivts=signal["ivts"].to_numpy()[tops],
        max_session=signal.index[tops],
        suspect=np.logical_or.reduceat(signal["suspect"].to_numpy(), starts)[rows],
        **_outcomes(picked, benchmark),
    )


def summarize_episodes(episodes: pd.DataFrame, recent: int) -> Episodes:
    """Take counts, means and medians over all episodes, the ongoing one included, and list the latest."""
    lengths = episodes["n_sessions"].to_numpy(dtype=np.float64)
    returns, first, later = _split_returns(episodes)
    longest = episodes.iloc[[int(lengths.argmax())]] if len(lengths) else episodes
    return Episodes(
        n=len(lengths),
        mean_sessions=mean(lengths),
        median_sessions=median(lengths),
        longest=next(iter(list_episodes(longest)), None),
        n_one_session=int((lengths == 1).sum()),
        n_five_or_more=int((lengths >= 5).sum()),
        n_returns=len(returns),
        mean_spy_return=mean(returns),
        median_spy_return=median(returns),
        share_negative=share(returns < 0),
        mean_spy_return_first=mean(first),
        share_negative_first=share(first < 0),
        n_longer=len(later),
        mean_spy_return_within=mean(later),
        share_negative_within=share(later < 0),
        recent=list_episodes(episodes.iloc[::-1].head(recent)),
    )


def _split_returns(episodes: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Defined returns over whole episodes, of first sessions alone, and of what came after these."""
    whole, within = episodes["spy_return"], episodes["spy_return_within"]
    first = (1 + whole) / (1 + within) - 1
    later = within[episodes["n_sessions"] > 1]
    return whole.dropna().to_numpy(), first.dropna().to_numpy(), later.dropna().to_numpy()


def list_episodes(episodes: pd.DataFrame) -> tuple[Episode, ...]:
    """Publish rows of the table of episodes, in its order."""
    return tuple(Episode(**row) for row in plain_rows(episodes, exact_numbers))


def _starts(spell: Ints) -> npt.NDArray[np.intp]:
    return np.flatnonzero(np.diff(spell, prepend=-1))


def _tops(signal: pd.DataFrame) -> npt.NDArray[np.intp]:
    ivts, spell = signal["ivts"].to_numpy(), signal["spell"].to_numpy()
    highest = np.maximum.reduceat(ivts, _starts(spell))[spell]
    hits = np.flatnonzero(~is_above(highest, ivts))
    return hits[np.unique(spell[hits], return_index=True)[1]]


def _outcomes(spells: pd.DataFrame, benchmark: pd.Series) -> dict[str, Floats]:
    close = np.append(benchmark.to_numpy(), np.nan)  # close[-1] is the missing session before the first row
    first = benchmark.index.searchsorted(spells["first_session"])
    last = benchmark.index.searchsorted(spells["last_session"])
    before = close[first - 1]
    return {
        "spy_return": close[last] / before - 1,
        "spy_return_within": close[last] / close[first] - 1,
        "spy_max_drawdown": np.minimum(_lowest(close, first, last) / before - 1, 0),
    }


def _lowest(close: Floats, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]) -> Floats:
    if not len(first):
        return np.empty(0)
    bounds = np.column_stack([first, last + 1]).ravel()
    return np.asarray(np.fmin.reduceat(close, bounds)[::2])
