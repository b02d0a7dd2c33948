"""Today's reading in every state, kept as golden files; see `--update-golden`."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.view_states import STATES, snapshot_of, state

from ivts_site import formatting as f
from ivts_site.published.snapshot import Snapshot
from ivts_site.words.names import Names
from ivts_site.words.today import build_reading

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "readings"
NAMES = Names(front="VIX", back="VIX3M", benchmark="SPY", front_horizon="30-day", back_horizon="3-month")
# digits that are part of a name, such as VIX3M, are no numbers
NUMBER = re.compile(r"(?<![A-Za-z\d.,])[+\u2212]?\d[\d,]*(?:\.\d+)?(?:%)?")


@pytest.mark.parametrize("name", STATES)
def test_reading_is_as_kept(name: str, update_golden: bool) -> None:
    """Every state reads as in its golden file."""
    reading = build_reading(state(name), NAMES)
    path = GOLDEN / f"{name}.txt"
    if update_golden or os.environ.get("IVTS_UPDATE_GOLDEN"):
        path.write_text("\n".join(_sentences(reading)) + "\n", "utf-8")
    assert "\n".join(_sentences(reading)) + "\n" == path.read_text("utf-8")


def test_every_golden_reading_has_its_state() -> None:
    """No golden file outlives the state it was written for."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(STATES)


@pytest.mark.parametrize("name", STATES)
def test_reading_has_three_to_five_sentences(name: str) -> None:
    """Short enough to be read, long enough to say something."""
    assert 3 <= len(_sentences(build_reading(state(name), NAMES))) <= 5


@pytest.mark.parametrize("name", STATES)
def test_every_number_is_in_the_snapshot(name: str) -> None:
    """The reading shows nothing that the snapshot does not hold."""
    snapshot = state(name)
    known = _shown(snapshot)
    reading = build_reading(snapshot, NAMES)
    for e in snapshot.episodes.recent:
        reading = reading.replace(f.date_span(e.first_session, e.last_session), "")
    for date in re.findall(r"\d{1,2} [A-Z][a-z]+ \d{4}", reading):
        assert date in known
        reading = reading.replace(date, "")
    assert set(NUMBER.findall(reading)) <= known


@pytest.mark.parametrize("name", STATES)
def test_no_number_has_two_names(name: str) -> None:
    """A measured value is told once; only shares may coincide by chance, so they are left out."""
    values = [n for n in NUMBER.findall(build_reading(state(name), NAMES)) if "." in n and "%" not in n]
    assert len(values) == len(set(values))


def test_distance_is_told_from_both_sides() -> None:
    """In contango the line lies above, in backwardation below: 20 against 18.2 and against 21."""
    below = build_reading(snapshot_of([18.0, 18.2]), NAMES)
    above = build_reading(snapshot_of([20.5, 21.0]), NAMES)
    # 20 - 18.2 = 1.8, 1.8 / 18.2 = 9.89%; 21 - 20 = 1, 1 / 21 = 4.76%
    assert "VIX would have to close above 20.00, up 1.80 points or 9.9%, for backwardation" in below
    assert "VIX would have to close at 20.00 or lower, down 1.00 points or 4.8%, for contango" in above


def test_borderline_names_the_side_it_comes_from() -> None:
    """Falling for five sessions is coming from above, whatever the regime: 19.98/20 after 21.2/20."""
    falling = snapshot_of([21.2, 21.0, 20.8, 20.6, 20.3, 19.98])
    assert "borderline, coming from above (\u22120.0610 over 5 sessions)" in build_reading(falling, NAMES)


def _sentences(reading: str) -> list[str]:
    return re.split(r"(?<=\.) (?=[A-Z])", reading)


def _shown(snapshot: Snapshot) -> set[str]:
    words: set[str] = {f.level(snapshot.closes.vix3m), "1"}
    for leaf in _leaves(dataclasses.asdict(snapshot)):
        if isinstance(leaf, str):
            words |= (
                {f.date_long(leaf)}
                if re.fullmatch(r"\d{4}-\d\d-\d\d", leaf)
                else set(re.findall(r"\d+", leaf))
            )
        elif isinstance(leaf, int):
            words.add(f.count(leaf))
        elif isinstance(leaf, float):
            size = abs(leaf)
            words |= {f.ratio(size), f.level(size), f.plain(leaf), f.percent(size)}
            words |= {f.ratio_change(leaf), f.percent_change(leaf)}
    return words


def _leaves(tree: object) -> Iterator[object]:
    if isinstance(tree, dict):
        yield from tree
        for value in tree.values():
            yield from _leaves(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _leaves(value)
    elif not isinstance(tree, bool):
        yield tree
