"""Changed and refused closes in words, for the methodology page."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.model import DataLog, LogEntry
from ivts_site.view.parts import Cell, Column, RowView, SectionView, TableView

_KINDS = {
    "revision": "changed by the source",
    "final": "provisional, then final",
    "upgrade": "from a more trusted source",
    "split": "split: the whole history was divided or multiplied",
    "withdrawn": "the trusted source has no such close",
}


_CONFIRMED = {"accepted": "accepted by the operator", "repeated": "repeated on a later day"}


def build_log_sections(log: DataLog, label: Mapping[str, str]) -> tuple[SectionView, ...]:
    """Lay out revisions, changes that wait and rows set aside; `label` names each series key."""
    return _revisions(log, label), _held(log, label), _quarantined(log, label)


def _held(log: DataLog, label: Mapping[str, str]) -> SectionView:
    n = len(log.held)
    words = (
        f"{f.plural(n, 'change is', 'changes are')} waiting for a second source to confirm it. "
        "Until then the stored close stays."
        if n == 1
        else f"{f.plural(n, 'change is', 'changes are')} waiting for a second source to confirm them. "
        "Until then the stored closes stay."
        if n
        else "No change of a stored close is waiting to be confirmed."
    )
    columns = ("Close of", "Stored", "Proposed", "Proposed by")
    rows = tuple(
        _row(e, label, Cell(text=e.old), Cell(text=e.new), Cell(text=f.vendor(e.source), note=_when(e)))
        for e in log.held
    )
    return _section("held-revisions", "Revisions held", words, columns, rows)


def _revisions(log: DataLog, label: Mapping[str, str]) -> SectionView:
    n, listed = log.n_revisions, log.revisions
    words = (
        f"{f.plural(n, 'stored close has', 'stored closes have')} been changed since recording began; "
        f"{_listed(n, len(listed))}."
        if n
        else "No stored close has been changed since recording began."
    )
    columns = ("Close of", "Before", "After", "What happened")
    rows = tuple(
        _row(e, label, Cell(text=e.old), Cell(text=e.new), Cell(text=_kind(e), note=_seen(e))) for e in listed
    )
    return _section("revised-closes", "Revisions on record", words, columns, rows)


def _quarantined(log: DataLog, label: Mapping[str, str]) -> SectionView:
    n, listed = log.n_quarantined, log.quarantined
    kept = (
        f"{f.plural(n, 'row has', 'rows have')} been set aside as impossible or contradicted; "
        f"{_listed(n, len(listed))}."
        if n
        else "No row has been set aside."
    )
    differ = (
        f" Two sources have differed on {f.plural(log.n_disagreements, 'close')}."
        if log.n_disagreements
        else ""
    )
    columns = ("Close of", "Found", "Rule it broke")
    rows = tuple(
        _row(e, label, Cell(text=e.new), Cell(text=e.kind.replace("_", " "), note=_seen(e))) for e in listed
    )
    return _section("quarantined-rows", "Rows set aside", kept + differ, columns, rows)


def _section(
    anchor: str, title: str, words: str, columns: tuple[str, ...], rows: tuple[RowView, ...]
) -> SectionView:
    heads = tuple(
        Column(label=name, numeric=name in ("Before", "After", "Found", "Stored", "Proposed"))
        for name in columns
    )
    return SectionView(
        id=anchor,
        title=title,
        partial="partials/section.html",
        lead=Markup("<p>{}</p>").format(words),
        table=TableView(caption=f"{title}, table", columns=heads, rows=rows) if rows else None,
    )


def _row(entry: LogEntry, label: Mapping[str, str], *cells: Cell) -> RowView:
    series = label.get(entry.series, entry.series)
    return RowView(cells=(Cell(text=_session(entry.session), note=series), *cells))


def _session(text: str) -> str:
    try:
        return f.date_short(text)
    except ValueError:
        return text


def _kind(entry: LogEntry) -> str:
    return _KINDS.get(entry.kind, entry.kind)


def _seen(entry: LogEntry) -> str:
    confirmed = _CONFIRMED.get(entry.confirmed_by) or (
        f"confirmed by {', '.join(map(f.vendor, entry.confirmed_by.split(', ')))}"
        if entry.confirmed_by
        else ""
    )
    return ", ".join(filter(None, (f.vendor(entry.source), confirmed, _when(entry))))


def _when(entry: LogEntry) -> str:
    return f"seen {f.date_short(f.day_in(entry.seen_at))}" if entry.seen_at else ""


def _listed(n: int, shown: int) -> str:
    return "all are listed" if n == shown else f"the latest {shown} are listed"
