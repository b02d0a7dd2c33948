"""Fixtures that several folders of tests share."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import settings
from tests import shared

# The same examples in every run: a suite that fails once in a while is not believed when it matters.
# HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("same", derandomize=True, max_examples=40, deadline=None)
settings.register_profile("whole", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)

os.fsync = lambda _: None  # type: ignore[assignment]  # for a loss of power alone, and a fetch waits for ten

PAUSED = pytest.StashKey[bool]()
SEEN = pytest.StashKey[set[str]]()
BUILT_AT = "2026-01-02T00:00:00Z"
RECORDED_AT = "2026-02-28T12:00:00Z"
"""The morning after the last recorded session."""
TESTS = Path(__file__).parent
TRACED = {TESTS / "unit", TESTS / "integration/test_futures_page.py"}
"""Where coverage is measured, by the first case of each test: all others run the same code again, and tracing
doubles their time."""


@pytest.hookimpl(optionalhook=True)  # the plugin may be off
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are cores, and one more where tests wait for pages and for time-outs."""
    return (os.cpu_count() or 1) + config.pluginmanager.hasplugin("playwright")


@contextlib.contextmanager
def untraced(config: pytest.Config) -> Iterator[None]:
    """Measure no coverage meanwhile."""
    tracer = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if tracer is None or config.stash.get(PAUSED, False):
        yield
        return
    config.stash[PAUSED] = True
    tracer.pause()  # the marker `no_cover` leaves fixtures traced
    try:
        yield
    finally:
        tracer.resume()
        config.stash[PAUSED] = False


def hands_out(config: pytest.Config) -> bool:
    """Whether this process has others run the tests."""
    return config.getoption("dist", "no") != "no"


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import the tests and with them the program, whose imports one process traces for all."""
    if hands_out(session.config):  # it collects nothing, and all others wait until it has begun
        return (yield)
    from tests import calendars

    calendars.remember()  # here, as files of tests ask while they are collected
    traced = getattr(session.config, "workerinput", {}).get("workerid", "gw0") == "gw0"
    with contextlib.nullcontext() if traced else untraced(session.config):
        result = yield
    gc.freeze()  # thousands of tests: to look through them for garbage takes seconds, and little is found
    gc.disable()  # as a build does
    return result


@pytest.hookimpl(wrapper=True, trylast=True)  # within what judges the coverage
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Trace nothing where no test runs."""
    with untraced(session.config) if hands_out(session.config) else contextlib.nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    seen, test = item.config.stash.setdefault(SEEN, set()), item.nodeid.partition("[")[0]
    traced = test not in seen and not TRACED.isdisjoint({item.path, *item.path.parents})
    seen.add(test)
    with contextlib.nullcontext() if traced else untraced(item.config):
        return (yield)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files anew instead of comparing with them",
    )
    parser.addoption(
        "--whole",
        action="store_true",
        help="run every kill, evening, fault and example of what is sampled otherwise, faults of "
        "recorded files, and axe on all rows of a page, on both screens, in both themes",
    )


def pytest_configure(config: pytest.Config) -> None:
    profile = "whole" if config.getoption("--whole") else "same"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", profile))


@pytest.hookimpl(trylast=True)  # pytest itself puts together what shares a fixture
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with slow files, those of the commands and of the browser in turn; leave out what is `whole`.

    Files of the browser wait for the same sites: side by side they would wait for each other. A test that is
    named is never left out.
    """
    paths = dict.fromkeys(item.path for item in items)
    slow = ([path for path in paths if path.parent.name == folder] for folder in ("integration", "browser"))
    turns = {path: turn for turn, pair in enumerate(zip_longest(*slow)) for path in pair}
    items.sort(key=lambda item: (turns.get(item.path, len(paths)), item.path.parent.name == "browser"))
    everything = config.getoption("--whole") or config.getoption("--update-golden")
    if everything or any("::" in name for name in config.args):
        return
    left_out = [item for item in items if item.get_closest_marker("whole")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("whole")]


@pytest.fixture(scope="session")
def whole(pytestconfig: pytest.Config) -> bool:
    """Whether nothing is sampled."""
    return bool(pytestconfig.getoption("--whole"))


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Whether golden files are to be written anew."""
    return bool(pytestconfig.getoption("--update-golden"))


Share = Callable[[str, Callable[[Path], None]], Path]
"""Takes a name and a function that fills a folder; returns the folder, filled once for all test processes."""


@pytest.fixture(scope="session")
def share(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Share:
    """Return a function that makes a folder where no process has made it yet: to be read, not changed."""
    root = tmp_path_factory.getbasetemp()
    if hasattr(pytestconfig, "workerinput"):
        root = root.parent  # that of all processes

    def shared(name: str, make: Callable[[Path], None]) -> Path:
        folder = root / f"shared-{name}"
        with (root / f"{name}.lock").open("w") as lock, untraced(pytestconfig):
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                unfinished = folder.with_name(f"{folder.name}-unfinished")
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                make(unfinished)
                unfinished.rename(folder)
        return folder

    return shared


def succeed(*args: object, studies: bool = False) -> None:
    """Run a command that must not fail."""
    from tests.command import ivts

    result = ivts(*args, studies=studies)
    assert result.code == 0, result.err


def share_data(share: Share, name: str, *settings: str) -> Path:
    def make(folder: Path) -> None:
        succeed("sample", "--out", folder / "data", *(x for each in settings for x in ("--set", each)))

    return share(name, make) / "data"


def share_site(share: Share, name: str, data: Path, *settings: str, studies: bool = False) -> Path:
    def make(folder: Path) -> None:
        options = [x for each in settings for x in ("--set", each)]
        place = ("--data-dir", data, "--out", folder / "site")
        succeed("build", *place, "--built-at", BUILT_AT, *options, studies=studies)

    return share(name, make) / "site"


@pytest.fixture(scope="session")
def sample_data(share: Share) -> Path:
    """A data folder of sample closes."""
    return share_data(share, "sample-data")


@pytest.fixture(scope="session")
def sample_site(share: Share, sample_data: Path) -> Path:
    """The site built from sample closes at a fixed instant."""
    return share_site(share, "sample-site", sample_data, studies=True)


@pytest.fixture(scope="session")
def archive_data(share: Share) -> Path:
    """A data folder of sample closes, short enough for a page a session."""
    return share_data(share, "archive-data", "sample.first_session=2024-09-03")


@pytest.fixture(scope="session")
def archive_site(share: Share, archive_data: Path) -> Path:
    """The site of those closes with all pages of the past."""
    return share_site(share, "archive-site", archive_data, "archive.days=true")


@pytest.fixture(scope="session")
def recorded_data(share: Share) -> Path:
    """A data folder fetched from recorded vendor data beside the checkout; skips where there are none."""
    if not (shared.MIRROR.is_file() and shared.DATA.is_dir()):
        pytest.skip("no recorded vendor data in ../shared beside the checkout")

    def make(folder: Path) -> None:
        with shared.Mirror() as mirror:
            options = [x for each in mirror.overrides for x in ("--set", each)]
            succeed("fetch", "--data-dir", folder / "data", "--now", RECORDED_AT, *options)

    return share("recorded-data", make) / "data"


@pytest.fixture(scope="session")
def recorded_site(share: Share, recorded_data: Path) -> Path:
    """The site built from those closes."""
    return share_site(share, "recorded-site", recorded_data, studies=True)


@pytest.fixture(scope="session")
def stored_site(share: Share, sample_data: Path) -> Path:
    """The site of sample closes stored as if fetched, built at noon before the next session's close."""
    from tests.stored import store_sample

    def make(folder: Path) -> None:
        data = store_sample(folder / "data", sample_data)
        succeed("build", "--data-dir", data, "--out", folder / "site", "--built-at", "2025-11-28T12:00:00Z")

    return share("stored-site", make) / "site"


@pytest.fixture(scope="session")
def crisis_site(share: Share, recorded_data: Path) -> Path:
    """The site of 16 March 2020, without pages of the sessions, built from those closes."""

    def make(folder: Path) -> None:
        options = ("--as-of", "2020-03-16", "--built-at", RECORDED_AT, "--set", "archive.days=false")
        succeed("build", "--data-dir", recorded_data, "--out", folder / "site", *options)

    return share("crisis-site", make) / "site"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Spell out bytes that are no text in what a test has logged: workers hand it over as UTF-8."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8")) for name, text in report.sections
    ]
    return report
