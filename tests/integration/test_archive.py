"""The pages of the past as a build makes them: whole, light, kept, the same bytes however they came about."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
from tests.command import FEW_DRAWS, ONE_CHART, ivts
from tests.conftest import BUILT_AT, Share, share_site
from tests.integration.test_kill import run_and_kill
from tests.markup import Page
from tests.shared import needs_shared
from tests.stored import read_closes

from ivts_site.publish import broken_links

ALL = ("--set", "archive.days=true")
FEW = (*ONE_CHART, "--as-of", "2025-01-15")
"""The first sessions and one chart: enough where one build is held against another."""
OTHER = tuple(
    part
    for setting in ("site.name=OTHER", "statistics.default_window=3m", "publish.quoted_closes=false")
    for part in ("--set", setting)
)
KILLS = {True: 8, False: 2}
"""How many builds are killed with `--whole`, and without."""


def build(data: Path, out: Path, *more: object) -> Path:
    place = ("--data-dir", data, "--out", out)
    result = ivts("build", *place, "--built-at", BUILT_AT, *ALL, *FEW, *more)
    assert result.code == 0, result.err
    return out


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def published(folder: Path) -> dict[str, bytes]:
    """Everything but the record, whose keys follow the program's own source."""
    return {path: body for path, body in tree(folder).items() if path != ".archive"}


def sessions(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "day").iterdir())


def links(page: str, rel: str) -> list[str]:
    return re.findall(rf'rel="{rel}" href="([^"]*)"', page)


@pytest.fixture(scope="module")
def few_site(archive_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of few sessions."""
    return build(archive_data, tmp_path_factory.mktemp("few") / "site")


@pytest.fixture(scope="module")
def evening_before(archive_data: Path, few_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site of all but the last of them."""
    folder = tmp_path_factory.mktemp("before")
    build(archive_data, folder / "site", "--as-of", sessions(few_site)[-2])
    return folder


@pytest.fixture(scope="module")
def other_site(archive_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sessions with other settings."""
    return build(archive_data, tmp_path_factory.mktemp("other") / "site", *OTHER)


def test_every_session_has_its_files(archive_site: Path) -> None:
    """The sessions of the history, each with a page and a file, in years, in the index, linked in a chain."""
    history = json.loads((archive_site / "api/v1/history.json").read_text())
    assert sessions(archive_site) == history["session"]
    assert sorted(path.stem for path in (archive_site / "api/v1/day").iterdir()) == history["session"]
    years = sorted({session[:4] for session in history["session"]})
    assert sorted(path.name for path in (archive_site / "history").iterdir() if path.is_dir()) == years
    (folder,) = json.loads((archive_site / "api/v1/index.json").read_text())["folders"]
    assert (folder["path"], folder["n_files"]) == ("day/{name}.json", len(history["session"]))
    pages = {day: (archive_site / f"day/{day}/index.html").read_text() for day in history["session"]}
    for before, after in pairwise(history["session"]):
        assert links(pages[before], "next") == [f"../{after}/"]
        assert links(pages[after], "prev") == [f"../{before}/"]
    assert links(pages[history["session"][0]], "prev") == links(pages[history["session"][-1]], "next") == []


def test_files_of_sessions_say_what_the_history_says(archive_site: Path) -> None:
    """One computation: ratio, regime, day, rates and episode are those of history.json and episodes.json."""
    api = archive_site / "api/v1"
    history = json.loads((api / "history.json").read_text())
    for row, session in enumerate(history["session"]):
        day = json.loads((api / f"day/{session}.json").read_text())
        assert day["ivts"] == history["ivts"][row]
        assert (day["regime"]["name"], day["regime"]["day"]) == (
            history["regime"][row],
            history["regime_day"][row],
        )
        assert day["rolling_rates"] == {n: rates[row] for n, rates in history["rolling_rates"].items()}
        ongoing = day["episode"]["first_session"] if day["episode"] and day["episode"]["ongoing"] else None
        assert ongoing == history["episode"][row]
        assert day["closes"] is None


def test_every_episode_has_its_page(archive_site: Path) -> None:
    """Named by its first session; the table of all leads to each, and so does the front page."""
    listed = json.loads((archive_site / "api/v1/episodes.json").read_text())["episodes"]
    first = [episode["first_session"] for episode in listed]
    assert first
    assert sorted(path.name for path in (archive_site / "episodes").iterdir() if path.is_dir()) == first
    table = Page((archive_site / "episodes/index.html").read_text())
    assert [a["href"] for a in table.all("a") if re.fullmatch(r"\.\./episodes/[\d-]+/", a["href"])] == [
        f"../episodes/{session}/" for session in first[::-1]
    ]
    home = Page((archive_site / "index.html").read_text())
    assert f"episodes/{first[-1]}/" in {a["href"] for a in home.all("a")}


def test_links_lead_somewhere(archive_site: Path) -> None:
    """Every link and anchor of every page, the kept ones included."""
    assert broken_links(tree(archive_site)) == []


def test_pages_are_light_sound_and_say_sample(archive_site: Path, whole: bool) -> None:
    """Each page of the past under 12 kB compressed, well nested, ids once, and simulated ones say so."""
    past = sorted([*archive_site.glob("day/*/*.html"), *archive_site.glob("*/[12]*/index.html")])
    assert len(past) > 300
    for path in past if whole else past[::5]:
        text = path.read_text()
        assert len(gzip.compress(text.encode(), 6)) < 12_000, path
        assert "SAMPLE DATA" in text, path
        page = Page(text)
        assert page.faults == [], path
        assert max(page.ids().values()) == 1, path
        assert page.references() <= set(page.ids()), path


def test_kept_pages_know_nothing_of_today(archive_site: Path) -> None:
    """No instant of the build, no hash of the data: they would change every day."""
    snapshot = json.loads((archive_site / "api/v1/snapshot.json").read_text())
    told = [snapshot["built_at"][:16], *(series["sha256"][:10] for series in snapshot["series"].values())]
    for path in [*archive_site.glob("day/2024*/*.html"), archive_site / "history/2024/index.html"]:
        text = path.read_text()
        assert not [words for words in told if words in text], path


def test_no_page_of_the_past_carries_closes(archive_data: Path, few_site: Path, other_site: Path) -> None:
    """No file of a session holds its closes; its page quotes them unless it is told not to."""
    stored = {key: read_closes(archive_data, key)["close"] for key in ("vix", "vix3m", "spy")}
    for session in sessions(few_site)[::5]:
        page = (other_site / f"day/{session}/index.html").read_text()
        quoted = (few_site / f"day/{session}/index.html").read_text()
        data = (few_site / f"api/v1/day/{session}.json").read_text()
        for close in (float(closes[session]) for closes in stored.values()):
            assert f"{close:.2f}" not in page, session
            assert f"{close:.2f}" in quoted, session
            assert not re.search(rf": {re.escape(str(close))}\b", data), session


def test_a_day_more_changes_little(
    archive_data: Path, few_site: Path, evening_before: Path, tmp_path: Path
) -> None:
    """Built the evening before and again: the bytes of a fresh build, and old pages as they were.

    Of the old session files only the page of the last session changes: it gets its link to the next.
    """
    days, out = sessions(few_site), tmp_path / "work/site"
    before = tree(evening_before / "site")
    shutil.copytree(evening_before, out.parent)
    build(archive_data, out)
    after = tree(out)
    assert after == tree(few_site)
    old = {path for path in before if path.startswith(("day/", "api/v1/day/"))}
    assert {path for path in old if before[path] != after[path]} == {f"day/{days[-2]}/index.html"}
    assert {path for path in after if path.startswith(("day/", "api/v1/day/"))} - old == {
        f"day/{days[-1]}/index.html",
        f"api/v1/day/{days[-1]}.json",
    }
    assert before["history/2024/index.html"] == after["history/2024/index.html"]
    changed = after[f"day/{days[-2]}/index.html"].decode()
    link = re.search(r'<a rel="next".*?</a>\n', changed)
    assert link
    assert changed.replace(link[0], "<span></span>\n") == before[f"day/{days[-2]}/index.html"].decode()


def test_other_settings_make_pages_anew(
    archive_data: Path, few_site: Path, other_site: Path, tmp_path: Path
) -> None:
    """Another name of the site and another default window: the bytes of a fresh build."""
    out = tmp_path / "site"
    shutil.copytree(few_site, out)
    build(archive_data, out, *OTHER)
    assert tree(out) == tree(other_site)
    page = (out / f"day/{sessions(out)[-1]}/index.html").read_text()
    assert ">OTHER<" in page
    assert "In backwardation, 3 months" in page


def test_a_damaged_site_is_no_source(archive_data: Path, few_site: Path, tmp_path: Path) -> None:
    """A page changed by hand and a record that is cut off: the next build is as a fresh one."""
    out = tmp_path / "site"
    shutil.copytree(few_site, out)
    page = out / f"day/{sessions(out)[5]}/index.html"
    page.write_bytes(page.read_bytes().replace(b"contango", b"nonsense"))
    build(archive_data, out)
    assert published(out) == published(few_site)
    (out / ".archive").unlink()
    shutil.rmtree(tmp_path / ".site.spare")
    build(archive_data, out)
    assert published(out) == published(few_site)


def test_a_changed_close_is_noted(archive_data: Path, few_site: Path, tmp_path: Path) -> None:
    """The page of its session says when; no other page of a session does."""
    data = tmp_path / "data"
    shutil.copytree(archive_data, data)
    session = "2024-10-15"
    entry = {"series": "vix", "session": session, "old": 20.0, "new": 20.5, "kind": "revision", "source": "x"}
    (data / "revisions.jsonl").write_text(json.dumps({**entry, "seen_at": "2024-10-20T22:00:00Z"}) + "\n")
    shutil.copytree(few_site, tmp_path / "site")
    out = build(data, tmp_path / "site")
    words = "was changed on 20 October 2024"
    told = [path.parent.name for path in out.glob("day/*/index.html") if words in path.read_text()]
    assert told == [session]


def test_switches(archive_data: Path, few_site: Path, tmp_path: Path) -> None:
    """Without sessions there is no history in the navigation; all episodes and the comparison stay."""
    out = tmp_path / "site"
    shutil.copytree(few_site, out)
    build(archive_data, out, "--set", "archive.days=false")
    assert not (out / "day").exists()
    assert not (out / "history").exists()
    assert not (out / "api/v1/day").exists()
    assert (out / "episodes").is_dir()
    assert "history/" not in (out / "index.html").read_text()
    assert broken_links(tree(out)) == []
    assert 'value="sessions"' not in (out / "compare/index.html").read_text()
    build(archive_data, out, "--set", "archive.days=true", "--set", "archive.episodes=false")
    assert [path.name for path in (out / "episodes").iterdir()] == ["index.html"]
    assert broken_links(tree(out)) == []


def test_check_reads_the_files_of_sessions(archive_data: Path, archive_site: Path, tmp_path: Path) -> None:
    """`ivts-site check` finds a file that is not as described, and a link that leads nowhere."""
    out = tmp_path / "site"
    shutil.copytree(archive_site, out)
    good = ivts("check", "--data-dir", archive_data, "--out", out)
    assert good.code == 0, good.err
    (out / "api/v1/day/2024-10-15.json").write_text("{}")
    shutil.rmtree(out / "day/2024-10-16")
    bad = ivts("check", "--data-dir", archive_data, "--out", out)
    assert bad.code != 0
    assert "2024-10-15.json is not as described" in bad.err
    assert "day/2024-10-15/index.html: ../2024-10-16/" in bad.err


def test_killed_builds(
    archive_data: Path,
    few_site: Path,
    evening_before: Path,
    tmp_path: Path,
    *,
    capsys: pytest.CaptureFixture[str],
    whole: bool,
) -> None:
    """With thousands of shared files, too: the old site or the new one, and the next build cleans up."""
    n_kills = KILLS[whole]
    common = ["--data-dir", str(archive_data), "--built-at", BUILT_AT, *ALL, *FEW, *FEW_DRAWS]
    old, new = published(evening_before / "site"), published(few_site)
    arguments = ["build", *common, "--out", str(tmp_path / "work" / "site")]
    run_and_kill(arguments, evening_before, tmp_path / "work", tmp_path / "kept", n_kills)
    found = [published(tmp_path / "kept" / str(number) / "site") for number in range(n_kills)]
    assert all(each in (old, new) for each in found)
    for number in range(0, n_kills, 5):
        folder = tmp_path / "kept" / str(number)
        build(archive_data, folder / "site")
        assert sorted(path.name for path in folder.iterdir()) == [".site.lock", ".site.spare", "site"]
        assert published(folder / "site") == new
    with capsys.disabled():
        click.echo(f"\nBuilds with the archive killed: {n_kills}, {found.count(new)} of them after the swap")


@pytest.fixture(scope="module")
def recorded(share: Share, recorded_data: Path) -> Path:
    """The whole archive of the recorded closes."""
    return share_site(share, "recorded-archive", recorded_data, *ALL[1:])


@needs_shared
@pytest.mark.whole
def test_the_recorded_archive(recorded: Path) -> None:
    """4,587 sessions, 467 in backwardation, the 63 sessions from 2008-09-11, the suspect 2010-05-06."""
    days: dict[str, dict[str, Any]] = {
        path.stem: json.loads(path.read_text()) for path in (recorded / "api/v1/day").iterdir()
    }
    assert len(days) == len(sessions(recorded)) == 4587
    assert sum(day["regime"]["name"] == "backwardation" for day in days.values()) == 467
    assert sorted(session for session, day in days.items() if day["suspect"]) == ["2010-05-06", "2010-11-26"]
    assert "is <a" in (recorded / "day/2010-05-06/index.html").read_text()
    listed = json.loads((recorded / "api/v1/episodes.json").read_text())["episodes"]
    (longest,) = [episode for episode in listed if episode["rank_sessions"] == 1]
    assert (longest["first_session"], longest["n_sessions"]) == ("2008-09-11", 63)
    assert (longest["vix_max"], longest["vix_max_session"]) == (80.86, "2008-11-20")
    page = (recorded / "episodes/2008-09-11/index.html").read_text()
    assert "for 63 sessions in a row, 11 September to 9 December 2008" in page
    assert "it is the longest" in page
    largest = max(len(gzip.compress(p.read_bytes(), 6)) for p in recorded.glob("day/*/index.html"))
    assert largest < 12_000
    sitemap = (recorded / "sitemap.xml").read_text()
    assert "<loc>https://example.org/day/2010-05-06/</loc><lastmod>2010-05-06</lastmod>" in sitemap
    assert sitemap.count("/day/") == 4587
    # the newest episode, of one session on 20 November 2025, settled the ranks of all before it
    assert "<loc>https://example.org/episodes/2008-09-11/</loc><lastmod>2025-11-20</lastmod>" in sitemap
    assert broken_links(tree(recorded)) == []
