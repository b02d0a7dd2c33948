"""The front page and the guide: what stands where, and how they speak."""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive_pages import core_of, pages_of, render
from tests.markup import Node, parse
from tests.view_states import ROOT, STATES, analysis_of, config
from tests.view_states import pages_of as tracker_pages_of

FRONT, GUIDE, METHOD = "index.html", "guide/index.html", "methodology/index.html"
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "0 head": {
        FRONT: (
            "<title>",
            'name="description"',
            'rel="canonical"',
            'property="og:image"',
            'rel="icon"',
            "application/atom+xml",
            "application/feed+json",
            'name="theme-color"',
            "VIX divided by VIX3M",
            "BreadcrumbList",
            "data-status",
            "not investment advice",
        ),
        GUIDE: ("FAQPage", "carried forward", "daily history files", "Rebuilt after every session"),
    },
    "1 regime and closes": {
        FRONT: ("#today", 'class="state"', 'class="icon"', 'class="equation"', 'class="sentence"'),
        "day/": ("was in contango", "With VIX3M unchanged", "Percentile rank"),
        GUIDE: ("#term-ivts", "#term-backwardation", "#term-contango"),
    },
    "2 main chart": {FRONT: ("#signal", "#chart-signal", "data-ranges", "data-range-stat")},
    "3 chart views": {
        FRONT: ("#view-term-structure", "#view-distribution", "data-summary", "Data table and download"),
    },
    "4 recent episodes": {
        FRONT: ("#episodes", ">1 inversion", "SPY return"),
        "episodes/": ("#explorer", "Highest", "SPY return", "data-filters"),
        "episode/": ("measured from the last close before the inversion",),
    },
    "5 products": {
        GUIDE: (
            "#products",
            "#product-vxx",
            "#product-vixy",
            "#product-uvxy",
            "#product-svxy",
            "#product-vx",
            "XIV",
            "It is not a trade",
        ),
    },
    "6 events": {GUIDE: ("#events", "SPY peak to trough", "Longest run")},
    "7 ways to watch": {
        GUIDE: ("#ways", "#way-data", "#way-ratio", "#way-episodes", "#way-cadence", "#way-cost")
    },
    "8 how it works": {
        GUIDE: ("#how", "#step-closes", "#step-divide", "#step-classify", 'href="../methodology/"'),
    },
    "9 users": {GUIDE: ("#users", "#user-day", "#user-swing", "#user-options", "#user-risk")},
    "10 tips": {
        GUIDE: (
            "#tips",
            "#tip-flip",
            "#tip-duration",
            "#tip-magnitude",
            "#tip-default",
            "#tip-legs",
            "#tip-price",
            "#tip-level",
            "#tip-credit",
        ),
    },
    "11 questions": {
        GUIDE: (
            "#questions",
            "#question-borderline",
            "#question-rate",
            "#question-vix9d",
            "#question-yesterday",
        ),
    },
    "12 FAQ": {
        GUIDE: (
            "#faq",
            "#faq-vix",
            "#faq-vix3m",
            "#faq-backwardation",
            "#faq-contango",
            "#faq-ratio",
            "#faq-now",
            "#faq-high",
            "#faq-normal",
            "#faq-spike",
            "#faq-calculation",
            "#faq-trade",
            "#faq-bearish",
            "#faq-fear",
            "#faq-siblings",
            "#faq-updates",
        ),
    },
    "13 footer": {
        FRONT: (
            "Page built",
            "New York",
            "© Cboe",
            "SHA-256",
            "Version",
            "Feeds",
            "Data files and API",
            "Methodology",
            "Past performance",
        ),
        METHOD: ("#terms", "#corrections", "#downloads"),
    },
}
"""The parts of the page's specification by section: on which page stands what of each, ids and texts."""

BANNED = (
    "three-month sibling",
    "sources asked 17:30",
    "of a regime that began",
    "older the fainter",
    "each longer one is above",
    "it does not rise throughout",
    "picked because they look good",
    "a least length",
    "what follows it has varied",
    "less that after all",
    "options become dear",
    "its sign turns",
    "pays the roll",
    "files to come",
    "cannot tell the sentence from chance",
)
"""The left column of the site's rules of language."""
LONGEST = 25
"""Words of a sentence on the front page."""


def ids(page: Node) -> set[str]:
    return {
        each.attributes["id"]
        for tag in ("section", "article", "figure", "div", "tr", "dl", "p", "nav", "details")
        for each in page.all(tag)
        if "id" in each.attributes
    }


@functools.cache
def pages() -> dict[str, str]:
    """The pages on which the parts stand, of a session after an inversion that is over."""
    core = core_of(analysis_of(**STATES["contango-long"]))
    made = pages_of(core)
    first = core.episodes.episodes[0].first_session
    paths = {
        "episodes/": "episodes/",
        "episode/": f"episodes/{first}/",
        "day/": f"day/{core.snapshot.as_of}/",
    }
    return tracker_pages_of("contango-long") | {
        name: render(made[path], core) for name, path in paths.items()
    }


@pytest.mark.parametrize("section", PARTS)
def test_every_part_has_its_place(section: str) -> None:
    """Nothing of the specification is lost."""
    for path, parts in PARTS[section].items():
        page = pages()[path]
        known = ids(parse(page))
        lost = [part for part in parts if (part[1:] not in known if part[0] == "#" else part not in page)]
        assert lost == [], path


def test_the_explorer_stands_with_all_inversions_and_the_reading_with_its_day() -> None:
    """The threshold explorer on `/episodes/`; the whole reading on the page of the session."""
    core = core_of(analysis_of(**STATES["contango-long"]))
    pages = pages_of(core)
    assert parse(render(pages["episodes/"], core)).find("explorer")
    day = parse(render(pages[f"day/{core.snapshot.as_of}/"], core)).text()
    assert core.snapshot.headline in day
    assert "With VIX3M unchanged, a VIX close" in day


def test_old_places_of_the_front_page_lead_on() -> None:
    """Each old anchor of a section is a link into the guide."""
    page = parse(tracker_pages_of("contango-long")["index.html"])
    moved = {each.attributes.get("id"): each.attributes["href"] for each in page.all("a")}
    for name in ("faq", "events", "products", "tips", "definitions"):
        assert moved[name] == f"guide/#{name}"
    assert moved["explorer"] == "episodes/#explorer"


@pytest.mark.parametrize("quoted", [True, False])
def test_a_day_quotes_its_closes_where_the_settings_allow_it(quoted: bool) -> None:
    """VIX, VIX3M and SPY on the page of the session; its file stays without them."""
    settings = config()
    publish = settings.publish.model_copy(update={"quoted_closes": quoted})
    core = core_of(
        analysis_of([18.0, 18.2], benchmark=[400.0, 404.0]),
        settings=settings.model_copy(update={"publish": publish}),
    )
    page = parse(render(pages_of(core)[f"day/{core.snapshot.as_of}/"], core)).text()
    assert all((close in page) == quoted for close in ("18.20", "20.00", "404.00"))


@pytest.mark.parametrize("name", STATES)
def test_sentences_of_the_front_page_are_short(name: str) -> None:
    """At most 25 words each, in headline, lines, facts and tiles, whatever the state."""
    page = parse(tracker_pages_of(name)["index.html"])
    texts = [
        each.text()
        for place in ("today", "evidence")
        if place in ids(page)
        for tag in ("h1", "h3", "p", "dd")
        for each in page.find(place).all(tag)
    ]
    sentences = [part for text in texts for part in re.split(r"(?<=[.;:]) ", text)]
    assert [each for each in sentences if len(each.split()) > LONGEST] == []


def written() -> Iterator[tuple[Path, str]]:
    """Yield every file in which the site or the repository speaks, its words on one line."""
    kinds = {".py", ".html", ".xml", ".yaml", ".js", ".md"}
    for folder in ("templates", "src", "static", "docs", "."):
        files = (ROOT / folder).glob("*" if folder == "." else "**/*")
        yield from (
            (each, " ".join(each.read_text("utf-8").split())) for each in files if each.suffix in kinds
        )


def test_percentages_are_written_as_they_are_read() -> None:
    """None is spaced, not by a thin space either, and none is "at or above", on any page made here."""
    for path, page in tracker_pages_of("contango-long").items():
        assert not re.search(r"\d[ \u00a0\u202f]%", page), path
        assert not re.search(r"at or above \d[\d.]*% of", page), path
    for file, text in written():
        assert not re.search(r"\d[ \u00a0\u202f]%(?![{}\w(]| and | loop)", text), file


def test_what_reads_like_a_translation_is_gone() -> None:
    """None of the phrases that the rules of language replace is left, in any file."""
    found = {(file.name, each) for file, text in written() for each in BANNED if each in text.lower()}
    assert found == set()


LONG = [name for name in calendar.month_name if len(name) > len("May")]


@pytest.mark.parametrize("name", ["contango-long", "backwardation-ongoing", "provisional", "suspect-close"])
def test_dates_are_short_in_tables_and_labels_and_long_in_prose(name: str) -> None:
    """22 Jul 2026 in a cell, a label or the name of a value; 22 July 2026 in a sentence; never 07/22."""
    short, long = "|".join(each[:3] for each in LONG), "|".join(LONG)
    for path, text in tracker_pages_of(name).items():
        if not path.endswith(".html"):
            continue
        page = parse(text)
        cells = [each.text() for tag in ("th", "td") for each in page.all(tag)]
        assert [each for each in cells if re.search(rf"\b\d{{1,2}} ({long}) \d{{4}}", each)] == [], path
        prose = [each.text() for each in page.all("p") if "small" not in each.attributes.get("class", "")]
        sentences = [each for each in prose if re.search(r"[.!?]$", each)]
        assert [each for each in sentences if re.search(rf"\b\d{{1,2}} ({short}) \d{{4}}", each)] == [], path
        assert not re.search(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", page.text()), path
