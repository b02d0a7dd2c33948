"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.command import ivts

# The same examples in every run: a suite that fails once in a while is not believed when it matters.
# HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

BUILT_AT = "2026-01-02T00:00:00Z"
TESTS = Path(__file__).parent
TRACED = (
    "architecture",
    "docs",
    "golden",
    "unit",
    "integration/test_check",
    "integration/test_ci_scripts.py",
    "integration/test_closes",
    "integration/test_commands.py",
    "integration/test_fetch.py",
    "integration/test_hedge_cli.py",
    "integration/test_last_run.py",
    "integration/test_notify.py",
    "integration/test_trust.py",
)
"""Where coverage is measured: the others run the same code again, and tracing doubles their time."""


@pytest.hookimpl(optionalhook=True)  # the plugin may be off
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests of pages and of time-outs wait for a good part of their time."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    tracer = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if tracer is None or item.path.relative_to(TESTS).as_posix().startswith(TRACED):
        return (yield)
    tracer.pause()  # the marker `no_cover` leaves fixtures traced
    try:
        return (yield)
    finally:
        tracer.resume()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files anew instead of comparing with them",
    )


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Whether golden files are to be written anew."""
    return bool(pytestconfig.getoption("--update-golden"))


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of sample closes."""
    folder = tmp_path_factory.mktemp("sample") / "data"
    result = ivts("sample", "--out", folder)
    assert result.code == 0, result.err
    return folder


@pytest.fixture(scope="session")
def sample_site(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site built from sample closes at a fixed instant."""
    out = tmp_path_factory.mktemp("site") / "site"
    result = ivts("build", "--data-dir", sample_data, "--out", out, "--built-at", BUILT_AT)
    assert result.code == 0, result.err
    return out


@pytest.fixture(scope="session")
def archive_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of sample closes, short enough for a page a session."""
    folder = tmp_path_factory.mktemp("archive-sample") / "data"
    result = ivts("sample", "--out", folder, "--set", "sample.first_session=2024-09-03")
    assert result.code == 0, result.err
    return folder


@pytest.fixture(scope="session")
def archive_site(archive_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of those closes with all pages of the past."""
    out = tmp_path_factory.mktemp("archive") / "site"
    result = ivts(
        *("build", "--data-dir", archive_data, "--out", out, "--built-at", BUILT_AT),
        *("--set", "archive.days=true"),
    )
    assert result.code == 0, result.err
    return out
