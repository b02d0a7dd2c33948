"""Changed and refused closes in words, for the methodology page."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.model import LogEntry
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import DataLog, HeldRevision

RECORDS = {
    "suspect-closes": "Suspect closes on record",
    "revised-closes": "Revisions on record",
    "held-revisions": "Revisions held",
    "quarantined-rows": "Rows set aside",
}
"""Anchor and heading of each record of closes."""
KINDS = {
    "revision": "changed by the source",
    "final": "provisional, then final",
    "upgrade": "from a more trusted source",
    "split": "split: the whole history was divided or multiplied",
    "withdrawn": "the trusted source has no such close",
}
"""What happened to a close."""
_CONFIRMED = {"accepted": "accepted by the operator", "repeated": "repeated on a later day"}


def suspects_sentence(s: Snapshot) -> str:
    """Say how many stored closes look wrong."""
    n = len(s.quality.suspect)
    held = f"{f.plural(n, 'stored close')} up to {f.date_long(s.as_of)}"
    return f"{held} {'looks' if n == 1 else 'look'} wrong by the rule above; kept in all statistics."


def revisions_sentence(log: DataLog) -> str:
    """Say how many stored closes were changed."""
    if not log.n_revisions:
        return "No stored close has been changed since recording began."
    counted = f.plural(log.n_revisions, "stored close has", "stored closes have")
    return f"{counted} been changed since recording began; {_listed(log.n_revisions, len(log.revisions))}."


def held_sentence(log: DataLog) -> str:
    """Say how many changes wait for a second source."""
    n = len(log.held)
    if not n:
        return "No change of a stored close is waiting to be confirmed."
    them, closes = ("it", "close stays") if n == 1 else ("them", "closes stay")
    return (
        f"{f.plural(n, 'change is', 'changes are')} waiting for a second source to confirm {them}. "
        f"Until then the stored {closes}."
    )


def quarantined_sentence(log: DataLog) -> str:
    """Say how many rows were set aside, and on how many closes two sources have differed."""
    n = log.n_quarantined
    kept = (
        f"{f.plural(n, 'row has', 'rows have')} been set aside as impossible or contradicted; "
        f"{_listed(n, len(log.quarantined))}."
        if n
        else "No row has been set aside."
    )
    if not log.n_disagreements:
        return kept
    return f"{kept} Two sources have differed on {f.plural(log.n_disagreements, 'close')}."


def session_words(text: str) -> str:
    """Date the session of an entry, or quote what no date could be read from."""
    try:
        return f.date_short(text)
    except ValueError:
        return text


def seen_words(entry: LogEntry) -> str:
    """Say who sent the close, who confirmed it, and when it was seen."""
    confirmed = _CONFIRMED.get(entry.confirmed_by) or (
        f"confirmed by {', '.join(map(f.vendor, entry.confirmed_by.split(', ')))}"
        if entry.confirmed_by
        else ""
    )
    return ", ".join(filter(None, (f.vendor(entry.source), confirmed, when_words(entry))))


def when_words(entry: LogEntry | HeldRevision) -> str:
    """Say when an entry was first seen, where that is known."""
    return f"seen {f.date_short(f.day_in(entry.seen_at))}" if entry.seen_at else ""


def _listed(n: int, shown: int) -> str:
    return "all are listed" if n == shown else f"the latest {shown} are listed"
