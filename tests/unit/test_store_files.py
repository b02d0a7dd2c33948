"""Parquet parts and provenance: what is written, what other tools see, what is refused."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.stored import read_closes

from ivts_site.errors import StoreError
from ivts_site.model import NextPublication, Publication
from ivts_site.store import (
    Provenance,
    ProvisionalMark,
    Reason,
    SeriesProvenance,
    check_described,
    read_log,
    read_provenance,
    read_store,
    write_transaction,
)
from ivts_site.store.provenance import encode_provenance

WRITTEN = Provenance(
    series={
        "vix": SeriesProvenance(
            source="cboe_csv",
            url="https://cdn.example.org/VIX.csv",
            sha256="00",
            etag='"1"',
            last_modified="",
            first_session=dt.date(2024, 12, 30),
            last_session=dt.date(2025, 1, 2),
            rows=3,
            fetched_at=dt.datetime(2025, 1, 3, 1, 2, 3, tzinfo=dt.UTC),
            dropped={"not_a_session": 1},
        )
    },
    calendar=NextPublication(
        after=dt.date(2025, 1, 2),
        upcoming=tuple(
            Publication(
                session=dt.date(2025, 1, day), publication=dt.datetime(2025, 1, day, 23, 30, tzinfo=dt.UTC)
            )
            for day in (3, 6)
        ),
    ),
)


def closes(pairs: dict[str, float], source: str = "cboe_csv") -> pd.DataFrame:
    index = pd.DatetimeIndex(list(pairs), name="session").as_unit("us")
    return pd.DataFrame({"close": list(pairs.values()), "source": source}, index=index).astype(
        {"source": "str"}
    )


VIX = closes({"2024-12-30": 17.4, "2024-12-31": 17.35, "2025-01-02": 17.93})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_transaction(tmp_path / "data", {"vix": VIX}, WRITTEN)
    return tmp_path / "data"


def tree(data: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in data.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(data)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_what_is_written_is_read(data: Path) -> None:
    """Closes and provenance come back as they went in."""
    pd.testing.assert_frame_equal(read_closes(data, "vix"), VIX, check_freq=False)
    assert read_provenance(data) == WRITTEN
    assert read_store(data, ["vix"])[1] == WRITTEN


def test_one_part_a_year_and_nothing_else(data: Path) -> None:
    """The folder holds the parts, the provenance and no leftovers."""
    assert set(tree(data)) == {"closes/vix/2024.parquet", "closes/vix/2025.parquet", "provenance.json"}
    assert [path.name for path in data.glob(".*")] == [".lock"]


def test_nothing_stored(tmp_path: Path) -> None:
    """Where nothing was ever stored, closes are empty with their columns, and the folder is not made."""
    empty = read_closes(tmp_path / "none", "vix")
    assert empty.empty
    assert (empty.index.name, list(empty.columns)) == ("session", ["close", "source"])
    assert str(empty.index.dtype) == "datetime64[us]"
    assert read_provenance(tmp_path / "none") == Provenance()
    assert not (tmp_path / "none").exists()


def test_other_tools_open_the_folder(data: Path) -> None:
    """The parts of a series are one table for pandas, polars and DuckDB."""
    folder = data / "closes" / "vix"
    by_pandas = pd.read_parquet(folder)
    assert by_pandas["close"].tolist() == [17.4, 17.35, 17.93]
    assert by_pandas["session"].tolist()[0] == dt.date(2024, 12, 30)
    by_polars = pl.scan_parquet(folder).sort("session").collect()
    assert by_polars.rows()[2] == (dt.date(2025, 1, 2), 17.93, "cboe_csv")
    query = f"select max(session), count(*), any_value(source) from read_parquet('{folder}/*.parquet')"
    assert duckdb.sql(query).fetchall() == [(dt.date(2025, 1, 2), 3, "cboe_csv")]


def test_parts_are_plain(data: Path) -> None:
    """zstd, the three columns, and no library's private metadata, which would change with its version."""
    file = pq.ParquetFile(data / "closes/vix/2025.parquet")
    assert file.schema_arrow.names == ["session", "close", "source"]
    assert file.metadata.row_group(0).column(1).compression == "ZSTD"
    assert file.metadata.metadata is None


def test_same_content_same_bytes(data: Path, tmp_path: Path) -> None:
    """Storing the same closes elsewhere gives the same files."""
    write_transaction(tmp_path / "twin", {"vix": VIX.copy()}, WRITTEN)
    strip = {name: body for name, (body, _) in tree(data).items()}
    assert strip == {name: body for name, (body, _) in tree(tmp_path / "twin").items()}


def test_unchanged_data_touch_nothing(data: Path) -> None:
    """Writing the same again leaves every file alone, time stamps included."""
    before = tree(data)
    assert not write_transaction(data, {"vix": VIX.copy()}, WRITTEN)
    assert tree(data) == before


def test_only_the_changed_year_is_rewritten(data: Path) -> None:
    """A new session touches the part of its year, and the provenance, which marks every change."""
    before = tree(data)
    assert write_transaction(data, {"vix": pd.concat([VIX, closes({"2025-01-03": 16.13})])}, WRITTEN)
    after = tree(data)
    assert {name for name in after if after[name] != before[name]} == {
        "closes/vix/2025.parquet",
        "provenance.json",
    }
    assert read_closes(data, "vix").index[-1] == pd.Timestamp("2025-01-03")


def test_a_changed_source_is_a_change(data: Path) -> None:
    """The same close from another source is stored as such."""
    write_transaction(data, {"vix": VIX.assign(source="fred_csv").astype({"source": "str"})}, WRITTEN)
    assert set(read_closes(data, "vix")["source"]) == {"fred_csv"}


def test_provenance_is_readable(data: Path) -> None:
    """Sorted keys, ISO dates, instants in UTC, the calendar with its facts."""
    text = (data / "provenance.json").read_text()
    stored = json.loads(text)
    assert text == json.dumps(stored, indent=2, sort_keys=True) + "\n"
    assert stored["calendar"] == {
        "last_session": "2025-01-02",
        "next_session": "2025-01-03",
        "publication": "2025-01-03T23:30:00Z",
        "upcoming": {"2025-01-03": "2025-01-03T23:30:00Z", "2025-01-06": "2025-01-06T23:30:00Z"},
    }
    assert stored["series"]["vix"]["fetched_at"] == "2025-01-03T01:02:03Z"


def without_digests(data: Path) -> None:
    """Leave the provenance as the version that knew no digests wrote it."""
    path = data / "provenance.json"
    stored = json.loads(path.read_text())
    del stored["parts"]
    path.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n")


def sums(data: Path) -> dict[str, str]:
    """Digests of the parts as `sha256sum` prints them."""
    paths = sorted(data.glob("closes/*/*.parquet"))
    lines = subprocess.run(["sha256sum", *paths], check=True, capture_output=True, text=True).stdout
    return {str(Path(line[66:]).relative_to(data)): line[:64] for line in lines.splitlines()}


def test_the_provenance_knows_each_part(data: Path) -> None:
    """It holds the SHA-256 of every file, of series that were not written this time too."""
    write_transaction(data, {"spy": closes({"2025-01-02": 584.64}, "cboe_chart")}, WRITTEN)
    stored = json.loads((data / "provenance.json").read_text())["parts"]
    assert list(stored) == ["closes/spy/2025.parquet", "closes/vix/2024.parquet", "closes/vix/2025.parquet"]
    assert stored == sums(data) == read_provenance(data).parts


def refused(data: Path, name: str, what: str) -> None:
    """Reader and writer name a part, say what it is and how to restore it, and change nothing."""
    before = tree(data)
    key = name.split("/")[1]
    for use in (lambda: read_store(data, [key]), lambda: write_transaction(data, {key: VIX}, WRITTEN)):
        with pytest.raises(StoreError) as caught:
            use()
        assert str(caught.value) == (
            f"{data}/{name}: {what} (see provenance.json); restore the data "
            f"folder (git checkout -- {data}), or delete the folder {data}/closes/{key} and run "
            "`ivts-site fetch`, which fetches the series again"
        )
    assert tree(data) == before


def test_swapped_parts(data: Path) -> None:
    """Two sound files of the same sessions, each in the other's place, tell nothing by themselves."""
    write_transaction(data, {"vix3m": VIX.assign(close=VIX["close"] + 2)}, WRITTEN)
    one, two = data / "closes/vix/2024.parquet", data / "closes/vix3m/2024.parquet"
    body = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(body)
    refused(data, "closes/vix/2024.parquet", "is not the file that the last fetch stored")
    refused(data, "closes/vix3m/2024.parquet", "is not the file that the last fetch stored")


def test_a_missing_part(data: Path) -> None:
    """A year that is gone is no history that begins later."""
    (data / "closes/vix/2024.parquet").unlink()
    refused(data, "closes/vix/2024.parquet", "is missing, though the last fetch stored it")


def test_a_part_too_many(data: Path) -> None:
    """A year that no fetch stored is no history."""
    pq.write_table(part([dt.date(2023, 1, 3)], [22.9], ["cboe_csv"]), data / "closes/vix/2023.parquet")
    refused(data, "closes/vix/2023.parquet", "is not among the files that the last fetch stored")


def test_a_series_taken_away_as_a_whole(data: Path) -> None:
    """It is not stored; stored again, shorter, the provenance knows its parts and no others."""
    write_transaction(data, {"spy": closes({"2025-01-02": 584.64}, "cboe_chart")}, WRITTEN)
    shutil.rmtree(data / "closes/vix")
    assert read_closes(data, "vix").empty
    with pytest.raises(StoreError, match=r"tells of 3 closes .* for vix, but 0 are stored; restore"):
        check_described(data, "vix", *read_one(data))
    assert write_transaction(data, {"vix": VIX["2025":]}, WRITTEN)
    assert read_provenance(data).parts == sums(data)
    assert set(sums(data)) == {"closes/spy/2025.parquet", "closes/vix/2025.parquet"}
    assert read_closes(data, "vix")["close"].tolist() == [17.93]


def read_one(data: Path) -> tuple[pd.DataFrame, Provenance]:
    frames, provenance = read_store(data, ["vix"])
    return frames["vix"], provenance


def test_a_store_without_digests_is_upgraded_once(data: Path) -> None:
    """It is read as it is; the next writing adds the digests of what lies there and touches no part."""
    expected = read_provenance(data)
    without_digests(data)
    assert read_provenance(data) == expected
    assert read_provenance(data).parts is None
    pd.testing.assert_frame_equal(read_closes(data, "vix"), VIX, check_freq=False)
    before = tree(data)
    assert write_transaction(data, {"vix": VIX.copy()}, WRITTEN)
    after = tree(data)
    assert {name for name in after if after[name] != before[name]} == {"provenance.json"}
    assert read_provenance(data).parts == sums(data)
    assert not write_transaction(data, {"vix": VIX.copy()}, WRITTEN)


def test_digests_are_those_of_the_files(data: Path) -> None:
    """A part with the same rows in other bytes, as another pyarrow writes it, stays and is known."""
    without_digests(data)
    path = data / "closes/vix/2024.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    body = path.read_bytes()
    more = pd.concat([VIX, closes({"2025-01-03": 16.13})])
    assert write_transaction(data, {"vix": more}, WRITTEN)
    assert path.read_bytes() == body
    assert read_provenance(data).parts == sums(data)
    pd.testing.assert_frame_equal(read_closes(data, "vix"), more, check_freq=False)


def part(days: list[object], values: list[object], sources: list[object]) -> pa.Table:
    schema = pa.schema([("session", pa.date32()), ("close", pa.float64()), ("source", pa.string())])
    return pa.table([days, values, sources], schema=schema)


D2, D3 = dt.date(2025, 1, 2), dt.date(2025, 1, 3)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (pa.table({"a": [1]}), "other columns"),
        (pa.table({"session": ["2025-01-02"], "close": [1.0], "source": ["x"]}), "other columns"),
        (part([dt.date(2024, 1, 2)], [1.0], ["x"]), "outside 2025"),
        (part([D2, D2], [1.0, 2.0], ["x", "x"]), "twice or out of order"),
        (part([D3, D2], [1.0, 2.0], ["x", "x"]), "twice or out of order"),
        (part([D2], [None], ["x"]), "missing values"),
        (part([D2], [0.0], ["x"]), "no price"),
        (part([D2], [float("nan")], ["x"]), "no price"),
    ],
)
def test_foreign_parquet(data: Path, table: pa.Table, reason: str) -> None:
    """A parquet file that is no part of this store is named, with how to restore it."""
    path = data / "closes/vix/2025.parquet"
    pq.write_table(table, path)
    with pytest.raises(StoreError, match=reason) as caught:
        read_closes(data, "vix")
    assert str(caught.value).startswith(f"{path}: ")
    assert f"git checkout -- {path}" in str(caught.value)
    assert "ivts-site fetch" in str(caught.value)


@pytest.mark.parametrize("keep", [0, 3, 100, -1])
def test_truncated_parquet(data: Path, keep: int) -> None:
    """A cut file is refused, never read in part, never overwritten."""
    path = data / "closes/vix/2024.parquet"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StoreError, match="damaged or not a parquet file"):
        read_closes(data, "vix")
    with pytest.raises(StoreError, match="damaged"):
        write_transaction(data, {"vix": VIX}, WRITTEN)


@pytest.mark.parametrize("bit", [0x40, pytest.param(0x80, marks=pytest.mark.whole)])
def test_every_flipped_bit_in_the_values_is_noticed(data: Path, bit: int) -> None:
    """Whether a flip breaks the format, a page or nothing that any reader would see: the file is named."""
    path = data / "closes/vix/2024.parquet"
    sound = path.read_bytes()
    for position in range(len(sound)):
        path.write_bytes(sound[:position] + bytes([sound[position] ^ bit]) + sound[position + 1 :])
        with pytest.raises(StoreError, match=r"closes/vix/2024\.parquet: "):
            read_closes(data, "vix")


@pytest.mark.parametrize("bit", [pytest.param(0x40, marks=pytest.mark.whole), 0x80])
def test_flipped_bits_without_digests(data: Path, bit: int) -> None:
    """Page checksums catch what still looks like parquet: no flip gives other closes or an error unnamed."""
    without_digests(data)
    path = data / "closes/vix/2024.parquet"
    sound = path.read_bytes()
    expected = read_closes(data, "vix")
    for position in range(len(sound)):
        path.write_bytes(sound[:position] + bytes([sound[position] ^ bit]) + sound[position + 1 :])
        try:
            assert read_closes(data, "vix").equals(expected)
        except StoreError:
            continue


def test_foreign_file_name(data: Path) -> None:
    """A parquet file of another name would silently be part of the data set of other tools."""
    (data / "closes/vix/copy.parquet").write_bytes((data / "closes/vix/2025.parquet").read_bytes())
    with pytest.raises(StoreError, match=r"named YEAR\.parquet"):
        read_closes(data, "vix")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"schema_version": 2, "series": {}, "calendar": null}',
     '{"schema_version": 1, "series": {"vix": {}}, "calendar": null}',
     '{"schema_version": 1, "series": {"vix": 5}, "calendar": null}', "\x80", "rows",
     '{"schema_version": 1, "series": {}, "calendar": null, "parts": ["a"]}'],
)  # fmt: skip
def test_damaged_provenance(data: Path, text: str) -> None:
    """A damaged provenance is named, with how to restore it."""
    path = data / "provenance.json"
    if text == "rows":
        text = re.sub(r'"rows": \d+', '"rows": Infinity', path.read_text())
    path.write_text(text, encoding="latin-1")
    with pytest.raises(StoreError, match=r"provenance\.json: is damaged or of another version"):
        read_provenance(data)


DOUBT = {"series": "vix", "session": "2025-01-02", "source": "cboe_csv", "close": 17.93,
         "other_source": "fred_csv", "other_close": 17.0, "seen_at": "2025-01-03T01:02:03Z"}  # fmt: skip
CHANGE = {"series": "vix", "session": "2025-01-02", "old": 17.9, "new": 17.93, "source": "cboe_csv",
          "kind": "revision", "seen_at": "2025-01-03T01:02:03Z"}  # fmt: skip


def test_records_grow_and_repeat_no_fact(data: Path) -> None:
    """The same disagreement seen again is not written again; a new value and every revision are."""
    again = {**DOUBT, "seen_at": "2025-01-04T00:00:00Z"}
    other = {**again, "other_close": 17.5}
    assert write_transaction(data, {}, WRITTEN, {"disagreements": [DOUBT, DOUBT], "revisions": [CHANGE]})
    before = tree(data)
    assert not write_transaction(data, {}, WRITTEN, {"disagreements": [again], "revisions": []})
    assert tree(data) == before
    assert write_transaction(data, {}, WRITTEN, {"disagreements": [again, other], "revisions": [CHANGE]})
    assert read_log(data, "disagreements") == (DOUBT, other)
    assert read_log(data, "revisions") == (CHANGE, CHANGE)
    assert read_log(data, "quarantine") == ()


def test_provisional_marks_are_kept(data: Path) -> None:
    """They come back as they went in; a file written before there were any has none."""
    mark = ProvisionalMark(reason=Reason.EARLY, seen_at=dt.datetime(2025, 1, 2, 22, tzinfo=dt.UTC))
    marked = replace(WRITTEN.series["vix"], provisional={dt.date(2025, 1, 2): mark})
    write_transaction(data, {}, replace(WRITTEN, series={"vix": marked}))
    assert read_provenance(data).series["vix"].provisional == {dt.date(2025, 1, 2): mark}
    text = json.loads((data / "provenance.json").read_text())
    assert text["series"]["vix"].pop("provisional") == {
        "2025-01-02": {"reason": "early", "seen_at": "2025-01-02T22:00:00Z"}
    }
    (data / "provenance.json").write_text(json.dumps(text))
    assert read_provenance(data).series["vix"].provisional == {}


@pytest.mark.parametrize("line", ["{", "[]", '{"series": "vix"}'])
def test_a_damaged_record_is_named_with_its_line(data: Path, line: str) -> None:
    """Half a line, another kind of entry: the file and the line are told."""
    write_transaction(data, {}, WRITTEN, {"revisions": [CHANGE]})
    with (data / "revisions.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(StoreError, match=r"revisions\.jsonl: line 2 is damaged; restore the file"):
        read_log(data, "revisions")


LAYOUT = """\
{
  "calendar": {
    "last_session": "2025-01-02",
    "next_session": "2025-01-03",
    "publication": "2025-01-03T23:30:00Z",
    "upcoming": {
      "2025-01-03": "2025-01-03T23:30:00Z",
      "2025-01-06": "2025-01-06T23:30:00Z"
    }
  },
  "early_closes": {
    "2024-12-24": "2024-12-24T18:00:00Z"
  },
  "parts": {
    "closes/vix/2025.parquet": "0a1b"
  },
  "reached": "2025-01-02",
  "schema_version": 1,
  "series": {
    "vix": {
      "dropped": {
        "not_a_session": 1,
        "unreadable": 2
      },
      "dropped_days": {
        "not_a_session": [
          "2024-12-25"
        ]
      },
      "etag": "\\"1\\"",
      "fetched_at": "2025-01-03T01:02:03Z",
      "first_session": "2024-12-30",
      "held_revisions": {
        "2024-12-31": {
          "new": 18.0,
          "old": 17.35,
          "seen_at": "2025-01-03T01:02:03Z",
          "source": "cboe_csv"
        }
      },
      "last_modified": "Thu, 02 Jan 2025 22:00:00 GMT",
      "last_session": "2025-01-02",
      "provisional": {
        "2025-01-02": {
          "reason": "disagreement",
          "seen_at": "2025-01-03T01:02:03Z"
        }
      },
      "ranges": [
        {
          "first_session": "2024-12-30",
          "last_session": "2025-01-02",
          "source": "cboe_csv"
        }
      ],
      "rows": 3,
      "settings": "abc",
      "sha256": "00",
      "source": "cboe_csv",
      "url": "https://cdn.example.org/VIX.csv"
    }
  }
}
"""


def test_the_layout_of_the_provenance_stays(tmp_path: Path) -> None:
    """A file that names everything is written again byte for byte."""
    path = tmp_path / "provenance.json"
    path.write_text(LAYOUT)
    found = read_provenance(tmp_path)
    assert found.series["vix"].held[dt.date(2024, 12, 31)].old == 17.35
    assert found.calendar is not None
    assert found.calendar.upcoming[1].publication == dt.datetime(2025, 1, 6, 23, 30, tzinfo=dt.UTC)
    assert encode_provenance(found) == path.read_bytes()


@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ('"rows": 3', '"rows": "3"'),
        ('"2024-12-30"', '"30 December 2024"'),
        ('"first_session": "2024-12-30"', '"first_session": 20241230'),
        ('"fetched_at": "2025-01-03T01:02:03Z"', '"fetched_at": "2025-01-03T01:02:03"'),
        ('"reason": "disagreement"', '"reason": "rumor"'),
        ('"publication": "2025-01-03T23:30:00Z"', '"publication": "soon"'),
        ('"next_session": "2025-01-03",', ""),
        ('"parts": {', f'"parts": {"[" * 100_000}'),
    ],
)
def test_a_value_of_another_kind_is_damage(tmp_path: Path, sound: str, broken: str) -> None:
    """Nothing is read as something it is not, such as a number as a date or an instant without its zone."""
    assert sound in LAYOUT
    (tmp_path / "provenance.json").write_text(LAYOUT.replace(sound, broken))
    with pytest.raises(StoreError, match=r"provenance\.json: is damaged or of another version"):
        read_provenance(tmp_path)
