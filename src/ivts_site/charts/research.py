"""Every picture of the research page from the studies' record, by its id."""

from __future__ import annotations

from collections.abc import Iterator

from ivts_site import formatting as f
from ivts_site.analytics.studies.volatility import Premium
from ivts_site.charts.studies.board import draw_claim
from ivts_site.charts.studies.curve import draw_curve
from ivts_site.charts.studies.fan import draw_fan
from ivts_site.charts.studies.frame import Caption
from ivts_site.charts.studies.growth import GrowthLine, draw_growth
from ivts_site.charts.studies.implied import Volatilities, draw_implied
from ivts_site.charts.studies.reliability import draw_reliability
from ivts_site.charts.studies.steps import draw_steps
from ivts_site.charts.studies.stretches import draw_stretches
from ivts_site.charts.studies.strip import draw_strip
from ivts_site.charts.studies.whiskers import Whisker, draw_whiskers
from ivts_site.published.studies import Research, ReturnGroup

Drawn = Iterator[tuple[str, str]]
_FAN = "Median path, middle half of all paths shaded, median around all sessions dotted."
AROUND = {"first": "from the first session", "end": "from the end"}
"""Anchors around which a fan is drawn, of all episodes, and what it is called."""


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
        yield caption.id, draw_stretches(research.bounce.stretches, caption, reference=whole.all.mean)
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


def _after(label: str, group: ReturnGroup, role: str, rival: float | None = None) -> Whisker:
    return Whisker(
        label=label,
        value=group.mean or 0.0,
        interval=group.interval,
        rival=rival,
        text=f.percent_change(group.mean),
        role=role,
    )


def _claims(research: Research) -> Drawn:
    for claim in research.claims:
        if claim.value is not None:
            yield f"claim-{claim.id}", draw_claim(claim)


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


def _fans(research: Research) -> Drawn:
    events = research.events
    fans = [g for g in events.groups if g.anchor in AROUND and g.min_sessions == 1 and g.n_paths]
    for fan in fans:
        title = f"{research.labels.benchmark} around inversions: {AROUND[fan.anchor]}"
        caption = _caption(research, f"around-{fan.anchor}", title, _FAN)
        yield (
            caption.id,
            draw_fan(
                events.offsets,
                median=fan.median,
                quartiles=(fan.lower_quartile, fan.upper_quartile),
                baseline=events.baseline_median,
                shared=[line for each in fans for line in (each.lower_quartile, each.upper_quartile)],
                caption=caption,
                role="backwardation" if fan.anchor == "first" else "contango",
            ),
        )


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


def _reliabilities(research: Research) -> Drawn:
    found = research.persistence
    middle = found.today[len(found.today) // 2].sessions
    for score in found.scores:
        if score.sessions == middle and score.reliability:
            caption = _caption(
                research,
                f"persistence-{score.regime}-{score.sessions}",
                f"Chances stated that {score.regime} goes on, and what came true",
                "A dot a range of chances: mean chance stated across, share that came true up.",
            )
            yield caption.id, draw_reliability(score, caption, min_cases=research.method.min_cases)


def _curve(research: Research) -> Drawn:
    caption = _caption(
        research,
        "curve",
        "Volatility indices by the days they look ahead",
        "Lines of the closes today, a week and a month ago over bars of the two-year range.",
    )
    yield caption.id, draw_curve(research.curve.tenors, caption)


def _implied(research: Research, series: Volatilities) -> Drawn:
    front = research.labels.front
    caption = _caption(
        research,
        "implied",
        f"{front} and the volatility realized up to the same day",
        f"Two lines: closes of {front}, and the volatility of the sessions before.",
    )
    yield caption.id, draw_implied(series, caption)


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


def _overlay(research: Research) -> Drawn:
    if research.overlay is None:
        return
    growth = research.overlay.growth
    lines = (
        GrowthLine(label="none", values=growth.unhedged, role="muted", width=1.5, dash="solid"),
        GrowthLine(label="constant", values=growth.constant, role="contango", width=1.5, dash="5px,3px"),
        GrowthLine(label="regime", values=growth.regime, role="ink", width=2.0, dash="solid"),
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
            yield f"strip-{placebo.measure}-{placebo.cost}", draw_strip(placebo)
