"""What other pages show of this site: the picture, its size and its words, for every kind of page."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from PIL import Image
from tests.markup import Page
from tests.view_states import config

BASE = config().site.base_url


@pytest.fixture(scope="module")
def pages(archive_site: Path) -> dict[str, Page]:
    """The last page of every kind, by its folders with a star for each name below the first."""
    found = {}
    for path in sorted(archive_site.rglob("*.html")):
        *folders, name = path.relative_to(archive_site).parts
        kind = "/".join([*folders[:1], *("*" for _ in folders[1:]), *([name] if not folders else [])])
        found[kind] = path
    kinds = {
        "index.html",
        "futures",
        "404.html",
        "guide",
        "history/*",
        "day/*",
        "episodes",
        "episodes/*",
        "embed/*",
    }
    assert kinds | {"compare", "research", "hedge", "methodology", "api", "history"} <= set(found)
    return {kind: Page(path.read_text("utf-8")) for kind, path in found.items()}


def told(page: Page) -> dict[str, str]:
    """Properties of a page for link previews."""
    return {m["property"]: m["content"] for m in page.all("meta") if "property" in m}


def test_pictures(archive_site: Path, pages: dict[str, Page]) -> None:
    """Each kind of page has one that exists, of the size and type that is told, with words of its own."""
    for kind, page in pages.items():
        said = told(page)
        picture = Image.open(io.BytesIO((archive_site / said["og:image"].removeprefix(BASE)).read_bytes()))
        assert picture.size == (int(said["og:image:width"]), int(said["og:image:height"])), kind
        assert said["og:image:type"] == "image/png" == Image.MIME[picture.format or ""], kind
        assert said["og:image:alt"].startswith("SAMPLE DATA"), kind
        assert said["og:image:alt"] != said["og:title"], kind


def test_words_say_what_the_picture_shows(archive_site: Path, pages: dict[str, Page]) -> None:
    """What is written on each card is in its words, with the numbers of the published files."""
    api = archive_site / "api/v1"
    snapshot = json.loads((api / "snapshot.json").read_text("utf-8"))
    episode = json.loads((api / "episodes.json").read_text("utf-8"))["episodes"][-1]
    as_of = dt.date.fromisoformat(snapshot["as_of"])
    regime = snapshot["regime"]
    card = (f"{snapshot['ivts']:.4f}", regime["name"], f"day {regime['day']}", f"{as_of:%B %Y}", "scale")
    around = ("line chart", f"{episode['max_ivts']:.4f}", f"{episode['n_sessions']} session")
    plain = ("VIX / VIX3M", "Contango or backwardation, after every close")
    for kind, page in pages.items():
        said = told(page)
        if kind == "embed/*":
            continue  # its picture is the chart, its words those that the chart has everywhere
        wanted = {"episodes/*": around, "day/*": plain, "history/*": plain}.get(kind, card)
        assert [words for words in wanted if words not in said["og:image:alt"]] == [], kind


def test_descriptions_fit(pages: dict[str, Page]) -> None:
    """Search engines cut what is longer than 160 characters."""
    for kind, page in pages.items():
        (words,) = [m["content"] for m in page.all("meta") if m.get("name") == "description"]
        assert 0 < len(words) <= 160, kind


def test_pictures_that_change_have_addresses_of_their_own(archive_site: Path, pages: dict[str, Page]) -> None:
    """The card of the evening and that of an episode carry a hash; days and years share one that stays."""
    pictures = {kind: told(page)["og:image"].removeprefix(BASE) for kind, page in pages.items()}
    assert pictures["history/*"] == pictures["day/*"]
    for kind in ("index.html", "episodes/*", "history/*", "day/*"):
        *_, digest, suffix = pictures[kind].split(".")
        assert (len(digest), suffix) == (12, "png")
    assert (archive_site / "card.png").read_bytes() == (archive_site / pictures["index.html"]).read_bytes()


def test_icons(archive_site: Path) -> None:
    """At the root, where browsers and phones look for them."""
    for name, kind, size in (("favicon.ico", "ICO", (48, 48)), ("apple-touch-icon.png", "PNG", (180, 180))):
        icon = Image.open(io.BytesIO((archive_site / name).read_bytes()))
        assert (icon.format, icon.size) == (kind, size)
