"""Recorded closes as a fetch stores them; for tests that `shared.needs_shared` skips where there are none."""

from __future__ import annotations

import functools
import json

import pandas as pd
from tests.shared import DATA
from tests.view_states import config

FURTHER = {"vix9d": "VIX9D", "vix6m": "VIX6M", "vvix": "VVIX", "skew": "SKEW"}


def cboe_closes(symbol: str) -> pd.Series:
    """Closes of an index history file, all rows."""
    rows = pd.read_csv(next(DATA.rglob(f"{symbol}_History.csv")))
    days = pd.DatetimeIndex(pd.to_datetime(rows["DATE"], format="%m/%d/%Y"), name="session")
    return pd.Series(rows[rows.columns[-1]].to_numpy(), index=days, name="close")


def fred_closes(symbol: str) -> pd.Series:
    """Closes of a FRED file; days without one are left out."""
    rows = pd.read_csv(next(DATA.rglob(f"fredgraph_{symbol}.csv"))).dropna()
    days = pd.DatetimeIndex(rows[rows.columns[0]], name="session")
    return pd.Series(rows[symbol].to_numpy(), index=days, name="close")


@functools.cache
def recorded_closes() -> dict[str, pd.Series]:
    """Ratio and benchmark, VIX3M from FRED before Cboe; VIX on days without VIX3M and SPY is left out."""
    rows = json.loads(next(DATA.rglob("SPY.json")).read_text("utf-8"))["data"]
    days = pd.DatetimeIndex([row["date"] for row in rows], name="session")
    spy = pd.Series([float(row["close"]) for row in rows], index=days, name="close")
    front, own = cboe_closes("VIX"), cboe_closes("VIX3M")
    earlier = fred_closes("VXVCLS")
    back = pd.concat([earlier[earlier.index < own.index[0]], own])
    sessions = front.index[(front.index < days[0]) | front.index.isin(days) | front.index.isin(back.index)]
    return {"vix": front.loc[sessions], "vix3m": back, "spy": spy}


@functools.cache
def further_closes() -> dict[str, pd.Series]:
    """The optional series, impossible values left out, on the sessions of the others."""
    known, settings = recorded_closes()["vix"].index, config().series
    series = {key: cboe_closes(symbol) for key, symbol in FURTHER.items()}
    return {
        key: values[values.between(*settings[key].range) & values.index.isin(known)]
        for key, values in series.items()
    }
