"""Which charts exist: a new one is a file with `build` and a line here."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence

from ivts_site.analytics import Analysis
from ivts_site.charts import distribution, rolling_rate, signal, spy_backwardation, term_structure
from ivts_site.charts.options import Options
from ivts_site.errors import ConfigError
from ivts_site.model import Chart, ProvisionalRatio

Builder = Callable[[Analysis, Options], Chart]

BUILDERS: Mapping[str, Builder] = {
    signal.ID: signal.build,
    term_structure.ID: term_structure.build,
    spy_backwardation.ID: spy_backwardation.build,
    distribution.ID: distribution.build,
    rolling_rate.ID: rolling_rate.build,
}


def build_charts(
    analysis: Analysis,
    ids: Sequence[str],
    *,
    raw_closes: bool,
    sample: bool,
    provisional: ProvisionalRatio | None = None,
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

    Raises
    ------
    ConfigError
        Where an id is unknown; all unknown ids at once, each with the nearest known one.
    """
    unknown = [id_ for id_ in ids if id_ not in BUILDERS]
    if unknown:
        raise ConfigError("page.charts", [_problem(id_) for id_ in unknown])
    options = Options(raw_closes=raw_closes, sample=sample, provisional=provisional)
    return tuple(BUILDERS[id_](analysis, options) for id_ in ids)


def _problem(id_: str) -> str:
    near = difflib.get_close_matches(id_, BUILDERS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"no chart {id_!r}; {hint}known: {', '.join(BUILDERS)}"
