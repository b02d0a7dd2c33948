"""Episodes of backwardation, in words."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.published.episode import Episode, EpisodeOutcome, Episodes
from ivts_site.words.names import Names
from ivts_site.words.news.line import plain_ordinal


def episode_span(episode: Episode) -> str:
    """Return "24 February to 23 April 2020"; one date for one session; an ongoing episode has no end."""
    if episode.ongoing:
        return f"since {f.date_long(episode.first_session)}"
    return f.date_span(episode.first_session, episode.last_session)


def episode_sentence(episode: EpisodeOutcome, names: Names, n: int) -> str:
    """Say in two sentences what the episode was and where it ranks among all `n`."""
    e, pair = episode, f"{names.front} closed above {names.back}"
    if e.ongoing and e.n_sessions == 1:
        lasted = f"{pair} on the latest session, {f.date_long(e.first_session)}"
    elif e.ongoing:
        lasted = f"{pair} on the last {f.plural(e.n_sessions, 'session')}, {episode_span(e)}"
    elif e.n_sessions == 1:
        lasted = f"{pair} on a single session, {f.date_long(e.first_session)}"
    else:
        lasted = f"{pair} on {f.plural(e.n_sessions, 'session')} in a row, {episode_span(e)}"
    peak = f"a ratio of {f.ratio(e.max_ivts)}"
    top = (
        f", with {peak}" if e.n_sessions == 1 else f"; the highest was {peak} on {f.date_long(e.max_session)}"
    )
    return " ".join(filter(None, (f"{lasted}{top}.", _returned(e, names.benchmark), _ranks(e, n))))


def episode_card_alt(episode: EpisodeOutcome, names: Names) -> str:
    """Say what the picture of an episode shows in link previews."""
    return (
        f"{f.plural(episode.n_sessions, 'session')} of backwardation, {episode_span(episode)}: line chart of "
        f"the {names.front} / {names.back} ratio around it, highest {f.ratio(episode.max_ivts)}."
    )


def episodes_sentence(episodes: Episodes, names: Names) -> str:
    """Say how many episodes there are, how long they lasted and what the benchmark returned over them."""
    e = episodes
    if not e.n:
        return ""
    returns = (
        f" {names.benchmark} returned {f.percent_change(e.mean_spy_return)} on average over an inversion "
        f"(median {f.percent_change(e.median_spy_return)})."
        if e.n_returns
        else ""
    )
    mean, median = (f.average(length, "session") for length in (e.mean_sessions, e.median_sessions))
    return (
        f"{f.plural(e.n, 'inversion')} in all stored history: mean length {mean}, median {median}.{returns}"
    )


def _returned(e: EpisodeOutcome, benchmark: str) -> str:
    if e.spy_return is None:
        return ""
    change = f.percent_change(e.spy_return)
    return f"{benchmark} returned {change} from the close before it to its last close."


def _ranks(e: EpisodeOutcome, n: int) -> str:
    if n == 1:
        return "It is the only inversion stored."
    longest = "the longest" if e.rank_sessions == 1 else f"the {plain_ordinal(e.rank_sessions)} longest"
    highest = "the highest" if e.rank_max_ivts == 1 else f"the {plain_ordinal(e.rank_max_ivts)} highest"
    return f"Of {f.plural(n, 'inversion')} it is {longest}, and its peak is {highest}."
