"""The published files for machines: JSON, tables, their schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ivts_site.charts import draw_badge
from ivts_site.charts.theme import COLOURS
from ivts_site.content import Content
from ivts_site.errors import RenderError
from ivts_site.model import Table
from ivts_site.pipeline.calendar import CALENDAR
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.pipeline.schema import COLUMNS, schema_at
from ivts_site.published.index import NAME as INDEX
from ivts_site.published.index import Index, build_index, read_schemas
from ivts_site.published.package import PACKAGE, build_package
from ivts_site.published.serialize import to_json, to_lines
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.tables import episode_table, history_table, to_columns, to_csv, to_parquet
from ivts_site.render import Page
from ivts_site.words import api as say
from ivts_site.words.linked import dataset, license_address
from ivts_site.words.site import Head

API = "api/v1"
PATH = "api/"
BADGE = "badge"
"""File name without suffix."""
SHIELDS = "https://img.shields.io/endpoint?url="
EXAMPLE_ADDRESS = "https://example.org/"
"""Address in the example programs, which the site's own replaces."""
SCHEMAS = Path("static/schema")
EXAMPLES = Path("templates/examples")


def build_api(
    context: BuildContext,
    files: Mapping[str, bytes],
    archived: Sequence[str],
    other_tables: Mapping[str, Table],
) -> Part:
    """Make the files below `api/v1/` with their index, all CSV files, the page on these, and the badge.

    `files` of other parts that lie in its folder are listed in the index, which names the folders of the
    `archived` paths; `other_tables` go by the path of their CSV file.
    """
    tables = {
        f"{API}/history.csv": history_table(context.history),
        f"{API}/episodes.csv": episode_table(context.episodes, context.analysis.statistics.forward_sessions),
        **other_tables,
    }
    written = {path: to_csv(table, sample=context.snapshot.sample).encode() for path, table in tables.items()}
    published = _published(context) | _in_folder({**files, **written})
    index = build_index(
        published | _in_folder(dict.fromkeys(archived, b"")),  # an index of folders needs no content
        sample=context.snapshot.sample,
        as_of=context.snapshot.as_of,
        licence=context.content.api.licence,
        documentation=f"{context.config.site.base_url}{PATH}",
    )
    published[INDEX] = to_json(index).encode()
    parquet = {f"{API}/{name}": body for name, body in published.items() if name.endswith(".parquet")}
    tabular = written | parquet
    schemas = read_schemas(published)
    make = partial(
        lay_out_api,
        context,
        index,
        len(published[INDEX]),
        schemas,
        calendar=CALENDAR if CALENDAR in files else "",
        tables=tables,
        tabular=tabular,
    )
    package = _package(context, tabular, tables, schemas)
    own = {f"{API}/{name}": body for name, body in published.items()}
    page = Page(path=PATH, template="api.html", make=make)
    return Part(files=written | own | package | _badge(context), pages=(page,))


def lay_out_api(  # noqa: PLR0913 - each is an origin of what the page says
    context: BuildContext,
    index: Index,
    index_size: int,
    schemas: Mapping[str, Mapping[str, Any]],
    *,
    calendar: str,
    tables: Mapping[str, Table],
    tabular: Mapping[str, bytes],
) -> dict[str, object]:
    """Return what the template of the page reads.

    `schemas` are the JSON Schemas by what they describe, `tables` the CSV files by their path below the
    site's root, `tabular` what they are written as; `calendar` is the calendar's path, if there is one.
    """
    words, base = context.content.api, context.config.site.base_url
    programs = {each.path: _program(context.root, each.path) for each in words.examples}
    return {
        "head": replace(
            Head.of(words, PATH), graph=(dataset(words.dataset, context.snapshot, context.site, tabular),)
        ),
        "words": words,
        "say": say,
        "base": base,
        "index": index,
        "index_size": index_size,
        "schemas": schemas,
        "programs": {path: text.replace(EXAMPLE_ADDRESS, base).rstrip() for path, text in programs.items()},
        "calendar": calendar,
        "tables": tables,
        "badge": say.badge_message(context.snapshot),
        "endpoint": f"{SHIELDS}{quote(f'{base}{BADGE}.json', safe='')}",
    }


def _package(
    context: BuildContext,
    bodies: Mapping[str, bytes],
    tables: Mapping[str, Table],
    schemas: Mapping[str, Mapping[str, Any]],
) -> dict[str, bytes]:
    words, site = context.content.api.dataset, context.site
    license_ = context.config.publish.license
    head = {
        "name": "vix-term-structure",
        "title": f"{site.prefix}{words.name}",
        "description": words.description,
        "homepage": f"{context.config.site.base_url}{PATH}",
        "version": context.snapshot.as_of,
        "licenses": [{"name": license_, "path": license_address(license_)}],
        "sources": [{"title": "Cboe Global Markets", "path": "https://www.cboe.com/"}],
        "keywords": list(words.keywords),
    }
    meanings = {
        path: {column.name: say.column_meaning(column, table, schemas) for column in table.file}
        for path, table in tables.items()
    }
    package = build_package(bodies, tables, meanings, head=head, sample=context.snapshot.sample)
    return {PACKAGE: to_json(package).encode()}


def badge_json(content: Content, snapshot: Snapshot) -> dict[str, Any]:
    """Return the badge in the form of the shields.io endpoint, version 1."""
    return {
        "schemaVersion": 1,
        "label": content.api.badge.label,
        "message": say.badge_message(snapshot),
        "color": COLOURS[snapshot.regime.name].removeprefix("#"),
    }


def _in_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files in `api/v1/` by their path below it."""
    return {path[len(API) + 1 :]: body for path, body in files.items() if path.startswith(f"{API}/")}


def _published(context: BuildContext) -> dict[str, bytes]:
    texts = {
        "snapshot.json": to_json(context.snapshot),
        "status.json": to_json(context.status),
        "episodes.json": to_json(context.episodes),
        "history.json": to_lines(context.history),
        f"{COLUMNS}.json": to_lines(
            to_columns(history_table(context.history), sample=context.snapshot.sample)
        ),
    }
    folder = f"{context.config.site.base_url}{API}/"
    texts |= {
        path.name: schema_at(f"{folder}{path.name}", path.read_text("utf-8"))
        for path in (context.root / SCHEMAS).glob("*.json")
    }
    files = {name: text.encode() for name, text in texts.items()}
    files["history.parquet"] = to_parquet(history_table(context.history), context.history)
    return files


def _program(root: Path, path: str) -> str:
    try:
        return (root / EXAMPLES / path).read_text("utf-8")
    except OSError as error:
        raise RenderError(f"{root / EXAMPLES / path}: {error.strerror}; api.yaml lists it") from error


def _badge(context: BuildContext) -> dict[str, bytes]:
    words = badge_json(context.content, context.snapshot)
    return {
        f"{BADGE}.json": (json.dumps(words, ensure_ascii=False) + "\n").encode(),
        f"{BADGE}.svg": draw_badge(words["label"], words["message"], context.analysis.regime.name),
    }
