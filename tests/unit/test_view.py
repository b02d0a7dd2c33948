"""Pages worded from a snapshot."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re

import pytest
from markupsafe import Markup
from tests.view_states import STATES, calm, charts, config, content, site_of, snapshot_of, state

from ivts_site.content import FACTS
from ivts_site.errors import ConfigError
from ivts_site.view.facts import build_facts
from ivts_site.view.figures import build_figures
from ivts_site.view.head import embed_json
from ivts_site.view.prose import build_prose
from ivts_site.words.names import names

T = "\u202f"


def facts_of(name: str) -> dict[str, str]:
    return build_facts(state(name), config(), names(config()))


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
    assert facts["window_rate"] == f"16.7{T}%"  # 2 / 12
    assert facts["ivts_max"] == "1.1200"  # 22.4 / 20
    assert facts["episodes_longest"] == "2 sessions"
    assert facts["episodes_one_session_share"] == f"0.0{T}%"
    assert facts["vix_share_backwardation_above_25"] == f"0.0{T}%"
    assert facts["expected_publication"] == "18:30 New York (23:30 UTC)"
    assert facts["next_session"] == "2 March 2026"
    assert facts["publication_lag"] == "2 hours and 30 minutes"
    assert facts["forward_63_all"] == "n/a"


def test_facts_of_settings() -> None:
    """Thresholds come from the configuration."""
    facts = facts_of("one-session")
    assert (facts["threshold"], facts["stress_threshold"]) == ("1.0", "1.01")
    assert (facts["borderline_low"], facts["borderline_high"]) == ("0.998", "1.002")
    assert facts["suspect_move"] == f"10{T}%"
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
    facts = build_facts(snapshot_of([front]), config(), names(config()))
    assert facts["regime_answer"].startswith(answer)


def test_without_expected_publication_the_configured_time_is_told() -> None:
    """A past session has no next one; the lag of 150 minutes after 16:00 still gives 18:30."""
    facts = build_facts(snapshot_of(calm(3), expected=False), config(), names(config()))
    assert facts["expected_publication"] == "18:30 New York"
    assert facts["next_session"] == "the next trading day"


def test_a_range_of_one_session_is_not_said_twice() -> None:
    """One day and one ratio, 18 / 20, in the place of from and to, lowest, highest and median."""
    *_, rate, _ = site_of(snapshot_of([18.0])).page.cards
    assert rate.stat is not None
    assert (rate.stat.first, rate.stat.last) == ("8 January 2024", "")
    assert (rate.stat.low, rate.stat.high, rate.stat.median) == ("0.9000", "", "")


def test_cards() -> None:
    """Level, change, rank; rate with counts; distance with the line: 18.2 against 20 after 18."""
    front, back, rate, line = site_of(snapshot_of([18.0, 18.2])).page.cards
    assert (front.label, front.note, front.value) == ("VIX", "30-day", "18.20")
    assert front.lines == (f"+0.20 (+1.1{T}%) since 8 Jan", "percentile rank 100.0 (2 sessions stored)")
    assert back.lines[0] == f"0.00 (0.0{T}%) since 8 Jan"
    assert rate.stat is not None
    assert (rate.stat.rate, rate.stat.part, rate.stat.whole) == (f"0.0{T}%", "0", "2")
    assert (rate.stat.first, rate.stat.last) == ("8 January 2024", "9 January 2024")
    assert (rate.stat.low, rate.stat.high, rate.stat.median) == ("0.9000", "0.9100", "0.9050")
    assert (line.label, line.value) == ("To backwardation", "+1.80")
    assert line.lines == ("VIX above 20.00", f"+9.9{T}% from 18.20")


def test_first_session_has_no_change() -> None:
    """Nothing to compare with is said, not shown as zero."""
    page = site_of(state("one-session")).page
    assert page.hero.change == ""
    assert page.cards[0].lines[0] == "no earlier close to compare with"


@pytest.mark.parametrize("name", STATES)
def test_no_sentence_quotes_what_is_not_measured(name: str) -> None:
    """Prose never says n/a: where the history is too short, other words stand there."""
    site = site_of(state(name))
    sections = [s for s in (*site.page.sections, *site.methodology.sections) if s.id != "terms"]
    assert len(sections) > 12
    told = {
        text.striptags()
        for s in sections
        for text in (s.lead, s.note, s.closing, *(item.text for item in s.items))
    }
    wrong = [
        text for text in told if re.search(r"n/a|\b0 episodes\b|\{", text) and "shown as n/a" not in text
    ]
    assert wrong == []
    assert "n/a" not in site.page.head.description + site.page.hero.sentence + site.page.hero.reading


def test_a_first_session_is_called_so() -> None:
    """One session: no rate of two years, no rank of one reading, no regime that has held."""
    page = site_of(state("one-session")).page
    assert tuple(fact.striptags() for fact in page.hero.facts) == (
        "First session stored",
        "backwardation rate 0.0 % (1 session stored)",
        "no percentile rank yet",
        "band: deep contango",
    )
    assert page.hero.sentence.endswith("contango, day 1; backwardation on 0 of 1 session stored.")
    assert page.hero.scale_caption == "1 reading: too few for a distribution."
    facts = facts_of("one-session")
    assert facts["regime_held"] == "No earlier session is stored."
    assert facts["window_name"] == "1 session stored"
    assert facts["window_span"] == "on 8 January 2024"
    assert facts["episodes_counted"] == "no episode"
    answers = {s.id: s for s in page.sections}["faq"].items
    bearish = next(item for item in answers if item.id == "faq-bearish")
    assert "too few sessions are stored to say" in " ".join(bearish.text.split())


@pytest.mark.parametrize(
    ("name", "day", "held"),
    [
        (
            "backwardation-first-day",
            "Day 1 in regime, which begins with this session",
            "It is the first session",
        ),
        (
            "two-sessions",
            "Day 2 in regime, since the stored history begins, 8 January 2024",
            "It has been so",
        ),
        # 600 calm sessions from 8 January 2024, the storm from 27 April 2026 on, this is its fifth session
        (
            "backwardation-ongoing",
            "Day 5 in regime, since 27 April 2026",
            "has held since 27 April 2026, for 5",
        ),
    ],
)
def test_how_long_the_regime_has_held(name: str, day: str, held: str) -> None:
    """First day, throughout the history, and since a day within it."""
    assert site_of(state(name)).page.hero.facts[0].striptags() == day
    assert held in facts_of(name)["regime_held"]


def test_percentiles_need_twenty_readings() -> None:
    """With 19 sessions nothing is said of one in twenty; with 20 it is, and the scale has its hill."""
    few, enough = snapshot_of(calm(19)), snapshot_of(calm(20))
    label = names(config())
    assert build_facts(few, config(), label)["ivts_p95"] == "n/a"
    assert build_facts(enough, config(), label)["ivts_p95"] != "n/a"
    assert site_of(few).page.hero.scale_caption == (
        "19 readings: too few for a distribution. Dots: the 18 sessions before, the older the fainter."
    )
    assert site_of(enough).page.hero.scale_caption.startswith(
        "Hill: 20 readings stored, smoothed for drawing."
    )
    long = site_of(state("contango-long")).page.hero.scale_caption
    assert long.startswith("Hill: 484 readings stored, smoothed for drawing. Dots: the 20 sessions before")


def test_a_suspect_close_is_marked_beside_the_ratio() -> None:
    """The mark names the series; answer and dates of extremes say so too; other states have no mark."""
    hero = site_of(state("suspect-close")).page.hero
    assert hero.suspect == "suspect VIX3M close"
    assert "the repeated VIX3M close is suspect, and so is the ratio." in hero.reading
    facts = facts_of("suspect-close")
    assert facts["regime_answer"].endswith("The VIX3M close of that session is suspect, and so is the ratio.")
    assert facts["ivts_max_date"] == "27 April 2026, on a suspect close"
    assert facts["suspect_counted"] == "1 such close"
    held = snapshot_of([15.0, 15.0], back=[19.0, 25.0], suspect_move=0.1)  # the front repeats
    assert site_of(held).page.hero.suspect == "suspect VIX close"
    past = snapshot_of([15.0, 20.0, 20.1], suspect_move=0.1)
    assert site_of(past).page.hero.suspect == ""
    assert site_of(state("backwardation-first-day")).page.hero.suspect == ""


@pytest.mark.parametrize("allowed", [False, True])
def test_figures_with_closes_are_offered_only_where_allowed(allowed: bool) -> None:
    """All are drawn from their JSON; as a download it is offered without closes, or with permission."""
    drawn = [dataclasses.replace(chart, raw_closes=chart.id == "signal") for chart in charts()]
    main, tabs = build_figures(drawn, state("contango-long"), ("VIX", "VIX3M"), raw_closes=allowed)
    assert main.json == "charts/signal.json"
    assert main.offers_json is allowed
    assert all(figure.offers_json for figure in tabs)


@pytest.mark.parametrize("allowed", [False, True])
def test_what_downloads_hold_is_said_as_configured(allowed: bool) -> None:
    """Footer and methodology follow `publish.raw_closes`; linked data name no file with closes drawn."""
    settings = config()
    publish = settings.publish.model_copy(update={"raw_closes": allowed})
    site = site_of(state("contango-long"), settings=settings.model_copy(update={"publish": publish}))
    said = "the closes themselves" if allowed else "no series of closes"
    methods = next(s for s in site.methodology.sections if s.id == "downloads")
    for text in (site.page.shell.footer.licence, methods.lead):
        assert said in " ".join(text.striptags().split())
    files = json.loads(site.page.head.json_ld)["@graph"][0]["distribution"]
    assert not [f["contentUrl"] for f in files if re.search(r"charts/.*\.json$", f["contentUrl"])]


def test_events_tell_nothing_from_after_the_session() -> None:
    """On 30 August 2024 the carry unwind is over and told, on 29 August it is not; the closing waits."""
    declared = content().events.events
    told = {}
    for n in (169, 170):  # Thursday 29 and Friday 30 August: 34 weeks from Monday 8 January are 170 days
        snapshot = snapshot_of(calm(n), events=declared)
        section = next(s for s in site_of(snapshot).page.sections if s.id == "events")
        told[snapshot.as_of] = {item.id for item in section.items}
        assert section.closing == ""
    assert told["2024-08-30"] - told["2024-08-29"] == {"event-2024"}
    # July 2025: all are over; without an episode the closing makes no claim on their lengths
    for front, words in (
        (calm(400), "Spikes can be over"),
        ([*calm(400), 21.0], "Inversions vary widely"),
    ):
        page = site_of(snapshot_of(front, events=declared)).page
        assert words in next(s for s in page.sections if s.id == "events").closing


def test_status_is_absolute() -> None:
    """Data, build and next closes are dated; the build at 01:30 UTC on 1 March."""
    status = site_of(state("contango-long")).page.status
    assert status.through.text == "Thu 13 Nov 2025"
    assert status.built.text == "1 Mar 2026, 01:30 UTC"
    assert status.expected is not None
    assert status.expected.text == "Mon 2 Mar 2026, 18:30 New York (23:30 UTC)"
    assert status.expected.iso == "2026-03-02T23:30:00Z"


def test_episodes_newest_first_and_ongoing_marked() -> None:
    """The running episode leads the table and has no end date."""
    snapshot = snapshot_of([*calm(50), 21.0, *calm(50), 21.0, 22.0])
    table = site_of(snapshot).page.episodes.recent
    assert table is not None
    assert [row.cells[1].text for row in table.rows] == ["ongoing", "18 Mar 2024"]
    assert table.rows[0].strong
    assert not table.rows[1].strong


def test_longest_episode_is_added_where_it_is_not_recent() -> None:
    """Six episodes, the first the longest: five recent rows and one for the record."""
    front = [*calm(5), 21.0, 21.0, 21.0]
    for _ in range(5):
        front += [*calm(5), 21.0]
    table = site_of(snapshot_of([*front, 18.0])).page.episodes.recent
    assert table is not None
    assert len(table.rows) == 6
    assert table.rows[-1].cells[0].note == "longest on record"
    assert table.rows[-1].cells[2].text == "3"


def test_no_episodes_no_table() -> None:
    """Without episodes a sentence stands in the table's place."""
    episodes = site_of(state("no-episodes")).page.episodes
    assert episodes.recent is None
    assert episodes.empty == "No session since 8 January 2024 has been in backwardation."


def test_bars_share_one_scale() -> None:
    """Widths are proportional to the means, zero included: the widest bar and its reach fill 100."""
    groups = site_of(state("contango-long")).page.episodes.followed
    edges = [
        (float(bar.x), float(bar.x) + float(bar.width)) for group in groups for bar in group.bars if bar.width
    ]
    assert min(low for low, _ in edges) == pytest.approx(0, abs=0.11)
    assert max(high for _, high in edges) == pytest.approx(100, abs=0.11)
    assert len({group.zero for group in groups}) == 1


def test_events_where_history_does_not_reach() -> None:
    """An event before the stored history says so in every cell, one after the page's date too."""
    words = content()
    declared = words.events.events
    snapshot = snapshot_of(calm(30), events=declared)
    section = next(s for s in site_of(snapshot).page.sections if s.id == words.events.id)
    assert section.table is not None
    assert len(section.table.rows) == len(words.events.events)
    assert {cell.text for cell in section.table.rows[0].cells[1:]} == {"not stored"}
    assert {cell.text for cell in section.table.rows[-1].cells[1:]} == {
        "later"
    }  # 2025, the closes end in 2024


def test_event_measured_by_hand() -> None:
    """One close of 25 among 18s, SPY at 380 among 400s, on 5 August 2024, in a window of 12 + 22 sessions."""
    front, fund = [18.0] * 200, [400.0] * 200
    front[150], fund[150] = 25.0, 380.0  # thirty weeks after Monday 8 January
    words = content()
    declared = words.events.events
    snapshot = snapshot_of(front, benchmark=fund, events=declared)
    section = next(s for s in site_of(snapshot).page.sections if s.id == words.events.id)
    assert section.table is not None
    row = next(r for r in section.table.rows if "30 Aug 2024" in r.cells[0].note)
    assert [cell.text for cell in row.cells[1:]] == [
        "18.00",
        "25.00",
        f"\u22125.0{T}%",
        "1 of 34",
        "1 session",
    ]
    assert row.cells[2].note == "5 Aug 2024"


def test_unknown_section_is_a_configuration_error() -> None:
    """A section without a file is named with the key that asks for it."""
    settings = config()
    page = settings.page.model_copy(update={"sections": ("faq", "fqa")})
    with pytest.raises(ConfigError, match=r"page.sections: 'fqa' has no file templates/content/fqa.yaml"):
        site_of(state("one-session"), settings=settings.model_copy(update={"page": page}))


def test_linked_data() -> None:
    """The three graphs are JSON; questions carry today's answer; addresses are absolute."""
    graph = json.loads(site_of(state("contango-long")).page.head.json_ld)["@graph"]
    data, faq, crumbs = graph
    assert [node["@type"] for node in graph] == ["Dataset", "FAQPage", "BreadcrumbList"]
    assert len(faq["mainEntity"]) == len(content().faq.items)
    answers = " ".join(question["acceptedAnswer"]["text"] for question in faq["mainEntity"])
    assert "No: on 13 November 2025 the VIX closed at 16.83" in answers
    assert "{" not in answers
    assert all(file["contentUrl"].startswith("https://example.org/") for file in data["distribution"])
    assert data["temporalCoverage"] == "2024-01-08/2025-11-13"
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
    """Titles, descriptions, previews and the frame of every page say that the closes are simulated."""
    site = site_of(state("sample"))
    for view in (site.page, site.methodology, site.notfound):
        assert view.shell.sample == "SAMPLE DATA \u2014 simulated closes, not market data"
        assert view.head.title.startswith("SAMPLE DATA: ")
        assert view.head.description.startswith("SAMPLE DATA: ")
        assert view.head.image_alt.startswith("SAMPLE DATA: ")
        assert view.head.noindex
    assert site.page.status.close_note == "simulated closes"


def test_market_data_carry_no_sample_mark() -> None:
    """The mark is not there by default."""
    site = site_of(state("contango-long"))
    assert not site.page.shell.sample
    assert not site.page.head.noindex
    assert "SAMPLE" not in site.page.head.title


def test_suspect_closes_are_listed_on_the_methodology_page() -> None:
    """A back close that repeats while the front jumps by a third is listed with its session."""
    front = [15.0, 15.0, 20.0, 15.0]
    snapshot = snapshot_of(front, back=[19.0, 19.5, 19.5, 19.2], suspect_move=0.1)
    section = next(s for s in site_of(snapshot).methodology.sections if s.id == "suspect-closes")
    assert section.table is not None
    assert [row.cells[0].text for row in section.table.rows] == ["10 January 2024"]
    assert section.table.rows[0].cells[1].text == "VIX3M"


def test_footer_hashes_and_times() -> None:
    """Sources carry their full hash and a short one; the build is told in UTC and New York time."""
    footer = site_of(state("contango-long")).page.shell.footer
    assert footer.updated.text == "1 March 2026, 01:30 UTC"
    assert footer.updated_new_york == "28 Feb 2026, 20:30 New York"  # five hours behind in winter
    assert [source.label for source in footer.sources] == ["VIX", "VIX3M", "SPY"]
    assert all(len(s.sha256) == 64 and s.sha256.startswith(s.short) for s in footer.sources)


@pytest.mark.parametrize(("base", "root"), [("https://example.org/", "/"), ("https://a.io/b/c/", "/b/c/")])
def test_not_found_page_links_start_at_the_host(base: str, root: str) -> None:
    """It is served at any depth, perhaps below a folder."""
    settings = config()
    site = settings.site.model_copy(update={"base_url": base})
    view = site_of(state("one-session"), settings=settings.model_copy(update={"site": site})).notfound
    assert view.shell.root == root
    assert {link.href for link in view.shell.nav} == {
        root,
        f"{root}episodes/",
        f"{root}history/",
        f"{root}hedge/",
        f"{root}research/",
        f"{root}methodology/",
        f"{root}api/",
    }
    assert all(link.href.startswith(root) for link in view.links)


def test_dates_do_not_depend_on_today() -> None:
    """Two builds of one snapshot are the same."""
    snapshot = state("contango-long")
    assert site_of(snapshot) == site_of(snapshot)
    assert dt.date.fromisoformat(site_of(snapshot).as_of) == dt.date(2025, 11, 13)
