"""What other pages show of this site: the picture, its size and its words, for every kind of page."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.markup import Page
from tests.view_states import config

BASE = config().site.base_url
KINDS = (
    "",
    "episodes/",
    "episodes/*/",
    "history/",
    "history/20*/",
    "day/*/",
    "compare/",
    "research/",
    "hedge/",
    "methodology/",
    "api/",
    "embed/signal/",
)


def page_of(site: Path, kind: str) -> tuple[str, Page]:
    """Path and markup of the first page of a kind."""
    found = sorted(path for path in site.glob(f"{kind}index.html"))[0]
    return found.relative_to(site).as_posix(), Page(found.read_text("utf-8"))


def told(page: Page) -> dict[str, str]:
    """Properties of a page for link previews."""
    return {m["property"]: m["content"] for m in page.all("meta") if "property" in m}


@pytest.mark.parametrize("kind", KINDS)
def test_preview(archive_site: Path, kind: str) -> None:
    """The picture exists, has the size and type that is told, and words that are not the page's title."""
    _, page = page_of(archive_site, kind)
    said = told(page)
    picture = Image.open(io.BytesIO((archive_site / said["og:image"].removeprefix(BASE)).read_bytes()))
    assert picture.size == (int(said["og:image:width"]), int(said["og:image:height"]))
    assert said["og:image:type"] == "image/png" == Image.MIME[picture.format or ""]
    assert said["og:image:alt"].startswith("SAMPLE DATA")
    assert said["og:image:alt"] != said["og:title"]


@pytest.mark.parametrize("kind", KINDS)
def test_descriptions_fit(archive_site: Path, kind: str) -> None:
    """Search engines cut what is longer than 160 characters."""
    _, page = page_of(archive_site, kind)
    (words,) = [m["content"] for m in page.all("meta") if m.get("name") == "description"]
    assert 0 < len(words) <= 160


def test_pictures_that_change_have_addresses_of_their_own(archive_site: Path) -> None:
    """The card of the evening and that of an episode carry a hash; days and years share one that stays."""
    pictures = {
        kind: told(page_of(archive_site, kind)[1])["og:image"].removeprefix(BASE)
        for kind in ("", "episodes/*/", "history/20*/", "day/*/")
    }
    assert pictures["history/20*/"] == pictures["day/*/"]
    for path in pictures.values():
        *_, digest, suffix = path.split(".")
        assert (len(digest), suffix) == (12, "png")
    assert (archive_site / "card.png").read_bytes() == (archive_site / pictures[""]).read_bytes()


def test_icons(archive_site: Path) -> None:
    """At the root, where browsers and phones look for them."""
    for name, kind, size in (("favicon.ico", "ICO", (48, 48)), ("apple-touch-icon.png", "PNG", (180, 180))):
        icon = Image.open(io.BytesIO((archive_site / name).read_bytes()))
        assert (icon.format, icon.size) == (kind, size)
