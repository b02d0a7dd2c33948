"""What is published as JSON."""

from ivts_site.snapshot.build import build_episode_list, build_snapshot
from ivts_site.snapshot.serialise import to_json
from ivts_site.snapshot.status import build_status
from ivts_site.snapshot.types import Episode, EpisodeList, Event, Snapshot, Status, Window

__all__ = [
    "Episode",
    "EpisodeList",
    "Event",
    "Snapshot",
    "Status",
    "Window",
    "build_episode_list",
    "build_snapshot",
    "build_status",
    "to_json",
]
