"""Today's reading: three to five sentences from the snapshot alone, natural in every state."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.published.episode import Episode
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.spans import suspect_series
from ivts_site.words.names import Names

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


def line_level(snapshot: Snapshot) -> float:
    """Return the front close at which the ratio would meet the threshold with the back index unchanged."""
    return snapshot.closes.vix + snapshot.regime.distance


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
    line = f.level(line_level(s))
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
