"""The past: a page for every episode, every year and every session, each made from few values and kept."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from itertools import chain, groupby

import numpy as np
import numpy.typing as npt
import pandas as pd

from ivts_site import formatting as f
from ivts_site.analytics.days import build_point_in_time, list_days
from ivts_site.analytics.history import measure_years
from ivts_site.analytics.outcomes import slice_episode
from ivts_site.analytics.rows import iso_days
from ivts_site.charts.calendar import build_calendar
from ivts_site.charts.card import build_episode_card
from ivts_site.charts.episode import draw_episode, draw_timeline
from ivts_site.charts.sparkline import draw_sparkline
from ivts_site.content.parts import PageText
from ivts_site.model import Asset, LogEntry
from ivts_site.pipeline.context import BuildContext, Part, picture
from ivts_site.pipeline.corrections import Correction
from ivts_site.pipeline.fingerprint import fingerprint, program_fingerprint, template_fingerprint
from ivts_site.publish import CachedFile
from ivts_site.published.day import Day
from ivts_site.published.episode import EpisodeOutcome
from ivts_site.published.history import Year
from ivts_site.published.numbers import known, number, numbers
from ivts_site.published.serialize import to_json
from ivts_site.published.stats import Stats
from ivts_site.render import Page
from ivts_site.words import archive as say
from ivts_site.words.feeds import withdrawn_text, withdrawn_title
from ivts_site.words.news import tell_news
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head
from ivts_site.words.today import dial_edges

DAYS = "api/v1/day/"
ROOT = "../../"
"""From every kept page to the site's root."""
AROUND = 20
"""Sessions shown before and after an episode."""
DRAWN = 60
"""Sessions of the small picture of a day."""
CHUNK = 512
"""Days whose records are in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlan:
    """Pages that are kept and the files beside them, in the order of publication; nothing is made yet."""

    entries: tuple[Page | CachedFile, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Files to be published, so that links to them can be checked."""
        return tuple(each.file if isinstance(each, Page) else each.path for each in self.entries)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages among them."""
        return tuple(each for each in self.entries if isinstance(each, Page))

    def files(self, render: Callable[[Page], bytes]) -> Iterator[CachedFile]:
        """Yield all files, pages as they are rendered."""
        for each in self.entries:
            if isinstance(each, Page):
                yield CachedFile(path=each.file, key=each.key, make=partial(render, each))
            else:
                yield each


def archive_part(context: BuildContext) -> Part:
    """Return the pages that lead to the past: all episodes, all years, the comparison."""
    pages = [
        Page(path="episodes/", template="episodes.html", make=lambda: _episodes(context)),
        Page(path="compare/", template="compare.html", make=lambda: _compare(context)),
    ]
    if context.config.archive.days:
        pages.append(Page(path="history/", template="history.html", make=lambda: _history(context)))
    return Part(pages=tuple(pages))


def plan_archive(context: BuildContext, assets: Mapping[str, Asset]) -> ArchivePlan:
    """Plan the files of the past that the settings ask for."""
    settings, common = context.config.archive, _common(context, assets)
    return ArchivePlan(
        entries=tuple(
            chain(
                plan_episodes(context, common) if settings.episodes else (),
                plan_years(context, common) if settings.days else (),
                plan_days(context, common) if settings.days else (),
                plan_withdrawn(context, common),
            )
        )
    )


def _common(context: BuildContext, assets: Mapping[str, Asset]) -> str:
    """Hash what goes into every kept page."""
    return fingerprint(
        program_fingerprint(),
        template_fingerprint(context.root / "templates"),
        context.config.model_dump_json(),
        sorted((name, asset.path) for name, asset in assets.items()),
        context.site.kept(),
    )


def _frame(context: BuildContext, page: PageText, path: str) -> dict[str, object]:
    """Return what the three pages that lead to the past share."""
    return {
        "head": Head.of(page, path),
        "title": page.title,
        "lead": build_prose(page.lead, "../"),
        "names": context.names,
    }


def _foot(build: BuildContext, note: str) -> dict[str, object]:
    """Return what the kept pages of a kind share: names of the series, the note at their foot."""
    return {"names": build.names, "note": build_prose(note, ROOT)}


def _episodes(context: BuildContext) -> dict[str, object]:
    history, listed = context.snapshot.all_history, context.episodes.episodes
    first, last = (int(session[:4]) for session in (history.first_session, history.last_session))
    timeline = draw_timeline(context.analysis, sample=context.inputs.sample) if listed else ""
    return _frame(context, context.content.archive.episodes, "episodes/") | {
        "episodes": listed[::-1],
        "summary": say.episodes_sentence(context.snapshot.episodes, context.names),
        "timeline": picture(timeline),
        "threshold": context.snapshot.regime.threshold,
        "years": range(first, last + 1),
        "first": history.first_session,
        "note": build_prose(context.content.archive.episode_note, "../"),
        "content": context.content,
        "s": Stats(path="snapshot", value=context.snapshot),
        "edges": dial_edges(context.snapshot.regime.threshold),
    }


def _compare(context: BuildContext) -> dict[str, object]:
    history, statistics = context.snapshot.all_history, context.config.statistics
    return _frame(context, context.content.archive.compare, "compare/") | {
        "no_script": build_prose(context.content.archive.compare_script, "../"),
        "episodes": context.episodes.episodes[::-1],
        "first": history.first_session,
        "last": history.last_session,
        "record": context.snapshot.measured.ivts_max_session,
        "line": context.snapshot.regime.threshold,
        "window": statistics.default_window,
        "rolling": statistics.rolling_sessions,
        "horizons": statistics.forward_sessions,
    }


def _history(context: BuildContext) -> dict[str, object]:
    years = measure_years(context.analysis.signal, context.analysis.episodes)
    return _frame(context, context.content.archive.history, "history/") | {
        "sentence": say.history_sentence(context.snapshot.all_history, years),
        "calendar": build_calendar(context.analysis),
        "years": years[::-1],
    }


def plan_episodes(build: BuildContext, common: str) -> Iterator[Page | CachedFile]:
    """Yield the page and the card of each episode, oldest first.

    A page depends on the episode, its rank and neighbors, and on the closes of the sessions around it.
    """
    listed, changed = build.episodes.episodes, _last_changes(build)
    foot = _foot(build, build.content.archive.episode_note) | {"n": len(listed)}
    common = fingerprint(common, foot)
    site_name, names, sample = build.config.site.name, build.names, build.inputs.sample
    draw = partial(build_episode_card, build.analysis, site_name=site_name, sample=sample)
    firsts = ["", *(each.first_session for each in listed), ""]
    for row, episode in enumerate(listed):
        span = slice_episode(build.analysis, row, AROUND)
        beside = {"before": firsts[row], "after": firsts[row + 2]}
        key = fingerprint(common, episode, beside, span)
        path = f"episodes/{episode.first_session}/"
        drawn = fingerprint(site_name, names, sample, episode, span)[:12]
        card = f"{path}card.{drawn}.png"
        yield Page(
            path=path,
            template="episode.html",
            key=key,
            make=partial(_episode, build, episode, span, foot | beside | {"card": card}),
            changed=changed[row],
        )
        yield CachedFile(path=card, key=key, make=partial(draw, row, span))


def _episode(
    build: BuildContext, episode: EpisodeOutcome, span: pd.DataFrame, shared: Mapping[str, object]
) -> dict[str, object]:
    names, dates, path = build.names, say.episode_span(episode), f"episodes/{episode.first_session}/"
    pictures = draw_episode(
        span,
        asdict(names),
        build.analysis.rules.threshold,
        name=dates,
        sample=build.inputs.sample,
    )
    sentence = say.episode_sentence(episode, names, len(build.episodes.episodes))
    return {
        **shared,
        "head": Head(
            title=f"Inversion, {dates}",
            description=sentence,
            trail=(("Episodes", "episodes/"), (dates, path)),
            card=str(shared["card"]),
            card_alt=say.episode_card_alt(episode, names),
        ),
        "episode": episode,
        "sentence": sentence,
        "pictures": {name: picture(svg) for name, svg in pictures.items()},
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


def _last_changes(build: BuildContext) -> list[str]:
    """Return the last session whose close may have changed the page of each episode.

    Its own figures and pictures are whole once the longest forward return is known and the sessions after it
    are drawn. Its ranks, and of how many, change until the newest episode is over.
    """
    listed, days = build.episodes.episodes, iso_days(build.analysis.panel.closes.index)
    place = {session: at for at, session in enumerate(days)}
    reach = max(AROUND, *build.analysis.statistics.forward_sessions)
    whole = (days[min(place[each.last_session] + reach, len(days) - 1)] for each in listed)
    return [max(each, listed[-1].last_session) for each in whole]


def plan_years(build: BuildContext, common: str) -> Iterator[Page]:
    """Yield the pages of all years, oldest first.

    A page depends on the ratios of its year, on the episodes that began in it, and on whether there are years
    before and after it.
    """
    foot = _foot(build, build.content.archive.year_note)
    common = fingerprint(common, foot)
    years = measure_years(build.analysis.signal, build.analysis.episodes)
    for year, before, after in zip(years, (None, *years), (*years[1:], None), strict=False):
        signal = build.analysis.signal.loc[year.first_session : year.last_session]
        begun = tuple(e for e in build.episodes.episodes if e.first_session.startswith(f"{year.year}-"))
        beside = {"before": before and before.year, "after": after and after.year, "episodes": begun}
        yield Page(
            path=f"history/{year.year}/",
            template="year.html",
            key=fingerprint(common, year, beside, signal[["ivts", "backwardation"]]),
            make=partial(_year, build, year, signal, foot | beside),
            changed=max([year.last_session, *(each.last_session for each in begun)]),
        )


def _year(
    build: BuildContext, year: Year, signal: pd.DataFrame, shared: Mapping[str, object]
) -> dict[str, object]:
    sentence = say.year_sentence(year)
    drawn = draw_sparkline(
        signal["ivts"].tolist(),
        build.analysis.rules.threshold,
        title=f"The ratio in {year.year}",
        sample=build.inputs.sample,
    )
    return {
        **shared,
        "head": Head(
            title=f"{build.names.front} term structure in {year.year}",
            description=sentence,
            trail=(("History", "history/"), (str(year.year), f"history/{year.year}/")),
        ),
        "year": year,
        "sentence": sentence,
        "picture": picture(drawn),
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


def plan_days(build: BuildContext, common: str) -> Iterator[Page | CachedFile]:
    """Yield page and JSON of every session with a ratio, oldest first.

    A page depends on its own row of the point-in-time table, on the ratios it draws, on its neighbors'
    dates, on closes that were changed since and, through its news, on the record up to it; its JSON file on
    the row alone.
    """
    return _Days(build).entries(common)


class _Days:
    """The files of all sessions."""

    def __init__(self, build: BuildContext) -> None:
        self._build, self._analysis = build, build.analysis
        self._table = build_point_in_time(build.analysis)
        self._sessions = iso_days(self._table.index)
        self._ratios = self._table["ivts"].to_numpy()
        self._names = build.names
        self._foot = _foot(build, build.content.archive.day_note)
        self._changed: dict[str, list[LogEntry]] = defaultdict(list)
        for entry in build.revisions:
            self._changed[entry.session].append(entry)
        self._chunk = lru_cache(maxsize=1)(self._list_chunk)

    def entries(self, common: str) -> Iterator[Page | CachedFile]:
        """Yield page and JSON of each session."""
        rules = (self._build.config.publish.raw_closes, self._analysis.rules, self._analysis.statistics)
        common = fingerprint(common, self._foot, self._build.labels, rules, list(self._table.columns))
        rows, gaps = self._rows(), self._table["n_gaps"].to_numpy()
        digests = self._build.to_date.digests()
        for place, session in enumerate(self._sessions):
            row = fingerprint(common, place, rows[place], self._gaps(place) if gaps[place] else [])
            beside = (self._neighbors(place), self._changed.get(session, []), digests[place])
            yield Page(
                path=f"day/{session}/",
                template="day.html",
                key=fingerprint(row, self._drawn(place), beside),
                make=partial(self._page, place),
                changed=session,
            )
            yield CachedFile(path=f"{DAYS}{session}.json", key=row, make=partial(self._json, place))

    def _day(self, place: int) -> Day:
        return self._chunk(place // CHUNK)[place % CHUNK]

    def _list_chunk(self, number: int) -> list[Day]:
        return list_days(
            self._analysis,
            self._table,
            sample=self._build.inputs.sample,
            raw_closes=self._build.config.publish.raw_closes,
            rows=slice(number * CHUNK, (number + 1) * CHUNK),
        )

    def _rows(self) -> npt.NDArray[np.float64]:
        """Return the rows of the table as numbers that tell everything about them; a band by its place."""
        bands = {band.name: place for place, band in enumerate(self._analysis.rules.bands)}
        table = self._table.assign(**{"regime.band": self._table["regime.band"].map(bands)})
        plain = (
            column.astype("int64") if column.dtype.kind == "M" else column for _, column in table.items()
        )
        return np.ascontiguousarray(np.column_stack([each.to_numpy().astype(np.float64) for each in plain]))

    def _gaps(self, place: int) -> list[str]:
        gaps, index = self._analysis.gaps, self._table.index
        return iso_days(gaps[(gaps > index[place - 1]) & (gaps < index[place])])

    def _drawn(self, place: int) -> npt.NDArray[np.float64]:
        return self._ratios[max(place + 1 - DRAWN, 0) : place + 1]

    def _neighbors(self, place: int) -> tuple[str, str]:
        before = self._sessions[place - 1] if place else ""
        return before, self._sessions[place + 1] if place + 1 < len(self._sessions) else ""

    def _json(self, place: int) -> bytes:
        return to_json(self._day(place)).encode()

    def _page(self, place: int) -> dict[str, object]:
        day, ratios = self._day(place), self._drawn(place).tolist()
        before, after = self._neighbors(place)
        news = tell_news(self._build.to_date.at(place))
        drawn = draw_sparkline(
            ratios,
            self._analysis.rules.threshold,
            title=f"The ratio up to {f.date_long(day.session)}",
            sample=day.sample,
            suspect=day.suspect,
        )
        return self._foot | {
            "head": self._head(day, news[0].text),
            "news": news,
            "day": day,
            "before": before,
            "after": after,
            "reading": say.day_reading(day, self._names, news),
            "quoted": self._quoted(place),
            "readings": say.window_readings(day.window),
            "notes": list(say.day_notes(day, self._build.labels, self._changed.get(day.session, ()))),
            "picture": picture(drawn),
            "n_drawn": len(ratios),
        }

    def _quoted(self, place: int) -> dict[str, float | None]:
        """Return the closes that the page of a session quotes; none where the settings forbid it."""
        if not self._build.config.publish.quoted_closes:
            return {}
        quoted = {name: self._table[f"closes.{name}"].iloc[place] for name in ("vix", "vix3m", "spy")}
        return {name: known(number(close)) for name, close in quoted.items()}

    def _head(self, day: Day, headline: str) -> Head:
        path, year, date = f"day/{day.session}/", day.session[:4], f.date_long(day.session)
        return Head(
            title=f"{self._names.front} term structure on {date}",
            description=f"{headline}.",
            trail=(("History", "history/"), (year, f"history/{year}/"), (date, path)),
        )


def plan_withdrawn(build: BuildContext, common: str) -> Iterator[Page | CachedFile]:
    """Yield what lies at the address of each episode and session that was published and holds no longer.

    A page says why; the JSON file of a session keeps what it held, and says so too.
    """
    settings, found = build.config.archive, set()
    for correction in build.corrections:
        lost = [
            *(("episode", each) for each in correction.lost_episodes(build.episodes) if settings.episodes),
            *(("session", each) for each in correction.lost_sessions(build.history) if settings.days),
        ]
        for kind, session in lost:
            if (kind, session) not in found:
                found.add((kind, session))
                yield from _withdrawn(build, common, kind, session, correction)


def _withdrawn(
    build: BuildContext, common: str, kind: str, session: str, correction: Correction
) -> Iterator[Page | CachedFile]:
    episodes = dict(zip(build.history.session, build.history.episode, strict=True))
    title, text = (
        withdrawn_title(kind, session),
        withdrawn_text(kind, session, correction.changes, build.labels),
    )
    read = {
        "head": Head(title=title, description=text),
        "title": title,
        "text": text,
        "session": session if session in episodes and build.config.archive.days else "",
        "episode": episodes.get(session) if build.config.archive.episodes else None,
        "file": f"{DAYS}{session}.json" if kind == "session" else "",
    }
    key = fingerprint(common, read)
    yield Page(
        path=f"{'day' if kind == 'session' else 'episodes'}/{session}/",
        template="withdrawn.html",
        key=key,
        make=lambda: read,
        changed=correction.day,
        listed=False,
    )
    if read["file"]:
        # the closes of the time tell all that the file held, whatever else has been revised since
        was = fingerprint(key, correction.analysis.panel.closes)
        make = partial(_withdrawn_day, build, session, correction, text)
        yield CachedFile(path=f"{DAYS}{session}.json", key=was, make=make)


def _withdrawn_day(build: BuildContext, session: str, correction: Correction, text: str) -> bytes:
    table, at = build_point_in_time(correction.analysis), correction.history.session.index(session)
    [day] = list_days(
        correction.analysis,
        table,
        sample=build.inputs.sample,
        raw_closes=build.config.publish.raw_closes,
        rows=slice(at, at + 1),
    )
    return to_json(replace(day, withdrawn=text)).encode()
