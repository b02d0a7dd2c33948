"""Things commonly said of the ratio, each tested against all other sessions and the front index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, cast

import numpy as np
import pandas as pd

from ivts_site.analytics.arrays import Flags, Floats, median
from ivts_site.analytics.evidence import GROUPS, LARGE_FALL, OUTCOMES, Evidence, compare, count_alarms
from ivts_site.analytics.inference import (
    Effect,
    Estimate,
    Kind,
    Outcome,
    benjamini_hochberg,
    holm,
    measure_effect,
    measure_line,
    measure_shifted,
)
from ivts_site.analytics.study_input import StudyInput, span_of
from ivts_site.analytics.term_structure import is_above
from ivts_site.formatting import fixed, percent
from ivts_site.published.studies import Alarms, Pair

RANK = 70

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
    """`rival-` with `log`, `level` or `tenths`, `horizon-` with `5`, `21` or `63` (never those of the verdict
    itself), `fdr` (Benjamini–Hochberg for Holm) or `since` (from `research.second_history` on)."""
    finding: Finding
    """The verdict with that choice changed and all others kept."""
    value: float | None
    """The number tested, in the claim's unit."""


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
    """Those that hold up once the VIX is accounted for."""
    vix_says_it_too: int
    """Those that hold up, but not once the VIX is accounted for."""
    on_the_edge: int
    """Those whose interval excludes zero, but not after Holm, or too narrowly for the number of resamples."""
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
    horizon: int
    alarms: Alarms | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Test:
    """A claim: the side of zero that it names, how it is measured, its words, and the index that it needs."""

    id: str
    side: Side
    claim: str
    measure: Callable[[Evidence], Found]
    test: str
    needs: str | None = None


def measure(study: StudyInput) -> Claims:
    """Test every claim whose series are stored, in a fixed order, with its history and its alternatives."""
    evidence = Evidence(study)
    tested = _run_tests(evidence)
    claims = _judge(evidence, tested, holm)
    past = {year: study.keep(study.until(pd.Timestamp(year, 12, 31)), _findings) for year in _years(study)}
    others = dict(_alternatives(evidence, tested, claims))
    complete = tuple(
        replace(
            each,
            history=tuple(
                YearFinding(year=year, finding=cast("Finding", found[each.id]))
                for year, found in past.items()
                if each.id in found
            ),
            alternatives=tuple(
                Alternative(name=name, finding=found[each.id].finding, value=found[each.id].value)
                for name, found in others.items()
                if each.id in found
            ),
        )
        for each in claims.values()
    )
    return Claims(claims=complete, verdicts=_count(complete), leads=tuple(_leads(evidence)))


def judge_claims(evidence: Evidence) -> dict[str, Claim]:
    """Judge every claim whose series are stored, all together; by id."""
    return _judge(evidence, _run_tests(evidence), holm)


def _run_tests(evidence: Evidence) -> list[tuple[Test, Found]]:
    return [
        (test, test.measure(evidence))
        for test in CLAIMS
        if test.needs is None or test.needs in evidence.indices
    ]


def _judge(
    evidence: Evidence,
    tested: Sequence[tuple[Test, Found]],
    adjust: Callable[[Sequence[float | None]], list[float | None]],
) -> dict[str, Claim]:
    p_values = [_estimate(found).p_value for _, found in tested]
    adjusted = zip(adjust(p_values), benjamini_hochberg(p_values), strict=True)
    return {
        test.id: _claim(evidence, test, found, each)
        for (test, found), each in zip(tested, adjusted, strict=True)
    }


def decide(test: Test, found: Found, p_value: float | None, significance: float) -> Finding:
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


_UNITS: Mapping[Scale, Unit] = MappingProxyType({"move": "return", "change": "return", "variance": "points"})


def _claim(
    evidence: Evidence, test: Test, found: Found, adjusted: tuple[float | None, float | None]
) -> Claim:
    effect, estimate, words = found.effect, _estimate(found), _words(evidence, found.horizon)
    finding = decide(test, found, adjusted[0], evidence.rules.significance)
    line, share, sessions = found.scale == "correlation", found.scale == "share", evidence.study.sessions
    counted = found.member & ~np.isnan(found.outcomes)
    inside, outside = (
        found.outcomes[each & ~np.isnan(found.outcomes)] for each in (found.member, ~found.member)
    )
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
        verdict=_verdict(finding),
        contradicted=estimate.interval is not None and _beyond(estimate.interval, _other(test.side)),
        n_sessions=effect.n,
        n_cases=effect.clusters.n,
        n_effective=effect.clusters.effective,
        group=effect.mean.value,
        rest=effect.rest,
        group_median=None if line or share else median(inside),
        rest_median=None if line or share else median(outside),
        n_rest=None if line or found.whole else effect.n_rest,
        n_hits=int(inside.sum()) if share else None,
        n_rest_hits=int(outside.sum()) if share else None,
        **span_of(sessions, counted),
        alarms=found.alarms,
        history=(),
        alternatives=(),
    )


def _verdict(finding: Finding) -> Verdict:
    if finding == "too few cases":
        return finding
    return "supported" if finding in {"holds up", "VIX says it too"} else "not supported"


def _words(evidence: Evidence, horizon: int) -> dict[str, str]:
    """Names and numbers of this history, for the sentences of the tests."""
    panel, rules = evidence.study.analysis.panel, evidence.rules
    labels = {point.key: point.label for point in evidence.study.points}
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
    } | {name: labels[key] for name, key in evidence.indices.items()}


def _count(claims: Sequence[Claim]) -> Verdicts:
    verdicts, findings = Counter(each.verdict for each in claims), Counter(each.finding for each in claims)
    return Verdicts(
        n_claims=len(claims),
        supported=verdicts["supported"],
        not_supported=verdicts["not supported"],
        too_few_cases=verdicts["too few cases"],
        holds_up=findings["holds up"],
        vix_says_it_too=findings["VIX says it too"],
        on_the_edge=findings["on the edge"],
        cannot_tell=findings["can't tell"],
        opposite=findings["opposite"],
    )


def _years(study: StudyInput) -> Iterator[int]:
    """Years whose last session is past, and that have a session with a ratio."""
    yield from sorted({year for year in study.sessions.year.tolist() if year < study.sessions[-1].year})


def _findings(study: StudyInput) -> dict[str, str]:
    return {id_: each.finding for id_, each in judge_claims(Evidence(study)).items()}


def _alternatives(
    evidence: Evidence, tested: Sequence[tuple[Test, Found]], claims: Mapping[str, Claim]
) -> Iterator[tuple[str, dict[str, Claim]]]:
    """Verdicts under the nearest other choices: of the rival, the horizon, the adjustment and the history."""
    study = evidence.study
    for rival in ("log", "level", "tenths"):
        if rival != study.rules.rival:
            yield f"rival-{rival}", judge_claims(Evidence(study, rival=rival))
    for horizon in (5, 21, 63):
        if horizon != study.rules.horizon:
            found = judge_claims(Evidence(study, horizon=horizon))
            own = {id_: each for id_, each in found.items() if claims[id_].horizon == study.rules.horizon}
            yield f"horizon-{horizon}", own
    yield "fdr", _judge(evidence, tested, benjamini_hochberg)
    for shorter in study.histories[1:]:
        yield "since", judge_claims(Evidence(shorter))


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
    kind = Kind(outcome="front", side=what, horizon=horizon)
    return _correlated(evidence, kind, evidence.front_change(horizon), ratio)


def _change(study: StudyInput) -> Floats:
    """Log change of the ratio on each session; NaN where the session before has none."""
    ratio = np.full(len(study.front), np.nan)
    ratio[study.place] = np.log(study.ivts)
    return np.append(np.nan, np.diff(ratio))[study.place]


def _correlated(evidence: Evidence, kind: Kind, y: Floats, z: Floats) -> Found:
    effect = measure_line(y, z, evidence.rival, kind, evidence.rules)
    both = ~(np.isnan(y) | np.isnan(z))
    return Found(effect, "correlation", np.where(both, y, np.nan), both, kind.horizon)


def _compared(evidence: Evidence, outcome: Outcome, group: str) -> Found:
    effect, outcomes, member = compare(evidence, outcome, group)
    return Found(effect, cast("Scale", OUTCOMES[outcome].scale), outcomes, member, evidence.horizon)


def _after(  # noqa: PLR0913, PLR0917 - a row of the list of claims
    id_: str,
    side: Side,
    claim: str,
    outcome: Outcome,
    group: str,
    test: str = "",
    others: str = "all other sessions",
    needs: str | None = None,
) -> Test:
    """Return the claim that an outcome is higher, or lower, after a group of sessions."""
    words = test or f"{OUTCOMES[outcome].words} after {GROUPS[group].words}, minus that after {others}."
    return Test(id_, side, claim, lambda evidence: _compared(evidence, outcome, group), words, needs)


def _contango_pays(evidence: Evidence) -> Found:
    """The difference after backwardation with its sign turned: its calibration is that of backwardation."""
    found = _compared(evidence, "return", "backwardation")
    return replace(found, effect=found.effect.turned(), member=~found.member)


def _day_after(evidence: Evidence) -> Found:
    study = evidence.study
    moves = np.abs(study.returns(1))
    kind = Kind(outcome="move", side="high", horizon=1)
    effect = measure_effect(moves, study.backwardation, evidence.rival, kind, evidence.rules)
    return Found(effect, "move", moves, study.backwardation, kind.horizon)


def _higher_is_worse(evidence: Evidence) -> Found:
    kind = Kind(outcome="return", side="level", horizon=evidence.horizon)
    return _correlated(evidence, kind, evidence.study.returns(evidence.horizon), evidence.study.ivts)


def _overstates(evidence: Evidence) -> Found:
    """Implied less realized variance: a mean of volatilities is not the root of a mean of variances."""
    spread = evidence.front**2 - evidence.study.realized(evidence.horizon) ** 2
    kind = Kind(outcome="variance", side="all", horizon=evidence.horizon)
    every = np.ones(len(spread), dtype=bool)
    effect = measure_effect(spread, every, evidence.rival, kind, evidence.rules)
    return Found(effect, "variance", spread, every, kind.horizon, whole=True)


def _shorter_first(evidence: Evidence) -> Found:
    """Whether the shorter ratio was above 1 on the eve of an episode, against other sessions in contango."""
    study = evidence.study
    shorter = study.series[evidence.indices["shorter"]].reindex(study.sessions).to_numpy(dtype=float)
    ratio, state = shorter / evidence.front, study.backwardation
    inverted = np.where(np.isnan(ratio) | state, np.nan, is_above(np.nan_to_num(ratio), 1.0))
    eve = np.append(state[1:] & ~state[:-1], False)
    effect = measure_shifted(inverted, eve, evidence.rival, evidence.rules)
    return Found(effect, "share", inverted, eve, 1, alarms=count_alarms(inverted, eve))


CLAIMS: tuple[Test, ...] = (
    Test(
        "leads",
        "above",
        "{ratio} leads the {front}.",
        lambda evidence: _line(evidence, "change", 1),
        "Correlation of the ratio's change on a session with the {front}'s change on the next one.",
    ),
    _after(
        "five-days",
        "below",
        "{days} sessions of backwardation are a defensive trigger: {benchmark} then does worse.",
        "return",
        "reached",
    ),
    _after(
        "five-days-risk",
        "above",
        "{days} sessions of backwardation are a defensive trigger: large falls then come more often.",
        "fell",
        "reached",
    ),
    _after(
        "capitulation",
        "above",
        "Spikes of the ratio mark capitulation: a rebound follows.",
        "return",
        "spike",
    ),
    _after(
        "spike-is-the-low",
        "above",
        "When the ratio spikes, the low is in.",
        "held",
        "first spike",
        "Share of first ratios above {spike} of an inversion after which no {benchmark} close of {horizon} "
        "sessions was lower, minus that share after all other sessions.",
    ),
    _after(
        "bearish",
        "below",
        "Backwardation means falling prices ahead.",
        "share",
        "backwardation",
        "Share of sessions in backwardation {horizon} sessions after which {benchmark} stood higher, minus "
        "that share after all other sessions.",
    ),
    Test(
        "contango-pays",
        "above",
        "Contango is the time to hold stocks.",
        _contango_pays,
        "Mean {benchmark} return over the {horizon} sessions after sessions in contango, minus that after "
        "sessions in backwardation.",
    ),
    _after("calm", "below", "Deep contango predicts calm.", "volatility", "deep"),
    Test(
        "day-after",
        "above",
        "The market moves more on the day after an inverted close.",
        _day_after,
        "Mean absolute {benchmark} return on the next session, minus that after sessions in contango.",
    ),
    _after(
        "front-falls",
        "below",
        "The {front} comes down after backwardation.",
        "front",
        "backwardation",
        others="sessions in contango",
    ),
    _after(
        "all-clear",
        "above",
        "The return to contango is the all-clear: {benchmark} then does better.",
        "return",
        "back",
    ),
    _after(
        "all-clear-risk",
        "below",
        "The return to contango is the all-clear: large falls are then rarer.",
        "fell",
        "back",
    ),
    Test(
        "higher-is-worse",
        "below",
        "The higher the ratio, the worse what follows.",
        _higher_is_worse,
        "Correlation of the ratio with the {benchmark} return over the next {horizon} sessions.",
    ),
    Test(
        "overstates",
        "above",
        "The {front} is, on average, above the volatility that follows.",
        _overstates,
        "Mean of the {front} squared minus the realized variance of {benchmark} over the next {horizon} "
        "sessions.",
    ),
    Test(
        "shorter-first",
        "above",
        "{shorter}/{front} inverts before {ratio} does.",
        _shorter_first,
        "Share of eves of an inversion with {shorter}/{front} above 1, minus that share of all other sessions"
        " in contango.",
        needs="shorter",
    ),
    _after(
        "high-skew",
        "below",
        "A high {skew} warns of falls.",
        "return",
        "high skew",
        others="all others",
        needs="skew",
    ),
    _after(
        "high-vvix",
        "above",
        "A high {volatility} warns of a rising {front}.",
        "front",
        "high volatility",
        others="all others",
        needs="volatility",
    ),
)
"""The claims in the order of the page; numbers and names come in from the history."""
