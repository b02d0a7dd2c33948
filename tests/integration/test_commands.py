"""The commands end to end on sample closes: what they write, what they say, how they refuse."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from tests.command import NO_ARCHIVE, ONE_CHART, Result, ivts
from tests.conftest import BUILT_AT

from ivts_site import errors
from ivts_site.publish import build_headers

ROOT = Path(__file__).parents[2]


def tree(folder: Path) -> dict[str, str]:
    files = (p for p in folder.rglob("*") if p.is_file() and p.name != ".lock")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_built_site_holds_what_is_promised(sample_site: Path) -> None:
    """Pages, JSON with schemas, figures and downloads of the five charts; no sitemap of a sample site."""
    made = set(tree(sample_site))
    charts = {"signal", "term-structure", "spy-backwardation", "distribution", "rolling-rate"}
    assert {
        "index.html",
        "methodology/index.html",
        "404.html",
        "robots.txt",
        "card.png",
        "api/v1/snapshot.json",
        "api/v1/snapshot.schema.json",
        "api/v1/episodes.json",
        "api/v1/episodes.schema.json",
    } <= made
    assert {f"charts/{c}.{kind}" for c in charts for kind in ("json", "csv")} <= made
    assert "sitemap.xml" not in made


def test_two_builds_are_byte_identical(sample_data: Path, sample_site: Path, tmp_path: Path) -> None:
    """Another process, zone, locale, hash seed, folder and umask make the same bytes."""
    env = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "ivts_site", "build", "--config", str(ROOT / "config.yaml")]
    command += ["--data-dir", str(sample_data), "--out", str(tmp_path / "other"), "--built-at", BUILT_AT]
    command += NO_ARCHIVE
    subprocess.run(command, check=True, cwd=tmp_path, env=env, umask=0o077, capture_output=True)
    assert tree(tmp_path / "other") == tree(sample_site)


def test_source_date_epoch_is_the_instant_of_the_build(
    sample_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1767312000 is 2026-01-02T00:00:00Z; --built-at wins over it; nonsense is refused."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767312000")
    assert json.loads(ivts("snapshot", "--data-dir", sample_data).out)["built_at"] == "2026-01-02T00:00:00Z"
    given = ivts("snapshot", "--data-dir", sample_data, "--built-at", "2026-03-01T01:00:00+01:00")
    assert json.loads(given.out)["built_at"] == "2026-03-01T00:00:00Z"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    refused = ivts("snapshot", "--data-dir", sample_data)
    assert (refused.code, "SOURCE_DATE_EPOCH: 'soon'" in refused.err) == (2, True)


def test_snapshot_prints_what_the_build_publishes(sample_data: Path, sample_site: Path) -> None:
    """Page and command share one computation."""
    printed = ivts("snapshot", "--data-dir", sample_data, "--built-at", BUILT_AT).out
    assert printed == (sample_site / "api/v1/snapshot.json").read_text()


def test_with_nothing_stored_the_site_says_sample_data(tmp_path: Path, sample_site: Path) -> None:
    """Every page, the titles, the JSON and the pictures say so, and no page wants to be indexed."""
    out = tmp_path / "site"
    place = ("--data-dir", tmp_path / "none", "--out", out)
    result = ivts("build", *place, "--built-at", BUILT_AT, *ONE_CHART)
    assert result.code == 0
    assert "SAMPLE DATA" in result.err
    assert not (tmp_path / "none").exists()
    assert json.loads((out / "api/v1/snapshot.json").read_text())["sample"] is True
    assert json.loads((out / "api/v1/episodes.json").read_text())["sample"] is True
    for page in out.rglob("*.html"):
        text = page.read_text()
        assert "SAMPLE DATA" in text.split("</title>")[0], page
        assert text.count("SAMPLE DATA") >= 2, page
        assert '<meta name="robots" content="noindex' in text, page
    for figure in (sample_site / "charts").glob("*.json"):
        assert "SAMPLE DATA" in figure.read_text(), figure
    for name in ("snapshot", "history", "episodes"):
        assert (out / f"api/v1/{name}.json").read_bytes() == (
            sample_site / f"api/v1/{name}.json"
        ).read_bytes()


def test_check_passes_on_a_healthy_site_and_lists_every_fault(
    sample_data: Path, sample_site: Path, tmp_path: Path
) -> None:
    """Two faults of two kinds are both told, with the exit code of the gravest."""
    healthy = ivts("check", "--data-dir", sample_data, "--out", sample_site)
    assert (healthy.code, healthy.err) == (0, "")
    assert "links work" in healthy.out
    data, site = tmp_path / "data", tmp_path / "site"
    shutil.copytree(sample_data, data)
    shutil.copytree(sample_site, site)
    (data / "closes/vix/2015.parquet").write_bytes(b"PAR1")
    (site / "methodology/index.html").unlink()
    (site / "api/v1/snapshot.json").write_text("{}")
    faulty = ivts("check", "--data-dir", data, "--out", site)
    assert faulty.code == 5
    assert "2015.parquet" in faulty.err
    assert "methodology/" in faulty.err
    assert "snapshot.json is not as described" in faulty.err


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        ("yesterday", "'yesterday' is not a date"),
        ("2025-02-30", "'2025-02-30' is not a date"),
        ("20250227", "'20250227' is not a date"),
        ("2025-W12-1", "'2025-W12-1' is not a date"),
        ("2025-07-04", "2025-07-04"),  # a holiday
        ("2009-09-17", "2009-09-17"),  # before the history
        ("2031-01-02", "2031-01-02"),  # after it
    ],
)
def test_an_as_of_that_cannot_be_shown_is_refused(
    sample_data: Path, sample_site: Path, tmp_path: Path, as_of: str, says: str
) -> None:
    """One clear sentence, exit code 2, and the last site stays."""
    out = tmp_path / "site"
    shutil.copytree(sample_site, out)
    result = ivts("build", "--data-dir", sample_data, "--out", out, "--as-of", as_of)
    assert result.code == 2
    assert says in result.err
    assert tree(out) == tree(sample_site)


@pytest.mark.parametrize("damage", ["truncated", "foreign", "empty", "csv"])
def test_a_damaged_store_is_named_and_the_site_stays(
    sample_data: Path, sample_site: Path, tmp_path: Path, damage: str
) -> None:
    """The file is named with how to restore it; exit code 4; neither data nor site change."""
    data, out = tmp_path / "data", tmp_path / "site"
    shutil.copytree(sample_data, data)
    shutil.copytree(sample_site, out)
    path = data / "closes/vix3m/2020.parquet"
    if damage == "foreign":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_bytes({"truncated": path.read_bytes()[:-20], "empty": b"", "csv": b"a,b\n1,2\n"}[damage])
    before = tree(data)
    result = ivts("build", "--data-dir", data, "--out", out)
    assert result.code == 4
    assert str(path) in result.err
    assert "git checkout" in result.err
    assert (tree(data), tree(out)) == (before, tree(sample_site))


@pytest.mark.parametrize("lost", [["spy"], ["vix3m"], ["vix", "vix3m", "spy"]])
def test_a_lost_series_is_an_error_not_sample_data(
    sample_data: Path, tmp_path: Path, lost: list[str]
) -> None:
    """Real closes are never mixed with simulated ones, nor replaced by them."""
    data = tmp_path / "data"
    shutil.copytree(sample_data, data)
    for key in lost:
        shutil.rmtree(data / "closes" / key)
    refused(data, tmp_path, f" for {lost[0]}, but 0 are stored; restore the data folder from git, or run")


@pytest.mark.parametrize("left", ["closes/vix/2020.parquet", "provenance.json"])
def test_sample_data_only_where_nothing_at_all_is_stored(
    sample_data: Path, tmp_path: Path, left: str
) -> None:
    """One file that a fetch once wrote is enough: something was lost."""
    (tmp_path / "data" / left).parent.mkdir(parents=True)
    shutil.copy(sample_data / left, tmp_path / "data" / left)
    result = ivts("build", "--data-dir", tmp_path / "data", "--out", tmp_path / "site")
    assert (result.code, (tmp_path / "site").exists()) == (4, False)
    assert "provenance.json: tells of" in result.err


UNREADABLE = {
    ".": "",
    "provenance.json": "/provenance.json",
    "closes": "/closes/vix",
    "closes/vix": "/closes/vix",
    "closes/vix3m/2020.parquet": "/closes/vix3m/2020.parquet",
    "closes/vvix": "/closes/vvix",
    "closes/skew/2020.parquet": "/closes/skew/2020.parquet",
    "revisions.jsonl": "/revisions.jsonl",
}
"""What is closed to the user, and what is named."""


def test_what_this_user_may_not_read_is_named_as_that(sample_data: Path, tmp_path: Path) -> None:
    """Neither damage nor a reason for sample data: the file or folder, what is wrong and what to do."""
    commands: list[list[object]] = []
    for number, closed in enumerate(UNREADABLE):
        data = tmp_path / f"{number}/data"
        shutil.copytree(sample_data, data)
        (data / "revisions.jsonl").touch()
        # the options refuse a folder that may not be listed; one whose files may not be opened is ours
        (data / closed).chmod(0o444 if closed == "." else 0)
        commands += [
            ["build", "--out", tmp_path / "site", "--data-dir", data],
            ["check", "--out", tmp_path / "none", "--data-dir", data],
        ]
    try:
        results = as_any_user(*commands)
    finally:
        for number, closed in enumerate(UNREADABLE):
            (tmp_path / f"{number}/data" / closed).chmod(0o755)
    for command, result, named in zip(
        commands, results, [n for n in UNREADABLE.values() for _ in "bc"], strict=True
    ):
        assert result.code == 4, result.err
        assert f"{command[-1]}{named}: this user may not read it (Permission denied); run the" in result.err
        assert not any(word in result.err for word in ("damaged", "delete", "SAMPLE", "Traceback"))
    assert not (tmp_path / "site").exists()


def test_a_fetch_into_a_folder_this_user_may_not_read(sample_data: Path, tmp_path: Path) -> None:
    """It stops before a vendor is asked, and says the same."""
    data = tmp_path / "data"
    shutil.copytree(sample_data, data)
    (data / "closes/vix/2020.parquet").chmod(0)
    (result,) = as_any_user(["fetch", "--data-dir", data])
    assert result.code == 4, result.err
    assert "closes/vix/2020.parquet: this user may not read it" in result.err


RUN_ALL = """
import dataclasses, json, sys
from tests.command import ivts
print(json.dumps([dataclasses.astuple(ivts(*each)) for each in json.load(sys.stdin)]))
"""


def as_any_user(*commands: Sequence[object]) -> list[Result]:
    """Run commands in one process that file modes bind, which they do not where the tests run as root."""
    bound = ["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is None:
        pytest.skip("root reads every file, and setpriv is not there")
    prefix = [str(setpriv), *bound] if os.geteuid() == 0 else []
    given = json.dumps([[str(part) for part in command] for command in commands])
    program = [*prefix, sys.executable, "-c", RUN_ALL]
    done = subprocess.run(program, input=given, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return [Result(*each) for each in json.loads(done.stdout)]


def copy_project(root: Path) -> Path:
    """Settings and templates of the repository in a folder where they may be changed."""
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / "static").symlink_to(ROOT / "static")
    shutil.copy(ROOT / "config.yaml", root)
    return root


def test_content_with_an_unknown_field_is_refused(
    sample_data: Path, sample_site: Path, tmp_path: Path
) -> None:
    """The file, the key and the nearest name; exit code 2; the last site stays."""
    root, out = copy_project(tmp_path / "project"), tmp_path / "site"
    shutil.copytree(sample_site, out)
    tips = root / "templates/content/tips.yaml"
    tips.write_text(tips.read_text().replace("title:", "titel:", 1))
    result = ivts("build", "--config", root / "config.yaml", "--data-dir", sample_data, "--out", out)
    assert result.code == 2
    assert "tips.yaml" in result.err
    assert "titel: unknown key; did you mean 'title'?" in result.err
    assert tree(out) == tree(sample_site)


def test_a_broken_template_leaves_the_last_site(sample_data: Path, sample_site: Path, tmp_path: Path) -> None:
    """An undefined variable in a template is an error of rendering, exit code 5, never an empty string."""
    root, out = copy_project(tmp_path / "project"), tmp_path / "site"
    shutil.copytree(sample_site, out)
    page = root / "templates/index.html"
    page.write_text(
        page.read_text().replace("{% block", "{{ no_such_value }}{% block", 1) + "{{ no_such_value }}"
    )
    base = root / "templates/base.html"
    base.write_text(base.read_text().replace("</body>", "{{ no_such_value }}</body>"))
    place = ("--config", root / "config.yaml", "--data-dir", sample_data, "--out", out)
    result = ivts("build", *place, *ONE_CHART)
    assert result.code == 5
    assert "no_such_value" in result.err
    assert tree(out) == tree(sample_site)


def test_quiet_and_verbose_are_taken_by_every_command() -> None:
    """`--help` of each command is complete: every option it lists has a text, and exit codes are told."""
    for command in ("fetch", "build", "snapshot", "check", "serve", "sample"):
        text = ivts(command, "--help").out
        for option in ("--config", "--set", "--data-dir", "--verbose", "--quiet", "Exit codes:"):
            assert option in text, (command, option)


def test_sample_closes_never_enter_the_data_folder(tmp_path: Path) -> None:
    """Neither by --out, nor over closes that were fetched."""
    refused = ivts("sample", "--data-dir", tmp_path / "d", "--out", tmp_path / "d")
    assert (refused.code, "must not go into the data folder" in refused.err) == (2, True)
    assert not (tmp_path / "d").exists()


def test_the_same_seed_writes_the_same_bytes(sample_data: Path, tmp_path: Path) -> None:
    """Another seed writes others."""
    ivts("sample", "--out", tmp_path / "same")
    ivts("sample", "--out", tmp_path / "other", "--seed", 1)
    assert tree(tmp_path / "same") == tree(sample_data)
    assert tree(tmp_path / "other") != tree(sample_data)


def test_every_error_has_a_documented_exit_code() -> None:
    """The five codes of the help text, and no other."""
    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.IvtsError) and kind is not errors.IvtsError
    }
    assert codes - {1} == {2, 3, 4, 5}  # CheckError takes the code of its gravest fault


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-05:00", "2026-01-02T00:00:00", "noon"])
def test_an_instant_that_is_none_is_refused(sample_data: Path, instant: str) -> None:
    """Without zone, outside the calendar, or no instant at all: exit code 2 and the value."""
    result = ivts("snapshot", "--data-dir", sample_data, "--built-at", instant)
    assert (result.code, instant in result.err) == (2, True)


def test_quiet_says_nothing_when_all_is_well(sample_data: Path, tmp_path: Path) -> None:
    """With -q a build that worked prints not a word."""
    result = ivts("build", "--data-dir", sample_data, "--out", tmp_path / "site", "-q", *ONE_CHART)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_sample_data_never_replace_a_site_of_real_closes(sample_site: Path, tmp_path: Path) -> None:
    """A mistyped data folder is an error, exit code 4, and the published site stays."""
    out = tmp_path / "site"
    shutil.copytree(sample_site, out)
    snapshot = out / "api/v1/snapshot.json"
    snapshot.write_text(snapshot.read_text().replace('"sample": true', '"sample": false'))
    before = tree(out)
    result = ivts("build", "--data-dir", tmp_path / "dtaa", "--out", out)
    assert (result.code, tree(out)) == (4, before)
    assert "sample data must not replace" in result.err


@pytest.mark.parametrize("kind", ["file", "loop", "nowhere"])
def test_a_data_folder_that_is_none_is_refused(tmp_path: Path, kind: str) -> None:
    """A file, a link to itself, a link to a disk that is not there: no sample site, nothing fetched."""
    data = tmp_path / "data"
    if kind == "file":
        data.write_text("file")
    else:
        data.symlink_to(data if kind == "loop" else tmp_path / "disk")
    for command in (["build", "--out", tmp_path / "site"], ["check", "--out", tmp_path / "none"], ["fetch"]):
        result = ivts(*command, "--data-dir", data)
        assert (result.code, (tmp_path / "site").exists()) == (2, False), result.err
        says = "is a broken link" if kind == "nowhere" else "is not a folder"
        assert f"{data}: {says}" in result.err
        assert "--data-dir" in result.err


def refused(data: Path, tmp_path: Path, says: str) -> None:
    """Neither build nor check passes over what is wrong with a data folder, and no site is made."""
    for command in (["build", "--out", tmp_path / "site"], ["check", "--out", tmp_path / "none"]):
        result = ivts(*command, "--data-dir", data)
        assert (result.code, says in result.err) == (4, True), result.err
        assert "Traceback" not in result.err
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("lost", "says"),
    [
        ("closes/vix/2020.parquet", "closes/vix/2020.parquet: is missing"),
        ("provenance.json", "provenance.json: tells of nothing for vix"),
    ],
)
def test_a_lost_file_is_noticed(sample_data: Path, tmp_path: Path, lost: str, says: str) -> None:
    """A year that is gone changes every count."""
    data = tmp_path / "data"
    shutil.copytree(sample_data, data)
    (data / lost).unlink()
    refused(data, tmp_path, says)


def test_swapped_parts_are_noticed(sample_data: Path, tmp_path: Path) -> None:
    """A year of VIX in the place of the same year of VIX3M has the right sessions and is still foreign."""
    data = tmp_path / "data"
    shutil.copytree(sample_data, data)
    for key, other in (("vix", "vix3m"), ("vix3m", "vix")):
        shutil.copy(sample_data / f"closes/{other}/2024.parquet", data / f"closes/{key}/2024.parquet")
    refused(data, tmp_path, f"{data}/closes/vix/2024.parquet: is not the file")


def test_a_stored_close_outside_its_range_is_named(sample_data: Path, tmp_path: Path) -> None:
    """The highest simulated VIX close is 79.7: with a range up to 50 the panel is refused."""
    result = ivts(
        "build", "--data-dir", sample_data, "--out", tmp_path / "site", "--set", "series.vix.range=[5, 50]"
    )
    assert result.code == 4
    assert "lies outside series.vix.range" in result.err


def test_a_link_to_a_section_that_is_left_out_is_no_link(sample_data: Path, tmp_path: Path) -> None:
    """Content that points at a section which the settings leave out keeps its words."""
    site = tmp_path / "site"
    part = ("--set", "page.sections=[faq]", *ONE_CHART)
    result = ivts("build", "--data-dir", sample_data, "--out", site, *part)
    assert result.code == 0, result.err
    page = (site / "guide/index.html").read_text()
    assert "see the table above" in page
    assert 'href="#products"' not in page


def test_a_link_to_nowhere_stops_the_build(sample_data: Path, tmp_path: Path) -> None:
    """An anchor that no section has is a fault of the content."""
    root = copy_project(tmp_path / "project")
    faq = root / "templates/content/faq.yaml"
    faq.write_text(faq.read_text("utf-8").replace("(#products)", "(#produce)"), "utf-8")
    place = ("--config", root / "config.yaml", "--data-dir", sample_data, "--out", tmp_path / "site")
    result = ivts("build", *place, *ONE_CHART)
    assert result.code == 5
    assert "broken links: guide/index.html: #produce" in result.err
    assert not (tmp_path / "site").exists()


def test_check_tells_what_is_wrong_with_files(sample_data: Path, sample_site: Path, tmp_path: Path) -> None:
    """All at once, beside the other faults, and the site as built has none."""
    assert ivts("check", "--data-dir", sample_data, "--out", sample_site).code == 0
    site = tmp_path / "site"
    shutil.copytree(sample_site, site)
    (site / "api/v1/history.csv").write_bytes(b"")
    (site / "feed.xml").unlink()
    (site / "index.html").write_bytes(b"")
    (site / "404.html").write_bytes(b"\xff\xfe")
    faulty = ivts("check", "--data-dir", sample_data, "--out", site)
    assert faulty.code == 5
    assert "history.csv is not the file that index.json lists; feed.xml is missing" in faulty.err
    assert "404.html is no text; index.html is empty or cut off" in faulty.err


def header_rules(site: Path) -> dict[str, str]:
    """What is sent, by pattern."""
    return dict(re.findall(r"^(/\S*)\n((?:  .*\n)+)", (site / "_headers").read_text("utf-8"), re.M))


def test_headers_repeat_the_policy_of_the_page(sample_site: Path) -> None:
    """Each folder of pages gets the page's policy once; files named by a hash may be kept for good."""
    page = (sample_site / "index.html").read_text("utf-8")
    policy = page.partition('Content-Security-Policy" content="')[2].partition('"')[0]
    rules = header_rules(sample_site)
    for name in ("X-Content-Type-Options: nosniff", "Permissions-Policy: ", "Referrer-Policy: "):
        assert f"  {name}" in rules["/*"]
    assert "Content-Security-Policy" not in rules["/*"]  # two policies would hold together
    folders = {path.relative_to(sample_site).parts[0] for path in sample_site.glob("*/**/index.html")}
    for pattern in ("/", *(f"/{folder}/*" for folder in folders)):
        framed = "*" if pattern == "/embed/*" else "'none'"
        assert f"  Content-Security-Policy: {policy}; frame-ancestors {framed}\n" in rules[pattern]
    assert rules["/assets/*"] == "  Cache-Control: public, max-age=31536000, immutable\n"


def test_headers_open_the_data_to_other_sites(sample_site: Path) -> None:
    """Scripts elsewhere may read data, charts, tables, feeds, badge; feeds and calendar say what they are."""
    rules = header_rules(sample_site)
    tables = {f"/{path.relative_to(sample_site)}" for path in sample_site.glob("research/*.csv")}
    names = {"/api/v1/*", "/charts/*", "/badge.json", "/badge.svg", "/feed.json", "/flips.json", "/feed.xml"}
    for name in names | tables | {"/flips.xml"}:
        assert "  Access-Control-Allow-Origin: *\n" in rules[name], name
        assert "  Cache-Control: public, max-age=600\n" in rules[name], name
    for name in ("/feed.xml", "/flips.xml"):
        assert "  Content-Type: application/atom+xml; charset=utf-8\n" in rules[name]
    page = (sample_site / "index.html").read_text("utf-8")
    assert b"/calendar.ics\n" in (told := build_headers(page, ["calendar.ics"]))
    assert b"  Content-Type: text/calendar; charset=utf-8\n" in told
    assert "atom" not in rules.get("/sitemap.xml", "")
