"""How a claim is tested: as a comparison, a correlation or a count, each with an interval and a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ivts_site.analytics.bootstrap import (
    Pair,
    Resampling,
    count_windows,
    percentile_interval,
    resample_sums,
)
from ivts_site.analytics.conditional import ReturnBand, ReturnGroup, measure_groups, quotient
from ivts_site.analytics.ground import Ground, session_at
from ivts_site.analytics.measured import correlate
from ivts_site.analytics.results import Flags, Floats
from ivts_site.analytics.returns import forward_returns
from ivts_site.analytics.volatility import later, realised_volatility


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """Numbers that the claims speak of.

    Attributes
    ----------
    horizon : int
        Sessions ahead.
    calm : float
        Deep contango: ratios at or below it.
    spike : float
        Spikes: ratios above it.
    days : int
        Sessions of backwardation that are said to be a trigger.
    top : float
        Share of the highest closes of a further index that count as high, in (0, 1).
    shorter : str
        Key of the index with a shorter horizon than the front.
    skew, volatility : str
        Keys of the tail index and of the volatility of the front.
    """

    horizon: int
    calm: float
    spike: float
    days: int
    top: float
    shorter: str
    skew: str
    volatility: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A claim's id, the side of the null value it expects, its unit, and how far its outcomes reach ahead.

    Without a horizon it is that of the rules.
    """

    name: str
    side: str
    unit: str = "return"
    horizon: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A tested claim; see the published type of the same name."""

    id: str
    unit: str
    value: float
    interval: Pair | None
    null_value: float
    side: str
    verdict: str
    contradicted: bool
    n_sessions: int
    n_cases: int
    group: float
    rest: float
    n_rest: int | None
    n_hits: int | None
    n_rest_hits: int | None
    first_session: pd.Timestamp | None
    last_session: pd.Timestamp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What tests read: ground, further closes on its sessions, rules, and how intervals are made."""

    ground: Ground
    further: Mapping[str, Floats]
    rules: ClaimRules
    how: Resampling

    @property
    def block(self) -> int:
        """Sessions of a block: volatility clusters over weeks, whatever the horizon of an outcome."""
        return self.how.block(self.rules.horizon)

    @property
    def returns(self) -> Floats:
        """Benchmark returns over the horizon, by session with a ratio."""
        return forward_returns(self.ground.close, self.rules.horizon)[self.ground.place]

    @property
    def realised(self) -> Floats:
        """Volatility of the benchmark over the horizon, by session with a ratio."""
        n = self.rules.horizon
        return later(realised_volatility(self.ground.close, n), n)[self.ground.place]

    @property
    def front(self) -> Floats:
        """Front closes by session with a ratio."""
        return self.ground.front[self.ground.place]

    def known(self, key: str, outcomes: Floats) -> Floats:
        """Outcomes of the sessions on which a further index closed, NaN on the others."""
        return np.where(np.isnan(self.further[key]), np.nan, outcomes)

    def high(self, key: str) -> Flags:
        """Whether a further index closed among the highest of its closes here."""
        values = self.further[key]
        known = values[~np.isnan(values)]
        edge = np.percentile(known, 100 * (1 - self.rules.top)) if len(known) else np.inf
        return np.asarray(values > edge)


def judge(value: float, interval: Pair | None, null: float, side: str) -> tuple[str, bool]:
    """Return the verdict, and whether the interval lies wholly on the other side.

    Without an interval there were too few cases.
    """
    if interval is None or np.isnan(value):
        return "too few cases", False
    above, below = interval[0] > null, interval[1] < null
    on_side, against = (above, below) if side == "above" else (below, above)
    return ("supported" if on_side else "not supported"), against


def claim(  # noqa: PLR0913 (a claim's fields)
    kind: Kind,
    *,
    value: float,
    interval: Pair | None,
    null: float,
    counts: tuple[int, int, int | None],
    span: tuple[pd.Timestamp | None, pd.Timestamp | None],
    parts: tuple[float, float] = (np.nan, np.nan),
    hits: tuple[int | None, int | None] = (None, None),
) -> Claim:
    """Put a claim together; `counts` are sessions, cases that do not overlap and the rest's sessions.

    `hits` are the numerators of shares, in the group and in the rest.
    """
    verdict, contradicted = judge(value, interval, null, kind.side)
    return Claim(
        id=kind.name,
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


def measure(evidence: Evidence, outcomes: Floats, member: Flags, horizon: int | None = None) -> ReturnGroup:
    """Measure an outcome in a group of sessions and in the rest, on the same resampled histories."""
    return measure_groups(
        outcomes,
        [member],
        horizon=horizon or evidence.rules.horizon,
        how=evidence.how,
        names=[ReturnBand(id="", above=None, upto=None)],
        sessions=evidence.ground.sessions,
        block=evidence.block,
    )[0]


def compare_groups(evidence: Evidence, kind: Kind, outcomes: Floats, member: Flags) -> Claim:
    """Mean outcome in a group less the mean in all other sessions; an unknown outcome counts in neither.

    Outcomes of a share are 1 and 0.
    """
    found = measure(evidence, outcomes, member, kind.horizon)
    share = kind.unit == "share"
    return claim(
        kind,
        value=found.difference,
        interval=found.difference_interval,
        null=0.0,
        counts=(found.n_sessions, found.n_windows, int((~np.isnan(outcomes) & ~member).sum())),
        span=(found.first_session, found.last_session),
        parts=(found.mean, found.mean - found.difference),
        hits=(int(np.nansum(outcomes[member])), int(np.nansum(outcomes[~member]))) if share else (None, None),
    )


def correlate_pairs(
    evidence: Evidence, kind: Kind, sessions: pd.DatetimeIndex, x: Floats, y: Floats
) -> Claim:
    """Correlate (Pearson) two columns by session; a pair counts where both are known."""
    known = ~(np.isnan(x) | np.isnan(y))
    n_cases = count_windows(known, kind.horizon or evidence.rules.horizon)
    enough = n_cases >= evidence.how.min_cases
    return claim(
        kind,
        value=correlate(x, y),
        interval=_correlation_interval(x, y, known, evidence) if enough else None,
        null=0.0,
        counts=(int(known.sum()), n_cases, None),
        span=(session_at(sessions, known), session_at(sessions, known, last=True)),
    )


def _correlation_interval(x: Floats, y: Floats, known: Flags, evidence: Evidence) -> Pair | None:
    end = int(np.flatnonzero(known)[-1]) + 1
    # less their means, so that the sums of squares lose nothing
    a, b = (np.where(known, each - each[known].mean(), 0.0)[:end] for each in (x, y))
    columns = np.column_stack([known[:end], a, b, a * a, b * b, a * b]).astype(np.float64)
    n, sa, sb, saa, sbb, sab = resample_sums(columns, evidence.block, evidence.how).T
    spread = (n * saa - sa**2) * (n * sbb - sb**2)
    return percentile_interval(
        quotient(n * sab - sa * sb, np.sqrt(np.maximum(spread, 0))), evidence.how.level
    )
