"""The published files for machines: JSON, tables, their schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from ivts_site.charts import draw_badge
from ivts_site.errors import RenderError
from ivts_site.pipeline.core import Core, Part
from ivts_site.published.index import NAME as INDEX
from ivts_site.published.index import build_index, read_schemas
from ivts_site.published.serialize import to_json, to_lines
from ivts_site.published.tables import episode_columns, history_columns, to_csv, to_parquet
from ivts_site.render import Page
from ivts_site.view.api import PATH, build_api_view
from ivts_site.view.badge import BADGE, badge_json
from ivts_site.view.calendar_file import CALENDAR

API = "api/v1"
SCHEMAS = Path("static/schema")
EXAMPLES = Path("templates/examples")


def build_api(core: Core, further: Mapping[str, bytes], later: Sequence[str] = ()) -> Part:
    """Make the files below `api/v1/` with their index, the page that documents them, and the badge.

    Parameters
    ----------
    core : Core
        What the build has worked out.
    further : mapping
        Finished files of the parts, by their path below the site's root; those in the folder are listed, too.
    later : sequence of str
        Paths of files that are made when they are written; the index names their folders.
    """
    published = _published(core) | {
        path.removeprefix(f"{API}/"): body for path, body in further.items() if path.startswith(f"{API}/")
    }
    index = build_index(
        published | _below(later),
        sample=core.snapshot.sample,
        as_of=core.snapshot.as_of,
        licence=core.content.api.licence,
        documentation=f"{core.config.site.base_url}{PATH}",
    )
    published[INDEX] = to_json(index).encode()
    page = build_api_view(
        index,
        len(published[INDEX]),
        schemas=read_schemas(published),
        programs={each.path: _program(core.root, each.path) for each in core.content.api.examples},
        snapshot=core.snapshot,
        content=core.content,
        config=core.config,
        calendar=CALENDAR in further,
    )
    files = {f"{API}/{name}": body for name, body in published.items()}
    made = Page(path=PATH, template="api.html", make=lambda: {"view": page})
    return Part(files=files | _badge(core), pages=(made,))


def _below(paths: Sequence[str]) -> dict[str, bytes]:
    """Return the paths within the folder, with nothing in them: an index of folders needs no more."""
    return {path.removeprefix(f"{API}/"): b"" for path in paths if path.startswith(f"{API}/")}


def _published(core: Core) -> dict[str, bytes]:
    texts = {
        "snapshot.json": to_json(core.snapshot),
        "status.json": to_json(core.status),
        "episodes.json": to_json(core.episodes),
        "episodes.csv": to_csv(episode_columns(core.episodes, core.analysis.statistics.forward_sessions)),
        "history.json": to_lines(core.history),
        "history.csv": to_csv(history_columns(core.history)),
    }
    texts |= {path.name: path.read_text("utf-8") for path in (core.root / SCHEMAS).glob("*.json")}
    files = {name: text.encode() for name, text in texts.items()}
    files["history.parquet"] = to_parquet(core.history)
    return files


def _program(root: Path, path: str) -> str:
    try:
        return (root / EXAMPLES / path).read_text("utf-8")
    except OSError as error:
        raise RenderError(f"{root / EXAMPLES / path}: {error.strerror}; api.yaml names it") from error


def _badge(core: Core) -> dict[str, bytes]:
    words = badge_json(core.content, core.snapshot)
    return {
        f"{BADGE}.json": (json.dumps(words, ensure_ascii=False) + "\n").encode(),
        f"{BADGE}.svg": draw_badge(words["label"], words["message"], core.analysis.regime.name),
    }
