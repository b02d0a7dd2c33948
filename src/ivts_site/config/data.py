"""Settings of the closes: calendar, series and their sources, requests, and what a fetch may change."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from ivts_site.config.base import Address, Count, Key, Positive, Range, Seconds, Section


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
