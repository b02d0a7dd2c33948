"""Fetching the recorded history of the vendors, sound and with faults, where it is at hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import stamina
from tests.fixtures.feed import calendar
from tests.shared import DATA, Mirror, needs_shared

from ivts_site.config import load_config
from ivts_site.errors import DataError, IvtsError
from ivts_site.pipeline.fetch import FetchReport, fetch_all
from ivts_site.sources import ADAPTERS, Rules, clean_closes
from ivts_site.store import read_closes, read_log, read_provenance

pytestmark = needs_shared

CONFIG = Path(__file__).resolve().parents[2] / "config.yaml"
NOW = dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC)
QUICK = ["http.read_timeout_seconds=0.5", "http.deadline_seconds=20"]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


def fetch(mirror: Mirror, data: Path, *overrides: str, now: dt.datetime = NOW) -> FetchReport:
    return fetch_all(load_config(CONFIG, [*mirror.overrides, *QUICK, *overrides]), data, now=now)


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
    """None lacks more than 1.4 % of the sessions it spans; cut to Fridays each is refused."""
    (path,) = (p for p in DATA.rglob("*") if re.fullmatch(rf"(fredgraph_)?{symbol}(_History)?\.\w+", p.name))
    adapter = "cboe_chart" if path.suffix == ".json" else "fred_csv" if "fred" in path.name else "cboe_csv"
    parsed = ADAPTERS[adapter].parse(path.read_text("utf-8"), symbol)
    sessions = calendar(dt.date(1980, 1, 1), dt.date(2026, 12, 31))
    rules = Rules(
        range=(50, 300) if symbol == "VVIX" else (1, 100_000),
        publication_lag_minutes=150,
        completion_lag_minutes=15,
        max_bad_row_share=0.005,
        max_missing_share=0.03,
        timezone="America/New_York",
    )
    kept = clean_closes(parsed, sessions, NOW, rules).closes.index
    assert len(sessions.sessions_in(kept[0].date(), kept[-1].date())) - len(kept) == MISSING[symbol]
    fridays = parsed.closes[parsed.closes["session"].dt.day_of_week == 4].reset_index(drop=True)
    with pytest.raises(DataError, match=r"has no close for [\d,]+ of [\d,]+ sessions"):
        clean_closes(replace(parsed, closes=fridays), sessions, NOW, rules)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after one fetch of the whole recorded history."""
    data = tmp_path_factory.mktemp("recorded") / "data"
    with Mirror() as mirror:
        fetch(mirror, data)
    return data


def test_whole_history(clean: Path) -> None:
    """Sessions with both indices, the first and the last, and how many have a ratio above one."""
    both = read_closes(clean, "vix")[["close"]].join(
        read_closes(clean, "vix3m")[["close"]].rename(columns={"close": "back"}), how="inner"
    )
    assert (len(both), f"{both.index[0]:%F}", f"{both.index[-1]:%F}") == (4136, "2009-09-18", "2026-02-27")
    assert int((both["close"] / both["back"] > 1).sum()) == 314
    assert len(read_closes(clean, "spy")) == 4315


def test_overnight_rows_on_holidays(clean: Path) -> None:
    """The 30 rows of the front index on market holidays are dropped and counted; 9,132 − 30 stay."""
    dropped = {key: entry.dropped["not_a_session"] for key, entry in read_provenance(clean).series.items()}
    assert {key: n for key, n in dropped.items() if n} == {"vix": 30}
    assert {"vix3m", "spy"} <= dropped.keys()
    assert len(read_closes(clean, "vix")) == 9102


def test_suspect_rows_are_kept(clean: Path) -> None:
    """The repeated close of 2010-05-06 and the equal closes of 2015-09-17 are data like any other."""
    front, back = read_closes(clean, "vix")["close"], read_closes(clean, "vix3m")["close"]
    assert back["2010-05-06"] == back["2010-05-05"] == 26.37
    assert front["2015-09-17"] == back["2015-09-17"]


@pytest.mark.parametrize("day", ["2018-02-05", "2020-03-16", "2024-08-05"])
def test_crash_days_are_accepted(clean: Path, day: str) -> None:
    """The largest moves of the history are true and stored as the vendor publishes them."""
    line = dt.date.fromisoformat(day).strftime("%m/%d/%Y,")
    text = (DATA / "cdn.cboe.com/api/global/us_indices/daily_prices/VIX_History.csv").read_text()
    (row,) = [row for row in text.splitlines() if row.startswith(line)]
    assert read_closes(clean, "vix")["close"][day] == float(row.split(",")[-1])


def test_two_column_series(tmp_path: Path) -> None:
    """VVIX and SKEW come by configuration alone; VVIX really was above 200 and needs a wider range."""
    kind = "label: X, range: [5, 300], sources: [{adapter: cboe_csv, symbol: %s}]"
    more = [f"series.{key}={{{kind % key.upper()}}}" for key in ("vvix", "skew", "vix9d", "vix6m")]
    with Mirror() as mirror:
        report = fetch(mirror, tmp_path / "data", *more)
    assert [series.source for series in report.series] == ["cboe_csv"] * 2 + ["cboe_chart"] + ["cboe_csv"] * 4
    assert read_closes(tmp_path / "data", "vvix")["close"].max() == 207.59


def test_impossible_first_weeks(clean: Path) -> None:
    """The closes of VVIX below 50 in 2006 are set aside by the range of the series."""
    text = (DATA / "cdn.cboe.com/api/global/us_indices/daily_prices/VVIX_History.csv").read_text()
    low = [row for row in text.splitlines()[1:] if float(row.split(",")[1]) < 50]
    assert read_provenance(clean).series["vvix"].dropped["impossible"] == len(low) == 6
    assert read_closes(clean, "vvix")["close"].min() >= 50


@pytest.mark.parametrize(
    ("day", "close"), [("2018-02-05", 37.32), ("2020-03-16", 82.69), ("2024-08-05", 38.57)]
)
def test_evening_of_a_crash(tmp_path: Path, day: str, close: float) -> None:
    """The close of the day is taken that evening, with the other source at hand and nothing set aside."""
    with Mirror(as_of=day) as mirror:
        now = dt.datetime.fromisoformat(f"{day}T23:00:00-05:00")
        report = fetch(mirror, tmp_path / "data", now=now)
    front = read_closes(tmp_path / "data", "vix")["close"]
    assert (f"{front.index[-1]:%F}", front.iloc[-1]) == (day, close)
    assert report.series[0].provisional == ()
    assert {entry["series"] for entry in read_log(tmp_path / "data", "quarantine")} <= {"vvix"}


@pytest.mark.parametrize("fault", ["403", "html", "truncated"])
def test_faults_on_everything(clean: Path, tmp_path: Path, fault: str) -> None:
    """With every vendor failing each series is named, and nothing changes."""
    data = copy(clean, tmp_path)
    before = tree(data)
    with Mirror(faults=[f"*={fault}"]) as mirror, pytest.raises(IvtsError) as caught:
        fetch(mirror, data)
    assert caught.value.exit_code == 3
    assert all(f"- {key}: " in str(caught.value) for key in ("vix", "vix3m", "spy"))
    assert tree(data) == before


def copy(clean: Path, tmp_path: Path) -> Path:
    """Copy a store."""
    data = tmp_path / "data"
    for name, body in tree(clean).items():
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
