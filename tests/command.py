"""The command line run inside the test process, as a shell would run it."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from ivts_site.charts.standalone import draw_png
from ivts_site.cli import main
from ivts_site.content import Content, load_content
from ivts_site.pipeline import build, check, pictures

TEXTS = Path(__file__).parents[1] / "templates/content"


@dataclass(frozen=True)
class Result:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str


NO_ARCHIVE = ("--set", "archive.episodes=false", "--set", "archive.days=false")
"""Thousands of pages that most tests have no use for."""
ONE_CHART = ("--set", "page.charts=[signal]")
"""For builds of which a test reads no chart."""
FEW_DRAWS = tuple(
    part
    for setting in ("min_blocks=1000", "draws=100", "persistence_first=20000", "overlay.random_draws=10")
    for part in ("--set", f"research.{setting}")
)
"""Studies without an interval: to resample takes longer than the rest of a build."""


@contextlib.contextmanager
def ready_to_fork() -> Iterator[None]:
    """Leave out the minifier meanwhile: a fork lacks the threads of its Go library and may wait for them."""
    sys.modules["minify"] = None  # type: ignore[assignment]  # an import of it fails
    yield
    del sys.modules["minify"]


@functools.cache
def _texts() -> Content:
    return load_content(TEXTS)


_png = functools.lru_cache(maxsize=64)(draw_png)
"""A picture is drawn once as PNG, though many sites have it: that takes an eighth of a `build`."""


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def read_content(folder: Path) -> Content:
    """The texts of this repository, or a copy of them, are read once: that takes a third of a `snapshot`."""
    same = folder.resolve() == TEXTS or _bytes(folder) == _bytes(TEXTS)
    return _texts() if same else load_content(folder)


def ivts(*args: object, studies: bool = False) -> Result:
    """Run `ivts-site ARGS` and return its outcome; a bug still raises its own exception.

    A build makes no pages of the past unless its arguments speak of them, and no interval without `studies`.
    """
    if args[:1] == ("build",):
        few = () if studies else FEW_DRAWS
        for part, usual in (("archive.", NO_ARCHIVE), ("research.", few)):
            if not any(str(each).startswith(part) for each in args):
                args = (*args, *usual)
    return _run(main, "ivts-site", *args)


def script(path: Path, *args: object, folder: Path, **environment: str) -> Result:
    """Run a Python script in a folder and return its outcome, without the time that a new process takes."""
    with contextlib.chdir(folder), mock.patch.dict(os.environ, environment):
        return _run(lambda: runpy.run_path(str(path), run_name="__main__"), path, *args)


def _run(program: Callable[[], object], *argv: object) -> Result:
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", [*map(str, argv)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(build, "load_content", read_content),
        mock.patch.object(check, "load_content", read_content),
        mock.patch.object(pictures, "draw_png", _png),
    ):
        try:
            program()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
    return Result(code, out.getvalue(), err.getvalue())
