"""Today's evidence in three findings: what followed, how long runs went on, how inversions compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivts_site import formatting as f
from ivts_site.published.episode import Episode
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.stats import Stats
from ivts_site.published.studies import Labels, Pair, Research
from ivts_site.words.news.line import plain_ordinal
from ivts_site.words.research import MONTH, band_words, holds_zero, research_stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share to be drawn as a bar, with the limits of its interval; all in percent of the width."""

    label: str
    text: str
    width: float
    tone: str
    interval: Pair | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A finding: its sentence, what is drawn, and a dim note."""

    id: str
    title: str
    note: str
    rates: tuple[Rate, ...] = ()


def build_tiles(stats: Stats, research: Research, label: Labels) -> Iterator[Tile]:
    """Yield the findings that the record allows."""
    s: Snapshot = stats.value
    if tile := _followed(s, research_stats(research), label):
        yield tile
    if tile := _goes_on(stats):
        yield tile
    if s.episodes.longest and s.episodes.recent:
        yield _compared(s.episodes.recent[0], s.episodes.longest, label)


def _followed(s: Snapshot, studies: Stats, label: Labels) -> Tile | None:
    horizons = studies.each("returns", horizon=MONTH)
    if not horizons or horizons[0].value.all.share_up is None:
        return None
    every = horizons[0].at("all")
    band = next(b for b in horizons[0].each("bands") if b.value.upto is None or s.ivts <= b.value.upto)
    name = band_words(band.value.above, band.value.upto)
    usual = f"{f.percent(every.value.share_up, 0)} after any session"
    if band.value.share_up is None or band.value.share_up_interval is None:
        title = f"Readings {name} are too rare to say what {label.benchmark} does next"
        runs = band.plural("n_episodes", "run")
        note = f"{runs} so far. {label.benchmark} was higher {MONTH} sessions later {usual}."
        return Tile(id="followed", title=title, note=note)
    share = f.percent(band.value.share_up, 0)
    title = (
        f"After readings like today’s, {label.benchmark} was higher {MONTH} sessions later {share} of the "
        f"time, against {usual}"
    )
    chance = (
        "The difference in mean return is about what you would expect by chance."
        if holds_zero(band.value.difference_interval or (-1, 1))
        else "The mean return differs by more than chance explains."
    )
    counts = f"{band.plural('n_sessions', 'session')} in {band.plural('n_episodes', 'run')}"
    note = f"Ratio {name}: {counts}. Lines: {studies.percent('method.level', 0)} intervals. {chance}"
    rates = tuple(
        _rate(text, f.percent(part.share_up, 0), part.share_up, part.share_up_interval, tone)
        for text, part, tone in (
            ("like today", band.value, s.regime.name),
            ("any session", every.value, "muted"),
        )
    )
    return Tile(id="followed", title=title, note=note, rates=rates)


def _rate(label: str, text: str, share: float, interval: Pair | None, tone: str) -> Rate:
    return Rate(
        label=label,
        text=text,
        width=round(share * 100, 1),
        tone=tone,
        interval=(round(interval[0] * 100, 1), round(interval[1] * 100, 1)) if interval else None,
    )


def _goes_on(stats: Stats) -> Tile | None:
    s: Snapshot = stats.value
    known = [each for each in stats.each("persistence") if each.value.probability is not None][-2:]
    if not known:
        return None
    state, first, last = s.regime.name, known[0], known[-1]
    name = "contango" if state == "contango" else "an inversion"
    chances = f"{first.chance('probability')} for {_ahead(first)}"
    if last != first:
        chances += f" and {last.chance('probability')} for {last.count('sessions')}"
    title = f"At a ratio like today’s, the chance that {name} holds unbroken is {chances}"
    note = f"Fitted to {last.plural('n', 'past session')} in {state}."
    if last.value.stands is not None:
        day = last.show("sessions", plain_ordinal)
        note += (
            f" Allowing for breaks in between, the chance of {state} on the {day} session is "
            f"{last.chance('stands')}."
        )
    rates = tuple(
        _rate(_ahead(each), f.chance(p.probability), p.probability, p.interval, state)
        for each in known
        for p in (each.value,)
    )
    return Tile(id="goes-on", title=title, note=note, rates=rates)


def _ahead(each: Stats) -> str:
    return each.plural("sessions", "session")


def _compared(last: Episode, longest: Episode, label: Labels) -> Tile:
    n = longest.n_sessions
    record = f"in {longest.first_session[:4]}"
    if last == longest:
        title = (
            f"This inversion is the longest on record: {f.plural(n, 'session')}"
            if last.ongoing
            else (f"The last inversion was the longest on record: {f.plural(n, 'session')}")
        )
    elif last.ongoing:
        title = (
            f"This inversion has reached {f.fixed(last.max_ivts, 2)}; the longest, {record}, went to "
            f"{f.fixed(longest.max_ivts, 2)} and took {f.plural(n, 'session')}"
        )
    else:
        length = "one session" if last.n_sessions == 1 else f"{f.plural(last.n_sessions, 'session')}"
        title = f"The last inversion was over in {length}; the longest, {record}, ran for {f.count(n)}"
    returns = [
        (each, each.spy_return) for each in dict.fromkeys((last, longest)) if each.spy_return is not None
    ]
    told = f.listing([f"{f.percent_change(share)} {_when(each)}" for each, share in returns])
    note = "Height: the ratio above the line, one scale." + (f" {label.benchmark}: {told}." if told else "")
    return Tile(id="inversions", title=title, note=note)


def _when(e: Episode) -> str:
    if e.ongoing:
        return f"since the close before {f.date_day(e.first_session)}"
    return f"in {f.month(e.first_session)[:3]} {e.first_session[:4]}"
