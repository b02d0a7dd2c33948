"""What a build starts from: stored closes, or sample closes where nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ivts_site.config import Config
from ivts_site.errors import PanelError
from ivts_site.last_run import LastRun, SourceRun
from ivts_site.model import NextPublication, ProvisionalCloses, SeriesOrigin, SourceRange
from ivts_site.pipeline.optional_series import (
    OptionalSeries,
    known_optional_series,
    optional_keys,
    stored_optional_series,
)
from ivts_site.store import (
    HeldRevision,
    Provenance,
    SeriesProvenance,
    check_described,
    holds_nothing,
    read_last_run,
    read_store,
    source_ranges,
)

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_SOURCE = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Closes and their origins.

    Attributes
    ----------
    closes : mapping
        Series key to final closes, index ``session``.
    origins : mapping
        Series key to where it came from.
    expected : NextPublication or None
        When the next closes should be published, as the last fetch computed it.
    sample : bool
        Whether any close is simulated.
    provisional : ProvisionalCloses or None
        The newest session whose closes are not final; they are not among `closes`.
    last_run : LastRun
        When the sources were last asked.
    newest_final : date or None
        The last session with final closes of front and back; None where the closes are simulated.
    optional : OptionalSeries
        Optional series, read when they are needed.
    held : mapping
        Series key to the changes of stored closes that nobody confirms.
    early_closes : mapping of date to datetime or None
        Sessions that closed early, and when, UTC; None where an older version stored the closes.
    """

    closes: Mapping[str, pd.Series]
    origins: Mapping[str, SeriesOrigin]
    expected: NextPublication | None
    sample: bool
    provisional: ProvisionalCloses | None = None
    last_run: LastRun = field(default_factory=LastRun)
    newest_final: dt.date | None = None
    optional: OptionalSeries = field(default_factory=OptionalSeries)
    held: Mapping[str, Mapping[dt.date, HeldRevision]] = field(default_factory=dict)
    early_closes: Mapping[dt.date, dt.datetime] | None = None


def load_inputs(config: Config, data_dir: Path) -> Inputs:
    """Read the ratio's three series; simulate them where nothing at all is stored.

    Parameters
    ----------
    config : Config
        Names the series.
    data_dir : Path
        Folder of the stored closes; may be missing.

    Returns
    -------
    Inputs
        Complete for front and back; the benchmark may have no close. Days that `calendar.extra_closures`
        names are left out.

    Raises
    ------
    PanelError
        Where one of front and back is stored and the other is not, or a close lies outside its range.
    StoreError
        Where a stored file is damaged, may not be read, or is not the one `provenance.json` speaks of.
    UsageError
        Where the data folder is no folder.
    """
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    frames, provenance = read_store(data_dir, keys)
    if not provenance.series and holds_nothing(data_dir):
        return simulated_inputs(config)
    for key, frame in frames.items():
        check_described(data_dir, key, frame, provenance)
    if lacking := [key for key in keys[:2] if frames[key].empty]:
        raise PanelError([f"{key}: nothing stored in {data_dir}; run `ivts-site fetch`" for key in lacking])
    closures = [dt.datetime.combine(day, dt.time()) for day in config.calendar.extra_closures]
    closes = {key: frame["close"][~frame.index.isin(closures)] for key, frame in frames.items()}
    _check_ranges(config, closes)
    inputs = _stored_inputs(config, closes, frames, provenance, read_last_run(data_dir))
    return replace(
        inputs,
        expected=_without(inputs.expected, config.calendar.extra_closures),
        optional=stored_optional_series(config, data_dir, provenance),
    )


def _without(expected: NextPublication | None, closures: Collection[dt.date]) -> NextPublication | None:
    """Pass over days that were declared closed after a fetch had written down the sessions to come."""
    coming = tuple(each for each in expected.upcoming if each.session not in closures) if expected else ()
    if expected is None or not coming:
        return expected
    return replace(expected, upcoming=coming)


def _check_ranges(config: Config, closes: Mapping[str, pd.Series]) -> None:
    outside = [
        f"{key}: stored close {close:.10g} of {session:%Y-%m-%d} lies outside series.{key}.range"
        for key, series in closes.items()
        for session, close in series[~series.between(*config.series[key].range)].items()
    ]
    if outside:
        raise PanelError(outside)


def _stored_inputs(
    config: Config,
    closes: Mapping[str, pd.Series],
    frames: Mapping[str, pd.DataFrame],
    provenance: Provenance,
    last_run: LastRun,
) -> Inputs:
    entries = {key: provenance.series[key] for key in closes if key in provenance.series}
    sample = any(entry.source == SAMPLE_SOURCE for entry in entries.values())
    ratio = config.ratio
    reasons = _marks([entries[key] for key in (ratio.front, ratio.back)])
    final = {key: series[~series.index.isin(list(reasons))] for key, series in closes.items()}
    if ratio.benchmark in entries:
        # a benchmark in doubt takes itself out, never the ratio
        doubted = list(_marks([entries[ratio.benchmark]]))
        final[ratio.benchmark] = final[ratio.benchmark][~final[ratio.benchmark].index.isin(doubted)]
    return Inputs(
        closes=final,
        origins={key: _origin(config, key, frames[key], entries.get(key)) for key in closes},
        expected=provenance.calendar,
        sample=sample,
        provisional=_newest_provisional(closes, reasons),
        last_run=LastRun() if sample else _with_stored(last_run, entries),
        newest_final=None if sample else _newest_common(final[ratio.front], final[ratio.back]),
        held={key: entry.held for key, entry in entries.items() if entry.held},
        early_closes=provenance.early_closes,
    )


def _origin(config: Config, key: str, closes: pd.DataFrame, entry: SeriesProvenance | None) -> SeriesOrigin:
    series = config.series[key]
    ranges = source_ranges(closes)
    trusted = series.sources[0].adapter
    return SeriesOrigin(
        source=entry.source if entry else trusted,
        dropped=entry.dropped if entry else {},
        dropped_days=entry.dropped_days if entry else {},
        ranges=ranges,
        back_history_missing=series.back_history is not None and bool(ranges) and ranges[0].source == trusted,
    )


def _marks(entries: Iterable[SeriesProvenance]) -> dict[dt.datetime, str]:
    """Sessions that are not final for one of the series or more; a disagreement is the graver reason."""
    marks = [
        (dt.datetime.combine(session, dt.time()), mark.reason.value)
        for entry in entries
        for session, mark in entry.provisional.items()
    ]
    return dict(sorted(marks, reverse=True))  # of one session the last stays, and "disagreement" sorts last


def _newest_common(front: pd.Series, back: pd.Series) -> dt.date | None:
    common = front.index.intersection(back.index)
    return None if common.empty else common[-1].date()


def _newest_provisional(
    closes: Mapping[str, pd.Series], reasons: Mapping[dt.datetime, str]
) -> ProvisionalCloses | None:
    if not reasons:
        return None
    session = max(reasons)
    stored = {key: float(series[session]) for key, series in closes.items() if session in series.index}
    return ProvisionalCloses(session=session.date(), closes=stored, reason=reasons[session])


def _with_stored(run: LastRun, entries: Mapping[str, SeriesProvenance]) -> LastRun:
    """Fill in what the stored closes tell: their source answered when they were fetched."""
    known = {(each.series, each.source): each for each in run.sources}
    for key, entry in entries.items():
        pair = (key, entry.source)
        held = known.get(pair, SourceRun(series=key, source=entry.source))
        known[pair] = replace(held, last_success=held.last_success or entry.fetched_at)
    return replace(run, sources=tuple(known[pair] for pair in sorted(known)))


def simulated_inputs(config: Config, *, seed: int | None = None) -> Inputs:
    """Simulate the ratio's three series and the optional ones on real sessions, see `ivts_site.sample`.

    Parameters
    ----------
    config : Config
        Names the series and holds seed and dates.
    seed : int, optional
        Instead of the configured one.
    """
    # the calendar library takes longer to import than a whole build: only this path and fetch need it
    from ivts_site.sample import simulate_closes, simulate_optional_series  # noqa: PLC0415
    from ivts_site.sessions import load_sessions  # noqa: PLC0415

    ratio, settings, research = config.ratio, config.sample, config.research
    sessions = load_sessions(config.calendar, settings.first_session, settings.last_session)
    labels = sessions.labels
    number, wanted = settings.seed if seed is None else seed, optional_keys(config)
    own = {ratio.front: 30, ratio.back: 93}
    others = {point.series: point.days for point in research.tenors if point.series in wanted}
    closes = simulate_closes(labels, seed=number, tenors=own | others, benchmark=ratio.benchmark)
    indices = simulate_optional_series(
        labels, seed=number, volatility=research.volatility_index, tail=research.tail_index
    )
    optional = {key: (closes if key in closes else indices)[key] for key in wanted}
    first, last = (labels[edge].date() for edge in (0, -1))
    whole = SourceRange(source=SAMPLE_SOURCE, first_session=first, last_session=last)
    origin = SeriesOrigin(source=SAMPLE_SOURCE, dropped={}, ranges=(whole,))
    main = (ratio.front, ratio.back, ratio.benchmark)
    return Inputs(
        closes={key: closes[key] for key in main},
        origins=dict.fromkeys(main, origin),
        expected=None,
        sample=True,
        optional=known_optional_series(optional),
        early_closes=sessions.early_closes(settings.first_session, settings.last_session),
    )
