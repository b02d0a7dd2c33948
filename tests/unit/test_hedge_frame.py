"""The decision frame: its typed ranges, the row that a reading selects, and what is published of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import yaml
from tests.panels import analyse_ratios, publish_snapshot

from ivts_site.analytics.decision_frame import passes, select_row
from ivts_site.config import load_config
from ivts_site.content import load_content
from ivts_site.content.lab import Frame
from ivts_site.errors import ContentError
from ivts_site.pipeline.hedge import hedge_lab
from ivts_site.pipeline.schema import json_schema
from ivts_site.published.hedge import VECTORS_SCHEMA, HedgeLab, HedgeTest
from ivts_site.published.serialize import to_json

ROOT = Path(__file__).parents[2]
CONFIG = load_config(ROOT / "config.yaml", ())
CONTENT = load_content(ROOT / "templates/content")
FRAME = CONTENT.hedge


def publish(ratios, content=CONTENT, overlay=None):
    """What is published after a history of ratios."""
    analysis = analyse_ratios(ratios)
    snapshot = publish_snapshot(analysis)
    research = SimpleNamespace(overlay=overlay)
    return hedge_lab(
        SimpleNamespace(
            config=CONFIG, content=content, snapshot=snapshot, analysis=analysis, research=research
        )
    )


def asks(**asked) -> HedgeTest:
    """A test that asks nothing but what is named."""
    return HedgeTest(**({"regime": None, "first_day": None, "last_day": None, "bands": ()} | asked))


def spoilt(**changes):
    """The frame's file with a condition changed."""
    tree = yaml.safe_load((ROOT / "templates/content/hedge.yaml").read_text("utf-8"))
    tree["conditions"][0] |= changes
    return tree


def test_the_ranges_are_those_of_the_specification() -> None:
    """Bull run 20–40%, range 0–10%, bearish 60–100%, recovery 30–50%; a reason each, and no evidence."""
    assert {row.name: (row.low, row.high) for row in FRAME.conditions} == {
        "Euphoric bull run": (0.2, 0.4),
        "Range-bound": (0.0, 0.1),
        "Bearish signals": (0.6, 1.0),
        "Post-crash recovery": (0.3, 0.5),
    }
    assert FRAME.evidence == "convention, not evidence"
    assert all(row.reason for row in FRAME.conditions)


@pytest.mark.parametrize(
    ("regime", "day", "band", "row"),
    [
        ("backwardation", 1, "borderline backwardation", "hedge-bearish"),
        ("backwardation", 40, "panic", "hedge-bearish"),
        ("contango", 1, "flat", "hedge-recovery"),
        ("contango", 21, "deep contango", "hedge-recovery"),
        ("contango", 22, "deep contango", "hedge-euphoric"),
        ("contango", 22, "contango", "hedge-range"),
        ("contango", 300, "flat", "hedge-range"),
    ],
)
def test_a_reading_selects_the_first_row_that_fits(regime, day, band, row) -> None:
    """By hand from the conditions in the file, in their order."""
    rows = publish([0.9]).conditions
    assert [each.id for each in rows] == [each.id for each in FRAME.conditions]
    assert select_row(rows, regime=regime, regime_day=day, band=band).id == row


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (asks(), True),
        (asks(regime="backwardation"), False),
        (asks(regime="contango"), True),
        (asks(first_day=5), True),
        (asks(first_day=6), False),
        (asks(last_day=5), True),
        (asks(last_day=4), False),
        (asks(bands=("flat", "panic")), True),
        (asks(bands=("panic",)), False),
        (asks(regime="contango", first_day=2, last_day=9, bands=("flat",)), True),
    ],
)
def test_a_test_asks_for_all_that_it_names(test, expected) -> None:
    """Days are included at both ends; what is not named is not asked."""
    assert passes(test, regime="contango", regime_day=5, band="flat") is expected


def test_a_frame_without_a_last_resort_is_a_fault_of_the_program() -> None:
    """The content's model demands such a row, hence a reading without one cannot come from a file."""
    with pytest.raises(ValueError, match="no row of the frame fits"):
        select_row([], regime="contango", regime_day=1, band="flat")


@pytest.mark.parametrize(
    ("ratios", "row", "day"),
    [
        ([0.9, 1.2], "hedge-bearish", 1),
        ([1.2, 0.97], "hedge-recovery", 1),
        ([1.2, *[0.97] * 22], "hedge-range", 22),
        ([1.2, *[0.85] * 22], "hedge-euphoric", 22),
    ],
)
def test_the_published_row_is_that_of_the_last_session(ratios, row, day) -> None:
    """Regime, day and band are those of the snapshot."""
    lab = publish(ratios)
    assert (lab.selected.condition, lab.selected.regime_day) == (row, day)
    assert lab.selected.condition in {each.id for each in lab.conditions}
    assert {each.evidence for each in lab.conditions} == {"convention, not evidence"}
    assert lab.selected.rule == FRAME.rule


def test_each_row_is_counted_over_the_record() -> None:
    """Two days of backwardation, 21 of recovery, one in deep contango: 2, 21, 1 and 0 of 24."""
    lab = publish([1.1, 1.2, *[0.97] * 21, 0.85])
    counts = {row.id: row.n_selected for row in lab.conditions}
    assert counts == {"hedge-bearish": 2, "hedge-recovery": 21, "hedge-euphoric": 1, "hedge-range": 0}
    assert lab.n_sessions == 24
    assert lab.conditions[1].share_selected == 21 / 24


def test_moods_and_views_are_told() -> None:
    """Each condition has its sentiment; rates, regulation and liquidity are said to move hedges."""
    lab = publish([0.9])
    assert all(row.mood for row in lab.conditions)
    assert [view.title for view in lab.views] == ["Interest rates", "Regulation", "Liquidity"]


def test_readings_are_worded() -> None:
    """Each row says on which readings it is selected; the last takes what is left."""
    assert [each.reading for each in publish([0.9]).conditions] == [
        "backwardation",
        "contango, day 1 to 21",
        "contango, band deep contango",
        "any other reading",
    ]
    changed = FRAME.model_dump()
    changed["conditions"][0]["when"] = {"first_day": 3, "bands": ["flat", "contango"]}
    content = CONTENT.model_copy(update={"hedge": Frame.model_validate(changed)})
    assert publish([0.9], content).conditions[0].reading == "from day 3, band flat or contango"


def test_the_file_is_as_described() -> None:
    """It meets its schema and carries that of the vectors; without an overlay it says why there is none."""
    document = json.loads(to_json(publish([0.9, 1.1, 0.95])))
    jsonschema.Draft202012Validator(json_schema(HedgeLab)).validate(document)
    assert document["vectors_schema"] == VECTORS_SCHEMA
    assert document["conditions"][-1]["when"] == {
        "regime": None,
        "first_day": None,
        "last_day": None,
        "bands": [],
    }
    assert document["overlay"] is None
    assert document["overlay_missing"] == FRAME.no_overlay


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"low": 0.7, "high": 0.6}, "low 0.7 must not be above high 0.6"),
        ({"high": 1.2}, "less than or equal to 1"),
        ({"when": {"regime": "panic"}}, "backwardation"),
        ({"when": {"first_day": 0}}, "greater than or equal to 1"),
        ({"when": {"week": 1}}, "Extra inputs"),
    ],
)
def test_faulty_frames_are_refused(changes, says) -> None:
    """A range the wrong way round or outside 0 to 1, an unknown regime, day or key."""
    with pytest.raises(ValueError, match=says):
        Frame.model_validate(spoilt(**changes))


def test_the_last_condition_must_take_what_is_left() -> None:
    """Else some days would select none."""
    tree = spoilt()
    tree["conditions"].reverse()
    with pytest.raises(ValueError, match="'hedge-bearish', must have no `when`"):
        Frame.model_validate(tree)


def test_a_band_that_the_settings_do_not_have_is_refused() -> None:
    """The message names the place, the band and those that exist."""
    frame = Frame.model_validate(spoilt(when={"bands": ["pannic"]}))
    content = CONTENT.model_copy(update={"hedge": frame})
    with pytest.raises(ContentError, match=r"conditions\.0\.when\.bands: 'pannic' is none of .*panic"):
        publish([0.9], content)


def test_an_overlay_is_published_where_there_is_one() -> None:
    """And no reason why there is none."""
    measured = object()
    lab = publish([0.9], overlay=measured)
    assert lab.overlay is measured
    assert lab.overlay_missing is None
