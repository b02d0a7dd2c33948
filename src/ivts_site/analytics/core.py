"""From a panel to everything that is published about it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ivts_site.analytics import distribution, spells
from ivts_site.analytics.days import list_rows
from ivts_site.analytics.events import measure_event
from ivts_site.analytics.measured import measure_history
from ivts_site.analytics.point_in_time import tabulate
from ivts_site.analytics.provenance import find_suspects
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rows import read_part
from ivts_site.analytics.rules import EventWindow, RatioRules, StatisticsRules
from ivts_site.analytics.term_structure import find_gaps, is_above, ratio
from ivts_site.model import Panel
from ivts_site.published import Closes
from ivts_site.published.numbers import exact_numbers
from ivts_site.published.snapshot import Changes, RegimeState, Suspect


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
    runs = spells.build_spells(signal)
    episodes = spells.build_episodes(runs, signal, closes["benchmark"])
    latest = tabulate(closes, signal.iloc[-rules.slope_sessions - 1 :], runs, rules)
    last = next(list_rows(latest.iloc[-1:], exact_numbers))
    windows = tuple(distribution.measure_window(name, closes, signal) for name in statistics.windows)
    return Analysis(
        panel=panel,
        rules=rules,
        statistics=statistics,
        signal=signal,
        gaps=find_gaps(closes, pd.DatetimeIndex(ivts.index)),
        spells=runs,
        episodes=episodes,
        rolling_rates=distribution.rolling_rates(signal, statistics.rolling_sessions),
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
        episode_summary=spells.summarize_episodes(episodes, statistics.recent_episodes),
    )


def build_signal(ivts: pd.Series, threshold: float, suspects: Sequence[Suspect] = ()) -> pd.DataFrame:
    """Ratio, regime, spell and day, and whether a close is suspect, for every session with a ratio."""
    backwardation = is_above(ivts.to_numpy(), threshold)
    spell = spells.number_spells(backwardation)
    return pd.DataFrame(
        {
            "ivts": ivts,
            "backwardation": backwardation,
            "regime_day": spells.count_days(spell),
            "spell": spell,
            "suspect": ivts.index.isin(pd.DatetimeIndex([suspect.session for suspect in suspects])),
        }
    )
