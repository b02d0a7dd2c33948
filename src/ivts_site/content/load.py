"""The folder of editorial files to a `Content`; every problem of every file is reported at once."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ivts_site.content.models import Content, Section
from ivts_site.content.text import content_problems, nodes
from ivts_site.errors import ContentError
from ivts_site.yamlfile import YamlFileError, list_problems, read_yaml

METHODOLOGY_PAGE = ("methodology", "faults", "terms", "corrections")
"""Files whose anchors share the methodology page; all others share the tracker page."""

_MODELS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Content.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}


def load_content(folder: Path) -> Content:
    """Read and validate every editorial file of a folder; placeholders are checked and not yet filled.

    Any `.yaml` file beside those of the parts of `Content` is a section, found by being there. A ContentError
    tells every problem found: file, key path, what is wrong, nearest valid name.
    """
    problems: list[str] = []
    loaded: dict[str, BaseModel] = {}
    sections = sorted(path.stem for path in folder.glob("*.yaml") if path.stem not in _MODELS)
    models: dict[str, type[BaseModel]] = {**_MODELS, **dict.fromkeys(sections, Section)}
    for name, model in models.items():
        try:
            loaded[name] = _load_file(folder / f"{name}.yaml", model)
        except ContentError as error:
            problems += [f"{error.where}: {problem}" for problem in error.problems]
    problems += _repeated_anchors(loaded)
    if problems:
        raise ContentError(str(folder), problems)
    found = {name: loaded[name] for name in sections}
    return Content.model_validate({**{name: loaded[name] for name in _MODELS}, "sections": found})


def _load_file(path: Path, model: type[BaseModel]) -> BaseModel:
    try:
        tree = read_yaml(path)
    except YamlFileError as error:
        raise ContentError(path.name, [f"{error}{_nearest_file(path)}"]) from error
    problems = content_problems(tree)
    try:
        part = model.model_validate(tree)
    except ValidationError as error:
        raise ContentError(path.name, list_problems(error, model) + problems) from error
    if problems:
        raise ContentError(path.name, problems)
    return part


def _nearest_file(path: Path) -> str:
    if path.exists():
        return ""
    names = sorted(other.name for other in path.parent.glob("*.y*ml") if other.stem not in _MODELS)
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.7)
    return f"; rename {close[0]!r}?" if close else ""


def _repeated_anchors(loaded: Mapping[str, BaseModel]) -> list[str]:
    problems = []
    for on_methodology in (False, True):
        files = [name for name in loaded if (name in METHODOLOGY_PAGE) is on_methodology]
        places: dict[str, list[str]] = {}
        for name in files:
            parts = (part for _, part in nodes(loaded[name].model_dump()) if isinstance(part, Mapping))
            for anchor, count in Counter(part["id"] for part in parts if "id" in part).items():
                places.setdefault(anchor, []).extend([f"{name}.yaml"] * count)
        problems += [
            f"{found[-1]}: id {anchor!r} is used {len(found)} times on its page (in {', '.join(found)})"
            for anchor, found in places.items()
            if len(found) > 1
        ]
    return problems
