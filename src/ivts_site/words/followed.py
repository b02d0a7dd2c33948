"""The studies in short, for the tracker page: what followed, how long it lasted, the curve today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivts_site import formatting as f
from ivts_site.published.snapshot import ForwardReturn
from ivts_site.published.stats import Stats
from ivts_site.published.studies import Research
from ivts_site.words.research import (
    after_backwardation,
    interval_words,
    lasted_answer,
    premium_words,
    research_stats,
    slope_words,
)

_AFTER, _ALL = "after backwardation", "after all sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A mean return to be drawn, and its words; `tone` is the ink it is drawn in."""

    label: str
    tone: str
    mean: float | None
    interval: tuple[float, float] | None = None
    text: str
    note: str

    def ends(self) -> Iterator[float]:
        """Yield every value that its picture reaches."""
        yield from self.interval or ()
        if self.mean is not None:
            yield self.mean


def study_asides(research: Research) -> Iterator[tuple[str, str]]:
    """Yield title and text of what is said of today against the record; what is not measured is left out."""
    stats = research_stats(research)
    lasted = lasted_answer(stats)
    if lasted != f.UNDEFINED:
        yield f"How long {research.survival.regime} lasted before", lasted
    if len(research.curve.tenors) > 2 and (slope := slope_words(stats)):
        yield "The curve today", slope
    if premium := premium_words(stats):
        yield f"{research.labels.front} and what {research.labels.benchmark} did", premium


def what_followed(
    returns: Sequence[ForwardReturn], research: Research | None
) -> tuple[tuple[int, tuple[Bar, ...]], ...]:
    """Pair each horizon with what followed sessions in backwardation, and what followed all.

    Parameters
    ----------
    returns : sequence of ForwardReturn
        Of the snapshot; shown where the studies have no band that is backwardation as a whole.
    research : Research, optional
        The studies: the same means, with intervals and episodes.
    """
    known = [r for r in returns if r.mean_all is not None]
    return tuple((r.horizon, _studied(research, r.horizon) or _plain(r)) for r in known)


def _plain(r: ForwardReturn) -> tuple[Bar, ...]:
    pairs = ((_AFTER, r.mean_backwardation, r.n_backwardation, "ink"), (_ALL, r.mean_all, r.n_all, "muted"))
    return tuple(
        Bar(label=label, tone=tone, mean=mean, text=f.percent_change(mean), note=f"n = {f.count(n)}")
        for label, mean, n, tone in pairs
    )


def _studied(research: Research | None, horizon: int) -> tuple[Bar, ...] | None:
    if research is None:
        return None
    stats = research_stats(research)
    group = after_backwardation(stats, horizon)
    if group is None:
        return None
    every = next(r for r in stats.each("returns") if r.value.horizon == horizon).at("all")
    return (_bar_of(_AFTER, "ink", group), _bar_of(_ALL, "muted", every))


def _bar_of(label: str, tone: str, s: Stats) -> Bar:
    interval = interval_words(s.at("interval"), "percent_change")
    episodes = f" in {s.plural('n_episodes', 'episode')}" if tone == "ink" else ""
    ends = "no interval: too few cases" if interval == f.UNDEFINED else interval
    return Bar(
        label=label,
        tone=tone,
        mean=s.value.mean,
        interval=s.value.interval,
        text=s.change("mean"),
        note=f"{ends}, n = {s.count('n_sessions')}{episodes}",
    )
