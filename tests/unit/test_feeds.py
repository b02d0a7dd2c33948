"""Feeds: final sessions alone, identifiers and dates from the data, well-formed whatever the words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import feedparser
import pytest
from tests.archive_pages import core_of
from tests.panels import analyse_panel, analyse_ratios, make_panel
from tests.view_states import TEMPLATES, config, content

from ivts_site.analytics.results import Analysis
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.pipeline.feeds import build_feeds, lay_out_atom
from ivts_site.render import build_environment
from ivts_site.sessions import load_sessions
from ivts_site.words.status import publication_instant

ATOM = "{http://www.w3.org/2005/Atom}"
RATIOS = [0.9, 1.1, 1.2, 0.95, 1.0, 1.1]
"""Mondays to Mondays from 6 January 2020: an episode of two sessions, one that is still running."""


EARLY = {dt.date(2025, 11, 28): dt.datetime(2025, 11, 28, 18, tzinfo=dt.UTC)}
"""13:00 in New York, in winter."""


def feeds_of(
    analysis: Analysis, *, sample: bool = False, settings: Config | None = None, words: Content | None = None
) -> dict[str, dict[str, Any]]:
    """Both feeds by name, as the template of the Atom form reads them."""
    usual = core_of(analysis, sample=sample)
    context = dataclasses.replace(
        usual,
        config=settings or usual.config,
        content=words or usual.content,
        inputs=cast("Any", SimpleNamespace(sample=sample, early_closes=EARLY)),
    )
    return {name: lay_out_atom(context, name, feed) for name, feed in build_feeds(context).items()}


def atom(feed: dict[str, Any]) -> str:
    return build_environment(TEMPLATES).get_template("feed.xml").render(feed)


def entries(feed: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = feed["feed"]["items"]
    return found


def sessions(feed: dict[str, Any]) -> list[str]:
    return [entry["id"].rpartition("/")[2] for entry in entries(feed)]


def changed(part: str, **values: Any) -> Config:
    settings = config()
    return settings.model_copy(update={part: getattr(settings, part).model_copy(update=values)})


def test_daily_entries_by_hand() -> None:
    """One a session, newest first, with the words of its evening."""
    feed = feeds_of(analyse_ratios(RATIOS, rolling_sessions=(2, 3)))["feed"]
    assert sessions(feed) == [f"2020-01-{day}" for day in ("13", "10", "09", "08", "07", "06")]
    newest, older = entries(feed)[0], entries(feed)[3]
    assert newest["title"] == (
        "13 Jan 2020: The VIX curve inverted again after two sessions of contango, as VIX rose 10% and SPY "
        "was unchanged"
    )
    assert newest["content_text"] == (
        "The VIX / VIX3M ratio closed at 1.1000 on 13 January 2020: the first day of backwardation. Sessions "
        "in backwardation: 50% of the last 2 and 33% of the last 3."
    )
    assert older["title"] == (
        "8 Jan 2020: The inversion lasted a second session; with VIX3M unchanged, VIX would have had to fall "
        "17% to end it"
    )  # 1 / 1.2 - 1
    assert older["content_text"] == (
        "VIX rose 9.1% and SPY was unchanged. The VIX / VIX3M ratio closed at 1.2000 on 8 January "
        "2020: backwardation, day 2, since 7 January 2020. Sessions in backwardation: 100% of the "
        "last 2 and 67% of the last 3."
    )
    assert entries(feed)[-1]["content_text"].endswith("the first day of contango.")  # no rate exists yet


def test_flips_by_hand() -> None:
    """Into backwardation on the 7th and the 13th, out of it on the 9th with the outcome: 105 / 100 − 1."""
    front = [18.0, 22.0, 24.0, 19.0, 20.0, 22.0]
    panel = make_panel(front, [20.0, 20.1, 20.2, 20.3, 20.4, 20.5], [100, 90, 105, 107, 108, 109])
    feed = feeds_of(analyse_panel(panel))["flips"]
    assert sessions(feed) == ["2020-01-13", "2020-01-09", "2020-01-07"]
    assert [entry["title"] for entry in entries(feed)] == [
        "13 Jan 2020: into backwardation, ratio 1.0732",
        "9 Jan 2020: out of backwardation, ratio 0.9360",
        "7 Jan 2020: into backwardation, ratio 1.0945",
    ]
    assert entries(feed)[1]["content_text"] == (
        "The VIX / VIX3M ratio closed at 0.9360 on 9 January 2020, contango after 2 sessions of "
        "backwardation. The highest ratio of the inversion, 7 to 8 January 2020, was 1.1881; SPY returned "
        "+5.0%, measured from the last close before it."
    )
    assert entries(feed)[2]["content_text"].endswith(
        "7 January 2020, backwardation after 1 session of contango."
    )


def test_only_a_change_of_regime_makes_a_flip() -> None:
    """The first stored session changed nothing, and nor did any session within a spell."""
    assert entries(feeds_of(analyse_ratios([1.1, 1.2, 1.3]))["flips"]) == []
    assert sessions(feeds_of(analyse_ratios([1.1, 0.9, 0.8]))["flips"]) == ["2020-01-07"]


def test_an_outcome_that_is_not_stored_is_left_out() -> None:
    """Without the close before the first session there is no return to speak of."""
    feed = feeds_of(analyse_panel(make_panel([22.0, 18.0], [20.0, 20.0])))["flips"]
    assert entries(feed)[0]["content_text"].endswith("was 1.1000.")


def test_a_suspect_close_is_named() -> None:
    """A reader of the feed alone must learn it, too."""
    text = entries(feeds_of(analyse_ratios([0.9, 1.1]))["feed"])[0]["content_text"]
    assert "on 7 January 2020, resting on a suspect close: the first day" in text


@pytest.mark.parametrize(
    ("first", "instant"),
    [("2020-01-06", "2020-01-06T23:30:00Z"), ("2020-07-06", "2020-07-06T22:30:00Z")],
    ids=["winter", "summer"],
)
def test_dates_are_those_of_the_closes(first: str, instant: str) -> None:
    """16:00 in New York and 150 minutes are 18:30, which is 23:30 UTC in winter and 22:30 in summer."""
    for feed in feeds_of(analyse_ratios([0.9], start=first)).values():
        assert feed["updated"] == instant  # the flips have no entry: the first stored session stands for it
    later = feeds_of(analyse_ratios([0.9, 0.8], start=first))
    assert later["feed"]["updated"] == entries(later["feed"])[0]["date_modified"] > instant
    assert later["flips"]["updated"] == instant


def test_an_early_close_is_published_early() -> None:
    """The calendar library's early closes, and those alone: an entry is never dated after its publication."""
    settings = config()
    first, last = dt.date(2009, 9, 18), dt.date(2027, 6, 30)
    known = load_sessions(settings.calendar, first, last)
    early = known.early_closes(first, last)
    lag = settings.series["vix"].publication_lag_minutes
    wrong = [
        f"{label:%Y-%m-%d}"
        for label in known.labels
        if publication_instant(f"{label:%Y-%m-%d}", settings, early)
        != f"{known.publication_instant(label.date(), lag):%Y-%m-%dT%H:%M:%SZ}"
    ]
    assert wrong == []
    feed = feeds_of(analyse_ratios([0.9, 0.8], start="2025-11-28"))["feed"]
    assert [entry["date_modified"] for entry in entries(feed)] == [
        "2025-12-01T23:30:00Z",
        "2025-11-28T20:30:00Z",
    ]


def test_a_new_session_leaves_old_entries_as_they_were() -> None:
    """Entries of the past are the same on every later evening; feeds only grow at the top."""
    for n in range(1, len(RATIOS)):
        before, after = (feeds_of(analyse_ratios(RATIOS[:size])) for size in (n, n + 1))
        for name in before:
            old = entries(before[name])
            assert entries(after[name])[len(entries(after[name])) - len(old) :] == old


def ids_of(settings: Config | None = None) -> list[str]:
    """Identifiers of both feeds and of their entries."""
    feeds = feeds_of(analyse_ratios(RATIOS), settings=settings)
    return [id_ for feed in feeds.values() for id_ in (feed["id"], *(e["id"] for e in entries(feed)))]


def test_identifiers_follow_address_and_session_alone() -> None:
    """Neither words nor scheme nor port is in them; all are distinct, on two paths of a host, too."""
    usual = ids_of()
    assert len(usual) == len(set(usual))
    assert all(re.fullmatch(r"tag:example\.org,2026:ivts/[a-z]+(/[\d-]+)?", each) for each in usual)
    assert ids_of(changed("site", base_url="http://example.org:8080/", name="Other")) == usual
    below = ids_of(changed("site", base_url="https://example.org/vix/"))
    assert below == [each.replace(":ivts/", ":vix/ivts/") for each in usual]


def test_published_identifiers_can_be_kept() -> None:
    """A site that moves says what its entries were called before."""
    moved = config().model_copy(
        update={
            "site": config().site.model_copy(update={"base_url": "https://new.example/vix/"}),
            "feeds": config().feeds.model_copy(update={"tag": "tag:example.org,2026:ivts/"}),
        }
    )
    assert ids_of(moved) == ids_of()


def test_simulated_entries_have_identifiers_of_their_own() -> None:
    """A reader that once saw a sample shows the real sessions all the same."""
    ids = {}
    for sample in (False, True):
        feeds = feeds_of(analyse_ratios(RATIOS), sample=sample)
        ids[sample] = {feed["id"] for feed in feeds.values()} | {
            e["id"] for f in feeds.values() for e in entries(f)
        }
    assert not ids[False] & ids[True]
    assert all(":ivts/sample/" in each for each in ids[True])


def test_lengths_are_settings() -> None:
    """The latest entries are kept."""
    feeds = feeds_of(analyse_ratios(RATIOS), settings=changed("feeds", sessions=2, flips=1))
    assert sessions(feeds["feed"]) == ["2020-01-13", "2020-01-10"]
    assert sessions(feeds["flips"]) == ["2020-01-13"]


def test_links_lead_where_pages_are() -> None:
    """To the session's page and the episode's page where they are built, to the tracker page elsewhere."""
    on = feeds_of(analyse_ratios(RATIOS), settings=changed("archive", days=True, episodes=True))
    off = feeds_of(analyse_ratios(RATIOS), settings=changed("archive", days=False, episodes=False))
    assert entries(on["feed"])[0]["url"] == "https://example.org/day/2020-01-13/"
    assert [entry["url"] for entry in entries(on["flips"])] == [
        "https://example.org/episodes/2020-01-13/",
        "https://example.org/episodes/2020-01-07/",
        "https://example.org/episodes/2020-01-07/",
    ]
    assert {e["url"] for feed in off.values() for e in entries(feed)} == {"https://example.org/"}


def test_simulated_closes_are_marked() -> None:
    """In the title of the feed, and in that of each entry, which readers show alone."""
    for feed in feeds_of(analyse_ratios(RATIOS), sample=True).values():
        assert all(
            text.startswith("SAMPLE DATA: ")
            for text in (feed["feed"]["title"], *(e["title"] for e in entries(feed)))
        )


@pytest.mark.parametrize("name", ["feed", "flips"])
@pytest.mark.parametrize("ratios", [RATIOS, [0.9]], ids=["usual", "one session"])
def test_feedparser_has_no_complaint(name: str, ratios: Sequence[float]) -> None:
    """Read back by a reader's library: address of itself, identifiers, dates, links, words."""
    feed = feeds_of(analyse_ratios(ratios))[name]
    parsed = feedparser.parse(atom(feed))
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    assert parsed.feed.id == feed["id"]
    assert {link.rel: link.href for link in parsed.feed.links if link.type != "application/feed+json"} == {
        "self": f"https://example.org/{name}.xml",
        "alternate": "https://example.org/",
    }
    assert len(parsed.entries) == len(entries(feed))
    for found, entry in zip(parsed.entries, entries(feed), strict=True):
        assert (found.id, found.link, found.title) == (entry["id"], entry["url"], entry["title"])
        assert found.content[0].value == entry["content_text"]
        assert dt.datetime(*found.updated_parsed[:6], tzinfo=dt.UTC) == _instant(entry["date_modified"])
        assert found.published == found.updated
        assert [tag.term for tag in found.tags] == entry["tags"]


def _instant(text: str) -> dt.datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)  # RFC 3339, and nothing looser
    return dt.datetime.fromisoformat(text)


def test_atom_has_what_the_rfc_asks_for() -> None:
    """RFC 4287: one id, title and updated each; author on the feed; content and one alternate an entry."""
    root = ET.fromstring(atom(feeds_of(analyse_ratios(RATIOS))["feed"]).encode())
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iter(f"{ATOM}entry")):
        for required in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{required}")) == 1
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    for entry in root.iter(f"{ATOM}entry"):
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]


def test_json_feed_says_the_same() -> None:
    """Version 1.1 with its required keys; ids, links, dates and words are those of the Atom feed."""
    feed = feeds_of(analyse_ratios(RATIOS))["flips"]
    document = json.loads(json.dumps(feed["feed"]))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["title"], document["feed_url"]) == (
        feed["feed"]["title"],
        "https://example.org/flips.json",
    )
    assert document["home_page_url"] == "https://example.org/"
    parsed = feedparser.parse(atom(feed))
    for item, entry in zip(document["items"], parsed.entries, strict=True):
        assert (item["id"], item["url"], item["title"]) == (entry.id, entry.link, entry.title)
        assert (item["content_text"], item["date_published"]) == (entry.content[0].value, entry.published)
        assert item["date_modified"] == entry.updated


def test_hostile_words_stay_words() -> None:
    """Markup, quotes and characters that XML cannot write come out as text, or not at all."""
    evil = "]]></title><entry/>\x0b\x00\ufffe\ud83d <b>&amp;\"'"
    words = content()
    head = words.head.model_copy(update={"site_name": evil})
    labels = {key: each.model_copy(update={"label": evil}) for key, each in config().series.items()}
    settings = config().model_copy(update={"series": labels})
    feeds = feeds_of(analyse_ratios(RATIOS), settings=settings, words=words.model_copy(update={"head": head}))
    for feed in feeds.values():
        root = ET.fromstring(atom(feed).encode())
        assert len(list(root.iter(f"{ATOM}entry"))) == len(entries(feed))
        name = root.find(f"{ATOM}author/{ATOM}name")
        assert name is not None
        assert name.text == "]]></title><entry/> <b>&amp;\"'"


def test_same_closes_same_bytes() -> None:
    """Nothing in a feed knows when it was built."""
    one, other = (feeds_of(analyse_ratios(RATIOS)) for _ in range(2))
    assert {name: atom(feed) for name, feed in one.items()} == {
        name: atom(feed) for name, feed in other.items()
    }
