"""A page for every episode of backwardation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from ivts_site.analytics.days import iso_days
from ivts_site.analytics.outcomes import slice_episode
from ivts_site.charts.episode import draw_episode
from ivts_site.charts.episode_card import build_episode_card
from ivts_site.pipeline.core import Core
from ivts_site.pipeline.fingerprint import fingerprint
from ivts_site.pipeline.plan import Plan, Press
from ivts_site.publish import Recipe
from ivts_site.published.episode import EpisodeOutcome
from ivts_site.published.numbers import day, number
from ivts_site.view.episode_page import (
    ROOT,
    EpisodeFrame,
    SpanRow,
    build_episode_view,
    episode_sentence,
)
from ivts_site.view.episode_words import episode_span
from ivts_site.view.head import CARD
from ivts_site.view.parts import LinkView
from ivts_site.view.plain import build_plain_head
from ivts_site.view.prose import build_prose
from ivts_site.view.site import names
from ivts_site.view.types import HeadView

AROUND = 20
"""Sessions shown before and after an episode."""


def plan_episodes(press: Press) -> Plan:
    """Plan the pages of all episodes, oldest first.

    A page depends on the episode, its rank and neighbours, and on the closes of the sessions around it.
    """
    listed, changed = press.core.episodes.episodes, _last_changes(press.core)
    return Plan(
        recipes=_Episodes(press).recipes(),
        paths=tuple(path(each) for each in listed for path in (_path, _card_path)),
        listed=tuple((f"episodes/{each.first_session}/", changed[each.first_session]) for each in listed),
    )


class _Episodes:
    """The recipes of all episodes."""

    def __init__(self, press: Press) -> None:
        core = press.core
        self._press, self._listed = press, core.episodes.episodes
        self._label = names(core.config)
        self._frame = EpisodeFrame(
            shell=press.shell,
            label=self._label,
            note=build_prose(core.content.archive.episode_note, ROOT),
            n=len(self._listed),
            days=core.config.archive.days,
        )

    def recipes(self) -> Iterator[Recipe]:
        """Yield the page and the card of each episode."""
        common = fingerprint(self._press.common, self._frame)
        for row, episode in enumerate(self._listed):
            span = slice_episode(self._press.core.analysis, row, AROUND)
            key = fingerprint(
                common,
                episode,
                self._neighbours(row),
                span.index.to_numpy().tobytes(),
                span.to_numpy(float).tobytes(),
            )
            yield Recipe(path=_path(episode), key=key, make=partial(self._page, row, span))
            yield Recipe(path=_card_path(episode), key=key, make=partial(self._card, row, span))

    def _neighbours(self, row: int) -> tuple[EpisodeOutcome | None, EpisodeOutcome | None]:
        before = self._listed[row - 1] if row else None
        return before, self._listed[row + 1] if row + 1 < len(self._listed) else None

    def _page(self, row: int, span: pd.DataFrame) -> bytes:
        episode, label, core = self._listed[row], self._label, self._press.core
        pictures = draw_episode(
            span,
            {"front": label.front, "back": label.back, "benchmark": label.benchmark},
            core.analysis.rules.threshold,
            name=episode_span(episode),
            sample=core.inputs.sample,
        )
        view = build_episode_view(
            episode,
            self._frame,
            head=self._head(episode),
            pictures=pictures,
            span=_rows(span),
            neighbours=self._neighbours(row),
        )
        return self._press.render("episode.html", view)

    def _card(self, row: int, span: pd.DataFrame) -> bytes:
        core = self._press.core
        return build_episode_card(
            core.analysis, row, span, site_name=core.config.site.name, sample=core.inputs.sample
        )

    def _head(self, episode: EpisodeOutcome) -> HeadView:
        core, path = self._press.core, f"episodes/{episode.first_session}/"
        span = episode_span(episode)
        return build_plain_head(
            core.content,
            core.config.site.base_url,
            path=path,
            title=f"Backwardation, {span}",
            description=episode_sentence(episode, self._label, self._frame.n),
            sample=core.inputs.sample,
            trail=[LinkView(label="Episodes", href="episodes/"), LinkView(label=span, href=path)],
            card=f"{path}{CARD}",
        )


def _last_changes(core: Core) -> dict[str, str]:
    """Return the last session whose close may have changed the page of each episode, by its first session.

    Its own figures and pictures are whole once the longest forward return is known and the sessions after it
    are drawn. Its ranks, and of how many, change until the newest episode is over.
    """
    listed, days = core.episodes.episodes, iso_days(core.analysis.panel.closes.index)
    place = {session: at for at, session in enumerate(days)}
    reach = max(AROUND, *core.analysis.statistics.forward_sessions)
    whole = (days[min(place[each.last_session] + reach, len(days) - 1)] for each in listed)
    return {
        each.first_session: max(own, listed[-1].last_session) for each, own in zip(listed, whole, strict=True)
    }


def _path(episode: EpisodeOutcome) -> str:
    return f"episodes/{episode.first_session}/index.html"


def _card_path(episode: EpisodeOutcome) -> str:
    return f"episodes/{episode.first_session}/{CARD}"


def _rows(span: pd.DataFrame) -> tuple[SpanRow, ...]:
    columns = (span["ivts"].tolist(), span["benchmark"].tolist(), span["backwardation"].tolist())
    return tuple(
        SpanRow(session=day(session), ivts=number(ivts), benchmark=number(benchmark), backwardation=inside)
        for session, ivts, benchmark, inside in zip(span.index, *columns, strict=True)
    )
