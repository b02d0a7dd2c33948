"""What the three series are called."""

from __future__ import annotations

from ivts_site.config import Config
from ivts_site.published.studies import Labels

SAMPLE_PREFIX = "SAMPLE DATA"
"""What stands before every title that is read apart from its page, where closes are simulated."""


def names(config: Config) -> Labels:
    """Return what the three series are called."""
    keys = ("front", "back", "benchmark")
    return Labels(**{key: config.series[getattr(config.ratio, key)].label for key in keys})
