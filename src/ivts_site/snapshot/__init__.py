"""What is published as JSON."""

from ivts_site.snapshot.build import build_snapshot
from ivts_site.snapshot.serialise import rounded, to_json, to_lines
from ivts_site.snapshot.status import build_status
from ivts_site.snapshot.tables import to_parquet
from ivts_site.snapshot.types import Snapshot, Status, Window

__all__ = [
    "Snapshot",
    "Status",
    "Window",
    "build_snapshot",
    "build_status",
    "rounded",
    "to_json",
    "to_lines",
    "to_parquet",
]
