"""Settings of the closes: calendar, series and their sources, and what a fetch may change."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from ivts_site.config.base import Count, Key, Positive, Section


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone such as America/New_York") from error
    return name


class Calendar(Section):
    """Trading sessions."""

    name: str = "XNYS"
    """Exchange code in the calendar library."""
    timezone: Annotated[str, AfterValidator(_known_zone)] = "America/New_York"
    """Zone in which session dates are meant."""
    extra_closures: tuple[dt.date, ...] = ()
    """Unscheduled closings the calendar library does not know yet; closes of these days are passed over."""


class SourceChoice(Section):
    """One place a series can come from."""

    adapter: str
    """Name of the adapter in the source registry."""
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
    range: tuple[Positive, Positive] = (5.0, 200.0)
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
    def _ordered(self) -> Series:
        if self.range[0] >= self.range[1]:
            raise ValueError("range: the first value must be below the second")
        if self.completion_lag_minutes > self.publication_lag_minutes:
            raise ValueError("completion_lag_minutes: must not be above publication_lag_minutes")
        return self


class Store(Section):
    """Limits on what a fetch may change."""

    max_revisions: Annotated[int, Field(ge=0)] = 5
    """Changed past closes in one answer that nobody confirms; with more the answer is refused as a whole."""
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
    ratio_range: tuple[Positive, Positive] = (0.4, 2.5)
    """Ratios outside are set aside, both closes, unless the sources of `check_against` confirm them."""
    max_median_ratio: Positive = 1.0
    """A history whose median ratio is above has its two series swapped, and is rejected."""

    @model_validator(mode="after")
    def _ordered(self) -> Checks:
        if self.ratio_range[0] >= self.ratio_range[1]:
            raise ValueError("ratio_range: the first value must be below the second")
        return self
