"""What the three series are called."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.config import Config

SAMPLE_PREFIX = "SAMPLE DATA"
"""What stands before every title that is read apart from its page, where closes are simulated."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the series are called on the page."""

    front: str
    back: str
    benchmark: str


def names(config: Config) -> Names:
    """Return what the three series are called."""
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    return Names(*(config.series[key].label for key in keys))
