"""A page and a JSON file for every session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
import pandas as pd
from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.analytics.days import list_days
from ivts_site.analytics.point_in_time import build_point_in_time
from ivts_site.analytics.rows import iso_days
from ivts_site.charts.sparkline import draw_sparkline
from ivts_site.model import LogEntry
from ivts_site.pipeline.fingerprint import fingerprint
from ivts_site.pipeline.plan import ROOT, ArchiveContext
from ivts_site.publish import Recipe
from ivts_site.published.day import Day
from ivts_site.published.serialize import to_json
from ivts_site.render import Page
from ivts_site.words.day import day_notes, day_sentence, window_readings
from ivts_site.words.names import names
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head

DRAWN = 60
"""Sessions of the small picture."""
CHUNK = 512
"""Sessions whose records are in memory at a time."""


def plan_days(context: ArchiveContext, revisions: Sequence[LogEntry]) -> Iterator[Page | Recipe]:
    """Yield page and JSON of every session with a ratio, oldest first.

    A page depends on its own row of the point-in-time table, on the ratios it draws, on its neighbours' dates
    and on closes that were changed since; its JSON file on the row alone.
    """
    return _Days(context, revisions).entries()


class _Days:
    """The files of all sessions."""

    def __init__(self, context: ArchiveContext, revisions: Sequence[LogEntry]) -> None:
        core = context.core
        self._context, self._core, self._analysis = context, core, core.analysis
        self._table = build_point_in_time(core.analysis)
        self._sessions = iso_days(self._table.index)
        self._ratios = self._table["ivts"].to_numpy()
        self._names = names(core.config)
        self._labels = {key: series.label for key, series in core.config.series.items()}
        self._frame: dict[str, object] = {
            "names": self._names,
            "note": build_prose(core.content.archive.day_note, ROOT),
            "linked": core.config.archive.episodes,
        }
        self._changed: dict[str, list[LogEntry]] = defaultdict(list)
        for entry in revisions:
            self._changed[entry.session].append(entry)
        self._chunk = lru_cache(maxsize=1)(self._list_chunk)

    def entries(self) -> Iterator[Page | Recipe]:
        """Yield page and JSON of each session."""
        rules = (self._core.config.publish.raw_closes, self._analysis.rules, self._analysis.statistics)
        common = fingerprint(
            self._context.common, self._frame, self._labels, rules, list(self._table.columns)
        )
        rows, gaps = self._rows(), self._table["n_gaps"].to_numpy()
        for place, session in enumerate(self._sessions):
            row = fingerprint(common, place, rows[place].tobytes(), self._gaps(place) if gaps[place] else [])
            beside = (self._neighbours(place), self._changed.get(session, []))
            yield Page(
                path=f"day/{session}/",
                template="day.html",
                key=fingerprint(row, self._drawn(place).tobytes(), beside),
                make=partial(self._page, place),
                changed=session,
            )
            yield Recipe(path=f"api/v1/day/{session}.json", key=row, make=partial(self._json, place))

    def _day(self, place: int) -> Day:
        return self._chunk(place // CHUNK)[place % CHUNK]

    def _list_chunk(self, number: int) -> list[Day]:
        return list_days(
            self._analysis,
            self._table,
            sample=self._core.inputs.sample,
            raw_closes=self._core.config.publish.raw_closes,
            rows=slice(number * CHUNK, (number + 1) * CHUNK),
        )

    def _rows(self) -> npt.NDArray[np.float64]:
        """Return the rows of the table as numbers that tell everything about them; a band by its place."""
        bands = {band.name: place for place, band in enumerate(self._analysis.rules.bands)}
        numbers = self._table.assign(**{"regime.band": self._table["regime.band"].map(bands)})
        return np.ascontiguousarray(np.column_stack([_floats(numbers[name]) for name in numbers.columns]))

    def _gaps(self, place: int) -> list[str]:
        gaps, index = self._analysis.gaps, self._table.index
        return iso_days(gaps[(gaps > index[place - 1]) & (gaps < index[place])])

    def _drawn(self, place: int) -> npt.NDArray[np.float64]:
        return self._ratios[max(place + 1 - DRAWN, 0) : place + 1]

    def _neighbours(self, place: int) -> tuple[str, str]:
        before = self._sessions[place - 1] if place else ""
        return before, self._sessions[place + 1] if place + 1 < len(self._sessions) else ""

    def _json(self, place: int) -> bytes:
        return to_json(self._day(place)).encode()

    def _page(self, place: int) -> dict[str, object]:
        day, drawn = self._day(place), self._drawn(place).tolist()
        before, after = self._neighbours(place)
        sentence = day_sentence(day, self._names)
        picture = draw_sparkline(
            drawn,
            self._analysis.rules.threshold,
            title=f"The ratio up to {f.date_long(day.session)}",
            sample=day.sample,
        )
        return self._frame | {
            "head": self._head(day, sentence),
            "day": day,
            "before": before,
            "after": after,
            "sentence": sentence,
            "readings": window_readings(day.window),
            "notes": list(day_notes(day, self._labels, self._changed.get(day.session, ()))),
            "picture": Markup(picture),  # noqa: S704 - drawn by charts, which escapes its title
            "n_drawn": len(drawn),
        }

    def _head(self, day: Day, sentence: str) -> Head:
        path, year, date = f"day/{day.session}/", day.session[:4], f.date_long(day.session)
        return Head(
            title=f"{self._names.front} term structure on {date}",
            description=sentence,
            trail=(("History", "history/"), (year, f"history/{year}/"), (date, path)),
        )


def _floats(column: pd.Series) -> npt.NDArray[np.float64]:
    plain = column.astype("int64") if column.dtype.kind == "M" else column
    return plain.to_numpy().astype(np.float64)
