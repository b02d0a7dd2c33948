"""What `analyze` returns: published records in full precision, and the tables behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ivts_site.analytics.rules import RatioRules, StatisticsRules
from ivts_site.model import Panel
from ivts_site.published import Closes
from ivts_site.published.episode import Episodes
from ivts_site.published.snapshot import Changes, Event, HistoryFigures, RegimeState, Suspect, Window

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts of the ratio in steps of 0.01; each bin holds its upper edge, 1.00 is always an edge."""

    edges: Floats
    counts: Ints


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Everything decided about a panel.

    Attributes
    ----------
    panel, rules, statistics
        What was analyzed, and by which rules.
    signal : DataFrame
        Index: sessions with a defined ratio. Columns: ivts, backwardation (bool), regime_day (1-based),
        spell (0-based number), suspect (bool: a close of the session is suspect).
    gaps : DatetimeIndex
        Sessions of the panel between the first and the last of `signal` without a ratio.
    spells : DataFrame
        One row a spell: first_session, last_session, n_sessions, backwardation, ongoing.
    episodes : DataFrame
        One row a backwardation spell, oldest first: first_session, last_session, n_sessions, max_ivts,
        max_session, spy_return, spy_return_within, spy_max_drawdown, ongoing, suspect.
    rolling_rates : DataFrame
        Index as `signal`; a column per n (int): share of the last n sessions in backwardation, NaN until n
        sessions exist.
    windows, window
        Every configured window, and the default one.
    histogram : Histogram
        Of the default window's ratio.
    ivts, closes, regime, changes
        The as-of session: the last row of `table`.
    suspects, measured, events, episode_summary
        As they are published.
    """

    panel: Panel
    rules: RatioRules
    statistics: StatisticsRules
    signal: pd.DataFrame
    gaps: pd.DatetimeIndex
    spells: pd.DataFrame
    episodes: pd.DataFrame
    rolling_rates: pd.DataFrame
    windows: tuple[Window, ...]
    window: Window
    histogram: Histogram
    ivts: float
    closes: Closes
    regime: RegimeState
    changes: Changes
    suspects: tuple[Suspect, ...]
    measured: HistoryFigures
    events: tuple[Event, ...]
    episode_summary: Episodes

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every session of `signal` as it stood that evening, see `point_in_time.tabulate`."""
        from ivts_site.analytics.point_in_time import tabulate  # noqa: PLC0415 (it is of an analysis)

        return tabulate(self.panel.closes, self.signal, self.spells, self.rules)
