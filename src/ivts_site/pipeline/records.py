"""Findings of a fetch as entries of the append-only records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from ivts_site import formatting as f
from ivts_site.pipeline.asking import Answer
from ivts_site.store import Entry, Revision


def revision_entries(key: str, revisions: Sequence[Revision], now: dt.datetime) -> Iterator[Entry]:
    """Give each changed close of a series as an entry of `revisions.jsonl`."""
    for each in revisions:
        yield {
            "series": key,
            "session": each.session.isoformat(),
            "old": each.old,
            "new": each.new,
            "source": each.source,
            "kind": each.kind.value,
            **({"confirmed_by": each.confirmed_by} if each.confirmed_by else {}),
            "seen_at": f.instant_iso(now),
        }


def quarantine_entries(answer: Answer, now: dt.datetime) -> Iterator[Entry]:
    """Give each row of an answer that was set aside as an entry of `quarantine.jsonl`."""
    if answer.taken is None:
        return
    for row in answer.taken.cleaned.set_aside:
        yield {
            "series": answer.key,
            "session": row.session,
            "value": row.value,
            "rule": row.rule,
            "source": answer.source,
            "file_sha256": answer.taken.reply.sha256,
            "line": row.line,
            "seen_at": f.instant_iso(now),
        }
