"""A session as it stood that evening, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.snapshot.types import Day, DayWindow
from ivts_site.upkeep import LogEntry
from ivts_site.view.archive_types import DayView, FigureRow, PlainShellView, WayView
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
        rows=tuple(_rows(day, frame)),
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
    return f", at or above {f.percent(window.ivts_rank)} of the {_readings(window)}"


def _readings(window: DayWindow) -> str:
    readings = f"{f.count(window.n_sessions)} readings"
    if not window.complete or window.name == "all":
        return f"{readings} stored"
    return f"{readings} of the {f.window_words(window.name)} up to it"


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


def _rows(day: Day, frame: DayFrame) -> list[FigureRow]:
    return [
        FigureRow(
            label="Regime",
            value=f"{day.regime.name}, day {f.count(day.regime.day)}",
            note=f"since {f.date_long(day.regime.since)}",
            term="regime",
        ),
        FigureRow(label="Band", value=day.regime.band, term="band"),
        *_legs(day, frame.label),
        _line(day, frame.label),
        *_ranks(day, frame.label),
        _window_row(day),
        *(
            FigureRow(label=f"In backwardation, last {n} sessions", value=f.percent(rate))
            for n, rate in day.rolling_rates.items()
            if rate is not None
        ),
        *_episode(day, frame),
    ]


def _legs(day: Day, label: Names) -> list[FigureRow]:
    c, closes = day.changes, day.closes
    since = f"since {f.date_long(c.previous_session)}" if c.previous_session else ""
    returns = ((label.front, c.vix_return), (label.back, c.vix3m_return), (label.benchmark, c.spy_return))
    if closes is None:
        return [
            FigureRow(label=f"{name}, change", value=f.percent_change(value), note=since)
            for name, value in returns
            if value is not None
        ]
    levels = (closes.vix, closes.vix3m, closes.spy)
    return [
        FigureRow(
            label=name, value=f.level(level), note=f"{f.percent_change(value)} {since}" if since else ""
        )
        for (name, value), level in zip(returns, levels, strict=True)
    ]


def _line(day: Day, label: Names) -> FigureRow:
    wanted = "contango" if day.regime.name == "backwardation" else "backwardation"
    return FigureRow(
        label=f"To {wanted}",
        value=f.percent_change(day.regime.distance_return),
        note=f"change of {label.front} that meets the line, {label.back} unchanged",
    )


def _ranks(day: Day, label: Names) -> list[FigureRow]:
    window = day.window
    if window.n_sessions < 2:
        return []
    among = f"among {_readings(window)}"
    legs = ((label.front, window.vix_rank), (label.back, window.vix3m_rank))
    return [
        FigureRow(
            label="Percentile rank",
            value=f.fixed(window.ivts_rank * 100, 1),
            note=f"{', '.join(f'{name} {f.fixed(rank * 100, 1)}' for name, rank in legs)}; {among}",
            term="percentile-rank",
        ),
        FigureRow(
            label="Ratio in the window",
            value=f"median {f.ratio(window.p50)}",
            note=f"95th percentile {f.ratio(window.p95)}, 99th {f.ratio(window.p99)}",
        ),
    ]


def _window_row(day: Day) -> FigureRow:
    window = day.window
    length = f.window_words(window.name) if window.complete else "stored history"
    return FigureRow(
        label=f"In backwardation, {length}",
        value=f.percent(window.backwardation_rate),
        note=f.share_of(window.n_backwardation, window.n_sessions),
        term="backwardation-rate",
    )


def _episode(day: Day, frame: DayFrame) -> list[FigureRow]:
    episode = day.episode
    if episode is None:
        return []
    href = f"{ROOT}episodes/{episode.first_session}/" if frame.episodes else ""
    if episode.ongoing:
        words = f"began on {f.date_long(episode.first_session)}"
        return [
            FigureRow(
                label="Episode",
                value=words,
                note=f"highest ratio so far {f.ratio(episode.max_ivts)}",
                href=href,
            )
        ]
    span = (
        f.date_long(episode.first_session)
        if episode.first_session == episode.last_session
        else f.date_span(episode.first_session, episode.last_session)
    )
    return [FigureRow(label="Last episode", value=span, href=href)]


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
