"""`make live`: every configured source is asked, so a rotten fallback is found although the first answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.command import Result, script
from tests.fixtures.feed import calendar
from tests.fixtures.vendor import (
    SPY,
    VIX,
    VIX3M,
    Answer,
    Vendor,
    answer,
    chart_json,
    document,
    fred_csv,
    index_csv,
)

ROOT = Path(__file__).parents[2]
FRED = "/graph/fredgraph.csv"
TODAY = dt.datetime.now(dt.UTC).date()
SESSIONS = calendar(TODAY - dt.timedelta(days=90), TODAY - dt.timedelta(days=1)).labels
DAYS = [day.date() for day in SESSIONS[-10:]]
FRONT, BACK, FUND = ([(day, start + i) for i, day in enumerate(DAYS)] for start in (16.5, 19.5, 640.5))


def _fred(handler: object) -> None:
    symbol = handler.path.partition("id=")[2]  # type: ignore[attr-defined]
    rows = {"VIXCLS": FRONT, "VXVCLS": BACK, "SP500": [(day, 10 * close) for day, close in FUND]}
    made: Answer = document(fred_csv(symbol, rows[symbol]))
    made(handler)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[tuple[Path, Vendor]]:
    """A folder with settings that point at a vendor on loopback."""
    with Vendor() as vendor:
        vendor.answers[VIX] = document(index_csv(FRONT))
        vendor.answers[VIX3M] = document(index_csv(BACK))
        vendor.answers[SPY] = document(chart_json("SPY", FUND), "application/json")
        vendor.answers[FRED] = _fred
        settings = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
        settings["series"] = {key: settings["series"][key] for key in ("vix", "vix3m", "spy")}
        for name in ("cboe", "fred"):
            settings["sources"][name]["base_url"] = vendor.url
        settings["http"] |= {"attempts": 1, "deadline_seconds": 5}
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
        yield tmp_path, vendor


def live(folder: Path) -> Result:
    return script(ROOT / ".ci/live.py", folder=folder)


def test_all_sources_answer(project: tuple[Path, Vendor]) -> None:
    """One round for each place in the order; nothing is written beside the settings."""
    folder, vendor = project
    done = live(folder)
    assert done.code == 0, done.err
    assert done.out.count("Round ") == 2
    assert {VIX, VIX3M, SPY} < {path.partition("?")[0] for path in vendor.paths}
    assert [path.name for path in folder.iterdir()] == ["config.yaml"]


def test_a_rotten_fallback_is_found(project: tuple[Path, Vendor]) -> None:
    """The first source is fine, so that an ordinary fetch would not notice."""
    folder, vendor = project
    vendor.answers[FRED] = answer(200, b"<html>moved</html>", Content_Type="text/html")
    done = live(folder)
    assert done.code == 1
    assert "fred_csv: a web page instead of data" in done.err


def test_a_rotten_series_beside_the_ratio_is_found(
    project: tuple[Path, Vendor], caplog: pytest.LogCaptureFixture
) -> None:
    """To an ordinary fetch it is a warning, so that nothing else would tell."""
    folder, vendor = project
    settings = yaml.safe_load((folder / "config.yaml").read_text())
    settings["series"]["vix9d"] = {"label": "VIX9D", "sources": [{"adapter": "cboe_csv", "symbol": "VIX9D"}]}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    done = live(folder)
    assert done.code == 1
    assert "vix9d: cboe_csv: HTTP 404" in caplog.text
    vendor.answers[VIX.replace("VIX_", "VIX9D_")] = document(index_csv([(d, v - 1.5) for d, v in FRONT]))
    assert live(folder).code == 0


def test_a_source_that_is_only_compared_with_is_asked_too(project: tuple[Path, Vendor]) -> None:
    """A fetch passes over it in silence."""
    folder, vendor = project
    settings = yaml.safe_load((folder / "config.yaml").read_text())
    for key in ("vix", "vix3m"):
        settings["series"][key]["sources"] = settings["series"][key]["sources"][:1]
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    assert live(folder).code == 0
    vendor.answers[FRED] = answer(403)
    assert live(folder).code == 1


def test_a_fallback_that_stopped_is_found(project: tuple[Path, Vendor]) -> None:
    """A file that is as it should be and ends twelve sessions ago is of no use when it is needed."""
    folder, vendor = project
    old = [(day.date(), 20.0 + at) for at, day in enumerate(SESSIONS[-22:-12])]

    def send(handler: object) -> None:
        if "VIXCLS" in handler.path:  # type: ignore[attr-defined]
            document(fred_csv("VIXCLS", old))(handler)  # type: ignore[arg-type]
        else:
            _fred(handler)

    vendor.answers[FRED] = send
    result = live(folder)
    assert result.code == 1
    assert "live: vix: fred_csv has stopped" in result.err
    assert "vix3m" not in result.err
