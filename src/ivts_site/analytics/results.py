"""Everything decided about a panel: published records in full precision, and the tables behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ivts_site.analytics.distribution import Histogram, build_histogram, measure_window, rolling_rates
from ivts_site.analytics.measured import measure_event, measure_history
from ivts_site.analytics.point_in_time import list_rows, tabulate
from ivts_site.analytics.provenance import find_suspects
from ivts_site.analytics.rows import read_part
from ivts_site.analytics.rules import EventWindow, RatioRules, StatisticsRules
from ivts_site.analytics.spells import (
    build_episodes,
    build_spells,
    count_days,
    number_spells,
    summarize_episodes,
)
from ivts_site.analytics.term_structure import find_gaps, is_above, ratio
from ivts_site.model import Panel
from ivts_site.published import Closes
from ivts_site.published.episode import Episodes
from ivts_site.published.numbers import exact_numbers
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


def analyze(
    panel: Panel, *, rules: RatioRules, statistics: StatisticsRules, events: Sequence[EventWindow]
) -> Analysis:
    """Decide every number about a panel, from the arguments alone.

    The ratio is defined on the panel's last session, and `statistics.default_window` is one of its windows.
    """
    closes = panel.closes
    ivts = ratio(closes)
    suspects = find_suspects(panel, pd.DatetimeIndex(ivts.index), statistics.suspect_move)
    signal = build_signal(ivts, rules.threshold, suspects)
    runs = build_spells(signal)
    episodes = build_episodes(runs, signal, closes["benchmark"])
    latest = tabulate(closes, signal.iloc[-rules.slope_sessions - 1 :], runs, rules)
    last = next(list_rows(latest.iloc[-1:], exact_numbers))
    windows = tuple(measure_window(name, closes, signal) for name in statistics.windows)
    return Analysis(
        panel=panel,
        rules=rules,
        statistics=statistics,
        signal=signal,
        gaps=find_gaps(closes, pd.DatetimeIndex(ivts.index)),
        spells=runs,
        episodes=episodes,
        rolling_rates=rolling_rates(signal, statistics.rolling_sessions),
        windows=windows,
        window=windows[statistics.windows.index(statistics.default_window)],
        ivts=last["ivts"],
        closes=read_part(Closes, "closes", last),
        regime=read_part(
            RegimeState,
            "regime",
            last,
            slope_sessions=rules.slope_sessions,
            threshold=rules.threshold,
            distance=last["closes.distance"],
        ),
        changes=read_part(
            Changes,
            "changes",
            last,
            **{name: last[f"closes.{name}_change"] for name in ("vix", "vix3m", "spy")},
        ),
        suspects=suspects,
        measured=measure_history(closes, signal, runs, statistics.forward_sessions),
        events=tuple(measure_event(event, closes, signal) for event in events),
        episode_summary=summarize_episodes(episodes, statistics.recent_episodes),
    )


def build_signal(ivts: pd.Series, threshold: float, suspects: Sequence[Suspect] = ()) -> pd.DataFrame:
    """Ratio, regime, spell and day, and whether a close is suspect, for every session with a ratio."""
    backwardation = is_above(ivts.to_numpy(), threshold)
    spell = number_spells(backwardation)
    return pd.DataFrame(
        {
            "ivts": ivts,
            "backwardation": backwardation,
            "regime_day": count_days(spell),
            "spell": spell,
            "suspect": ivts.index.isin(pd.DatetimeIndex([suspect.session for suspect in suspects])),
        }
    )
