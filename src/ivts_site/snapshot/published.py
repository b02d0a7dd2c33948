"""Which JSON files are published, and the type that writes each: the origin of schemas, checks and index."""

from __future__ import annotations

from collections.abc import Mapping

from ivts_site.analytics.studies import RESEARCH
from ivts_site.published.day import Day
from ivts_site.published.episode import EpisodeList
from ivts_site.published.hedge import HedgeLab
from ivts_site.published.history import History
from ivts_site.snapshot import types

PUBLISHED: Mapping[str, type] = {
    "snapshot": types.Snapshot,
    "episodes": EpisodeList,
    "status": types.Status,
    "history": History,
    "day": Day,
    "hedge": HedgeLab,
    "research": RESEARCH,
    "index": types.Index,
}
"""File name without suffix, or folder of files of one kind, to type: a new file is a type and a line here."""

FOLDERS = frozenset({"day"})
"""Names that are folders, of one file for each session."""
