"""The sessions to come and when their closes should be published, stored: a build needs no calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from ivts_site.config import Config
from ivts_site.model import NextPublication, Publication
from ivts_site.sessions import Sessions
from ivts_site.store import SeriesProvenance

N_UPCOMING = 60
"""Sessions told in advance: for three months a page that nobody rebuilds counts how many it is behind."""


def build_calendar(
    config: Config, sessions: Sessions, finals: Mapping[str, pd.DatetimeIndex]
) -> NextPublication | None:
    """Return what follows the last session with final closes of the whole ratio.

    Parameters
    ----------
    config : Config
        Names the ratio's series and their publication lags.
    sessions : Sessions
        Holds at least `N_UPCOMING` sessions after the last stored one.
    finals : mapping of str to DatetimeIndex
        Sessions with a final close by series key; provisional ones are not among them. Days that are no
        session after all, as those of a closing declared later, are passed over.

    Returns
    -------
    NextPublication or None
        With `N_UPCOMING` sessions after the last ratio. A function of the stored sessions alone, so that it
        changes only when they do; None where the series have no session in common. A benchmark of which
        nothing is stored is not waited for.
    """
    needed = (config.ratio.front, config.ratio.back)
    keys = (*needed, config.ratio.benchmark) if len(finals[config.ratio.benchmark]) else needed
    common = _common(finals[key] for key in keys).intersection(sessions.labels)
    if common.empty:
        return None
    last = common[-1].date()
    # a benchmark that has stopped must not use up what is told in advance of the ratio
    ahead = sessions.sessions_in(last, last_ratio(config, sessions, finals) or last)
    upcoming = publications(config, sessions, last, most=len(ahead) - 1 + N_UPCOMING)
    return NextPublication(after=last, upcoming=upcoming)


def publications(
    config: Config, sessions: Sessions, after: dt.date, *, most: int | None = None
) -> tuple[Publication, ...]:
    """Return the sessions after a day, with the instant at which the last of the ratio's closes is out."""
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    lag = max(config.series[key].publication_lag_minutes for key in keys)
    return tuple(
        Publication(session=label.date(), publication=sessions.publication_instant(label.date(), lag))
        for label in sessions.labels[sessions.labels > pd.Timestamp(after)][:most]
    )


def last_ratio(config: Config, sessions: Sessions, finals: Mapping[str, pd.DatetimeIndex]) -> dt.date | None:
    """Return the last session with final closes of front and back; None where there is none."""
    common = _ratio_sessions(config, sessions, finals)
    return None if common.empty else common[-1].date()


def early_closes(
    config: Config, sessions: Sessions, finals: Mapping[str, pd.DatetimeIndex]
) -> dict[dt.date, dt.datetime]:
    """Return the early closes from the first to the last session with final closes of front and back."""
    common = _ratio_sessions(config, sessions, finals)
    return {} if common.empty else sessions.early_closes(common[0].date(), common[-1].date())


def _ratio_sessions(
    config: Config, sessions: Sessions, finals: Mapping[str, pd.DatetimeIndex]
) -> pd.DatetimeIndex:
    common = _common(finals[key] for key in (config.ratio.front, config.ratio.back))
    return common.intersection(sessions.labels)


def final_sessions(closes: pd.DataFrame, entry: SeriesProvenance | None) -> pd.DatetimeIndex:
    """Return the stored sessions of a series whose close is final: those without a provisional mark."""
    marked = pd.DatetimeIndex(list(entry.provisional) if entry else [])
    return pd.DatetimeIndex(closes.index.difference(marked))


def _common(indexes: Iterable[pd.DatetimeIndex]) -> pd.DatetimeIndex:
    first, *others = indexes
    for other in others:
        first = first.intersection(other)
    return first
