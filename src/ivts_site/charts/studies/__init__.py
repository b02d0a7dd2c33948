"""Pictures of the studies that have no template of their own.

A module with a `STUDY`, its name, and `pictures(research)` draws such a study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from ivts_site.published.studies import Research


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPicture:
    """A picture as a section without a template shows it."""

    id: str
    """Its anchor."""
    title: str
    svg: str
    """From `draw_whiskers` of `whiskers.py`, or from `draw` of `charts/picture.py`."""
    summary: str
    """What it shows, in a sentence or two."""
    shape: str = "rows"
    """`rows` for a picture as high as its rows, `curve` for a wide one."""


def study_pictures(research: Research) -> Mapping[str, tuple[StudyPicture, ...]]:
    """Draw the pictures of each study that has a module here, by the study's name."""
    found = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    return {each.STUDY: tuple(each.pictures(research)) for each in found if hasattr(each, "STUDY")}
