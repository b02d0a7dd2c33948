"""The loader of the editorial files: what it refuses, how it says so, and how facts get into prose."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ivts_site.content import (
    FACTS,
    Content,
    Section,
    load_content,
    substitute_facts,
)
from ivts_site.errors import ContentError

REAL = Path(__file__).parents[2] / "templates" / "content"

HOW = """\
id: how
title: How it works
items:
  - {id: one, title: First, text: Pull.}
"""
EVENT = """\
id: events
title: Events
closing: Brief.
events:
  - {id: shock, name: Shock, first: 2018-01-26, last: 2018-02-28, pattern: It rose.}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a private copy of the site's own content."""
    return Path(shutil.copytree(REAL, tmp_path / "content"))


@pytest.fixture
def refuse(folder: Path) -> Callable[[str, str], str]:
    """Give a function that writes one file, loads the folder, and returns the one problem reported."""

    def attempt(name: str, text: str) -> str:
        (folder / name).write_text(text, encoding="utf-8")
        with pytest.raises(ContentError) as caught:
            load_content(folder)
        assert caught.value.exit_code == 2
        assert caught.value.where == str(folder)
        (problem,) = caught.value.problems
        return problem

    return attempt


def test_handmade_files_load_with_their_values(folder: Path) -> None:
    """Every value arrives where the file put it, dates as dates."""
    (folder / "how.yaml").write_text(HOW)
    (folder / "events.yaml").write_text(EVENT)
    content = load_content(folder)
    assert content.sections["how"].items[0].model_dump() == {
        "id": "one",
        "title": "First",
        "text": "Pull.",
        "otherwise": None,
    }
    event = content.events.events[0]
    assert (event.first.isoformat(), event.last.isoformat()) == ("2018-01-26", "2018-02-28")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("how.yaml", HOW + "colour: red\n", ["how.yaml: colour: unknown key", "valid here: id, title"]),
        (
            "how.yaml",
            HOW.replace("title: How", "titel: How") + "title: x\n",
            ["titel", "did you mean 'title'?"],
        ),
        ("how.yaml", HOW.replace("text: Pull.", "txt: a, text: b"), ["items.0.txt", "did you mean 'text'?"]),
        ("how.yaml", HOW.replace("How it works", "12"), ["how.yaml: title", "valid string", "12"]),
        ("how.yaml", HOW.replace("title: How it works\n", ""), ["how.yaml: title: required but missing"]),
        ("how.yaml", HOW.replace("How it works", "''"), ["how.yaml: title", "at least 1 character"]),
        ("how.yaml", HOW + "title: Again\n", ["how.yaml: key 'title' is written twice"]),
        ("how.yaml", HOW + "? [a, b]\n: c\n", ["how.yaml:", "unhashable key"]),
        ("how.yaml", HOW.replace("id: one", "id: One step"), ["how.yaml: items.0.id", "pattern"]),
        ("how.yaml", "", ["how.yaml: is empty or not a mapping"]),
        (
            "events.yaml",
            EVENT.partition("events:\n")[0] + "events: []\n",
            ["events: needs at least one entry"],
        ),
        ("how.yaml", "- a\n- b\n", ["how.yaml: is empty or not a mapping"]),
        ("how.yaml", "id: [\n", ["how.yaml:", "line"]),
        ("how.yaml", HOW + "lead: !!python/object/apply:os.getcwd []\n", ["how.yaml:", "python/object"]),
        ("how.yaml", HOW.replace("Pull.", "'{vx3m}'"), ["items.0.text: unknown fact {vx3m}", "{vix3m}"]),
        ("how.yaml", HOW.replace("Pull.", "'a } b'"), ["items.0.text: a single '}'", "'}}'"]),
        (
            "how.yaml",
            HOW.replace("id: one", "id: tip-flip"),
            ["tip-flip", "how.yaml", "tips.yaml", "2 times"],
        ),
        ("events.yaml", EVENT.replace("2018-01-26", "2018-13-26"), ["events.0.first", "month", "2018-13-26"]),
        ("events.yaml", EVENT.replace("2018-01-26", "26.1.2018"), ["events.0.first", "26.1.2018"]),
        (
            "events.yaml",
            EVENT.replace("2018-01-26", "2018-03-01"),
            ["2018-03-01", "must be before", "2018-02-28"],
        ),
        ("ads.yaml", "id: ads\ntitel: Ads\ntitle: Ads\n", ["ads.yaml: titel", "did you mean 'title'?"]),
    ],
)
def test_a_fault_is_one_sentence_with_place_and_remedy(
    refuse: Callable[[str, str], str], name: str, text: str, said: list[str]
) -> None:
    """Each fault ends as one problem that names file, key and what would be right."""
    problem = refuse(name, text)
    assert [part for part in said if part not in problem] == []


def test_all_problems_of_all_files_come_at_once(folder: Path) -> None:
    """Three faults in two files and a missing file make four problems in one error."""
    (folder / "how.yaml").write_text(HOW.replace("Pull.", "'{vixx}'") + "colour: red\n")
    (folder / "events.yaml").write_text(EVENT.replace("2018-02-28", "never"))
    (folder / "head.yaml").rename(folder / "head.yaml.bak")
    with pytest.raises(ContentError) as caught:
        load_content(folder)
    files = sorted(problem.split(":")[0] for problem in caught.value.problems)
    assert files == ["events.yaml", "head.yaml", "how.yaml", "how.yaml"]


def test_a_misnamed_file_is_offered(folder: Path) -> None:
    """A file under a nearly right name is named in the message on the missing one."""
    (folder / "footer.yaml").rename(folder / "foter.yaml")
    with pytest.raises(ContentError, match=r"footer\.yaml: No such file.*rename 'foter\.yaml'"):
        load_content(folder)


def test_a_missing_folder_is_a_content_error(tmp_path: Path) -> None:
    """Nothing there: one problem a file, not a traceback."""
    with pytest.raises(ContentError) as caught:
        load_content(tmp_path / "nowhere")
    assert len(caught.value.problems) == len(Content.model_fields) - 1


def test_a_table_must_be_rectangular(refuse: Callable[[str, str], str]) -> None:
    """A row with a cell too few is named."""
    table = "table: {caption: c, columns: [a, b], rows: [{id: short, cells: [x]}]}\n"
    assert "row 'short' has 1 cells for 2 columns" in refuse("how.yaml", HOW + table)


def test_a_table_fits_a_phone(refuse: Callable[[str, str], str]) -> None:
    """Six columns are refused."""
    table = "table: {caption: c, columns: [a, b, c, d, e, f], rows: [{id: r, cells: [a, b, c, d, e, f]}]}\n"
    assert "6 columns" in refuse("how.yaml", HOW + table)


def test_an_intraday_value_must_fall_into_its_window(refuse: Callable[[str, str], str]) -> None:
    """A peak dated after the window is a slip of the keyboard."""
    peak = "pattern: It rose., intraday: [{series: VIX, value: 50.3, session: 2018-03-06, source: s}]"
    problem = refuse("events.yaml", EVENT.replace("pattern: It rose.", peak))
    assert "2018-03-06 is outside 2018-01-26 to 2018-02-28" in problem


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('start: "5,000"', 'start: "five"', ["lab.yaml", "input 'notional'", "'five' is no number"]),
        ('start: "5,000"', 'start: "50,00"', ["lab.yaml", "input 'notional'", "'50,00' is no number"]),
        ("start: down", "start: sideways", ["input 'rounding'", "'sideways' is none of down, nearest, up"]),
        ('{notional: "10,000"', '{notional: "1 2"', ["lab.yaml", "notional '1 2' is no number"]),
        (
            '{asset: btc, hold: "0,500"',
            '{asset: oz, hold: "0,500"',
            ["asset 'oz' is none of btc, eth, other"],
        ),
    ],
)
def test_inputs_of_the_lab_are_numbers(
    folder: Path, refuse: Callable[[str, str], str], old: str, new: str, said: list[str]
) -> None:
    """What the page opens with is a number before anything is worked out from it."""
    text = (folder / "lab.yaml").read_text()
    assert text.count(old) == 1
    problem = refuse("lab.yaml", text.replace(old, new))
    assert [part for part in said if part not in problem] == []


def test_events_are_listed_oldest_first(refuse: Callable[[str, str], str]) -> None:
    """The table's order is the file's, so the file must be in order."""
    older = "  - {id: older, name: Older, first: 2010-04-26, last: 2010-07-02, pattern: It fell.}\n"
    assert "oldest first" in refuse("events.yaml", EVENT + older)


def test_a_new_section_needs_a_file_alone(folder: Path) -> None:
    """Any further file is a section and is found by its name."""
    (folder / "extra.yaml").write_text("id: extra\ntitle: Extra\n")
    content = load_content(folder)
    assert content.section("extra") == Section(id="extra", title="Extra")
    assert content.section("tips") is content.sections["tips"]
    with pytest.raises(KeyError):
        content.section("footer")


def test_markup_in_a_text_stays_text(folder: Path) -> None:
    """The loader neither strips nor escapes: that is the business of whoever renders."""
    hostile = "<script>alert(1)</script> \" onload='x' \u202e\U0001f600 & </script>"
    (folder / "how.yaml").write_text(
        "id: how\ntitle: |-\n  " + hostile + "\nlead: |-\n  " + hostile + "\n", encoding="utf-8"
    )
    content = load_content(folder)
    assert content.sections["how"].title == hostile
    assert substitute_facts(content, dict.fromkeys(FACTS, "x")).sections["how"].lead == hostile


class Line(BaseModel):
    """A text alone."""

    text: str


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with the facts put in."""
    return substitute_facts(Line(text=text), facts).text


def test_fill_puts_facts_in_once() -> None:
    """A fact is inserted as it is; braces inside it are not read again; doubled braces become single."""
    facts = {"vix": "19.86 {vix3m}", "vix3m": "21.56"}
    assert fill("{vix}/{vix3m} {{vix}}", facts) == "19.86 {vix3m}/21.56 {vix}"


@pytest.mark.parametrize("text", ["{}", "{vix.real}", "{vix!r}", "{vix:>9}", "{ vix }", "{0}", "{__class__}"])
def test_fill_knows_names_only(text: str) -> None:
    """Nothing of the format language reaches Python."""
    with pytest.raises(ContentError, match="unknown fact"):
        fill(text, {"vix": "19.86"})


def test_fill_names_the_nearest_fact() -> None:
    """A misspelt fact is answered with the right one, at its place."""
    with pytest.raises(
        ContentError, match=r"text: unknown fact \{regime_sinse\}; did you mean \{regime_since\}\?"
    ):
        fill("since {regime_sinse}", FACTS)


def test_fill_content_reports_every_missing_fact(folder: Path) -> None:
    """A fact the view forgot is reported at each place that quotes it."""
    (folder / "how.yaml").write_text(HOW.replace("Pull.", "'{regime_since} {episodes_mean}'"))
    content = load_content(folder)
    facts = {name: "x" for name in FACTS if name not in {"regime_since", "episodes_mean"}}
    with pytest.raises(ContentError) as caught:
        substitute_facts(content, facts)
    assert [p.split(" ")[0] for p in caught.value.problems] == ["how.items.0.text:", "how.items.0.text:"]


def test_words_for_a_short_history_take_the_place_of_an_undefined_fact(folder: Path) -> None:
    """`otherwise` is told where a fact of the text is n/a, and only there; its own facts are filled too."""
    (folder / "how.yaml").write_text(HOW.replace("Pull.", "'{ivts} of {vix}', otherwise: 'none by {as_of}'"))
    facts = dict.fromkeys(FACTS, "x")
    told = {
        name: substitute_facts(load_content(folder), facts | undefined).sections["how"].items[0].text
        for name, undefined in (("all", {}), ("no ratio", {"ivts": "n/a"}), ("no day", {"regime_day": "n/a"}))
    }
    assert told == {"all": "x of x", "no ratio": "none by x", "no day": "x of x"}


@given(st.text())
def test_doubling_braces_protects_any_text(text: str) -> None:
    """Whatever the text, doubling its braces and filling gives it back."""
    assert fill(text.replace("{", "{{").replace("}", "}}"), {}) == text
