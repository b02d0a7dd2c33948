"""From an analysis to what is published; closes that are not final are told beside it, never among it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, cast

from ivts_site.analytics.persistence import forecast_persistence
from ivts_site.analytics.provenance import describe_quality, describe_series
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rules import StudyRules
from ivts_site.analytics.term_structure import is_above, measure_distance
from ivts_site.formatting import instant_iso
from ivts_site.model import Panel, ProvisionalCloses, Publication, SeriesOrigin
from ivts_site.published import REGIMES, SCHEMA_VERSION
from ivts_site.published.numbers import day, known
from ivts_site.published.serialize import rounded
from ivts_site.published.snapshot import AllHistory, News, Snapshot
from ivts_site.published.status import Expected, Provisional

MAX_GAPS = 10
"""How many of the latest gaps are listed."""


def build_snapshot(  # noqa: PLR0913 - each is an origin of what is published
    analysis: Analysis,
    *,
    built_at: dt.datetime,
    sample: bool,
    origins: Mapping[str, SeriesOrigin],
    expected: Publication | None,
    research: StudyRules,
    provisional: ProvisionalCloses | None = None,
    news: Sequence[News] = (),
) -> Snapshot:
    """Assemble everything the page says in numbers, rounded as they are published.

    `origins` has at least front, back and benchmark by series key; dropped rows are summed over all of them.
    `provisional` is a session after the last one of the analysis; `news` has the headline first. An instant
    without a time zone is a ValueError.
    """
    found = Snapshot(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(analysis.panel.as_of),
        built_at=instant_iso(built_at),
        headline=news[0].text if news else "",
        news=tuple(news),
        closes=analysis.closes,
        changes=analysis.changes,
        ivts=analysis.ivts,
        regime=analysis.regime,
        window=analysis.window,
        windows=analysis.windows,
        rolling_rates={str(n): known(rates.iloc[-1]) for n, rates in analysis.rolling_rates.items()},
        episodes=analysis.episode_summary,
        all_history=_all_history(analysis),
        measured=analysis.measured,
        events=analysis.events,
        persistence=forecast_persistence(analysis.signal, analysis.rules.threshold, research),
        distance=measure_distance(analysis.panel.closes, analysis.rules.threshold),
        expected=_expected(expected),
        provisional=read_provisional(analysis.panel, provisional, analysis.rules.threshold)
        if provisional
        else None,
        series=describe_series(analysis.panel, origins),
        quality=describe_quality(analysis.suspects, origins, analysis.panel.as_of),
    )
    return rounded(found)


def _all_history(analysis: Analysis) -> AllHistory:
    signal, gaps = analysis.signal, analysis.gaps
    n_backwardation = int(signal["backwardation"].sum())
    return AllHistory(
        first_session=day(signal.index[0]),
        last_session=day(signal.index[-1]),
        n_sessions=len(signal),
        n_backwardation=n_backwardation,
        backwardation_rate=n_backwardation / len(signal),
        n_gaps=len(gaps),
        gaps=tuple(map(day, gaps[::-1][:MAX_GAPS])),
    )


def _expected(expected: Publication | None) -> Expected | None:
    if expected is None:
        return None
    return Expected(next_session=day(expected.session), publication=instant_iso(expected.publication))


def read_provisional(panel: Panel, held: ProvisionalCloses, threshold: float) -> Provisional:
    """Read provisional closes as the definition reads final ones; no ratio unless both indices closed."""
    front, back = held.closes.get(panel.front.key), held.closes.get(panel.back.key)
    ivts = None if front is None or back is None else front / back
    return Provisional(
        session=day(held.session),
        vix=front,
        vix3m=back,
        spy=held.closes.get(panel.benchmark.key),
        ivts=ivts,
        regime=None if ivts is None else REGIMES[bool(is_above(ivts, threshold))],
        reason=cast("Literal['early', 'disagreement']", held.reason),
    )
