"""Where the ratio stands today, in words: what the tracker page says beside its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivts_site import formatting as f
from ivts_site.analytics.distribution import FEW
from ivts_site.analytics.to_date import ToDate
from ivts_site.published.snapshot import Snapshot, Window
from ivts_site.published.stats import Stats
from ivts_site.published.studies import Labels
from ivts_site.words.news import tells_run
from ivts_site.words.news.line import plain_ordinal, spelled_window
from ivts_site.words.site import origin

LOWEST, HIGHEST = 0.8, 1.3
"""Thresholds that the explorer offers at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One of the facts below the ratio: what it is, its value, and a note."""

    name: str
    value: str
    note: str


def regime_line(s: Snapshot) -> str:
    """Say the regime and, unless the headline says how long it has lasted, the session of its run."""
    name = s.regime.name.capitalize()
    if tells_run(s.news[0]):
        return name
    return f"{name}, {plain_ordinal(s.regime.day)} session"


def facts(stats: Stats, now: ToDate, label: Labels) -> Iterator[Fact]:
    """Yield three facts: the run, the rate with its counts, and the closes that would change the regime."""
    yield _run(stats, now, label)
    yield _rate(stats)
    yield _line(stats, label)


def _run(stats: Stats, now: ToDate, label: Labels) -> Fact:
    s: Snapshot = stats.value
    began = f"Since {stats.day('regime.since')}"
    name = "This inversion" if s.regime.name == "backwardation" else "This run of contango"
    if s.regime.since == s.all_history.first_session:
        return Fact(name=name, value=began, note="where the record begins")
    latest = s.episodes.recent[0] if s.episodes.recent else None
    if latest and latest.ongoing and latest.spy_return is not None:
        note = f"{label.benchmark} {f.percent_change(latest.spy_return)} from the close before it"
        return Fact(name=name, value=began, note=note)
    place = now.longer_run()
    if place is None:
        note = "the longest on record"
    else:
        length, end = f.count(int(now.run[place])), f.date_short(str(now.sessions[place]))
        note = f"longest since a {length}-session run to {end}"
    return Fact(name=name, value=began, note=note)


def _rate(stats: Stats) -> Fact:
    s: Snapshot = stats.value
    window, history = stats.at("window"), stats.at("all_history")
    counts = f"{window.count('n_backwardation')} of {window.plural('n_sessions', 'session')}"
    rate = window.show("backwardation_rate", lambda value: f.rate(value, s.window.n_sessions, 0))
    if not s.window.complete:
        note = "too few for a rate" if rate == f.UNDEFINED else f"{rate} of the record"
        return Fact(name="Inverted so far", value=counts, note=note)
    since = f"{history.percent('backwardation_rate', 0)} since {s.all_history.first_session[:4]}"
    return Fact(
        name=f"Inverted, past {spelled_window(s.window.name)}", value=counts, note=f"{rate}, against {since}"
    )


def _line(stats: Stats, label: Labels) -> Fact:
    s: Snapshot = stats.value
    name = f"{label.front} close at which the ratio reaches {f.plain(s.regime.threshold)}"
    still, follows = stats.fixed("distance.vix_if_back_fixed", 2), s.distance.vix_if_back_follows
    if follows is None:
        return Fact(name=name, value=still, note=f"with {label.back} unchanged")
    usual = stats.fixed("distance.vix_if_back_follows", 1)
    return Fact(
        name=name,
        value=usual,
        note=f"if {label.back} moves with it as usual; {still} if {label.back} stays put",
    )


def shown_ratio(s: Stats) -> str:
    """Return the ratio with two decimals, or four where two would hide on which side of the line it is."""
    return s.show("ivts", lambda ratio: f.short_ratio(ratio, s.value.regime.threshold))


def scale_caption(s: Snapshot) -> str:
    """Say what the picture of the ratio's place shows."""
    n = s.window.n_sessions
    dots = " Dots: the latest sessions." if s.all_history.n_sessions > 1 else ""
    if n < FEW:
        return f"{f.plural(n, 'reading')}: too few for a distribution.{dots}"
    pool = (
        f"{spelled_window(s.window.name)} of readings" if s.window.complete else f"{f.plural(n, 'reading')}"
    )
    return f"Shape: {pool}.{dots}"


def spot_sentence(s: Stats, label: Labels) -> str:
    """Say closes, ratio, regime and backwardation rate in one sentence."""
    return (
        f"On {s.show('as_of', f.date_long)} {label.front} closed at {s.show('closes.vix', f.level)} and "
        f"{label.back} at {s.show('closes.vix3m', f.level)}, a ratio of {s.show('ivts', f.ratio)}: "
        f"{s.text('regime.name')}, session {s.count('regime.day')}; inverted on {_counts(s.at('window'))}."
    )


def credit(s: Snapshot, label: Labels) -> str:
    """Say where the closes of front and back came from: "VIX: Cboe. VIX3M: FRED to …, then Cboe.".

    Empty for simulated closes.
    """
    return "" if s.sample else origins(s, dict(zip(s.series, (label.front, label.back), strict=False)))


def origins(s: Snapshot, names: Mapping[str, str]) -> str:
    """Say where the stored closes of series came from, each by its name."""
    known = ((name, s.series[key]) for key, name in names.items() if key in s.series)
    return " ".join(f"{name}: {origin(series)}." for name, series in known)


def dial_edges(threshold: float) -> dict[str, str]:
    """Return value, lowest and highest value of an explorer's threshold, which always lies within them."""
    value = max(f.fixed(threshold, 2), f.plain(threshold), key=len)
    return {
        "value": value,
        "low": f.plain(min(LOWEST, threshold)),
        "high": f.plain(max(HIGHEST, threshold)),
    }


def window_words(window: Window) -> str:
    """Return "2 years", or how much there is where the stored history is shorter: "12 sessions stored"."""
    if window.complete:
        return f.window_words(window.name)
    return f"{f.plural(window.n_sessions, 'session')} stored"


def run_sentence(s: Snapshot) -> str:
    """Say in one sentence for how long the regime has held."""
    if s.all_history.n_sessions == 1:
        return "No earlier session is stored."
    since = f.date_long(s.regime.since)
    if s.regime.since == s.all_history.first_session:
        return f"It has been so since the stored history begins, on {since}."
    if s.regime.day == 1:
        return "It is the first session of this regime."
    return f"The regime has held since {since}, for {f.plural(s.regime.day, 'session')}."


def suspect_series(s: Snapshot, label: Labels) -> str:
    """Name the series whose close of the session shown is suspect; empty where none is."""
    front, back, *_ = s.series
    found = {suspect.series for suspect in s.quality.suspect if suspect.session == s.as_of}
    return f.listing([name for key, name in ((front, label.front), (back, label.back)) if key in found])


def _counts(window: Stats) -> str:
    inverted = window.count("n_backwardation")
    if not window.value.complete:
        return f"{inverted} of {window.plural('n_sessions', 'session')} stored"
    return f"{inverted} of the last {window.plural('n_sessions', 'session')} ({window_words(window.value)})"
