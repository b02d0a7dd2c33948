"""Fetching the recorded history of the vendors, sound and with faults, where it is at hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from tests.shared import DATA, Mirror, needs_shared

from ivts_site.config import load_config
from ivts_site.errors import IvtsError
from ivts_site.pipeline.fetch import FetchReport, fetch_all
from ivts_site.store import read_closes, read_provenance

pytestmark = needs_shared

CONFIG = Path(__file__).resolve().parents[2] / "config.yaml"
NOW = dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC)
QUICK = ["http.read_timeout_seconds=0.5", "http.deadline_seconds=20"]
TARGETS = {"VIX_": "vix", "VIX3M": "vix3m", "SPY": "spy"}


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2):
        yield


def fetch(mirror: Mirror, data: Path, *overrides: str, now: dt.datetime = NOW) -> FetchReport:
    return fetch_all(load_config(CONFIG, [*mirror.overrides, *QUICK, *overrides]), data, now=now)


def tree(data: Path) -> dict[str, bytes]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


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
    assert dropped == {"vix": 30, "vix3m": 0, "spy": 0}
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


def test_impossible_first_weeks(tmp_path: Path) -> None:
    """The three closes of VVIX below 50 in March 2006 are set aside by the range of the series."""
    vvix = "series.vvix={label: VVIX, range: [50, 300], sources: [{adapter: cboe_csv, symbol: VVIX}]}"
    text = (DATA / "cdn.cboe.com/api/global/us_indices/daily_prices/VVIX_History.csv").read_text()
    low = [row for row in text.splitlines()[1:] if float(row.split(",")[1]) < 50]
    with Mirror() as mirror:
        report = fetch(mirror, tmp_path / "data", vvix)
    assert report.series[3].dropped["impossible"] == len(low) > 0
    assert read_closes(tmp_path / "data", "vvix")["close"].min() >= 50


def test_evening_of_a_past_day(tmp_path: Path) -> None:
    """Replayed on the evening of 2020-03-16 the highest close of the front index is the last one."""
    with Mirror(as_of="2020-03-16") as mirror:
        fetch(mirror, tmp_path / "data", now=dt.datetime(2020, 3, 17, 2, tzinfo=dt.UTC))
    front = read_closes(tmp_path / "data", "vix")["close"]
    assert (f"{front.index[-1]:%F}", front.iloc[-1]) == ("2020-03-16", 82.69)


# What each fault does where the index has a fallback, and for the fund, which has none.
FAULTS = {
    "403": (0, 3, "HTTP 403"),
    "500": (0, 3, "HTTP 500"),
    "503once": (0, 0, ""),
    "hang": (0, 3, "no answer in time"),
    "drop": (0, 3, "no answer in time|dropped"),
    "html": (0, 3, "a web page in the place of data"),
    "sentence": (0, 3, "unknown header|not valid JSON"),
    "empty": (0, 3, "empty|not valid JSON"),
    "truncated": (0, 3, "middle of a row|not valid JSON"),
    "badlength": (0, 3, "before the body was complete"),
    "badjson": (0, 3, "middle of a row|not valid JSON"),
    "header": (0, 3, "unknown header|lack 'date' or 'close'"),
}  # fmt: skip


def expected_code(target: str, fault: str) -> int:
    with_fallback, without, _ = FAULTS[fault]
    return without if target == "SPY" else with_fallback


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("target", TARGETS)
def test_faults(clean: Path, tmp_path: Path, target: str, fault: str) -> None:
    """Each fault on each series: exit code, one clear sentence, and stored data as they were."""
    data = copy(clean, tmp_path, forget=True)
    before, pattern = tree(data), FAULTS[fault][2]
    with Mirror(faults=[f"{target}={fault}"]) as mirror:
        try:
            report = fetch(mirror, data)
        except IvtsError as error:
            code, message = error.exit_code, str(error)
            assert "\n" not in message
        else:
            code, message = 0, " ".join(note for series in report.series for note in series.notes)
    assert code == expected_code(target, fault)
    assert re.search(pattern, message), message
    assert TARGETS[target] in message or code == 0
    after = closes_of(tree(data))
    # FRED has the close of 1999-12-31, which the file of Cboe lacks; nothing else may be added
    filled = {"closes/vix/1999.parquet"} if target == "VIX_" and fault != "503once" else set()
    assert {name for name in after if after[name] != closes_of(before)[name]} == filled
    front = read_closes(data, "vix")
    assert front["source"][front["source"] != "cboe_csv"].index.strftime("%F").tolist() == [
        "1999-12-31"
    ] * len(filled)


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


LAYOUTS = ("extracolumn", "usdates", "bom", "crlf", "shuffled", "redirect")
ROWS = ("duplicates", "conflict", "negative", "zero", "text", "nan", "stale", "intraday", "holiday", "future")


@pytest.mark.parametrize("fault", [*LAYOUTS, *ROWS, "short"])
@pytest.mark.parametrize("target", TARGETS)
def test_row_faults_never_change_a_stored_close(clean: Path, tmp_path: Path, target: str, fault: str) -> None:
    """Faults in single rows, and layouts that are merely different, end with the same closes."""
    data = copy(clean, tmp_path, forget=True)
    before = tree(data)
    with Mirror(faults=[f"{target}={fault}"]) as mirror:
        fetch(mirror, data)
    assert closes_of(tree(data)) == closes_of(before)


@pytest.mark.parametrize("target", TARGETS)
def test_mass_revision(clean: Path, tmp_path: Path, target: str) -> None:
    """A history shifted by one per cent is rejected and the stored one stays."""
    data = copy(clean, tmp_path)
    before = tree(data)
    with Mirror(faults=[f"{target}=massrevised"]) as mirror, pytest.raises(IvtsError) as caught:
        fetch(mirror, data)
    assert caught.value.exit_code == 4
    assert str(caught.value).startswith(f"{TARGETS[target]}: the source changes")
    assert tree(data) == before


def copy(clean: Path, tmp_path: Path, *, forget: bool = False) -> Path:
    """Copy a store; without its provenance every request is unconditional."""
    data = tmp_path / "data"
    for name, body in tree(clean).items():
        if not (forget and name == "provenance.json"):
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            (data / name).write_bytes(body)
    return data


def closes_of(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: body for name, body in files.items() if name.startswith("closes/")}
