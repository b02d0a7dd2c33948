"""Linked data of the pages (schema.org, as JSON-LD)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from markupsafe import Markup

from ivts_site.content.models import DatasetWords
from ivts_site.content.parts import Item
from ivts_site.published.index import MEDIA_TYPES
from ivts_site.published.snapshot import Snapshot
from ivts_site.words.prose import build_prose
from ivts_site.words.site import Head, Site

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


def dataset(
    words: DatasetWords, snapshot: Snapshot, site: Site, files: Mapping[str, bytes]
) -> dict[str, Any]:
    """Describe the published data by what does not change from evening to evening; `files` by their path."""
    base, license_ = site.config.site.base_url, site.config.publish.license
    return {
        "@type": "Dataset",
        "@id": f"{base}api/",
        "identifier": f"{base}api/",
        "name": words.name,
        "description": words.description,
        "url": f"{base}api/",
        "sameAs": base,
        "dateModified": snapshot.as_of,
        "license": license_address(license_),
        "temporalCoverage": f"{snapshot.all_history.first_session}/{snapshot.all_history.last_session}",
        "isAccessibleForFree": True,
        "inLanguage": site.config.site.language,
        "keywords": list(words.keywords),
        "measurementTechnique": words.technique,
        "creator": {"@type": "Organization", "name": site.title, "url": base},
        "variableMeasured": list(words.variables),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[PurePosixPath(path).suffix],
                "contentUrl": f"{base}{path}",
                "contentSize": f"{len(body)} B",
                "sha256": hashlib.sha256(body).hexdigest(),
            }
            for path, body in files.items()
        ],
    }


def license_address(license_: str) -> str:
    """Return where the text of a license is, by its SPDX identifier."""
    return f"https://spdx.org/licenses/{license_}.html"


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
