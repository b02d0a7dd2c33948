"""The command line: arguments, clock, logging, progress, exit codes.

Commands import what they need when they run, so that `--help` answers at once.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ivts_site import __version__
from ivts_site.errors import IvtsError, UsageError

if TYPE_CHECKING:
    from ivts_site.config import Config

Command = TypeVar("Command", bound=Callable[..., Any])
log = logging.getLogger("ivts_site")

EXIT_CODES = """
\b
Exit codes:
  0  done
  2  usage, configuration or content is wrong
  3  no source gave data; stored data are unchanged
  4  data were rejected; stored data are unchanged
  5  the site could not be rendered or published; the last one is unchanged
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Options every command shares."""

    config_path: Path
    overrides: tuple[str, ...]
    data_dir: Path

    def load(self) -> Config:
        """Read and validate the configuration."""
        from ivts_site.config import load_config  # noqa: PLC0415

        return load_config(self.config_path, self.overrides)

    @property
    def root(self) -> Path:
        """Folder with ``templates/`` and ``static/``: beside the configuration, else the source checkout."""
        beside = self.config_path.absolute().parent
        return beside if (beside / "templates").is_dir() else Path(__file__).resolve().parents[2]


def _instant(_: click.Context, __: click.Parameter, value: str | None) -> dt.datetime | None:
    if value is None:
        return None
    try:
        instant = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no ISO 8601 instant such as 2026-02-27T22:30:00Z") from error
    if instant.tzinfo is None:
        raise click.BadParameter(f"{value!r} names no time zone; end it with Z or an offset such as -05:00")
    return instant.astimezone(dt.UTC)


def _date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    try:
        return None if value is None else dt.date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no date; write it as 2026-02-27") from error


def _common(function: Command) -> Command:
    options = (
        click.option(
            "--config",
            "config_path",
            type=click.Path(path_type=Path),
            default=Path("config.yaml"),
            show_default=True,
            help="Settings file; templates and static files are taken from beside it.",
        ),
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="KEY.PATH=VALUE",
            help="Override one setting, e.g. statistics.default_window=1y. May be repeated.",
        ),
        click.option(
            "--data-dir",
            type=click.Path(path_type=Path),
            default=Path("data"),
            show_default=True,
            help="Folder of the stored closes.",
        ),
        click.option("-v", "--verbose", count=True, help="Say more; twice for debugging."),
        click.option("-q", "--quiet", count=True, help="Say only what went wrong."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _site_folder(function: Command) -> Command:
    option = click.option(
        "--out",
        type=click.Path(path_type=Path),
        default=Path("site"),
        show_default=True,
        help="Folder of the finished site; a build replaces it in one step.",
    )
    return option(function)


def _as_of(function: Command) -> Command:
    option = click.option(
        "--as-of",
        callback=_date,
        metavar="YYYY-MM-DD",
        help="Speak about this stored session and use nothing dated later.  [default: the last one]",
    )
    return option(function)


def _built_at(function: Command) -> Command:
    option = click.option(
        "--built-at",
        callback=_instant,
        metavar="INSTANT",
        help="Time stamp of the build, ISO 8601 with zone.  [default: SOURCE_DATE_EPOCH, else now]",
    )
    return option(function)


@click.group(
    help="Build a static page about the VIX term structure: VIX / VIX3M, regime, episodes.",
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="ivts-site")
def cli() -> None:
    """Group of all commands."""


@cli.command(epilog=EXIT_CODES)
@_common
@click.option(
    "--now",
    callback=_instant,
    metavar="INSTANT",
    help="Take this as the present instant, for tests and replays.  [default: the clock]",
)
def fetch(now: dt.datetime | None, **options: Any) -> None:
    """Pull the latest closes from the vendors into the data folder.

    All series of the ratio are stored or none. Running it again without news changes no file.
    """
    common = _open(options)
    from ivts_site.pipeline.fetch import fetch_all  # noqa: PLC0415

    config = common.load()
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=len(config.series), label="Fetching", file=sys.stderr, hidden=hidden
    ) as bar:
        report = fetch_all(config, common.data_dir, now=now or _clock(), progress=lambda _: bar.update(1))
    click.echo(report.sentence, err=True)


@cli.command(epilog=EXIT_CODES)
@_common
@_as_of
@_built_at
@_site_folder
def build(as_of: dt.date | None, built_at: dt.datetime | None, out: Path, **options: Any) -> None:
    """Build the site from the stored closes, without network.

    With nothing stored it is built from sample data and says so on every page.
    """
    common = _open(options)
    from ivts_site.pipeline.build import build_site  # noqa: PLC0415

    report = build_site(
        common.load(),
        root=common.root,
        data_dir=common.data_dir,
        out=out,
        as_of=as_of,
        built_at=built_at or _build_instant(),
    )
    click.echo(report.sentence(_clock().date()), err=True)


@cli.command(epilog=EXIT_CODES)
@_common
@_as_of
@_built_at
def snapshot(as_of: dt.date | None, built_at: dt.datetime | None, **options: Any) -> None:
    """Print the numbers of the page as JSON, as in api/v1/snapshot.json."""
    common = _open(options)
    from ivts_site.pipeline.build import snapshot_json  # noqa: PLC0415

    config = common.load()
    text = snapshot_json(
        config,
        root=common.root,
        data_dir=common.data_dir,
        as_of=as_of,
        built_at=built_at or _build_instant(),
    )
    click.echo(text, nl=False)


@cli.command(epilog=EXIT_CODES)
@_common
@_site_folder
def check(out: Path, **options: Any) -> None:
    """Check settings, content, stored closes and the finished site; list every fault found."""
    common = _open(options)
    from ivts_site.pipeline.check import check_all  # noqa: PLC0415

    for line in check_all(common.load, root=common.root, data_dir=common.data_dir, out=out):
        click.echo(line)


@cli.command(epilog=EXIT_CODES)
@_common
@_site_folder
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free port."
)
def serve(out: Path, port: int, **options: Any) -> None:
    """Preview the finished site on this machine; stop it with Ctrl-C."""
    _open(options)
    from ivts_site.serve import serve_folder  # noqa: PLC0415

    serve_folder(out, port, announce=partial(click.echo, err=True))


@cli.command(epilog=EXIT_CODES)
@_common
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("sample-data"),
    show_default=True,
    help="Folder for the simulated closes; never the data folder.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Seed of the simulation.  [default: sample.seed of the settings]",
)
def sample(out: Path, seed: int | None, **options: Any) -> None:
    """Write simulated closes in the layout of the data folder, for trying things out.

    Build from them with: ivts-site build --data-dir sample-data --out site-sample
    """
    common = _open(options)
    from ivts_site.pipeline.sample import write_sample  # noqa: PLC0415

    config = common.load()
    if out.resolve() == common.data_dir.resolve():
        raise UsageError(f"{out}: sample data never enter the data folder; choose another one with --out")
    click.echo(write_sample(config, out, seed=seed), err=True)


def _open(options: dict[str, Any]) -> Common:
    verbosity = options.pop("verbose") - options.pop("quiet")
    level = logging.INFO if verbosity == 0 else logging.WARNING if verbosity < 0 else logging.DEBUG
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    log.setLevel(level)
    return Common(
        config_path=options["config_path"], overrides=options["overrides"], data_dir=options["data_dir"]
    )


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _build_instant() -> dt.datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return _clock()
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH: {epoch!r} is no count of seconds since 1970") from error


def main() -> None:
    """Run the command line; turn the program's own errors into one message and their exit code."""
    try:
        cli(prog_name="ivts-site")
    except IvtsError as error:
        click.echo(f"ivts-site: {error}", err=True)
        sys.exit(error.exit_code)
