"""What `analyze` returns: published records in full precision, and the tables behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ivts_site.analytics.distribution import Histogram, build_histogram
from ivts_site.analytics.point_in_time import tabulate
from ivts_site.analytics.rules import RatioRules, StatisticsRules
from ivts_site.model import Panel
from ivts_site.published import Closes
from ivts_site.published.episode import Episodes
from ivts_site.published.snapshot import Changes, Event, HistoryFigures, RegimeState, Suspect, Window


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
        return tabulate(self.panel.closes, self.signal, self.spells, self.rules)

    @cached_property
    def histogram(self) -> Histogram:
        """The ratio over `window`."""
        return build_histogram(self.signal["ivts"].to_numpy()[-self.window.n_sessions :])
