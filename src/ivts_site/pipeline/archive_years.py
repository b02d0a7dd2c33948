"""A page for every calendar year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

import pandas as pd
from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.analytics.rows import iso_days
from ivts_site.analytics.years import measure_years
from ivts_site.charts.sparkline import draw_sparkline
from ivts_site.pipeline.fingerprint import fingerprint
from ivts_site.pipeline.plan import ROOT, ArchiveContext
from ivts_site.published.episode import EpisodeOutcome
from ivts_site.published.year import Year
from ivts_site.render import Page
from ivts_site.words.names import names
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head
from ivts_site.words.year import year_sentence


def plan_years(context: ArchiveContext) -> Iterator[Page]:
    """Yield the pages of all years, oldest first.

    A page depends on the ratios of its year, on the episodes that began in it, and on whether there are years
    before and after it.
    """
    core = context.core
    frame: dict[str, object] = {
        "names": names(core.config),
        "note": build_prose(core.content.archive.year_note, ROOT),
        "linked": core.config.archive.episodes,
    }
    common = fingerprint(context.common, frame)
    years = measure_years(core.analysis.signal, core.analysis.episodes)
    for year, before, after in zip(years, (None, *years), (*years[1:], None), strict=False):
        signal = core.analysis.signal.loc[year.first_session : year.last_session]
        begun = tuple(e for e in core.episodes.episodes if e.first_session.startswith(f"{year.year}-"))
        beside = {"before": before and before.year, "after": after and after.year, "episodes": begun}
        yield Page(
            path=f"history/{year.year}/",
            template="year.html",
            key=fingerprint(
                common,
                year,
                beside,
                signal.index.to_numpy().tobytes(),
                signal["ivts"].to_numpy().tobytes(),
                signal["backwardation"].to_numpy().tobytes(),
            ),
            make=partial(_page, context, year, signal, frame | beside),
            changed=_last_change(year, begun),
        )


def _last_change(year: Year, begun: Sequence[EpisodeOutcome]) -> str:
    """Return the last session that the page of a year tells of: an episode may go on into the next."""
    return max([year.last_session, *(each.last_session for each in begun)])


def _page(
    context: ArchiveContext, year: Year, signal: pd.DataFrame, shared: dict[str, object]
) -> dict[str, object]:
    core, label, sentence = context.core, names(context.core.config), year_sentence(year)
    path, title = f"history/{year.year}/", f"{label.front} term structure in {year.year}"
    picture = draw_sparkline(
        signal["ivts"].tolist(),
        core.analysis.rules.threshold,
        title=f"The ratio in {year.year}",
        sample=core.inputs.sample,
    )
    return shared | {
        "head": Head(
            title=title,
            description=sentence,
            trail=(("History", "history/"), (str(year.year), path)),
        ),
        "year": year,
        "sentence": sentence,
        "picture": Markup(picture),  # noqa: S704 - drawn by charts, which escapes its title
        "months": _months(signal),
    }


def _months(signal: pd.DataFrame) -> list[tuple[str, list[tuple[str, int, int, bool]]]]:
    """Return the months with their sessions: date, day of the month, weekday from 1 for Monday, regime."""
    days = [
        (session, day.day, day.isoweekday(), inside)
        for session, inside in zip(iso_days(signal.index), signal["backwardation"].tolist(), strict=True)
        for day in (dt.date.fromisoformat(session),)
    ]
    return [(f.month(f"{month}-01"), list(inside)) for month, inside in groupby(days, lambda day: day[0][:7])]
