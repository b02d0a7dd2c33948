"""The command line: arguments, clock, logging, progress, exit codes."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import NoReturn

import click

from ivts_site.cli.commands import cli
from ivts_site.errors import IvtsError, UsageError


def main() -> None:
    """Run the command line; turn the program's own errors into one message and their exit code."""
    # read by pyarrow when imported: its own pool holds on to a dozen megabytes that a build never uses
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without minus signs still gets its sentences
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            cli(prog_name="ivts-site")
        finally:
            sys.stdout.flush()
    except IvtsError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:  # refusals of the machine that no module has put into words
        where = f"{error.filename}: " if error.filename else ""
        _fail(f"{where}{error.strerror or error}; make room or name another place", UsageError.exit_code)


def _fail(message: str, code: int) -> NoReturn:
    with suppress(OSError):
        click.echo(f"ivts-site: {message}", err=True)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # else the interpreter tries again when it ends, and has an exit code of its own
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)
