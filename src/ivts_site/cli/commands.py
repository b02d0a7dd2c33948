"""The commands. Each imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

import datetime as dt
import gc
import os
import sys
from functools import partial
from pathlib import Path

import click

from ivts_site import __version__
from ivts_site.cli.hedge import hedge
from ivts_site.cli.options import (
    Common,
    as_of_option,
    build_instant,
    built_at_option,
    clock,
    common_options,
    now_option,
    path_option,
    site_option,
)
from ivts_site.errors import UsageError

EXIT_CODES = """
\b
Exit codes:
  0  done
  2  usage, configuration or content is wrong
  3  no source gave data; stored data are unchanged
  4  data were rejected; stored data are unchanged
  5  the site could not be rendered or published; the last one is unchanged
"""


@click.group(
    help="Build a static site about the VIX term structure: ratio, regime and inversions.",
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="ivts-site")
def cli() -> None:
    """Group of all commands."""


@cli.command(epilog=EXIT_CODES)
@common_options
@now_option
@click.option(
    "--accept-revisions",
    multiple=True,
    metavar="SERIES",
    envvar="ACCEPT_REVISIONS",
    show_envvar=True,
    help="Let the source of this series change stored closes beyond the limits. May be repeated.",
)
def fetch(common: Common, now: dt.datetime | None, accept_revisions: tuple[str, ...]) -> None:
    """Pull the latest closes from the vendors into the data folder.

    The series of the ratio are stored together or not at all. If nothing is new, no file changes.
    """
    from ivts_site.pipeline.fetch import fetch_all  # noqa: PLC0415

    config = common.load()
    hidden = not sys.stderr.isatty()
    files = config.futures.contracts + config.futures.back_files if config.futures.enabled else 0
    with click.progressbar(
        length=len(config.series) + files, label="Fetching", file=sys.stderr, hidden=hidden
    ) as bar:
        report = fetch_all(
            config,
            common.data_dir,
            now=now or clock(),
            progress=lambda _: bar.update(1),
            accept_revisions=accept_revisions,
        )
        bar.finish()  # fewer files where most are stored
    common.tell(report.sentence)


@cli.command(epilog=EXIT_CODES)
@common_options
@as_of_option
@built_at_option
@site_option
@click.option("--no-sample", is_flag=True, help="Fail, instead of building from simulated closes.")
def build(
    common: Common, as_of: dt.date | None, built_at: dt.datetime | None, out: Path, no_sample: bool
) -> None:
    """Build the site from the stored closes, without network.

    If nothing is stored, the site is built from sample data and says so on every page.
    """
    gc.disable()  # a build allocates, writes and ends: collecting costs a tenth of its time and frees little
    from ivts_site.pipeline.build import build_site  # noqa: PLC0415

    report = build_site(
        common.load(),
        common.root,
        common.data_dir,
        out=out,
        as_of=as_of,
        built_at=built_at or build_instant(),
        allow_sample=not no_sample,
    )
    common.tell(report.sentence(clock().date()))


@cli.command(epilog=EXIT_CODES)
@common_options
@as_of_option
@built_at_option
def snapshot(common: Common, as_of: dt.date | None, built_at: dt.datetime | None) -> None:
    """Print the numbers of the page as JSON, as in api/v1/snapshot.json."""
    from ivts_site.pipeline.build import current_snapshot  # noqa: PLC0415
    from ivts_site.published.serialize import to_json  # noqa: PLC0415

    instant = built_at or build_instant()
    found = current_snapshot(common.load(), common.root, common.data_dir, as_of=as_of, built_at=instant)
    click.echo(to_json(found), nl=False)


@cli.command(epilog=EXIT_CODES)
@common_options
@site_option
@now_option
@click.option(
    "--tolerate",
    type=click.Choice(["fresh", "due", "late", "stale"]),
    default="late",
    show_default=True,
    help="Oldest state of the closes that still passes.",
)
def check(common: Common, out: Path, now: dt.datetime | None, tolerate: str) -> None:
    """Check settings, content, stored closes, their age and the finished site; list every problem."""
    from ivts_site.freshness import State  # noqa: PLC0415
    from ivts_site.pipeline.check import Check  # noqa: PLC0415

    folders = {"root": common.root, "data_dir": common.data_dir, "out": out}
    for line in Check(**folders, now=now or clock(), tolerate=State(tolerate)).run(common.load):
        click.echo(line)


@cli.command(epilog=EXIT_CODES)
@common_options
@click.option(
    "--event",
    type=click.Choice(["flip", "failure"]),
    required=True,
    help="flip: send each new change of regime once. failure: always send.",
)
@click.option("--message", default="", help="What failed, for --event failure.")
def notify(common: Common, event: str, message: str) -> None:
    """Notify a webhook of a change of regime or a failed run, if `notify` in the settings asks for it."""
    from ivts_site.pipeline.notify import notify_event  # noqa: PLC0415

    config = common.load()
    outcome = notify_event(config, event, common.root, common.data_dir, now=clock(), message=message)
    click.echo(outcome, err=True)


@cli.command(epilog=EXIT_CODES)
@common_options
@site_option
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks any free port."
)
def serve(_: Common, out: Path, port: int) -> None:
    """Preview the finished site on this machine; stop it with Ctrl-C."""
    from ivts_site.serve import serve_folder  # noqa: PLC0415

    serve_folder(out, port, announce=partial(click.echo, err=True))


@cli.command(epilog=EXIT_CODES)
@common_options
@path_option("--out", "sample-data", "Folder for the simulated closes; never the data folder.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Seed of the simulation.  [default: sample.seed of the settings]",
)
def sample(common: Common, out: Path, seed: int | None) -> None:
    """Write simulated closes in the layout of the data folder, for trying things out.

    Build from them with: ivts-site build --data-dir sample-data --out site-sample
    """
    from ivts_site.pipeline.sample import write_sample  # noqa: PLC0415

    config = common.load()
    if os.path.realpath(out) == os.path.realpath(common.data_dir):
        raise UsageError(f"{out}: sample data must not go into the data folder; choose another --out")
    common.tell(write_sample(config, out, seed=seed))


cli.add_command(hedge)
