"""A page for every episode of backwardation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial

import pandas as pd
from markupsafe import Markup

from ivts_site.analytics.outcomes import slice_episode
from ivts_site.analytics.rows import iso_days
from ivts_site.charts.episode import draw_episode
from ivts_site.charts.episode_card import build_episode_card
from ivts_site.pipeline.core import Core
from ivts_site.pipeline.fingerprint import fingerprint
from ivts_site.pipeline.plan import ROOT, ArchiveContext
from ivts_site.publish import Recipe
from ivts_site.published.episode import EpisodeOutcome
from ivts_site.published.numbers import numbers
from ivts_site.render import Page
from ivts_site.words.episode import episode_sentence, episode_span
from ivts_site.words.names import names
from ivts_site.words.prose import build_prose
from ivts_site.words.site import CARD, Head

AROUND = 20
"""Sessions shown before and after an episode."""


def plan_episodes(context: ArchiveContext) -> Iterator[Page | Recipe]:
    """Yield the page and the card of each episode, oldest first.

    A page depends on the episode, its rank and neighbours, and on the closes of the sessions around it.
    """
    core, listed = context.core, context.core.episodes.episodes
    frame: dict[str, object] = {
        "names": names(core.config),
        "note": build_prose(core.content.archive.episode_note, ROOT),
        "n": len(listed),
        "days": core.config.archive.days,
    }
    common, changed = fingerprint(context.common, frame), _last_changes(core)
    firsts = ["", *(each.first_session for each in listed), ""]
    for row, episode in enumerate(listed):
        span = slice_episode(core.analysis, row, AROUND)
        beside = {"before": firsts[row], "after": firsts[row + 2]}
        key = fingerprint(
            common, episode, beside, span.index.to_numpy().tobytes(), span.to_numpy(float).tobytes()
        )
        path = f"episodes/{episode.first_session}/"
        yield Page(
            path=path,
            template="episode.html",
            key=key,
            make=partial(_page, core, episode, span, frame | beside),
            changed=changed[row],
        )
        yield Recipe(path=f"{path}{CARD}", key=key, make=partial(_card, core, row, span))


def _page(
    core: Core, episode: EpisodeOutcome, span: pd.DataFrame, shared: dict[str, object]
) -> dict[str, object]:
    label, dates = names(core.config), episode_span(episode)
    path = f"episodes/{episode.first_session}/"
    pictures = draw_episode(
        span,
        {"front": label.front, "back": label.back, "benchmark": label.benchmark},
        core.analysis.rules.threshold,
        name=dates,
        sample=core.inputs.sample,
    )
    sentence = episode_sentence(episode, label, len(core.episodes.episodes))
    return shared | {
        "head": Head(
            title=f"Backwardation, {dates}",
            description=sentence,
            trail=(("Episodes", "episodes/"), (dates, path)),
            card=f"{path}{CARD}",
        ),
        "episode": episode,
        "sentence": sentence,
        "pictures": {name: Markup(svg) for name, svg in asdict(pictures).items()},  # noqa: S704 - charts escapes its labels
        "sessions": list(
            zip(
                iso_days(span.index),
                numbers(span["ivts"].tolist()),
                numbers(span["benchmark"].tolist()),
                span["backwardation"].tolist(),
                strict=True,
            )
        ),
    }


def _card(core: Core, row: int, span: pd.DataFrame) -> bytes:
    return build_episode_card(
        core.analysis, row, span, site_name=core.config.site.name, sample=core.inputs.sample
    )


def _last_changes(core: Core) -> list[str]:
    """Return the last session whose close may have changed the page of each episode.

    Its own figures and pictures are whole once the longest forward return is known and the sessions after it
    are drawn. Its ranks, and of how many, change until the newest episode is over.
    """
    listed, days = core.episodes.episodes, iso_days(core.analysis.panel.closes.index)
    place = {session: at for at, session in enumerate(days)}
    reach = max(AROUND, *core.analysis.statistics.forward_sessions)
    whole = (days[min(place[each.last_session] + reach, len(days) - 1)] for each in listed)
    return [max(each, listed[-1].last_session) for each in whole]
