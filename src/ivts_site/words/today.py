"""Where the ratio stands today, in words: what the tracker page says beside its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivts_site import formatting as f
from ivts_site.analytics.to_date import ToDate
from ivts_site.charts.scale import FEW, TRAIL
from ivts_site.published.episode import Episode
from ivts_site.published.snapshot import Snapshot, Window
from ivts_site.published.stats import Stats
from ivts_site.words.names import Names
from ivts_site.words.news import tells_run
from ivts_site.words.news.line import plain_ordinal, shown, spelled_window

LOWEST, HIGHEST = 0.8, 1.3
"""Thresholds that the explorer offers at least."""
_STILL = ("hardly moved", "did not move")


def build_reading(snapshot: Snapshot, label: Names) -> str:
    """Word what the snapshot says today.

    Parameters
    ----------
    snapshot : Snapshot
        The only origin of every number in the text.
    label : Names
        What the series are called.

    Returns
    -------
    str
        Sentences in a fixed order: regime and day, change, distance to the line, place in the window with
        the rolling rates, last or present episode. What is undefined is left out or said to be missing.
    """
    sentences = (
        _regime(snapshot, label),
        _change(snapshot, label),
        _distance(snapshot, label),
        _standing(snapshot, label),
        _episode(snapshot, label.benchmark),
    )
    return " ".join(filter(None, sentences))


def borderline_note(snapshot: Snapshot) -> str:
    """Say that the ratio is borderline and from which side it comes; empty where it is not borderline."""
    regime = snapshot.regime
    if not regime.borderline:
        return ""
    if regime.slope is None:
        return "borderline, with too few sessions to say from which side it comes"
    shown, sessions = f.ratio_change(regime.slope), f.plural(regime.slope_sessions, "session")
    if shown == f.ratio(0):
        return f"borderline, as high as {sessions} ago"
    return f"borderline, coming from {'above' if regime.slope < 0 else 'below'} ({shown} over {sessions})"


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


def facts(stats: Stats, now: ToDate, label: Names) -> Iterator[Fact]:
    """Yield three facts: the run, the rate with its counts, and the closes that would change the regime."""
    yield _run(stats.value, now, label)
    yield _rate(stats)
    yield _line(stats, label)


def _run(s: Snapshot, now: ToDate, label: Names) -> Fact:
    name = "This inversion" if s.regime.name == "backwardation" else "This run of contango"
    if s.regime.since == s.all_history.first_session:
        return Fact(name=name, value=f"Since {f.date_short(s.regime.since)}", note="where the record begins")
    latest = s.episodes.recent[0] if s.episodes.recent else None
    if latest and latest.ongoing and latest.spy_return is not None:
        note = f"{label.benchmark} {f.percent_change(latest.spy_return)} from the close before it"
        return Fact(name=name, value=f"Since {f.date_short(s.regime.since)}", note=note)
    place = now.longer_run()
    if place is None:
        note = "the longest on record"
    else:
        length, end = f.plural(int(now.run[place]), "session"), f.date_short(str(now.sessions[place]))
        note = f"longest since the {length} to {end}"
    return Fact(name=name, value=f"Since {f.date_short(s.regime.since)}", note=note)


def _rate(stats: Stats) -> Fact:
    s: Snapshot = stats.value
    window, history = stats.at("window"), stats.at("all_history")
    counts = f"{window.count('n_backwardation')} of {window.count('n_sessions')} sessions"
    rate = window.percent("backwardation_rate", 0)
    if not s.window.complete:
        return Fact(name="Inverted so far", value=counts, note=f"{rate} of the record")
    since = f"{history.percent('backwardation_rate', 0)} since {s.all_history.first_session[:4]}"
    return Fact(
        name=f"Inverted, past {spelled_window(s.window.name)}", value=counts, note=f"{rate}, against {since}"
    )


def _line(stats: Stats, label: Names) -> Fact:
    s: Snapshot = stats.value
    verb = "end the inversion" if s.regime.name == "backwardation" else "invert the curve"
    name = f"{label.front} close that would {verb}"
    still, follows = stats.fixed("distance.vix_if_back_fixed", 2), s.distance.vix_if_back_follows
    if follows is None:
        return Fact(name=name, value=still, note=f"with {label.back} unchanged")
    usual = stats.fixed("distance.vix_if_back_follows", 1)
    return Fact(
        name=name,
        value=usual,
        note=f"if {label.back} moves with it as usual; {still} if {label.back} stays put",
    )


def shown_ratio(s: Snapshot) -> str:
    """Return the ratio with two decimals, or four where two would hide on which side of the line it is."""
    return shown(s.ivts, s.regime.threshold)


def onward(s: Snapshot, *, days: bool) -> Iterator[tuple[str, str, str]]:
    """Yield path, label and a few words on each page to read on."""
    yield "guide/", "Guide", "What the ratio means, products, past crises, questions"
    yield "research/", "Research", "Common claims about the curve, tested"
    if days:
        yield "history/", "History", f"All {f.plural(s.all_history.n_sessions, 'session')}, one page each"
    yield "api/", "Data", "JSON, CSV and feeds; how each number is made"


def scale_caption(s: Snapshot) -> str:
    """Say what the picture of the ratio's place shows."""
    n, before = s.window.n_sessions, min(TRAIL, s.all_history.n_sessions - 1)
    trail = f"Dots: the last {f.plural(before, 'session')}." if before else ""
    pool = (
        f"{spelled_window(s.window.name)} of readings" if s.window.complete else f"{f.plural(n, 'reading')}"
    )
    few = f"{f.plural(n, 'reading')}: too few for a distribution."
    return " ".join(filter(None, (f"Shape: {pool}." if n >= FEW else few, trail)))


def spot_sentence(s: Snapshot, label: Names) -> str:
    """Say closes, ratio, regime and backwardation rate in one sentence."""
    return (
        f"On {f.date_long(s.as_of)} {label.front} closed at {f.level(s.closes.vix)} and {label.back} at "
        f"{f.level(s.closes.vix3m)}, a ratio of {f.ratio(s.ivts)}: {s.regime.name}, session "
        f"{f.count(s.regime.day)}; inverted on {_counts(s.window)}."
    )


def credit(s: Snapshot, label: Names) -> str:
    """Say where the closes of front and back came from: "VIX: Cboe. VIX3M: FRED to …, then Cboe.".

    Empty for simulated closes.
    """
    found = [
        (name, f.sources([(each.source, each.last_session) for each in series.ranges]))
        for name, series in zip((label.front, label.back), s.series.values(), strict=False)
    ]
    return "" if s.sample else " ".join(f"{name}: {words}." for name, words in found if words)


def dial_edges(threshold: float) -> dict[str, str]:
    """Return value, lowest and highest value of an explorer's threshold, which always lies within them."""
    value = max(f.fixed(threshold, 2), f.plain(threshold), key=len)
    return {
        "value": value,
        "low": f.plain(min(LOWEST, threshold)),
        "high": f.plain(max(HIGHEST, threshold)),
    }


def listed_episodes(s: Snapshot) -> Sequence[Episode]:
    """Return the recent episodes, and the longest one where it is not among them."""
    longest = s.episodes.longest
    recent = s.episodes.recent
    return (*recent, longest) if longest and longest not in recent else recent


def window_words(window: Window) -> str:
    """Return "2 years", or how much there is where the stored history is shorter: "12 sessions stored"."""
    if window.complete:
        return f.window_words(window.name)
    return f"{f.plural(window.n_sessions, 'session')} stored"


def regime_held(s: Snapshot) -> str:
    """Say in one sentence for how long the regime has held."""
    if s.all_history.n_sessions == 1:
        return "No earlier session is stored."
    since = f.date_long(s.regime.since)
    if s.regime.since == s.all_history.first_session:
        return f"It has been so since the stored history begins, on {since}."
    if s.regime.day == 1:
        return "It is the first session of this regime."
    return f"The regime has held since {since}, for {f.plural(s.regime.day, 'session')}."


def suspect_series(s: Snapshot, label: Names) -> str:
    """Name the series whose close of the session shown is suspect; empty where none is."""
    front, back, *_ = s.series
    found = {suspect.series for suspect in s.quality.suspect if suspect.session == s.as_of}
    return f.listing([name for key, name in ((front, label.front), (back, label.back)) if key in found])


def _counts(window: Window) -> str:
    if not window.complete:
        return f"{f.share_of(window.n_backwardation, window.n_sessions)} stored"
    part = f"{f.count(window.n_backwardation)} of the last {f.plural(window.n_sessions, 'session')}"
    return f"{part} ({window_words(window)})"


def _regime(s: Snapshot, label: Names) -> str:
    regime, day = s.regime, f.date_long(s.as_of)
    where = f"In this simulated sample, on {day}," if s.sample else f"On {day}"
    if s.provisional:
        where += ", the last session with final closes,"
    subject = f"{where} the {label.front} term structure"
    if s.all_history.n_sessions == 1:
        return f"{subject} is in {regime.name}, on the first session stored."
    if regime.since == s.all_history.first_session:
        since = f"the stored history begins, on {f.date_long(regime.since)}"
        return f"{subject} is in {regime.name} and has been since {since}: day {f.count(regime.day)}."
    if regime.day == 1:
        return f"{subject} turned to {regime.name}: day 1 of the new regime."
    began = f"a regime that began on {f.date_long(regime.since)}"
    return f"{subject} is in {regime.name}, day {f.count(regime.day)} of {began}."


def _change(s: Snapshot, label: Names) -> str:
    change = s.changes.ivts
    if change is None:
        return "There is no earlier session to compare it with."
    shown = f.ratio(abs(change))
    moved = "is unchanged" if shown == f.ratio(0) else f"{'rose' if change > 0 else 'fell'} by {shown}"
    return f"The ratio {moved} {_since(s)}: {_legs(s, label)}{_doubt(s, label)}."


def _doubt(s: Snapshot, label: Names) -> str:
    name = suspect_series(s, label)
    return f"; the repeated {name} close is suspect, and so is the ratio" if name else ""


def _legs(s: Snapshot, label: Names) -> str:
    front, back = _gained(s.changes.vix_return), _gained(s.changes.vix3m_return)
    pair = f"{label.front} and {label.back} {front}" if front == back in _STILL else ""
    legs = [f"{label.front} {front}", f"{label.back} {back}"]
    if s.closes.spy is None:
        return f"{pair or f.listing(legs)}; no {label.benchmark} close is stored for this session"
    if s.changes.spy_return is None:
        return pair or f.listing(legs)
    fund = f"{label.benchmark} {_gained(s.changes.spy_return)}"
    return f"{pair}, and {fund}" if pair else f.listing([*legs, fund])


def _since(s: Snapshot) -> str:
    previous = s.changes.previous_session or ""
    missing = sorted(gap for gap in s.all_history.gaps if previous < gap < s.as_of)
    if not missing:
        return "from the session before"
    days = f.listing([f.date_long(gap) for gap in missing])
    verb = "has" if len(missing) == 1 else "have"
    return f"since {f.date_long(previous)} ({days} {verb} no ratio)"


def _gained(fraction: float | None) -> str:
    if fraction is None:
        return "has no close to compare with"
    shown = f.percent(abs(fraction))
    if shown == f.percent(0):
        return _STILL[0] if fraction else _STILL[1]
    return f"{'gained' if fraction > 0 else 'lost'} {shown}"


def _distance(s: Snapshot, label: Names) -> str:
    note = borderline_note(s)
    start = f"The reading is {note}: with" if note else "With"
    return f"{start} {label.back} unchanged, {_needed(s, label.front)}."


def _needed(s: Snapshot, front: str) -> str:
    points, share = f.level(abs(s.regime.distance)), f.percent(abs(s.regime.distance_return))
    line = f.level(s.closes.vix + s.regime.distance)
    if s.ivts == s.regime.threshold:
        exact = f"a ratio of exactly {f.plain(s.regime.threshold)} still counts as contango"
        return f"any higher {front} close would be backwardation, since {exact}"
    if s.regime.name == "backwardation":
        return (
            f"{front} would have to close at {line} or lower, down {points} points or {share}, for contango"
        )
    return f"{front} would have to close above {line}, up {points} points or {share}, for backwardation"


def _standing(s: Snapshot, label: Names) -> str:
    subject = "Taken as it is, the ratio" if suspect_series(s, label) else "The ratio"
    parts = [part for part in (_rank(s, subject), _rolling(s)) if part]
    return "; ".join(parts) + "." if parts else ""


def _rank(s: Snapshot, subject: str) -> str:
    window, rank = s.window, s.window.percentile_ranks.ivts
    if rank is None or window.n_sessions < 2:
        return ""
    readings = f"{f.count(window.n_sessions)} readings"
    pool = (
        f"{readings} of the past {f.window_words(window.name)}"
        if window.complete and window.name != "all"
        else f"{readings} stored"
    )
    if s.ivts == window.ivts_max:
        return f"{subject} is the highest of the {pool}"
    if s.ivts == window.ivts_min:
        return f"{subject} is the lowest of the {pool}"
    return f"{subject} is at or above {f.percent(rank)} of the {pool}"


def _rolling(s: Snapshot) -> str:
    known = sorted((int(n), rate) for n, rate in s.rolling_rates.items() if rate is not None)
    if not known:
        return ""
    # a span without (or full of) backwardation says it for the shorter spans within it
    extreme = {rate: n for n, rate in known if rate in (0, 1)}
    told = [(n, rate) for n, rate in known if extreme.get(rate, n) == n]
    parts = [f"{_part(rate)} of the last {f.count(n)}" for n, rate in told]
    parts[0] += " sessions"
    verb = "was" if told == [(told[0][0], 0)] else "were"
    return f"{f.listing(parts)} {verb} in backwardation"


def _part(rate: float) -> str:
    return {0.0: "none", 1.0: "all"}.get(rate) or f.percent(rate)


def _episode(s: Snapshot, benchmark: str) -> str:
    if not s.episodes.recent:
        return f"No session since {f.date_long(s.all_history.first_session)} has been in backwardation."
    latest, *earlier = s.episodes.recent
    if not latest.ongoing:
        just = s.regime.name == "contango" and s.regime.day == 1
        return _past(
            "The episode just ended" if just else "The last episode of backwardation", latest, benchmark
        )
    if latest.n_sessions > 1:
        return _present(latest, s, benchmark)
    return _past("The episode before this one", earlier[0], benchmark) if earlier else ""


def _past(name: str, e: Episode, benchmark: str) -> str:
    outcome = "" if e.spy_return is None else f", and {benchmark} {_returned(e.spy_return)} over it"
    if e.n_sessions == 1:
        day = f.date_long(e.first_session)
        return f"{name} was the single session of {day}, at {f.ratio(e.max_ivts)}{outcome}."
    span = f.date_span(e.first_session, e.last_session)
    size = f"{f.plural(e.n_sessions, 'session')} with a highest ratio of {f.ratio(e.max_ivts)}"
    return f"{name} ran from {span}, {size}{outcome}."


def _present(e: Episode, s: Snapshot, benchmark: str) -> str:
    if e.max_session == s.as_of:
        peak = "This is the highest ratio of the episode so far"
    else:
        top, day = f.ratio(e.max_ivts), f.date_long(e.max_session)
        peak = f"The highest ratio of the episode so far was {top} on {day}"
    if e.spy_return is None:
        return f"{peak}."
    return f"{peak}; {benchmark} {_returned(e.spy_return)} since the close before it began."


def _returned(fraction: float) -> str:
    return f"returned {f.percent_change(fraction)}"
