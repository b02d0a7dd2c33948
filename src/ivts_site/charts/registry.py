"""Charts by the id used in `config.yaml`: every module of this package that has an `ID` and a `build`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType

from ivts_site.analytics.results import Analysis
from ivts_site.charts.options import Options
from ivts_site.errors import ConfigError
from ivts_site.model import Chart

Builder = Callable[[Analysis, Options], Chart]


def _declared() -> Iterator[tuple[str, Builder]]:
    for found in iter_modules([str(Path(__file__).parent)]):
        module = import_module(f"{__package__}.{found.name}")
        if hasattr(module, "ID"):
            yield module.ID, module.build


BUILDERS: Mapping[str, Builder] = MappingProxyType(dict(_declared()))


def build_charts(analysis: Analysis, ids: Sequence[str], options: Options) -> tuple[Chart, ...]:
    """Return the charts with the given ids (keys of `BUILDERS`), in that order.

    Raises
    ------
    ConfigError
        Where an id is unknown; all unknown ids at once, each with the nearest known one.
    """
    unknown = [id_ for id_ in ids if id_ not in BUILDERS]
    if unknown:
        raise ConfigError("page.charts", [_problem(id_) for id_ in unknown])
    return tuple(BUILDERS[id_](analysis, options) for id_ in ids)


def _problem(id_: str) -> str:
    near = difflib.get_close_matches(id_, BUILDERS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"no chart {id_!r}; {hint}known: {', '.join(BUILDERS)}"
