"""The whole history as it is published."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from ivts_site.analytics.results import Analysis
from ivts_site.published import REGIMES, SCHEMA_VERSION
from ivts_site.published.history import History, HistoryCloses
from ivts_site.published.numbers import day, numbers


def build_history(analysis: Analysis, *, sample: bool, raw_closes: bool) -> History:
    """List every session with a defined ratio.

    Parameters
    ----------
    analysis : Analysis
        The one computation behind page, JSON and charts.
    sample : bool
        Whether the closes are simulated.
    raw_closes : bool
        Whether the closes may be published.

    Returns
    -------
    History
        Columns of equal length, oldest session first; numbers rounded as all published ones, so that its last
        items are those of the snapshot.
    """
    signal = analysis.signal
    sessions = np.datetime_as_string(signal.index.to_numpy(), unit="D")
    inside, days = signal["backwardation"].to_numpy(), signal["regime_day"].to_numpy()
    firsts: list[str] = sessions[np.arange(len(sessions)) - days + 1].tolist()
    return History(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(analysis.panel.as_of),
        n_sessions=len(sessions),
        session=tuple(sessions.tolist()),
        ivts=_numbers(signal["ivts"]),
        regime=tuple([REGIMES[each] for each in inside.tolist()]),
        regime_day=tuple(days.tolist()),
        rolling_rates={
            str(n): _numbers_or_none(analysis.rolling_rates[n]) for n in analysis.rolling_rates.columns
        },
        episode=tuple([first if each else None for first, each in zip(firsts, inside.tolist(), strict=True)]),
        suspect=tuple(signal["suspect"].tolist()),
        closes=_closes(analysis) if raw_closes else None,
    )


def _closes(analysis: Analysis) -> HistoryCloses:
    closes = analysis.panel.closes.loc[analysis.signal.index]
    return HistoryCloses(
        vix=_numbers(closes["front"]),
        vix3m=_numbers(closes["back"]),
        spy=_numbers_or_none(closes["benchmark"]),
    )


def _numbers(values: pd.Series) -> tuple[float, ...]:
    return tuple(cast("list[float]", numbers(values.tolist())))


def _numbers_or_none(values: pd.Series) -> tuple[float | None, ...]:
    return tuple(numbers(values.tolist()))
