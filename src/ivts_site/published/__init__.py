"""Each published record, once: what analytics returns and what JSON, CSV, schemas and pages read."""

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = "1.0"
RegimeName = Literal["backwardation", "contango"]
REGIMES: tuple[RegimeName, RegimeName] = ("contango", "backwardation")
"""By whether the ratio lies above the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of its own, and what it tells first."""

    schema_version: str
    """Version of the schema; the number before the point changes only with the address."""
    sample: bool
    """True where any close is simulated, not market data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """Regime on a session."""

    name: RegimeName
    """`backwardation` above the threshold, `contango` at or below it."""
    day: int
    """1-based position of the session in its spell."""
    since: str
    """First session of the spell."""
    borderline: bool
    """Whether the ratio lies in the borderline range."""
    band: str
    """Name of the band the ratio lies in."""
    slope: float | None
    """Change of the ratio over the last sessions (see `slope_sessions`); null where too few."""
    slope_sessions: int
    """Sessions over which `slope` is taken."""
    threshold: float
    """The line between the regimes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closes:
    """Closes on a session."""

    vix: float
    """Front index close, index points."""
    vix3m: float
    """Back index close, index points."""
    spy: float | None
    """Benchmark close, dollars; null where not stored for the session."""
