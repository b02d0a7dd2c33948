"""From the vendors' recorded files to a published page, where recordings lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.command import ivts
from tests.shared import Mirror, needs_shared

pytestmark = needs_shared
NOW = "2026-02-28T12:00:00Z"


def at(url: str) -> list[str]:
    """Options that send every vendor's requests to the stand-in."""
    hosts = {"cboe": "cdn.cboe.com", "fred": "fred.stlouisfed.org"}
    return [
        part for name, host in hosts.items() for part in ("--set", f"sources.{name}.base_url={url}/{host}")
    ]


def test_the_last_recorded_session(recorded_site: Path) -> None:
    """2026-02-27: VIX 19.86 and VIX3M 21.56 in the files; 19.86 / 21.56 = 0.92115 is contango."""
    shown = json.loads((recorded_site / "api/v1/snapshot.json").read_text())
    assert shown["as_of"] == "2026-02-27"
    assert (shown["closes"]["vix"], shown["closes"]["vix3m"]) == (19.86, 21.56)
    assert shown["ivts"] == pytest.approx(19.86 / 21.56, abs=5e-7)
    assert shown["regime"]["name"] == "contango"
    assert (shown["all_history"]["n_sessions"], shown["all_history"]["n_backwardation"]) == (4587, 467)
    assert shown["all_history"]["first_session"] == "2007-12-04"
    longest = shown["episodes"]["longest"]
    assert (longest["n_sessions"], longest["first_session"], longest["last_session"]) == (
        *(63, "2008-09-11"),
        "2008-12-09",
    )
    assert shown["episodes"]["n"] == 125
    # VIX3M repeats 26.37 while VIX went 24.91 to 32.80, and 21.81 while VIX went 19.56 to 22.22
    assert [s["session"] for s in shown["quality"]["suspect"]] == ["2010-05-06", "2010-11-26"]
    assert shown["quality"]["dropped_rows"] >= 30  # the VIX file's rows on market holidays
    assert shown["expected"] == {"next_session": "2026-03-02", "publication": "2026-03-02T23:30:00Z"}
    page = (recorded_site / "index.html").read_text()
    assert "19.86" in page
    assert "SAMPLE DATA" not in page


def test_the_record_close(crisis_site: Path) -> None:
    """2020-03-16: VIX 82.69, the 16th session of the episode that began on 2020-02-24, no later row used."""
    shown = json.loads((crisis_site / "api/v1/snapshot.json").read_text())
    assert (shown["as_of"], shown["closes"]["vix"]) == ("2020-03-16", 82.69)
    assert shown["regime"]["name"] == "backwardation"
    assert (shown["regime"]["since"], shown["regime"]["day"]) == ("2020-02-24", 16)
    assert shown["episodes"]["recent"][0]["ongoing"] is True
    assert max(s["last_session"] for s in shown["series"].values()) == "2020-03-16"
    assert shown["expected"] is None


def test_as_of_equals_the_build_of_that_evening(recorded_data: Path, tmp_path: Path) -> None:
    """Files as the vendors had them on 2018-02-05 give the snapshot that `--as-of` gives on all rows."""
    with Mirror(as_of="2018-02-05") as mirror:
        evening = ["--now", "2018-02-06T12:00:00Z", *at(mirror.url)]
        assert ivts("fetch", "--data-dir", tmp_path / "data", *evening).code == 0
    then = json.loads(ivts("snapshot", "--data-dir", tmp_path / "data", "--built-at", NOW).out)
    now = json.loads(
        ivts("snapshot", "--data-dir", recorded_data, "--built-at", NOW, "--as-of", "2018-02-05").out
    )
    assert then["expected"] == {"next_session": "2018-02-06", "publication": "2018-02-06T23:30:00Z"}
    for shown in (then, now):
        del shown["expected"]  # known on the evening alone
    assert then == now
