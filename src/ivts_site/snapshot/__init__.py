"""What is published as JSON."""

from ivts_site.snapshot.build import build_episode_list, build_snapshot
from ivts_site.snapshot.history import build_history
from ivts_site.snapshot.serialise import to_json, to_lines
from ivts_site.snapshot.status import build_status
from ivts_site.snapshot.tables import to_csv, to_parquet
from ivts_site.snapshot.types import Episode, EpisodeList, Event, History, Snapshot, Status, Window

__all__ = [
    "Episode",
    "EpisodeList",
    "Event",
    "History",
    "Snapshot",
    "Status",
    "Window",
    "build_episode_list",
    "build_history",
    "build_snapshot",
    "build_status",
    "to_csv",
    "to_json",
    "to_lines",
    "to_parquet",
]
