"""With `publish.raw_closes` off, closes are drawn and quoted, and no file hands out a series of them.

The closes of this site are like no other number on it: five digits and two decimals. Every file of the
finished tree is searched for them, whatever its form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.command import ivts
from tests.stored import SOURCES, _entry, read_closes

from ivts_site.store import Provenance, write_transaction

SESSIONS = 160
NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+\.\d+|(?<![\w.])\d{5,}\.\d+")
BINARY = {".ico", ".png"}
DRAWN = {"index.html", "charts/signal.json", "charts/spy-backwardation.json", "charts/term-structure.json"}
"""The tracker page with its charts, and the figures that a browser draws them from."""
QUOTED = {
    "api/v1/snapshot.json": 20,
    "methodology/index.html": 5,
    "episodes/*/index.html": 1,
    "day/*/index.html": 3,
    "embed/*/index.html": 12,
    "feed*": 12,
    "guide/index.html": 12,
    "episodes/index.html": 11,
    **dict.fromkeys(("api/v1/episodes.json", "api/v1/episodes.csv"), 9),
    **dict.fromkeys(("research/index.html", "api/v1/research.json"), 10),
    **dict.fromkeys(("404.html", "api/index.html", "compare/index.html"), 2),
    **dict.fromkeys(("hedge/index.html", "history/index.html"), 2),
}
"""Files that quote single closes, such as an episode's highest or what a preview shows: how many at most."""
SWITCHES = ["series.vix.range=[1,1000000]", "series.vix3m.range=[1,1000000]", "series.spy.range=[1,10000000]"]


@pytest.fixture(scope="module")
def data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last sample sessions, closes multiplied by 1,000 or by 100, with noise in the last places."""
    folder = tmp_path_factory.mktemp("told") / "data"
    frames = {}
    for key, name in SOURCES.items():
        closes = read_closes(sample_data, key).iloc[-SESSIONS:]
        noise = np.random.default_rng(len(key)).integers(1, 100, len(closes)) / 100
        factor = 100 if key == "spy" else 1000
        frames[key] = closes.assign(close=(closes["close"] * factor).round() + noise, source=name)
    entries = {key: _entry(key, frame, {}) for key, frame in frames.items()}
    write_transaction(folder, frames, Provenance(series=entries))
    return folder


@pytest.fixture(scope="module")
def closes(data: Path) -> dict[float, str]:
    """Session of each close."""
    return {
        round(close, 2): f"{key} {session:%Y-%m-%d}"
        for key in SOURCES
        for session, close in read_closes(data, key)["close"].items()
    }


def build(data: Path, out: Path, *, raw: bool) -> Path:
    settings = [*SWITCHES, f"publish.raw_closes={str(raw).lower()}", "archive.days=true"]
    options = [part for setting in settings for part in ("--set", setting)]
    done = ivts("build", "--data-dir", data, "--out", out, *options)
    assert done.code == 0, done.err
    return out


def text_of(path: Path) -> str:
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    return path.read_bytes().decode("utf-8")


def told(site: Path, closes: Mapping[float, str]) -> dict[str, set[str]]:
    """Which closes each file of the tree holds."""
    found = {}
    for path in sorted(each for each in site.rglob("*") if each.is_file() and each.suffix not in BINARY):
        name = path.relative_to(site).as_posix()
        if name.startswith("assets/"):
            continue
        numbers = {round(float(each.replace(",", "")), 2) for each in NUMBER.findall(text_of(path))}
        held = {closes[number] for number in numbers if number in closes}
        if held:
            found[name] = held
    return found


@pytest.fixture(scope="module")
def off(
    data: Path, closes: dict[float, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[str]]:
    """What the files of a site hold that publishes no closes."""
    return told(build(data, tmp_path_factory.mktemp("off") / "site", raw=False), closes)


def test_only_charts_and_headlines_carry_closes(off: dict[str, set[str]]) -> None:
    """Whatever is drawn holds them; a few files quote single ones; no other file of the tree holds any."""
    assert set(off) >= DRAWN
    allowed = {
        name: max((most for pattern, most in QUOTED.items() if fnmatch(name, pattern)), default=0)
        for name in off
    }
    assert {name: sorted(off[name]) for name in set(off) - DRAWN if len(off[name]) > allowed[name]} == {}


def test_quoted_closes_are_no_series(off: dict[str, set[str]], data: Path) -> None:
    """Outside of charts no file tells three sessions of a series in a row."""
    sessions = [f"{session:%Y-%m-%d}" for session in read_closes(data, "vix").index]
    for name, held in off.items():
        for key in SOURCES if name not in DRAWN else ():
            flags = [f"{key} {session}" in held for session in sessions]
            assert not any(map(all, zip(flags, flags[1:], flags[2:], strict=False))), (name, key)


def test_the_search_would_find_them(data: Path, closes: dict[float, str], tmp_path: Path) -> None:
    """With the switch on, files of history, charts and sessions hold the closes, in each of their forms."""
    on = told(build(data, tmp_path / "site", raw=True), closes)
    everything = set(closes.values())
    for name in ("api/v1/history.json", "api/v1/history.csv", "api/v1/history.parquet", "charts/signal.csv"):
        assert len(on[name]) > 0.99 * len(everything), name
    days = {Path(name).stem: held for name, held in on.items() if name.startswith("api/v1/day/")}
    # a VIX below 10 is too short to be searched for
    assert sum({f"{key} {day}" for key in SOURCES} <= held for day, held in days.items()) > 0.98 * SESSIONS
