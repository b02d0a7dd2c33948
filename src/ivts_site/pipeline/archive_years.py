"""A page for every calendar year."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from ivts_site.analytics.days import iso_days
from ivts_site.analytics.years import measure_years
from ivts_site.charts.sparkline import draw_sparkline
from ivts_site.pipeline.fingerprint import fingerprint
from ivts_site.pipeline.plan import Plan, Press
from ivts_site.publish import Recipe
from ivts_site.published.episode import EpisodeOutcome
from ivts_site.published.year import Year
from ivts_site.view.parts import LinkView
from ivts_site.view.plain import build_plain_head
from ivts_site.view.prose import build_prose
from ivts_site.view.site import names
from ivts_site.view.types import HeadView
from ivts_site.view.year import ROOT, YearDay, YearFrame, build_year, year_sentence


def plan_years(press: Press) -> Plan:
    """Plan the pages of all years, oldest first.

    A page depends on the ratios of its year, on the episodes that began in it, and on whether there are years
    before and after it.
    """
    core = press.core
    years = measure_years(core.analysis.signal, core.analysis.episodes)
    made = _Years(press, years)
    return Plan(
        recipes=made.recipes(),
        paths=tuple(_path(year) for year in years),
        listed=tuple((f"history/{year.year}/", made.last_change(year)) for year in years),
    )


class _Years:
    """The recipes of all years."""

    def __init__(self, press: Press, years: tuple[Year, ...]) -> None:
        core = press.core
        self._press, self._years = press, years
        self._frame = YearFrame(
            shell=press.shell,
            label=names(core.config),
            note=build_prose(core.content.archive.year_note, ROOT),
            episodes=core.config.archive.episodes,
        )

    def recipes(self) -> Iterator[Recipe]:
        """Yield the page of each year."""
        common = fingerprint(self._press.common, self._frame)
        for place, year in enumerate(self._years):
            signal, begun = self._signal(year), self._begun(year)
            key = fingerprint(
                common,
                year,
                begun,
                self._neighbours(place),
                signal.index.to_numpy().tobytes(),
                signal["ivts"].to_numpy().tobytes(),
                signal["backwardation"].to_numpy().tobytes(),
            )
            yield Recipe(path=_path(year), key=key, make=partial(self._page, place))

    def last_change(self, year: Year) -> str:
        """Return the last session that the page of a year tells of: an episode may go on into the next."""
        return max([year.last_session, *(each.last_session for each in self._begun(year))])

    def _signal(self, year: Year) -> pd.DataFrame:
        return self._press.core.analysis.signal.loc[year.first_session : year.last_session]

    def _begun(self, year: Year) -> tuple[EpisodeOutcome, ...]:
        listed = self._press.core.episodes.episodes
        return tuple(each for each in listed if each.first_session.startswith(f"{year.year}-"))

    def _neighbours(self, place: int) -> tuple[int | None, int | None]:
        before = self._years[place - 1].year if place else None
        return before, self._years[place + 1].year if place + 1 < len(self._years) else None

    def _page(self, place: int) -> bytes:
        year, core = self._years[place], self._press.core
        signal = self._signal(year)
        view = build_year(
            year,
            self._frame,
            head=self._head(year),
            picture=draw_sparkline(
                signal["ivts"].tolist(),
                core.analysis.rules.threshold,
                title=f"The ratio in {year.year}",
                sample=core.inputs.sample,
            ),
            days=[
                YearDay(session=session, backwardation=inside)
                for session, inside in zip(
                    iso_days(signal.index), signal["backwardation"].tolist(), strict=True
                )
            ],
            episodes=self._begun(year),
            neighbours=self._neighbours(place),
        )
        return self._press.render("year.html", view)

    def _head(self, year: Year) -> HeadView:
        core, path = self._press.core, f"history/{year.year}/"
        return build_plain_head(
            core.content,
            core.config.site.base_url,
            path=path,
            title=f"{self._frame.label.front} term structure in {year.year}",
            description=year_sentence(year),
            sample=core.inputs.sample,
            trail=[
                LinkView(label="History", href="history/"),
                LinkView(label=str(year.year), href=path),
            ],
        )


def _path(year: Year) -> str:
    return f"history/{year.year}/index.html"
