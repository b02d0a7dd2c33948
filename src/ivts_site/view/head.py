"""Head elements: titles, descriptions, link previews, linked data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from ivts_site.content import Content
from ivts_site.published.index import MEDIA_TYPES
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.parts import ItemView, LinkView
from ivts_site.view.types import ChartView, FeedLink, HeadView
from ivts_site.words.names import SAMPLE_PREFIX

CARD = "card.png"
DAILY, FLIPS = "feed", "flips"
"""File names of the feeds, without suffix."""
FEED_KINDS = {"xml": "application/atom+xml", "json": "application/feed+json"}
_DATASET = (
    "snapshot.json",
    "episodes.json",
    "episodes.csv",
    "history.json",
    "history.csv",
    "history.parquet",
)
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}  # so that no text can close the script


def build_head(  # noqa: PLR0913 - each is a part of the head
    content: Content,
    snapshot: Snapshot,
    base_url: str,
    *,
    path: str,
    title: str,
    description: str,
    graph: Sequence[Mapping[str, Any]] = (),
) -> HeadView:
    """Put the head of a page together; `path` leads from the base address to the page."""
    return _head(
        content,
        base_url,
        path=path,
        title=f"{title} · {content.head.site_name}" if path else title,
        description=description,
        sample=snapshot.sample,
        linked={"@graph": list(graph)} if graph else {},
        image=CARD,
        image_alt=content.head.image_alt,
    )


def build_plain_head(  # noqa: PLR0913 - each is a part of the head
    content: Content,
    base_url: str,
    *,
    path: str,
    title: str,
    description: str,
    sample: bool,
    trail: Sequence[LinkView],
    card: str = "",
) -> HeadView:
    """Put the head of a kept page together: like any other, without the picture of today.

    `trail` is the way from the tracker page to the page itself, hrefs below the base address. `card` is the
    path of a link preview's picture of its own, which the title describes; empty where it has none.
    """
    return _head(
        content,
        base_url,
        path=path,
        title=f"{title} · {content.head.site_name}",
        description=description,
        sample=sample,
        linked=breadcrumbs(content.head.site_name, base_url, trail),
        image=card,
        image_alt=title if card else "",
    )


def _head(  # noqa: PLR0913 - each is a part of the head
    content: Content,
    base_url: str,
    *,
    path: str,
    title: str,
    description: str,
    sample: bool,
    linked: Mapping[str, Any],
    image: str,
    image_alt: str,
) -> HeadView:
    prefix = f"{SAMPLE_PREFIX}: " if sample else ""
    return HeadView(
        title=f"{prefix}{title}",
        description=f"{prefix}{description}",
        canonical=f"{base_url}{path}",
        site_name=content.head.site_name,
        image=f"{base_url}{image}" if image else "",
        image_alt=f"{prefix}{image_alt}" if image else "",
        noindex=sample,
        json_ld=embed_json({"@context": "https://schema.org", **linked}) if linked else Markup(""),
        feeds=feed_links(content),
    )


def feed_links(content: Content) -> tuple[FeedLink, ...]:
    """List the feeds in both their forms."""
    texts = content.api.feeds
    return tuple(
        FeedLink(kind=kind, title=feed.title, href=f"{name}.{suffix}")
        for name, feed in ((DAILY, texts.daily), (FLIPS, texts.flips))
        for suffix, kind in FEED_KINDS.items()
    )


def embed_json(value: object) -> Markup:
    """Return JSON that is safe between script tags, whatever the strings in it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - no markup character is left


def dataset(
    content: Content, snapshot: Snapshot, base_url: str, charts: Sequence[ChartView]
) -> dict[str, Any]:
    """Describe the published data."""
    files = [(MEDIA_TYPES[PurePosixPath(path).suffix], f"api/v1/{path}") for path in _DATASET]
    files += [(MEDIA_TYPES[".csv"], chart.csv) for chart in charts]
    return {
        "@type": "Dataset",
        "name": content.head.title,
        "description": content.head.description,
        "url": base_url,
        "dateModified": snapshot.as_of,
        "license": f"{base_url}api/#files",
        "temporalCoverage": f"{snapshot.all_history.first_session}/{snapshot.all_history.last_session}",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": content.head.site_name, "url": base_url},
        "variableMeasured": ["VIX / VIX3M ratio", "regime", "backwardation rate", "backwardation episodes"],
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{base_url}{path}"}
            for kind, path in files
        ],
    }


def faq_page(items: Sequence[ItemView]) -> dict[str, Any]:
    """List questions and answers."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": item.title,
                "acceptedAnswer": {"@type": "Answer", "text": item.text.striptags()},
            }
            for item in items
        ],
    }


def breadcrumbs(site_name: str, base_url: str, trail: Sequence[LinkView] = ()) -> dict[str, Any]:
    """List the way from the tracker page to a page."""
    steps = [(site_name, base_url), *((link.label, f"{base_url}{link.href}") for link in trail)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(steps, start=1)
        ],
    }
