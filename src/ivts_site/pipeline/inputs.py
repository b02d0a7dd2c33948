"""What a build starts from: stored closes, or sample closes where nothing is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ivts_site.analytics.provenance import hash_closes
from ivts_site.config import Config
from ivts_site.errors import PanelError, StoreError
from ivts_site.model import NextPublication, ProvisionalCloses, SeriesOrigin, SourceRange
from ivts_site.store import (
    HeldRevision,
    LastRun,
    Provenance,
    SeriesProvenance,
    SourceRun,
    check_described,
    digest_parts,
    holds_nothing,
    read_futures,
    read_last_run,
    read_store,
    source_ranges,
)

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)
SAMPLE_SOURCE = "sample"
A_YEAR = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalSeries:
    """Closes of optional series, read when they are asked for."""

    digest: str = ""
    """Changes with whatever `read` returns; found without reading a single close."""
    read: Callable[[], Mapping[str, pd.Series]] = dict
    """Final closes by series key, index ``session``; what is not stored is missing."""


def optional_keys(config: Config) -> tuple[str, ...]:
    """Keys of the declared series that the studies use beside the ratio's three."""
    research = config.research
    wanted = [*(point.series for point in research.tenors), research.volatility_index, research.tail_index]
    own = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    return tuple(key for key in wanted if key in config.series and key not in own)


def stored_optional_series(config: Config, data_dir: Path, provenance: Provenance) -> OptionalSeries:
    """Find the optional series in the data folder.

    Reading leaves out, with a warning, a series whose files are damaged or not those of its provenance, and
    of the others closes that are provisional, outside the range, or on a day in `calendar.extra_closures`.
    """
    keys = optional_keys(config)
    held = {key: provenance.series[key].provisional for key in keys if key in provenance.series}
    ranges = {key: config.series[key].range for key in keys}
    rest = f"{held} {ranges} {config.calendar.extra_closures} {digest_parts(data_dir, keys)}"
    return OptionalSeries(
        digest=hashlib.sha256(rest.encode()).hexdigest(),
        read=cache(lambda: _read_optional(config, data_dir, keys)),
    )


def _read_optional(config: Config, data_dir: Path, keys: tuple[str, ...]) -> dict[str, pd.Series]:
    found: dict[str, pd.Series] = {}
    for key in keys:
        try:
            frames, provenance = read_store(data_dir, [key])
            check_described(data_dir, key, frames[key], provenance)
        except StoreError as error:
            log.warning("%s is left out: %s", key, error)
            continue
        if len(closes := frames[key]["close"]):
            left_out = _midnights([*config.calendar.extra_closures, *provenance.series[key].provisional])
            found[key] = closes[closes.between(*config.series[key].range) & ~closes.index.isin(left_out)]
    return {key: closes for key, closes in found.items() if len(closes)}


def _midnights(days: Iterable[dt.date]) -> list[dt.datetime]:
    """Return days as tables index them."""
    return [dt.datetime.combine(day, dt.time()) for day in days]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Closes and their origins."""

    closes: Mapping[str, pd.Series]
    """Series key to final closes, index ``session``."""
    origins: Mapping[str, SeriesOrigin]
    """Series key to where it came from."""
    expected: NextPublication | None
    """When the next closes should be published, as the last fetch computed it."""
    sample: bool
    """Whether any close is simulated."""
    provisional: ProvisionalCloses | None = None
    """The newest session whose closes are not final; they are not among `closes`."""
    last_run: LastRun = field(default_factory=LastRun)
    """When the sources were last asked."""
    newest_final: dt.date | None = None
    """The last session with final closes of front and back; None where the closes are simulated."""
    optional: OptionalSeries = field(default_factory=OptionalSeries)
    """Optional series, read when they are needed."""
    held: Mapping[str, Mapping[dt.date, HeldRevision]] = field(default_factory=dict)
    """Series key to the changes of stored closes that nobody confirms."""
    futures: pd.DataFrame | None = None
    """Final settlements of futures: session, expiry, settle, open_interest; None where none are stored."""
    early_closes: Mapping[dt.date, dt.datetime]
    """Sessions that closed early, and when, UTC."""


def load_inputs(config: Config, data_dir: Path) -> Inputs:
    """Read the ratio's three series; simulate them where nothing at all is stored.

    Front and back are complete, the benchmark may have no close. PanelError where one of front and back is
    missing or a close lies outside its range, StoreError where a file is not the one that was stored.
    """
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    frames, provenance = read_store(data_dir, keys)
    if not provenance.series and holds_nothing(data_dir):
        return simulated_inputs(config)
    for key, frame in frames.items():
        check_described(data_dir, key, frame, provenance)
    if lacking := [key for key in keys[:2] if frames[key].empty]:
        where = f"nothing stored in {data_dir}; run `ivts-site fetch`"
        raise PanelError("stored closes", [f"{key}: {where}" for key in lacking])
    closures = _midnights(config.calendar.extra_closures)
    closes = {key: frame["close"][~frame.index.isin(closures)] for key, frame in frames.items()}
    _check_ranges(config, closes)
    inputs = _stored_inputs(config, closes, frames, provenance, read_last_run(data_dir))
    return replace(
        inputs,
        expected=_still_open(inputs.expected, config.calendar.extra_closures),
        optional=stored_optional_series(config, data_dir, provenance),
        futures=_read_futures(config, data_dir),
    )


def _read_futures(config: Config, data_dir: Path) -> pd.DataFrame | None:
    """Read the settlements; damaged ones are left out with a warning, as the ratio does not need them."""
    if not config.futures.enabled:
        return None
    try:
        rows, provenance = read_futures(data_dir)
    except StoreError as error:
        log.warning("futures are left out: %s", error)
        return None
    closures = _midnights(config.calendar.extra_closures)
    final = rows["settle"].between(*config.futures.range) & ~rows["session"].isin(closures)
    for expiry, entry in provenance.futures.items():
        if entry.provisional:
            late = rows["session"].isin(_midnights(entry.provisional))
            final &= ~(late & (rows["expiry"] == dt.datetime.combine(expiry, dt.time())))
    return rows[final] if final.any() else None


def _still_open(expected: NextPublication | None, closures: Collection[dt.date]) -> NextPublication | None:
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
        raise PanelError("stored closes", outside)


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
    reasons = _provisional_sessions([entries[key] for key in (ratio.front, ratio.back)])
    final = {key: series[~series.index.isin(list(reasons))] for key, series in closes.items()}
    common = final[ratio.front].index.intersection(final[ratio.back].index)
    if ratio.benchmark in entries:
        # a benchmark in doubt takes itself out, never the ratio
        doubted = list(_provisional_sessions([entries[ratio.benchmark]]))
        final[ratio.benchmark] = final[ratio.benchmark][~final[ratio.benchmark].index.isin(doubted)]
    return Inputs(
        closes=final,
        origins={key: _origin(config, key, frames[key], entries.get(key)) for key in closes},
        expected=provenance.calendar,
        sample=sample,
        provisional=_newest_provisional(closes, reasons),
        last_run=LastRun() if sample else _with_known_success(last_run, entries),
        newest_final=None if sample or common.empty else common[-1].date(),
        held={key: entry.held for key, entry in entries.items() if entry.held},
        early_closes=_early_closes(config, provenance, frames[ratio.back].index),
    )


def _early_closes(config: Config, provenance: Provenance, stored: pd.Index) -> Mapping[dt.date, dt.datetime]:
    """Return what the last fetch stored; the calendar library is asked where an older version stored it."""
    if provenance.early_closes is not None:
        return provenance.early_closes
    from ivts_site.sessions import load_sessions  # noqa: PLC0415 (slow, and needed until the next fetch)

    first, last = (stored[edge].date() for edge in (0, -1))
    return load_sessions(config.calendar, first, last).early_closes(first, last)


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


def _provisional_sessions(entries: Iterable[SeriesProvenance]) -> dict[dt.datetime, str]:
    """Sessions that are not final for one of the series or more; a disagreement is the graver reason."""
    marks = [
        (dt.datetime.combine(session, dt.time()), mark.reason.value)
        for entry in entries
        for session, mark in entry.provisional.items()
    ]
    return dict(sorted(marks, reverse=True))  # of one session the last stays, and "disagreement" sorts last


def _newest_provisional(
    closes: Mapping[str, pd.Series], reasons: Mapping[dt.datetime, str]
) -> ProvisionalCloses | None:
    if not reasons:
        return None
    session = max(reasons)
    stored = {key: float(series[session]) for key, series in closes.items() if session in series.index}
    return ProvisionalCloses(session=session.date(), closes=stored, reason=reasons[session])


def _with_known_success(run: LastRun, entries: Mapping[str, SeriesProvenance]) -> LastRun:
    """Fill in what the stored closes tell: their source answered when they were fetched."""
    known = {(each.series, each.source): each for each in run.sources}
    for key, entry in entries.items():
        pair = (key, entry.source)
        held = known.get(pair, SourceRun(series=key, source=entry.source))
        known[pair] = replace(held, last_success=held.last_success or entry.fetched_at)
    return replace(run, sources=tuple(known[pair] for pair in sorted(known)))


def simulated_inputs(config: Config, *, seed: int | None = None) -> Inputs:
    """Simulate the ratio's three series and the optional ones on real sessions, see `ivts_site.sample`."""
    # the calendar library takes longer to import than a whole build: only this path and fetch need it
    from ivts_site.sample import (  # noqa: PLC0415
        simulate_closes,
        simulate_futures,
        simulate_optional_series,
    )
    from ivts_site.sessions import load_sessions  # noqa: PLC0415
    from ivts_site.sources import expiries  # noqa: PLC0415

    ratio, settings, research = config.ratio, config.sample, config.research
    # the contracts of the last session expire in the year after it
    known = load_sessions(config.calendar, settings.first_session, settings.last_session + A_YEAR)
    labels = known.sessions_in(settings.first_session, settings.last_session)
    number, wanted = settings.seed if seed is None else seed, optional_keys(config)
    own = {ratio.front: 30, ratio.back: 93}
    others = {point.series: point.days for point in research.tenors if point.series in wanted}
    closes = simulate_closes(labels, seed=number, tenors=own | others, benchmark=ratio.benchmark)
    indices = simulate_optional_series(
        labels, seed=number, volatility=research.volatility_index, tail=research.tail_index
    )
    optional = {key: (closes if key in closes else indices)[key] for key in wanted}
    rows = "".join(f"{key} {hash_closes(series)}\n" for key, series in optional.items())
    first, last = (labels[edge].date() for edge in (0, -1))
    whole = SourceRange(source=SAMPLE_SOURCE, first_session=first, last_session=last)
    origin = SeriesOrigin(source=SAMPLE_SOURCE, dropped={}, ranges=(whole,))
    main = (ratio.front, ratio.back, ratio.benchmark)
    return Inputs(
        closes={key: closes[key] for key in main},
        origins=dict.fromkeys(main, origin),
        expected=None,
        sample=True,
        optional=OptionalSeries(digest=hashlib.sha256(rows.encode()).hexdigest(), read=lambda: optional),
        futures=simulate_futures(labels, expiries(known), seed=number) if config.futures.enabled else None,
        early_closes=known.early_closes(settings.first_session, settings.last_session),
    )
