"""Past events: the declared windows with the figures measured in them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.content.models import Event, Events, Intraday
from ivts_site.published.measured import Event as Measured
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.parts import Cell, Column, ItemView, RowView, SectionView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.words.names import Names

_NOT_STORED = "not stored"
_LATER = "later"


def build_events(section: Events, snapshot: Snapshot, label: Names) -> SectionView:
    """Lay out the events section: a table of measured figures, and the pattern of each event that is over.

    The closing words speak of all events and wait for the last.
    """
    measured = {event.id: event for event in snapshot.events}
    known = [event for event in section.events if event.id in measured]
    table = TableView(
        caption="Events and what was measured on closes in their windows",
        columns=(
            Column(label="Event and window"),
            Column(label=f"{label.front} before", numeric=True),
            Column(label=f"Highest {label.front} close", numeric=True),
            Column(label=f"{label.benchmark} peak to trough", numeric=True),
            Column(label="Sessions in backwardation", numeric=True),
            Column(label="Longest run", numeric=True),
        ),
        rows=tuple(_row(event, measured[event.id], snapshot.as_of) for event in known),
    )
    return SectionView(
        id=section.id,
        title=section.title,
        partial="partials/events.html",
        lead=build_prose(section.lead),
        table=table,
        items=tuple(_item(event) for event in known if _is_over(event, snapshot.as_of)),
        closing=build_prose(section.closing) if _all_over(known, snapshot.as_of) else Markup(),
    )


def _is_over(event: Event, as_of: str) -> bool:
    """Tell whether the window lies behind: what is told of it is then no news from later on."""
    return event.last.isoformat() <= as_of


def _all_over(events: Sequence[Event], as_of: str) -> bool:
    return bool(events) and all(_is_over(event, as_of) for event in events)


def _row(event: Event, m: Measured, as_of: str) -> RowView:
    name = Cell(text=event.name, note=f"{f.date_short(event.first)} to {f.date_short(event.last)}")
    if event.first.isoformat() > as_of:
        return RowView(cells=(name, *(Cell(text=_LATER) for _ in range(5))))
    return RowView(
        cells=(
            name,
            Cell(text=_stored(f.level(m.vix_before))),
            Cell(text=_stored(f.level(m.vix_peak)), note=_day(m.vix_peak_session)),
            Cell(text=_stored(f.percent_change(m.spy_drawdown)), note=_span(m)),
            *_ratio_cells(m),
        )
    )


def _ratio_cells(m: Measured) -> tuple[Cell, Cell]:
    if not m.n_sessions:
        return Cell(text=_NOT_STORED), Cell(text=_NOT_STORED)
    note = "" if m.ratio_complete else "stored in part"
    counts = f"{f.count(m.n_backwardation)} of {f.count(m.n_sessions)}"
    return Cell(text=counts, note=note), Cell(text=f.plural(m.longest_run, "session"), note=note)


def _stored(text: str) -> str:
    return _NOT_STORED if text == f.UNDEFINED else text


def _day(session: str | None) -> str:
    return f.date_short(session) if session else ""


def _span(m: Measured) -> str:
    if m.spy_peak_session is None or m.spy_trough_session is None:
        return ""
    return f"{f.date_short(m.spy_peak_session)} to {f.date_short(m.spy_trough_session)}"


def _item(event: Event) -> ItemView:
    aside = [("Within the day", _intraday(peak)) for peak in event.intraday]
    if event.note:
        aside.append(("Note", build_prose(event.note)))
    return ItemView(id=event.id, title=event.name, text=build_prose(event.pattern), aside=tuple(aside))


def _intraday(peak: Intraday) -> str:
    return f"{peak.series} {f.level(peak.value)} on {f.date_long(peak.session)} (source: {peak.source})"
