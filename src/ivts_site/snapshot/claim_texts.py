"""What each tested claim says, and how it was tested; numbers come in from the rules."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CLAIMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "leads": (
            "{ratio} leads the {front}.",
            "Correlation of the ratio's change on a session with the {front}'s change on the next one.",
        ),
        "five-days": (
            "{days} sessions of backwardation are a defensive trigger.",
            "Mean {benchmark} return over the {horizon} sessions after an episode reached {days} sessions, "
            "less that after all other sessions.",
        ),
        "capitulation": (
            "Spikes of the ratio mark capitulation: a rebound follows.",
            "Mean {benchmark} return over the {horizon} sessions after a ratio above {spike}, less that "
            "after all other sessions.",
        ),
        "spike-is-the-low": (
            "When the ratio spikes, the low is in.",
            "Share of episodes in which no {benchmark} close of the {horizon} sessions after the first ratio "
            "above {spike} was lower; of episodes whose {horizon} sessions overlap, the earlier one counts.",
        ),
        "bearish": (
            "Backwardation means falling prices ahead.",
            "Share of sessions in backwardation {horizon} sessions after which {benchmark} stood higher.",
        ),
        "contango-pays": (
            "Contango is the time to hold stocks.",
            "Mean {benchmark} return over the {horizon} sessions after sessions in contango, less that after "
            "sessions in backwardation.",
        ),
        "calm": (
            "Deep contango predicts calm.",
            "Mean realised volatility of {benchmark} over the {horizon} sessions after a ratio of at most "
            "{calm}, less that after all other sessions.",
        ),
        "day-after": (
            "The market moves more on the day after a session in backwardation.",
            "Mean absolute {benchmark} return on the next session, less that after sessions in contango.",
        ),
        "front-falls": (
            "The {front} comes down after backwardation.",
            "Mean change of the {front} over the {horizon} sessions after sessions in backwardation, less "
            "that after sessions in contango.",
        ),
        "all-clear": (
            "The return to contango is the all-clear.",
            "Mean {benchmark} return over the {horizon} sessions after the first session back in contango, "
            "less that after all other sessions.",
        ),
        "higher-is-worse": (
            "The higher the ratio, the worse what follows.",
            "Correlation of the ratio with the {benchmark} return over the next {horizon} sessions.",
        ),
        "overstates": (
            "The {front} is, on average, above the volatility that follows.",
            "Mean of the {front} less the volatility of {benchmark} over the next {horizon} sessions.",
        ),
        "shorter-first": (
            "{shorter}/{front} inverts before {ratio} does.",
            "Share of sessions with {shorter}/{front} above 1 among those right before an episode, less "
            "their share among all other sessions in contango.",
        ),
        "high-skew": (
            "A high {skew} warns of falls.",
            "Mean {benchmark} return over the {horizon} sessions after closes of {skew} among its highest "
            "{top}, less that after all others.",
        ),
        "high-vvix": (
            "A high {volatility} warns of a rising {front}.",
            "Mean change of the {front} over the {horizon} sessions after closes of {volatility} among its "
            "highest {top}, less that after all others.",
        ),
    }
)
