"""A session as it stood that evening, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.published.day import Day
from ivts_site.upkeep import LogEntry
from ivts_site.view.archive_types import DayView, PlainShellView, WayView
from ivts_site.view.day_figures import day_figures, window_readings
from ivts_site.view.parts import LinkView, Moment, Names
from ivts_site.view.types import HeadView

ROOT = "../../"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFrame:
    """What all pages of sessions share.

    Attributes
    ----------
    shell : PlainShellView
        Frame of the page.
    label : Names
        What the series are called.
    note : Markup
        Words below the figures.
    episodes : bool
        Whether episodes have pages.
    names : mapping of str to str
        Series key to its name.
    """

    shell: PlainShellView
    label: Names
    note: Markup
    episodes: bool
    names: Mapping[str, str]


def build_day_view(  # noqa: PLR0913 - each is an origin of what the page says
    day: Day,
    frame: DayFrame,
    *,
    head: HeadView,
    picture: str,
    n_drawn: int,
    neighbours: tuple[str, str],
    revisions: Sequence[LogEntry] = (),
) -> DayView:
    """Word the page of a session.

    Parameters
    ----------
    day : Day
        Origin of every number.
    frame : DayFrame
        What all such pages share.
    head : HeadView
        Head of the page.
    picture : str
        The ratio over the latest sessions; safe markup.
    n_drawn : int
        How many sessions it shows.
    neighbours : pair of str
        The sessions before and after; empty where there is none.
    revisions : sequence of LogEntry
        Closes of the session that were changed after it was first stored.
    """
    return DayView(
        head=head,
        shell=frame.shell,
        session=Moment(text=f.date_long(day.session), iso=day.session),
        regime=day.regime.name,
        icon=f"partials/icon-{day.regime.name}.svg",
        word=day.regime.name.capitalize(),
        ivts=f.ratio(day.ivts),
        change="" if day.changes.ivts is None else f.ratio_change(day.changes.ivts),
        sentence=day_sentence(day, frame.label),
        warnings=tuple(_warnings(day, frame.names, revisions)),
        picture=Markup(picture),  # noqa: S704 - drawn by charts, which escapes its title
        caption=_caption(day, n_drawn),
        rows=day_figures(day, frame.label, ROOT, episodes=frame.episodes),
        note=frame.note,
        way=_way(day, neighbours),
        files=(
            LinkView(label="JSON", href=f"{ROOT}api/v1/day/{day.session}.json"),
            LinkView(label="Compare with another session", href=f"{ROOT}compare/?a={day.session}"),
        ),
    )


def day_sentence(day: Day, label: Names) -> str:
    """Say in one sentence where the ratio stood."""
    where = f"{'In this simulated sample, on' if day.sample else 'On'} {f.date_long(day.session)}"
    return (
        f"{where} the {label.front} term structure was in {day.regime.name}, {_since(day)}: "
        f"the ratio {_moved(day)}{_standing(day)}."
    )


def _since(day: Day) -> str:
    regime = day.regime
    if day.n_sessions == 1:
        return "on the first session stored"
    if regime.day == day.n_sessions:
        return f"as it had been since the stored history begins, on {f.date_long(regime.since)}"
    if regime.day == 1:
        return "on the first day of the regime"
    return f"on day {f.count(regime.day)} of a regime that began on {f.date_long(regime.since)}"


def _moved(day: Day) -> str:
    change = day.changes.ivts
    if change is None:
        return f"was {f.ratio(day.ivts)}"
    shown = f.ratio(abs(change))
    if shown == f.ratio(0):
        return f"stayed at {f.ratio(day.ivts)}"
    return f"{'rose' if change > 0 else 'fell'} by {shown} to {f.ratio(day.ivts)}"


def _standing(day: Day) -> str:
    window = day.window
    if window.n_sessions < 2:
        return ""
    return f", at or above {f.percent(window.ivts_rank)} of the {window_readings(window)}"


def _caption(day: Day, n_drawn: int) -> str:
    if n_drawn < 2:
        return "The first session stored."
    return (
        f"The ratio on the {f.plural(n_drawn, 'session')} up to this one; the dashed line is "
        f"{f.plain(day.regime.threshold)}."
    )


def _warnings(day: Day, names: Mapping[str, str], revisions: Sequence[LogEntry]) -> list[Markup]:
    link = Markup('<a href="{}methodology/#suspect-closes">{}</a>')
    found = []
    if day.suspect:
        found.append(
            Markup(
                "A close of this session is {}: it repeats the one before although the other index moved "
                "sharply, so the ratio may be spurious."
            ).format(link.format(ROOT, "suspect"))
        )
    if day.changes.gaps:
        days = f.listing([f.date_long(gap) for gap in day.changes.gaps])
        verb = "has" if len(day.changes.gaps) == 1 else "have"
        found.append(
            Markup("{} {} no ratio; changes are from {}.").format(
                days, verb, f.date_long(day.changes.previous_session)
            )
        )
    if day.regime.borderline:
        found.append(Markup("The ratio is borderline{}.").format(_side(day)))
    found += [
        Markup("A stored {} close of this session was changed on {}.").format(
            names.get(each.series, each.series), f.date_long(each.seen_at[:10])
        )
        for each in revisions
    ]
    return found


def _side(day: Day) -> str:
    slope = day.regime.slope
    if slope is None or f.ratio_change(slope) == f.ratio(0):
        return ""
    sessions = f.plural(day.regime.slope_sessions, "session")
    return f", coming from {'above' if slope < 0 else 'below'} ({f.ratio_change(slope)} over {sessions})"


def _way(day: Day, neighbours: tuple[str, str]) -> WayView:
    before, after = (
        LinkView(label=f.date_short(session), href=f"../{session}/") if session else None
        for session in neighbours
    )
    year = day.session[:4]
    return WayView(
        before=before,
        after=after,
        above=(LinkView(label=year, href=f"{ROOT}history/{year}/"),),
    )
