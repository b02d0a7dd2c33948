"""Futures from the vendor's files to the store and the site: bounded, resumed, out of the ratio's way."""

from __future__ import annotations

import datetime as dt
import functools
import json
import logging
import random
import shutil
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tests.fixtures.feed import calendar
from tests.fixtures.futures import Curve, contract_csv, files_of, read_recorded, recorded_expiries
from tests.fixtures.vendor import Vendor, answer, document
from tests.shared import DATA, Mirror, needs_shared

from ivts_site.analytics.futures import FuturesFound, measure_futures
from ivts_site.analytics.results import build_signal
from ivts_site.charts.futures import history_table
from ivts_site.config import Config, load_config
from ivts_site.pipeline.futures import curve_files
from ivts_site.pipeline.futures_fetch import fetch_futures
from ivts_site.published.stats import Stats, unmarked
from ivts_site.sources.futures import expiries, read_contract
from ivts_site.store import read_futures, read_log, write_transaction
from ivts_site.words.futures import headline

CONFIG = Path(__file__).resolve().parents[2] / "config.yaml"
SESSIONS = calendar(dt.date(1980, 1, 1), dt.date(2021, 12, 31))
NOW = dt.datetime(2020, 3, 17, 12, tzinfo=dt.UTC)
"""The morning after 16 March 2020."""
EXPIRIES = [day for day in expiries(SESSIONS) if day < dt.date(2021, 1, 1)]
TRADING = [day for day in EXPIRIES if day > dt.date(2020, 3, 16)][:9]
EXPIRED = [day for day in EXPIRIES if day <= dt.date(2020, 3, 16)][::-1]


def path(day: dt.date) -> str:
    """Where the file of a contract lies."""
    if day.year > 2013:
        return f"/data/us/futures/market_statistics/historical_data/VX/VX_{day}.csv"
    code = "FGHJKMNQUVXZ"[day.month - 1]
    return f"/resources/futures/archive/volume-and-price/CFE_{code}{day:%y}_VX.csv"


def settled(day: dt.date, last: dt.date, n: int = 4) -> list[tuple[dt.date, float]]:
    """The last settlements of a contract up to a session, each another."""
    days = [each.date() for each in SESSIONS.sessions_in(dt.date(2004, 3, 26), min(day, last))[-n:]]
    return [(each, round(20 + day.month / 10 + each.day / 100, 4)) for each in days]


def serve(
    vendor: Vendor, last: dt.date = dt.date(2020, 3, 16), days: Sequence[dt.date] = (*TRADING, *EXPIRED[:6])
) -> None:
    """Serve contracts as of a session."""
    for day in days:
        rows = settled(day, last)
        # the archive's scale before the break
        rows = [(at, round(value * 10, 3) if at < dt.date(2007, 3, 26) else value) for at, value in rows]
        vendor.answers[path(day)] = document(contract_csv(rows))


def config(vendor: Vendor, *overrides: str) -> Config:
    bounds = ("http.read_timeout_seconds=0.5", "http.deadline_seconds=2", "http.backoff_seconds=0.001")
    return load_config(CONFIG, [f"sources.cboe.base_url={vendor.url}", *bounds, *overrides])


def fetch(vendor: Vendor, data: Path, *overrides: str, now: dt.datetime = NOW) -> bool:
    return fetch_futures(config(vendor, *overrides), data, sessions=SESSIONS, now=now)


def stored(data: Path) -> dict[dt.date, Curve]:
    """Settlements by session."""
    found: dict[dt.date, Curve] = {}
    for row in read_futures(data)[0].itertuples():
        found.setdefault(row.session.date(), []).append((row.expiry.date(), row.settle))
    return found


def test_trading_contracts_first_then_the_newest_expired(tmp_path: Path) -> None:
    with Vendor() as vendor:
        serve(vendor)
        assert fetch(vendor, tmp_path, "futures.back_files=3")
        assert vendor.paths == [path(day) for day in (*TRADING, *EXPIRED[:3])]
        assert stored(tmp_path)[dt.date(2020, 3, 16)] == [
            (day, dict(settled(day, dt.date(2020, 3, 16)))[dt.date(2020, 3, 16)]) for day in TRADING
        ]
        vendor.seen.clear()
        assert fetch(vendor, tmp_path, "futures.back_files=3")
        assert vendor.paths == [path(day) for day in (*TRADING, *EXPIRED[3:6])]


def test_a_run_without_news_changes_no_file(tmp_path: Path) -> None:
    with Vendor() as vendor:
        serve(vendor)
        assert fetch(vendor, tmp_path, "futures.back_files=0")
        before = {each: each.read_bytes() for each in tmp_path.rglob("*.parquet")}
        note = (tmp_path / "provenance.json").read_bytes()
        assert not fetch(vendor, tmp_path, "futures.back_files=0", now=NOW + dt.timedelta(hours=1))
        assert {each: each.read_bytes() for each in tmp_path.rglob("*.parquet")} == before
        assert (tmp_path / "provenance.json").read_bytes() == note


def test_an_answer_with_the_same_rows_is_no_news(tmp_path: Path) -> None:
    """A vendor without ETag sends the file again: nothing in the data folder changes."""
    with Vendor() as vendor:
        serve(vendor)
        for day in TRADING:
            body = contract_csv(settled(day, dt.date(2020, 3, 16))).encode()
            vendor.answers[path(day)] = answer(200, body, Content_Type="text/csv")
        assert fetch(vendor, tmp_path, "futures.back_files=0")
        note = (tmp_path / "provenance.json").read_bytes()
        assert not fetch(vendor, tmp_path, "futures.back_files=0", now=NOW + dt.timedelta(hours=1))
        assert (tmp_path / "provenance.json").read_bytes() == note


def test_a_folder_taken_away_is_filled_again(tmp_path: Path) -> None:
    with Vendor() as vendor:
        serve(vendor)
        assert fetch(vendor, tmp_path, "futures.back_files=2")
        before = stored(tmp_path)
        shutil.rmtree(tmp_path / "futures")
        assert fetch(vendor, tmp_path, "futures.back_files=2")
    assert stored(tmp_path) == before


def test_the_whole_history_arrives_and_is_not_asked_again(tmp_path: Path) -> None:
    """As of 2008: from the first contract on, across the change of scale."""
    last = dt.date(2008, 3, 17)
    now = dt.datetime(2008, 3, 18, 12, tzinfo=dt.UTC)
    trading = [day for day in EXPIRIES if day > last][:9]
    expired = [day for day in EXPIRIES if day <= last]
    with Vendor() as vendor:
        serve(vendor, last, [*trading, *expired])
        assert fetch(vendor, tmp_path, "futures.back_files=300", now=now)
        vendor.seen.clear()
        assert not fetch(vendor, tmp_path, "futures.back_files=300", now=now)
        assert vendor.paths == [path(day) for day in trading]
    rows, provenance = read_futures(tmp_path)
    assert set(provenance.futures) == {*trading, *expired}
    assert rows["settle"].between(20, 22).all()  # the scale of 2007 is undone
    assert not rows.duplicated(["session", "expiry"]).any()
    assert (rows["session"] <= rows["expiry"]).all()


@pytest.mark.parametrize("status", [403, 429, 503])
def test_the_first_refusal_ends_the_run_for_the_futures(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    with Vendor() as vendor:
        serve(vendor)
        vendor.answers[path(TRADING[2])] = answer(status)
        assert fetch(vendor, tmp_path)
        assert vendor.paths == [path(day) for day in TRADING[:3]]
    assert {day for day, _ in stored(tmp_path)[dt.date(2020, 3, 16)]} == set(TRADING[:2])
    warnings = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert f"HTTP {status}" in warnings[0]


def test_no_file_is_asked_for_when_the_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever builds a site does not wait for the past; the next run goes on."""
    with Vendor() as vendor:
        serve(vendor)
        with monkeypatch.context() as late:
            late.setattr("ivts_site.pipeline.futures_fetch.BUDGET_SECONDS", -1)
            assert not fetch(vendor, tmp_path)
        assert vendor.paths == []
        assert fetch(vendor, tmp_path, "futures.back_files=0")


def test_contracts_far_ahead_need_not_be_listed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Vendor() as vendor:
        serve(vendor)
        for day in TRADING[6:]:
            del vendor.answers[path(day)]
        assert fetch(vendor, tmp_path, "futures.back_files=1")
        assert vendor.paths == [path(day) for day in (*TRADING, EXPIRED[0])]
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


def test_one_damaged_file_leaves_out_its_contract(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Vendor() as vendor:
        serve(vendor)
        vendor.answers[path(TRADING[1])] = answer(
            200, b"<html>Attention Required!</html>", Content_Type="text/html"
        )
        assert fetch(vendor, tmp_path, "futures.back_files=0")
        assert len(vendor.paths) == len(TRADING)
    assert {day for day, _ in stored(tmp_path)[dt.date(2020, 3, 16)]} == set(TRADING) - {TRADING[1]}
    assert f"contract of {TRADING[1]} left out" in caplog.text


def test_rows_after_expiry_and_impossible_ones_are_set_aside(tmp_path: Path) -> None:
    march = dt.date(2020, 2, 19)  # the contract of February has expired
    with Vendor() as vendor:
        serve(vendor)
        rows = [*settled(march, march), (dt.date(2020, 2, 20), 16.0), (dt.date(2020, 2, 14), 900.0)]
        vendor.answers[path(march)] = document(
            contract_csv([row for row in rows if row[0] != dt.date(2020, 2, 14)] + rows[-1:])
        )
        assert fetch(vendor, tmp_path, "futures.back_files=1")
    days = [day for day, curve in stored(tmp_path).items() if march in dict(curve)]
    assert max(days) <= march
    rules = {entry["rule"] for entry in read_log(tmp_path, "quarantine") if entry["series"] == f"VX {march}"}
    assert rules == {"after_expiry", "impossible"}


def test_revisions_follow_the_rules_of_closes(tmp_path: Path) -> None:
    """A small change is applied and recorded; a large one is held until the source repeats it a day later."""
    day, last = TRADING[0], dt.date(2020, 3, 16)
    with Vendor() as vendor:
        serve(vendor)
        fetch(vendor, tmp_path, "futures.back_files=0")
        rows = settled(day, last)
        changed = [
            (rows[0][0], round(rows[0][1] * 1.01, 4)),
            (rows[1][0], round(rows[1][1] * 1.5, 4)),
            *rows[2:],
        ]
        vendor.answers[path(day)] = document(contract_csv(changed))
        fetch(vendor, tmp_path, "futures.back_files=0")
        curves = stored(tmp_path)
        assert dict(curves[rows[0][0]])[day] == changed[0][1]
        assert dict(curves[rows[1][0]])[day] == rows[1][1]
        fetch(vendor, tmp_path, "futures.back_files=0", now=NOW + dt.timedelta(hours=22))
    assert dict(stored(tmp_path)[rows[1][0]])[day] == changed[1][1]
    kinds = [(entry["session"], entry.get("confirmed_by", "")) for entry in read_log(tmp_path, "revisions")]
    assert kinds == [(f"{rows[0][0]}", ""), (f"{rows[1][0]}", "repeated")]


def test_a_damaged_part_stops_neither_fetch_nor_build(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Vendor() as vendor:
        serve(vendor)
        fetch(vendor, tmp_path, "futures.back_files=0")
        part = next((tmp_path / "futures").glob("*.parquet"))
        part.write_bytes(part.read_bytes()[:-20])
        assert not fetch(vendor, tmp_path)
    assert str(part) in caplog.text


def test_the_switch_turns_it_off(tmp_path: Path) -> None:
    with Vendor() as vendor:
        assert not fetch(vendor, tmp_path, "futures.enabled=false")
        assert vendor.paths == []


@needs_shared
def test_the_expiry_rule_meets_every_recorded_contract() -> None:
    """All but the two that ended a week early, which it names; and it knows no contract that never was."""
    recorded = recorded_expiries(DATA)
    known = {
        (day.year, day.month): day for day in expiries(calendar(dt.date(2004, 1, 2), dt.date(2022, 12, 30)))
    }
    assert {month: known[month] for month in recorded} == recorded
    assert {month for month in known if month <= max(recorded)} == set(recorded)
    ruled = dt.date(2004, 7, 21), dt.date(2004, 10, 20)  # 30 days before 20 August and 19 November
    assert (recorded[2004, 7], recorded[2004, 10]) == tuple(day - dt.timedelta(days=7) for day in ruled)


@functools.cache
def recorded_rows() -> pd.DataFrame:
    """Settlements of every recorded file, read by the program, as the store would have them."""
    found, possible = [], load_config(CONFIG, []).futures.range
    for path_, expiry in files_of(DATA):
        parsed = read_contract("cboe_futures")(path_.read_text(), "").closes
        kept = parsed["close"].between(*possible)
        found.append(parsed[kept].rename(columns={"close": "settle"}).assign(expiry=pd.Timestamp(expiry)))
    rows = pd.concat(found)[["session", "expiry", "settle"]].assign(open_interest=np.nan)
    return rows.astype({"session": "datetime64[us]", "expiry": "datetime64[us]"})


@needs_shared
def test_any_date_equals_a_direct_read_of_the_files() -> None:
    """200 dates drawn by seed, the figures counted apart, and the cost of a date."""
    recorded, rows = read_recorded(DATA), recorded_rows()
    index = pd.DatetimeIndex(sorted(rows["session"].unique()), name="session")
    found = measured(rows, index)
    published = {}
    for body in dict(curve_files(found)).values():
        assert len(body) <= 30_000
        published |= json.loads(body)
    days = sorted(recorded)
    assert (len(days), f"{days[0]}", f"{days[-1]}") == (4469, "2004-03-26", "2021-12-23")
    assert sorted(published) == [f"{day}" for day in days]
    for day in random.Random(20).sample(days, 200):
        curve = sorted((expiry, settle) for expiry, settle in recorded[day].items() if expiry > day)[:8]
        assert published[f"{day}"]["curve"] == [
            [(expiry - day).days, pytest.approx(settle, abs=1e-4)] for expiry, settle in curve
        ]
    whole = found.futures.windows[-1]
    assert (whole.first_session, whole.n_sessions, whole.n_backwardation) == ("2007-04-02", 3711, 660)
    columns = {column.name: column.values for column in history_table(found, raw_closes=False).file}
    rows_ = {s: at for at, s in enumerate(columns["session"])}
    known = {
        "2008-10-24": (-0.2196, None),
        "2017-11-03": (0.1230, 0.1133),
        "2018-02-05": (-0.1580, None),
        "2020-03-16": (-0.1855, -0.2073),
        "2021-06-28": (0.1013, 0.0683),
    }
    for session, (front, back) in known.items():
        assert columns["contango_m1_m2"][rows_[session]] == pytest.approx(front, abs=6e-5)
        assert back is None or columns["contango_m4_m7"][rows_[session]] == pytest.approx(back, abs=6e-5)
    assert sum(value is None for value in columns["contango_m4_m7"]) == 535
    # the first month is beyond 30 days, counted in the files: of the two counts told, 311 and 315, the first
    beyond = [day for day in days if min(e for e in recorded[day] if e > day) - day > dt.timedelta(30)]
    assert len(beyond) == 311
    prices = zip(columns["session"], columns["constant_maturity_30"], strict=True)
    assert [session for session, price in prices if price is None] == [f"{day}" for day in beyond]
    assert not {"m1", "m2"} & set(columns)  # raw settlements only where raw closes are published


HEADLINES = {
    # session: headline; what plain code counts in the files: session of the run, length of the run before it,
    # the last session as low, the last session of the last run as long
    "2008-10-16": (
        "VIX futures slope down 33% from October to November, the deepest inversion since the record "
        "began in April 2007",
        (25, 32, None, "2007-09-17"),
    ),
    "2008-10-24": (
        "VIX futures slope down for a 31st session, the longest such run on record; now down 22% "
        "from November to December",
        (31, 32, "2008-10-17", None),
    ),
    "2011-08-08": (
        "VIX futures slope down 17% from August to September, the deepest inversion since October 2008",
        (6, 9, "2008-10-31", "2009-04-28"),
    ),
    "2017-11-03": (
        "VIX futures slope up for a 59th session, 12% from November to December; a 30-day future gains "
        "71% by expiry if the curve stands still",
        (59, 2, "2017-11-02", "2017-08-09"),
    ),
    "2018-02-02": (
        "The VIX futures curve inverted for the first time in 119 sessions, since 11 August 2017: down "
        "4% from February to March",
        (1, 119, "2017-04-17", "2017-08-11"),
    ),
    "2018-02-05": (
        "VIX futures slope down 16% from February to March, the deepest inversion since August 2011",
        (2, 119, "2011-08-16", "2017-08-11"),
    ),
    "2020-03-16": (
        "VIX futures slope down for a 16th session, the longest such run since January 2019; now down "
        "19% from March to April",
        (16, 13, "2020-03-12", "2019-01-07"),
    ),
    "2021-06-28": (
        "VIX futures slope up for a 105th session, 10% from July to August; a 30-day future gains 10% "
        "by expiry if the curve stands still",
        (105, 1, "2021-06-24", "2018-02-01"),
    ),
}


def counted(
    fronts: dict[dt.date, tuple[float, bool]], session: str
) -> tuple[int, int, str | None, str | None]:
    """What a headline rests on: run, run before, last session as low, end of the last run as long."""
    until = [day for day in fronts if day <= dt.date.fromisoformat(session)]
    runs = [list(group) for _, group in groupby(until, key=lambda day: fronts[day][1])]
    low = [day for day in until[:-1] if fronts[day][0] <= fronts[until[-1]][0]]
    long = [run[-1] for run in runs[-3::-2] if len(run) >= len(runs[-1])]
    return len(runs[-1]), len(runs[-2]), f"{low[-1]}" if low else None, f"{long[0]}" if long else None


@needs_shared
def test_headlines_of_recorded_sessions() -> None:
    """Record, flip, extreme, longest run and run; the VIX, which the roll needs, is always 20 here.

    On 2017-11-03 30 days cost 17/35 · 10.975 + 18/35 · 12.325 = 11.6693, and 20 / 11.6693 − 1 = 71.4 %; on
    2021-06-28 3/4 · 17.7213 + 1/4 · 19.516 = 18.1700: 10.1 %.
    """
    recorded, rows = read_recorded(DATA), recorded_rows()
    fronts = {}
    for day in sorted(recorded):
        one, two, *_ = [settle for expiry, settle in sorted(recorded[day].items()) if expiry > day]
        if day >= dt.date(2007, 4, 1):
            fronts[day] = two / one - 1, one > two
    index = pd.DatetimeIndex(sorted(rows["session"].unique()), name="session")
    for session, (text, counts) in HEADLINES.items():
        found = measured(rows, index[index <= session])
        assert counted(fronts, session) == counts
        assert unmarked(headline(Stats(path="futures", value=found.futures), found.now)) == text


def measured(rows: pd.DataFrame, index: pd.DatetimeIndex) -> FuturesFound:
    """Measure recorded settlements up to the last of some sessions."""
    found = measure_futures(
        rows,
        spot=pd.Series(20.0, index=index),
        signal=build_signal(pd.Series(0.9, index=index), 1.0),
        statistics=SimpleNamespace(windows=("2y", "all"), default_window="2y"),
        sample=False,
    )
    assert found is not None
    return found


@needs_shared
@pytest.mark.whole
def test_a_fetch_stores_what_the_recorded_files_hold(tmp_path: Path) -> None:
    """All files over loopback, by the rules of a night: nothing is lost, nothing is added."""
    now = dt.datetime(2021, 12, 24, 12, tzinfo=dt.UTC)
    with Mirror(as_of="2021-12-23") as mirror:
        settings = load_config(CONFIG, [*mirror.overrides, "futures.back_files=300"])
        sessions = calendar(dt.date(1990, 1, 2), dt.date(2022, 12, 30))
        fetch_futures(settings, tmp_path, sessions=sessions, now=now)
        fetch_futures(settings, tmp_path, sessions=sessions, now=now)
    order, columns = ["session", "expiry"], ["session", "expiry", "settle"]
    stored_, read = (
        rows.sort_values(order)[columns].reset_index(drop=True)
        for rows in (read_futures(tmp_path)[0], recorded_rows())
    )
    pd.testing.assert_frame_equal(stored_, read)


def test_the_ratio_is_stored_whatever_the_futures_do(tmp_path: Path) -> None:
    """Parts of futures and of closes lie side by side; one transaction of closes leaves the others alone."""
    with Vendor() as vendor:
        serve(vendor)
        fetch(vendor, tmp_path, "futures.back_files=0")
    before, provenance = read_futures(tmp_path)
    write_transaction(tmp_path, {}, provenance)
    after, same = read_futures(tmp_path)
    assert after.equals(before)
    assert same.futures == provenance.futures
