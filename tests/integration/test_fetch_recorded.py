"""Fetching the recorded history of the vendors, sound and with faults, where it is at hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import stamina
from tests.fixtures.feed import calendar, ratio_alone
from tests.sampled import sample
from tests.shared import DATA, Mirror, needs_shared
from tests.stored import read_closes

from ivts_site.config import load_config
from ivts_site.errors import DataError, IvtsError
from ivts_site.pipeline.fetch import FetchReport, fetch_all
from ivts_site.pipeline.inputs import load_inputs
from ivts_site.sources import ADAPTERS, clean_closes
from ivts_site.store import read_log, read_provenance, write_transaction

pytestmark = needs_shared

CONFIG = Path(__file__).resolve().parents[2] / "config.yaml"
NOW = dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC)
QUICK = ["http.read_timeout_seconds=0.5", "http.deadline_seconds=20"]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


def fetch(mirror: Mirror, data: Path, *overrides: str, now: dt.datetime = NOW) -> FetchReport:
    """Fetch the ratio's series alone."""
    settings = [*ratio_alone(), *mirror.overrides, *QUICK, *overrides]
    return fetch_all(load_config(CONFIG, settings), data, now=now)


def tree(data: Path) -> dict[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


# Sessions without a close, counted against the calendar of the exchange; holidays are no sessions, and a
# close outside the series' range is none, as VVIX's first six.
MISSING = {
    "VIX": 4, "VIX3M": 0, "VIX9D": 0, "VIX6M": 0, "VVIX": 67, "SKEW": 16, "SPY": 0,
    "VIXCLS": 3, "VXVCLS": 0, "SP500": 0,
}  # fmt: skip


@pytest.mark.parametrize("symbol", MISSING)
def test_recorded_files_are_dense_enough(symbol: str) -> None:
    """None lacks more than 1.4% of the sessions it spans; cut to Fridays each is refused."""
    (path,) = (p for p in DATA.rglob("*") if re.fullmatch(rf"(fredgraph_)?{symbol}(_History)?\.\w+", p.name))
    adapter = "cboe_chart" if path.suffix == ".json" else "fred_csv" if "fred" in path.name else "cboe_csv"
    parsed = ADAPTERS[adapter].parse(path.read_text("utf-8"), symbol)
    sessions = calendar(dt.date(1980, 1, 1), dt.date(2026, 12, 31))
    limits = ("store.max_bad_row_share=0.005", "store.max_missing_share=0.03")
    allowed = [50, 300] if symbol == "VVIX" else [1, 100_000]
    config = load_config(CONFIG, [f"series.vix.range={allowed}", *limits])
    kept = clean_closes(parsed, sessions, NOW, config, "vix").closes.index
    assert len(sessions.sessions_in(kept[0].date(), kept[-1].date())) - len(kept) == MISSING[symbol]
    fridays = parsed.closes[parsed.closes["session"].dt.day_of_week == 4].reset_index(drop=True)
    with pytest.raises(DataError, match=r"has no close for [\d,]+ of [\d,]+ sessions"):
        clean_closes(replace(parsed, closes=fridays), sessions, NOW, config, "vix")


def test_whole_history(recorded_data: Path) -> None:
    """Sessions with both indices, the first and the last, and how many have a ratio above one."""
    both = read_closes(recorded_data, "vix")[["close"]].join(
        read_closes(recorded_data, "vix3m")[["close"]].rename(columns={"close": "back"}), how="inner"
    )
    assert (len(both), f"{both.index[0]:%F}", f"{both.index[-1]:%F}") == (4587, "2007-12-04", "2026-02-27")
    assert int((both["close"] / both["back"] > 1).sum()) == 467
    ratio = both["close"] / both["back"]
    assert (f"{ratio.idxmax():%F}", round(ratio.max(), 6)) == ("2008-10-24", 1.430922)
    crisis = ratio["2008-09":"2009-03"]
    assert (int((crisis > 1).sum()), len(crisis)) == (104, 146)
    assert len(read_closes(recorded_data, "spy")) == 5574


def ranges(data: Path, key: str) -> list[tuple[str, str, str]]:
    return [
        (each.source, f"{each.first_session}", f"{each.last_session}")
        for each in read_provenance(data).series[key].ranges
    ]


def test_where_the_closes_come_from(recorded_data: Path) -> None:
    """FRED to the session before Cboe's first VIX3M row; VIX is Cboe's throughout, without 1999-12-31."""
    assert ranges(recorded_data, "vix3m") == [
        ("fred_csv", "2007-12-04", "2009-09-17"),
        ("cboe_csv", "2009-09-18", "2026-02-27"),
    ]
    assert ranges(recorded_data, "vix") == [("cboe_csv", "1990-01-02", "2026-02-27")]
    assert "1999-12-31" not in read_closes(recorded_data, "vix").index


def same_closes(one: Path, two: Path) -> None:
    """Values and sources of the ratio's series are the same in two stores."""
    for key in ("vix", "vix3m", "spy"):
        pd.testing.assert_frame_equal(read_closes(one, key), read_closes(two, key))


def test_an_outage_does_not_lengthen_the_history(recorded_data: Path, tmp_path: Path) -> None:
    """Cboe's VIX3M file is missing and FRED's, which begins in 2007, stands in: not one close changes."""
    data = copy(recorded_data, tmp_path)
    with Mirror(faults=["VIX3M=403"]) as mirror:
        fetch(mirror, data)
    same_closes(data, recorded_data)


def test_back_history_that_comes_later(recorded_data: Path, tmp_path: Path) -> None:
    """FRED is down on the very first evening: the history begins with Cboe's, and is whole a day later."""
    data = tmp_path / "data"
    with Mirror(faults=["fred=403"]) as mirror:
        fetch(mirror, data)
    assert ranges(data, "vix3m") == [("cboe_csv", "2009-09-18", "2026-02-27")]
    assert load_inputs(load_config(CONFIG), data).origins["vix3m"].back_history_missing
    with Mirror() as mirror:
        fetch(mirror, data)
    same_closes(data, recorded_data)
    assert not load_inputs(load_config(CONFIG), data).origins["vix3m"].back_history_missing


# Closes as Cboe's file had them in August 2023, and as it has them since; FRED has the new ones.
CORRECTED = {
    "2004-09-10": (14.01, 13.76),
    "2008-07-03": (24.80, 24.79),
    "2008-09-16": (31.54, 30.30),
    "2008-12-16": (51.29, 52.37),
    "2012-07-02": (16.74, 16.80),
    "2012-12-24": (18.59, 17.84),
    "2015-07-23": (12.63, 12.64),
    "2019-02-28": (14.70, 14.78),
}


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of August 2023, with the closes of that time."""
    data = tmp_path_factory.mktemp("august") / "data"
    with Mirror(as_of="2023-08-31") as mirror:
        fetch(mirror, data, now=dt.datetime(2023, 9, 1, 12, tzinfo=dt.UTC))
    frame, provenance = read_closes(data, "vix"), read_provenance(data)
    for day, (old, new) in CORRECTED.items():
        assert frame.loc[day, "close"] == new
        frame.loc[day, "close"] = old
    entry = replace(provenance.series["vix"], etag="", last_modified="")
    write_transaction(data, {"vix": frame}, replace(provenance, series={**provenance.series, "vix": entry}))
    return data


def revised(data: Path) -> list[tuple[str, float, float, str]]:
    entries = read_log(data, "revisions")
    return [(each["session"], each["old"], each["new"], each["confirmed_by"]) for each in entries]


def test_corrections_of_old_closes_are_confirmed_one_by_one(august: Path, tmp_path: Path) -> None:
    """All eight go in, of any size, with the name of the source that has them too."""
    data = copy(august, tmp_path)
    with Mirror() as mirror:
        fetch(mirror, data)
    expected = [(day, old, new, "fred_csv") for day, (old, new) in CORRECTED.items()]
    assert revised(data) == expected
    assert read_provenance(data).series["vix"].held == {}


def test_corrections_wait_for_the_second_source(recorded_data: Path, august: Path, tmp_path: Path) -> None:
    """With FRED down the old values stay and new sessions come in; the next evening they go in."""
    data = copy(august, tmp_path)
    with Mirror(faults=["fred=403"]) as mirror:
        fetch(mirror, data)
    closes = read_closes(data, "vix")["close"]
    assert f"{closes.index[-1]:%F}" == "2026-02-27"
    assert [float(closes[day]) for day in CORRECTED] == [old for old, _ in CORRECTED.values()]
    held = read_provenance(data).series["vix"].held
    assert {f"{day}": (each.old, each.new) for day, each in held.items()} == CORRECTED
    assert revised(data) == []
    with Mirror() as mirror:
        fetch(mirror, data, now=NOW + dt.timedelta(days=1))
    assert revised(data) == [(day, old, new, "fred_csv") for day, (old, new) in CORRECTED.items()]
    assert read_provenance(data).series["vix"].held == {}
    same_closes(data, recorded_data)


def test_overnight_rows_on_holidays(recorded_data: Path) -> None:
    """The 30 rows of the front index on market holidays are dropped and counted; 9,132 − 30 stay."""
    dropped = {
        key: entry.dropped["not_a_session"] for key, entry in read_provenance(recorded_data).series.items()
    }
    assert {key: n for key, n in dropped.items() if n} == {"vix": 30}
    assert {"vix3m", "spy"} <= dropped.keys()
    assert len(read_closes(recorded_data, "vix")) == 9102


def test_suspect_rows_are_kept(recorded_data: Path) -> None:
    """The repeated close of 2010-05-06 and the equal closes of 2015-09-17 are data like any other."""
    front, back = read_closes(recorded_data, "vix")["close"], read_closes(recorded_data, "vix3m")["close"]
    assert back["2010-05-06"] == back["2010-05-05"] == 26.37
    assert front["2015-09-17"] == back["2015-09-17"]


@pytest.mark.parametrize("day", ["2018-02-05", "2020-03-16", "2024-08-05"])
def test_crash_days_are_accepted(recorded_data: Path, day: str) -> None:
    """The largest moves of the history are true and stored as the vendor publishes them."""
    line = dt.date.fromisoformat(day).strftime("%m/%d/%Y,")
    text = (DATA / "cdn.cboe.com/api/global/us_indices/daily_prices/VIX_History.csv").read_text()
    (row,) = [row for row in text.splitlines() if row.startswith(line)]
    assert read_closes(recorded_data, "vix")["close"][day] == float(row.split(",")[-1])


def test_two_column_series(recorded_data: Path) -> None:
    """VVIX and SKEW come by configuration alone."""
    found = read_provenance(recorded_data).series
    assert {found[key].source for key in ("vvix", "skew", "vix9d", "vix6m")} == {"cboe_csv"}


def test_impossible_first_weeks(recorded_data: Path) -> None:
    """The closes of VVIX below 50 in 2006 are set aside by its range; it really was above 200."""
    text = (DATA / "cdn.cboe.com/api/global/us_indices/daily_prices/VVIX_History.csv").read_text()
    low = [row for row in text.splitlines()[1:] if float(row.split(",")[1]) < 50]
    assert read_provenance(recorded_data).series["vvix"].dropped["impossible"] == len(low) == 6
    closes = read_closes(recorded_data, "vvix")["close"]
    assert (closes.min() >= 50, closes.max()) == (True, 207.59)


@pytest.mark.parametrize(
    ("day", "close"),
    [
        pytest.param("2018-02-05", 37.32, marks=pytest.mark.whole),
        ("2020-03-16", 82.69),
        pytest.param("2024-08-05", 38.57, marks=pytest.mark.whole),
    ],
)
def test_evening_of_a_crash(tmp_path: Path, day: str, close: float) -> None:
    """The close of the day is taken that evening, with the other source at hand and nothing set aside."""
    with Mirror(as_of=day) as mirror:
        now = dt.datetime.fromisoformat(f"{day}T23:00:00-05:00")
        report = fetch(mirror, tmp_path / "data", now=now)
    front = read_closes(tmp_path / "data", "vix")["close"]
    assert (f"{front.index[-1]:%F}", front.iloc[-1]) == (day, close)
    assert report.series[0].provisional == []
    assert read_log(tmp_path / "data", "quarantine") == ()


@pytest.mark.parametrize("fault", sample(("truncated", "403", "html"), 3))
def test_faults_on_everything(recorded_data: Path, tmp_path: Path, fault: str) -> None:
    """With every vendor failing front and back are named, and nothing changes."""
    data = copy(recorded_data, tmp_path)
    before = tree(data)
    with Mirror(faults=[f"*={fault}"]) as mirror, pytest.raises(IvtsError) as caught:
        fetch(mirror, data)
    assert caught.value.exit_code == 3
    assert all(f"- {key}: " in str(caught.value) for key in ("vix", "vix3m"))
    assert tree(data) == before


def copy(store: Path, tmp_path: Path) -> Path:
    """Copy a store."""
    data = tmp_path / "data"
    for name, body in tree(store).items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(body)
    return data


def test_the_close_that_one_vendor_mixed_up(tmp_path: Path) -> None:
    """Yahoo's VIX of 2026-02-06 is the VIX3M close of that day: recorded with both values, not averaged."""
    with Mirror() as mirror:
        address = f"sources.yahoo.base_url={mirror.url}/query1.finance.yahoo.com"
        against = "series.vix.check_against=[{adapter: yahoo_chart, symbol: ^VIX}]"
        fetch(mirror, tmp_path / "data", address, against)
    (entry,) = read_log(tmp_path / "data", "disagreements")
    assert (entry["session"], entry["close"], entry["other_close"]) == ("2026-02-06", 17.76, 20.37)
    assert read_closes(tmp_path / "data", "vix")["close"]["2026-02-06"] == 17.76
    assert read_provenance(tmp_path / "data").series["vix"].provisional == {}
