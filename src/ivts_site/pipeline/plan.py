"""Files planned now and made when they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ivts_site.pipeline.core import Core
from ivts_site.publish import Recipe
from ivts_site.view.archive_types import PlainShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Files to come.

    Attributes
    ----------
    recipes : iterable of Recipe
        In the order of publication, to be gone through once.
    paths : tuple of str
        Their paths, known beforehand, so that links to them can be checked.
    listed : tuple of pairs of str
        Addresses of the pages among them, below the site's root, and the day on which each changed last.
    """

    recipes: Iterable[Recipe] = ()
    paths: tuple[str, ...] = ()
    listed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What all pages of the past are made with.

    Attributes
    ----------
    core : Core
        What the build has worked out.
    shell : PlainShellView
        Their frame.
    render : callable
        Renders a template, by its name, with a view.
    common : str
        Hash of everything that goes into every such page: program, templates, settings, static files.
    """

    core: Core
    shell: PlainShellView
    render: Callable[[str, object], bytes]
    common: str
