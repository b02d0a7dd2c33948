"""The settings of the site as typed, frozen models; the docstring of a key is its documentation."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, cast

from pydantic import AfterValidator, Field, model_validator

from ivts_site.config.base import Address, Count, Key, Positive, Section, distinct
from ivts_site.config.data import Calendar, Checks, Futures, Http, Series, Store, Vendor
from ivts_site.config.research import Research


def _window_name(name: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,2}m|[1-9][0-9]?y|all", name):
        raise ValueError(f"{name!r} is not a window such as 6m, 2y or all (at most 999m or 99y)")
    return name


WindowName = Annotated[str, AfterValidator(_window_name)]
WindowNames = Annotated[tuple[WindowName, ...], AfterValidator(distinct), Field(min_length=1)]
Counts = Annotated[tuple[Count, ...], AfterValidator(distinct), Field(min_length=1)]


class Link(Section):
    """A link to a related page."""

    label: str
    """Text of the link."""
    url: Address
    """Where it leads."""
    note: str = ""
    """A few words on what is found there."""


PLACEHOLDER = "https://example.org/"


def is_placeholder(address: str) -> bool:
    """Tell whether a site's address is the one that the settings came with."""
    return address.startswith(PLACEHOLDER)


class Site(Section):
    """Name and address of the published site."""

    name: str = "IVTS"
    """Short name, used in titles and the header."""
    base_url: Address = PLACEHOLDER
    """Address the site is served from; canonical links start with it."""
    language: str = "en"
    """Language tag of the pages."""
    repository: str = ""
    """Address of the source repository, shown in the footer when set."""
    related_links: tuple[Link, ...] = ()
    """Links to related tools."""

    @model_validator(mode="after")
    def _slash(self) -> Site:
        if not self.base_url.endswith("/"):
            object.__setattr__(self, "base_url", self.base_url + "/")
        return self


class Band(Section):
    """A named range of the ratio."""

    name: str
    """Name shown on the page."""
    upto: Positive | None = None
    """Upper edge, included; the last band has none."""


class Ratio(Section):
    """Which series form the ratio, and where its lines are drawn."""

    front: Key = "vix"
    """Series key of the shorter horizon."""
    back: Key = "vix3m"
    """Series key of the longer horizon."""
    benchmark: Key = "spy"
    """Series key of the fund whose returns are measured."""
    threshold: Positive = 1.0
    """Backwardation above it; contango at or below it."""
    borderline: tuple[Positive, Positive] = (0.998, 1.002)
    """Ratios from the first to the second value are called borderline."""
    slope_sessions: Count = 5
    """Sessions over which the side a borderline ratio comes from is judged."""
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    """Bands from low to high, each with its upper edge included."""

    @model_validator(mode="after")
    def _ordered(self) -> Ratio:
        if len({self.front, self.back, self.benchmark}) < 3:
            raise ValueError("front, back and benchmark: must be three different series")
        edges = [b.upto for b in self.bands]
        if edges[-1] is not None or any(e is None for e in edges[:-1]):
            raise ValueError("bands: every band but the last needs `upto`, the last has none")
        inner = cast("list[float]", edges[:-1])
        if sorted(set(inner)) != inner:
            raise ValueError("bands: the `upto` edges must rise from one band to the next")
        if self.threshold not in inner:
            raise ValueError(f"bands: one edge must be the threshold {self.threshold:g}")
        if not self.borderline[0] <= self.threshold <= self.borderline[1]:
            raise ValueError("borderline: must hold the threshold")
        return self


class Statistics(Section):
    """Windows and horizons of the statistics."""

    windows: WindowNames = ("3m", "6m", "1y", "2y", "5y", "10y", "all")
    """Windows offered: months (`6m`), years (`2y`) or `all`."""
    default_window: WindowName = "2y"
    """The window of the headline numbers; one of `windows`."""
    rolling_sessions: Counts = (30, 60, 90)
    """Lengths of the rolling backwardation rates, in sessions."""
    forward_sessions: Counts = (5, 21, 63)
    """Horizons of forward returns, in sessions."""
    recent_episodes: Count = 5
    """Episodes shown in the table of recent ones."""
    suspect_move: Positive = 0.10
    """A close that repeats the one before is suspect when the other index moved by more than this share."""

    @model_validator(mode="after")
    def _default_offered(self) -> Statistics:
        if self.default_window not in self.windows:
            raise ValueError(
                f"default_window: {self.default_window!r} is not one of windows {list(self.windows)}"
            )
        return self


class Page(Section):
    """What the tracker page holds, in order."""

    sections: Annotated[tuple[str, ...], AfterValidator(distinct)]
    """Editorial sections by the name of their content file."""
    charts: Annotated[tuple[str, ...], AfterValidator(distinct), Field(min_length=1)]
    """Charts by id; the first is the main chart, the others become tabs."""


class Publish(Section):
    """What may be published."""

    raw_closes: bool = False
    """Offer downloads with raw closes; they are licensed material."""
    quoted_closes: bool = True
    """Quote the closes of a single session on its page; no file gains a column by it."""
    license: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]+$")] = "CC-BY-4.0"
    """SPDX identifier of the license of the derived numbers; closes are © Cboe."""


class Archive(Section):
    """Pages of the past; turned off, the table of all episodes stays."""

    episodes: bool = True
    """A page for each episode of backwardation."""
    days: bool = True
    """A page and a JSON file for each session, and a page for each year."""


class Feeds(Section):
    """Length and identity of the feeds."""

    sessions: Count = 30
    """Latest sessions in the daily feed."""
    flips: Count = 50
    """Latest changes of regime in the feed of flips."""
    tag: Annotated[str, Field(pattern=r"^(tag:[\w.-]+,\d{4}(-\d\d){0,2}:[\w./-]*)?$")] = ""
    """What ids of entries start with, to keep published ones; if empty, made from `site.base_url`."""


class Notify(Section):
    """A webhook that gets messages about events; off by default."""

    events: tuple[Literal["flip", "failure"], ...] = ()
    """What is sent: `flip` of the regime, `failure` of a run; nothing by default."""
    url_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] = "IVTS_NOTIFY_URL"
    """Environment variable that holds the address of the webhook; the address is never printed or stored."""
    text_key: str = "text"
    """Key of the sentence in the JSON posted; services call it `text`, `content` or `message`."""


class Sample(Section):
    """Sample data, used where nothing is stored."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] = 32_406
    """Seed of the simulation."""
    first_session: dt.date = dt.date(2009, 9, 18)
    """First simulated day."""
    last_session: dt.date = dt.date(2025, 12, 31)
    """Last simulated day."""


class Config(Section):
    """The whole configuration; each part says what it holds."""

    site: Site
    ratio: Ratio
    statistics: Statistics
    research: Research = Research()
    page: Page
    publish: Publish
    archive: Archive = Archive()
    feeds: Feeds = Feeds()
    calendar: Calendar
    series: dict[Key, Series]
    futures: Futures = Futures()
    sources: dict[Key, Vendor]
    http: Http
    store: Store
    checks: Checks = Checks()
    notify: Notify = Notify()
    sample: Sample

    @model_validator(mode="after")
    def _series_declared(self) -> Config:
        roles = ((f"ratio.{role}", getattr(self.ratio, role)) for role in ("front", "back", "benchmark"))
        for place, key in (*roles, *(("checks.max_move", key) for key in self.checks.max_move)):
            if key not in self.series:
                raise ValueError(f"{place}: no series {key!r}; declared are {', '.join(self.series)}")
        return self
