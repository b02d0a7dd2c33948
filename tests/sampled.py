"""Tables of cases of which a test run takes a part, and all of them with `--whole` (`make test-all`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def spread(keys: Sequence[str], cases: Sequence[str]) -> list[Any]:
    """Pairs of every case and key; a sample has each case once, and each key about equally often."""
    return [
        pytest.param(key, case, id=f"{key}-{case}", marks=[pytest.mark.whole] * (turn % len(keys) != number))
        for turn, case in enumerate(cases)
        for number, key in enumerate(keys)
    ]
