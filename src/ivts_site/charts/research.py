"""Every picture of the research page from the studies' record, by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from ivts_site import formatting as f
from ivts_site.analytics.arrays import Floats
from ivts_site.analytics.studies.bounce import Stretch
from ivts_site.analytics.studies.claims import Claim
from ivts_site.analytics.studies.curve import Tenor
from ivts_site.analytics.studies.events import EventGroup, EventStudy
from ivts_site.analytics.studies.persistence import PersistenceScore
from ivts_site.analytics.studies.survival import SurvivalPoint
from ivts_site.analytics.studies.volatility import Premium
from ivts_site.charts import theme
from ivts_site.charts.axes import date_axis, round_ticks, value_axis
from ivts_site.charts.picture import (
    DOTTED,
    PERCENT,
    Caption,
    GrowthLine,
    area,
    draw,
    draw_growth,
    head_right,
    log_scale,
    percent_axis,
)
from ivts_site.charts.studies.whiskers import Whisker, draw_whiskers
from ivts_site.published.overlay import Placebo
from ivts_site.published.studies import Research, ReturnGroup

Drawn = Iterator[tuple[str, str]]

AROUND = {"first": "from the first session", "end": "from the end"}
"""Anchors around which a fan is drawn, of all episodes, and what it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatilities:
    """What to draw: sessions, and on each the implied and the realized volatility, NaN where not known."""

    sessions: pd.DatetimeIndex
    implied: Floats
    realized: Floats


def draw_research(research: Research, series: Volatilities | None = None) -> dict[str, str]:
    """Draw the studies: SVG by id, empty where a horizon has no return yet.

    Without the series of implied and realized volatility that picture is left out.
    """
    parts = (
        _opening,
        _claims,
        _risks,
        _returns,
        _fans,
        _staircases,
        _reliabilities,
        _curve,
        _premiums,
        _overlay,
    )
    drawn = {id_: svg for part in parts for id_, svg in part(research)}
    return drawn | dict(_implied(research, series)) if series is not None else drawn


def band_sign(above: float | None, upto: float | None) -> str:
    """Return a band as short as a picture needs it: "> 1", "≤ 0.85", "0.85–0.95", "all"."""
    edges = [None if edge is None else f.plain(edge).removesuffix(".0") for edge in (above, upto)]
    if edges[0] and edges[1]:
        return f"{edges[0]}\u2013{edges[1]}"
    return f"> {edges[0]}" if edges[0] else f"\u2264 {edges[1]}" if edges[1] else "all"


def _caption(research: Research, name: str, title: str, description: str) -> Caption:
    return Caption(id=f"research-{name}", title=title, description=description, sample=research.sample)


# ---------------------------------------------------------------- returns after inversions


def _opening(research: Research) -> Drawn:
    """Draw the stretches of inverted sessions, and the four numbers of the headline."""
    found = [each for each in research.bounce.histories if each.horizon == research.bounce.horizon]
    if not found or found[0].all.mean is None:
        return
    whole, benchmark = found[0], research.labels.benchmark
    if any(each.mean_return is not None for each in research.bounce.stretches):
        caption = _caption(
            research,
            "stretches",
            f"Stretches of inverted sessions and what {benchmark} did after them",
            "A circle a stretch: when it began, mean return afterwards; its area is its length.",
        )
        yield caption.id, _draw_stretches(research.bounce.stretches, caption, reference=found[0].all.mean)
    rows = [
        _after(f"since {each.first_session[:4]}", each.inverted, "backwardation")
        for each in found[::-1]
        if each.inverted.mean is not None
    ]
    if whole.inverted.same_front is not None:
        same = whole.inverted.same_front
        text = f.percent_change(same)
        rows.append(Whisker(label="same VIX", value=same, text=text, role="ink", hollow=True))
    rows.append(_after("all", whole.all, "ink"))
    caption = _caption(
        research,
        "bounce",
        f"Mean {benchmark} return over {f.plural(whole.horizon, 'session')} after inversions",
        "A row a history, then sessions with the same VIX, then all of them; bars are intervals.",
    )
    yield caption.id, draw_whiskers(rows, caption, reference=whole.all.mean)


_STRETCH_SIZE = 4.2
"""Diameter of a stretch of one session, in pixels; areas are as sessions."""


def _draw_stretches(stretches: Sequence[Stretch], caption: Caption, *, reference: float) -> str:
    """Return the picture of the stretches that are over; at least one, largest below the others."""
    known = [
        (pd.Timestamp(each.first_session), each.mean_return, each.n_sessions)
        for each in sorted(stretches, key=lambda each: -each.n_sessions)
        if each.mean_return is not None
    ]
    days, returns, _ = zip(*known, strict=True)
    room = 0.12 * (max(returns) - min(returns)) or 0.01  # for the largest circle, which may lie at either end
    return draw(
        [
            theme.points(
                [day.to_numpy()], [mean], role="backwardation", size=_STRETCH_SIZE * n**0.5, hollow=True
            )
            for day, mean, n in known
        ],
        caption,
        x=theme.x_axis(type="date", **date_axis(min(days) - pd.Timedelta(days=200), max(days))),
        y=theme.y_axis(**percent_axis([min(returns) - room, max(returns) + room / 2])),
        shapes=[
            theme.rule_line(role="muted", along="x", at=0.0, axis="y"),
            theme.rule_line(role="ink", along="x", at=reference, axis="y", **DOTTED),
        ],
        notes=[theme.head_note("mean return afterwards"), head_right("dotted: any session")],
    )


def _after(label: str, group: ReturnGroup, role: str, rival: float | None = None) -> Whisker:
    return Whisker(
        label=label,
        value=group.mean or 0.0,
        interval=group.interval,
        rival=rival,
        text=f.percent_change(group.mean),
        role=role,
    )


def _returns(research: Research) -> Drawn:
    for horizon in research.returns:
        sessions = f.plural(horizon.horizon, "session")
        caption = _caption(
            research,
            f"returns-{horizon.horizon}",
            f"{research.labels.benchmark} return over {sessions} by band of the ratio",
            "A row a band: average and its interval; hollow: the same VIX, whatever the ratio.",
        )
        rows = [_band(group) for group in (*horizon.bands[::-1], horizon.all) if group.mean is not None]
        yield caption.id, draw_whiskers(rows, caption, reference=horizon.all.mean) if rows else ""


def _band(group: ReturnGroup) -> Whisker:
    role = "ink" if group.id == "all" else "backwardation" if group.upto is None else "contango"
    return _after(band_sign(group.above, group.upto), group, role, group.same_front)


# ---------------------------------------------------------------- claims

CLAIM_TICKS: Mapping[str, float] = MappingProxyType(
    {
        "return": 0.02,
        "move": 0.005,
        "share": 0.2,
        "change": 0.2,
        "points": 5.0,
        "correlation": 0.1,
        "variance": 100.0,
    }
)
"""Distance of two ticks by what is measured, so that claims of a kind can be compared."""
_REACH = 3.2
"""Ticks between zero and either end."""


def _claims(research: Research) -> Drawn:
    for claim in research.claims:
        if claim.value is not None:
            yield f"claim-{claim.id}", _draw_claim(claim)


def _draw_claim(claim: Claim) -> str:
    """Return a claim's number on a line through zero: to the right as claimed, to the left the opposite.

    The row of the picture says the same in words: it is hidden from assistive technology. Ends beyond the
    scale become arrows.
    """
    unit = (1 if claim.side == "above" else -1) / (CLAIM_TICKS[claim.scale] * _REACH)

    def place(number: float) -> float:
        return min(max(50 + 50 * number * unit, 1.0), 99.0)

    marks = ['<line class="s-rule" x1="0" x2="100%" y1="14" y2="14"/>']
    for tick in (-2, -1, 1, 2):
        at = 50 + 50 * tick / _REACH
        marks.append(f'<line class="s-rule" x1="{at:.1f}%" x2="{at:.1f}%" y1="11" y2="17"/>')
    marks.append('<line class="s-ink" x1="50%" x2="50%" y1="2" y2="26"/>')
    if claim.interval is not None:
        left, right = sorted(place(end) for end in claim.interval)
        marks.append(
            f'<rect class="f-muted band" x="{left:.1f}%" width="{right - left:.1f}%" y="11" height="6"/>'
        )
        marks += [_arrow(end, back=end < 50) for end in (left, right) if end in {1.0, 99.0}]
    if claim.rival is not None:
        marks.append(f'<circle class="hollow" cx="{place(claim.rival):.1f}%" cy="14" r="5"/>')
    marks.append(f'<circle class="f-ink" cx="{place(claim.value or 0.0):.1f}%" cy="14" r="4.5"/>')
    return f'<svg class="line" width="100%" height="28" aria-hidden="true">{"".join(marks)}</svg>'


def _arrow(at: float, *, back: bool) -> str:
    path = "M3 -5L-3 0L3 5Z" if back else "M-3 -5L3 0L-3 5Z"
    return f'<svg x="{at:.1f}%" y="14" overflow="visible"><path class="f-muted" d="{path}"/></svg>'


# ---------------------------------------------------------------- risk and volatility

RISKS = {
    "spike": ("> 1.10", "backwardation"),
    "backwardation": ("inverted", "backwardation"),
    "reached": ("fifth day", "backwardation"),
    "back": ("first back", "contango"),
    "all": ("any", "ink"),
    "deep": ("deep", "contango"),
}
"""Short names and colors of the groups whose risk is drawn."""


def _risks(research: Research) -> Drawn:
    ahead = f.plural(research.risk.horizon, "session")
    titles = {
        "volatility": f"Realized volatility of {research.labels.benchmark} over {ahead}, points",
        "fell": f"Share of {ahead} with a close {f.percent(research.risk.fall, 0)} lower",
    }
    for name, title in titles.items():
        measures = [(*RISKS[group.id], getattr(group, name)) for group in research.risk.groups]
        rows = [
            Whisker(
                label=label,
                value=risk.value,
                interval=risk.interval,
                rival=risk.same_front,
                text=f.fixed(risk.value, 0) if name == "volatility" else f.percent(risk.value, 0),
                role=role,
            )
            for label, role, risk in measures
            if risk.value is not None
        ]
        words = "A row a group: mean and its interval; hollow: the same VIX, whatever the ratio."
        caption = _caption(research, f"risk-{name}", title, words)
        if rows:
            yield caption.id, draw_whiskers(rows, caption, fractions=name == "fell")


def _implied(research: Research, series: Volatilities) -> Drawn:
    front = research.labels.front
    caption = _caption(
        research,
        "implied",
        f"{front} and the volatility realized up to the same day",
        f"Two lines: closes of {front}, and the volatility of the sessions before.",
    )
    yield caption.id, draw_implied(series, caption)


def draw_implied(series: Volatilities, caption: Caption) -> str:
    """Return implied and realized volatility over time: two lines, at least one value of either known."""
    both = np.concatenate([series.implied, series.realized])
    days = series.sessions.to_numpy(dtype="datetime64[D]")
    return draw(
        [
            theme.line(series.realized, x=days, role="muted", width=1.25),
            theme.line(series.implied, x=days, role="ink"),
        ],
        caption,
        x=theme.x_axis(type="date", **date_axis(series.sessions[0], series.sessions[-1])),
        y=theme.y_axis(**value_axis(0.0, float(np.nanmax(both)), at_most=5, pad=0.03)),
        notes=[theme.head_note("points, annual")],
    )


def _premiums(research: Research) -> Drawn:
    groups = [_premium(group) for group in research.volatility.groups[::-1] if group.mean is not None]
    if groups:
        caption = _caption(
            research,
            "premium",
            f"{research.labels.front} less the volatility realized afterwards",
            "A row a group of sessions: average difference in points and its interval.",
        )
        yield caption.id, draw_whiskers(groups, caption, fractions=False)


def _premium(group: Premium) -> Whisker:
    return Whisker(
        label="backw." if group.id == "backwardation" else group.id,
        value=group.mean or 0.0,
        interval=group.interval,
        text=f.signed(group.mean, 1),
        role=group.id if group.id in {"contango", "backwardation"} else "ink",
    )


# ---------------------------------------------------------------- paths around inversions


def _fans(research: Research) -> Drawn:
    fans = [g for g in research.events.groups if g.anchor in AROUND and g.min_sessions == 1 and g.n_paths]
    for fan in fans:
        title = f"{research.labels.benchmark} around inversions: {AROUND[fan.anchor]}"
        words = "Median path, middle half of all paths shaded, median around all sessions dotted."
        caption = _caption(research, f"around-{fan.anchor}", title, words)
        yield caption.id, draw_fan(research.events, fan, caption, beside=fans)


def draw_fan(events: EventStudy, fan: EventGroup, caption: Caption, *, beside: Sequence[EventGroup]) -> str:
    """Return the paths around a kind of session: their median, the middle half, the median around any.

    The value axis has room for the fans `beside` it too, so that two pictures can be compared.
    """
    offsets, baseline = events.offsets, events.baseline_median
    role = "backwardation" if fan.anchor == "first" else "contango"
    quartiles = [line for each in (fan, *beside) for line in (each.lower_quartile, each.upper_quartile)]
    traces = [
        area(offsets, *quartiles[:2], role=role),
        theme.line(fan.median, x=offsets, role=role, width=2.0),
    ]
    if baseline:
        traces.append(theme.line(baseline, x=offsets, role="ink", dash=theme.DOTS))
    ticks = round_ticks(offsets[0], offsets[-1], 6)
    return draw(
        traces,
        caption,
        x=theme.x_axis(
            range=[offsets[0] - 1, offsets[-1] + 1],
            tickvals=ticks,
            ticktext=[f.signed(tick, 0) for tick in ticks],
        ),
        y=theme.y_axis(**percent_axis(np.concatenate([fan.median, baseline, *quartiles]))),
        shapes=[
            theme.rule_line(role="muted", along="x", at=0.0, axis="y"),
            theme.rule_line(role="muted", along="y", at=0.0, axis="x"),
        ],
        notes=[theme.head_note("against the close on day 0"), head_right("sessions")],
    )


# ---------------------------------------------------------------- how long runs last

_LENGTH_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_FIRST = 0.9
"""Left end of the axis: the first day, with a little room."""
_QUARTERS = (0, 0.25, 0.5, 0.75, 1)
_QUARTER_WORDS = [f"{share * 100:.0f}{PERCENT}" for share in _QUARTERS]


def _staircases(research: Research) -> Drawn:
    survival = research.survival
    for regime in survival.regimes:
        if regime.points:
            caption = _caption(
                research,
                f"duration-{regime.regime}",
                f"Runs of {regime.regime} that were still going",
                "A staircase: share of runs longer than so many sessions, interval shaded.",
            )
            today = survival.day if survival.regime == regime.regime else None
            yield caption.id, draw_steps(regime.points, caption, today=today, role=regime.regime)


def draw_steps(points: Sequence[SurvivalPoint], caption: Caption, *, today: int | None, role: str) -> str:
    """Return the picture of the share of runs that last longer than each length, 1 before the first.

    `today` is today's day in the regime, marked by an upright line; no interval is drawn where there is none.
    """
    lengths = [point.sessions for point in points]
    last = max(lengths[-1], today or 1) * 1.05
    # the corners: level until a length is reached, then down to the share that outlasts it
    x = np.r_[_FIRST, np.repeat(np.asarray(lengths, dtype=float), 2), last]
    y = np.r_[1.0, 1.0, np.repeat([point.survival for point in points], 2)]
    ticks = [tick for tick in _LENGTH_TICKS if tick <= last]
    return draw(
        [*_shade(points, last, role), theme.line(y, x=x, role=role, width=2.0)],
        caption,
        x=theme.x_axis(
            type="log",
            range=[float(np.log10(_FIRST)), float(np.log10(last))],
            tickvals=ticks,
            ticktext=[f.count(tick) for tick in ticks],
        ),
        y=theme.y_axis(range=[0, 1.04], tickvals=_QUARTERS, ticktext=_QUARTER_WORDS),
        shapes=[] if today is None else [theme.rule_line(role="ink", along="y", at=today, axis="x", width=2)],
        notes=[
            theme.head_note("still going after"),
            head_right("sessions, log scale"),
            *([] if today is None else [_today_note(today, last)]),
        ],
        sample_at=(1.0, 0.62),
    )


def _shade(points: Sequence[SurvivalPoint], last: float, role: str) -> list[theme.Trace]:
    """Return the intervals as one area; nothing where no share has one."""
    known = [(float(point.sessions), *point.interval) for point in points if point.interval is not None]
    if not known:
        return []
    starts, lows, highs = (np.repeat(column, 2) for column in zip(*known, strict=True))
    # the last share reaches to the next length at which a spell ended, where its interval is gone
    end = next((float(point.sessions) for point in points if point.sessions > starts[-1]), last)
    return [area(np.r_[starts[1:], end], lows, highs, role=role)]


def _today_note(today: int, last: float) -> dict[str, object]:
    side = theme.aside(5, left=bool(np.log10(today) > np.log10(last) / 2))
    words = f"today, day {f.count(today)}"
    return theme.note(words, role="ink", strong=True, xref="x", x=today, y=1, yanchor="top", **side)


def _reliabilities(research: Research) -> Drawn:
    found = research.persistence
    for score in found.scores:
        if score.sessions == found.middle and score.reliability:
            caption = _caption(
                research,
                f"persistence-{score.regime}-{score.sessions}",
                f"Chances stated that {score.regime} goes on, and what came true",
                "A dot a range of chances: mean chance stated across, share that came true up.",
            )
            yield caption.id, _draw_reliability(score, caption, min_cases=research.method.min_cases)


def _draw_reliability(score: PersistenceScore, caption: Caption, *, min_cases: int) -> str:
    """Return a dot a range on the diagonal of perfect forecasts, hollow below so many independent cases."""
    groups = [
        ([b for b in score.reliability if (b.n_clusters < min_cases) == hollow], hollow)
        for hollow in (False, True)
    ]
    axis = {"range": [-0.04, 1.04], "tickvals": _QUARTERS, "ticktext": _QUARTER_WORDS}
    return draw(
        [
            theme.line([0, 1], x=[0, 1], role="muted", dash=theme.DOTS),
            *(
                theme.points(
                    [b.stated for b in part], [b.held for b in part], role=score.regime, hollow=hollow
                )
                for part, hollow in groups
                if part
            ),
        ],
        caption,
        x=theme.x_axis(**axis),
        y=theme.y_axis(**axis),
        notes=[theme.head_note("came true"), head_right("chance stated")],
    )


# ---------------------------------------------------------------- the term structure by tenor

_LEVEL_TICKS = (5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200)
_TENOR_MARGIN = 0.13
"""Room on both sides of the tenors, powers of ten."""


def _curve(research: Research) -> Drawn:
    caption = _caption(
        research,
        "curve",
        "Volatility indices by the days they look ahead",
        "Lines of the closes today, a week and a month ago over bars of the two-year range.",
    )
    yield caption.id, draw_curve(research.curve.tenors, caption)


def draw_curve(tenors: Sequence[Tenor], caption: Caption) -> str:
    """Return lines of some days over bars of the range; tenors rise by days, at least one close is known."""
    days = [tenor.days for tenor in tenors]
    today = [tenor.today for tenor in tenors]
    lines = (
        ([tenor.month_ago for tenor in tenors], "muted", 1.5, theme.DOTS),
        ([tenor.week_ago for tenor in tenors], "muted", 1.5, theme.DASHES),
        (today, "ink", 2.0, "solid"),
    )
    ranges = [(t.days, t.low, t.high) for t in tenors if t.low is not None and t.high is not None]
    levels = [v for _, *ends in ranges for v in ends]
    levels += [v for closes, *_ in lines for v in closes if v is not None]
    known = [(t.days, t.median) for t in tenors if t.median is not None]
    return draw(
        [
            *(
                theme.line(closes, x=days, role=role, width=width, dash=dash, mode="lines")
                for closes, role, width, dash in lines
            ),
            theme.points(days, today, role="ink"),
            theme.points([d for d, _ in known], [m for _, m in known], role="muted", size=6, hollow=True),
        ],
        caption,
        x=theme.x_axis(
            type="log",
            range=[float(np.log10(days[0])) - _TENOR_MARGIN, float(np.log10(days[-1])) + _TENOR_MARGIN],
            tickvals=days,
            ticktext=[theme.pseudo_html(tenor.label) for tenor in tenors],
        ),
        # logarithmic: a range of panic would press a calm curve flat on a linear one
        y=log_scale([float(np.log10(min(levels))) - 0.04, float(np.log10(max(levels))) + 0.04], _LEVEL_TICKS),
        shapes=[
            theme.rule_line(role="rule", along="y", at=at, axis="x", width=8, yref="y", y0=low, y1=high)
            for at, low, high in ranges
        ],
        notes=[theme.head_note("index points, log scale")],
    )


# ---------------------------------------------------------------- rules


def _overlay(research: Research) -> Drawn:
    if research.overlay is None:
        return
    growth = research.overlay.growth
    lines = (
        GrowthLine(label="none", values=growth.unhedged, role="muted"),
        GrowthLine(label="constant", values=growth.constant, role="contango", dash=theme.DASHES),
        GrowthLine(label="regime", values=growth.regime, role="ink", width=2.0),
    )
    caption = _caption(
        research,
        "growth",
        f"Value of 1 held in {research.labels.benchmark} under three rules",
        "Lines by month: no hedge, constant hedge, hedge by regime.",
    )
    yield caption.id, draw_growth(growth.sessions, lines, caption)
    for placebo in research.overlay.bench:
        if None not in (placebo.value, placebo.low, placebo.median, placebo.high):
            yield f"strip-{placebo.measure}-{placebo.cost}", draw_placebo(placebo)


def draw_placebo(placebo: Placebo) -> str:
    """Return one result among random ones: a bar for nine in ten, a tick for their median, a diamond.

    The table cell says the same in numbers: the picture is hidden from assistive technology.
    """
    low, median, high, value = (getattr(placebo, name) for name in ("low", "median", "high", "value"))
    start, end = min(low, value), max(high, value)
    unit = 88.0 / (end - start) if end > start else 0.0
    left, middle, right, mark = (6.0 + (number - start) * unit for number in (low, median, high, value))
    return (
        '<svg class="strip" width="100%" height="16" aria-hidden="true">'
        f'<rect class="f-rule" x="{left:.1f}%" width="{right - left:.1f}%" y="4" height="8"/>'
        f'<line class="s-muted" x1="{middle:.1f}%" x2="{middle:.1f}%" y1="2" y2="14" stroke-width="1.5"/>'
        f'<svg x="{mark:.1f}%" overflow="visible"><path class="f-ink" d="M0 1l5 7-5 7-5-7z"/></svg></svg>'
    )
