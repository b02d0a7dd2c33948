"""What is said in the place of an entry or a page that no longer holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ivts_site import formatting as f
from ivts_site.model import LogEntry

_LISTED = 3
"""Changed closes that are named one by one."""
_GONE = {
    "session": "This session has no ratio any more.",
    "flip": "The regime did not change on this session.",
    "episode": "No inversion began on this session.",
}


def withdrawn_title(kind: str, session: str) -> str:
    """Return the title of what has taken the place of an entry."""
    lost = {"session": "no ratio", "flip": "no change of regime", "episode": "no inversion"}[kind]
    return f"Correction for {f.date_short(session)}: {lost}"


def withdrawn_text(kind: str, session: str, changes: Sequence[LogEntry], labels: Mapping[str, str]) -> str:
    """Say what no longer holds of a session, and which closes were changed."""
    near = sorted(changes, key=lambda each: (each.session != session, each.session > session, each.session))
    named = list(_changes(near[:_LISTED], labels))
    more = len(changes) - len(named)
    words = f.listing([*named, *([f.plural(more, "other close")] if more > 0 else [])])
    verb = "were" if len(changes) > 1 else "was"
    return f"{_GONE[kind]} {words} {verb} changed on {f.date_long(changes[0].seen_at[:10])}."


def _changes(changes: Sequence[LogEntry], labels: Mapping[str, str]) -> Iterator[str]:
    for each in changes:
        after = f"to {each.new}" if each.new else "to none"
        name = labels.get(each.series, each.series)
        yield f"The {name} close of {f.date_long(each.session)} (from {each.old} {after})"
