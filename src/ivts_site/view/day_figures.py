"""The figures of a past session in words."""

from __future__ import annotations

from collections.abc import Iterable

from ivts_site import formatting as f
from ivts_site.published.day import Day, DayWindow
from ivts_site.view.archive_types import FigureRow
from ivts_site.view.episode_words import episode_link
from ivts_site.view.parts import Names


def day_figures(day: Day, label: Names, root: str, *, episodes: bool) -> tuple[FigureRow, ...]:
    """Word the figures of a session.

    Parameters
    ----------
    day : Day
        Origin of every number.
    label : Names
        What the series are called.
    root : str
        Leads from the page to the site's root.
    episodes : bool
        Whether episodes have pages to link to.
    """
    return tuple(_rows(day, label, root if episodes else None))


def window_readings(window: DayWindow) -> str:
    """Return "502 readings of the 2 years up to it", or how many are stored."""
    readings = f"{f.count(window.n_sessions)} readings"
    if not window.complete or window.name == "all":
        return f"{readings} stored"
    return f"{readings} of the {f.window_words(window.name)} up to it"


def _rows(day: Day, label: Names, root: str | None) -> Iterable[FigureRow]:
    return [
        FigureRow(
            label="Regime",
            value=f"{day.regime.name}, day {f.count(day.regime.day)}",
            note=f"since {f.date_long(day.regime.since)}",
            term="regime",
        ),
        FigureRow(label="Band", value=day.regime.band, term="band"),
        *_legs(day, label),
        _line(day, label),
        *_ranks(day, label),
        _window_row(day),
        *(
            FigureRow(label=f"In backwardation, last {n} sessions", value=f.percent(rate))
            for n, rate in day.rolling_rates.items()
            if rate is not None
        ),
        *_episode(day, root),
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
    among = f"among {window_readings(window)}"
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


def _episode(day: Day, root: str | None) -> list[FigureRow]:
    episode = day.episode
    if episode is None:
        return []
    href = "" if root is None else episode_link(root, episode.first_session)
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
