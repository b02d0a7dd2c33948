"""The whole history as a strip: what lies above the threshold filled, the great events named, years below.

It is the picture people remember, and the way to choose a range: events and years are links, and a script
lets a finger, a mouse or the arrow keys move the brush.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics import Analysis
from ivts_site.charts import words
from ivts_site.charts.dated import Span, year_spans
from ivts_site.charts.decimate import kept_points, runs
from ivts_site.charts.labels import text_width
from ivts_site.charts.peaks import Peak, find_peaks, short_ratio
from ivts_site.charts.signal import excess_outlines
from ivts_site.charts.svg import percent
from ivts_site.model import NamedSpan

WIDTH, HEIGHT = 2000, 500
COLUMNS = 450
TOP, FOOT = 0.2, 0.98
"""Room of the ratio within the picture, as shares of its height; names stand above."""
MOST_EVENTS = 6
NARROW, WIDE = 320.0, 900.0
"""Widths in pixels at which names must not touch: those on a narrow strip, and all on a wide one."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class StripPlace:
    """A place on the strip that leads to a range.

    Attributes
    ----------
    span : Span
        The range.
    label : str
        Its name.
    value : str
        The ratio at its peak; empty for a year.
    at : str
        Where it stands, in per cent of the width.
    stem : str
        Down to where its line reaches, in per cent of the height; empty for a year.
    edge : str
        ``start`` or ``end`` where it would run out of the strip, else ``middle``.
    length, shift : int
        Width in pixels of what can be tapped, and how far left of `at` it begins.
    wide : bool
        Whether only a wide strip has room for it.
    page : str
        First session of the inversion behind it; empty for a year.
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
    """The strip: its picture, and the places on it.

    Attributes
    ----------
    svg : str
        Inline SVG; safe markup.
    span : Span
        All that it shows.
    events, years : tuple of StripPlace
        In the order of time.
    title : str
        What it shows, as a finding.
    source_since : str
        First session from the back's main source, and where that is, in per cent; empty where all are.
    source_at : str
        See there.
    """

    svg: str
    span: Span
    events: tuple[StripPlace, ...]
    years: tuple[StripPlace, ...]
    title: str
    source_since: str = ""
    source_at: str = ""


def build_strip(
    analysis: Analysis, events: Sequence[NamedSpan], *, sample: bool, back_source_since: str = ""
) -> Strip:
    """Return the strip of all stored sessions with a ratio.

    Parameters
    ----------
    analysis : Analysis
        The one computation behind the page.
    events : sequence of NamedSpan
        Past events; those with the highest peaks are named, where there is room.
    sample : bool
        Whether the closes are simulated.
    back_source_since : str
        First session on which the back's closes come from its main source; empty where all do.
    """
    scale = _Scale.of(analysis)
    first, last = (f"{day:%Y-%m-%d}" for day in analysis.signal.index[[0, -1]])
    since = back_source_since if first < back_source_since <= last else ""
    return Strip(
        svg=_draw(analysis, scale, sample=sample, since=since),
        span=Span(name="all", first=first, last=last),
        events=tuple(_events(analysis, scale, events)),
        years=tuple(_years(analysis, scale)),
        title=_title(analysis),
        source_since=since,
        source_at=percent(scale.across([since])[0]) if since else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """Where days and ratios lie, as shares of the picture."""

    start: float
    days: float
    low: float
    high: float

    @classmethod
    def of(cls, analysis: Analysis) -> _Scale:
        index, ivts = analysis.signal.index, analysis.signal["ivts"]
        start, end = index[[0, -1]].to_numpy().astype("datetime64[m]").astype(float) / 1440
        low, high = min(ivts.min(), analysis.rules.threshold), max(ivts.max(), analysis.rules.threshold)
        return cls(start=start, days=max(end - start, 1.0), low=float(low), high=float(high + 0.01))

    def across(self, moments: object) -> Floats:
        minutes = np.asarray(moments, dtype="datetime64[m]")
        share = (minutes.astype(np.int64) / 1440 - self.start) / self.days
        return np.where(np.isnat(minutes), np.nan, share)

    def down(self, ratios: object) -> Floats:
        share = (self.high - np.asarray(ratios, dtype=float)) / (self.high - self.low)
        return np.asarray(TOP + share * (FOOT - TOP))


def _draw(analysis: Analysis, scale: _Scale, *, sample: bool, since: str) -> str:
    threshold = analysis.rules.threshold
    level = percent(float(scale.down(threshold)))
    signal = analysis.signal
    x, y = scale.across(signal.index.to_numpy()), scale.down(np.minimum(signal["ivts"], threshold))
    front, back = words.name(analysis.panel.front), words.name(analysis.panel.back)
    title = words.sample_words(
        f"{front} divided by {back}, every session since {fmt.date_long(signal.index[0].date())}",
        sample=sample,
    )
    frame = 'width="100%" height="100%" preserveAspectRatio="none"'
    return (
        f'<svg class="strip-picture" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{html.escape(title)}</title>{_source(scale, since)}"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" {frame}>'
        f'<path class="s-muted" stroke-width="1" vector-effect="non-scaling-stroke" d="{_line(x, y)}"/>'
        f'<path class="f-backwardation s-backwardation" stroke-width="1" vector-effect="non-scaling-stroke" '
        f'd="{_fill(analysis, scale)}"/></svg>'
        f'<line class="s-ink" x2="100%" y1="{level}" y2="{level}"/>{_rings(analysis, scale)}</svg>'
    )


def _source(scale: _Scale, since: str) -> str:
    """Return a tint over the sessions whose back closes come from another source."""
    if not since:
        return ""
    width = percent(float(scale.across([since])[0]))
    top, height = percent(TOP), percent(1 - TOP)
    return f'<rect class="f-muted" fill-opacity="0.14" width="{width}" y="{top}" height="{height}"/>'


def _rings(analysis: Analysis, scale: _Scale) -> str:
    suspects = analysis.signal[analysis.signal["suspect"]]
    x, y = scale.across(suspects.index.to_numpy()), scale.down(suspects["ivts"])
    return "".join(
        f'<circle class="s-ink f-paper" cx="{percent(a)}" cy="{percent(b)}" r="3"/>'
        for a, b in zip(x, y, strict=True)
    )


def _line(x: Floats, y: Floats) -> str:
    keep = kept_points(x, y, columns=COLUMNS, low=0.0, high=1.0)
    return _path(x[keep], y[keep])


def _path(x: Floats, y: Floats) -> str:
    across, up = np.rint(x * WIDTH) + 0.0, np.rint(y * HEIGHT) + 0.0
    steps = np.column_stack([np.diff(across), np.diff(up)]).ravel()
    moves = " ".join(f"{step:.0f}" for step in steps).replace(" -", "-")
    return f"M{across[0]:.0f} {up[0]:.0f}" + (f"l{moves}" if moves else "h0")


def _fill(analysis: Analysis, scale: _Scale) -> str:
    """Return the outlines of all inversions; each is thinned to what the strip can show."""
    moments, ratios = excess_outlines(analysis)
    x, y = scale.across(moments), scale.down(ratios)
    return "".join(_outline(x[part], y[part]) + "z" for part in runs(x))


def _outline(x: Floats, y: Floats) -> str:
    inner = kept_points(x[1:-1], y[1:-1], columns=2 * COLUMNS, low=0.0, high=1.0) + 1
    keep = np.r_[0, inner, len(x) - 1]
    return _path(x[keep], y[keep])


def _events(analysis: Analysis, scale: _Scale, events: Sequence[NamedSpan]) -> Iterator[StripPlace]:
    """Yield the events with the highest peaks whose names have room, oldest first."""
    last = f"{analysis.signal.index[-1]:%Y-%m-%d}"
    known = [each for each in events if each.first <= last]
    named = [peak for peak in find_peaks(analysis, "1900-01-01", last, known) if peak.event][:MOST_EVENTS]
    kept: list[tuple[Peak, NamedSpan]] = []
    narrow: set[str] = set()
    for peak in named:
        event = peak.event
        if event is None or not _has_room(scale, peak, event, kept, WIDE):
            continue
        if _has_room(scale, peak, event, [pair for pair in kept if pair[1].id in narrow], NARROW):
            narrow.add(event.id)
        kept.append((peak, event))
    for peak, event in sorted(kept, key=lambda pair: pair[0].session):
        edge = _edge(_share(scale, peak))
        length = round(text_width(f"{event.label} {short_ratio(peak.ratio)}")) + 12
        yield StripPlace(
            length=length,
            shift={"start": -14, "middle": -length // 2, "end": 14 - length}[edge],
            span=Span(name=event.id, first=event.first, last=min(event.last, last)),
            label=event.label,
            value=short_ratio(peak.ratio),
            at=percent(_share(scale, peak)),
            stem=percent(float(scale.down(peak.ratio))),
            edge=edge,
            wide=event.id not in narrow,
            page=_page(analysis, peak),
        )


def _page(analysis: Analysis, peak: Peak) -> str:
    """Return the first session of the inversion that a peak belongs to."""
    starts = analysis.episodes["first_session"]
    return f"{starts[starts <= peak.session].iloc[-1]:%Y-%m-%d}"


def _share(scale: _Scale, peak: Peak) -> float:
    return float(scale.across([peak.session.to_datetime64()])[0])


def _edge(share: float) -> str:
    return "start" if share < 0.06 else "end" if share > 0.94 else "middle"


def _has_room(
    scale: _Scale, peak: Peak, event: NamedSpan, others: Sequence[tuple[Peak, NamedSpan]], width: float
) -> bool:
    left, right = _extent(scale, peak, event, width)
    spans = [_extent(scale, *other, width) for other in others]
    return all(right + 8 < start or end + 8 < left for start, end in spans)


def _extent(scale: _Scale, peak: Peak, event: NamedSpan, width: float) -> tuple[float, float]:
    """Return where a name stands, in pixels of a strip of a width; a wide one has the value too."""
    text = f"{event.label} {short_ratio(peak.ratio)}" if width == WIDE else event.label
    at, length = _share(scale, peak) * width, text_width(text)
    start = {"start": at - 8, "middle": at - length / 2, "end": at + 8 - length}[_edge(at / width)]
    return start, start + length


def _years(analysis: Analysis, scale: _Scale) -> Iterator[StripPlace]:
    """Yield the years, each in the middle of what the strip shows of it; of one shown in part, no name."""
    for span in year_spans(analysis):
        ends = scale.across([f"{span.name}-01-01", f"{int(span.name) + 1}-01-01"])
        if ends[0] < -0.01 or ends[1] > 1.03:
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
