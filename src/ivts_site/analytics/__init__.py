"""Every number the site publishes is decided here: values in, values out."""

from ivts_site.analytics.core import analyse, build_signal
from ivts_site.analytics.provisional import ProvisionalReading, read_provisional
from ivts_site.analytics.results import (
    Analysis,
    Change,
    EpisodeSummary,
    EventOutcome,
    ForwardReturn,
    FrontHistory,
    Histogram,
    Measured,
    State,
    SuspectClose,
    WindowStatistics,
)

__all__ = [
    "Analysis",
    "Change",
    "EpisodeSummary",
    "EventOutcome",
    "ForwardReturn",
    "FrontHistory",
    "Histogram",
    "Measured",
    "ProvisionalReading",
    "State",
    "SuspectClose",
    "WindowStatistics",
    "analyse",
    "build_signal",
    "read_provisional",
]
