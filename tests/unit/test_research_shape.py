"""The document of the studies and its rounding; settings and simulated series of the studies."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ivts_site.analytics.studies import RESEARCH, STUDIES
from ivts_site.config import load_config
from ivts_site.errors import ConfigError
from ivts_site.published.serialize import rounded
from ivts_site.sample import simulate_closes, simulate_optional_series

CONFIG = Path(__file__).parents[2] / "config.yaml"
WEEKDAYS = pd.bdate_range("2009-09-18", periods=4000)


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A part."""

    value: float | None
    name: str


def test_every_float_of_a_record_is_rounded_once() -> None:
    """Six places, no negative zero, in parts and tuples too; counts, text, flags and None stay."""
    inner = Inner(value=0.12345678, name="1.23456789")
    found = rounded((inner, (1.0, 2.00000049, -0.0000001), 3, True, None, np.float64(0.9999996)))
    assert found == (Inner(value=0.123457, name="1.23456789"), (1.0, 2.0, 0.0), 3, True, None, 1.0)
    assert math.copysign(1, found[1][2]) == 1
    assert type(found[3]) is bool


def test_the_document_is_what_the_studies_publish_by_rank() -> None:
    """A study is there because its module is: its keys follow those of the studies before it.

    Studies that were added since may stand anywhere among these.
    """
    head = ["schema_version", "sample", "as_of", "labels", "window", "method"]
    shipped = ["returns", "events", "survival", "persistence", "thresholds", "curve", "volatility"]
    shipped += ["claims", "verdicts", "overlay"]
    found = [field.name for field in fields(RESEARCH)]
    assert found[: len(head)] == head
    assert [name for name in found[len(head) :] if name in shipped] == shipped
    ranks = [module.RANK for module in STUDIES]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("research.bands=[1.0, 0.9]", "research: bands: must rise"),
        ("research.block_factor=1", "research.block_factor"),
        ("research.level=1", "research.level"),
        ("research.draws=10", "research.draws"),
        ("research.overlay.backwardation=1.5", "research.overlay.backwardation"),
        ("research.overlay.costs=[5, 0]", "costs: must rise"),
        ("research.thresholds=[{entry: 0.9, exit: 1.0}]", "exit: must not be above entry"),
        ("research.tenors=[{series: vix, days: 30}, {series: vix, days: 31}]", "given twice"),
        ("research.tail_index=vix", "must be two series that are no tenors"),
        ("research.bandz=[1.0]", "bands"),
    ],
)
def test_a_wrong_setting_is_named(override: str, says: str) -> None:
    """With its path and what is wrong."""
    with pytest.raises(ConfigError, match=r"research") as caught:
        load_config(CONFIG, [override])
    assert says in str(caught.value)


def test_the_shipped_settings_are_the_defaults() -> None:
    """What config.yaml spells out is what holds without it, but for the tenors."""
    research = load_config(CONFIG).research
    usual = type(research)(tenors=research.tenors)
    assert research == usual
    assert [(point.series, point.days) for point in research.tenors] == [
        ("vix9d", 9),
        ("vix", 30),
        ("vix3m", 93),
        ("vix6m", 184),
    ]


def test_further_simulated_indices() -> None:
    """Near the official ones in level and spread, within their ranges; a prefix gives a prefix."""
    closes, indices = simulate_closes(WEEKDAYS), simulate_optional_series(WEEKDAYS)
    assert indices["vvix"].median() == pytest.approx(92, abs=6)
    assert indices["skew"].median() == pytest.approx(131, abs=6)
    assert indices["vvix"].between(50, 300).all()
    assert indices["skew"].between(80, 250).all()
    assert np.corrcoef(np.log(indices["vvix"]), np.log(closes["vix"]))[0, 1] > 0.25
    pd.testing.assert_frame_equal(simulate_optional_series(WEEKDAYS[:500]), indices.iloc[:500])
    other = simulate_optional_series(WEEKDAYS, seed=1)
    assert not other.equals(indices)


def test_further_tenors_change_no_other_column() -> None:
    """The ratio's closes are those of a simulation without the further tenors."""
    plain = simulate_closes(WEEKDAYS[:300])
    more = simulate_closes(WEEKDAYS[:300], tenors={"vix": 30, "vix3m": 93, "vix9d": 9, "vix6m": 184})
    pd.testing.assert_frame_equal(more[["vix", "vix3m", "spy"]], plain)
