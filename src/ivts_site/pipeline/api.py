"""The published files for machines: JSON, tables, their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivts_site.pipeline.core import Core
from ivts_site.snapshot import to_csv, to_json, to_lines, to_parquet
from ivts_site.snapshot.index import NAME as INDEX
from ivts_site.snapshot.index import build_index
from ivts_site.snapshot.tables import episode_columns, history_columns

API = "api/v1"
SCHEMAS = Path("static/schema")
PAGE = "api/"


def build_api(core: Core, further: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files below `api/v1/` by their path below the site's root, with their index.

    Parameters
    ----------
    core : Core
        What the build has worked out.
    further : mapping
        Finished files of the parts, by their path below the site's root; those in the folder are listed, too.
    """
    published = _published(core) | {
        path.removeprefix(f"{API}/"): body for path, body in further.items() if path.startswith(f"{API}/")
    }
    index = build_index(
        published,
        sample=core.snapshot.sample,
        as_of=core.snapshot.as_of,
        licence=core.content.api.licence,
        documentation=f"{core.config.site.base_url}{PAGE}",
    )
    published[INDEX] = to_json(index).encode()
    return {f"{API}/{name}": body for name, body in published.items()}


def _published(core: Core) -> dict[str, bytes]:
    texts = {
        "snapshot.json": to_json(core.snapshot),
        "status.json": to_json(core.status),
        "episodes.json": to_json(core.episodes),
        "episodes.csv": to_csv(episode_columns(core.episodes)),
        "history.json": to_lines(core.history),
        "history.csv": to_csv(history_columns(core.history)),
    }
    texts |= {path.name: path.read_text("utf-8") for path in (core.root / SCHEMAS).glob("*.json")}
    files = {name: text.encode() for name, text in texts.items()}
    files["history.parquet"] = to_parquet(core.history)
    return files
