"""Values that flow between the layers: frozen and typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A series in the part it plays on the page."""

    key: str
    """Key in the configuration and the store, such as ``vix3m``."""
    label: str
    """Name on the page, such as ``VIX3M``."""
    horizon: str = ""
    """A few words on what it measures, such as ``3-month``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Closes aligned on sessions, none dated after the as-of session."""

    closes: pd.DataFrame
    """Index ``session`` (datetime64, tz-naive, rising, unique: the union of the sessions stored for the three
    series up to `as_of`); float columns ``front``, ``back``, ``benchmark``; NaN where not stored."""
    as_of: pd.Timestamp
    """The last session the page speaks about; both front and back are stored there."""
    front: Role
    back: Role
    benchmark: Role
    """What the columns are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What a second source says each close of a series is."""

    source: str
    """Its name."""
    closes: pd.Series
    """By session."""
    tolerance: float | pd.Series
    """Largest difference that counts as agreement, in the series' unit; a Series has the index of
    `closes`."""
    exact: bool = True
    """Whether it quotes the series itself. One that only follows its moves, as an index does a fund's,
    confirms and contradicts where it can tell the old value from the new one, and is silent elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRange:
    """Consecutive stored sessions whose closes came from one source (the adapter's name), both included."""

    source: str
    first_session: dt.date
    last_session: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesOrigin:
    """Where a stored series came from."""

    source: str
    """Adapter of the answer taken last."""
    dropped: Mapping[str, int]
    """Rows of that answer left out, by reason."""
    dropped_days: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)
    """Their days, where they have one."""
    ranges: tuple[SourceRange, ...] = ()
    """Which sessions came from which source, oldest first."""
    back_history_missing: bool = False
    """Whether a declared back history has not arrived yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A session and the instant (UTC) by which its closes should be published."""

    session: dt.date
    publication: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPublication:
    """The sessions after `after`, and the instants (UTC) by which their closes should be published."""

    after: dt.date
    """The last session with final closes of all series of the ratio."""
    upcoming: tuple[Publication, ...]
    """The session that follows it and some more, in order; at least one."""

    @property
    def session(self) -> dt.date:
        """The session after `after`."""
        return self.upcoming[0].session

    @property
    def publication(self) -> dt.datetime:
        """Its instant."""
        return self.upcoming[0].publication

    def following(self, day: dt.date) -> tuple[Publication, ...]:
        """Return what is known to come after the session `day`; empty for days before `after`."""
        if day < self.after:
            return ()
        return tuple(each for each in self.upcoming if each.session > day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalCloses:
    """Closes of a session that are stored but not final, by series key, and why they are not."""

    session: dt.date
    """The session."""
    closes: Mapping[str, float]
    """What is stored of it so far."""
    reason: str
    """`early`: taken before their publication time; `disagreement`: two sources differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalRatio:
    """A ratio that is drawn but not counted, its session, and the regime it would be."""

    session: dt.date
    ivts: float
    regime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table, in a file or on a page."""

    name: str
    """What files call it."""
    values: Sequence[Any]
    """Texts, whole numbers, floats, booleans; None where undefined."""
    about: str = ""
    """What it holds, or what is to be added to what the key says."""
    key: str = ""
    """Key of the table's records that documents it; empty where that is its name."""
    label: str = ""
    """Heading on the page."""
    words: Callable[[Any], str] = str
    """Form of a value on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: the file, and those of its rows that a page shows."""

    file: tuple[Column, ...]
    """Columns of the file, of equal length."""
    records: tuple[type, ...] = ()
    """Published types whose keys document the columns, the first that has the key."""
    caption: str = ""
    """What the page's table shows; empty where no page shows it."""
    page: tuple[Column, ...] = ()
    """Columns on the page, some of them those of the file; a file need not hold what a page may show."""
    shown: Sequence[int] = ()
    """Positions of the rows on the page, in their order there."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings on the page."""
        return tuple(column.label for column in self.page)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Rows on the page, in words."""
        return tuple(tuple(column.words(column.values[at]) for column in self.page) for at in self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMark:
    """What a mark of a chart stands for; written beside the chart, where no line crosses the words."""

    mark: Literal["band", "dots", "ring"]
    """Shaded span, dotted line or hollow ring."""
    label: str
    """Plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSpan:
    """A past event as charts name it: its anchor, its short name, its first and last day."""

    id: str
    label: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RangePicture:
    """A chart over one range, as a picture of its own."""

    range: str
    """Name of the range: that of a window (`5y`), a year (`2020`) or an event (`event-2020`)."""
    first: str
    last: str
    """First and last day shown."""
    title: str
    """Heading of the chart over this range."""
    summary: str
    """What the chart shows over it, in words."""
    svg: str
    """Inline SVG; safe markup."""
    readings: Mapping[str, Any] = field(default_factory=dict)
    """What is read off the picture session by session, JSON-ready; empty where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart: a Plotly figure, the same figure as a picture, and the same in words."""

    id: str
    """Stable name, used in file names and anchors."""
    title: str
    """Heading."""
    description: str
    """What is drawn, for readers who do not see it."""
    summary: str
    """What it shows today: one to three sentences with numbers."""
    figure: Mapping[str, Any]
    """JSON-ready Plotly figure (``data``, ``layout``, ``meta``); floats rounded."""
    svg: str
    """Inline SVG of the figure at its first range; safe markup."""
    table: Table
    """The figures behind it; its file holds no raw closes unless the configuration allows them."""
    pictures: tuple[RangePicture, ...] = ()
    """The chart over every range that it offers, that of `svg` among them."""
    key: tuple[KeyMark, ...] = ()
    """Marks that are not named within the picture."""
    raw_closes: bool = False
    """Whether the figure holds closes of the series, as drawing them needs."""

    @property
    def longest_title(self) -> str:
        """The title that needs most room, of all ranges."""
        return max((self.title, *(picture.title for picture in self.pictures)), key=len)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A published static file: its hashed path below the site's root and its subresource-integrity value."""

    path: str
    integrity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A line of the data folder's logs: a close that was changed, or a row that was set aside."""

    series: str
    session: str
    """Series key; ISO date, or the text found where it is no date."""
    old: str
    new: str
    """Closes before and after; for a row set aside `new` is the text found and `old` is empty."""
    kind: str
    """What happened, or the rule that was broken."""
    source: str
    seen_at: str
    """Adapter name; instant, UTC."""
    confirmed_by: str = ""
    """Who confirmed a changed close; empty where nobody did or had to."""
