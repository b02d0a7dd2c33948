"""Things commonly said of the ratio, each with a test that could refute it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ivts_site.analytics.bootstrap import find_runs, wilson_interval
from ivts_site.analytics.claim_kinds import (
    Claim,
    Evidence,
    Kind,
    claim,
    compare_groups,
    correlate_pairs,
    measure,
)
from ivts_site.analytics.conditional import mean
from ivts_site.analytics.results import Flags, Floats, Ints
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.term_structure import is_above


def judge_claims(evidence: Evidence) -> tuple[Claim, ...]:
    """Test every claim whose series are stored, in a fixed order.

    Parameters
    ----------
    evidence : Evidence
        `further` holds the optional indices that are stored, NaN where not.

    Returns
    -------
    tuple of Claim
        Supported: the whole interval lies on the claimed side of the null value. Not supported: it does not.
        Too few cases: fewer than `how.min_cases` that do not overlap in the group or in the rest.
    """
    return tuple(
        test(evidence)
        for key, test in _TESTS
        if key is None or getattr(evidence.rules, key) in evidence.further
    )


def _leads(evidence: Evidence) -> Claim:
    """Change of the ratio against the front's change over the next session."""
    ground = evidence.ground
    ratio = np.full(len(ground.front), np.nan)
    ratio[ground.place] = ground.ivts
    change = np.append(np.nan, forward_returns(ratio, 1)[:-1])
    begins = slice(int(ground.place[0]), None)
    return correlate_pairs(
        evidence,
        Kind("leads", "above", "correlation", 1),
        ground.panel_sessions[begins],
        change[begins],
        forward_returns(ground.front, 1)[begins],
    )


def _higher_is_worse(evidence: Evidence) -> Claim:
    kind = Kind("higher-is-worse", "below", "correlation")
    return correlate_pairs(evidence, kind, evidence.ground.sessions, evidence.ground.ivts, evidence.returns)


def _five_days(evidence: Evidence) -> Claim:
    ground = evidence.ground
    first, last = find_runs(ground.backwardation)
    reached = np.zeros(len(ground.sessions), dtype=bool)
    reached[(first + evidence.rules.days - 1)[last - first + 1 >= evidence.rules.days]] = True
    return compare_groups(evidence, Kind("five-days", "below"), evidence.returns, reached)


def _capitulation(evidence: Evidence) -> Claim:
    spikes = is_above(evidence.ground.ivts, evidence.rules.spike)
    return compare_groups(evidence, Kind("capitulation", "above"), evidence.returns, spikes)


def _spike_is_the_low(evidence: Evidence) -> Claim:
    """Of the first spike of each episode: no lower close within the horizon; so too of all other sessions.

    Spikes are counted whose horizons do not overlap, the earlier one of two that do: the interval takes cases
    as independent.
    """
    ground, horizon = evidence.ground, evidence.rules.horizon
    spikes = ground.place[_first_spikes(ground.backwardation, is_above(ground.ivts, evidence.rules.spike))]
    places, low = _lowest_for(ground.close, ground.place, horizon)
    counted = np.isin(places, _apart(spikes[np.isin(spikes, places)], horizon))
    held, n = int(low[counted].sum()), int(counted.sum())
    sessions, enough = ground.panel_sessions[places[counted]], n >= evidence.how.min_cases
    return claim(
        Kind("spike-is-the-low", "above", "share"),
        value=held / n if n else np.nan,
        interval=wilson_interval(held, n, evidence.how.level) if enough else None,
        null=0.5,
        counts=(n, n, len(places) - n),
        span=(sessions[0], sessions[-1]) if n else (None, None),
        parts=(np.nan, mean(low[~counted].astype(np.float64))),
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
    deep = ~is_above(evidence.ground.ivts, evidence.rules.calm)
    return compare_groups(evidence, Kind("calm", "below", "points"), evidence.realised, deep)


def _contango_pays(evidence: Evidence) -> Claim:
    return compare_groups(
        evidence, Kind("contango-pays", "above"), evidence.returns, ~evidence.ground.backwardation
    )


def _bearish(evidence: Evidence) -> Claim:
    """Share of sessions in backwardation after which the benchmark stood higher; so too of all others."""
    found = measure(evidence, evidence.returns, evidence.ground.backwardation)
    others = evidence.returns[~evidence.ground.backwardation]
    up = others[~np.isnan(others)] > 0
    return claim(
        Kind("bearish", "below", "share"),
        value=found.share_up,
        interval=found.share_up_interval,
        null=0.5,
        counts=(found.n_sessions, found.n_windows, len(up)),
        span=(found.first_session, found.last_session),
        parts=(np.nan, mean(up.astype(np.float64))),
        hits=(found.n_up, int(up.sum())),
    )


def _day_after(evidence: Evidence) -> Claim:
    ground = evidence.ground
    moves = np.abs(forward_returns(ground.close, 1)[ground.place])
    return compare_groups(evidence, Kind("day-after", "above", horizon=1), moves, ground.backwardation)


def _front_falls(evidence: Evidence) -> Claim:
    change = forward_returns(evidence.ground.front, evidence.rules.horizon)[evidence.ground.place]
    return compare_groups(evidence, Kind("front-falls", "below"), change, evidence.ground.backwardation)


def _all_clear(evidence: Evidence) -> Claim:
    state = evidence.ground.backwardation
    back = np.append(False, state[:-1] & ~state[1:])
    return compare_groups(evidence, Kind("all-clear", "above"), evidence.returns, back)


def _overstates(evidence: Evidence) -> Claim:
    spread = evidence.front - evidence.realised
    found = measure(evidence, spread, np.ones(len(spread), dtype=bool))
    return claim(
        Kind("overstates", "above", "points"),
        value=found.mean,
        interval=found.interval,
        null=0.0,
        counts=(found.n_sessions, found.n_windows, None),
        span=(found.first_session, found.last_session),
    )


def _shorter_first(evidence: Evidence) -> Claim:
    """Whether the shorter ratio was above 1 on the session before an episode, against other contango days."""
    state = evidence.ground.backwardation
    ratio = evidence.further[evidence.rules.shorter] / evidence.front
    inverted = np.where(np.isnan(ratio) | state, np.nan, is_above(np.nan_to_num(ratio), 1.0))
    before = np.append(state[1:] & ~state[:-1], False)
    return compare_groups(evidence, Kind("shorter-first", "above", "share", 1), inverted, before)


def _high_skew(evidence: Evidence) -> Claim:
    key = evidence.rules.skew
    returns = evidence.known(key, evidence.returns)
    return compare_groups(evidence, Kind("high-skew", "below"), returns, evidence.high(key))


def _high_volatility(evidence: Evidence) -> Claim:
    key, ground = evidence.rules.volatility, evidence.ground
    change = forward_returns(ground.front, evidence.rules.horizon)[ground.place]
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
