"""Charts by the id used in `config.yaml`: every module of this package that has an `ID` and a `build`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType

from ivts_site.analytics import Analysis
from ivts_site.charts.options import Options
from ivts_site.errors import ConfigError
from ivts_site.model import Chart, NamedSpan, ProvisionalRatio

Builder = Callable[[Analysis, Options], Chart]


def _declared() -> Iterator[tuple[str, Builder]]:
    for found in iter_modules([str(Path(__file__).parent)]):
        module = import_module(f"{__package__}.{found.name}")
        if hasattr(module, "ID"):
            yield module.ID, module.build


BUILDERS: Mapping[str, Builder] = MappingProxyType(dict(_declared()))


def build_charts(  # noqa: PLR0913 (the settings of a build, each by its name)
    analysis: Analysis,
    ids: Sequence[str],
    *,
    raw_closes: bool,
    sample: bool,
    provisional: ProvisionalRatio | None = None,
    events: Sequence[NamedSpan] = (),
    back_source_since: str = "",
) -> tuple[Chart, ...]:
    """Return the charts with the given ids, in that order.

    Parameters
    ----------
    analysis : Analysis
        The one computation behind page, JSON and charts.
    ids : sequence of str
        Keys of `BUILDERS`.
    raw_closes : bool
        Whether CSV downloads may hold the closes of the three series.
    sample : bool
        Whether the closes are simulated; every figure, picture and description then says so.
    provisional : ProvisionalRatio, optional
        A ratio after the last session, marked on the main chart.
    events : sequence of NamedSpan
        Past events whose names stand at their peaks.
    back_source_since : str
        First session on which the back's closes come from its main source; empty where all do.

    Raises
    ------
    ConfigError
        Where an id is unknown; all unknown ids at once, each with the nearest known one.
    """
    unknown = [id_ for id_ in ids if id_ not in BUILDERS]
    if unknown:
        raise ConfigError("page.charts", [_problem(id_) for id_ in unknown])
    options = Options(
        raw_closes=raw_closes,
        sample=sample,
        provisional=provisional,
        events=tuple(events),
        back_source_since=back_source_since,
    )
    return tuple(BUILDERS[id_](analysis, options) for id_ in ids)


def _problem(id_: str) -> str:
    near = difflib.get_close_matches(id_, BUILDERS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"no chart {id_!r}; {hint}known: {', '.join(BUILDERS)}"
