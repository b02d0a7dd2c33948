"""What visitors do most, in Firefox: the other engine that reads the same pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.browser import firefox
from tests.browser.firefox import Firefox

READOUT = (
    "[...document.querySelectorAll('[data-readout] dd')].map((cell) => cell.textContent.trim()).join(' ')"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One Firefox for all tests here."""
    if not any(map(shutil.which, firefox.PROGRAMS)):
        pytest.skip(f"no browser: none of {', '.join(firefox.PROGRAMS)} is on the path")
    with firefox.started(tmp_path_factory.mktemp("firefox")) as started:
        yield started


def test_the_front_page_in_firefox(browser: Firefox, origin: str, snapshot: dict[str, Any]) -> None:
    """It says the news; a range shows its picture; the readout follows the mouse; the link is offered."""
    browser.open(f"{origin}/")
    assert browser.run("return document.querySelector('h1').textContent.trim()") == snapshot["headline"]
    title = "document.querySelector('#chart-signal .chart-title').textContent"
    first_title, at_rest = browser.run(f"return {title}"), browser.run(f"return {READOUT}")
    browser.click('[data-ranges] [data-range="5y"]')
    browser.wait("document.querySelector('#chart-signal:not([aria-busy=\"true\"]) .pic.is-long') !== null")
    assert browser.run("return location.hash") == "#range=5y"
    assert browser.run(f"return {title}") != first_title
    browser.wait(f"{READOUT} === {at_rest!r}")  # another range ends with the same session
    browser.point("#chart-signal .plot")
    browser.wait(f"{READOUT} !== {at_rest!r}")
    browser.click('#chart-signal [data-tool="link"]')
    said = "document.querySelector('#chart-signal [data-tools] [role=status]').textContent"
    assert browser.wait(said) in {"Link copied", "Copy the selected link"}


def test_the_lab_in_firefox(browser: Firefox, origin: str) -> None:
    """5,000 sold at 2,500, one coin of margin: closed at 5,000 · (1 − 0.005 − 0.0005) / (2 − 1) = 4,972.5."""
    browser.open(f"{origin}/hedge/#mode=isolated&leverage=5&margin=1")
    strip = "[...document.querySelectorAll('.lab-strip dd')].map((each) => each.textContent)"
    assert browser.wait(f"{strip}[2].includes('%') && {strip}")[2] == "▲\u00a098.9%\u00a0up"


def test_firefox_has_nothing_to_complain_about(browser: Firefox, origin: str) -> None:
    """No error, no warning and no breach of the policy on a page of each kind."""
    for path in (
        "/",
        "/guide/",
        "/research/",
        "/hedge/",
        "/history/",
        "/compare/",
        "/episodes/",
        "/methodology/",
    ):
        browser.open(origin + path)
    assert browser.complaints(origin) == []
