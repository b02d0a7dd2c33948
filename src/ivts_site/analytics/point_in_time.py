"""Each session's closes, regime and changes that evening, without what needs the history's windows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.rows import Convert, PlainRow, iso_days, plain_rows
from ivts_site.analytics.rules import RatioRules
from ivts_site.analytics.term_structure import find_bands, is_borderline
from ivts_site.published import REGIMES

_CLOSES = {"front": "vix", "back": "vix3m", "benchmark": "spy"}


def tabulate(
    closes: pd.DataFrame, signal: pd.DataFrame, spells: pd.DataFrame, rules: RatioRules
) -> pd.DataFrame:
    """Tell each session's closes and ratio, where they stand, and how they changed.

    Where `signal` begins later than the ratio, rows are whole from the one after `slope_sessions` on.

    Columns are named after the published record and its field where there is one:

    - ivts, backwardation (bool), suspect (bool: a close of the session is suspect), n_gaps (sessions
      without a ratio between the previous one and this);
    - closes.vix, closes.vix3m, closes.spy: closes, the last NaN where not stored; closes.distance: front
      close at the threshold − front close;
    - regime.day, regime.since (first session of the spell), regime.band (name), regime.borderline (bool),
      regime.slope (NaN where too few sessions), regime.distance_return (distance / front close);
    - changes.previous_session (with a ratio, NaT for the first); changes.ivts, closes.NAME_change and
      changes.NAME_return for each close: from that session, NaN where a close is missing.
    """
    stored = closes.loc[signal.index, list(_CLOSES)].set_axis(list(_CLOSES.values()), axis="columns")
    ivts, distance = signal["ivts"], rules.threshold * stored["vix3m"] - stored["vix"]
    place = closes.index.searchsorted(signal.index)
    columns: dict[str, Any] = {
        "ivts": ivts,
        "backwardation": signal["backwardation"],
        "suspect": signal["suspect"],
        **{f"closes.{name}": close for name, close in stored.items()},
        "closes.distance": distance,
        "regime.day": signal["regime_day"],
        "regime.since": pd.DatetimeIndex(spells["first_session"].to_numpy()[signal["spell"].to_numpy()]),
        "regime.band": find_bands(ivts.to_numpy(), rules.bands),
        "regime.borderline": is_borderline(ivts.to_numpy(), rules.borderline),
        "regime.slope": ivts.diff(rules.slope_sessions),
        "regime.distance_return": distance / stored["vix"],
        "n_gaps": np.diff(place, prepend=place[0] - 1) - 1,
        "changes.previous_session": signal.index.to_series().shift(),
        "changes.ivts": ivts.diff(),
        **{f"closes.{name}_change": change for name, change in stored.diff().items()},
        **{f"changes.{name}_return": moved for name, moved in stored.pct_change(fill_method=None).items()},
    }
    return pd.DataFrame(columns, index=signal.index.rename("session"))


def list_rows(
    table: pd.DataFrame, convert: Convert, others: Mapping[str, Sequence[Any]] | None = None
) -> Iterator[PlainRow]:
    """Yield the rows of a point-in-time table with session and name of the regime, see `plain_rows`."""
    regimes = [REGIMES[each] for each in table["backwardation"].tolist()]
    return plain_rows(
        table, convert, {"session": iso_days(table.index), "regime.name": regimes, **(others or {})}
    )
