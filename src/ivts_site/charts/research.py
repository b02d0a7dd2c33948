"""Every picture of the research page from the studies' record, by its id."""

from __future__ import annotations

from collections.abc import Iterator

from ivts_site import formatting as f
from ivts_site.analytics.studies.volatility import Premium
from ivts_site.charts.studies import (
    Caption,
    GrowthLine,
    Volatilities,
    Whisker,
    draw_claim,
    draw_curve,
    draw_fan,
    draw_growth,
    draw_implied,
    draw_reliability,
    draw_steps,
    draw_stretches,
    draw_strip,
    draw_whiskers,
)
from ivts_site.published.studies import Research, ReturnGroup

_FAN = "Median path, middle half of all paths shaded, median around all sessions dotted."
AROUND = {"first": "from the first session", "end": "from the end"}
"""Anchors around which a fan is drawn, of all episodes, and what it is called."""


def draw_research(research: Research, series: Volatilities | None = None) -> dict[str, str]:
    """Draw the studies: SVG by id, empty where a horizon has no return yet.

    Without the series of implied and realized volatility that picture is left out.
    """
    drawn = {
        **dict(_opening(research)),
        **dict(_claims(research)),
        **dict(_risks(research)),
        **dict(_returns(research)),
        **dict(_fans(research)),
        **dict(_staircases(research)),
        **dict(_reliabilities(research)),
        "research-curve": _curve(research),
        **dict(_premiums(research, series)),
    }
    return drawn | dict(_overlay(research)) if research.overlay else drawn


def band_sign(above: float | None, upto: float | None) -> str:
    """Return a band as short as a picture needs it: "> 1", "≤ 0.85", "0.85–0.95", "all"."""
    edges = [None if edge is None else f.plain(edge).removesuffix(".0") for edge in (above, upto)]
    if edges[0] and edges[1]:
        return f"{edges[0]}\u2013{edges[1]}"
    return f"> {edges[0]}" if edges[0] else f"\u2264 {edges[1]}" if edges[1] else "all"


def _opening(research: Research) -> Iterator[tuple[str, str]]:
    """Draw the stretches of inverted sessions, and the four numbers of the headline."""
    found = [each for each in research.bounce.histories if each.horizon == research.bounce.horizon]
    if not found or found[0].all.mean is None:
        return
    whole, benchmark = found[0], research.labels.benchmark
    ahead = f.plural(whole.horizon, "session")
    if any(each.mean_return is not None for each in research.bounce.stretches):
        caption = Caption(
            id="research-stretches",
            title=f"Stretches of inverted sessions and what {benchmark} did after them",
            description="A circle a stretch: when it began, mean return afterwards; its area is its length.",
            sample=research.sample,
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
    caption = Caption(
        id="research-bounce",
        title=f"Mean {benchmark} return over {ahead} after inversions",
        description="A row a history, then sessions with the same VIX, then all of them; bars are intervals.",
        sample=research.sample,
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


def _claims(research: Research) -> Iterator[tuple[str, str]]:
    for claim in research.claims:
        if claim.value is not None:
            sign = 1 if claim.side == "above" else -1
            yield (
                f"claim-{claim.id}",
                draw_claim(
                    claim.scale, sign=sign, value=claim.value, interval=claim.interval, rival=claim.rival
                ),
            )


RISKS = {
    "spike": "> 1.10",
    "backwardation": "inverted",
    "reached": "fifth day",
    "back": "first back",
    "all": "any",
    "deep": "deep",
}
"""Short names of the groups whose risk is drawn."""


def _risks(research: Research) -> Iterator[tuple[str, str]]:
    ahead = f.plural(research.risk.horizon, "session")
    titles = {
        "volatility": f"Realized volatility of {research.labels.benchmark} over {ahead}, points",
        "fell": f"Share of {ahead} with a close {f.percent(research.risk.fall, 0)} lower",
    }
    for name, title in titles.items():
        rows = []
        for group in research.risk.groups:
            part = getattr(group, name)
            if part.value is not None:
                text = f.fixed(part.value, 0) if name == "volatility" else f.percent(part.value, 0)
                role = {"all": "ink", "deep": "contango", "back": "contango"}.get(group.id, "backwardation")
                rows.append(
                    Whisker(
                        label=RISKS[group.id],
                        value=part.value,
                        interval=part.interval,
                        rival=part.same_front,
                        text=text,
                        role=role,
                    )
                )
        caption = Caption(
            id=f"research-risk-{name}",
            title=title,
            description="A row a group: mean and its interval; hollow: the same VIX, whatever the ratio.",
            sample=research.sample,
        )
        if rows:
            yield caption.id, draw_whiskers(rows, caption, fractions=name == "fell")


def _returns(research: Research) -> Iterator[tuple[str, str]]:
    for horizon in research.returns:
        id_, sessions = f"research-returns-{horizon.horizon}", f.plural(horizon.horizon, "session")
        caption = Caption(
            id=id_,
            title=f"{research.labels.benchmark} return over {sessions} by band of the ratio",
            description="A row a band: average and its interval; hollow: the same VIX, whatever the ratio.",
            sample=research.sample,
        )
        rows = [_band(group) for group in (*horizon.bands[::-1], horizon.all) if group.mean is not None]
        yield id_, draw_whiskers(rows, caption, reference=horizon.all.mean) if rows else ""


def _band(group: ReturnGroup) -> Whisker:
    role = "ink" if group.id == "all" else "backwardation" if group.upto is None else "contango"
    return _after(band_sign(group.above, group.upto), group, role, group.same_front)


def _fans(research: Research) -> Iterator[tuple[str, str]]:
    events = research.events
    fans = [g for g in events.groups if g.anchor in AROUND and g.min_sessions == 1 and g.n_paths]
    for fan in fans:
        id_ = f"research-around-{fan.anchor}"
        yield (
            id_,
            draw_fan(
                events.offsets,
                median=fan.median,
                quartiles=(fan.lower_quartile, fan.upper_quartile),
                baseline=events.baseline_median,
                shared=[line for each in fans for line in (each.lower_quartile, each.upper_quartile)],
                caption=Caption(
                    id=id_,
                    title=f"{research.labels.benchmark} around inversions: {AROUND[fan.anchor]}",
                    description=_FAN,
                    sample=research.sample,
                ),
                role="backwardation" if fan.anchor == "first" else "contango",
            ),
        )


def _staircases(research: Research) -> Iterator[tuple[str, str]]:
    survival = research.survival
    for regime in survival.regimes:
        if not regime.points:
            continue
        id_ = f"research-duration-{regime.regime}"
        yield (
            id_,
            draw_steps(
                [p.sessions for p in regime.points],
                [p.survival for p in regime.points],
                [p.interval for p in regime.points],
                today=survival.day if survival.regime == regime.regime else None,
                caption=Caption(
                    id=id_,
                    title=f"Runs of {regime.regime} that were still going",
                    description="A staircase: share of runs longer than so many sessions, interval shaded.",
                    sample=research.sample,
                ),
                role=regime.regime,
            ),
        )


def _reliabilities(research: Research) -> Iterator[tuple[str, str]]:
    found = research.persistence
    middle = found.today[len(found.today) // 2].sessions
    for score in found.scores:
        if score.sessions == middle and score.reliability:
            caption = Caption(
                id=f"research-persistence-{score.regime}-{score.sessions}",
                title=f"Chances stated that {score.regime} goes on, and what came true",
                description="A dot a range of chances: mean chance stated across, share that came true up.",
                sample=research.sample,
            )
            yield (
                caption.id,
                draw_reliability(
                    score.reliability, caption, role=score.regime, min_cases=research.method.min_cases
                ),
            )


def _curve(research: Research) -> str:
    return draw_curve(
        research.curve.tenors,
        Caption(
            id="research-curve",
            title="Volatility indices by the days they look ahead",
            description="Lines of the closes today, a week and a month ago over bars of the two-year range.",
            sample=research.sample,
        ),
    )


def _premiums(research: Research, series: Volatilities | None) -> Iterator[tuple[str, str]]:
    front = research.labels.front
    if series is not None:
        caption = Caption(
            id="research-implied",
            title=f"{front} and the volatility realized up to the same day",
            description=f"Two lines: closes of {front}, and the volatility of the sessions before.",
            sample=research.sample,
        )
        yield caption.id, draw_implied(series, caption)
    groups = [_premium(group) for group in research.volatility.groups[::-1] if group.mean is not None]
    if groups:
        caption = Caption(
            id="research-premium",
            title=f"{front} less the volatility realized afterwards",
            description="A row a group of sessions: average difference in points and its interval.",
            sample=research.sample,
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


def _overlay(research: Research) -> Iterator[tuple[str, str]]:
    growth = research.overlay.growth
    lines = (
        GrowthLine(label="none", values=growth.unhedged, role="muted", width=1.5, dash="solid"),
        GrowthLine(label="constant", values=growth.constant, role="contango", width=1.5, dash="5px,3px"),
        GrowthLine(label="regime", values=growth.regime, role="ink", width=2.0, dash="solid"),
    )
    caption = Caption(
        id="research-growth",
        title=f"Value of 1 held in {research.labels.benchmark} under three rules",
        description="Lines by month: no hedge, constant hedge, hedge by regime.",
        sample=research.sample,
    )
    yield caption.id, draw_growth(growth.sessions, lines, caption)
    for b in research.overlay.bench:
        if None not in (b.value, b.low, b.median, b.high):
            strip = draw_strip(low=b.low, median=b.median, high=b.high, value=b.value, role="ink")
            yield f"strip-{b.measure}-{b.cost}", strip
