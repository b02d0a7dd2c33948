"""Published types filled from results and from JSON; settings and simulated series of the studies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ivts_site.config import load_config
from ivts_site.errors import ConfigError
from ivts_site.sample import simulate_closes, simulate_further
from ivts_site.snapshot.shape import fill

CONFIG = Path(__file__).parents[2] / "config.yaml"
WEEKDAYS = pd.bdate_range("2009-09-18", periods=4000)


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A part."""

    value: float
    name: str


@dataclass(frozen=True, kw_only=True)
class Outer:
    """One field of each kind."""

    n: int
    share: float | None
    session: str | None
    ready: bool
    pair: tuple[float, float] | None
    path: tuple[float, ...]
    inner: Inner
    inners: tuple[Inner, ...]


def _source(**changed: Any) -> SimpleNamespace:
    inner = SimpleNamespace(value=0.12345678, name="a")
    usual = {
        "n": np.int64(3),
        "share": math.nan,
        "session": pd.Timestamp("2020-02-24"),
        "ready": np.True_,
        "pair": (0.1, -0.0000001),
        "path": np.array([1.0, 2.00000049]),
        "inner": inner,
        "inners": [inner, {"value": 1, "name": "b"}],
    }
    return SimpleNamespace(**(usual | changed))


def test_results_become_what_is_published() -> None:
    """Six places, no negative zero, NaN as None, sessions as text, arrays as tuples, nested types."""
    found = fill(Outer, _source())
    inner = Inner(value=0.123457, name="a")
    assert found == Outer(
        n=3,
        share=None,
        session="2020-02-24",
        ready=True,
        pair=(0.1, 0.0),
        path=(1.0, 2.0),
        inner=inner,
        inners=(inner, Inner(value=1.0, name="b")),
    )
    assert math.copysign(1, found.pair[1]) == 1
    assert type(found.n) is int
    assert type(found.ready) is bool


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", None),
        ("n", 1.5),
        ("n", "three"),
        ("path", [1.0, None]),
        ("path", [math.nan]),
        ("session", 20200224),
        ("ready", "yes"),
        ("pair", (1.0,)),
        ("pair", (1.0, 2.0, 3.0)),
        ("inner", SimpleNamespace(value=1.0)),
        ("inner", {"value": 1.0}),
        ("inner", None),
    ],
)
def test_other_shapes_are_refused(field: str, value: Any) -> None:
    """Missing, undefined or of another kind: an error, never a guess."""
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        fill(Outer, _source(**{field: value}))


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
    closes, indices = simulate_closes(WEEKDAYS), simulate_further(WEEKDAYS)
    assert indices["vvix"].median() == pytest.approx(92, abs=6)
    assert indices["skew"].median() == pytest.approx(131, abs=6)
    assert indices["vvix"].between(50, 300).all()
    assert indices["skew"].between(80, 250).all()
    assert np.corrcoef(np.log(indices["vvix"]), np.log(closes["vix"]))[0, 1] > 0.25
    pd.testing.assert_frame_equal(simulate_further(WEEKDAYS[:500]), indices.iloc[:500])
    other = simulate_further(WEEKDAYS, seed=1)
    assert not other.equals(indices)


def test_further_tenors_change_no_other_column() -> None:
    """The ratio's closes are those of a simulation without the further tenors."""
    plain = simulate_closes(WEEKDAYS[:300])
    more = simulate_closes(WEEKDAYS[:300], tenors={"vix": 30, "vix3m": 93, "vix9d": 9, "vix6m": 184})
    pd.testing.assert_frame_equal(more[["vix", "vix3m", "spy"]], plain)
