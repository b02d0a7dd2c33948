"""Linked data of the pages (schema.org, as JSON-LD)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from ivts_site.content import Content
from ivts_site.content.parts import Item
from ivts_site.published.index import MEDIA_TYPES
from ivts_site.published.snapshot import Snapshot
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head, Site

_DATASET = (
    "snapshot.json",
    "episodes.json",
    "episodes.csv",
    "history.json",
    "history.csv",
    "history.parquet",
)
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}  # so that no text can close the script


def linked_data(head: Head, site: Site) -> Markup:
    """Return a page's linked data as JSON that is safe between script tags; empty where it has none."""
    if head.trail is None:
        return Markup()
    crumbs = breadcrumbs(site, head.trail)
    linked = {"@graph": [*head.graph, crumbs]} if site.tonight else crumbs
    return embed_json({"@context": "https://schema.org", **linked})


def embed_json(value: object) -> Markup:
    """Return JSON that is safe between script tags, whatever the strings in it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPES))  # noqa: S704 - no markup character is left


def dataset(content: Content, snapshot: Snapshot, base_url: str, charts: Iterable[str]) -> dict[str, Any]:
    """Describe the published data; `charts` are the ids of charts, whose tables are among them."""
    paths = [*(f"api/v1/{name}" for name in _DATASET), *(f"charts/{name}.csv" for name in charts)]
    return {
        "@type": "Dataset",
        "name": content.head.site_name,
        "description": content.head.description,
        "url": base_url,
        "dateModified": snapshot.as_of,
        "license": f"{base_url}api/#files",
        "temporalCoverage": f"{snapshot.all_history.first_session}/{snapshot.all_history.last_session}",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": content.head.site_name, "url": base_url},
        "variableMeasured": ["VIX / VIX3M ratio", "regime", "backwardation rate", "backwardation episodes"],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[PurePosixPath(path).suffix],
                "contentUrl": f"{base_url}{path}",
            }
            for path in paths
        ],
    }


def faq_page(items: Iterable[Item]) -> dict[str, Any]:
    """List questions and answers."""
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": item.title,
                "acceptedAnswer": {"@type": "Answer", "text": build_prose(item.text).striptags()},
            }
            for item in items
        ],
    }


def breadcrumbs(site: Site, trail: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """List the way from the tracker page to a page."""
    base = site.config.site.base_url
    steps = [(site.title, base), *((label, f"{base}{path}") for label, path in trail)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": address}
            for position, (name, address) in enumerate(steps, start=1)
        ],
    }
