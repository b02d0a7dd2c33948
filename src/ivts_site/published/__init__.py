"""Each published record, once: what analytics returns and what JSON, CSV, schemas and pages read."""

from typing import Literal

SCHEMA_VERSION = "1.0"
RegimeName = Literal["backwardation", "contango"]
REGIMES: tuple[RegimeName, RegimeName] = ("contango", "backwardation")
"""By whether the ratio lies above the threshold."""
