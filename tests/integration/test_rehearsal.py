"""The nightly workflow, rehearsed: its own `run:` lines over months of bad evenings, on loopback.

A git repository, vendors, a webhook, a monitor, a false `gh` and the place that pages are deployed to are all
in a temporary folder. Nothing may be lost, told twice to a receiver that answered, be late, or be simulated.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import yaml
from tests.fixtures.feed import FRED, PATHS, calendar, serve
from tests.fixtures.runner import Failed, Job, Run, Runner, evaluate
from tests.fixtures.vendor import Vendor, answer, document, fred_csv
from tests.fixtures.warm import NOW, start, write_stand_ins
from tests.stored import read_closes

ROOT = Path(__file__).parents[2]
NIGHTLY = ROOT / ".github/workflows/nightly.yml"
PARTS = ("Makefile", ".ci", ".gitignore", "config.yaml", "templates", "static", "pyproject.toml")
LOCKS = ("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json")
EVENING, MORNING = "18:37", "06:23"
DAYS = [each.date() for each in calendar(dt.date(2025, 9, 2), dt.date(2026, 12, 31)).labels]
FRED_IDS = {"vix": "VIXCLS", "vix3m": "VXVCLS", "spy": "SP500"}
SECRETS = {"IVTS_NOTIFY_URL": "/hook", "IVTS_HEARTBEAT_URL": "/beat"}
QUICK = {
    "attempts": 1,
    "read_timeout_seconds": 3,
    "deadline_seconds": 5,
    "backoff_seconds": 0.01,
}


def usual(key: str, day: dt.date) -> float:
    """A close of the contango that prevails: VIX below 18, VIX3M above 19."""
    n = day.toordinal()
    return {"vix": 16 + n % 7 / 5, "vix3m": 19.5 + n % 5 / 5, "spy": 600 + (n % 11) / 2}[key]


def git(folder: Path, *args: str, **env: str) -> str:
    who = {
        f"GIT_{role}_{kind}": "ops@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for kind in ("NAME", "EMAIL")
    }
    clean = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    done = subprocess.run(
        ["git", *args],
        cwd=folder,
        env=os.environ | who | clean | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Outside:
    """Webhook, monitor and deployed pages on one address, each failing on demand."""

    def __init__(self, deployed: Path) -> None:
        self.hook, self.beat = 200, 200
        self.posts: list[tuple[int, dict[str, Any]]] = []
        self.beats: list[str] = []
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outside.posts.append((outside.hook, body))
                self._say(outside.hook)

            def do_GET(self) -> None:
                if self.path.startswith("/beat"):
                    outside.beats.append(self.path)
                    return self._say(outside.beat)
                file = deployed / self.path.removeprefix("/tracker/")
                file = file / "index.html" if file.is_dir() else file
                return self._say(200, file.read_bytes()) if file.is_file() else self._say(404)

            def _say(self, status: int, body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (name of the base class)
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def told(self, event: str) -> list[dict[str, Any]]:
        """Messages of an event that the webhook took."""
        return [body for status, body in self.posts if status < 300 and body["event"] == event]


_GH = """#!/bin/sh
[ -e {folder}/gh-broken ] && exit 4
echo "$@" | tr '\\n' ' ' >> {folder}/gh-calls; echo >> {folder}/gh-calls
case "$1 $2" in
    "issue list") cat {folder}/gh-open 2>/dev/null || true ;;
    "issue create") echo 7 > {folder}/gh-open ;;
    "issue close") rm {folder}/gh-open ;;
esac
"""


@dataclass
class Theater:
    """A repository with its nightly job, and the world around it."""

    folder: Path
    vendor: Vendor
    warm: Path
    closes: dict[str, dict[dt.date, float]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    pages_fail: bool = False
    artifacts: dict[str, Path] = field(default_factory=dict)
    stored: dict[str, dict[str, float]] = field(default_factory=dict)
    fred: dict[str, dict[dt.date, float]] = field(default_factory=dict)
    alarms: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closes = {key: {day: usual(key, day) for day in DAYS} for key in PATHS}
        self.deployed = self.folder / "deployed"
        self.origin, self.own = self.folder / "origin.git", self.folder / "closes.git"
        self.outside = Outside(self.deployed)
        self._write_tools()
        self._write_origin()
        self.runner = Runner(
            NIGHTLY,
            self.folder / "jobs",
            {
                "actions/checkout": self._checkout,
                "actions/setup-python": lambda *_: {},
                "actions/configure-pages": lambda *_: {"base_url": f"{self.outside.url}/tracker"},
                "actions/upload-artifact": self._upload,
                "actions/download-artifact": self._download,
                "actions/upload-pages-artifact": self._upload_pages,
                "actions/attest-build-provenance": self._attest,
                "actions/deploy-pages": self._deploy,
            },
            {},
        )

    def _write_tools(self) -> None:
        tools = self.folder / "bin"
        tools.mkdir()
        (self.folder / "cache").mkdir()
        (tools / "gh").write_text(_GH.format(folder=self.folder))
        (tools / "date").write_text('#!/bin/sh\necho "$EPOCH"\n')
        for tool in tools.iterdir():
            tool.chmod(0o755)
        write_stand_ins(self.folder / "venv/bin", self.warm)

    def _write_origin(self) -> None:
        first = self.folder / "first"
        first.mkdir()
        for name in (*PARTS, *LOCKS):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, first / name)
        settings = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
        settings["series"] = {key: settings["series"][key] for key in PATHS}
        settings["http"] |= QUICK
        settings["notify"]["events"] = ["flip", "failure"]
        settings["archive"] = {"episodes": False, "days": False}
        settings["page"]["charts"] = ["signal"]
        settings["futures"]["enabled"] = False
        settings["research"] |= {"draws": 100, "min_blocks": 1000, "persistence_first": 20000}
        settings["research"]["overlay"]["random_draws"] = 10
        for name in ("cboe", "fred"):
            settings["sources"][name]["base_url"] = self.vendor.url
        (first / "config.yaml").write_text(yaml.safe_dump(settings), "utf-8")
        (first / "README.md").write_text("Ours\n")
        (first / "data").mkdir()
        (first / "data/README.md").write_text("Closes\n")
        for bare, content in ((self.origin, first), (self.own, first / "data")):
            bare.mkdir()
            git(bare, "init", "--bare", "--quiet", "--initial-branch=main")
            git(content, "init", "--quiet", "--initial-branch=main")
            git(content, "add", "--", ".")
            git(content, "commit", "--quiet", "-m", "start", GIT_COMMITTER_DATE="2026-02-20T00:00:00Z")
            git(content, "push", "--quiet", str(bare), "main")
            shutil.rmtree(content / ".git")

    def close(self) -> None:
        """Stop what answers."""
        self.outside.server.shutdown()
        self.outside.server.server_close()

    # what actions do

    def _checkout(self, job: Job, given: dict[str, str]) -> dict[str, str]:
        own = bool(given.get("repository"))
        if own and given["token"] != "may-read":
            raise Failed("no right to read")
        target = job.folder / given.get("path", "")
        shutil.rmtree(target, ignore_errors=True)
        git(self.folder, "clone", "--quiet", str(self.own if own else self.origin), str(target))
        ref = given.get("ref", "").removeprefix("refs/heads/")
        if ref not in ("", "main"):
            git(target, "checkout", "--quiet", "--detach", ref)
        if not own:
            (target / ".venv").mkdir()
            (target / ".venv/bin").symlink_to(self.folder / "venv/bin")
            (target / ".cache").mkdir()
            (target / ".cache/templates").symlink_to(self.folder / "cache")  # they are compiled once
            (target / "node_modules").mkdir()
            for place in ROOT.glob("node_modules/plotly*"):
                (target / "node_modules" / place.name).symlink_to(place)
            for mark in (".venv/.ready", "node_modules/.ready"):
                (target / mark).touch()
        return {"commit": git(target, "rev-parse", "HEAD")}

    def _upload(self, job: Job, given: dict[str, str]) -> dict[str, str]:
        path = job.folder / given["path"]
        if not path.exists():
            if given["if-no-files-found"] == "error":
                raise Failed(f"{path} is missing")
            return {}
        self.artifacts[given["name"]] = Path(shutil.copy(path, self.folder / f"artifact-{given['name']}"))
        self.artifacts[f"{given['name']}/name"] = Path(path.name)
        return {"artifact-id": "1"}

    def _download(self, job: Job, given: dict[str, str]) -> dict[str, str]:
        if given["name"] not in self.artifacts:
            raise Failed(f"no artifact {given['name']}")
        place = job.folder / given.get("path", "") / self.artifacts[f"{given['name']}/name"]
        place.parent.mkdir(exist_ok=True)
        shutil.copy(self.artifacts[given["name"]], place)
        return {}

    def _upload_pages(self, job: Job, given: dict[str, str]) -> dict[str, str]:
        shutil.rmtree(self.folder / "pages", ignore_errors=True)
        shutil.copytree(job.folder / given["path"], self.folder / "pages")
        packed = shutil.make_archive(str(self.folder / "artifact"), "tar", self.folder / "pages")
        self.artifacts["github-pages"] = Path(packed)
        self.artifacts["github-pages/name"] = Path("artifact.tar")
        return {}

    @staticmethod
    def _attest(job: Job, given: dict[str, str]) -> dict[str, str]:
        assert (job.folder / given["subject-path"]).is_file()
        return {}

    def _deploy(self, *_: object) -> dict[str, str]:
        if self.pages_fail:
            raise Failed("Pages is down")
        shutil.rmtree(self.deployed, ignore_errors=True)
        shutil.copytree(self.folder / "pages", self.deployed)
        assert self.status["sample"] is False
        return {}

    # what an operator and the world do

    @property
    def status(self) -> dict[str, Any]:
        """The deployed status."""
        return dict(json.loads((self.deployed / "api/v1/status.json").read_text()))

    @property
    def through(self) -> str:
        """The last session of the deployed page; empty where none is."""
        return str(self.status["data_through"]) if self.deployed.exists() else ""

    def push(self, change: Callable[[Path], object]) -> None:
        """Somebody pushes a change to the branch."""
        clone = self.folder / "somebody"
        shutil.rmtree(clone, ignore_errors=True)
        git(self.folder, "clone", "--quiet", str(self.origin), str(clone))
        change(clone)
        git(clone, "add", ".")
        git(clone, "commit", "--quiet", "-m", "somebody's")
        git(clone, "push", "--quiet", "origin", "HEAD:main")

    def offer(self, last: dt.date) -> None:
        """Let all vendors answer with their closes up to a day."""

        def rows(closes: dict[str, dict[dt.date, float]]) -> dict[str, list[tuple[dt.date, float]]]:
            return {key: [pair for pair in found.items() if pair[0] <= last] for key, found in closes.items()}

        serve(self.vendor, rows(self.closes))
        second = rows(self.closes | self.fred)
        files = {FRED_IDS[key]: fred_csv(FRED_IDS[key], second[key]) for key in PATHS}

        def answer_as_fred(handler: BaseHTTPRequestHandler) -> None:
            document(files[parse_qs(urlsplit(handler.path).query)["id"][0]])(handler)

        self.vendor.answers[FRED] = answer_as_fred

    def night(
        self, day: str, time: str = EVENING, *, down: tuple[str, ...] = (), accept: str | None = None
    ) -> Run:
        """Run the job at a time of New York; vendors that are not down have what was out by then."""
        now = dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo("America/New_York"))
        self.offer(now.date() if time > "16:15" else now.date() - dt.timedelta(days=1))
        for key in down:
            self.vendor.answers[FRED if key == "fred" else PATHS[key]] = answer(503)
        self.artifacts.clear()
        self.runner.environment = self._environment(now)
        event = "workflow_dispatch" if accept is not None else "schedule"
        slot = "23 6 * * 2-6" if time == MORNING else "37 18 * * 1-5"
        secrets = {name: self.outside.url + path for name, path in SECRETS.items()}
        if self.variables:
            secrets |= {"DATA_READ_TOKEN": "may-read", "DATA_WRITE_TOKEN": "may-write"}
        run = self.runner.run(
            github={"ref": "refs/heads/main", "event": {"schedule": slot} if event == "schedule" else {}},
            secrets=secrets,
            vars=self.variables,
            inputs={"accept-revisions": accept or ""},
        )
        self._look()
        return run

    def _environment(self, now: dt.datetime) -> dict[str, str]:
        instant = now.astimezone(dt.UTC).isoformat()
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            NOW: instant,
            "EPOCH": str(int(now.timestamp())),
            "GIT_COMMITTER_DATE": instant,
            "GIT_AUTHOR_DATE": instant,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GITHUB_REF_NAME": "main",
            "PAUSE": "0",
            "TRIES": "0",
        }

    def committed(self) -> dict[str, dict[str, float]]:
        """Closes that git holds, by series and session."""
        clone = self.folder / "look"
        shutil.rmtree(clone, ignore_errors=True)
        git(self.folder, "clone", "--quiet", str(self.own if self.variables else self.origin), str(clone))
        data = clone if self.variables else clone / "data"
        return {
            key: {f"{day:%Y-%m-%d}": float(close) for day, close in read_closes(data, key)["close"].items()}
            for key in PATHS
        }

    def _look(self) -> None:
        """What holds after every night: nothing stored is lost, nothing is told twice to who answered."""
        now = self.committed()
        for key, held in self.stored.items():
            assert held.keys() <= now[key].keys(), key
        self.stored = now
        ids = [body["id"] for body in self.outside.told("flip")]
        assert len(ids) == len(set(ids)), ids

    def calls(self) -> list[str]:
        """What gh was asked since the last look."""
        file = self.folder / "gh-calls"
        found = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [
            " ".join(line.split()[:2]) for line in found if line.strip() and not line.startswith("issue list")
        ]

    def log(self) -> list[str]:
        """Subjects of the branch, newest first."""
        return git(self.origin, "log", "--format=%s", "main").splitlines()


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Address of the waiting program."""
    address = tmp_path_factory.mktemp("warm") / "socket"
    program = start(address)
    yield address
    assert program.stdin
    program.stdin.close()
    program.wait(10)


@pytest.fixture
def theater(tmp_path: Path, warm: Path) -> Iterator[Theater]:
    """A fresh repository without any closes, and all around it."""
    with Vendor() as vendor:
        made = Theater(tmp_path, vendor, warm)
        yield made
        made.close()


HEALTHY = dict.fromkeys(("fetch", "commit", "build", "attest", "deploy", "tell", "note", "alert"), "success")
ALL_DOWN = (*PATHS, "fred")
NO_PAGE, NEW_PAGE = "No new page is out; the one before stays.", "A new page is out, with closes through {}."


def flip_ids(*days: str) -> list[str]:
    return [f"tag:127.0.0.1,2026:tracker/ivts/flip/{day}" for day in days]


def healthy(theater: Theater, run: Run, through: str) -> None:
    """All went well: the page shows the session that was out, the monitor knows it, nobody is alarmed."""
    assert run.results == HEALTHY, run.log
    assert (theater.through, theater.status["state"]) == (through, "fresh")
    assert theater.outside.beats[-1] == "/beat"
    assert theater.outside.told("failure")[-1:] == theater.alarms, "an alarm after a healthy night"


def unhealthy(theater: Theater, run: Run, words: str) -> None:
    """The webhook is told, in words that are true of what is deployed; so is the monitor."""
    alarms = theater.outside.told("failure")
    assert alarms[-1:] != theater.alarms, run.log
    theater.alarms = alarms[-1:]
    assert alarms[-1]["text"].endswith(words), alarms[-1]
    assert theater.outside.beats[-1] == "/beat/fail"


def _nobody_ever_answered(theater: Theater) -> None:
    """Neither a sample nor anything else is deployed."""
    run = theater.night("2026-02-26", down=ALL_DOWN)
    assert (run.results["build"], run.results["deploy"], theater.through) == ("failure", "skipped", "")
    unhealthy(theater, run, NO_PAGE)
    assert theater.calls() == ["label create", "issue create"]


def _first_closes(theater: Theater) -> None:
    """They bring history, no news."""
    run = theater.night("2026-02-27")
    healthy(theater, run, "2026-02-27")
    assert theater.calls() == ["issue close"]
    assert theater.log()[0] == "Closes fetched"


def _morning_without_news(theater: Theater) -> None:
    """No commit."""
    before = theater.log()
    healthy(theater, theater.night("2026-02-28", MORNING), "2026-02-27")
    assert theater.log() == before


def _all_down_and_github_too(theater: Theater) -> None:
    """Without issues, the webhook is told all the same, and what is deployed."""
    (theater.folder / "gh-broken").touch()
    run = theater.night("2026-03-03", down=ALL_DOWN)
    unhealthy(theater, run, NEW_PAGE.format("2026-02-27"))
    results = run.results["deploy"], run.results["alert"], theater.through
    assert results == ("success", "failure", "2026-02-27")
    (theater.folder / "gh-broken").unlink()


def _spy_down(theater: Theater) -> None:
    """What the page lacks then, it says, and so does the job."""
    healthy(theater, theater.night("2026-03-04", MORNING), "2026-03-03")
    run = theater.night("2026-03-04", down=("spy",))
    assert run.results["deploy"] == "success"
    assert theater.outside.beats[-1] == "/beat/fail" or theater.through == "2026-03-04"
    theater.alarms = theater.outside.told("failure")[-1:]
    healthy(theater, theater.night("2026-03-05", MORNING), "2026-03-04")


def _flip_and_a_deaf_webhook(theater: Theater) -> None:
    """The page is out, an issue tells of the webhook, which hears of the flip next time, by the same name."""
    outside = theater.outside
    theater.calls()
    theater.closes["vix"][dt.date(2026, 3, 5)] = 22.0
    outside.hook = 500
    run = theater.night("2026-03-05")
    assert (theater.through, theater.status["state"]) == ("2026-03-05", "fresh")
    assert (run.results["deploy"], run.jobs["tell"].outputs["flip"]) == ("success", "failure")
    assert (outside.beats[-1], theater.calls()) == ("/beat/fail", ["label create", "issue create"])

    outside.hook = 200
    healthy(theater, theater.night("2026-03-06", MORNING), "2026-03-05")
    tries = [body for _, body in outside.posts if body["event"] == "flip"]
    assert [body["id"] for body in tries] == flip_ids("2026-03-05") * 2
    assert "turned to backwardation on 5 March 2026" in tries[0]["text"]
    assert (theater.log()[0], theater.calls()) == ("Flip told", ["issue close"])


def _flip_committed_and_a_failing_check(theater: Theater) -> None:
    """What is not deployed is not told; once it is, nothing is told a second time."""
    faq = theater.folder / "first/templates/content/faq.yaml"
    theater.push(lambda clone: (clone / "templates/content/faq.yaml").write_text("items: broken"))
    run = theater.night("2026-03-06")
    assert (run.results["commit"], run.results["build"]) == ("success", "failure")
    assert theater.stored["vix"].keys() >= {"2026-03-06"}
    unhealthy(theater, run, NO_PAGE)
    assert len(theater.outside.told("flip")) == 1

    theater.push(lambda clone: shutil.copy(faq, clone / "templates/content/faq.yaml"))
    healthy(theater, theater.night("2026-03-07", MORNING), "2026-03-06")
    assert [body["id"] for body in theater.outside.told("flip")] == flip_ids("2026-03-05", "2026-03-06")


def _clocks_change_and_somebody_pushes(theater: Theater) -> None:
    """A push during the fetch stays, and what else the job's tree holds is not committed."""

    def push_and_dirty(folder: Path) -> None:
        theater.push(lambda clone: (clone / "README.md").write_text("Ours, and better\n"))
        (folder / "package.json").write_text("{}")

    theater.runner.meanwhile["commit", "commit-data"] = push_and_dirty
    healthy(theater, theater.night("2026-03-09"), "2026-03-09")
    assert theater.log()[:2] == ["Closes fetched", "somebody's"]
    assert git(theater.origin, "show", "main:README.md") == "Ours, and better"
    assert git(theater.origin, "show", "main:package.json") != "{}"


def _by_hand_before_publication(theater: Theater) -> None:
    """What looks like a flip is provisional."""
    theater.closes["vix"][dt.date(2026, 3, 10)] = 24.0
    run = theater.night("2026-03-10", "16:45", accept="")
    healthy(theater, run, "2026-03-09")
    assert theater.status["provisional_sessions"] == ["2026-03-10"]
    theater.closes["vix"][dt.date(2026, 3, 10)] = usual("vix", dt.date(2026, 3, 10))
    healthy(theater, theater.night("2026-03-10"), "2026-03-10")
    assert len(theater.outside.told("flip")) == 2


def _old_closes_change(theater: Theater) -> None:
    """As all sources say; as one alone says only where an operator accepts it."""
    old = dt.date(2026, 1, 15)
    theater.closes["vix"][old] += 0.2
    healthy(theater, theater.night("2026-03-11"), "2026-03-11")
    assert theater.stored["vix"]["2026-01-15"] == pytest.approx(theater.closes["vix"][old])

    sound = dict(theater.closes["vix"])
    theater.fred = {"vix": sound}
    theater.closes["vix"] |= {day: sound[day] * 1.1 for day in DAYS if (day.year, day.month) == (2025, 12)}
    theater.night("2026-03-12")
    assert theater.stored["vix"]["2025-12-15"] == pytest.approx(sound[dt.date(2025, 12, 15)])
    theater.alarms = theater.outside.told("failure")[-1:]
    run = theater.night("2026-03-12", "20:05", accept="vix")
    healthy(theater, run, "2026-03-12")
    changed = theater.closes["vix"][dt.date(2025, 12, 15)]
    assert theater.stored["vix"]["2025-12-15"] == pytest.approx(changed, abs=0.005)
    theater.fred = {}


def _pages_down_and_the_monitor(theater: Theater) -> None:
    """A flip that no page shows is not told; it is with the page, while the monitor is down."""
    outside = theater.outside
    theater.closes["vix"][dt.date(2026, 3, 13)] = 23.0
    theater.pages_fail = True
    run = theater.night("2026-03-13")
    assert run.results["deploy"] == "failure"
    unhealthy(theater, run, NO_PAGE)
    assert len(outside.told("flip")) == 2
    theater.pages_fail, outside.beat = False, 503
    theater.calls()
    run = theater.night("2026-03-14", MORNING)
    assert [body["id"] for body in outside.told("flip")][2:] == flip_ids("2026-03-13")
    assert (run.results["alert"], theater.calls()) == ("failure", ["issue close"])
    outside.beat = 200


def _good_friday(theater: Theater) -> None:
    """After weeks in which the schedule was off: nothing is expected, nothing is late."""
    healthy(theater, theater.night("2026-04-03"), "2026-04-02")
    assert [body["id"] for body in theater.outside.told("flip")][3:] == flip_ids("2026-03-16")


def _clocks_change_back(theater: Theater) -> None:
    """Half a year later."""
    healthy(theater, theater.night("2026-11-02"), "2026-11-02")
    assert len(theater.outside.told("flip")) == 4


STORY = {
    _nobody_ever_answered: True,
    _first_closes: True,
    _morning_without_news: False,
    _all_down_and_github_too: True,
    _spy_down: False,
    _flip_and_a_deaf_webhook: True,
    _flip_committed_and_a_failing_check: True,
    _clocks_change_and_somebody_pushes: False,
    _by_hand_before_publication: False,
    _old_closes_change: False,
    _pages_down_and_the_monitor: True,
    _good_friday: False,
    _clocks_change_back: False,
}
"""The nights in their order, and whether a sample has them: what the job does with others' failures."""


def test_months_of_evenings(theater: Theater, whole: bool) -> None:
    """What each night must leave behind holds after all of them too, see also `Theater.night`."""
    for nights, is_sampled in STORY.items():
        if whole or is_sampled:
            nights(theater)
    through = dt.date.fromisoformat(theater.through)
    for key, held in theater.stored.items():
        offered = {f"{day}": close for day, close in theater.closes[key].items() if day <= through}
        assert held == pytest.approx(offered, abs=0.005)


def test_closes_in_a_repository_of_their_own(theater: Theater) -> None:
    """They are committed there alone, handed over encrypted, and flips are remembered there."""
    theater.variables = {"DATA_REPOSITORY": "somebody/closes"}
    healthy(theater, theater.night("2026-03-04"), "2026-03-04")
    assert theater.artifacts["closes"].read_bytes().startswith(b"Salted__")
    theater.closes["vix"][dt.date(2026, 3, 5)] = 22.0
    healthy(theater, theater.night("2026-03-05"), "2026-03-05")
    assert [body["id"] for body in theater.outside.told("flip")] == flip_ids("2026-03-05")
    assert theater.log() == ["start"]
    subjects = git(theater.own, "log", "--format=%s", "main").splitlines()
    assert subjects == ["Flip told", "Closes fetched", "Closes fetched", "start"]
    kept = git(theater.own, "ls-tree", "--name-only", "main").splitlines()
    assert [name for name in kept if name.startswith(".")] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("needs.a.result == 'success' && 'yes' || 'no'", "yes"),
        ("!cancelled() && needs.a.outputs.b-c != ''", True),
        ("needs.none.outputs.x || 'not reached'", "not reached"),
        ("format('{0} is out', needs.a.outputs.b-c)", "it's is out"),
        ("success() && 'it''s' == needs.a.outputs.b-c", True),
        ("failure() || always()", True),
    ],
)
def test_expressions_mean_what_they_mean_there(text: str, value: object) -> None:
    """Otherwise the rehearsal would rehearse another workflow."""
    context = {"needs": {"a": {"result": "success", "outputs": {"b-c": "it's"}}}}
    assert evaluate(text, context) == value
