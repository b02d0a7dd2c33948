"""The page of the futures curve on a built site, in its states, from made-up settlements."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from tests.command import ivts
from tests.conftest import Share
from tests.fixtures.feed import calendar
from tests.markup import parse
from tests.stat_ids import look_up, problem, shown_numbers
from tests.stored import THROUGH, store_sample

from ivts_site.config import load_config
from ivts_site.pipeline.inputs import load_inputs
from ivts_site.sources.futures import expiries
from ivts_site.store import ProvisionalMark, Reason, read_provenance, write_transaction

CONFIG = Path(__file__).resolve().parents[2] / "config.yaml"
SESSIONS = calendar(dt.date(2004, 1, 2), dt.date(2026, 12, 31))
DAYS = [day.date() for day in SESSIONS.sessions_in(dt.date(2024, 9, 3), THROUGH)]
EXPIRIES = [day for day in expiries(SESSIONS) if day > DAYS[0]]
BUILT_AT = "2025-11-27T00:00:00Z"


def settlements(
    days: list[dt.date], *, contracts: int = 9, inverted: int = 0, skip_first: int = 0
) -> pd.DataFrame:
    """A rising curve on every session, a falling one on the last `inverted`; the first contracts may lack."""
    rows = []
    for at, day in enumerate(days):
        step = -0.5 if at >= len(days) - inverted else 0.5
        listed = [each for each in EXPIRIES if each > day][skip_first:][:contracts]
        rows += [(day, each, 20 + step * place + at / 100, 1000 + place) for place, each in enumerate(listed)]
    frame = pd.DataFrame(rows, columns=["session", "expiry", "settle", "open_interest"])
    days_of = {name: pd.to_datetime(frame[name]).dt.as_unit("us") for name in ("session", "expiry")}
    return frame.assign(
        **days_of, open_interest=frame["open_interest"].astype(float), source="cboe_futures"
    ).astype({"source": "str"})


def build(folder: Path, sample_data: Path, rows: pd.DataFrame | None) -> Path:
    data = store_sample(folder / "data", sample_data)
    if rows is not None:
        write_transaction(data, {}, read_provenance(data), futures=rows)
    built = ivts("build", "--data-dir", data, "--out", folder / "site", "--built-at", BUILT_AT)
    assert built.code == 0, built.err
    return folder / "site"


def share_futures(share: Share, sample_data: Path) -> Path:
    """The site of nine contracts, rising but for the last three sessions: to be read, not changed."""

    def make(folder: Path) -> None:
        build(folder, sample_data, settlements(DAYS, inverted=3))

    return share("futures-site", make) / "site"


@pytest.fixture(scope="module")
def ordinary(share: Share, sample_data: Path) -> Path:
    """That site."""
    return share_futures(share, sample_data)


@pytest.fixture(scope="module")
def hard(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four contracts, the nearest missing so that the first is beyond 30 days, and eight sessions old."""
    rows = settlements(DAYS[:-8], contracts=4, skip_first=1)
    return build(tmp_path_factory.mktemp("hard"), sample_data, rows)


def text_of(site: Path, page: str = "futures/index.html") -> str:
    return " ".join(parse((site / page).read_text("utf-8")).text().split())


def published(site: Path) -> dict[str, object]:
    return json.loads((site / "api/v1/futures.json").read_text("utf-8"))


def test_the_page_says_the_published_numbers(ordinary: Path) -> None:
    files = {"futures": published(ordinary)}
    shown = shown_numbers((ordinary / "futures/index.html").read_text("utf-8"))
    assert len(shown) > 60
    assert [text for one in shown if (text := problem(one, look_up(files, one.id)))] == []


def test_headline_run_and_table(ordinary: Path) -> None:
    """The last three sessions fall by half a point a month: the first month is December, 17 December 2025.

    M1 = 20 + (n − 1) / 100 with n sessions, M2 half a point below: M1→M2 = −0.5 / M1.
    """
    front = 20 + (len(DAYS) - 1) / 100
    document = published(ordinary)
    assert document["contango_m1_m2"] == pytest.approx(-0.5 / front, abs=1e-6)
    text = text_of(ordinary)
    # each of the three is a little higher than the one before it: no record
    assert text.count("VIX futures slope down for a third session, 2% from December to January") == 1
    assert "One futures inversion in two years, in November 2025" in text
    # the first of the three is the deepest: its label stands at it on every width of the history
    assert text.count(f"−{50 / (front - 0.02):.1f}%, 24 Nov 2025") == 3
    assert "Since 24 Nov 2025" in text  # the third session before Thanksgiving
    assert "1,000" in text


def test_front_page_feed_and_files(ordinary: Path) -> None:
    assert "VIX futures slope down" in text_of(ordinary, "index.html")
    feed = json.loads((ordinary / "futures-flips.json").read_text("utf-8"))
    assert [item["id"].rpartition("/")[2] for item in feed["items"]] == ["2025-11-24"]
    assert feed["items"][0]["tags"] == ["backwardation"]
    table = list(csv.DictReader(StringIO((ordinary / "api/v1/futures.csv").read_text("utf-8"))))
    assert [row["session"] for row in table] == [day.isoformat() for day in DAYS]
    parquet = pd.read_parquet(ordinary / "api/v1/futures.parquet")
    assert parquet["contango_m1_m2"].tolist() == [float(row["contango_m1_m2"]) for row in table]
    assert "m1" not in parquet.columns
    listed = {each["path"] for each in json.loads((ordinary / "api/v1/index.json").read_text())["files"]}
    assert {"futures.json", "futures.csv", "futures.parquet"} <= listed
    package = json.loads((ordinary / "datapackage.json").read_text("utf-8"))
    assert {f"api/v1/futures.{kind}" for kind in ("csv", "parquet")} <= {
        x["path"] for x in package["resources"]
    }
    page = (ordinary / "api/index.html").read_text("utf-8")
    assert "VIX futures curve, inversions and their ends" in page.partition('id="h-feeds"')[2]
    month = json.loads((ordinary / "futures/curves/2025-11.json").read_text("utf-8"))
    assert len(month["2025-11-26"]["curve"]) == 8


def test_no_file_holds_the_marks_of_numbers(ordinary: Path) -> None:
    """Marks become elements of pages; in what scripts and readers of feeds get there are none."""
    marked = [
        path.name
        for path in ordinary.rglob("*")
        if path.suffix in {".json", ".xml", ".html"} and "\ue000" in path.read_text("utf-8")
    ]
    assert marked == []


def test_check_knows_the_futures(ordinary: Path) -> None:
    data = ordinary.parent / "data"
    told = ivts(
        "check",
        "--data-dir",
        data,
        "--out",
        ordinary,
        "--now",
        BUILT_AT,
        "--set",
        "site.base_url=https://a.org/",
    )
    assert f"futures: {len(settlements(DAYS)):,} settlements on {len(DAYS):,} sessions" in told.out + told.err
    assert "futures.json" not in told.err


def test_what_is_missing_is_said(hard: Path) -> None:
    """No price of 30 days, no seventh month, settlements too old for the front page."""
    document = published(hard)
    missing = ("constant_maturity_30", "basis", "roll_per_month", "contango_m4_m7")
    assert [document[key] for key in missing] == [None] * 4
    assert document["sessions_behind"] == 8
    text = text_of(hard)
    assert "VIX futures sloped up" in text
    assert "no 30-day price: the first month has" in text
    assert "No seventh month has settled." in text
    assert "8 sessions behind the index closes" in text
    assert 'id="futures-curve"' not in (hard / "index.html").read_text("utf-8")
    assert "n/a" not in text
    assert "nan" not in text.lower().split()


def test_a_sample_has_futures_and_marks_them(sample_site: Path) -> None:
    """Without vendors the site is whole: page, tile and files, each of which says that it is simulated."""
    assert "SAMPLE DATA" in text_of(sample_site)
    assert published(sample_site)["sample"] is True
    assert 'id="futures-curve"' in (sample_site / "index.html").read_text("utf-8")
    curves = sorted((sample_site / "futures/curves").iterdir())
    for file in (curves[0], curves[-1]):
        assert all(each["sample"] for each in json.loads(file.read_text("utf-8")).values())
    assert len(curves) >= 48  # four years


def test_what_is_not_final_or_damaged_is_not_read(
    sample_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A provisional settlement of one contract is left out, of others it is not; a damaged part is, whole."""
    data, config = store_sample(tmp_path / "data", sample_data), load_config(CONFIG, [])
    known, (first, second, *_) = read_provenance(data), [day for day in EXPIRIES if day > DAYS[-1]]
    mark = ProvisionalMark(reason=Reason.EARLY, seen_at=dt.datetime(2025, 11, 26, 21, tzinfo=dt.UTC))
    early = replace(known.series["vix"], provisional={DAYS[-1]: mark})
    write_transaction(data, {}, replace(known, futures={first: early}), futures=settlements(DAYS[-3:]))
    rows = load_inputs(config, data).futures
    assert rows is not None
    kept = {(row.session.date(), row.expiry.date()) for row in rows.itertuples()}
    assert (DAYS[-1], first) not in kept
    assert {(DAYS[-1], second), (DAYS[-2], first)} <= kept
    part = next((data / "futures").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-20])
    assert load_inputs(config, data).futures is None
    assert "futures are left out" in caplog.text
