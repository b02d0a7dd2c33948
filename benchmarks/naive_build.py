"""The usual way to make such a page, as a yardstick.

CSV, loops over rows, plotly.express, the full bundle inlined:

    naive_build.py FOLDER     reads FOLDER/{vix,vix3m,spy}.csv, writes FOLDER/naive.html and naive.json

It computes the statistics of the snapshot and draws the same five views, one pass over the rows for each,
with none of the site's checks, pictures, texts or pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.io as pio

WINDOWS = {"3m": 3, "6m": 6, "1y": 12, "2y": 24, "5y": 60, "10y": 120, "all": 1200}
EVENTS = {
    "flash crash": ("2010-04-23", "2010-07-02"),
    "downgrade": ("2011-07-22", "2011-10-31"),
    "yuan": ("2015-08-10", "2015-10-30"),
    "volmageddon": ("2018-01-26", "2018-02-28"),
    "late 2018": ("2018-09-20", "2019-01-31"),
    "covid": ("2020-02-19", "2020-04-30"),
    "rate rises": ("2022-01-03", "2022-10-31"),
    "yen carry": ("2024-07-16", "2024-08-30"),
    "tariffs": ("2025-03-03", "2025-05-30"),
}


def load(folder: Path) -> pd.DataFrame:
    frames = [
        pd.read_csv(folder / f"{key}.csv").rename(columns={"close": key}) for key in ("vix", "vix3m", "spy")
    ]
    data = frames[0].merge(frames[1], on="session").merge(frames[2], on="session")
    data["session"] = pd.to_datetime(data["session"])
    return data


def add_regimes(data: pd.DataFrame) -> pd.DataFrame:
    rows, day, previous = [], 0, None
    for _, row in data.iterrows():
        ivts = row["vix"] / row["vix3m"]
        regime = "backwardation" if ivts > 1.0 else "contango"
        day = day + 1 if regime == previous else 1
        previous = regime
        rows.append({**row.to_dict(), "ivts": ivts, "regime": regime, "day": day})
    return pd.DataFrame(rows)


def find_episodes(data: pd.DataFrame) -> list[dict[str, Any]]:
    episodes: list[dict[str, Any]] = []
    current = None
    for position, row in data.iterrows():
        if row["regime"] != "backwardation":
            current = None
            continue
        if current is None:
            before = data.iloc[position - 1]["spy"] if position else None
            current = {"first": row["session"], "before": before, "n": 0, "max": 0.0, "low": row["spy"]}
            episodes.append(current)
        current["n"] += 1
        current["last"] = row["session"]
        current["max"] = max(current["max"], row["ivts"])
        current["low"] = min(current["low"], row["spy"])
        current["return"] = row["spy"] / current["before"] - 1 if current["before"] else None
    return episodes


def rolling_rate(data: pd.DataFrame, n: int) -> list[float | None]:
    flags: list[int] = []
    for _, row in data.iterrows():
        flags.append(1 if row["regime"] == "backwardation" else 0)
    return [sum(flags[i - n + 1 : i + 1]) / n if i + 1 >= n else None for i in range(len(flags))]


def window_statistics(data: pd.DataFrame, months: int) -> dict[str, Any]:
    start = data["session"].iloc[-1] - pd.DateOffset(months=months)
    ratios, fronts, backs, n = [], [], [], 0
    for _, row in data.iterrows():
        if row["session"] > start:
            ratios.append(row["ivts"])
            fronts.append(row["vix"])
            backs.append(row["vix3m"])
            n += row["regime"] == "backwardation"
    ranks = [
        sum(1 for value in values if value <= values[-1]) / len(values) for values in (ratios, fronts, backs)
    ]
    quantiles = pd.Series(ratios).quantile([0.5, 0.95, 0.99]).tolist()
    return {
        "n": len(ratios),
        "rate": n / len(ratios),
        "ranks": ranks,
        "quantiles": quantiles,
        "max": max(fronts),
    }


def forward_returns(data: pd.DataFrame, horizon: int) -> dict[str, float]:
    every, inverted = [], []
    for position, row in data.iterrows():
        if position + horizon < len(data):
            value = data.iloc[position + horizon]["spy"] / row["spy"] - 1
            every.append(value)
            if row["regime"] == "backwardation":
                inverted.append(value)
    return {"all": sum(every) / len(every), "backwardation": sum(inverted) / max(len(inverted), 1)}


def event(data: pd.DataFrame, first: str, last: str) -> dict[str, Any]:
    before, peak, high, drawdown, n, run, longest = None, 0.0, 0.0, 0.0, 0, 0, 0
    for _, row in data.iterrows():
        if row["session"] < pd.Timestamp(first):
            before = row["vix"]
        elif row["session"] <= pd.Timestamp(last):
            peak, high = max(peak, row["vix"]), max(high, row["spy"])
            drawdown = min(drawdown, row["spy"] / high - 1)
            run = run + 1 if row["regime"] == "backwardation" else 0
            n, longest = n + (run > 0), max(longest, run)
    return {"before": before, "peak": peak, "drawdown": drawdown, "n": n, "longest": longest}


def main(folder: Path) -> None:
    data = add_regimes(load(folder))
    episodes = find_episodes(data)
    for n in (30, 60, 90):
        data[f"rate{n}"] = rolling_rate(data, n)
    numbers = {
        "windows": {name: window_statistics(data, months) for name, months in WINDOWS.items()},
        "forward": {h: forward_returns(data, h) for h in (5, 21, 63)},
        "events": {name: event(data, *window) for name, window in EVENTS.items()},
        "episodes": [{key: str(value) for key, value in episode.items()} for episode in episodes],
    }
    (folder / "naive.json").write_text(json.dumps(numbers))
    recent = data[data["session"] > data["session"].iloc[-1] - pd.DateOffset(years=2)]
    figures = [
        px.line(
            data, x="session", y="ivts", hover_data=["vix", "vix3m", "spy", "regime", "day"], title="IVTS"
        ),
        px.line(data, x="session", y=["vix", "vix3m"], title="VIX and VIX3M"),
        px.bar(pd.DataFrame(episodes), x="first", y="return", title="SPY return by episode"),
        px.histogram(recent, x="ivts", nbins=60, title="Distribution"),
        px.line(data, x="session", y=["rate30", "rate60", "rate90"], title="Rolling rate"),
    ]
    last = data.iloc[-1]
    body = "".join(
        pio.to_html(figure, include_plotlyjs=index == 0, full_html=False)
        for index, figure in enumerate(figures)
    )
    headline = f"<h1>IVTS {last['ivts']:.4f} {last['regime']} day {last['day']}</h1>"
    table = pd.DataFrame(episodes).tail(5).to_html()
    (folder / "naive.html").write_text(f"<html><body>{headline}{table}{body}</body></html>")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
