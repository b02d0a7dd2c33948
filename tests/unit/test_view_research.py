"""The research page and its short versions, worded from studies made by hand."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import re

import pytest
from markupsafe import Markup, escape
from tests import research_page as made
from tests.markup import Node, assert_sound, parse, row, rows
from tests.panels import analyse_ratios
from tests.studies import research_of
from tests.unit.test_content_site import texts
from tests.view_states import ASSETS, TEMPLATES, config, content, core_of, state, tracker_of
from tests.view_states import fund as closes

from ivts_site.analytics.research_csv import research_tables
from ivts_site.charts.research import band_sign
from ivts_site.content import Content, substitute_facts
from ivts_site.errors import RenderError
from ivts_site.model import Asset
from ivts_site.pipeline.research import lay_out_research
from ivts_site.published.stats import FORMS, Stats, decode, percent_points, unmarked
from ivts_site.published.studies import Research
from ivts_site.published.tables import to_csv
from ivts_site.render import Page as RenderPage
from ivts_site.render import build_renderer
from ivts_site.words.facts import build_facts
from ivts_site.words.research import FINDINGS, band_words, lasted_answer, research_stats

PP = "\u00a0pp"


def short(n: int) -> Research:
    """Real studies of a history of `n` sessions of contango."""
    return research_of(analyse_ratios([0.9] * n, closes(n)))


def html_of(research: Research) -> str:
    """The page of the studies, on a long day of contango."""
    own = {name: Asset(path=f"assets/{name}", integrity="") for name in ("research.css", "later.js")}
    snapshot = state("contango-long")
    core = core_of(snapshot, research=research)
    page = RenderPage(path="research/", template="research.html", make=lambda: lay_out_research(core))
    return build_renderer(TEMPLATES, {**ASSETS, **own}, core.site)(page).decode()


@dataclasses.dataclass(frozen=True)
class Picture:
    """A picture as the page has it, and the table behind it."""

    title: str
    summary: str
    key: list[str]
    svg: Node
    table: Node | None


@dataclasses.dataclass(frozen=True)
class Study:
    """A study as the page has it."""

    lead: str
    findings: list[str]
    pictures: list[Picture]
    tables: list[Node]


def study(page: Node, id_: str) -> Study:
    """Read a section of the page."""
    section = next(s for s in page.all("section", "later") if s.attributes["id"] == id_)
    folded = [d for d in section.all("details", "chart-data") if d.all("table")]
    behind = {d.all("summary")[0].text(): d.all("table")[0] for d in folded}
    pictures = []
    for figure in section.all("figure"):
        title = figure.all("h3")[0].text()
        keys, summaries = figure.all("p", "key"), figure.all("p", "chart-summary")
        labels = [span.text() for key in keys for span in key.all("span")]
        table = behind.get(f"Data table: {title}")
        summary = summaries[0].text() if summaries else ""
        pictures.append(Picture(title, summary, labels, figure.all("div")[0], table))
    return Study(
        lead=section.all("p")[0].text(),
        findings=[p.text() for p in section.all("p", "result")],
        pictures=pictures,
        tables=[table for table in section.all("table") if table not in behind.values()],
    )


def small(page: Node, id_: str) -> list[str]:
    """Sentences that stand behind the pictures of a section."""
    section = next(s for s in page.all("section", "later") if s.attributes["id"] == id_)
    return [p.text() for d in section.all("details", "chart-data") for p in d.all("p", "small")]


def page_of(research: Research) -> Node:
    """The page as a tree."""
    return parse(html_of(research))


@functools.cache
def page_by_hand() -> Node:
    """The page of the studies made by hand."""
    return page_of(made.research())


def stroked(picture: Picture) -> list[Node]:
    """Lines in the color of backwardation."""
    names = ("path", "line", "rect", "circle", "g")
    return [node for name in names for node in picture.svg.all(name, "s-backwardation")]


def caption(table: Node) -> str:
    """What the table says it is."""
    return table.all("caption")[0].text()


HISTORIES = {
    "by hand": made.research,
    "first days by hand": made.first_days,
    "no overlay": functools.partial(made.research, overlay=None),
    "one session": functools.partial(short, 1),
    "three sessions": functools.partial(short, 3),
    "thirty sessions": functools.partial(short, 30),
    "no backwardation": functools.partial(short, 200),
}


@functools.cache
def page_in(history: str) -> str:
    """The page of a history."""
    return html_of(HISTORIES[history]())


@pytest.mark.parametrize("name", HISTORIES)
def test_the_page_is_well_formed_in_every_history(name: str) -> None:
    """Tags nest, ids are unique, links within lead somewhere, headings rise by one, nothing inline."""
    page = assert_sound(page_in(name))
    assert page.all("style") == []
    assert [a for _, attributes in page.tags for a in attributes if a == "style" or a.startswith("on")] == []


@pytest.mark.parametrize("name", HISTORIES)
def test_sentences_say_nothing_that_is_not_measured(name: str) -> None:
    """No sentence quotes an undefined number; tables may say n/a."""
    page = parse(page_in(name))
    told = [p.text() for class_ in ("result", "chart-summary") for p in page.all("p", class_)]
    told += [each.text() for tag in ("h1", "h2", "dd") for each in page.all(tag)]
    told += [each.text() for each in page.all("span", "number")]
    assert told
    assert [text for text in told if re.search(r"n/a|None|nan", text)] == []


@pytest.mark.parametrize("name", HISTORIES)
def test_no_private_character_is_left(name: str) -> None:
    """Marks are elements by the time they are on the page."""
    assert re.findall("[\ue000-\ue002]", page_in(name)) == []


def test_what_followed_is_told_with_interval_cases_and_window() -> None:
    """The upper band at 21 sessions: mean 2.84%, interval 1.84% to 3.84%, against 1% after all."""
    picture = study(page_by_hand(), "returns").pictures[1]
    assert picture.title == "21 sessions on"
    assert small(page_by_hand(), "returns")[1] == (
        "After a ratio above 1.0, SPY changed by +2.8% on average over the next 21 sessions (95% interval "
        "+1.8% to +3.8%; 120 sessions in 12 inversions, 11 windows that do not overlap; 8 Jan 2024 to 13 "
        "Nov 2025), against +1.0% after all 120 sessions."
    )
    assert picture.table is not None
    assert row(picture.table, "above 1.0") == [
        "above 1.0",
        "120 | 12 runs; 11 windows that do not overlap; 8 Jan 2024 to 13 Nov 2025",
        "+2.8% | +1.8% to +3.8%",
        "+2.3% to +3.3% | 2.0 times narrower",
        "+2.8%",
        "75.0% | 90 of 120; 60.0% to 85.0%",
        "+1.2 pp | +0.2 pp to +2.2 pp; p = 0.020",
        "+1.5%",
        "+0.4 pp | −0.6 pp to +1.4 pp",
    ]
    assert row(picture.table, "up to 1.0")[0] == "up to 1.0 | today's band"


def test_few_cases_have_no_interval_and_say_so() -> None:
    """Nine windows where ten are asked for: sentence, cells and picture go without an interval."""
    few = {"interval": None, "share_up_interval": None, "difference_interval": None, "n_windows": 9}
    view = page_of(made.research(returns=(made.horizon(21, **few),)))
    words = "no interval: fewer than 10 independent cases"
    picture = study(view, "returns").pictures[0]
    assert words in small(view, "returns")[0]
    assert picture.table is not None
    cells = row(picture.table, "above 1.0")
    assert [words in cell for cell in cells] == [False, False, True, False, False, True, True, False, False]
    assert len(stroked(picture)) == 0
    usual = study(page_by_hand(), "returns").pictures[1]
    assert len(stroked(usual)) == 1


def test_event_study_in_words() -> None:
    """Medians and quartiles at 21 sessions; a group known only in hindsight is marked."""
    found = study(page_by_hand(), "around")
    assert [picture.title for picture in found.pictures] == ["From the first session", "From the end"]
    assert found.pictures[0].summary == (
        "21 sessions after the first session of 12 inversions (8 Jan 2024 to 13 Nov 2025), the median path "
        "of SPY stood at +2.6% and the middle half of them between −0.9% and +5.4%; around all 443 sessions "
        "it stood at +1.6%."
    )
    (table,) = found.tables
    assert row(table, "First session, inversions of 5 or more")[0].endswith(
        "looks ahead: length known only later"
    )
    assert row(table, "Day 5 reached")[0] == "Day 5 reached"
    assert row(table, "End, all inversions")[1:] == [
        "12 | 12 with a whole path; 8 Jan 2024 to 13 Nov 2025",
        "+2.6% | −0.9% to +5.4%; 12 inversions",
        "−1.9% | −4.6% to −0.3%; −30.9%, from 8 Jan 2024",
        "75.0% | 9 of 12; 60.0% to 90.0%; 8 Jan 2024 to 13 Nov 2025",
    ]
    assert row(table, "Any session")[2] == "+1.6% | 463 sessions"


def test_what_the_board_says_of_a_lead_and_of_an_edge() -> None:
    """Level and change stand behind the board; an interval on the wrong side is not told as nearly true."""
    section = next(s for s in page_by_hand().all("section", "later") if s.attributes["id"] == "claims")
    (table,) = section.all("table")
    assert caption(table) == "The ratio against the log change of the VIX ahead"
    edge = made.claim(finding="on the edge", contradicted=True)
    (saying,) = sayings(page_of(made.research(claims=(edge,))))
    assert saying.all("span", "number")[0].text().endswith("otherwise, against the claim")


def test_how_long_it_lasts() -> None:
    """The answer for today counts 19 runs; staircases say how many runs and how many outlast a day."""
    found = study(page_by_hand(), "duration")
    assert found.findings[0] == (
        "Today is day 66 of contango. Of 19 past contango runs that reached day 66, 18 (94.7%) lasted at "
        "least 5 more, 14 (73.7%) lasted at least 21 more and 4 (21.1%) lasted at least 63 more sessions "
        "(8 Jan 2024 to 13 Nov 2025)."
    )
    assert row(found.tables[0], "21 more") == [
        "21 more sessions",
        "73.7% | 14 of 19; 8 Jan 2024 to 13 Nov 2025",
        "40.0% to 90.0%",
    ]
    assert found.pictures[0].summary == (
        "Of 13 runs of contango (8 Jan 2024 to 13 Nov 2025, 1 of them still going), half of them were "
        "over within 1 session and the longest lasted 10 sessions; 50.0% outlasted 1 session (95% interval "
        "20.0% to 75.0%)."
    )
    assert "still running" not in found.pictures[1].summary
    assert "today, day 66" in found.pictures[0].svg.text()
    assert "today" not in found.pictures[1].svg.text()


def test_few_spells_have_no_interval_in_the_staircase() -> None:
    """Nine runs where ten are asked for: sentence, cells, picture and key go without."""
    few = made.survival("contango", 9, ongoing=False)
    blank = tuple(dataclasses.replace(point, interval=None) for point in few.points)
    usual = made.research().survival
    changed = dataclasses.replace(
        usual,
        regimes=(dataclasses.replace(few, points=blank), made.survival("backwardation", 12, ongoing=False)),
    )
    first, second = study(page_of(made.research(survival=changed)), "duration").pictures
    assert first.summary.endswith("outlasted 1 session (no interval: fewer than 10 independent cases).")
    assert first.table is not None
    assert row(first.table, "1")[-1] == "no interval: fewer than 10 independent cases"
    assert [len(picture.key) for picture in (first, second)] == [1, 2]
    # the last share is 0, and no interval belongs to it
    assert second.table is not None
    assert row(second.table, "10")[-1] == "\u2013"


def test_a_day_that_no_spell_has_reached() -> None:
    """There is nothing to count, and that is said."""
    research = made.first_days()
    assert lasted_answer(research_stats(research)) == "n/a"
    (text,) = study(page_of(research), "duration").findings
    assert text == "Today is day 3 of contango. No past run of this regime has reached that day."


def test_a_handful_of_spells_is_counted_without_a_percentage() -> None:
    """Of one case, all or nothing is no rate; the table still says why there is no interval."""
    usual = made.research().survival
    one = tuple(
        dataclasses.replace(part, lasted=made.share(n, 1), interval=None)
        for part, n in zip(usual.remaining, (1, 0, 0), strict=True)
    )
    view = page_of(made.research(survival=dataclasses.replace(usual, remaining=one)))
    found = study(view, "duration")
    assert found.findings[0] == (
        "Today is day 66 of contango. Of 1 past contango run that reached day 66, 1 lasted at least 5 "
        "more, 0 lasted at least 21 more and 0 lasted at least 63 more sessions (8 Jan 2024 to 13 Nov 2025)."
    )
    assert row(found.tables[0], "5 more")[2] == "no interval: fewer than 10 independent cases"


def test_the_first_spell_s_unseen_beginning_is_told() -> None:
    """The record cuts the first run at its left; its stored length is all that is known and is used."""
    assert "The first run counts from the first stored session, though" in study(
        page_by_hand(), "duration"
    ).lead.replace("\n", " ")


def test_the_best_of_the_first_half_is_followed_into_the_second() -> None:
    """The second pair wins the first half with 2.0 points and is second in the other, with 3.0."""
    found = study(page_by_hand(), "lines")
    assert found.findings[0] == (
        "Picked on the first half of the record (8 Jan 2024 to 13 Nov 2025), the best pair would have been "
        "1.0 / 0.97: the mean SPY return over 21 sessions from sessions inside inversions differed from that "
        "of the others by +2.0 pp (95% interval 0.0 pp to +4.0 pp). In the second half (8 Jan 2024 to 13 "
        "Nov 2025) the same pair ranked 2 of 2, with +3.0 pp (95% interval +1.0 pp to +5.0 pp)."
    )
    assert row(found.tables[0], "1.0 / 1.0")[0] == "1.0 / 1.0 | the definition of this site"
    assert row(found.tables[0], "1.0 / 0.97")[1:3] == [
        "12 | mean length 3.2; 12.0 flips a year",
        "7.9% | 38 of 484; 8 Jan 2024 to 13 Nov 2025",
    ]
    assert row(found.tables[0], "1.0 / 0.97")[4:] == [
        "+2.0 pp | 0.0 pp to +4.0 pp",
        "+2.0 pp | 0.0 pp to +4.0 pp; rank 1; 12 inversions",
        "+3.0 pp | +1.0 pp to +5.0 pp; rank 2; 12 inversions",
    ]


def test_curve_and_what_is_missing_of_it() -> None:
    """All tenors are named with today's closes; with two of them there are no further tables."""
    found = study(page_by_hand(), "curve")
    assert found.pictures[0].summary == (
        "On 13 Nov 2025 the curve closed at VIX9D 18.50, VIX 19.00, VIX3M 20.00: a normal upward slope."
    )
    assert [caption(table).split(",")[0][:20] for table in found.tables] == [
        "Neighboring points o",
        "Other indices; rank ",
    ]
    bare = study(page_of(made.first_days()), "curve")
    assert bare.tables == []
    assert bare.pictures[0].table is not None
    assert found.pictures[0].table is not None
    assert row(found.pictures[0].table, "VIX3M")[-1].endswith("| 288 of 480 closes")
    assert [th.text() for th in bare.pictures[0].table.all("thead")[0].all("th")][2:4] == [
        "Today, 13 Nov 2025",
        "Lowest",
    ]


@pytest.mark.parametrize(("middle", "shape"), [(21.0, "fully"), (19.0, "partly"), (23.0, "partly")])
def test_a_curve_that_does_not_slope_up_is_fully_or_partly_inverted(middle: float, shape: str) -> None:
    """Fully where each tenor is below the shorter one: 22, 21, 20."""
    tenors = (made.tenor("VIX9D", 9, 22.0), made.tenor("VIX", 30, middle), made.tenor("VIX3M", 93, 20.0))
    found = study(page_of(made.research(curve=made.curve(rising=False, tenors=tenors))), "curve").pictures[0]
    assert found.summary.endswith(f"VIX3M 20.00: {shape} inverted.")


def test_a_tenor_without_a_close_today_is_left_out_of_the_sentence() -> None:
    """A late file leaves a gap in the line and no claim on the slope."""
    gap = made.curve(
        rising=None,
        tenors=(made.tenor("VIX9D", 9, None), made.tenor("VIX", 30, 19.0), made.tenor("VIX3M", 93, 20.0)),
    )
    found = study(page_of(made.research(curve=gap)), "curve").pictures[0]
    assert found.summary == "On 13 Nov 2025 the curve closed at VIX 19.00, VIX3M 20.00."


def test_premium_in_words() -> None:
    """19.0 against 12.7 is 6.3 points; the averages are told with their interval."""
    found = study(page_by_hand(), "premium")
    assert found.findings[0] == (
        "VIX closed at 19.00; over the 21 sessions before, SPY realized a volatility of 12.7. The "
        "difference is +6.3 points. In variance that is +200 points squared. Realized volatility was no "
        "higher on 230 of 463 sessions (49.7%; 8 Jan 2024 to 13 Nov 2025)."
    )
    (picture,) = found.pictures
    assert picture.summary == (
        "On 388 of 463 sessions (83.8%) VIX stood above the volatility that followed, over all of them by "
        "+3.7 points on average (95% interval +2.6 to +4.6; 463 sessions, 22 windows that do not overlap; "
        "8 Jan 2024 to 13 Nov 2025)."
    )
    assert study(page_of(made.first_days()), "premium").pictures == []


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((-0.058, 0.001), "The interval includes zero: this may be chance."),
        ((-0.058, 0.0), "The interval includes zero: this may be chance."),
        ((-0.058, -0.001), "The interval lies wholly below zero."),
        ((0.001, 0.058), "The interval lies wholly above zero."),
        (None, ""),
    ],
)
def test_the_hedge_is_told_whatever_it_did(interval: tuple[float, float] | None, words: str) -> None:
    """The middle cost is told, and its interval read by the same rule on both sides of zero."""
    usual = made.overlay()
    changed = tuple(dataclasses.replace(d, annual_mean_interval=interval) for d in usual.differences)
    found = study(page_of(made.research(overlay=dataclasses.replace(usual, differences=changed))), "overlay")
    text = found.findings[0]
    assert text.startswith(
        "At a cost of 5 basis points of what is traded, the rule changed the mean return by −3.0 pp a year "
        "against no hedge ("
    )
    assert text.endswith(words or "8 Jan 2024 to 13 Nov 2025).")


def test_overlay_tables() -> None:
    """A rule that never trades costs the same at every cost; the strip stands beside its numbers."""
    found = study(page_by_hand(), "overlay")
    section = next(s for s in page_by_hand().all("section", "later") if s.attributes["id"] == "overlay")
    rules, differences, bench = section.all("table")
    heads = [cells[0].text(without="small") for cells in rows(rules)]
    assert heads == ["No hedge", *["Hedge by regime"] * 3]
    assert row(rules, "No hedge")[1] == "any"
    assert row(differences, "No hedge")[-1] == "+3.7 pp | no interval: fewer than 10 independent cases"
    assert len(rows(bench)) == 1
    assert row(bench, "Mean return")[2:] == [
        "+9.9%",
        "+11.3%",
        "+9.8% to +13.0%",
        "94.1% | 941 of 1,000",
    ]
    assert found.findings[1] == (
        "The same runs put in random order gave at least as high a mean return in 941 of 1,000 orders "
        "(94.1%, at 5 basis points)."
    )


def test_without_an_overlay_that_is_said() -> None:
    """Nothing is drawn."""
    found = study(page_of(made.research(overlay=None)), "overlay")
    assert found.findings == ["Too few sessions are stored to follow any rule."]
    assert found.pictures == []


def sayings(page: Node) -> list[Node]:
    """Rows of the board."""
    return page.all("details", "saying")


def behind(saying: Node) -> dict[str, str]:
    """What opens below a row."""
    return {d.all("dt")[0].text(): d.all("dd")[0].text() for d in saying.all("dl")[0].all("div")}


@pytest.mark.parametrize(
    ("changed", "line", "difference"),
    [
        ({}, "SPY +3.3%, +1.0% otherwise", "+2.3 pp (95% interval +0.4 pp to +4.2 pp)"),
        (
            {"scale": "correlation", "value": -0.03, "interval": (-0.08, 0.01), "group": None, "rest": None},
            "−0.03 correlation",
            "−0.03 (95% interval −0.08 to +0.01)",
        ),
        (
            {"scale": "points", "value": -4.9, "interval": (-7.1, -3.2), "group": 11.3, "rest": 16.2},
            "11.3, 16.2 otherwise (points)",
            "−4.9 (95% interval −7.1 to −3.2)",
        ),
        (
            {"scale": "share", "group": 0.591, "rest": 0.205, "n_hits": 23, "n_rest_hits": 91},
            "59%, 21% otherwise",
            "+2.3 pp (95% interval +0.4 pp to +4.2 pp)",
        ),
        (
            {"scale": "change", "value": -0.2, "interval": (-0.3, -0.1), "group": -0.17, "rest": 0.03},
            "VIX −17.0%, +3.0% otherwise (log changes)",
            "−20.0% (95% interval −30.0% to −10.0%)",
        ),
    ],
)
def test_claims(changed: dict[str, object], line: str, difference: str) -> None:
    """Each unit is written in its own way, differences of returns in percentage points."""
    (saying,) = sayings(page_of(made.research(claims=(made.claim(**changed),))))
    assert saying.all("span", "number")[0].text() == line
    assert behind(saying)["Difference"] == difference
    assert behind(saying)["Cases"] == "38 sessions, 12 independent cases, 8 Jan 2024 to 13 Nov 2025"


def test_what_stands_behind_a_verdict() -> None:
    """Same VIX, chance with all claims counted, other choices, and each year's end in words and signs."""
    found = behind(sayings(page_by_hand())[0])
    assert found["Same VIX"] == (
        "+1.2 pp by the VIX alone; the ratio adds +0.9 pp (95% interval +0.1 pp to +1.7 pp)"
    )
    assert found["Chance alone"] == (
        "p ≤ 0.002; p = 0.030 with all claims counted (Holm), p = 0.010 by Benjamini–Hochberg"
    )
    assert found["Other choices"] == "can't tell with the level of the VIX for the rival"
    assert found["At each year's end"].endswith("The same at each year's end since 2024.")
    assert "·" in found["At each year's end"]


def test_a_claim_without_a_number_says_so() -> None:
    """Too few cases: no strip, no number, no p-value."""
    nothing = dict.fromkeys(
        ("value", "interval", "p_value", "p_holm", "p_fdr", "rival", "adds", "group", "rest")
    )
    claim = made.claim(finding="too few cases", verdict="too few cases", **nothing)
    (saying,) = sayings(page_of(made.research(claims=(claim,))))
    assert saying.all("span", "number")[0].text() == "no number"
    assert saying.all("svg") == []
    assert "Chance alone" not in behind(saying)


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_verdict_is_word_and_sign(finding: str) -> None:
    """Color alone says nothing: each group has its sign, its name and what it means."""
    view = page_of(made.research(claims=(made.claim(finding=finding),)))
    sign, name, meaning = FINDINGS[finding]
    (head,) = view.all("h3", "told")
    assert head.text() == f"{sign} {name} 1. {meaning}"


def test_claims_are_sorted_from_holding_up_to_too_few_cases() -> None:
    """Whatever their order in the record."""
    claims = tuple(made.claim(f"c{n}", finding=name) for n, name in enumerate(reversed(FINDINGS)))
    view = page_of(made.research(claims=claims))
    assert [each.attributes["id"] for each in sayings(view)] == [f"claim-c{n}" for n in (5, 4, 3, 2, 1, 0)]


def test_the_finding_at_the_head_of_the_page() -> None:
    """Of one history: what followed, against any session. Of two that differ by half: that it halves."""
    page = page_by_hand()
    title = "After VIX inversions SPY gained 2.8% on average in 21 sessions, against 1.0% after any session"
    assert page.all("h1")[0].text() == title
    assert page.all("p", "lead")[0].text() == (
        "The VIX of those sessions alone, whatever the curve, suggests +1.5%: an inversion adds nothing that "
        "can be told from chance. The gap to all other sessions, +1.2 pp (percentage points), is more than "
        "chance explains."
    )
    usual = made.research().bounce
    half = tuple(
        dataclasses.replace(each, inverted=made.group("inverted", 1.0, None, 0.013))
        for each in usual.histories
    )
    later = tuple(dataclasses.replace(each, first_session="2024-06-03") for each in usual.histories)
    two = page_of(made.research(bounce=dataclasses.replace(usual, histories=(*half, *later))))
    assert two.all("h1")[0].text() == (
        "Count 2023, and the bounce after VIX inversions halves: SPY gained 1.3% on average in 21 sessions, "
        "against 1.0% after any session"
    )
    assert two.all("p", "lead")[0].text().startswith("Counted from 3 Jun 2024 on, it is +2.8%.")


def test_a_hedge_that_was_never_on_is_no_result() -> None:
    """Before the first episode the rule is no hedge: nothing is compared."""
    view = page_of(made.research(overlay=made.overlay(n_hedged=0, n_episodes=0)))
    assert study(view, "overlay").findings == []


def test_bands_that_have_no_edge_at_the_threshold() -> None:
    """Then no band is backwardation as a whole: page and texts do not pretend."""
    bands = (made.group("upto-1.1", None, 1.1, 0.01), made.group("above-1.1", 1.1, None, 0.03))
    moved = tuple(dataclasses.replace(h, bands=bands) for h in made.research().returns)
    research = made.research(returns=moved)
    assert build_facts(state("contango-long"), config(), research)["forward_21_interval"] == "n/a"


@pytest.mark.parametrize(
    ("above", "upto", "words", "sign"),
    [
        (None, 0.85, "up to 0.85", "\u2264 0.85"),
        (0.85, 0.95, "above 0.85, up to 0.95", "0.85\u20130.95"),
        (1.0, None, "above 1.0", "> 1"),
        (None, None, "any", "all"),
    ],
)
def test_names_of_bands(above: float | None, upto: float | None, words: str, sign: str) -> None:
    """In a sentence, and as short as a picture needs it."""
    assert (band_words(above, upto), band_sign(above, upto)) == (words, sign)


def test_short_versions_on_the_front_page_and_in_the_guide() -> None:
    """A tile says what followed readings like today's, against any session; the FAQ gives the interval."""
    files = tracker_of(state("contango-long"), research=made.research())
    tile = parse(files["index.html"]).find("tile-followed")
    assert "research/#returns" in [link.attributes["href"] for link in tile.all("a")]
    faq = parse(files["guide/index.html"]).find("faq-bearish")
    assert "95% interval +1.8% to +3.8%" in faq.text()
    ids = {each.attributes.get("data-stat") for each in faq.all("span")}
    assert "research.returns.1.bands.1.interval.0" in ids


def test_without_returns_the_front_page_stands() -> None:
    """No tile speaks of what followed."""
    page = parse(tracker_of(state("contango-long"), research=made.research(returns=()))["index.html"])
    assert [each.attributes["id"] for each in page.all("article", "tile")][-1] == "tile-inversions"
    assert "tile-followed" not in [each.attributes["id"] for each in page.all("article", "tile")]


def test_marked_facts_are_quoted_in_prose_alone() -> None:
    """A fact that carries a mark may stand in Markdown only: plain fields have no place for an element."""
    facts = build_facts(state("contango-long"), config(), made.research())
    carrying = {name for name, words in facts.items() if words != unmarked(words)}
    assert {"forward_21_interval", "lasted_answer", "research_draws"} <= carrying
    whole = content()
    plain = [
        (place, text)
        for field in Content.model_fields
        for place, text, markdown in texts(getattr(whole, field), field)
        if not markdown and carrying & set(re.findall(r"\{(\w+)\}", text))
    ]
    assert plain == []
    assert substitute_facts(whole, facts)


def test_csv_files_hold_what_is_drawn() -> None:
    """Every group, offset, length and month has a row; undefined values are empty cells."""
    tables = {
        path: list(csv.DictReader(io.StringIO(to_csv(table, sample=False))))
        for path, table in research_tables(made.research()).items()
    }
    returns = tables["charts/research-returns.csv"]
    assert [(r["horizon"], r["band"]) for r in returns][:3] == [
        ("5", "all"),
        ("5", "upto-1"),
        ("5", "above-1"),
    ]
    assert (returns[0]["difference"], returns[2]["mean"], returns[2]["interval_low"]) == (
        "",
        "0.0284",
        "0.0184",
    )
    events = tables["charts/research-events.csv"]
    assert len(events) == 4 * 3
    assert events[2] == {
        "anchor": "first",
        "min_sessions": "1",
        "offset": "21",
        "lower_quartile": "-0.009",
        "median": "0.026",
        "upper_quartile": "0.054",
        "mean": "0.02",
    }
    assert len(tables["charts/research-duration.csv"]) == 4
    assert tables["charts/research-overlay.csv"][-1]["regime"] == "1.21"
    assert "charts/research-overlay.csv" not in research_tables(made.first_days())


def test_a_mark_names_path_and_value() -> None:
    """Number, words and path come from one look-up; a wrong path raises."""
    stats = Stats(path="research", value=made.research())
    assert decode(escape(stats.change("returns.1.bands.1.mean"))) == (
        '<span data-stat="research.returns.1.bands.1.mean">+2.8%</span>'
    )
    assert stats.points("overlay.differences.0.annual_mean").endswith(f"\u22123.0{PP}\ue002")
    with pytest.raises(AttributeError):
        stats.count("window.sessions")
    with pytest.raises(IndexError):
        stats.count("returns.9.horizon")
    with pytest.raises(RenderError, match=r"research\.window: give it a form"):
        escape(stats.at("window"))


def test_a_filter_formats_and_marks() -> None:
    """The same form of a plain value and of a part, which is marked; what is undefined is not."""
    whole = Stats(path="research", value=made.research())
    mean, none = whole.at("returns.1.bands.1.mean"), whole.at("returns.1.all.difference")
    assert FORMS["percent_change"](mean.value) == "+2.8%"
    assert decode(escape(FORMS["percent_change"](mean))) == (
        '<span data-stat="research.returns.1.bands.1.mean">+2.8%</span>'
    )
    assert decode(escape(FORMS["fixed"](mean, 4))).endswith(">0.0284</span>")
    assert none.value is None
    assert FORMS["percent_points"](none) == "n/a"


def test_marks_survive_markdown_and_escaping() -> None:
    """What stands between the marks is escaped once, and prose keeps its own elements."""
    stats = Stats(path="a", value=made.tenor("<VIX>", 30, 19.0))
    text = f"*today* {stats.text('label')}"
    from ivts_site.words.prose import build_prose

    assert build_prose(text) == '<p><em>today</em> <span data-stat="a.label">&lt;VIX&gt;</span></p>'
    assert decode(escape(stats.text("label"))) == '<span data-stat="a.label">&lt;VIX&gt;</span>'
    assert unmarked(text) == "*today* <VIX>"
    assert decode(Markup("plain")) == "plain"


def test_percentage_points() -> None:
    """Halves are rounded away from zero, an undefined one is n/a."""
    assert percent_points(0.0285) == f"+2.9{PP}"
    assert percent_points(-0.00049) == f"0.0{PP}"
    assert percent_points(None) == "n/a"


def test_chances_that_the_regime_goes_on() -> None:
    """Chances in whole percent with their skill; both regimes drawn at one horizon; few cases say why."""
    found = study(page_of(made.research()), "persistence")
    said = re.sub(r"\s*%", "%", found.findings[0])
    assert said == (
        "The chance that contango goes on unbroken is 85% and 69% over the next 5 and 21 sessions. Past "
        "forecasts of this kind over 21 sessions, each made from what was known then, beat the base rate "
        "(skill +0.15); the day of the run alone did worse (\u22120.09)."
    )
    assert [picture.title for picture in found.pictures] == [
        "Contango: 21 sessions ahead",
        "Backwardation: 21 sessions ahead",
    ]
    few = study(page_of(made.first_days()), "persistence")
    assert few.findings == ["Too few separate runs of contango are on record to state a chance."]
    assert not few.pictures
