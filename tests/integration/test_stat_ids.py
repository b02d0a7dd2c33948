"""Every number that names its origin is what the published file has there; rates print their parts."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from tests.stat_ids import Shown, look_up, problem, read_number, shown_numbers

FILES = ("research", "snapshot", "hedge", "futures")
SHARE = ("numerator", "denominator", "first_session", "last_session")
Site = tuple[dict[str, Any], dict[str, list[Shown]]]


def read_site(folder: Path) -> Site:
    """Published files by name, and marked texts by page."""
    read = {name: folder / f"api/v1/{name}.json" for name in FILES}
    files = {name: json.loads(file.read_text("utf-8")) for name, file in read.items() if file.is_file()}
    pages = {
        path.relative_to(folder).as_posix(): shown_numbers(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }
    return files, pages


@pytest.fixture(scope="module")
def sample(sample_site: Path) -> Site:
    """The site of simulated closes."""
    return read_site(sample_site)


@pytest.fixture(scope="module")
def recorded(recorded_site: Path) -> Site:
    """The site of recorded closes; skips where there are none."""
    return read_site(recorded_site)


SITES = pytest.mark.parametrize("name", ["sample", "recorded"])


def problems(files: dict[str, Any], shown: list[Shown]) -> list[str]:
    return [text for one in shown if (text := problem(one, look_up(files, one.id)))]


@SITES
def test_every_marked_number_is_the_published_one(name: str, request: pytest.FixtureRequest) -> None:
    """On all pages: the text between the marks is the value at that path, rounded."""
    files, pages = request.getfixturevalue(name)
    assert len(pages["research/index.html"]) > 500
    assert len(pages["index.html"]) > 20
    assert len(pages["hedge/index.html"]) >= 13  # ranges and counts of the frame
    assert {path: found for path, shown in pages.items() if (found := problems(files, shown))} == {}


@SITES
def test_one_id_never_has_two_values(name: str, request: pytest.FixtureRequest) -> None:
    """Wherever an id stands, on whatever page, it is the same number, to the coarser of two roundings."""
    _, pages = request.getfixturevalue(name)
    values = defaultdict(set)
    for shown in pages.values():
        for one in shown:
            text = re.sub(r"( \w{3})[a-z]*( \d{4})$", r"\1\2", one.text)  # 3 June 2020 is 3 Jun 2020
            is_number = re.match(r"[+\u2212]?\d[\d,.]*(?:\D|$)", text) and not re.search(
                r" \w{3} \d{4}$", text
            )
            value = read_number(text) if is_number else text.lower()
            values[one.id].add(value)
    assert {id_: found for id_, found in values.items() if not agree(found)} == {}


def agree(found: set[Any]) -> bool:
    """Whether texts are the same, or numbers lie within half a unit of the coarser one's last digit."""
    if len(found) < 2 or any(isinstance(each, str) for each in found):
        return len(found) < 2
    return all(
        abs(one - other) <= max(half, half_other)
        for (one, half), (other, half_other) in combinations(found, 2)
    )


def parts_of(id_: str, value: Any) -> tuple[str, ...]:
    """Ids of what a rate is made of; nothing where the id is no rate."""
    parent, _, key = id_.rpartition(".")
    names: tuple[str, ...] = ()
    if key == "share_up":
        names = ("n_up", "n_sessions", *SHARE[2:])
    elif key == "better":
        names = ("n_better", "n_compared")
    elif isinstance(value, dict) and value.get("unit") == "share" and value["n_rest"] is None:
        names = {"value": ("n_hits", "n_sessions", *SHARE[2:])}.get(key, ())
    elif isinstance(value, dict) and value.get("unit") == "share":
        names = {"group": ("n_hits", "n_sessions", *SHARE[2:]), "rest": ("n_rest_hits", "n_rest")}.get(
            key, ()
        )
    elif key == "value" and SHARE[0] in value:
        names = SHARE
    return tuple(f"{parent}.{name}" for name in names)


def is_printed(id_: str, ids: set[str], files: dict[str, Any]) -> bool:
    """Whether a page has an id, or the same value in another entry of its list: one group is named once."""
    others = re.compile(re.sub(r"\\\.\d+\\\.", r"\\.\\d+\\.", re.escape(id_)))
    value = look_up(files, id_)
    return id_ in ids or any(others.fullmatch(other) and look_up(files, other) == value for other in ids)


@SITES
def test_every_rate_prints_what_it_is_made_of(name: str, request: pytest.FixtureRequest) -> None:
    """A share on a page has numerator, denominator, first and last session on the same page."""
    files, pages = request.getfixturevalue(name)
    missing, n_rates = [], 0
    for path, shown in pages.items():
        ids = {one.id for one in shown}
        for id_ in ids:
            parts = parts_of(id_, look_up(files, id_.rpartition(".")[0]))
            n_rates += bool(parts)
            missing += [f"{path}: {part}" for part in parts if not is_printed(part, ids, files)]
    assert n_rates > 50
    assert missing == []


@SITES
def test_no_private_mark_reaches_a_file(name: str, request: pytest.FixtureRequest) -> None:
    """The characters that carry a mark through Markdown are gone from every page."""
    _, pages = request.getfixturevalue(name)
    assert pages
    texts = [one.text + one.id for shown in pages.values() for one in shown]
    assert [text for text in texts if re.search("[\ue000-\ue002]", text)] == []


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        (r'(data-stat="research\.returns\.1\.all\.mean">)[^<]*', "\\g<1>+9.9%"),
        (r'(data-stat="research\.window\.n_sessions">)[^<]*', r"\g<1>4,999 sessions"),
        (r'(data-stat="research\.window\.first_session">)[^<]*', r"\g<1>1 Jan 2001"),
        (r'(data-stat="research\.)returns\.1\.all\.mean', r"\g<1>returns.0.all.median"),
    ],
    ids=["rate", "count", "date", "another path"],
)
def test_a_changed_number_is_noticed(sample: Site, sample_site: Path, was: str, is_: str) -> None:
    """Another number in the HTML, or another path at a number, is a problem."""
    files, _ = sample
    html = (sample_site / "research/index.html").read_text("utf-8")
    changed, n = re.subn(was, is_, html)
    assert n >= 1
    assert len(problems(files, shown_numbers(changed))) >= 1


@SITES
def test_headline_numbers_are_marked(name: str, request: pytest.FixtureRequest) -> None:
    """The tracker page marks the ratio, its day, the rate with its counts, closes and today's evidence."""
    _, pages = request.getfixturevalue(name)
    ids = {one.id for one in pages["index.html"]}
    assert ids >= {
        "snapshot.ivts",
        "snapshot.regime.day",
        "snapshot.window.backwardation_rate",
        "snapshot.window.n_backwardation",
        "snapshot.window.n_sessions",
        "snapshot.regime.since",
        "snapshot.closes.vix",
        "snapshot.closes.vix3m",
        "snapshot.distance.vix_if_back_fixed",
        "snapshot.persistence.2.probability",
        "research.method.level",
    }
