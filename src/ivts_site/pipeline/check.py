"""Everything that can be checked without the network: settings, content, stored closes, the finished site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from ivts_site.config import Config
from ivts_site.content import load_content
from ivts_site.errors import CheckError, IvtsError, RenderError, UsageError
from ivts_site.pipeline.build import API, CONTENT
from ivts_site.publish import broken_links
from ivts_site.snapshot import EpisodeList, Snapshot
from ivts_site.store import read_closes, read_provenance

Result = TypeVar("Result")


def check_all(load: Callable[[], Config], *, root: Path, data_dir: Path, out: Path) -> Iterator[str]:
    """Run every check and tell its outcome.

    Parameters
    ----------
    load : callable
        Loads the configuration, which is the first check.
    root : Path
        Folder with ``templates/``.
    data_dir : Path
        Folder of the stored closes.
    out : Path
        Folder of the finished site.

    Yields
    ------
    str
        One line a check that passed.

    Raises
    ------
    CheckError
        After the last check, with every fault found.
    """
    faults: list[IvtsError] = []
    config = _try(load, faults)
    if config is not None:
        yield f"settings: {len(config.series)} series, {len(config.statistics.windows)} windows"
    content = _try(lambda: load_content(root / CONTENT), faults)
    if content is not None:
        yield f"content: {len(content.events.events)} events, {len(content.faq.items)} answers"
    for key in config.series if config else ():
        line = _try(lambda key=key: _check_series(data_dir, key), faults)  # type: ignore[misc]
        if line is not None:
            yield line
    line = _try(lambda: _check_site(out), faults)
    if line is not None:
        yield line
    if faults:
        raise CheckError(faults)


def _try(check: Callable[[], Result], faults: list[IvtsError]) -> Result | None:
    try:
        return check()
    except IvtsError as error:
        faults.append(error)
        return None


def _check_series(data_dir: Path, key: str) -> str:
    closes, provenance = read_closes(data_dir, key), read_provenance(data_dir).series
    if closes.empty:
        return f"{key}: nothing stored"
    if key not in provenance:
        raise UsageError(f"{data_dir}/provenance.json: says nothing about {key}; run `ivts-site fetch`")
    return f"{key}: {len(closes):,} closes, {closes.index[0]:%Y-%m-%d} to {closes.index[-1]:%Y-%m-%d}"


def _check_site(out: Path) -> str:
    if not out.is_dir():
        return f"{out}: no site built yet"
    problems = [
        *broken_links(out),
        *_invalid(out / API / "snapshot.json", Snapshot),
        *_invalid(out / API / "episodes.json", EpisodeList),
    ]
    if problems:
        raise RenderError(f"{out}: " + "; ".join(problems) + "; build it again")
    return f"{out}: links lead somewhere, JSON is as described"


def _invalid(path: Path, shape: type) -> Iterator[str]:
    try:
        TypeAdapter(shape).validate_json(path.read_bytes())
    except OSError:
        yield f"{path.name} is missing"
    except ValidationError as error:
        yield f"{path.name} is not as described ({error.error_count()} faults)"
