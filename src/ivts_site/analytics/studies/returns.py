"""Benchmark returns after sessions of each band of the ratio, against all sessions and against the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.bootstrap import block_length
from ivts_site.analytics.groups import ReturnBand, measure_group
from ivts_site.analytics.study_input import StudyInput
from ivts_site.analytics.term_structure import is_above
from ivts_site.published.studies import ReturnGroup

RANK = 10
ALL = ReturnBand(id="all", above=None, upto=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHorizon:
    """All groups at one horizon."""

    horizon: int
    """Sessions."""
    block: int
    """Sessions of a bootstrap block, at least 2 × horizon."""
    all: ReturnGroup
    """Every session with a ratio: the baseline."""
    bands: tuple[ReturnGroup, ...]
    """From the lowest ratios to the highest; together they are `all`."""
    today: str
    """`id` of the band that holds the ratio of the as-of session."""


@dataclass(frozen=True, kw_only=True)
class Returns:
    """What the study publishes."""

    returns: tuple[ReturnHorizon, ...]
    """Conditional forward returns, by horizon."""


def measure(study: StudyInput) -> Returns:
    """Measure forward returns by band at each horizon.

    A start counts where the closes of its session and of the horizon's last are stored; the last `horizon`
    sessions therefore do not.
    """
    bands = build_bands(study.rules.bands)
    members = [in_band(study.ivts, band) for band in bands]
    horizons = study.analysis.statistics.forward_sessions
    return Returns(returns=tuple(_measure_horizon(study, bands, members, horizon) for horizon in horizons))


def build_bands(edges: Sequence[float]) -> tuple[ReturnBand, ...]:
    """Give names to the bands between rising edges, each with its upper edge included: `0.85-0.95`."""
    inner = [ReturnBand(id=f"{low:g}-{high:g}", above=low, upto=high) for low, high in pairwise(edges)]
    lowest = ReturnBand(id=f"upto-{edges[0]:g}", above=None, upto=edges[0])
    return (lowest, *inner, ReturnBand(id=f"above-{edges[-1]:g}", above=edges[-1], upto=None))


def in_band(ratios: Floats, band: ReturnBand) -> Flags:
    """Whether each ratio lies in the band; an edge belongs to the band below it."""
    above = np.ones(len(ratios), dtype=bool) if band.above is None else is_above(ratios, band.above)
    return above if band.upto is None else above & ~is_above(ratios, band.upto)


def _measure_horizon(
    study: StudyInput, bands: Sequence[ReturnBand], members: Sequence[Flags], horizon: int
) -> ReturnHorizon:
    everything = np.ones(len(study.sessions), dtype=bool)
    named = zip(bands, members, strict=True)
    return ReturnHorizon(
        horizon=horizon,
        block=block_length(study.rules, horizon),
        all=measure_group(study, horizon, ALL, everything),
        bands=tuple(measure_group(study, horizon, band, member) for band, member in named),
        today=next(band.id for band, member in zip(bands, members, strict=True) if member[-1]),
    )
