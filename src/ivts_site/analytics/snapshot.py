"""From an analysis to what is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ivts_site.analytics import Analysis, WindowStatistics
from ivts_site.analytics.provenance import describe_quality, describe_series
from ivts_site.analytics.provisional import describe_provisional
from ivts_site.formatting import instant_iso
from ivts_site.model import ProvisionalCloses, Publication, SeriesOrigin
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.measured import AllHistory
from ivts_site.published.numbers import day, day_or_none, number, number_or_none
from ivts_site.published.snapshot import (
    Changes,
    Closes,
    PercentileRanks,
    Percentiles,
    RegimeState,
    Snapshot,
    Window,
)
from ivts_site.published.status import Expected

MAX_GAPS = 10
"""How many of the latest gaps are listed."""


def build_snapshot(  # noqa: PLR0913 - each is an origin of what is published
    analysis: Analysis,
    *,
    built_at: dt.datetime,
    sample: bool,
    origins: Mapping[str, SeriesOrigin],
    expected: Publication | None,
    provisional: ProvisionalCloses | None = None,
) -> Snapshot:
    """Assemble everything the page says in numbers.

    Parameters
    ----------
    analysis : Analysis
        The numbers.
    built_at : datetime
        Instant of the build, with a time zone.
    sample : bool
        Whether the closes are simulated.
    origins : mapping of str to SeriesOrigin
        By series key, at least front, back and benchmark. Dropped rows are summed over all that are given.
    expected : Publication, optional
        When the next closes should be there.
    provisional : ProvisionalCloses, optional
        A session after the last one of the analysis whose closes are not final.

    Returns
    -------
    Snapshot
        Numbers of the last session and of the windows are rounded to six places here, so that page and JSON
        speak of the same ones.

    Raises
    ------
    ValueError
        If an instant has no time zone.
    """
    return Snapshot(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(analysis.panel.as_of),
        built_at=instant_iso(built_at),
        closes=_closes(analysis),
        changes=_changes(analysis),
        ivts=number(analysis.state.ivts),
        regime=_regime(analysis),
        window=_window(analysis.window),
        windows=tuple(map(_window, analysis.windows)),
        rolling_rates={str(n): number_or_none(rates.iloc[-1]) for n, rates in analysis.rolling_rates.items()},
        episodes=analysis.episode_summary,
        all_history=_all_history(analysis),
        measured=analysis.measured,
        events=analysis.events,
        expected=_expected(expected),
        provisional=describe_provisional(analysis, provisional) if provisional else None,
        series=describe_series(analysis.panel, origins),
        quality=describe_quality(analysis.suspects, origins, analysis.panel.as_of),
    )


def _closes(analysis: Analysis) -> Closes:
    last = analysis.panel.closes.iloc[-1]
    return Closes(
        vix=number(last["front"]), vix3m=number(last["back"]), spy=number_or_none(last["benchmark"])
    )


def _changes(analysis: Analysis) -> Changes:
    change = analysis.change
    return Changes(
        previous_session=day_or_none(change.previous_session),
        vix=number_or_none(change.front),
        vix3m=number_or_none(change.back),
        spy=number_or_none(change.benchmark),
        ivts=number_or_none(change.ivts),
        vix_return=number_or_none(change.front_return),
        vix3m_return=number_or_none(change.back_return),
        spy_return=number_or_none(change.benchmark_return),
    )


def _regime(analysis: Analysis) -> RegimeState:
    state, rules = analysis.state, analysis.rules
    return RegimeState(
        name=state.regime.value,
        day=state.regime_day,
        since=day(state.since),
        borderline=state.borderline,
        band=state.band,
        slope=number_or_none(state.slope),
        slope_sessions=rules.slope_sessions,
        threshold=number(rules.threshold),
        distance=number(state.distance),
        distance_return=number(state.distance_return),
    )


def _all_history(analysis: Analysis) -> AllHistory:
    signal, gaps = analysis.signal, analysis.gaps
    n_backwardation = int(signal["backwardation"].sum())
    return AllHistory(
        first_session=day(signal.index[0]),
        last_session=day(signal.index[-1]),
        n_sessions=len(signal),
        n_backwardation=n_backwardation,
        backwardation_rate=number(n_backwardation / len(signal)),
        n_gaps=len(gaps),
        gaps=tuple(map(day, gaps[::-1][:MAX_GAPS])),
    )


def _window(window: WindowStatistics) -> Window:
    return Window(
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
        ivts_percentiles=Percentiles(p50=number(window.p50), p95=number(window.p95), p99=number(window.p99)),
        percentile_ranks=PercentileRanks(
            ivts=number(window.rank_ivts),
            vix=number(window.rank_front),
            vix3m=number(window.rank_back),
        ),
        complete=window.complete,
    )


def _expected(expected: Publication | None) -> Expected | None:
    if expected is None:
        return None
    return Expected(next_session=day(expected.session), publication=instant_iso(expected.publication))
