"""What the three series are called."""

from __future__ import annotations

from dataclasses import dataclass

from ivts_site.config import Config

SAMPLE_PREFIX = "SAMPLE DATA"
"""What stands before every title that is read apart from its page, where closes are simulated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the series are called on the page."""

    front: str
    back: str
    benchmark: str
    front_horizon: str
    back_horizon: str


def names(config: Config) -> Names:
    """Return what the three series are called."""
    front, back, benchmark = (
        config.series[key] for key in (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    )
    return Names(
        front=front.label,
        back=back.label,
        benchmark=benchmark.label,
        front_horizon=front.horizon,
        back_horizon=back.horizon,
    )
