"""Things commonly said of the ratio, each with a test that could refute it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import (
    block_length,
    count_windows,
    find_runs,
    percentile_interval,
    resample_sums,
    wilson_interval,
)
from ivts_site.analytics.groups import ReturnBand, mean, measure_groups, quotient
from ivts_site.analytics.measured import correlate
from ivts_site.analytics.results import Flags, Floats, Ints
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.studies.curve import find_points
from ivts_site.analytics.study_input import StudyInput, session_at
from ivts_site.analytics.term_structure import is_above
from ivts_site.analytics.volatility import lead, realised_volatility
from ivts_site.formatting import fixed, percent
from ivts_site.published.numbers import day, known
from ivts_site.published.studies import Pair, ReturnGroup

RANK = 70

Verdict = Literal["supported", "not supported", "too few cases"]
Unit = Literal["return", "correlation", "share", "points", "ratio"]
Side = Literal["above", "below"]


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
    unit: Unit
    """Returns and shares are fractions; points are annualised volatility points."""
    value: float | None
    """The number tested, in `unit`; null where undefined."""
    interval: Pair | None
    """Of `value`; null where there are too few cases."""
    null_value: float
    """Where the claim begins to be true: no difference or correlation, 0; of a share, one half. A half is not
    what chance gives: that is `rest`."""
    side: Side
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


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the study publishes."""

    claims: tuple[Claim, ...]
    """Only those whose series are stored."""
    verdicts: Verdicts
    """How the claims came out, counted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A claim's id, the side of the null value it expects, its unit, and how far its outcomes reach ahead.

    Without a horizon it is that of the rules.
    """

    name: str
    side: Side
    unit: Unit = "return"
    horizon: int | None = None


def measure(study: StudyInput) -> Claims:
    """Test every claim whose series are stored, in a fixed order.

    Supported: the whole interval lies on the claimed side of the null value. Not supported: it does not. Too
    few cases: fewer than `min_cases` that do not overlap in the group or in the rest.
    """
    evidence = Evidence(study)
    claims = tuple(
        test(evidence) for key, test in _TESTS if key is None or getattr(evidence, key) in evidence.further
    )
    count = Counter(each.verdict for each in claims)
    names: dict[str, int] = {verdict.replace(" ", "_"): count[verdict] for verdict in get_args(Verdict)}
    return Claims(claims=claims, verdicts=Verdicts(n_claims=len(claims), **names))


class Evidence:
    """What tests read of a history: outcomes over the horizon, and further indices on its sessions."""

    def __init__(self, study: StudyInput) -> None:
        self.study, self.rules = study, study.rules
        own = {study.analysis.panel.front.key, study.analysis.panel.back.key}
        self.further: Mapping[str, Floats] = {
            key: closes.reindex(study.sessions).to_numpy(dtype=float)
            for key, closes in study.series.items()
            if key not in own and len(closes)
        }
        self.skew, self.volatility = self.rules.tail_index, self.rules.volatility_index

    @property
    def shorter(self) -> str:
        """Key of the longest tenor that is shorter than the front; empty where there is none."""
        days = {point.key: point.days for point in find_points(self.study) if point.days is not None}
        below = [(number, key) for key, number in days.items() if number < days[self.front_key]]
        return max(below)[1] if below else ""

    @property
    def front_key(self) -> str:
        """Key of the front index."""
        return self.study.analysis.panel.front.key

    @property
    def block(self) -> int:
        """Sessions of a block: volatility clusters over weeks, whatever the horizon of an outcome."""
        return block_length(self.rules, self.rules.horizon)

    @property
    def returns(self) -> Floats:
        """Benchmark returns over the horizon, by session with a ratio."""
        return forward_returns(self.study.close, self.rules.horizon)[self.study.place]

    @property
    def realised(self) -> Floats:
        """Volatility of the benchmark over the horizon, by session with a ratio."""
        n = self.rules.horizon
        return lead(realised_volatility(self.study.close, n), n)[self.study.place]

    @property
    def front(self) -> Floats:
        """Front closes by session with a ratio."""
        return self.study.front[self.study.place]

    def known(self, key: str, outcomes: Floats) -> Floats:
        """Outcomes of the sessions on which a further index closed, NaN on the others."""
        return np.where(np.isnan(self.further[key]), np.nan, outcomes)

    def high(self, key: str) -> Flags:
        """Whether a further index closed among the highest of its closes here."""
        values = self.further[key]
        stored = values[~np.isnan(values)]
        edge = np.percentile(stored, 100 * (1 - self.rules.high_share)) if len(stored) else np.inf
        return np.asarray(values > edge)


def say(evidence: Evidence, name: str) -> tuple[str, str]:
    """Word a claim and its test with the names and numbers of this history."""
    panel, rules = evidence.study.analysis.panel, evidence.rules
    labels = {point.key: point.label for point in find_points(evidence.study)}
    words = {
        "front": panel.front.label,
        "benchmark": panel.benchmark.label,
        "ratio": f"{panel.front.label}/{panel.back.label}",
        "horizon": f"{rules.horizon}",
        "days": f"{rules.trigger_days}",
        "spike": fixed(rules.spike, 2),
        "calm": fixed(rules.bands[0], 2),
        "top": percent(rules.high_share, 0),
        "shorter": labels.get(evidence.shorter, ""),
        "skew": labels.get(evidence.skew, ""),
        "volatility": labels.get(evidence.volatility, ""),
    }
    saying, test = SAYINGS[name]
    return saying.format(**words), test.format(**words)


def judge(value: float | None, interval: Pair | None, null: float, side: Side) -> tuple[Verdict, bool]:
    """Return the verdict, and whether the interval lies wholly on the other side.

    Without an interval there were too few cases.
    """
    if interval is None or value is None:
        return "too few cases", False
    above, below = interval[0] > null, interval[1] < null
    on_side, against = (above, below) if side == "above" else (below, above)
    return ("supported" if on_side else "not supported"), against


def claim(  # noqa: PLR0913 (a claim's fields)
    evidence: Evidence,
    kind: Kind,
    *,
    value: float | None,
    interval: Pair | None,
    null: float,
    counts: tuple[int, int, int | None],
    span: tuple[str | None, str | None],
    parts: tuple[float | None, float | None] = (None, None),
    hits: tuple[int | None, int | None] = (None, None),
) -> Claim:
    """Put a claim together; `counts` are sessions, cases that do not overlap and the rest's sessions.

    `hits` are the numerators of shares, in the group and in the rest.
    """
    saying, test = say(evidence, kind.name)
    verdict, contradicted = judge(value, interval, null, kind.side)
    return Claim(
        id=kind.name,
        claim=saying,
        test=test,
        unit=kind.unit,
        value=value,
        interval=interval,
        null_value=null,
        side=kind.side,
        verdict=verdict,
        contradicted=contradicted,
        n_sessions=counts[0],
        n_cases=counts[1],
        group=parts[0],
        rest=parts[1],
        n_rest=counts[2],
        n_hits=hits[0],
        n_rest_hits=hits[1],
        first_session=span[0],
        last_session=span[1],
    )


def measure_group(
    evidence: Evidence, outcomes: Floats, member: Flags, horizon: int | None = None
) -> ReturnGroup:
    """Measure an outcome in a group of sessions and in the rest, on the same resampled histories."""
    return measure_groups(
        outcomes,
        [member],
        horizon=horizon or evidence.rules.horizon,
        how=evidence.rules,
        names=[ReturnBand(id="", above=None, upto=None)],
        sessions=evidence.study.sessions,
        block=evidence.block,
    )[0]


def compare_groups(evidence: Evidence, kind: Kind, outcomes: Floats, member: Flags) -> Claim:
    """Mean outcome in a group less the mean in all other sessions; an unknown outcome counts in neither.

    Outcomes of a share are 1 and 0.
    """
    found = measure_group(evidence, outcomes, member, kind.horizon)
    share = kind.unit == "share"
    return claim(
        evidence,
        kind,
        value=found.difference,
        interval=found.difference_interval,
        null=0.0,
        counts=(found.n_sessions, found.n_windows, int((~np.isnan(outcomes) & ~member).sum())),
        span=(found.first_session, found.last_session),
        parts=(found.mean, _less(found.mean, found.difference)),
        hits=(int(np.nansum(outcomes[member])), int(np.nansum(outcomes[~member]))) if share else (None, None),
    )


def _less(whole: float | None, part: float | None) -> float | None:
    return None if whole is None or part is None else whole - part


def correlate_pairs(
    evidence: Evidence, kind: Kind, sessions: pd.DatetimeIndex, x: Floats, y: Floats
) -> Claim:
    """Correlate (Pearson) two columns by session; a pair counts where both are known."""
    both = ~(np.isnan(x) | np.isnan(y))
    n_cases = count_windows(both, kind.horizon or evidence.rules.horizon)
    enough = n_cases >= evidence.rules.min_cases
    return claim(
        evidence,
        kind,
        value=known(correlate(x, y)),
        interval=_correlation_interval(x, y, both, evidence) if enough else None,
        null=0.0,
        counts=(int(both.sum()), n_cases, None),
        span=(session_at(sessions, both), session_at(sessions, both, last=True)),
    )


def _correlation_interval(x: Floats, y: Floats, both: Flags, evidence: Evidence) -> Pair | None:
    end = int(np.flatnonzero(both)[-1]) + 1
    # less their means, so that the sums of squares lose nothing
    a, b = (np.where(both, each - each[both].mean(), 0.0)[:end] for each in (x, y))
    columns = np.column_stack([both[:end], a, b, a * a, b * b, a * b]).astype(np.float64)
    n, sa, sb, saa, sbb, sab = resample_sums(columns, evidence.block, evidence.rules).T
    spread = (n * saa - sa**2) * (n * sbb - sb**2)
    return percentile_interval(
        quotient(n * sab - sa * sb, np.sqrt(np.maximum(spread, 0))), evidence.rules.level
    )


def _leads(evidence: Evidence) -> Claim:
    """Change of the ratio against the front's change over the next session."""
    study = evidence.study
    ratio = np.full(len(study.front), np.nan)
    ratio[study.place] = study.ivts
    change = np.append(np.nan, forward_returns(ratio, 1)[:-1])
    begins = slice(int(study.place[0]), None)
    return correlate_pairs(
        evidence,
        Kind("leads", "above", "correlation", 1),
        study.panel_sessions[begins],
        change[begins],
        forward_returns(study.front, 1)[begins],
    )


def _higher_is_worse(evidence: Evidence) -> Claim:
    kind = Kind("higher-is-worse", "below", "correlation")
    return correlate_pairs(evidence, kind, evidence.study.sessions, evidence.study.ivts, evidence.returns)


def _five_days(evidence: Evidence) -> Claim:
    study = evidence.study
    first, last = find_runs(study.backwardation)
    reached = np.zeros(len(study.sessions), dtype=bool)
    reached[(first + evidence.rules.trigger_days - 1)[last - first + 1 >= evidence.rules.trigger_days]] = True
    return compare_groups(evidence, Kind("five-days", "below"), evidence.returns, reached)


def _capitulation(evidence: Evidence) -> Claim:
    spikes = is_above(evidence.study.ivts, evidence.rules.spike)
    return compare_groups(evidence, Kind("capitulation", "above"), evidence.returns, spikes)


def _spike_is_the_low(evidence: Evidence) -> Claim:
    """Of the first spike of each episode: no lower close within the horizon; so too of all other sessions.

    Spikes are counted whose horizons do not overlap, the earlier one of two that do: the interval takes cases
    as independent.
    """
    study, horizon = evidence.study, evidence.rules.horizon
    spikes = study.place[_first_spikes(study.backwardation, is_above(study.ivts, evidence.rules.spike))]
    places, low = _lowest_for(study.close, study.place, horizon)
    counted = np.isin(places, _apart(spikes[np.isin(spikes, places)], horizon))
    held, n = int(low[counted].sum()), int(counted.sum())
    sessions, enough = study.panel_sessions[places[counted]], n >= evidence.rules.min_cases
    return claim(
        evidence,
        Kind("spike-is-the-low", "above", "share"),
        value=held / n if n else None,
        interval=wilson_interval(held, n, evidence.rules.level) if enough else None,
        null=0.5,
        counts=(n, n, len(places) - n),
        span=(day(sessions[0]), day(sessions[-1])) if n else (None, None),
        parts=(None, known(mean(low[~counted].astype(np.float64)))),
        hits=(held, int(low[~counted].sum())),
    )


def _lowest_for(close: Floats, places: Ints, horizon: int) -> tuple[Ints, Flags]:
    """Places after which the closes of the horizon are stored, and whether none of them is lower."""
    places = places[places + horizon < len(close)]
    around = close[places[:, None] + np.arange(horizon + 1)]
    whole = ~np.isnan(around).any(axis=1)
    return places[whole], around[whole].argmin(axis=1) == 0


def _apart(places: Ints, horizon: int) -> Ints:
    """Those of rising places that lie a horizon or more after the last one kept."""
    kept: list[int] = []
    for place in places.tolist():
        if not kept or place >= kept[-1] + horizon:
            kept.append(place)
    return np.array(kept, dtype=np.int64)


def _first_spikes(state: Flags, spikes: Flags) -> Ints:
    """Position of the first spike within each run of the state that has one."""
    places = np.flatnonzero(spikes & state)
    runs = np.searchsorted(find_runs(state)[0], places, side="right")
    return places[np.unique(runs, return_index=True)[1]]


def _calm(evidence: Evidence) -> Claim:
    deep = ~is_above(evidence.study.ivts, evidence.rules.bands[0])
    return compare_groups(evidence, Kind("calm", "below", "points"), evidence.realised, deep)


def _contango_pays(evidence: Evidence) -> Claim:
    return compare_groups(
        evidence, Kind("contango-pays", "above"), evidence.returns, ~evidence.study.backwardation
    )


def _bearish(evidence: Evidence) -> Claim:
    """Share of sessions in backwardation after which the benchmark stood higher; so too of all others."""
    found = measure_group(evidence, evidence.returns, evidence.study.backwardation)
    others = evidence.returns[~evidence.study.backwardation]
    up = others[~np.isnan(others)] > 0
    return claim(
        evidence,
        Kind("bearish", "below", "share"),
        value=found.share_up,
        interval=found.share_up_interval,
        null=0.5,
        counts=(found.n_sessions, found.n_windows, len(up)),
        span=(found.first_session, found.last_session),
        parts=(None, known(mean(up.astype(np.float64)))),
        hits=(found.n_up, int(up.sum())),
    )


def _day_after(evidence: Evidence) -> Claim:
    study = evidence.study
    moves = np.abs(forward_returns(study.close, 1)[study.place])
    return compare_groups(evidence, Kind("day-after", "above", horizon=1), moves, study.backwardation)


def _front_falls(evidence: Evidence) -> Claim:
    change = forward_returns(evidence.study.front, evidence.rules.horizon)[evidence.study.place]
    return compare_groups(evidence, Kind("front-falls", "below"), change, evidence.study.backwardation)


def _all_clear(evidence: Evidence) -> Claim:
    state = evidence.study.backwardation
    back = np.append(False, state[:-1] & ~state[1:])
    return compare_groups(evidence, Kind("all-clear", "above"), evidence.returns, back)


def _overstates(evidence: Evidence) -> Claim:
    spread = evidence.front - evidence.realised
    found = measure_group(evidence, spread, np.ones(len(spread), dtype=bool))
    return claim(
        evidence,
        Kind("overstates", "above", "points"),
        value=found.mean,
        interval=found.interval,
        null=0.0,
        counts=(found.n_sessions, found.n_windows, None),
        span=(found.first_session, found.last_session),
    )


def _shorter_first(evidence: Evidence) -> Claim:
    """Whether the shorter ratio was above 1 on the session before an episode, against other contango days."""
    state = evidence.study.backwardation
    ratio = evidence.further[evidence.shorter] / evidence.front
    inverted = np.where(np.isnan(ratio) | state, np.nan, is_above(np.nan_to_num(ratio), 1.0))
    before = np.append(state[1:] & ~state[:-1], False)
    return compare_groups(evidence, Kind("shorter-first", "above", "share", 1), inverted, before)


def _high_skew(evidence: Evidence) -> Claim:
    key = evidence.skew
    returns = evidence.known(key, evidence.returns)
    return compare_groups(evidence, Kind("high-skew", "below"), returns, evidence.high(key))


def _high_volatility(evidence: Evidence) -> Claim:
    key, study = evidence.volatility, evidence.study
    change = forward_returns(study.front, evidence.rules.horizon)[study.place]
    return compare_groups(
        evidence, Kind("high-vvix", "above"), evidence.known(key, change), evidence.high(key)
    )


_TESTS: tuple[tuple[str | None, Callable[[Evidence], Claim]], ...] = (
    (None, _leads),
    (None, _five_days),
    (None, _capitulation),
    (None, _spike_is_the_low),
    (None, _bearish),
    (None, _contango_pays),
    (None, _calm),
    (None, _day_after),
    (None, _front_falls),
    (None, _all_clear),
    (None, _higher_is_worse),
    (None, _overstates),
    ("shorter", _shorter_first),
    ("skew", _high_skew),
    ("volatility", _high_volatility),
)

SAYINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
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
"""What each claim says, and how it was tested; numbers and names come in from the history."""
