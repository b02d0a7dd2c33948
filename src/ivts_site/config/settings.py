"""The settings of the site as typed, frozen models; the docstring of a key is its documentation."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Annotated, Literal, TypeVar, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Sessions = Annotated[int, Field(ge=1, le=25_000, strict=True)]
"""A century of sessions is the longest that any setting may span."""
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Item = TypeVar("Item")


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = bool(parts.hostname) and (parts.port or 443) > 0  # both raise if they cannot be read
    except ValueError:
        sound = False
    if not sound or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", text):
        raise ValueError(f"{text!r} is not an address that starts with https:// or http://")
    return text


def _rising(items: tuple[float, ...]) -> tuple[float, ...]:
    if any(one >= other for one, other in pairwise(items)):
        raise ValueError("must rise from one value to the next")
    return items


def distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items, or raise ValueError if one is given twice."""
    twice = sorted({str(item) for item in items if items.count(item) > 1})
    if twice:
        raise ValueError(f"given twice: {', '.join(twice)}")
    return items


Address = Annotated[str, AfterValidator(_address)]
Range = Annotated[tuple[Positive, Positive], AfterValidator(_rising)]


class Section(BaseModel):
    """Base of every part of the settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, allow_inf_nan=False)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone such as America/New_York") from error
    return name


class Calendar(Section):
    """Trading sessions."""

    name: str = "XNYS"
    """Exchange code in the calendar library."""
    timezone: Annotated[str, AfterValidator(_known_zone)] = "America/New_York"
    """Time zone of the session dates."""
    extra_closures: tuple[dt.date, ...] = ()
    """Unscheduled closings the calendar library does not know yet; closes of these days are passed over."""


class SourceChoice(Section):
    """One place a series can come from."""

    adapter: str
    """Name of the source's adapter."""
    symbol: str
    """The vendor's name of the series."""


class CheckChoice(SourceChoice):
    """A source that a series is compared with."""

    compare: Literal["closes", "moves"] = "closes"
    """What is compared: `closes`, or `moves` from one session to the next, as of a fund with its index."""


class Series(Section):
    """A daily series of closes."""

    label: str
    """Name shown on the page."""
    horizon: str = ""
    """A few words on what it measures."""
    range: Range = (5.0, 200.0)
    """Closes outside are impossible and set aside."""
    publication_lag_minutes: Annotated[int, Field(ge=0, le=10_080)] = 150
    """Minutes from the regular close until one is published, a week at most; before, it is provisional."""
    completion_lag_minutes: Annotated[int, Field(ge=0)] = 15
    """Minutes after the regular close until the session counts as completed; until then no row is stored."""
    adjusted: bool = False
    """Whether closes are adjusted for dividends; its sources must all give such closes, or none of them."""
    sources: Annotated[tuple[SourceChoice, ...], Field(min_length=1)]
    """Where it comes from, most trusted first."""
    back_history: SourceChoice | None = None
    """Where closes before the first one of the most trusted source come from; asked on every fetch."""
    check_against: tuple[CheckChoice, ...] = ()
    """Sources that are only compared with; their values are never stored."""
    tolerance: Positive = 0.02
    """Difference between two sources, in points or dollars, above which they disagree."""

    @property
    def choices(self) -> dict[str, SourceChoice]:
        """Every place that is asked for it, by its key path."""
        found = {f"sources.{place}": choice for place, choice in enumerate(self.sources)}
        found |= {"back_history": self.back_history} if self.back_history else {}
        return found | {f"check_against.{place}": choice for place, choice in enumerate(self.check_against)}

    @model_validator(mode="after")
    def _published_after_completion(self) -> Series:
        if self.completion_lag_minutes > self.publication_lag_minutes:
            raise ValueError("completion_lag_minutes: must not be above publication_lag_minutes")
        return self


class Vendor(Section):
    """Address of a vendor and the hosts its redirects may lead to."""

    base_url: Address
    """Scheme and host, without the path that the adapter adds."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts a redirect may lead to, over https; loopback is always allowed from loopback."""
    token_url: Address | None = None
    """Where access tokens come from, if the vendor asks for them; on one of `allowed_hosts` or loopback."""

    @model_validator(mode="after")
    def _token_host_allowed(self) -> Vendor:
        host = urlsplit(self.token_url or "").hostname
        if host and host not in (*self.allowed_hosts, "localhost", "127.0.0.1", "::1"):
            raise ValueError(f"token_url: {host} is not among allowed_hosts; credentials would be sent there")
        return self


class Http(Section):
    """Bounds of every request."""

    user_agent: str
    """Sent with every request; say who runs the site and how to reach them."""
    connect_timeout_seconds: Seconds = 5
    """Time to connect."""
    read_timeout_seconds: Seconds = 15
    """Time between two pieces of an answer."""
    deadline_seconds: Seconds = 60
    """Time for one request with its retries."""
    attempts: Annotated[int, Field(ge=1, le=100, strict=True)] = 3
    """Tries of one request."""
    backoff_seconds: Seconds = 1.0
    """First wait between tries; doubled each time, with jitter."""
    max_retry_after_seconds: Seconds = 30
    """Longest wait a vendor may ask for before the next source is tried."""
    max_redirects: Annotated[int, Field(ge=0, le=100)] = 3
    """Redirects followed in one request."""
    max_bytes: Annotated[int, Field(ge=1, le=10**9, strict=True)] = 20_000_000
    """Largest body accepted, decompressed."""


class Futures(Section):
    """Settlements of VIX futures; optional, the ratio never waits for them."""

    enabled: bool = True
    """Fetch the futures and publish their curve, where any are stored."""
    range: Range = (5.0, 200.0)
    """Settlements outside are impossible and set aside."""
    contracts: Annotated[int, Field(ge=1, le=12)] = 9
    """Monthly contracts still trading that are asked for, nearest first."""
    back_files: Annotated[int, Field(ge=0, le=300)] = 30
    """Files of expired contracts asked for in one run, newest first, until all are stored."""


class Store(Section):
    """Limits on what a fetch may change."""

    max_revisions: Annotated[int, Field(ge=0)] = 5
    """Unconfirmed changes of past closes allowed in one answer; with more, all of it is refused."""
    max_revision_share: Positive = 0.01
    """The same as a share of the stored rows; the larger limit holds."""
    max_revision_size: Positive = 0.10
    """Largest unconfirmed change of one close, as a share, where no second source quotes the series."""
    max_bad_row_share: Positive = 0.005
    """Share of unreadable rows above which a vendor's file is rejected."""
    max_missing_share: Positive = 0.03
    """Share of sessions without a close, from the first to the last, above which a file is rejected."""


class Checks(Section):
    """What makes closes of several sources or series plausible together."""

    sessions: Count = 250
    """Latest sessions on which the sources of `check_against` are compared."""
    move_tolerance: Positive = 0.02
    """Difference of two moves within one session, as a share, above which `compare: moves` disagrees."""
    max_move: dict[Key, Positive] = Field(default={})
    """By series: change within one session, as a share, above which a contradicting source sets it aside."""
    ratio_range: Range = (0.4, 2.5)
    """Ratios outside are set aside, both closes, unless the sources of `check_against` confirm them."""
    max_median_ratio: Positive = 1.0
    """A history with a median ratio above this has its two series swapped, and is rejected."""


Rival = Literal["log", "level", "tenths"]
Share = Annotated[float, Field(gt=0, lt=1)]
Hedge = Annotated[float, Field(ge=0, le=1)]
Horizons = Annotated[tuple[Sessions, ...], AfterValidator(distinct), Field(min_length=1, max_length=20)]


class Threshold(Section):
    """A pair of thresholds through the ratio."""

    entry: Positive
    """An episode begins above it."""
    exit: Positive
    """It ends at or below it; at most `entry`."""

    @model_validator(mode="after")
    def _ordered(self) -> Threshold:
        if self.exit > self.entry:
            raise ValueError("exit: must not be above entry")
        return self


class CurvePoint(Section):
    """A point of the term structure."""

    series: Key
    """Series key; a series that is not stored drops out of the page."""
    days: Count
    """Its horizon in calendar days."""


class Overlay(Section):
    """The hedge by regime that is tested on the benchmark."""

    contango: Hedge = 0.0
    """Share of the holding hedged after a session in contango."""
    backwardation: Hedge = 1.0
    """Share of the holding hedged after a session in backwardation."""
    costs: Annotated[
        tuple[Annotated[float, Field(ge=0, le=1000)], ...], AfterValidator(_rising), Field(min_length=1)
    ] = (0, 5, 20)
    """Costs of trading in basis points of what is traded, rising; drawn at the middle one."""
    random_draws: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 1000
    """Random orders of the regimes' runs that the rule is compared with."""


class Research(Section):
    """What the studies of the whole history ask; horizons of returns are `statistics.forward_sessions`."""

    bands: Annotated[tuple[Positive, ...], AfterValidator(_rising), Field(min_length=1)] = (0.85, 0.95, 1.0)
    """Upper edges of the bands of the ratio, included; one more band lies above the last."""
    level: Share = 0.95
    """Share of the intervals meant to hold the true value."""
    draws: Annotated[int, Field(ge=100, le=100_000, strict=True)] = 2000
    """Resampled histories behind each interval."""
    seed: Annotated[int, Field(ge=0, lt=2**63, strict=True)] = 20_090_918
    """Seed of resampling and random labels; the same seed gives the same file."""
    block_factor: Annotated[int, Field(ge=2, le=1_000, strict=True)] = 2
    """Sessions of a resampled block, in horizons."""
    min_cases: Annotated[int, Field(ge=2, le=25_000, strict=True)] = 10
    """Fewest independent clusters for an interval or a verdict."""
    min_blocks: Annotated[int, Field(ge=2, le=1_000, strict=True)] = 10
    """Fewest blocks in the history for an interval."""
    max_draws: Annotated[int, Field(ge=100, le=1_000_000, strict=True)] = 20_000
    """Most resampled histories behind an interval whose end lies near zero."""
    settled: Share = 0.1
    """An end is settled where its Monte Carlo error is at most this share of its distance to zero."""
    significance: Share = 0.05
    """Largest p-value, after Holm over all claims, of a verdict other than undecided."""
    rival: Rival = "log"
    """How the front index alone enters beside the ratio: its logarithm, its level, or its tenths to date."""
    second_history: dt.date = dt.date(2009, 9, 18)
    """First day of the shorter history shown beside the whole one; the day Cboe's own VIX3M file begins."""
    learning_sessions: Sessions = 1260
    """Sessions before the first forecast out of sample."""
    horizon: Annotated[int, Field(ge=2, le=25_000, strict=True)] = 21
    """Sessions ahead in claims and thresholds, and of a realized volatility."""
    event_before: Sessions = 20
    """Sessions shown before an episode's beginning or end."""
    event_after: Sessions = 63
    """Sessions shown after it."""
    event_worst: Sessions = 21
    """Sessions after it in which the worst close is looked for."""
    event_min_sessions: Horizons = (1, 2, 5)
    """Least lengths of the episodes shown."""
    survival_sessions: Horizons = (5, 21, 63)
    """Further sessions asked of a run such as today's."""
    persistence_sessions: Horizons = (1, 5, 21)
    """Sessions ahead for which the chance that the regime goes on is stated."""
    persistence_first: Sessions = 1260
    """Sessions of history before the first such chance is scored: five years."""
    thresholds: Annotated[tuple[Threshold, ...], Field(min_length=1)] = (
        Threshold(entry=1.0, exit=1.0),
        Threshold(entry=1.0, exit=0.97),
        Threshold(entry=1.01, exit=0.98),
        Threshold(entry=0.917, exit=0.917),
    )
    """Other lines through the ratio, compared on both halves of the history."""
    spike: Positive = 1.10
    """A ratio above it is a spike."""
    trigger_days: Sessions = 5
    """Sessions of backwardation that are said to be a trigger."""
    high_share: Share = 0.1
    """Share of the highest closes of a further index that count as high."""
    tenors: tuple[CurvePoint, ...] = ()
    """Points of the curve."""
    tail_index: Key = "skew"
    """Series key of the index of tail risk."""
    volatility_index: Key = "vvix"
    """Series key of the volatility of the front."""
    overlay: Overlay = Overlay()
    """The tested hedge."""

    @model_validator(mode="after")
    def _ordered(self) -> Research:
        keys = [point.series for point in self.tenors]
        if len(set(keys)) < len(keys) or len({point.days for point in self.tenors}) < len(keys):
            raise ValueError("tenors: a series or a horizon is given twice")
        if {self.tail_index, self.volatility_index} & set(keys) or self.tail_index == self.volatility_index:
            raise ValueError("tail_index, volatility_index: must be two series that are not tenors")
        return self


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
