"""Parts of `research.json`; see `research_types` for units, intervals and null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Pair = tuple[float, float]
Verdict = Literal["supported", "not supported", "too few cases"]
RegimeName = Literal["contango", "backwardation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rate with everything it is made of."""

    value: float | None
    """numerator / denominator; null where the denominator is 0."""
    numerator: int
    """Cases that count."""
    denominator: int
    """All cases."""
    first_session: str | None
    """First session counted in the denominator."""
    last_session: str | None
    """Last session counted in the denominator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """Paths of the benchmark around one kind of session, all relative to its close there.

    Anchors: `first` is the first session of the episode. `reached` is its `min_sessions`-th session: the
    first day on which a reader could know that it has lasted so long. `end` is the first session back at or
    below the threshold: the first close that tells that the episode is over; an ongoing one has none.
    """

    anchor: Literal["first", "reached", "end"]
    """Which session of the episode offsets are counted from."""
    min_sessions: int
    """Episodes of at least so many sessions."""
    knowable: bool
    """Whether a reader could tell on the anchor session that it belongs here; false for `first` with
    `min_sessions` above 1."""
    n_episodes: int
    """Episodes with such an anchor."""
    n_paths: int
    """Those whose closes are stored at every offset; the fan is made of them alone."""
    first_session: str | None
    """Anchor session of the first path."""
    last_session: str | None
    """Anchor session of the last path."""
    median: tuple[float, ...]
    """close(anchor + offset) / close(anchor) − 1 at each of `EventStudy.offsets`; empty without a path."""
    lower_quartile: tuple[float, ...]
    """25th percentile of the same returns."""
    upper_quartile: tuple[float, ...]
    """75th percentile of the same returns."""
    mean: tuple[float, ...]
    """Mean of the same returns."""
    n_worst: int
    """Episodes whose closes are stored for `worst_within` sessions after the anchor."""
    worst_median: float | None
    """Median over episodes of: lowest close within `worst_within` sessions after the anchor / close(anchor)
    − 1, above zero where no close fell below it."""
    worst_lower_quartile: float | None
    """25th percentile of the same."""
    worst_upper_quartile: float | None
    """75th percentile of the same."""
    worst: float | None
    """The lowest of all."""
    worst_session: str | None
    """Anchor of the lowest of all."""
    lower_after: Share
    """Episodes after whose anchor some close within `worst_within` sessions lay below the anchor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudy:
    """The benchmark around episodes, beside the same paths around all sessions."""

    offsets: tuple[int, ...]
    """Sessions from the anchor, −20 … 63."""
    worst_within: int
    """Sessions after the anchor in which the lowest close is looked for."""
    groups: tuple[EventGroup, ...]
    """Every anchor with every `min_sessions`; `reached` is left out where it would repeat `first`."""
    baseline_median: tuple[float, ...]
    """Around all sessions with a ratio whose path is stored."""
    baseline_lower_quartile: tuple[float, ...]
    """25th percentile around the same sessions."""
    baseline_upper_quartile: tuple[float, ...]
    """75th percentile around the same sessions."""
    baseline_worst_median: float | None
    """Median over all sessions of the lowest close within `worst_within` sessions / close − 1."""
    n_baseline: int
    """Sessions whose path is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPoint:
    """Kaplan–Meier estimate after one length."""

    sessions: int
    """The length."""
    n_at_risk: int
    """Spells of at least `sessions`; the ongoing one only where it is longer already."""
    n_ended: int
    """Spells that lasted exactly `sessions`."""
    survival: float
    """Share of spells longer than `sessions`."""
    interval: Pair | None
    """Greenwood's variance on the log(−log) scale; null below `method.min_cases` spells of the regime, or
    where the share is 0 or 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """How many of the spells that reached today's day lasted on."""

    more: int
    """Further sessions."""
    lasted: Share
    """Past spells that lasted at least `day` + `more` sessions / those that lasted at least `day`."""
    interval: Pair | None
    """Wilson's score interval; null below `method.min_cases` spells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeSurvival:
    """Lengths of the spells of one regime."""

    regime: RegimeName
    """The regime."""
    n_spells: int
    """Ended and ongoing."""
    n_censored: int
    """1 where the ongoing spell is of this regime: it is known to last at least its present length."""
    first_session: str | None
    """First session of the first spell."""
    last_session: str | None
    """Last session of the last spell."""
    median: int | None
    """Smallest length that at most half of the spells exceed; null where none is."""
    longest: int | None
    """Length of the longest spell, an ongoing one included; null without a spell."""
    points: tuple[SurvivalPoint, ...]
    """One for each length at which a spell ended, rising. Before the first of them the share is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """How long spells last. The first stored spell is counted from the first stored session."""

    regimes: tuple[RegimeSurvival, ...]
    """Each regime."""
    regime: RegimeName
    """Today's."""
    day: int
    """Today's day in the regime, 1-based."""
    remaining: tuple[Remaining, ...]
    """How many of the spells like the present one lasted on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdResult:
    """A history under one pair of thresholds."""

    inside: Share
    """Sessions within episodes / sessions with a ratio."""
    n_episodes: int
    """Episodes under the pair."""
    mean_sessions: float | None
    """Their mean length, sessions."""
    median_sessions: float | None
    """Their median length, sessions."""
    flips_per_year: float | None
    """Begins and ends of episodes a year of 365.25 days."""
    mean_return: float | None
    """Mean benchmark return over the next `Thresholds.horizon` sessions, from sessions within episodes."""
    n_returns: int
    """Sessions that `mean_return` is made of."""
    difference: float | None
    """`mean_return` − the same from the other sessions."""
    difference_interval: Pair | None
    """Block bootstrap; null below `method.min_cases` windows that do not overlap, inside or outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPair:
    """An episode begins above `entry` and ends at or below `exit`."""

    entry: float
    """Ratio above which an episode begins."""
    exit: float
    """Ratio at or below which it ends."""
    whole: ThresholdResult
    """On the whole history."""
    first_half: ThresholdResult
    """On its first half, which has the odd session."""
    second_half: ThresholdResult
    """On its second half."""
    rank_first_half: int | None
    """Rank of `difference` among the pairs, 1 the largest; null where it is."""
    rank_second_half: int | None
    """The same for the second half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Other lines through the same ratio. Picking the best of many finds luck: see the halves."""

    horizon: int
    """Sessions of the forward returns."""
    pairs: tuple[ThresholdPair, ...]
    """Each pair with its results; the first is the definition of this site."""
    best_first_half: int | None
    """Position in `pairs` of the largest difference in the first half: what a miner would have picked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something commonly said, a test of it, and what came out.

    The claim says on which side of `null_value` the number lies. Supported: the whole interval lies there.
    Not supported: it does not. Too few cases: fewer than `method.min_cases` that do not overlap on the
    smaller side of the comparison.
    """

    id: str
    """Name of the claim for programs."""
    claim: str
    """In one sentence."""
    test: str
    """What was compared, in one sentence."""
    unit: Literal["return", "correlation", "share", "points", "ratio"]
    """Returns and shares are fractions; points are annualised volatility points."""
    value: float | None
    """The number tested, in `unit`; null where undefined."""
    interval: Pair | None
    """Of `value`; null where there are too few cases."""
    null_value: float
    """Where the claim begins to be true: no difference or correlation, 0; of a share, one half. A half is not
    what chance gives: that is `rest`."""
    side: Literal["above", "below"]
    """Where the claim says that the number lies."""
    verdict: Verdict
    """What came out."""
    contradicted: bool
    """Whether the whole interval lies on the other side."""
    n_sessions: int
    """Sessions (or episodes, where the test counts these) on the claim's side of the comparison."""
    n_cases: int
    """Those among them whose windows do not overlap."""
    group: float | None
    """The number in the claim's group, of a difference; null where `value` is that number itself."""
    rest: float | None
    """The number in the others; null where there are none."""
    n_rest: int | None
    """Sessions (or episodes) on the other side of the comparison; null where there is none."""
    n_hits: int | None
    """Numerator of a share: of `value` or, in a comparison, of `group`; null for other units."""
    n_rest_hits: int | None
    """Numerator of `rest`, of shares."""
    first_session: str | None
    """First session counted."""
    last_session: str | None
    """Last session counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """How the claims came out, counted."""

    n_claims: int
    """Claims tested."""
    supported: int
    """Those supported."""
    not_supported: int
    """Those not supported."""
    too_few_cases: int
    """Those with too few cases."""
