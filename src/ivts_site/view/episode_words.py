"""An episode of backwardation in words: shared by its page, the table of all, and the years."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.published.episode import Episode


def episode_span(episode: Episode) -> str:
    """Return "24 February to 23 April 2020"; one date for one session; an ongoing episode has no end."""
    if episode.ongoing:
        return f"since {f.date_long(episode.first_session)}"
    if episode.first_session == episode.last_session:
        return f.date_long(episode.first_session)
    return f.date_span(episode.first_session, episode.last_session)


def episode_link(root: str, first_session: str) -> str:
    """Return the address of an episode's page from a page whose way to the site's root is `root`."""
    return f"{root}episodes/{first_session}/"


def day_link(root: str, session: str) -> str:
    """Return the address of a session's page."""
    return f"{root}day/{session}/"
