"""Wording that several charts share."""

from __future__ import annotations

import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts.theme import clean
from ivts_site.model import Role
from ivts_site.published.snapshot import Window


def name(role: Role) -> str:
    """Return the label of a series as plain text that cannot turn the direction of what follows."""
    return clean(role.label)


def span(first: str | pd.Timestamp | None, last: str | pd.Timestamp | None) -> str:
    """Return "on 27 Feb 2026" or "from 28 Feb 2024 to 27 Feb 2026"."""
    if first == last:
        return f"on {fmt.date_short(last)}"
    return f"from {fmt.date_short(first)} to {fmt.date_short(last)}"


def window_name(window: Window) -> str:
    """Return "2 years", or "all stored history" where that is shorter."""
    return fmt.window_words(window.name if window.complete else "all")


def window_words(window: Window) -> str:
    """Return the window and its dates: "In the last 2 years, from … to …"; a short history is called so."""
    dates = span(window.first_session, window.last_session)
    length = window_name(window)
    if length.startswith("all"):
        return f"In {length}, {dates}"
    return f"In the last {length.removeprefix('1 ')}, {dates}"


def window_share(window: Window) -> str:
    """Return "38 of 502 sessions (8%)", of a handful the counts alone."""
    share = fmt.share_of(window.n_backwardation, window.n_sessions)
    rate = fmt.rate(window.backwardation_rate, window.n_sessions, 0)
    return share if rate == fmt.UNDEFINED else f"{share} ({rate})"


def sample_words(text: str, *, sample: bool) -> str:
    """Return a text, introduced as simulated where it is."""
    return f"SAMPLE DATA, simulated closes, not market data. {text}" if sample else text


def today(analysis: Analysis) -> str:
    """Return "On 27 February 2026"."""
    return f"On {fmt.date_long(analysis.panel.as_of)}"
