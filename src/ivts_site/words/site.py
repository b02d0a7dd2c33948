"""What all pages of the site share, and what each says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ivts_site import __version__
from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.content.models import Footer
from ivts_site.content.parts import PageHead
from ivts_site.published.snapshot import SeriesState, Snapshot
from ivts_site.published.stats import unmarked
from ivts_site.published.studies import Labels

SAMPLE_PREFIX = "SAMPLE DATA"
"""What stands before every title that is read apart from its page, where closes are simulated."""
CARD, PREVIEW = "card.png", "preview.png"
DAILY, FLIPS, FUTURES_FLIPS = "feed", "flips", "futures-flips"
"""File names of the feeds, without suffix; the last is there where settlements of futures are."""
FEED_KINDS = {"xml": "application/atom+xml", "json": "application/feed+json"}
PAGES = (
    ("", "Today"),
    ("episodes/", "Inversions"),
    ("futures/", "Futures"),
    ("history/", "History"),
    ("compare/", "Compare"),
    ("research/", "Research"),
    ("guide/", "Guide"),
    ("hedge/", "Hedge lab"),
    ("methodology/", "Methodology"),
    ("api/", "Data"),
)
"""Path from the site's root, and label, of what the navigation offers, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself in its head."""

    title: str
    description: str
    """Of this page alone: site and sample mark are added."""
    trail: Sequence[tuple[str, str]] | None = None
    """Label and path of each step from the tracker page to the page itself; None where it has no place."""
    graph: Sequence[Mapping[str, Any]] = ()
    """Further linked data."""
    card: str = ""
    card_alt: str = ""
    """Path of a link preview's picture of its own, and what it shows."""

    @classmethod
    def of(cls, words: PageHead, path: str) -> Head:
        """Return the head of a page right below the tracker page, from its words."""
        return cls(title=words.title, description=unmarked(words.description), trail=((words.title, path),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tonight:
    """What changes in the frame of the pages from evening to evening."""

    snapshot: Snapshot
    image_alt: str
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all pages share."""

    config: Config
    """The settings: name, language, address, related links."""
    title: str
    tagline: str
    """Name of the site in titles and link previews; a few words under it."""
    footer: Footer
    feeds: tuple[tuple[str, str, str], ...]
    """Media type, title, and path below the root, of each feed."""
    sample: bool
    """Whether the closes are simulated."""
    tonight: Tonight | None
    """None for pages that are kept: nothing in their frame changes from evening to evening."""
    preview: str
    """Path of the picture for link previews of such pages."""
    futures: bool = False
    """Whether settlements of futures are stored, so that there is a page of their curve."""
    version: str = __version__

    @classmethod
    def of(  # noqa: PLR0913 - each is an origin of what pages share
        cls,
        content: Content,
        config: Config,
        snapshot: Snapshot,
        *,
        futures: bool = False,
        card: str = CARD,
        preview: str = PREVIEW,
    ) -> Site:
        """Put together what all pages share; the content's facts are filled in, the pictures' paths known."""
        texts = content.api.feeds
        return cls(
            config=config,
            title=content.head.site_name,
            tagline=content.head.tagline,
            footer=content.footer,
            feeds=tuple(
                (kind, feed.title, f"{name}.{suffix}")
                for name, feed in ((DAILY, texts.daily), (FLIPS, texts.flips), (FUTURES_FLIPS, texts.futures))
                if futures or name != FUTURES_FLIPS
                for suffix, kind in FEED_KINDS.items()
            ),
            sample=snapshot.sample,
            futures=futures,
            tonight=Tonight(snapshot=snapshot, image_alt=content.head.image_alt, card=card),
            preview=preview,
        )

    @property
    def preview_alt(self) -> str:
        """What the picture shows that pages have in link previews where nothing of the evening may stand."""
        return ". ".join((self.title, *preview_words(self.config)))

    @property
    def prefix(self) -> str:
        """The mark before titles of simulated closes; empty for real ones."""
        return f"{SAMPLE_PREFIX}: " if self.sample else ""

    @property
    def nav(self) -> Iterator[tuple[str, str]]:
        """Yield path and label of the pages of the navigation that the settings ask for."""
        absent = set() if self.config.archive.days else {"history/"}
        absent |= set() if self.futures else {"futures/"}
        return (page for page in PAGES if page[0] not in absent)

    @staticmethod
    def is_section(to: str, path: str) -> bool:
        """Tell whether a page belongs to the section of the navigation that begins at `to`."""
        return bool(to) and (path.startswith(to) or (to == "history/" and path.startswith("day/")))

    def kept(self) -> Site:
        """Return the site as kept pages see it."""
        return replace(self, tonight=None)


def names(config: Config) -> Labels:
    """Return what the three series are called."""
    keys = ("front", "back", "benchmark")
    return Labels(**{key: config.series[getattr(config.ratio, key)].label for key in keys})


def origin(series: SeriesState) -> str:
    """Say where the closes of a series came from."""
    return f.sources([(each.source, each.last_session) for each in series.ranges]) or f.vendor(series.source)


def preview_words(config: Config) -> tuple[str, str]:
    """Return what stands on the picture that is the same every evening."""
    label = names(config)
    return f"{label.front} / {label.back}", "Contango or backwardation, after every close"
