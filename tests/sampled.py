"""Tables of cases of which a test run takes a part, and all of them with `--whole` (`make test-all`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import settings


def sample(cases: Iterable[object], step: int) -> list[Any]:
    """Cases of which a sample has the first of every few."""
    return [pytest.param(case, marks=[pytest.mark.whole] * (i % step != 0)) for i, case in enumerate(cases)]


def spread(keys: Sequence[str], cases: Sequence[str], known: Collection[str] = ()) -> list[Any]:
    """Pairs of every case and key; a sample has each case once, and each key about equally often.

    Those `known` from another table are left out of the sample.
    """
    return [
        pytest.param(
            key,
            case,
            id=f"{key}-{case}",
            marks=[pytest.mark.whole] * (case in known or turn % len(keys) != number),
        )
        for turn, case in enumerate(cases)
        for number, key in enumerate(keys)
    ]


def examples(share: float) -> settings:
    """Settings for a property that takes long: a part of the examples, and as much time for each as it takes.

    The profile is known once tests are collected: a constant here would be made before, by what imports it.
    """
    return settings(max_examples=round(settings().max_examples * share), deadline=None)
