"""Scripts behind the nightly job: the data commit against a real repository, the alert against a false gh."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.command import Result, script
from tests.fixtures.vendor import Vendor, answer

ROOT = Path(__file__).parents[2]
WHO = {"GIT_AUTHOR_NAME": "Job", "GIT_AUTHOR_EMAIL": "job@example.org"}


def git(folder: Path, *args: str, **env: str) -> str:
    done = subprocess.run(
        ["git", *args],
        cwd=folder,
        env=os.environ
        | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        | {"GIT_COMMITTER_NAME": "Other", "GIT_COMMITTER_EMAIL": "other@example.org"}
        | {"GIT_AUTHOR_NAME": "Other", "GIT_AUTHOR_EMAIL": "other@example.org"}
        | env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A bare repository with one commit, and two clones of it."""
    origin, first, second = (tmp_path / name for name in ("origin.git", "first", "second"))
    origin.mkdir()
    git(origin, "init", "--bare", "--quiet", "--initial-branch=main")
    for clone in (first, second):
        git(tmp_path, "clone", "--quiet", str(origin), str(clone))
        if clone == first:
            (clone / "data").mkdir()
            (clone / "data/vix.csv").write_text("1\n")
            (clone / ".gitignore").write_text("/data/.*\n")
            git(clone, "checkout", "--quiet", "-B", "main")
            git(clone, "add", ".")
            git(clone, "commit", "--quiet", "-m", "start")
            git(clone, "push", "--quiet", "origin", "main")
    return origin, first, second


def commit_data(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    known = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "GIT_"))}
    return subprocess.run(
        [ROOT / ".ci/commit-data"],
        cwd=folder,
        env=known | WHO | {"PAUSE": "0", "GIT_CONFIG_GLOBAL": "/dev/null"} | env,
        capture_output=True,
        text=True,
        check=False,
    )


def log(folder: Path) -> list[str]:
    return git(folder, "log", "--format=%an: %s", "main").splitlines()


def test_nothing_new_makes_no_commit(clones: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """Not for the note of the last run either, which git ignores."""
    origin, first, _ = clones
    (first / "data/.last-run.json").write_text("{}")
    output = tmp_path / "output"
    done = commit_data(first, GITHUB_OUTPUT=str(output))
    assert (done.returncode, done.stdout, output.read_text()) == (0, "changed=false\n", "changed=false\n")
    assert log(origin) == ["Other: start"]


def test_changed_closes_are_committed_and_pushed_alone(clones: tuple[Path, Path, Path]) -> None:
    """Whatever else lies about stays out of the commit."""
    origin, first, _ = clones
    (first / "data/vix.csv").write_text("1\n2\n")
    (first / "data/spy.csv").write_text("1\n")
    (first / "notes.txt").write_text("not data")
    done = commit_data(first)
    assert (done.returncode, done.stdout) == (0, "changed=true\n")
    assert log(origin) == ["Job: Closes fetched", "Other: start"]
    assert git(origin, "show", "--name-only", "--format=", "main").split() == ["data/spy.csv", "data/vix.csv"]
    assert commit_data(first).stdout == "changed=false\n"


def test_a_push_in_between_is_taken_in(clones: tuple[Path, Path, Path]) -> None:
    """Somebody else was faster: their commit stays, ours goes on top."""
    origin, first, second = clones
    (first / "README.md").write_text("words")
    git(first, "add", "README.md")
    git(first, "commit", "--quiet", "-m", "words")
    git(first, "push", "--quiet", "origin", "main")
    (second / "data/vix.csv").write_text("1\n2\n")
    assert commit_data(second).returncode == 0
    assert log(origin) == ["Job: Closes fetched", "Other: words", "Other: start"]


def test_a_conflict_fails_and_leaves_the_repository_usable(clones: tuple[Path, Path, Path]) -> None:
    """Two runs stored different closes: the job fails, nothing is forced."""
    origin, first, second = clones
    (first / "data/vix.csv").write_text("one\n")
    assert commit_data(first).returncode == 0
    (second / "data/vix.csv").write_text("two\n")
    assert commit_data(second).returncode != 0
    assert log(origin) == ["Job: Closes fetched", "Other: start"]
    assert git(origin, "show", "main:data/vix.csv") == "one"
    assert "rebase" not in git(second, "status")


def test_a_long_silence_is_broken_to_keep_the_schedule_alive(clones: tuple[Path, Path, Path]) -> None:
    """After 45 days without a commit an empty one is made; the site is not told that closes changed."""
    origin, first, _ = clones
    old = "2025-01-01T00:00:00Z"
    git(first, "commit", "--quiet", "--amend", "-m", "start", GIT_COMMITTER_DATE=old)
    git(first, "push", "--quiet", "--force", "origin", "main")
    done = commit_data(first)
    assert (done.returncode, done.stdout) == (0, "changed=false\n")
    assert log(origin)[0] == "Job: No news for 45 days; this keeps the schedule alive"
    assert commit_data(first).stdout == "changed=false\n"
    assert len(log(origin)) == 2


def test_the_token_is_in_no_argument_and_no_file(clones: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """Git gets it through its environment; output and repository know nothing of it."""
    _, first, _ = clones
    calls, real = tmp_path / "calls", subprocess.check_output(["which", "git"], text=True).strip()
    spy = tmp_path / "bin/git"
    spy.parent.mkdir()
    spy.write_text(
        f'#!/bin/sh\necho "$@" >> {calls}\necho "$GIT_CONFIG_KEY_0" >> {calls}\nexec {real} "$@"\n'
    )
    spy.chmod(0o755)
    (first / "data/vix.csv").write_text("1\n2\n")
    done = commit_data(first, GITHUB_TOKEN="hush-hush", PATH=f"{spy.parent}:{os.environ['PATH']}")
    assert (done.returncode, done.stdout) == (0, "changed=true\n")
    assert "http.https://github.com/.extraheader" in calls.read_text()
    written = calls.read_text() + done.stderr + (first / ".git/config").read_text()
    assert "hush" not in written
    assert "aHVzaC" not in written  # the same in base64
    assert "AUTHORIZATION" not in written


Alert = Callable[..., list[str]]


@pytest.fixture
def alert(tmp_path: Path) -> Alert:
    """Run the alert with a gh that notes its calls and knows of one open issue, or none."""

    def run(*, healthy: str, open_issue: str) -> list[str]:
        calls = tmp_path / "gh-calls"
        calls.write_text("")
        gh = tmp_path / "bin/gh"
        gh.parent.mkdir(exist_ok=True)
        gh.write_text(
            f'#!/bin/sh\necho "$@" | tr "\\n" " " >> {calls}\necho >> {calls}\n'
            f'[ "$1 $2" = "issue list" ] && echo "{open_issue}"\nexit 0\n'
        )
        gh.chmod(0o755)
        env = {"PATH": f"{gh.parent}:{os.environ['PATH']}", "HEALTHY": healthy}
        env |= {"MESSAGE": "fetch failure", "RUN_URL": "https://ci.example/run/7"}
        subprocess.run([ROOT / ".ci/alert"], env=env, check=True, capture_output=True)
        return [line.strip() for line in calls.read_text().splitlines()[1:] if line.strip()]

    return run


def test_the_first_failure_opens_an_issue(alert: Alert) -> None:
    """With its label, what is wrong and where to look."""
    label, created = alert(healthy="false", open_issue="")
    assert label.startswith("label create nightly ")
    assert created.startswith("issue create --label nightly --title ")
    assert "fetch failure" in created
    assert "https://ci.example/run/7" in created


def test_further_failures_comment_on_it(alert: Alert) -> None:
    """One issue, however long it lasts."""
    [comment] = alert(healthy="false", open_issue="12")
    assert comment.startswith("issue comment 12 --body fetch failure")


def test_the_first_healthy_run_closes_it(alert: Alert) -> None:
    """And a healthy run without an open issue does nothing."""
    [closed] = alert(healthy="true", open_issue="12")
    assert closed.startswith("issue close 12 --comment Healthy again.")
    assert alert(healthy="true", open_issue="") == []


PLACEHOLDER = "site:\n  base_url: https://example.org/   # where it will be served\n"


def site_url(folder: Path, address: str | None, settings: str = PLACEHOLDER) -> tuple[int, str]:
    """Exit code and output of the script that turns an address into an option."""
    (folder / "config.yaml").write_text(settings)
    env = {"PATH": os.environ["PATH"]} | ({} if address is None else {"SITE_URL": address})
    done = subprocess.run(
        [ROOT / ".ci/site-url"], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("address", "option"),
    [
        ("https://octocat.example/tracker", "--set site.base_url=https://octocat.example/tracker/\n"),
        ("https://www.example.com", "--set site.base_url=https://www.example.com/\n"),
        ("http://127.0.0.1:8000/", "--set site.base_url=http://127.0.0.1:8000/\n"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_address_of_the_site_becomes_an_option(tmp_path: Path, address: str, option: str) -> None:
    """As Pages tells it, without a slash at its end; without an address there is no option."""
    assert site_url(tmp_path, address) == (0, option)


def test_an_address_in_the_settings_stands(tmp_path: Path) -> None:
    """Somebody chose it, such as a host before Pages."""
    settings = "site:\n  base_url: https://vix.example/\n"
    assert site_url(tmp_path, "https://octocat.example/tracker", settings) == (0, "")


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/ --out /tmp/x",
        "https://a.example/$(touch hacked)",
        "https://a.example/;touch hacked",
        "https://a.example/`touch hacked`",
        "https://a.example/*",
        "https://a.example/\n--out",
        "javascript:alert(1)",
        "--out=x",
    ],
)
def test_nothing_but_an_address_gets_through(tmp_path: Path, address: str) -> None:
    """The option is used unquoted in a recipe."""
    assert site_url(tmp_path, address) == (2, "")


def test_the_shipped_settings_hold_the_placeholder(tmp_path: Path) -> None:
    """So that a site on Pages has its own address without any edit."""
    settings = (ROOT / "config.yaml").read_text()
    assert site_url(tmp_path, "https://a.example", settings) == (
        0,
        "--set site.base_url=https://a.example/\n",
    )


def kept(address: str, folder: Path) -> Result:
    return script(ROOT / ".ci/keep_assets.py", folder, folder=ROOT, SITE_URL=address)


def test_assets_of_the_deployed_pages_are_kept_one_deploy(tmp_path: Path) -> None:
    """Style and script that a cached page will ask for lie beside the new ones; those kept before do not."""
    old, further, older, spoilt = (f"/* {name} */".encode() for name in ("old", "page", "older", "spoilt"))
    named = {body: f"site.{hashlib.sha256(body).hexdigest()[:12]}.css" for body in (old, further, older)}
    wrong = f"site.{'0' * 12}.js"
    front = f'<link href="assets/{named[old]}"><script src="assets/{wrong}"></script><a href="about/">'
    with Vendor() as host:
        host.answers = {
            "/tracker/": answer(200, front.encode(), Content_Type="text/html"),
            "/tracker/about/": answer(200, f'<link href="../assets/{named[further]}">'.encode()),
            **{f"/tracker/assets/{name}": answer(200, body) for body, name in named.items()},
            f"/tracker/assets/{wrong}": answer(200, spoilt),
        }
        (tmp_path / "assets").mkdir()
        done = kept(f"{host.url}/tracker", tmp_path)
        assert done.code == 0, done.err
        found = {path.name: path.read_bytes() for path in (tmp_path / "assets").iterdir()}
        assert found == {named[old]: old, named[further]: further}
        assert f"{wrong}: not what its name says" in done.err
        asked = len(host.paths)
        assert kept(f"{host.url}/tracker", tmp_path).code == 0
        assert [path for path in host.paths[asked:] if named[old] in path] == []


def test_without_a_deployed_site_nothing_is_kept(tmp_path: Path) -> None:
    """The first deploy has no predecessor; that is no failure."""
    (tmp_path / "assets").mkdir()
    with Vendor() as host:
        done = kept(host.url, tmp_path)
    assert (done.code, list((tmp_path / "assets").iterdir())) == (0, [])
    assert "no assets kept: site: HTTP 404" in done.err
    assert kept("", tmp_path).code == 0


def noting_python(folder: Path, tests: str) -> tuple[Path, dict[str, str]]:
    """A stand-in for an environment's Python that notes how it is called: the notes, and the variables."""
    calls, python = folder / "calls", folder / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        f'#!/bin/sh\n[ "$1" = - ] && exec {sys.executable} -\n[ "$2" = venv ] || echo "$@" >> {calls}\n'
    )
    python.chmod(0o755)
    return calls, os.environ | {"VENV": str(folder / "venv"), "PYTHON": str(python), "TESTS": tests}


def test_newest_versions_are_installed_without_bounds(tmp_path: Path) -> None:
    """Every dependency by its bare name, then the project alone, then the tests asked for."""
    calls, env = noting_python(tmp_path, "tests/golden")
    subprocess.run([ROOT / ".ci/newest"], env=env, check=True, capture_output=True)
    install, project, _, tests = calls.read_text().splitlines()
    names = install.split("--upgrade ")[1].split()
    assert {"pandas", "plotly", "pyarrow", "pydantic", "pytest", "hypothesis"} <= set(names)
    assert not [name for name in names if re.search(r"[<>=~]", name)]
    assert project.endswith("--no-deps -e .")
    assert tests == "-m pytest tests/golden"


STATUS = "/tracker/api/v1/status.json"
UPCOMING = [
    {"next_session": "2026-11-27", "publication": "2026-11-27T20:45:00Z"},
    {"next_session": "2100-01-04", "publication": "2100-01-04T23:30:00Z"},
]
FRESH = {"sample": False, "data_through": "2026-11-25", "upcoming": UPCOMING[1:]}


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (json.dumps(FRESH), 0, "the deployed site is as it should be"),
        (
            json.dumps(FRESH | {"upcoming": [{**UPCOMING[0], "publication": "2020-01-02T23:30:00Z"}]}),
            1,
            "late",
        ),
        (json.dumps(FRESH | {"upcoming": UPCOMING[1:] * 0}), 1, "does not say when the next closes are due"),
        (json.dumps(FRESH | {"sample": True}), 1, "it shows simulated closes"),
        ("{}", 1, "status.json is not as described"),
        ("<html>parked</html>", 1, "status.json is not as described"),
        ("", 1, "status.json is not as described"),
        (None, 1, "HTTP 404"),
    ],
)
def test_the_deployed_status_is_watched(body: str | None, code: int, words: str) -> None:
    """An old page, a sample, a parked domain, nothing at all: each is told, with exit code 1."""
    with Vendor() as host:
        if body is not None:
            host.answers = {STATUS: answer(200, body.encode(), Content_Type="application/json")}
        done = script(ROOT / ".ci/watch.py", folder=ROOT, SITE_URL=f"{host.url}/tracker")
    assert (done.code, words in done.err) == (code, True), done.err


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def locked(name: str) -> dict[str, list[str]]:
    """Versions by package of a lock file."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text(), re.M):
        found.setdefault(package.lower(), []).append(version)
    return found


@pytest.mark.parametrize(
    ("name", "extras"), [("requirements.txt", ()), ("requirements-dev.txt", ("test", "browser", "lint"))]
)
def test_the_locks_hold_what_the_project_asks_for(name: str, extras: tuple[str, ...]) -> None:
    """Every dependency within its bounds, a hash for each package, and no index of anybody."""
    wanted = [
        *PROJECT["dependencies"],
        *(line for extra in extras for line in PROJECT["optional-dependencies"][extra]),
    ]
    held = locked(name)
    for requirement in map(Requirement, wanted):
        versions = held[requirement.name.lower()]
        assert all(requirement.specifier.contains(version) for version in versions), requirement
    text = (ROOT / name).read_text()
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"https?:|--index|--find-links|@ ", text)
    assert {"hatchling", "editables"} <= held.keys()


def test_both_locks_agree() -> None:
    """The site is tested with what it is built with."""
    dev = locked("requirements-dev.txt")
    assert {name: dev[name] for name in locked("requirements.txt")} == locked("requirements.txt")


def test_oldest_versions_are_the_lower_bounds(tmp_path: Path) -> None:
    """Every dependency of the program in its lowest version, those of the tests as they are."""
    calls, env = noting_python(tmp_path, "tests/unit")
    subprocess.run([ROOT / ".ci/oldest"], env=env, check=True, capture_output=True)
    install = calls.read_text().splitlines()[0]
    for requirement in map(Requirement, PROJECT["dependencies"]):
        [lowest] = [each.version for each in requirement.specifier if each.operator == ">="]
        assert f" {requirement.name}=={lowest}" in install
    assert " pytest>=" in install
