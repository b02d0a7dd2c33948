"""The command line: arguments, clock, logging, progress, exit codes."""

from __future__ import annotations

import os
import sys

import click

from ivts_site.cli.commands import cli
from ivts_site.errors import IvtsError

__all__ = ["cli", "main"]


def main() -> None:
    """Run the command line; turn the program's own errors into one message and their exit code."""
    # read by pyarrow when imported: its own pool holds on to a dozen megabytes that a build never uses
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    try:
        cli(prog_name="ivts-site")
    except IvtsError as error:
        click.echo(f"ivts-site: {error}", err=True)
        sys.exit(error.exit_code)
