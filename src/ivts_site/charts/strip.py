"""The whole history as a strip: what lies above the threshold filled, the great events named, years below.

It is the picture people remember, and the way to choose a range: events and years are links, and a script
lets a finger, a mouse or the arrow keys move the brush.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts import words
from ivts_site.charts.dated import Span, year_spans
from ivts_site.charts.labels import overlap, text_width
from ivts_site.charts.options import Options
from ivts_site.charts.panels import excess_outlines
from ivts_site.charts.peaks import Peak, find_peaks
from ivts_site.charts.svg import Axis, draw_path, path_data, percent, runs, stretched

COLUMNS = 450
LAST_NAME = 0.985
"""A name beyond this share of the width would be cut off at its end."""
TOP, FOOT = 0.2, 0.98
"""Room of the ratio within the picture, as shares of its height; names stand above."""
MOST_EVENTS = 6
NARROW, WIDE = 320.0, 900.0
"""Widths in pixels at which names must not touch: those on a narrow strip, and all on a wide one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripPlace:
    """A place on the strip that leads to a range: an event, or a year, which has no value and no page.

    `at` is where it stands in percent of the width; `stem` is down to where its line reaches, or where a
    year begins. `edge` is ``start`` or ``end`` where the name would run out of the strip. What can be tapped
    is `length` pixels wide and begins `shift` from `at`. `wide` says that only a wide strip has room. `page`
    is the first session of the inversion behind it.
    """

    span: Span
    label: str
    value: str = ""
    at: str
    stem: str = ""
    edge: str = "middle"
    length: int = 40
    shift: int = -20
    wide: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The strip: its picture, safe markup, and the places on it in the order of time.

    `below` says that the names stand under the line; `source_since` is the first session from the back's
    main source, empty where all are.
    """

    svg: str
    span: Span
    events: tuple[StripPlace, ...]
    years: tuple[StripPlace, ...]
    title: str
    below: bool = False
    source_since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StripLine:
    """What a strip is drawn from: values by session, and whether each is beyond the level, which is filled.

    `below` says that beyond is below; names then stand under the line. `peaks` have where it lies farthest
    beyond, the farthest first, and the first session of the page behind each. `words` writes a value,
    `title` the finding; `suspects` are marked by rings.
    """

    values: pd.Series
    beyond: pd.Series
    level: float
    below: bool = False
    peaks: Sequence[tuple[Peak, str]]
    words: Callable[[float], str]
    title: str
    description: str
    suspects: pd.Series | None = None


def build_strip(analysis: Analysis, options: Options) -> Strip:
    """Return the strip of all stored sessions with a ratio; the events with the highest peaks are named."""
    signal, threshold = analysis.signal, analysis.rules.threshold
    first, last = (f"{day:%Y-%m-%d}" for day in signal.index[[0, -1]])
    front, back = words.name(analysis.panel.front), words.name(analysis.panel.back)
    text = f"{front} divided by {back}, every session since {fmt.date_long(signal.index[0].date())}"
    peaks = find_peaks(signal, [each for each in options.events if each.first <= last])
    line = StripLine(
        values=signal["ivts"],
        beyond=signal["backwardation"],
        level=threshold,
        peaks=[(peak, _page(analysis, peak)) for peak in peaks if peak.event],
        words=lambda ratio: fmt.short_ratio(ratio, threshold),
        title=_title(analysis),
        description=words.sample_words(text, sample=options.sample),
        suspects=signal["ivts"][signal["suspect"]],
    )
    since = options.back_source_since
    return draw_strip(line, since=since if first < since <= last else "")


def draw_strip(line: StripLine, *, since: str = "") -> Strip:
    """Return the strip of a line; what lies before `since` is tinted."""
    scale = _Scale.of(line)
    first, last = (f"{day:%Y-%m-%d}" for day in line.values.index[[0, -1]])
    return Strip(
        svg=_draw(line, scale, since=since),
        span=Span(name="all", first=first, last=last),
        events=tuple(_events(line, scale, last)),
        years=tuple(_years(line.values.index, scale)),
        title=line.title,
        below=line.below,
        source_since=since,
    )


class _Scale(NamedTuple):
    """Where days and values lie, as shares of the picture."""

    across: Axis
    down: Axis

    @classmethod
    def of(cls, line: StripLine) -> _Scale:
        (start, end), level = line.values.index[[0, -1]].to_numpy(dtype="datetime64[ms]"), line.level
        days = [start, max(end, start + np.timedelta64(1, "D"))]
        values = [min(line.values.min(), level), max(line.values.max(), level) + 0.01]
        domain = (TOP, FOOT) if line.below else (1 - FOOT, 1 - TOP)
        return cls(
            Axis(name="x", domain=(0, 1), settings={"type": "date", "range": days}),
            Axis(name="y", domain=domain, settings={"range": values}),
        )


def _draw(line: StripLine, scale: _Scale, *, since: str) -> str:
    level = percent(float(scale.down.place(line.level)))
    calm = (np.maximum if line.below else np.minimum)(line.values, line.level)
    x, y = scale.across.place(line.values.index.to_numpy()), scale.down.place(calm)
    width = {"stroke-width": "1"}
    shapes = draw_path(path_data(x, y, columns=COLUMNS), "s-muted", width)
    shapes += draw_path(_fill(line, scale), "f-backwardation s-backwardation", width)
    return (
        f'<svg class="strip-picture" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{html.escape(line.description)}</title>{_source(scale, since)}"
        f'{stretched(shapes)}<line class="s-ink" x2="100%" y1="{level}" y2="{level}"/>'
        f"{_rings(line, scale)}</svg>"
    )


def _source(scale: _Scale, since: str) -> str:
    """Return a tint over the sessions whose back closes come from another source."""
    if not since:
        return ""
    width = percent(float(scale.across.place([since])[0]))
    top, height = percent(TOP), percent(1 - TOP)
    return f'<rect class="f-muted" fill-opacity="0.14" width="{width}" y="{top}" height="{height}"/>'


def _rings(line: StripLine, scale: _Scale) -> str:
    if line.suspects is None:
        return ""
    x, y = scale.across.place(line.suspects.index.to_numpy()), scale.down.place(line.suspects)
    return "".join(
        f'<circle class="s-ink f-paper" cx="{percent(a)}" cy="{percent(b)}" r="3"/>'
        for a, b in zip(x, y, strict=True)
    )


def _fill(line: StripLine, scale: _Scale) -> str:
    """Return the outlines of all inversions; each is thinned to what the strip can show."""
    moments, ratios = excess_outlines(line.values, line.beyond, line.level)
    x, y = scale.across.place(moments), scale.down.place(ratios)
    return "".join(f"{path_data(x[part], y[part], columns=2 * COLUMNS)}z" for part in runs(x))


def _events(line: StripLine, scale: _Scale, last: str) -> Iterator[StripPlace]:
    """Yield the events with the highest peaks whose names have room, oldest first."""
    kept: list[tuple[float, StripPlace]] = []
    for peak, page in line.peaks[:MOST_EVENTS]:
        share = float(scale.across.place([peak.session.to_datetime64()])[0])
        edge = "start" if share < 0.06 else "end" if share > 0.94 else "middle"
        event, value = peak.event, line.words(peak.value)
        if event is None:
            continue
        length = round(text_width(f"{event.label} {value}")) + 12
        place = StripPlace(
            length=length,
            shift={"start": -14, "middle": -length // 2, "end": 14 - length}[edge],
            span=Span(name=event.id, first=event.first, last=min(event.last, last)),
            label=event.label,
            value=value,
            at=percent(share),
            stem=percent(float(scale.down.place(peak.value))),
            edge=edge,
            page=page,
        )
        if _has_room(share, place, kept, WIDE):
            narrow = [(at, other) for at, other in kept if not other.wide]
            fits = _has_room(share, place, narrow, NARROW)
            kept.append((share, place if fits else replace(place, wide=True)))
    for _, place in sorted(kept, key=lambda pair: pair[0]):
        yield place


def _page(analysis: Analysis, peak: Peak) -> str:
    """Return the first session of the inversion that a peak belongs to."""
    starts = analysis.episodes["first_session"]
    return f"{starts[starts <= peak.session].iloc[-1]:%Y-%m-%d}"


def _has_room(
    share: float, place: StripPlace, others: Sequence[tuple[float, StripPlace]], width: float
) -> bool:
    span = _extent(share, place, width)
    return not any(overlap(span, _extent(*other, width), 8) for other in others)


def _extent(share: float, place: StripPlace, width: float) -> tuple[float, float]:
    """Return where a name stands, in pixels of a strip of a width; a wide one has the value too."""
    at, length = share * width, text_width(f"{place.label} {place.value}" if width == WIDE else place.label)
    start = {"start": at - 8, "middle": at - length / 2, "end": at + 8 - length}[place.edge]
    return start, start + length


def _years(sessions: pd.Index, scale: _Scale) -> Iterator[StripPlace]:
    """Yield the years, each in the middle of what the strip shows of it; of one shown in part, no name."""
    for span in year_spans(sessions):
        ends = scale.across.place([f"{span.name}-01-01", f"{int(span.name) + 1}-01-01"])
        if ends[0] < -0.01 or ends.mean() > LAST_NAME:
            continue
        yield StripPlace(
            span=span,
            label=span.name,
            at=percent(float(ends.mean())),
            stem=percent(max(float(ends[0]), 0.0)),
            wide=int(span.name) % 4 != 0,
        )


def _title(analysis: Analysis) -> str:
    """Return the finding: how short most inversions are."""
    summary, year = analysis.episode_summary, f"{analysis.signal.index[0]:%Y}"
    if not summary.n or summary.median_sessions is None:
        return f"No inversion since {year}"
    half = pd.Series(analysis.episodes["n_sessions"]) <= 1
    if summary.n > 1 and half.mean() >= 0.5:
        return f"Half of the {fmt.count(summary.n)} inversions since {year} were over in one session"
    length = fmt.average(summary.median_sessions, "session")
    n = "One inversion" if summary.n == 1 else f"{fmt.count(summary.n)} inversions"
    return f"{n} since {year}, half of them no longer than {length}" if summary.n > 1 else f"{n} since {year}"
