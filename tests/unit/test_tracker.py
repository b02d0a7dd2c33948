"""The tracker's own pages, from snapshots made by hand."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from typing import Any, cast

import pytest
from markupsafe import Markup
from tests import research_page
from tests.markup import Node, parse, rows
from tests.view_states import (
    STATES,
    calm,
    charts,
    config,
    content,
    core_of,
    pages_of,
    snapshot_of,
    state,
    tracker_of,
)

from ivts_site.config import Config
from ivts_site.content import FACTS
from ivts_site.content.models import Event
from ivts_site.errors import ConfigError
from ivts_site.pipeline.pictures import picture_files
from ivts_site.pipeline.tracker import tracker_pages
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import DataLog
from ivts_site.words.facts import build_facts
from ivts_site.words.linked import embed_json
from ivts_site.words.prose import build_prose


def tree_of(snapshot: Snapshot, path: str = "index.html", **known: Any) -> Node:
    """A page as a tree."""
    return parse(tracker_of(snapshot, **known)[path])


@functools.cache
def tree_at(name: str, path: str = "index.html") -> Node:
    """A page of a named state as a tree."""
    return parse(pages_of(name)[path])


def lines_of(card: Node) -> list[str]:
    """What a card says: its name, value and lines."""
    return [each.text() for each in (*card.all("dt"), *card.all("dd"))]


def facts_of(name: str) -> dict[str, str]:
    return build_facts(state(name), config(), research_page.research())


@pytest.mark.parametrize("name", STATES)
def test_every_fact_is_worded(name: str) -> None:
    """All facts that text may quote, and no others, have words in every state."""
    facts = facts_of(name)
    assert set(facts) == set(FACTS)
    assert [key for key, words in facts.items() if not words or "None" in words or "nan" in words] == []


def test_facts_of_a_hand_made_history() -> None:
    """Twelve sessions: nine of calm, 20.6 and 22.4 against 20, then 19."""
    facts = facts_of("short-history")
    assert facts["ivts"] == "0.9500"  # 19 / 20
    assert facts["regime_answer"] == (
        "No: on 23 January 2024 the VIX closed at 19.00, below VIX3M at 20.00, "
        "and the ratio of 0.9500 is contango."
    )
    assert facts["window_counts"] == "2 of 12 sessions"
    assert facts["window_rate"] == "17%"  # 2 / 12
    assert facts["ivts_max"] == "1.1200"  # 22.4 / 20
    assert facts["episodes_longest"] == "2 sessions"
    assert facts["episodes_one_session_share"] == "0%"
    assert facts["vix_share_backwardation_above_25"] == "0.0%"
    assert facts["expected_publication"] == "18:30 New York (23:30 UTC)"
    assert facts["next_session"] == "2 March 2026"
    assert facts["publication_lag"] == "2 hours and 30 minutes"
    assert facts["forward_63_all"] == "n/a"


def test_facts_of_settings() -> None:
    """Thresholds come from the configuration."""
    facts = facts_of("one-session")
    assert (facts["threshold"], facts["stress_threshold"]) == ("1.0", "1.01")
    assert (facts["borderline_low"], facts["borderline_high"]) == ("0.998", "1.002")
    assert facts["suspect_move"] == "10%"
    assert facts["bands"].startswith("deep contango up to 0.90, ")
    assert facts["bands"].endswith("severe up to 1.20 and panic above that")


@pytest.mark.parametrize(
    ("front", "answer"),
    [
        (20.01, "Yes: on 8 January 2024 the VIX closed at 20.01, above"),
        (20.0, "No: on 8 January 2024 the VIX"),
    ],
)
def test_answer_at_the_line(front: float, answer: str) -> None:
    """A hair above is yes, exactly level is no."""
    facts = build_facts(snapshot_of([front]), config(), research_page.research())
    assert facts["regime_answer"].startswith(answer)


def test_without_expected_publication_the_configured_time_is_told() -> None:
    """A past session has no next one; the lag of 150 minutes after 16:00 still gives 18:30."""
    facts = build_facts(snapshot_of(calm(3), expected=False), config(), research_page.research())
    assert facts["expected_publication"] == "18:30 New York"
    assert facts["next_session"] == "the next trading day"


def test_a_range_of_one_session_is_not_said_twice() -> None:
    """One day and one ratio, 18 / 20, in the place of from and to, lowest, highest and median."""
    (stat,) = tree_of(snapshot_of([18.0])).all("p", "range-stat")
    assert stat.text() == "Sessions in backwardation: 0 of 1, 8 January 2024. Ratio 0.9000"


def test_three_facts() -> None:
    """The run, the rate with its counts, and the line: the ratio is 18.2 / 20, the line at 20."""
    page = tree_of(snapshot_of([21.0, 18.0, 18.2]))
    assert facts_on(page) == [
        ("This run of contango", "Since 9 Jan 2024", "the longest on record"),
        ("Inverted so far", "1 of 3 sessions", "too few for a rate"),
        ("VIX close at which the ratio reaches 1.0", "20.00", "with VIX3M unchanged"),
    ]
    (stat,) = page.all("p", "range-stat")
    assert stat.text().endswith("Ratio 0.9000 to 1.0500, median 0.9100")


def test_facts_of_an_inversion() -> None:
    """Its return, and the close that would end it: SPY from 400 + 20 sin(79.6) on."""
    page = tree_at("backwardation-ongoing")
    run, rate, line = facts_on(page)
    assert run[:2] == ("This inversion", "Since 27 Apr 2026")
    assert re.fullmatch(r"SPY [+\u2212]\d+\.\d% from the close before it", run[2])
    assert rate[1:] == ("5 of 522 sessions", "1%, against 1% since 2024")
    assert line[0] == "VIX close at which the ratio reaches 1.0"


def test_the_answer_stands_first() -> None:
    """Ratio, regime and, unless the headline says it, the session of the run."""
    told = {}
    for name in ("contango-long", "backwardation-at-its-peak", "exactly-one"):
        (line,) = tree_at(name).all("p", "state")
        told[name] = line.text()
    assert told == {
        "contango-long": "0.84 Contango",
        "backwardation-at-its-peak": "1.25 Backwardation, third session",
        "exactly-one": "1.0000 Contango, 82nd session",
    }


def test_the_front_page_tells_the_news() -> None:
    """The headline is the one heading of its rank, the lines below it come next, both as in the snapshot."""
    snapshot, page = state("backwardation-first-day"), tree_at("backwardation-first-day")
    assert [each.text() for each in page.all("h1")] == [snapshot.headline]
    assert [line.text() for line in page.all("p", "deck")] == [f"{each.text}." for each in snapshot.news[1:]]
    assert page.all("title")[0].text() == "VIX curve today: backwardation, ratio 1.05"


def test_first_session_has_no_change() -> None:
    """Nothing to compare with is said, not shown as zero."""
    (equation,) = tree_at("one-session").all("p", "equation")
    assert equation.text() == "VIX 18.00 ÷ VIX3M 20.00"


@pytest.mark.parametrize("name", STATES)
def test_no_sentence_quotes_what_is_not_measured(name: str) -> None:
    """Prose never says n/a: where the history is too short, other words stand there."""
    pages = [tree_at(name, path) for path in ("index.html", "guide/index.html", "methodology/index.html")]
    told = {
        text.text()
        for page in pages
        for prose in page.all("div", "prose")
        for part in prose.all("section")
        if part.attributes.get("id") != "terms"
        for text in (*part.all("p"), *part.all("dd"), *part.all("li"))
    }
    assert len(told) > 100
    wrong = [
        text for text in told if re.search(r"n/a|\b0 inversions\b|\{", text) and "shown as n/a" not in text
    ]
    assert wrong == []
    said = [*pages[0].all("p", "sentence"), *pages[0].all("h1"), *pages[0].all("p", "deck")]
    about = next(m for m in pages[0].all("meta") if m.attributes.get("name") == "description")
    assert "n/a" not in " ".join([about.attributes["content"], *(each.text() for each in said)])


def test_a_first_session_is_called_so() -> None:
    """One session: no rate of two years, no rank of one reading, no regime that has held."""
    page = tree_at("one-session")
    assert [fact[:2] for fact in facts_on(page)] == [
        ("This run of contango", "Since 8 Jan 2024"),
        ("Inverted so far", "0 of 1 session"),
        ("VIX close at which the ratio reaches 1.0", "20.00"),
    ]
    assert facts_on(page)[0][2] == "where the record begins"
    (sentence,) = page.all("p", "sentence")
    assert sentence.text().endswith("contango, session 1; inverted on 0 of 1 session stored.")
    assert caption_of(page) == "1 reading: too few for a distribution."
    facts = facts_of("one-session")
    assert facts["regime_held"] == "No earlier session is stored."
    assert facts["window_name"] == "1 session stored"
    assert facts["window_span"] == "on 8 January 2024"
    assert facts["episodes_counted"] == "no inversion"
    guide = tree_at("one-session", "guide/index.html")
    assert "too few sessions are stored to say" in guide.find("faq-bearish").text()


def facts_on(page: Node) -> list[tuple[str, ...]]:
    """Name, value and note of the facts below the ratio."""
    (found,) = (each for each in page.all("dl", "facts") if "M1" not in each.text())
    return [tuple(part.text() for part in (*each.all("dt"), *each.all("dd"))) for each in found.all("div")]


def caption_of(page: Node) -> str:
    """What is said of the picture of the ratio's place."""
    return page.all("div", "scale")[0].all("p")[0].text()


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("backwardation-first-day", "It is the first session"),
        ("two-sessions", "It has been so"),
        # 600 calm sessions from 8 January 2024, the storm from 27 April 2026 on, this is its fifth session
        ("backwardation-ongoing", "has held since 27 April 2026, for 5"),
    ],
)
def test_how_long_the_regime_has_held(name: str, held: str) -> None:
    """First day, throughout the history, and since a day within it."""
    assert held in facts_of(name)["regime_held"]


def test_percentiles_need_twenty_readings() -> None:
    """With 19 sessions nothing is said of one in twenty; with 20 it is, and the scale has its hill."""
    few, enough = snapshot_of(calm(19)), snapshot_of(calm(20))
    assert build_facts(few, config(), research_page.research())["ivts_p95"] == "n/a"
    assert build_facts(enough, config(), research_page.research())["ivts_p95"] != "n/a"
    assert caption_of(tree_of(few)) == ("19 readings: too few for a distribution. Dots: the latest sessions.")
    assert caption_of(tree_of(enough)).startswith("Shape: 20 readings.")
    assert caption_of(tree_at("contango-long")) == "Shape: 484 readings. Dots: the latest sessions."


def test_a_suspect_close_is_marked_beside_the_ratio() -> None:
    """The mark names the series; answer and dates of extremes say so too; other states have no mark."""
    page = tree_at("suspect-close")
    assert suspects_on(page) == ["suspect VIX3M close"]
    assert "on a suspect VIX3M close" in " ".join(line.text() for line in page.all("p", "deck"))
    facts = facts_of("suspect-close")
    assert facts["regime_answer"].endswith("The VIX3M close of that session is suspect, and so is the ratio.")
    assert facts["ivts_max_date"] == "27 April 2026, on a suspect close"
    assert facts["suspect_counted"] == "1 such close"
    held = snapshot_of([15.0, 15.0], back=[19.0, 25.0], suspect_move=0.1)  # the front repeats
    assert suspects_on(tree_of(held)) == ["suspect VIX close"]
    past = snapshot_of([15.0, 20.0, 20.1], suspect_move=0.1)
    assert suspects_on(tree_of(past)) == []
    assert suspects_on(tree_at("backwardation-first-day")) == []


def suspects_on(page: Node) -> list[str]:
    """The marks beside the ratio."""
    return [mark.text() for mark in page.all("a", "suspect")]


@pytest.mark.parametrize("allowed", [False, True])
def test_figures_with_closes_are_offered_only_where_allowed(allowed: bool) -> None:
    """All are drawn from their JSON; as a download it is offered without closes, or with permission."""
    drawn = [dataclasses.replace(chart, raw_closes=chart.id == "signal") for chart in charts()]
    page = tree_of(state("contango-long"), drawn=drawn, settings=publishing(raw_closes=allowed))
    figures = {figure.attributes["data-chart"]: figure for figure in page.all("figure", "chart")}
    assert figures["signal"].attributes["data-src"] == "charts/signal.json"
    offered = {
        name: [link.text() for link in figure.all("a") if "download" in link.attributes]
        for name, figure in figures.items()
    }
    assert offered == {
        "signal": ["CSV", "JSON"] if allowed else ["CSV"],
        "term-structure": ["CSV", "JSON"],
        "distribution": ["CSV", "JSON"],
    }


def publishing(*, raw_closes: bool) -> Config:
    """Settings that let closes be published, or not."""
    settings = config()
    publish = settings.publish.model_copy(update={"raw_closes": raw_closes})
    return settings.model_copy(update={"publish": publish})


@pytest.mark.parametrize("allowed", [False, True])
def test_what_downloads_hold_is_said_as_configured(allowed: bool) -> None:
    """Footer and methodology follow `publish.raw_closes`."""
    files = tracker_of(state("contango-long"), settings=publishing(raw_closes=allowed))
    said = "the closes themselves" if allowed else "no series of closes"
    assert said in parse(files["index.html"]).all("footer")[0].text()
    assert said in parse(files["methodology/index.html"]).find("downloads").text()


def graph_of(html: str) -> list[dict[str, Any]]:
    """The linked data of a page."""
    (script,) = (each for each in parse(html).all("script") if "json" in each.attributes.get("type", ""))
    return cast("list[dict[str, Any]]", json.loads(str(script.children[0]))["@graph"])


def test_events_tell_nothing_from_after_the_session() -> None:
    """On 30 August 2024 the carry unwind is over and told, on 29 August it is not; the closing waits."""
    told = {}
    for n in (169, 170):  # Thursday 29 and Friday 30 August: 34 weeks from Monday 8 January are 170 days
        snapshot = snapshot_of(calm(n), events=declared())
        section = tree_of(snapshot, "guide/index.html").find("events")
        stories = (div for details in section.all("details") for div in details.all("div"))
        told[snapshot.as_of] = {div.attributes["id"] for div in stories if "id" in div.attributes}
        assert not re.search("Spikes can be over|Inversions vary widely", section.text())
    assert told["2024-08-30"] - told["2024-08-29"] == {"event-2024"}
    # July 2025: all are over; without an episode the closing makes no claim on their lengths
    for front, words in (
        (calm(400), "Spikes can be over"),
        ([*calm(400), 21.0], "Inversions vary widely"),
    ):
        guide = tree_of(snapshot_of(front, events=declared()), "guide/index.html")
        assert words in guide.find("events").text()


def declared() -> tuple[Event, ...]:
    """The windows that the content declares."""
    return content().events.events


def test_status_is_absolute() -> None:
    """Data and next closes are dated; half past six in the evening is 23:30 UTC."""
    (status,) = tree_at("contango-long").all("p", "status")
    told = [(each.attributes["datetime"], each.text()) for each in status.all("time")]
    assert told[:3] == [
        ("2025-11-13", "Thu 13 Nov 2025"),
        ("2026-03-02T23:30:00Z", "Mon by 18:30 ET"),
        ("2026-03-03T11:30:00Z", "Tue 3 Mar 2026, 06:30 New York (11:30 UTC)"),
    ]


def test_episodes_newest_first_and_ongoing_marked() -> None:
    """The running episode leads the table and has no end date."""
    table = recent_of(snapshot_of([*calm(50), 21.0, *calm(50), 21.0, 22.0]))
    assert [cells[1].text() for cells in rows(table)] == ["ongoing", "same day"]
    assert [line.attributes.get("class") for line in table.all("tbody")[0].all("tr")] == ["strong", None]


def recent_of(snapshot: Snapshot) -> Node:
    """The table of recent episodes."""
    return tree_of(snapshot).find("episodes").all("table")[0]


def test_five_recent_inversions_are_listed() -> None:
    """Six episodes: the five newest, and the way to all of them."""
    front = [*calm(5), 21.0, 21.0, 21.0]
    for _ in range(5):
        front += [*calm(5), 21.0]
    snapshot = snapshot_of([*front, 18.0])
    found = rows(recent_of(snapshot))
    assert [cells[2].text() for cells in found] == ["1"] * 5
    assert "All 6 inversions" in tree_of(snapshot).find("episodes").text()


def test_no_episodes_no_table() -> None:
    """Without episodes a sentence stands in the table's place."""
    part = tree_at("no-episodes").find("episodes")
    assert part.all("table") == []
    assert "No session since 8 January 2024 has been in backwardation." in part.text()


def test_tiles_compare_the_last_inversion_with_the_longest() -> None:
    """Four sessions in one history; one session after four in another."""
    tile = tree_at("contango-long").find("tile-inversions")
    assert tile.all("h3")[0].text() == "The last inversion was the longest on record: 4 sessions"
    other = tree_of(snapshot_of([*calm(50), 21.0, 22.0, *calm(50), 21.0, 18.0])).find("tile-inversions")
    assert other.all("h3")[0].text() == (
        "The last inversion was over in one session; the longest, in 2024, ran for 2"
    )
    assert len(other.all("path")) == 3


def test_events_where_history_does_not_reach() -> None:
    """An event before the stored history says so in every cell, one after the page's date too."""
    table = (
        tree_of(snapshot_of(calm(30), events=declared()), "guide/index.html").find("events").all("table")[0]
    )
    found = [cells for cells in rows(table) if len(cells) > 1]  # the others hold the stories
    assert len(found) == len(content().events.events)
    assert {cell.text() for cell in found[0][1:]} == {"no data"}
    assert {cell.text() for cell in found[-1][1:]} == {"later"}  # 2025, the closes end in 2024


def test_event_measured_by_hand() -> None:
    """One close of 25 among 18s, SPY at 380 among 400s, on 5 August 2024, in a window of 12 + 22 sessions."""
    front, fund = [18.0] * 200, [400.0] * 200
    front[150], fund[150] = 25.0, 380.0  # thirty weeks after Monday 8 January
    snapshot = snapshot_of(front, benchmark=fund, events=declared())
    table = tree_of(snapshot, "guide/index.html").find("events").all("table")[0]
    _, *cells = next(cells for cells in rows(table) if "30 Aug 2024" in cells[0].text())
    assert [cell.text(without="small") for cell in cells] == [
        "18.00",
        "25.00",
        "\u22125.0%",
        "1 of 34",
        "1 session",
    ]
    assert cells[1].all("small")[0].text() == "5 Aug 2024"


def test_unknown_section_is_a_configuration_error() -> None:
    """A section without a file is named with the key that asks for it."""
    settings = config()
    page = settings.page.model_copy(update={"sections": ("faq", "fqa")})
    with pytest.raises(ConfigError, match=r"'fqa' has no file .*/fqa.yaml; did you mean 'faq'"):
        tracker_of(state("one-session"), settings=settings.model_copy(update={"page": page}))


def test_linked_data() -> None:
    """The graphs are JSON; questions carry today's answer; addresses are absolute."""
    pages = pages_of("contango-long")
    (crumbs,) = graph_of(pages["index.html"])
    faq, _ = graph_of(pages["guide/index.html"])
    assert [node["@type"] for node in (faq, crumbs)] == ["FAQPage", "BreadcrumbList"]
    assert len(faq["mainEntity"]) == len(content().sections["faq"].items)
    answers = " ".join(question["acceptedAnswer"]["text"] for question in faq["mainEntity"])
    assert "No: on 13 November 2025 the VIX closed at 16.83" in answers
    assert "{" not in answers
    assert crumbs["itemListElement"][0]["item"] == "https://example.org/"


def test_embedded_json_cannot_close_its_script() -> None:
    """No character that ends a script element is left, and the value survives."""
    value = {"a": "</script><!-- & \u2028 'x' \"y\""}
    embedded = embed_json(value)
    assert not set(embedded) & set("<>&\u2028")
    assert json.loads(embedded) == value


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* <b>c</b>", "<p>a <em>b</em> &lt;b&gt;c&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](methodology/#y)", '<p><a href="../methodology/#y">x</a></p>'),
        ("[x](#y)", '<p><a href="#y">x</a></p>'),
        ("[x](https://cboe.com/a)", '<p><a href="https://cboe.com/a">x</a></p>'),
        (None, ""),
    ],
)
def test_prose(text: str | None, html: str) -> None:
    """Markdown is rendered, raw HTML and unsafe links are not, links on the site start at its root."""
    assert build_prose(text, "../") == Markup(html)


def test_sample_is_said_everywhere() -> None:
    """Titles, descriptions and previews of every page say that the closes are simulated."""
    files = pages_of("sample")
    for path in ("index.html", "guide/index.html", "methodology/index.html", "404.html"):
        head = parse(files[path])
        said = {
            m.attributes.get("name") or m.attributes.get("property"): m.attributes.get("content", "")
            for m in head.all("meta")
        }
        assert head.all("title")[0].text().startswith("SAMPLE DATA: ")
        for name in ("description", "og:title", "og:description", "og:image:alt"):
            assert said[name].startswith("SAMPLE DATA: "), (path, name)
    assert "close, simulated" in parse(files["index.html"]).all("p", "status")[0].text()


def test_market_data_carry_no_sample_mark() -> None:
    """The mark is not there by default."""
    page = tree_at("contango-long")
    assert page.all("p", "sample") == []
    assert "SAMPLE" not in page.all("title")[0].text()


def test_suspect_closes_are_listed_on_the_methodology_page() -> None:
    """A back close that repeats while the front jumps by a third is listed with its session."""
    snapshot = snapshot_of([15.0, 15.0, 20.0, 15.0], back=[19.0, 19.5, 19.5, 19.2], suspect_move=0.1)
    part = tree_of(snapshot, "methodology/index.html").find("suspect-closes")
    (cells,) = rows(part.all("table")[0])
    assert [cell.text() for cell in cells[:3]] == ["10 Jan 2024", "VIX3M", "19.50"]
    assert "1 stored close up to 11 January 2024 looks wrong" in part.text()


def test_footer_hashes_and_times() -> None:
    """Sources carry their full hash and a short one; the build is told in UTC and New York time."""
    snapshot = state("contango-long")
    (imprint,) = tree_at("contango-long").all("dl", "imprint")
    updated = "1 March 2026, 01:30 UTC28 Feb 2026, 20:30 New York"  # five hours behind in winter
    assert updated in [each.text() for each in imprint.all("dd")]
    hashes = [(code.attributes["title"].rpartition(" ")[2], code.text()) for code in imprint.all("code")]
    assert [whole for whole, _ in hashes] == [series.sha256 for series in snapshot.series.values()]
    assert all(len(whole) == 64 and short == whole[:10] for whole, short in hashes)
    labels = [dd.text().partition(":")[0] for dd in imprint.all("dd")[-3:]]
    assert labels == ["VIX", "VIX3M", "SPY"]


@pytest.mark.parametrize(("base", "root"), [("https://example.org/", "/"), ("https://a.io/b/c/", "/b/c/")])
def test_not_found_page_links_start_at_the_host(base: str, root: str) -> None:
    """It is served at any depth, perhaps below a folder."""
    settings = config()
    site = settings.site.model_copy(update={"base_url": base})
    page = tree_of(state("one-session"), "404.html", settings=settings.model_copy(update={"site": site}))
    assert page.all("html")[0].attributes["data-root"] == root
    assert {link.attributes["href"] for link in page.all("nav")[0].all("a")} == {
        root,
        f"{root}episodes/",
        f"{root}compare/",
        f"{root}guide/",
        f"{root}history/",
        f"{root}hedge/",
        f"{root}research/",
        f"{root}methodology/",
        f"{root}api/",
    }
    assert all(link.attributes["href"].startswith(root) for link in page.all("main")[0].all("a"))


def test_nothing_is_made_before_a_page_is_asked_for() -> None:
    """The pages are listed with their addresses; a fault in one is found when it is made."""
    settings = config()
    page = settings.page.model_copy(update={"sections": ("gone",)})
    core = core_of(state("one-session"), settings=settings.model_copy(update={"page": page}))
    pages = tracker_pages(core, picture_files(charts(), "2y"), "", DataLog())
    assert [(each.file, each.root) for each in pages] == [
        ("index.html", ""),
        ("guide/index.html", "../"),
        ("methodology/index.html", "../"),
        ("404.html", "/"),
    ]
    with pytest.raises(ConfigError):
        pages[0].make()
