"""The command line run inside the test process, as a shell would run it."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

from ivts_site.cli import main


@dataclass(frozen=True)
class Result:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str


NO_ARCHIVE = ("--set", "archive.episodes=false", "--set", "archive.days=false")
"""Thousands of pages that most tests have no use for."""


@contextlib.contextmanager
def ready_to_fork() -> Iterator[None]:
    """Leave out the minifier meanwhile: a fork lacks the threads of its Go library and may wait for them."""
    sys.modules["minify"] = None  # type: ignore[assignment]  # an import of it fails
    yield
    del sys.modules["minify"]


def ivts(*args: object) -> Result:
    """Run `ivts-site ARGS` and return its outcome; a bug still raises its own exception.

    A build makes no pages of the past unless its arguments speak of them.
    """
    if args[:1] == ("build",) and not any(str(each).startswith("archive.") for each in args):
        args = (*args, *NO_ARCHIVE)
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["ivts-site", *map(str, args)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
    return Result(code, out.getvalue(), err.getvalue())
