"""The curve of VIX futures as published in `futures.json`; its history is in `futures.csv` and `.parquet`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ivts_site.published import Document, RegimeName


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesContract:
    """A monthly contract that expires after the session."""

    expiry: str
    """The day on which it expires."""
    days: int
    """Calendar days to it."""
    settle: float
    """Settlement, index points."""
    change: float | None
    """Against its settlement of the session before; null where there was none."""
    to_next: float | None
    """Settlement of the next contract / its own − 1; null for the last."""
    open_interest: int | None
    """Contracts open; null where the vendor gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesRegime:
    """Regime of the futures curve, which is not that of the ratio of the indices."""

    name: RegimeName
    """`backwardation` where the first contract settled above the second, else `contango`."""
    run: int
    """1-based position of the session in its run of one regime."""
    since: str
    """First session of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesWindow:
    """The sessions of a window that ends on the last one."""

    name: str
    """Months (`6m`), years (`2y`), or `all`: everything since the contracts are monthly, April 2007."""
    first_session: str
    """Its first session."""
    last_session: str
    """Its last session."""
    n_sessions: int
    """Sessions with a settlement of the first two contracts."""
    n_backwardation: int
    """Those on which the first contract settled above the second."""
    backwardation_rate: float
    """Their share."""
    n_runs: int
    """Runs of such sessions; one that began before the window counts."""
    deepest: float
    """Lowest value of `contango_m1_m2`."""
    deepest_session: str
    """The session of it, the first where there are several."""
    contango_rank: float
    """Share of the sessions with a `contango_m1_m2` at or below the last."""
    contango_m4_m7_rank: float | None
    """The same of `contango_m4_m7`, among the sessions that have one."""
    roll_rank: float | None
    """The same of `roll_per_month`, among the sessions that have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesAgreement:
    """How often the futures curve and the ratio of the indices are inverted together, over all sessions."""

    first_session: str
    """First session on which both are known."""
    n_sessions: int
    """Sessions on which both are known."""
    n_both_contango: int
    """Neither is in backwardation."""
    n_both_backwardation: int
    """Both are."""
    n_futures_only: int
    """The futures curve alone is."""
    n_index_only: int
    """The ratio of the indices alone is."""
    agreement_rate: float
    """Share of the sessions on which they agree."""
    kappa: float | None
    """Cohen's kappa: agreement beyond chance, 1 at most; null where one of them never changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesLead:
    """What followed when one of the two inverted while the other was not inverted."""

    first: Literal["futures", "index"]
    """Which of them inverted first."""
    n_first: int
    """Runs of it that began while the other was not inverted."""
    n_same_session: int
    """Runs of it that began on the session on which the other inverted too."""
    n_followed: int
    """Of `n_first`, those in which the other inverted before the run ended."""
    n_false_alarms: int
    """Of `n_first`, those that ended without the other."""
    followed_rate: float | None
    """`n_followed` / `n_first`; a run that has not ended and was not followed counts in neither."""
    median_sessions: float | None
    """Median of the sessions until the other inverted, where it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesYear:
    """What the roll earned in a calendar year, compounded."""

    year: int
    """The year; the last ends with the last session."""
    roll_return: float
    """Value of the constant 30-day position at its end / at its begin, after taking out price moves, − 1."""
    complete: bool
    """Whether the whole year is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesHolder:
    """Calculated: who always holds futures 30 days from expiry, re-weighted every session, without costs."""

    first_session: str
    """The session before the window, whose prices are 1."""
    price_return: float
    """Change of the price of 30 days over the window."""
    holder_return: float
    """Return of the position over the window."""
    roll_return: float
    """(1 + holder_return) / (1 + price_return) − 1."""
    roll_per_month: float
    """`roll_return` as a rate for 30 calendar days, compounded."""
    median_roll_to_expiry: float | None
    """Median of `roll_per_month` of the document over the window: one future, held to its expiry."""
    years: tuple[FuturesYear, ...]
    """Calendar years since the contracts are monthly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures(Document):
    """VIX futures: the curve of the last session with settlements, its slope and roll, runs, and the record.

    Settlements of monthly contracts that expire after the session. M1 is the first of them.
    """

    as_of: str
    """The last session with settlements."""
    sessions_behind: int
    """Sessions after it for which the site has a ratio of the indices."""
    vix: float | None
    """Close of the front index that day, index points; null where not stored."""
    curve: tuple[FuturesContract, ...]
    """From the first to expire to the last."""
    contango_m1_m2: float
    """M2 / M1 − 1; below zero in backwardation."""
    contango_m4_m7: float | None
    """M7 / M4 − 1; null where there is no seventh contract."""
    slope_per_month: float
    """`contango_m1_m2` for 30 days: times 30 / days from M1 to M2."""
    constant_maturity_30: float | None
    """Price of 30 days, linear in days between two contracts; null where M1 is beyond 30 days."""
    basis: float | None
    """`constant_maturity_30` / `vix`."""
    roll_per_month: float | None
    """`vix` / `constant_maturity_30` − 1: what a 30-day future earns by expiry if the curve stands still."""
    points_to_flat: float
    """M2 − M1, index points: the first contract would have to move by so much for a flat front."""
    usual_move: float | None
    """Median daily change of that difference over the window, without sign, of the same two contracts."""
    regime: FuturesRegime
    """Regime of the futures curve."""
    window: FuturesWindow
    """The default window."""
    windows: tuple[FuturesWindow, ...]
    """Every window offered; the last is `all`."""
    agreement: FuturesAgreement | None
    """Together with the ratio of the indices; null where they have no session in common."""
    leads: tuple[FuturesLead, ...]
    """Which inverts first: the futures, then the index."""
    holder: FuturesHolder | None
    """The roll; null where the window has a single session."""
