"""Every number the site publishes is decided here: values in, values out.

What is named here is imported where it is first used: the hedge lab's commands need none of it, nor the
second in which pandas comes with it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivts_site.analytics.core import analyze, build_signal
    from ivts_site.analytics.results import Analysis, Histogram

__all__ = ["Analysis", "Histogram", "analyze", "build_signal"]

_HOMES = {"analyze": "core", "build_signal": "core"}


def __getattr__(name: str) -> Any:
    """Import what the package offers from where it is defined, once."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'results')}"), name)
    globals()[name] = found
    return found
