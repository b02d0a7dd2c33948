"""History and episodes as JSON, CSV and Parquet: the same values in each, readable by common tools."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from tests.panels import (
    STATISTICS,
    analyse_panel,
    analyse_ratios,
    make_panel,
    publish_snapshot,
)

from ivts_site.analytics.history import build_history
from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.published.serialize import to_json, to_lines
from ivts_site.published.tables import episode_table, history_table, to_csv, to_parquet

HORIZONS = STATISTICS.forward_sessions
RATIOS = [0.9, 1.1, None, 1.2, 0.95, 1.0, 1.1]
NAMES = ["session", "ivts", "regime", "regime_day", "rate_2", "rate_3", "episode", "suspect"]


def history_of(*, raw_closes: bool = False, sample: bool = False) -> Any:
    return build_history(
        analyse_ratios(RATIOS, rolling_sessions=(2, 3)), sample=sample, raw_closes=raw_closes
    )


def history_csv(history: Any) -> str:
    return to_csv(history_table(history), sample=history.sample)


def episodes_csv(listed: Any) -> str:
    return to_csv(episode_table(listed, HORIZONS), sample=listed.sample)


def parsed(text: str) -> dict[str, list[Any]]:
    """A CSV read with the standard library alone, each cell to the value that JSON has."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return {name: [_value(row[name]) for row in rows] for name in rows[0]}


def _value(cell: str) -> Any:
    if cell in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[cell]
    try:
        return float(cell)
    except ValueError:
        return cell


def test_values_by_hand() -> None:
    """Monday 6 January 2020 to Tuesday of the week after; the eighth has no ratio and no row.

    In backwardation: the 7th, the 9th (the gap on the 8th neither breaks nor lengthens it), the 14th.
    Rates over two: 1/2, 2/2, 1/2, 0/2, 1/2; over three: 2/3, 2/3, 1/3, 1/3. The back close is always 20,
    which is suspect where the front moved by more than 10%.
    """
    document = json.loads(to_lines(history_of()))
    assert document == {
        "schema_version": "1.0",
        "sample": False,
        "as_of": "2020-01-14",
        "n_sessions": 6,
        "session": ["2020-01-06", "2020-01-07", "2020-01-09", "2020-01-10", "2020-01-13", "2020-01-14"],
        "ivts": [0.9, 1.1, 1.2, 0.95, 1.0, 1.1],
        "regime": [
            "contango",
            "backwardation",
            "backwardation",
            "contango",
            "contango",
            "backwardation",
        ],
        "regime_day": [1, 1, 2, 1, 2, 1],
        "rolling_rates": {
            "2": [None, 0.5, 1.0, 0.5, 0.0, 0.5],
            "3": [None, None, 0.666667, 0.666667, 0.333333, 0.333333],
        },
        "episode": [None, "2020-01-07", "2020-01-07", None, None, "2020-01-14"],
        "suspect": [False, True, False, True, False, False],  # front +22%, +9%, −21%, +5%, +10%
        "closes": None,
    }


def test_the_last_row_is_the_snapshot() -> None:
    """Page, snapshot and history take a number from one computation; so do episodes."""
    panel = make_panel([18.13, 21.57, 19.03, 20.11], [20.01, 20.57, 20.66, 20.1], [100, 95, 99, 101])
    analysis = analyse_panel(panel, rolling_sessions=(2, 3))
    snapshot = publish_snapshot(analysis)
    history = build_history(analysis, sample=False, raw_closes=True)
    assert history.as_of == history.session[-1] == snapshot.as_of
    assert history.ivts[-1] == snapshot.ivts
    assert (history.regime[-1], history.regime_day[-1]) == (snapshot.regime.name, snapshot.regime.day)
    assert {n: rates[-1] for n, rates in history.rolling_rates.items()} == snapshot.rolling_rates
    assert history.closes is not None
    last = (history.closes.vix[-1], history.closes.vix3m[-1], history.closes.spy[-1])
    assert last == (snapshot.closes.vix, snapshot.closes.vix3m, snapshot.closes.spy)
    episodes = build_episode_list(analysis, sample=False).episodes
    assert list(dict.fromkeys(filter(None, history.episode))) == [each.first_session for each in episodes]


def test_csv_holds_the_values_of_the_json() -> None:
    """Every cell, by a reader of its own; header in the order of the documentation."""
    history = history_of()
    document, table = json.loads(to_lines(history)), parsed(history_csv(history))
    assert list(table) == NAMES
    rates = {f"rate_{n}": values for n, values in document["rolling_rates"].items()}
    for name, values in table.items():
        assert values == (rates[name] if name in rates else document[name]), name


def test_episodes_csv_holds_the_values_of_the_json() -> None:
    """All keys of an episode are columns; one for each horizon where a key holds several."""
    listed = build_episode_list(analyse_ratios(RATIOS), sample=False)
    episodes = json.loads(to_json(listed))["episodes"]
    for episode in episodes:
        for key in ("spy_after_start", "spy_after_end"):
            episode |= {f"{key}_{horizon}": value for horizon, value in episode.pop(key).items()}
    table = parsed(episodes_csv(listed))
    assert set(table) == set(episodes[0])
    assert [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)] == episodes


def test_without_episodes_the_csv_is_its_header() -> None:
    """A reader still learns the columns: those that the table has once there is an episode."""
    without, with_one = (
        episodes_csv(build_episode_list(analyse_ratios(ratios), sample=False))
        for ratios in ([0.9, 0.8], [0.9, 1.1])
    )
    assert without.count("\n") == 1
    assert without == with_one.splitlines(keepends=True)[0]
    assert ",spy_after_start_5,spy_after_start_21,spy_after_start_63,spy_after_end_5," in without


def test_closes_only_where_they_are_published() -> None:
    """The three columns come with the switch; nothing else changes."""
    without, with_closes = (history_csv(history_of(raw_closes=on)) for on in (False, True))
    assert without.splitlines()[0] == ",".join(NAMES)
    assert with_closes.splitlines()[0] == ",".join([*NAMES, "vix", "vix3m", "spy"])
    assert [line.rsplit(",", 3)[0] for line in with_closes.splitlines()] == without.splitlines()
    assert with_closes.splitlines()[1].endswith(",18.0,20.0,100.0")
    assert json.loads(to_lines(history_of(raw_closes=True)))["closes"]["vix"] == [18, 22, 24, 19, 20, 22]


def test_sample_files_say_so_in_every_row() -> None:
    """A table that is passed on without its page cannot be taken for market data."""
    history = history_of(sample=True)
    assert json.loads(to_lines(history))["sample"] is True
    assert parsed(history_csv(history))["sample"] == [True] * 6
    assert pd.read_parquet(io.BytesIO(to_parquet(history_table(history), history)))["sample"].all()
    episodes = build_episode_list(analyse_ratios(RATIOS), sample=True)
    assert parsed(episodes_csv(episodes))["sample"] == [True, True]


def frames(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of a Parquet file as three libraries read them."""
    by_pandas = pd.read_parquet(path).astype(object)
    by_duckdb = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    names = [column[0] for column in by_duckdb.description or ()]
    return {
        "pandas": by_pandas.where(by_pandas.notna(), None).to_dict("records"),
        "polars": pl.read_parquet(path).to_dicts(),
        "duckdb": [dict(zip(names, row, strict=True)) for row in by_duckdb.fetchall()],
    }


@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize("raw_closes", [False, True])
def test_parquet_opens_in_common_libraries(library: str, raw_closes: bool, tmp_path: Path) -> None:
    """Each reads the values of the CSV; sessions and episodes are dates."""
    history = history_of(raw_closes=raw_closes)
    path = tmp_path / "history.parquet"
    path.write_bytes(to_parquet(history_table(history), history))
    wanted = parsed(history_csv(history))
    for name in ("session", "episode"):
        wanted[name] = [each and dt.date.fromisoformat(each) for each in wanted[name]]
    rows = [dict(zip(wanted, row, strict=True)) for row in zip(*wanted.values(), strict=True)]
    assert frames(path)[library] == rows


def test_the_parquet_file_tells_its_session_and_version() -> None:
    """Notes of the file itself: which schema, through which session, whether simulated."""
    import pyarrow.parquet as pq

    history = history_of()
    notes = pq.read_metadata(io.BytesIO(to_parquet(history_table(history), history))).metadata
    assert {key: notes[key] for key in (b"schema_version", b"as_of", b"sample")} == {
        b"schema_version": b"1.0",
        b"as_of": b"2020-01-14",
        b"sample": b"false",
    }


def test_same_history_same_bytes() -> None:
    """All three forms are functions of the closes."""
    one, other = history_of(), history_of()
    assert to_lines(one) == to_lines(other)
    assert history_csv(one) == history_csv(other)
    assert to_parquet(history_table(one), one) == to_parquet(history_table(other), other)


def test_one_line_a_key() -> None:
    """Long columns stay on a line each; what is not JSON is refused."""
    text = to_lines(history_of())
    assert [line.partition(":")[0].strip('"') for line in text.splitlines()[1:-1]] == list(json.loads(text))
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_lines(build_history_with_nan())


def build_history_with_nan() -> Any:
    import dataclasses

    return dataclasses.replace(history_of(), ivts=(float("nan"),) * 6)
