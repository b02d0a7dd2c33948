"""Options, the clock and the log: what every command shares."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ivts_site.errors import UsageError

if TYPE_CHECKING:
    from ivts_site.config import Config

log = logging.getLogger("ivts_site")


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Options every command shares."""

    config_path: Path
    overrides: tuple[str, ...]
    data_dir: Path
    quiet: bool

    def load(self) -> Config:
        """Read and validate the configuration."""
        from ivts_site.config import load_config  # noqa: PLC0415

        return load_config(self.config_path, self.overrides)

    def tell(self, sentence: str) -> None:
        """Print what was done, unless only problems are wanted."""
        if not self.quiet:
            click.echo(sentence, err=True)

    @property
    def root(self) -> Path:
        """Folder with `templates/` and `static/`: beside the settings, else the checkout of the program."""
        beside, checkout = self.config_path.absolute().parent, Path(__file__).resolve().parents[3]
        found = next((each for each in (beside, checkout) if (each / "templates/content").is_dir()), None)
        if found is None:
            raise UsageError(
                f"{beside}: has no templates/ and static/, which the program needs beside its config.yaml; "
                "run it in a checkout of its repository, or name the config.yaml of one with --config"
            )
        return found


def parse_instant(_: click.Context, __: click.Parameter, value: str | None) -> dt.datetime | None:
    """Read an ISO 8601 time with its zone, as UTC."""
    if value is None:
        return None
    try:
        instant = dt.datetime.fromisoformat(value)
    except ValueError as error:
        fault = f"{value[:40]!r} is not an ISO 8601 time such as 2026-02-27T22:30:00Z"
        raise click.BadParameter(fault) from error
    if instant.tzinfo is None:
        raise click.BadParameter(
            f"{value[:40]!r} has no time zone; end it with Z or an offset such as -05:00"
        )
    try:
        return instant.astimezone(dt.UTC)
    except OverflowError as error:
        raise click.BadParameter(f"{value[:40]!r} is outside the years 1 to 9999 in UTC") from error


def parse_date(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    """Read an ISO date."""
    if value is None:
        return None
    with suppress(ValueError):
        day = dt.date.fromisoformat(value)
        if day.isoformat() == value:  # ISO 8601 knows other spellings
            return day
    raise click.BadParameter(f"{value[:40]!r} is not a date; write it as 2026-02-27")


def path_option(name: str, default: str, text: str, *names: str) -> Callable[[Any], Any]:
    """Return an option that names a file or a folder."""
    kind = click.Path(path_type=Path)
    return click.option(name, *names, type=kind, default=Path(default), show_default=True, help=text)


_COMMON = (
    path_option(
        "--config",
        "config.yaml",
        "Settings file; templates and static files are taken from beside it.",
        "config_path",
    ),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY.PATH=VALUE",
        help="Override one setting, e.g. statistics.default_window=1y. May be repeated.",
    ),
    path_option("--data-dir", "data", "Folder of the stored closes."),
    click.option("-v", "--verbose", count=True, help="Print more; twice for debugging."),
    click.option("-q", "--quiet", count=True, help="Print only problems."),
)


def common_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every command takes; the command gets them together, as its first argument."""

    @wraps(function)
    def run(**options: Any) -> None:
        function(_open_common(options), **options)

    command: Callable[..., None] = run
    for option in reversed(_COMMON):
        command = option(command)
    return command


site_option = path_option("--out", "site", "Folder of the finished site; a build replaces it in one step.")
as_of_option = click.option(
    "--as-of",
    callback=parse_date,
    metavar="YYYY-MM-DD",
    help="Build for this stored session, using nothing dated later.  [default: the last one]",
)
built_at_option = click.option(
    "--built-at",
    callback=parse_instant,
    metavar="INSTANT",
    help="Time stamp of the build, ISO 8601 with zone.  [default: SOURCE_DATE_EPOCH, else now]",
)
now_option = click.option(
    "--now",
    callback=parse_instant,
    metavar="INSTANT",
    help="Use this instead of the current time, for tests and replays.",
)


def _open_common(options: dict[str, Any]) -> Common:
    """Take the common options out of those given, and set up the log as they ask."""
    verbosity = options.pop("verbose") - options.pop("quiet")
    level = logging.INFO if verbosity == 0 else logging.WARNING if verbosity < 0 else logging.DEBUG
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING)
    log.setLevel(level)
    own = {name: options.pop(name) for name in ("config_path", "overrides", "data_dir")}
    return Common(**own, quiet=verbosity < 0)


def clock() -> dt.datetime:
    """Return the current time, UTC, in whole seconds; the one place where the clock is read."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def build_instant() -> dt.datetime:
    """Return the time of a build: `SOURCE_DATE_EPOCH` if it is set, else the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return clock()
    try:
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        fault = f"SOURCE_DATE_EPOCH: {epoch!r} is not a number of seconds since 1970"
        raise UsageError(fault) from error
