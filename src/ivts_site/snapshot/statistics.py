"""Windows, episodes, measured numbers and events as they are published."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from ivts_site.analytics import (
    Analysis,
    EventOutcome,
    ForwardReturn,
    FrontHistory,
    Measured,
    WindowStatistics,
)
from ivts_site.analytics.outcomes import measure_outcomes
from ivts_site.snapshot import types
from ivts_site.snapshot.numbers import day, day_or_none, number, number_or_none


def describe_window(window: WindowStatistics) -> types.Window:
    """Publish the statistics of one window."""
    return types.Window(
        name=window.name,
        first_session=day(window.first_session),
        last_session=day(window.last_session),
        n_sessions=window.n_sessions,
        n_backwardation=window.n_backwardation,
        backwardation_rate=number(window.backwardation_rate),
        vix_min=number(window.front_min),
        vix_max=number(window.front_max),
        vix_max_session=day(window.front_max_session),
        vix3m_max=number(window.back_max),
        vix3m_max_session=day(window.back_max_session),
        ivts_min=number(window.ivts_min),
        ivts_max=number(window.ivts_max),
        ivts_percentiles=types.Percentiles(
            p50=number(window.p50), p95=number(window.p95), p99=number(window.p99)
        ),
        percentile_ranks=types.PercentileRanks(
            ivts=number(window.rank_ivts),
            vix=number(window.rank_front),
            vix3m=number(window.rank_back),
        ),
        complete=window.complete,
    )


def describe_episodes(analysis: Analysis) -> types.Episodes:
    """Publish the figures over all episodes, and the most recent ones, newest first."""
    summary, table = analysis.episode_summary, analysis.episodes
    longest = table.iloc[[] if summary.longest is None else [summary.longest]]
    return types.Episodes(
        n=summary.n,
        mean_sessions=number_or_none(summary.mean_sessions),
        median_sessions=number_or_none(summary.median_sessions),
        longest=next(iter(list_episodes(longest)), None),
        n_one_session=summary.n_one_session,
        n_five_or_more=summary.n_five_or_more,
        n_returns=summary.n_returns,
        mean_spy_return=number_or_none(summary.mean_spy_return),
        median_spy_return=number_or_none(summary.median_spy_return),
        share_negative=number_or_none(summary.share_negative),
        recent=list_episodes(table.iloc[::-1].head(analysis.statistics.recent_episodes)),
    )


def list_episodes(episodes: pd.DataFrame) -> tuple[types.Episode, ...]:
    """Publish rows of the table of episodes, in its order."""
    return tuple(
        types.Episode(
            first_session=day(row["first_session"]),
            last_session=day(row["last_session"]),
            n_sessions=row["n_sessions"],
            max_ivts=number(row["max_ivts"]),
            max_session=day(row["max_session"]),
            spy_return=number_or_none(row["spy_return"]),
            spy_return_within=number_or_none(row["spy_return_within"]),
            spy_max_drawdown=number_or_none(row["spy_max_drawdown"]),
            ongoing=row["ongoing"],
            suspect=row["suspect"],
        )
        for row in episodes.to_dict("records")
    )


def list_outcomes(analysis: Analysis) -> tuple[types.EpisodeOutcome, ...]:
    """Publish all episodes with what came of each, oldest first."""
    horizons = analysis.statistics.forward_sessions
    outcomes = measure_outcomes(analysis).to_dict("records")
    return tuple(
        types.EpisodeOutcome(
            **{field.name: getattr(episode, field.name) for field in fields(types.Episode)},
            vix_max=number(row["front_max"]),
            vix_max_session=day(row["front_max_session"]),
            spy_after_start={str(h): number_or_none(row[f"after_start_{h}"]) for h in horizons},
            spy_after_end={str(h): number_or_none(row[f"after_end_{h}"]) for h in horizons},
            rank_sessions=row["rank_sessions"],
            rank_max_ivts=row["rank_max"],
        )
        for episode, row in zip(list_episodes(analysis.episodes), outcomes, strict=True)
    )


def describe_measured(measured: Measured) -> types.Measured:
    """Publish the numbers measured on the whole stored history."""
    return types.Measured(
        front=_front_history(measured.front),
        ivts_min=number(measured.ivts_min),
        ivts_min_session=day(measured.ivts_min_session),
        ivts_max=number(measured.ivts_max),
        ivts_max_session=day(measured.ivts_max_session),
        correlation_same_day=number_or_none(measured.correlation_same_day),
        correlation_next_day=number_or_none(measured.correlation_next_day),
        median_front_backwardation=number_or_none(measured.median_front_backwardation),
        n_front_above_25=measured.n_front_above_25,
        n_two_day_flips=measured.n_two_day_flips,
        n_spells=measured.n_spells,
        flips_per_year=number_or_none(measured.flips_per_year),
        forward_returns=tuple(map(_forward_return, measured.forward_returns)),
    )


def describe_event(event: EventOutcome) -> types.Event:
    """Publish a declared event with its outcome."""
    return types.Event(
        id=event.id,
        name=event.name,
        first=day(event.first),
        last=day(event.last),
        vix_before=number_or_none(event.front_before),
        vix_peak=number_or_none(event.front_peak),
        vix_peak_session=day_or_none(event.front_peak_session),
        spy_drawdown=number_or_none(event.spy_drawdown),
        spy_peak_session=day_or_none(event.spy_peak_session),
        spy_trough_session=day_or_none(event.spy_trough_session),
        n_sessions=event.n_sessions,
        n_backwardation=event.n_backwardation,
        longest_run=event.longest_run,
        ratio_complete=event.ratio_complete,
    )


def _front_history(front: FrontHistory) -> types.FrontHistory:
    return types.FrontHistory(
        first_session=day(front.first_session),
        n=front.n,
        min=number(front.min),
        max=number(front.max),
        max_session=day(front.max_session),
        median=number(front.median),
        p5=number(front.p5),
        p25=number(front.p25),
        p75=number(front.p75),
        p95=number(front.p95),
    )


def _forward_return(forward: ForwardReturn) -> types.ForwardReturn:
    return types.ForwardReturn(
        horizon=forward.horizon,
        n_backwardation=forward.n_backwardation,
        mean_backwardation=number_or_none(forward.mean_backwardation),
        n_all=forward.n_all,
        mean_all=number_or_none(forward.mean_all),
    )
