"""Things commonly said of the ratio, each tested against all other sessions and the front index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal, cast, get_args

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import find_runs
from ivts_site.analytics.groups import mean, median
from ivts_site.analytics.inference import (
    Effect,
    Estimate,
    Kind,
    Outcome,
    benjamini_hochberg,
    holm,
    measure_effect,
    measure_line,
    measure_mean,
    measure_shifted,
)
from ivts_site.analytics.inference import Side as Entry
from ivts_site.analytics.results import Flags, Floats, Ints
from ivts_site.analytics.returns import forward_returns, lead, lowest_ahead, realised_volatility
from ivts_site.analytics.studies.curve import find_points
from ivts_site.analytics.study_input import StudyInput, session_at
from ivts_site.analytics.term_structure import is_above
from ivts_site.formatting import fixed, percent
from ivts_site.published.numbers import known
from ivts_site.published.studies import Pair

RANK = 70
LARGE_FALL = 0.05
"""A window falls where some close of it lies more than this below the first."""
FIRST_YEAR = 252
"""Closes of an index before its tenths are told."""

Verdict = Literal["supported", "not supported", "too few cases"]
Finding = Literal["holds up", "VIX says it too", "on the edge", "can't tell", "opposite", "too few cases"]
Unit = Literal["return", "correlation", "share", "points", "ratio"]
Scale = Literal["return", "move", "share", "change", "points", "variance", "correlation"]
Side = Literal["above", "below"]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFinding:
    """What the verdict would have been at the end of a year, from what was known then."""

    year: int
    """The year."""
    finding: Finding
    """The verdict by the same rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The verdict under another choice of the rules."""

    name: str
    """`rival-level`, `rival-tenths`, `horizon-5`, `horizon-63`, `fdr` (Benjamini–Hochberg for Holm) or
    `since` (from `research.second_history` on)."""
    finding: Finding
    """The verdict with that choice changed and all others kept."""
    value: float | None
    """The number tested, in the claim's unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """A sign as an alarm for what it is said to come before."""

    odds_ratio: float | None
    """Odds of the sign before the event / odds before any other session; null where one of the counts is
    0."""
    false_alarms: float | None
    """Share of the sessions with the sign that no event followed."""
    missed: float | None
    """Share of the events without the sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The ratio, or its change, against the front's log change over the next sessions."""

    what: Literal["level", "change"]
    """Of the ratio, on the session itself."""
    horizon: int
    """Sessions ahead."""
    correlation: float | None
    """Pearson's."""
    interval: Pair | None
    """Calibrated interval of it."""
    p_value: float | None
    """Under the null."""
    rival: float | None
    """The correlation that the front's own level makes: it falls from where it stands high."""
    adds: float | None
    """What the ratio adds beside the front's level, in the same unit."""
    adds_interval: Pair | None
    """Calibrated interval of it."""
    n_sessions: int
    """Pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something commonly said, a test of it, and what came out.

    `value` is the mean (or share) in the claim's group less that of all other sessions, or a correlation.
    The claim says on which side of zero it lies.
    """

    id: str
    """Name of the claim for programs."""
    claim: str
    """In one sentence."""
    test: str
    """What was compared, in one sentence."""
    unit: Unit
    """Returns and shares are fractions; points are annualized volatility points, of variances squared."""
    scale: Scale
    """What is measured: a return, the size of a move, a share, a log change of the front, points, points
    squared
    (`variance`) or a correlation."""
    horizon: int
    """Sessions that outcomes reach ahead."""
    value: float | None
    """The number tested, in `unit`; null where undefined."""
    interval: Pair | None
    """Calibrated interval of `value`; null where there are too few cases or no calibration."""
    p_value: float | None
    """Chance of a number as far from zero where there is no effect; at least 0.002."""
    p_holm: float | None
    """The same after Holm over all claims: what verdicts use."""
    p_fdr: float | None
    """The same after Benjamini and Hochberg."""
    n_draws: int
    """Resamples behind the interval."""
    settled: bool
    """Whether they put the Monte Carlo error of its ends below `method.settled` of their distance to zero."""
    rival: float | None
    """What the same test gives for the front index alone: the difference that its level makes of these
    sessions."""
    adds: float | None
    """What the claim's group adds at the same front index: partial coefficient; null where there is no
    rival."""
    adds_interval: Pair | None
    """Calibrated interval of `adds`."""
    adds_p_value: float | None
    """Under the null."""
    null_value: float
    """Where the claim begins to be true: 0, no difference."""
    side: Side
    """Where the claim says that the number lies."""
    finding: Finding
    """What came out, see the methodology page."""
    verdict: Verdict
    """The same in three words: supported where it holds up, with or without the VIX saying so too."""
    contradicted: bool
    """Whether the whole interval lies on the other side."""
    n_sessions: int
    """Sessions (or episodes, where the test counts these) on the claim's side of the comparison."""
    n_cases: int
    """Independent clusters: of the group or of all others, whichever come in more stretches a horizon
    apart."""
    n_effective: float
    """Clusters of equal size that would weigh as much."""
    group: float | None
    """The mean in the claim's group; null for correlations."""
    rest: float | None
    """The mean in all other sessions; null where there are none."""
    group_median: float | None
    """The median in the claim's group."""
    rest_median: float | None
    """The median in all other sessions."""
    n_rest: int | None
    """Sessions (or episodes) on the other side of the comparison; null where there is none."""
    n_hits: int | None
    """Numerator of `group`, of shares; null for other units."""
    n_rest_hits: int | None
    """Numerator of `rest`, of shares."""
    first_session: str | None
    """First session counted."""
    last_session: str | None
    """Last session counted."""
    alarms: Alarms | None
    """The sign as an alarm, where the claim is one of a sign that comes first."""
    history: tuple[YearFinding, ...]
    """Verdicts at the end of each full year of the history."""
    alternatives: tuple[Alternative, ...]
    """Verdicts under the nearest other choices of the rules."""


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
    holds_up: int
    """Those that hold up beside the VIX."""
    vix_says_it_too: int
    """Those that hold up, but not beside the VIX."""
    on_the_edge: int
    """Those whose interval leaves out zero, but not after Holm, or not for sure."""
    cannot_tell: int
    """Those whose interval holds zero."""
    opposite: int
    """Those of which the record says the opposite."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the study publishes."""

    claims: tuple[Claim, ...]
    """Only those whose series are stored."""
    verdicts: Verdicts
    """How the claims came out, counted."""
    leads: tuple[Lead, ...]
    """Level and change of the ratio against the front's next sessions."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a test came to: the effect, and what is counted on both sides of it."""

    effect: Effect
    scale: Scale
    outcomes: Floats
    member: Flags
    sessions: pd.DatetimeIndex
    horizon: int
    alarms: Alarms | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim's id, the side of zero that it names, what it needs, how it is measured, and its words."""

    id: str
    side: Side
    measure: Callable[[Evidence], Found]
    claim: str
    test: str
    needs: str | None = None


class Evidence:
    """What tests read of a history: outcomes over the horizon, the rival, further indices on its sessions."""

    def __init__(self, study: StudyInput, horizon: int | None = None, rival: str | None = None) -> None:
        self.study, self.rules = study, study.rules
        self.horizon = horizon or study.rules.horizon
        self._rival = rival or study.rules.rival
        own = {study.analysis.panel.front.key, study.analysis.panel.back.key}
        self.further: Mapping[str, Floats] = {
            key: closes.reindex(study.sessions).to_numpy(dtype=float)
            for key, closes in study.series.items()
            if key not in own and len(closes)
        }
        self.skew, self.volatility = self.rules.tail_index, self.rules.volatility_index

    @cached_property
    def tested(self) -> tuple[list[Asked], list[Found]]:
        """Tests whose series are stored, and what they came to."""
        asked = [test for test in TESTS if test.needs is None or getattr(self, test.needs) in self.further]
        return asked, [test.measure(self) for test in asked]

    @property
    def shorter(self) -> str:
        """Key of the longest tenor that is shorter than the front; empty where there is none."""
        key = self.study.analysis.panel.front.key
        days = {point.key: point.days for point in find_points(self.study) if point.days is not None}
        below = [(number, each) for each, number in days.items() if number < days[key]]
        return max(below)[1] if below else ""

    @cached_property
    def front(self) -> Floats:
        """Front closes by session with a ratio."""
        return self.study.front[self.study.place]

    @cached_property
    def rival(self) -> Floats:
        """The front index as it enters beside the ratio."""
        if self._rival == "tenths":
            return np.ceil(10 * self.rank(self.study.analysis.panel.front.key))
        return np.log(self.front) if self._rival == "log" else self.front

    @cached_property
    def returns(self) -> Floats:
        """Benchmark returns over the horizon, by session with a ratio."""
        return forward_returns(self.study.close, self.horizon)[self.study.place]

    @cached_property
    def realised(self) -> Floats:
        """Volatility of the benchmark over the horizon, by session with a ratio."""
        return lead(realised_volatility(self.study.close, self.horizon), self.horizon)[self.study.place]

    @cached_property
    def lowest(self) -> Floats:
        """Lowest close of the horizon after each session, against its own, less one."""
        return lowest_ahead(self.study.close, self.horizon)[self.study.place]

    @cached_property
    def fell(self) -> Floats:
        """Whether some close of the horizon lay more than `LARGE_FALL` below."""
        return _flags(self.lowest < -LARGE_FALL, self.lowest)

    def front_change(self, horizon: int) -> Floats:
        """Log change of the front over the next sessions, by session with a ratio."""
        return np.log1p(forward_returns(self.study.front, horizon))[self.study.place]

    def rank(self, key: str) -> Floats:
        """Share of an index's closes to date at or below each session's; NaN in the first year."""
        closes = self.study.series[key]
        ranks = closes.expanding(FIRST_YEAR).rank(pct=True, method="max")
        return ranks.reindex(self.study.sessions).to_numpy(dtype=float)

    def high(self, key: str) -> tuple[Flags, Flags]:
        """Whether a further index closed among the highest of its closes to date, and where that is known."""
        ranks = self.rank(key)
        return ranks > 1 - self.rules.high_share, ~np.isnan(ranks)


def measure(study: StudyInput) -> Claims:
    """Test every claim whose series are stored, in a fixed order, with its history and its alternatives."""
    evidence = Evidence(study)
    claims = judge_claims(evidence)
    years = {year: study.keep(study.until(pd.Timestamp(year, 12, 31)), _findings) for year in _years(study)}
    others = dict(_alternatives(evidence, claims))
    told = tuple(
        replace(
            each,
            history=tuple(
                YearFinding(year=year, finding=cast("Finding", found[each.id]))
                for year, found in years.items()
                if each.id in found
            ),
            alternatives=tuple(
                Alternative(name=name, finding=found[each.id].finding, value=found[each.id].value)
                for name, found in others.items()
                if each.id in found
            ),
        )
        for each in claims
    )
    return Claims(claims=told, verdicts=_count(told), leads=tuple(_leads(evidence)))


def judge_claims(
    evidence: Evidence, *, adjust: Callable[..., list[float | None]] = holm
) -> tuple[Claim, ...]:
    """Judge every claim whose series are stored, all together."""
    asked, found = evidence.tested
    p_values = [_estimate(each).p_value for each in found]
    adjusted, fdr = adjust(p_values), benjamini_hochberg(p_values)
    return tuple(
        _claim(evidence, *each) for each in zip(asked, found, zip(adjusted, fdr, strict=True), strict=True)
    )


def decide(test: Asked, found: Found, p_value: float | None, significance: float) -> Finding:
    """Give the verdict, by the rules that the methodology page states.

    Without an interval there were too few cases. A rival is asked where there is one.
    """
    estimate = _estimate(found)
    if estimate.interval is None or estimate.value is None or p_value is None:
        return "too few cases"
    claimed, against = (_beyond(estimate.interval, side) for side in (test.side, _other(test.side)))
    if not claimed and not against:
        return "can't tell"
    if p_value > significance or not estimate.settled:
        return "on the edge"
    if against:
        return "opposite"
    adds = found.effect.adds
    if adds.value is None:
        return "holds up"
    return "holds up" if adds.interval and _beyond(adds.interval, test.side) else "VIX says it too"


def _beyond(interval: Pair, side: Side) -> bool:
    return interval[0] > 0 if side == "above" else interval[1] < 0


def _other(side: Side) -> Side:
    return "below" if side == "above" else "above"


def _estimate(found: Found) -> Estimate:
    return found.effect.mean if found.whole else found.effect.difference


_VERDICTS: Mapping[Finding, Verdict] = MappingProxyType(
    {
        "holds up": "supported",
        "VIX says it too": "supported",
        "on the edge": "not supported",
        "can't tell": "not supported",
        "opposite": "not supported",
        "too few cases": "too few cases",
    }
)


_UNITS: Mapping[Scale, Unit] = MappingProxyType({"move": "return", "change": "return", "variance": "points"})


def _claim(
    evidence: Evidence, test: Asked, found: Found, adjusted: tuple[float | None, float | None]
) -> Claim:
    effect, estimate = found.effect, _estimate(found)
    words = _words(evidence, found.horizon)
    finding = decide(test, found, adjusted[0], evidence.rules.significance)
    member, line = found.member, found.scale == "correlation"
    valid = ~np.isnan(found.outcomes)
    inside, outside = found.outcomes[member & valid], found.outcomes[~member & valid]
    share = found.scale == "share"
    return Claim(
        id=test.id,
        claim=test.claim.format(**words),
        test=test.test.format(**words),
        unit=_UNITS.get(found.scale, cast("Unit", found.scale)),
        scale=found.scale,
        horizon=found.horizon,
        value=estimate.value,
        interval=estimate.interval,
        p_value=estimate.p_value,
        p_holm=adjusted[0],
        p_fdr=adjusted[1],
        n_draws=estimate.draws,
        settled=estimate.settled,
        rival=None if found.whole else effect.rival,
        adds=effect.adds.value,
        adds_interval=effect.adds.interval,
        adds_p_value=effect.adds.p_value,
        null_value=0.0,
        side=test.side,
        finding=finding,
        verdict=_VERDICTS[finding],
        contradicted=estimate.interval is not None and _beyond(estimate.interval, _other(test.side)),
        n_sessions=effect.n,
        n_cases=effect.clusters.n,
        n_effective=effect.clusters.effective,
        group=None if line else known(mean(inside)),
        rest=None if line else known(mean(outside)),
        group_median=None if line or share else known(median(inside)),
        rest_median=None if line or share else known(median(outside)),
        n_rest=None if line or found.whole else effect.n_rest,
        n_hits=int(inside.sum()) if share else None,
        n_rest_hits=int(outside.sum()) if share else None,
        first_session=session_at(found.sessions, member & valid),
        last_session=session_at(found.sessions, member & valid, last=True),
        alarms=found.alarms,
        history=(),
        alternatives=(),
    )


def _words(evidence: Evidence, horizon: int) -> dict[str, str]:
    """Names and numbers of this history, for the sentences of the tests."""
    panel, rules = evidence.study.analysis.panel, evidence.rules
    labels = {point.key: point.label for point in find_points(evidence.study)}
    return {
        "front": panel.front.label,
        "benchmark": panel.benchmark.label,
        "ratio": f"{panel.front.label}/{panel.back.label}",
        "horizon": f"{horizon}",
        "days": f"{rules.trigger_days}",
        "spike": fixed(rules.spike, 2),
        "calm": fixed(rules.bands[0], 2),
        "top": percent(rules.high_share, 0),
        "fall": percent(LARGE_FALL, 0),
        "shorter": labels.get(evidence.shorter, ""),
        "skew": labels.get(evidence.skew, ""),
        "volatility": labels.get(evidence.volatility, ""),
    }


def _count(claims: Sequence[Claim]) -> Verdicts:
    count, findings = Counter(each.verdict for each in claims), Counter(each.finding for each in claims)
    names: dict[str, int] = {verdict.replace(" ", "_"): count[verdict] for verdict in get_args(Verdict)}
    return Verdicts(
        n_claims=len(claims),
        holds_up=findings["holds up"],
        vix_says_it_too=findings["VIX says it too"],
        on_the_edge=findings["on the edge"],
        cannot_tell=findings["can't tell"],
        opposite=findings["opposite"],
        **names,
    )


def _years(study: StudyInput) -> Iterator[int]:
    """Years whose last session is past, and that have a session with a ratio."""
    yield from sorted({year for year in study.sessions.year.tolist() if year < study.sessions[-1].year})


def _findings(study: StudyInput) -> dict[str, str]:
    return {each.id: each.finding for each in judge_claims(Evidence(study))}


def _alternatives(evidence: Evidence, claims: Sequence[Claim]) -> Iterator[tuple[str, dict[str, Claim]]]:
    """Verdicts under the nearest other choices: of the rival, the horizon, the adjustment and the history."""
    study = evidence.study
    for rival in ("log", "level", "tenths"):
        if rival != study.rules.rival:
            yield f"rival-{rival}", _by_id(judge_claims(Evidence(study, rival=rival)))
    own = {each.id for each in claims if each.horizon == study.rules.horizon}
    for horizon in (5, 21, 63):
        if horizon != study.rules.horizon:
            found = _by_id(judge_claims(Evidence(study, horizon=horizon)))
            yield f"horizon-{horizon}", {id_: each for id_, each in found.items() if id_ in own}
    yield "fdr", _by_id(judge_claims(evidence, adjust=benjamini_hochberg))
    later = study.since(pd.Timestamp(study.rules.second_history))
    if later is not None:
        yield "since", _by_id(judge_claims(Evidence(later)))


def _by_id(claims: Sequence[Claim]) -> dict[str, Claim]:
    return {each.id: each for each in claims}


def _leads(evidence: Evidence) -> Iterator[Lead]:
    """Level and change of the ratio against the front's log change over the next 1, 5 and 21 sessions."""
    for what in ("level", "change"):
        for horizon in (1, 5, 21):
            found = _line(evidence, what, horizon).effect
            yield Lead(
                what=what,
                horizon=horizon,
                correlation=found.difference.value,
                interval=found.difference.interval,
                p_value=found.difference.p_value,
                rival=found.rival,
                adds=found.adds.value,
                adds_interval=found.adds.interval,
                n_sessions=found.n,
            )


def _line(evidence: Evidence, what: Literal["level", "change"], horizon: int) -> Found:
    """The ratio, or its log change since the session before, against the front's log change ahead."""
    study = evidence.study
    ratio = study.ivts if what == "level" else _change(study)
    change = evidence.front_change(horizon)
    kind = Kind(outcome="front", side=what, horizon=horizon)
    return _correlated(evidence, kind, change, ratio)


def _change(study: StudyInput) -> Floats:
    """Log change of the ratio on each session; NaN where the session before has none."""
    ratio = np.full(len(study.front), np.nan)
    ratio[study.place] = np.log(study.ivts)
    return np.append(np.nan, np.diff(ratio))[study.place]


def _correlated(evidence: Evidence, kind: Kind, y: Floats, z: Floats) -> Found:
    effect = measure_line(y, z, evidence.rival, kind, evidence.rules)
    both = ~(np.isnan(y) | np.isnan(z))
    return Found(
        effect, "correlation", np.where(both, y, np.nan), both, evidence.study.sessions, kind.horizon
    )


def _compared(evidence: Evidence, kind: Kind, scale: Scale, outcomes: Floats, member: Flags) -> Found:
    effect = measure_effect(outcomes, member, evidence.rival, kind, evidence.rules)
    return Found(effect, scale, outcomes, member, evidence.study.sessions, kind.horizon)


def _flags(values: Flags, where: Floats) -> Floats:
    """1 and 0, NaN where the value behind is not known."""
    return np.where(np.isnan(where), np.nan, values.astype(np.float64))


def _change_leads(evidence: Evidence) -> Found:
    return _line(evidence, "change", 1)


def reached(evidence: Evidence) -> Flags:
    """Sessions on which an episode reached the trigger's length."""
    first, last = find_runs(evidence.study.backwardation)
    days = evidence.rules.trigger_days
    reached = np.zeros(len(evidence.study.sessions), dtype=bool)
    reached[(first + days - 1)[last - first + 1 >= days]] = True
    return reached


def first_back(evidence: Evidence) -> Flags:
    """First sessions back in contango."""
    state = evidence.study.backwardation
    return np.append(False, state[:-1] & ~state[1:])


def _inverted(evidence: Evidence) -> Flags:
    return evidence.study.backwardation


def _spikes(evidence: Evidence) -> Flags:
    return is_above(evidence.study.ivts, evidence.rules.spike)


def _deep(evidence: Evidence) -> Flags:
    return ~is_above(evidence.study.ivts, evidence.rules.bands[0])


def _first_spike(evidence: Evidence) -> Flags:
    """The first spike of each episode that has one."""
    first = np.zeros(len(evidence.study.sessions), dtype=bool)
    first[first_spikes(evidence.study.backwardation, _spikes(evidence))] = True
    return first


def first_spikes(state: Flags, spikes: Flags) -> Ints:
    """Position of the first spike within each run of the state that has one."""
    places = np.flatnonzero(spikes & state)
    runs = np.searchsorted(find_runs(state)[0], places, side="right")
    return places[np.unique(runs, return_index=True)[1]]


_OUTCOMES: Mapping[Outcome, tuple[Scale, Callable[[Evidence], Floats]]] = MappingProxyType(
    {
        "return": ("return", lambda evidence: evidence.returns),
        "share": ("share", lambda evidence: _flags(evidence.returns > 0, evidence.returns)),
        "fell": ("share", lambda evidence: evidence.fell),
        "held": ("share", lambda evidence: _flags(evidence.lowest >= 0, evidence.lowest)),
        "volatility": ("points", lambda evidence: evidence.realised),
        "front": ("change", lambda evidence: evidence.front_change(evidence.horizon)),
    }
)
"""What is measured of the sessions ahead, and its scale; `held`: no close of them is lower."""


def _after(outcome: Outcome, side: Entry, member: Callable[[Evidence], Flags]) -> Callable[[Evidence], Found]:
    """Compare an outcome after some sessions with that after all others."""
    scale, values = _OUTCOMES[outcome]
    return lambda evidence: _compared(
        evidence,
        Kind(outcome=outcome, side=side, horizon=evidence.horizon),
        scale,
        values(evidence),
        member(evidence),
    )


def _after_high(outcome: Outcome, side: Entry, index: str) -> Callable[[Evidence], Found]:
    """Compare an outcome after high closes of a further index with that after all its others.

    The tail index rises in calm markets, so its high closes are entered as low ratios are: by rises.
    """
    scale, values = _OUTCOMES[outcome]

    def measure(evidence: Evidence) -> Found:
        high, counted = evidence.high(getattr(evidence, index))
        kind = Kind(outcome=outcome, side=side, horizon=evidence.horizon)
        return _compared(evidence, kind, scale, np.where(counted, values(evidence), np.nan), high)

    return measure


def _contango_pays(evidence: Evidence) -> Found:
    """The difference after backwardation with its sign turned: its calibration is that of backwardation."""
    inverted = evidence.study.backwardation
    found = _after("return", "high", _inverted)(evidence)
    turned = found.effect.turned(int((~inverted & ~np.isnan(evidence.returns)).sum()))
    return replace(found, effect=turned, member=~inverted)


def _day_after(evidence: Evidence) -> Found:
    study = evidence.study
    moves = np.abs(forward_returns(study.close, 1)[study.place])
    kind = Kind(outcome="move", side="high", horizon=1)
    return _compared(evidence, kind, "move", moves, study.backwardation)


def _higher_is_worse(evidence: Evidence) -> Found:
    kind = Kind(outcome="return", side="level", horizon=evidence.horizon)
    return _correlated(evidence, kind, evidence.returns, evidence.study.ivts)


def _overstates(evidence: Evidence) -> Found:
    """Implied less realized variance: a mean of volatilities is not the root of a mean of variances."""
    spread = evidence.front**2 - evidence.realised**2
    kind = Kind(outcome="variance", side="all", horizon=evidence.horizon)
    everything = np.ones(len(spread), dtype=bool)
    effect = measure_mean(spread, kind, evidence.rules)
    return Found(effect, "variance", spread, everything, evidence.study.sessions, kind.horizon, whole=True)


def _shorter_first(evidence: Evidence) -> Found:
    """Whether the shorter ratio was above 1 on the eve of an episode, against other sessions in contango."""
    state = evidence.study.backwardation
    ratio = evidence.further[evidence.shorter] / evidence.front
    inverted = np.where(np.isnan(ratio) | state, np.nan, is_above(np.nan_to_num(ratio), 1.0))
    eve = np.append(state[1:] & ~state[:-1], False)
    effect = measure_shifted(inverted, eve, evidence.rival, evidence.rules)
    return Found(
        effect, "share", inverted, eve, evidence.study.sessions, 1, alarms=count_alarms(inverted, eve)
    )


def count_alarms(sign: Floats, event: Flags) -> Alarms:
    """Count a sign (1, 0, NaN where it does not matter) on the sessions before an event and on all others."""
    counts = [int(np.nansum((sign == value) & member)) for member in (event, ~event) for value in (1, 0)]
    hits, missed, false, quiet = counts
    return Alarms(
        odds_ratio=hits * quiet / (missed * false) if missed * false else None,
        false_alarms=false / (hits + false) if hits + false else None,
        missed=missed / (hits + missed) if hits + missed else None,
    )


TESTS: tuple[Asked, ...] = (
    Asked(
        "leads",
        "above",
        _change_leads,
        "{ratio} leads the {front}.",
        "Correlation of the ratio's change on a session with the {front}'s change on the next one.",
    ),
    Asked(
        "five-days",
        "below",
        _after("return", "event", reached),
        "{days} sessions of backwardation are a defensive trigger: {benchmark} then does worse.",
        "Mean {benchmark} return over the {horizon} sessions after an inversion reached {days} sessions, "
        "minus that after all other sessions.",
    ),
    Asked(
        "five-days-risk",
        "above",
        _after("fell", "event", reached),
        "{days} sessions of backwardation are a defensive trigger: large falls then come more often.",
        "Share of {horizon}-session windows with a close more than {fall} below, after an inversion reached "
        "{days} sessions, minus that after all other sessions.",
    ),
    Asked(
        "capitulation",
        "above",
        _after("return", "high", _spikes),
        "Spikes of the ratio mark capitulation: a rebound follows.",
        "Mean {benchmark} return over the {horizon} sessions after a ratio above {spike}, minus that after "
        "all other sessions.",
    ),
    Asked(
        "spike-is-the-low",
        "above",
        _after("held", "event", _first_spike),
        "When the ratio spikes, the low is in.",
        "Share of first ratios above {spike} of an inversion after which no {benchmark} close of {horizon} "
        "sessions was lower, minus that share after all other sessions.",
    ),
    Asked(
        "bearish",
        "below",
        _after("share", "high", _inverted),
        "Backwardation means falling prices ahead.",
        "Share of sessions in backwardation {horizon} sessions after which {benchmark} stood higher, minus "
        "that share after all other sessions.",
    ),
    Asked(
        "contango-pays",
        "above",
        _contango_pays,
        "Contango is the time to hold stocks.",
        "Mean {benchmark} return over the {horizon} sessions after sessions in contango, minus that after "
        "sessions in backwardation.",
    ),
    Asked(
        "calm",
        "below",
        _after("volatility", "low", _deep),
        "Deep contango predicts calm.",
        "Mean realized volatility of {benchmark} over the {horizon} sessions after a ratio of at most "
        "{calm}, minus that after all other sessions.",
    ),
    Asked(
        "day-after",
        "above",
        _day_after,
        "The market moves more on the day after an inverted close.",
        "Mean absolute {benchmark} return on the next session, minus that after sessions in contango.",
    ),
    Asked(
        "front-falls",
        "below",
        _after("front", "high", _inverted),
        "The {front} comes down after backwardation.",
        "Mean log change of the {front} over the {horizon} sessions after sessions in backwardation, minus "
        "that after sessions in contango.",
    ),
    Asked(
        "all-clear",
        "above",
        _after("return", "event", first_back),
        "The return to contango is the all-clear: {benchmark} then does better.",
        "Mean {benchmark} return over the {horizon} sessions after the first session back in contango, "
        "minus that after all other sessions.",
    ),
    Asked(
        "all-clear-risk",
        "below",
        _after("fell", "event", first_back),
        "The return to contango is the all-clear: large falls are then rarer.",
        "Share of {horizon}-session windows with a close more than {fall} below, after the first session "
        "back in contango, minus that after all other sessions.",
    ),
    Asked(
        "higher-is-worse",
        "below",
        _higher_is_worse,
        "The higher the ratio, the worse what follows.",
        "Correlation of the ratio with the {benchmark} return over the next {horizon} sessions.",
    ),
    Asked(
        "overstates",
        "above",
        _overstates,
        "The {front} is, on average, above the volatility that follows.",
        "Mean of the {front} squared minus the realized variance of {benchmark} over the next {horizon} "
        "sessions.",
    ),
    Asked(
        "shorter-first",
        "above",
        _shorter_first,
        "{shorter}/{front} inverts before {ratio} does.",
        "Share of eves of an inversion with {shorter}/{front} above 1, minus that share of all other sessions"
        " in contango.",
        needs="shorter",
    ),
    Asked(
        "high-skew",
        "below",
        _after_high("return", "low", "skew"),
        "A high {skew} warns of falls.",
        "Mean {benchmark} return over the {horizon} sessions after closes of {skew} among the highest {top}"
        " of its closes to date, minus that after all others.",
        needs="skew",
    ),
    Asked(
        "high-vvix",
        "above",
        _after_high("front", "high", "volatility"),
        "A high {volatility} warns of a rising {front}.",
        "Mean log change of the {front} over the {horizon} sessions after closes of {volatility} among the "
        "highest {top} of its closes to date, minus that after all others.",
        needs="volatility",
    ),
)
"""The claims in the order of the page; numbers and names come in from the history."""
