"""The badge in words: regime, ratio and their date."""

from __future__ import annotations

from typing import Any

from ivts_site import formatting as f
from ivts_site.charts.theme import COLOURS
from ivts_site.content import Content
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.head import SAMPLE_PREFIX

BADGE = "badge"
"""File name without suffix."""


def badge_message(snapshot: Snapshot) -> str:
    """Word the right half; the date is in it, as a badge may be shown long after it was made."""
    mark = f"{SAMPLE_PREFIX} " if snapshot.sample else ""
    return f"{mark}{snapshot.regime.name} {f.ratio(snapshot.ivts)}, {f.date_short(snapshot.as_of)}"


def badge_json(content: Content, snapshot: Snapshot) -> dict[str, Any]:
    """Return the badge in the form of the shields.io endpoint, version 1."""
    return {
        "schemaVersion": 1,
        "label": content.api.badge.label,
        "message": badge_message(snapshot),
        "color": COLOURS[snapshot.regime.name].removeprefix("#"),
    }
