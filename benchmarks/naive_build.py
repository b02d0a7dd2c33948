"""The usual way to make such a page, as a yardstick.

CSV, loops over rows, plotly.express, the full bundle inlined.

    naive_build.py FOLDER     reads FOLDER/{vix,vix3m,spy}.csv, writes FOLDER/naive.html

It computes and draws the same five views as the site, with none of its checks, texts or pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import plotly.express as px
import plotly.io as pio


def main(folder: Path) -> None:
    frames = [
        pd.read_csv(folder / f"{key}.csv").rename(columns={"close": key}) for key in ("vix", "vix3m", "spy")
    ]
    data = frames[0].merge(frames[1], on="session").merge(frames[2], on="session")
    data["session"] = pd.to_datetime(data["session"])

    rows, episodes, open_episode, day, previous = [], [], None, 0, None
    for position, row in data.iterrows():
        ivts = row["vix"] / row["vix3m"]
        regime = "backwardation" if ivts > 1.0 else "contango"
        day = day + 1 if regime == previous else 1
        previous = regime
        if regime == "backwardation":
            before = data.iloc[position - 1]["spy"] if position else row["spy"]
            open_episode = open_episode or {"first": row["session"], "before": before, "n": 0, "max": 0.0}
            open_episode["n"] += 1
            open_episode["max"] = max(open_episode["max"], ivts)
            open_episode["last"], open_episode["return"] = (
                row["session"],
                row["spy"] / open_episode["before"] - 1,
            )
        elif open_episode:
            episodes.append(open_episode)
            open_episode = None
        rows.append({"session": row["session"], "ivts": ivts, "regime": regime, "day": day})
    result = pd.DataFrame(rows)
    for n in (30, 60, 90):
        flags = [1 if regime == "backwardation" else 0 for regime in result["regime"]]
        result[f"rate{n}"] = [
            sum(flags[i - n + 1 : i + 1]) / n if i + 1 >= n else None for i in range(len(flags))
        ]
    result = result.merge(data, on="session")

    window = result[result["session"] > result["session"].iloc[-1] - pd.DateOffset(years=2)]
    figures = [
        px.line(
            result, x="session", y="ivts", hover_data=["vix", "vix3m", "spy", "regime", "day"], title="IVTS"
        ),
        px.line(result, x="session", y=["vix", "vix3m"], title="VIX and VIX3M"),
        px.bar(pd.DataFrame(episodes), x="first", y="return", title="SPY return by episode"),
        px.histogram(window, x="ivts", nbins=60, title="Distribution"),
        px.line(result, x="session", y=["rate30", "rate60", "rate90"], title="Rolling rate"),
    ]
    last = result.iloc[-1]
    body = "".join(
        pio.to_html(figure, include_plotlyjs=index == 0, full_html=False)
        for index, figure in enumerate(figures)
    )
    table = pd.DataFrame(episodes).tail(5).to_html()
    headline = f"<h1>IVTS {last['ivts']:.4f} {last['regime']} day {last['day']}</h1>"
    html = f"<html><body>{headline}{table}{body}</body></html>"
    (folder / "naive.html").write_text(html)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
