"""The studies in short, for the tracker page: what followed, how long it lasted, the curve today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.published.measured import ForwardReturn
from ivts_site.published.stats import Stats, marked
from ivts_site.published.studies import Research
from ivts_site.view.parts import LinkView
from ivts_site.view.types import BarView, FollowedGroup
from ivts_site.words.research import (
    after_backwardation,
    interval_words,
    lasted_answer,
    premium_words,
    research_stats,
    slope_words,
)

_WIDTH = 100.0
_AFTER, _ALL = "after backwardation", "after all sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """What the tracker page says beside the bars."""

    note: str
    asides: tuple[tuple[str, Markup], ...]
    link: LinkView


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mean:
    """A bar before it is drawn to scale."""

    label: str
    tone: str
    mean: float | None
    interval: tuple[float, float] | None
    text: str
    note: str


def build_short(research: Research, root: str) -> Short:
    """Word the studies in short; what is not measured is left out."""
    stats = research_stats(research)
    lasted = lasted_answer(stats)
    asides = (
        (f"How long {research.survival.regime} lasted before", "" if lasted == f.UNDEFINED else lasted),
        ("The curve today", slope_words(stats) if len(research.curve.tenors) > 2 else ""),
        (f"{research.labels.front} and what {research.labels.benchmark} did", premium_words(stats)),
    )
    return Short(
        note=f" Thin lines: {f.percent(research.method.level, 0)} intervals.",
        asides=tuple((title, marked(text)) for title, text in asides if text),
        link=LinkView(label="All studies, with methods and intervals", href=f"{root}research/"),
    )


def followed_groups(returns: Sequence[ForwardReturn], research: Research | None) -> tuple[FollowedGroup, ...]:
    """Draw what followed sessions in backwardation beside what followed all, at each horizon, to one scale.

    Parameters
    ----------
    returns : sequence of ForwardReturn
        Of the snapshot; shown where the studies have no band that is backwardation as a whole.
    research : Research, optional
        The studies: the same means, with intervals and episodes.
    """
    known = [r for r in returns if r.mean_all is not None]
    groups = [(r.horizon, _studied(research, r.horizon) or _plain(r)) for r in known]
    ends = [0.0, *(end for _, pair in groups for bar in pair for end in _ends(bar))]
    low, high = min(ends), max(ends)
    unit = _WIDTH / (high - low) if high > low else 0.0
    return tuple(_group(horizon, pair, -low * unit, unit) for horizon, pair in groups)


def _ends(bar: _Mean) -> tuple[float, ...]:
    return (*(bar.interval or ()), *(() if bar.mean is None else (bar.mean,)))


def _plain(r: ForwardReturn) -> tuple[_Mean, ...]:
    pairs = ((_AFTER, r.mean_backwardation, r.n_backwardation, "ink"), (_ALL, r.mean_all, r.n_all, "muted"))
    return tuple(
        _Mean(
            label=label,
            tone=tone,
            mean=mean,
            interval=None,
            text=f.percent_change(mean),
            note=f"n = {f.count(n)}",
        )
        for label, mean, n, tone in pairs
    )


def _studied(research: Research | None, horizon: int) -> tuple[_Mean, ...] | None:
    if research is None:
        return None
    stats = research_stats(research)
    group = after_backwardation(stats, horizon)
    if group is None:
        return None
    every = next(r for r in stats.each("returns") if r.value.horizon == horizon).at("all")
    return (_bar_of(_AFTER, "ink", group), _bar_of(_ALL, "muted", every))


def _bar_of(label: str, tone: str, s: Stats) -> _Mean:
    interval = interval_words(s.at("interval"), "percent_change")
    episodes = f" in {s.plural('n_episodes', 'episode')}" if tone == "ink" else ""
    ends = "no interval: too few cases" if interval == f.UNDEFINED else interval
    return _Mean(
        label=label,
        tone=tone,
        mean=s.value.mean,
        interval=s.value.interval,
        text=marked(s.change("mean")),
        note=marked(f"{ends}, n = {s.count('n_sessions')}{episodes}"),
    )


def _group(horizon: int, pair: tuple[_Mean, ...], zero: float, unit: float) -> FollowedGroup:
    return FollowedGroup(
        title=f"{f.plural(horizon, 'session')} on",
        zero=f"{zero:.1f}",
        bars=tuple(_bar(bar, zero, unit) for bar in pair),
    )


def _bar(bar: _Mean, zero: float, unit: float) -> BarView:
    length = (bar.mean or 0.0) * unit
    return BarView(
        label=bar.label,
        text=bar.text,
        note=bar.note,
        tone=bar.tone,
        x=f"{zero + min(length, 0.0):.1f}",
        width=f"{abs(length):.1f}",
        interval=_path(bar.interval, zero, unit) if bar.interval else "",
    )


def _path(interval: tuple[float, float], zero: float, unit: float) -> str:
    start, end = (zero + edge * unit for edge in interval)
    return f"M{start:.1f} 2v6m0-3H{end:.1f}m0-3v6"
