"""What the hedge lab says of its decision frame."""

from __future__ import annotations

from ivts_site import formatting as f
from ivts_site.published.hedge import HedgeTest
from ivts_site.published.stats import Stats


def reading_words(test: HedgeTest) -> str:
    """Word a test: "contango, day 1 to 21"; what asks nothing is any other reading."""
    parts = [test.regime or "", _days(test), f"band {' or '.join(test.bands)}" if test.bands else ""]
    return ", ".join(filter(None, parts)) or "any other reading"


def _days(test: HedgeTest) -> str:
    if test.last_day is None:
        return f"from day {test.first_day}" if test.first_day else ""
    return f"day {test.first_day or 1} to {test.last_day}"


def counts_words(lab: Stats) -> str:
    """Say how often a rule by the VIX curve would have picked each row, which is why the page picks none."""
    counted = sorted(lab.each("conditions"), key=lambda row: -row.value.n_selected)
    shares = [f"{row.value.name.lower()} {row.percent('share_selected', 0)}" for row in counted]
    shares[0] += " of the time"
    return (
        f"Over {lab.count('n_sessions')} sessions, a rule based on the VIX curve would have picked "
        f"{f.listing(shares)}. It was never tested on a coin; today's pick is in hedge.json."
    )


def overlay_words(overlay: Stats | None) -> str:
    """Say what came of the one rule that could be tested, without advice; the research page has the test."""
    if overlay is None or overlay.value is None:
        return "Convention too. No rule has been tested on the stored closes."
    fitting = (
        difference.value.sharpe_interval
        for difference in overlay.each("differences")
        if difference.value.other == "constant" and difference.value.cost == overlay.value.growth.cost
    )
    interval = next(fitting, None)
    if interval is None:
        told = "had too few cases to tell"
    elif interval[0] > 0:
        told = "beat a constant hedge of its size by more than chance explains"
    elif interval[1] < 0:
        told = "did worse than a constant hedge of its size"
    else:
        told = "did not beat a constant hedge of its size beyond chance"
    return f"Convention too. The one rule we could test, hedging SPY by VIX regime, {told}."
