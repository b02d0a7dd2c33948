"""Everything that can be checked without the network: settings, content, stored closes, the finished site."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ivts_site.config import Config, is_placeholder
from ivts_site.content import load_content
from ivts_site.errors import CheckError, ConfigError, DataError, IvtsError, RenderError, StaleDataError
from ivts_site.formatting import plural
from ivts_site.freshness import Freshness, State, judge
from ivts_site.model import NextPublication
from ivts_site.pipeline.api import API, SCHEMAS
from ivts_site.pipeline.build import CONTENT
from ivts_site.pipeline.calendar import publications
from ivts_site.pipeline.fetch import check_sources
from ivts_site.pipeline.inputs import load_inputs
from ivts_site.pipeline.last_run import age_warnings
from ivts_site.pipeline.schema import FOLDERS, OPTIONAL, PUBLISHED
from ivts_site.publish import broken_links, foreign_files
from ivts_site.published.index import NAME, SCHEMA_SUFFIX
from ivts_site.sessions import load_sessions
from ivts_site.store import (
    check_described,
    read_futures,
    read_last_run,
    read_log,
    read_provenance,
    read_store,
)
from ivts_site.words.site import DAILY, FLIPS

_CANONICAL = re.compile(rb'<link rel="canonical" href="([^"]*)"')
LOGS = ("revisions", "quarantine", "disagreements")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is checked, and how strictly."""

    root: Path
    """Folder with `templates/`."""
    data_dir: Path
    out: Path
    now: dt.datetime
    """When the age of the closes is judged."""
    tolerate: State
    """The gravest age that is no fault."""

    def run(self, load: Callable[[], Config]) -> Iterator[str]:
        """Run every check and tell its outcome, a line for each that passed.

        `load` loads the configuration, which is the first check. After the last one a CheckError tells every
        fault found.
        """
        config, faults = None, []
        try:
            config = load()
        except IvtsError as error:
            faults.append(error)
        for check in self._checks(config):
            try:
                yield from check()
            except IvtsError as error:
                faults.append(error)
        if faults:
            raise CheckError(faults)

    def _checks(self, config: Config | None) -> Iterator[Callable[[], Iterator[str]]]:
        """Yield the checks in their order; without settings those that need none."""
        if config:
            yield partial(_check_settings, config)
        yield self._check_content
        for key in config.series if config else ():
            yield partial(self._check_series, key)
        yield self._check_futures
        yield self._check_held
        if config:
            yield partial(self._check_freshness, config)
        yield self._check_logs
        yield self._check_site
        yield self._check_address
        if config:
            yield partial(self._check_ages, config)

    def _check_content(self) -> Iterator[str]:
        content = load_content(self.root / CONTENT)
        yield f"content: {len(content.sections)} sections, {len(content.events.events)} events"

    def _check_series(self, key: str) -> Iterator[str]:
        frames, provenance = read_store(self.data_dir, [key])
        closes = frames[key]
        check_described(self.data_dir, key, closes, provenance)
        span = f", {closes.index[0]:%Y-%m-%d} to {closes.index[-1]:%Y-%m-%d}" if len(closes) else ""
        yield f"{key}: {len(closes):,} closes{span}" if span else f"{key}: nothing stored"

    def _check_futures(self) -> Iterator[str]:
        rows, _ = read_futures(self.data_dir)
        if len(rows):
            first, last = rows["session"].iloc[[0, -1]]
            counted = f"{len(rows):,} settlements on {rows['session'].nunique():,} sessions"
            yield f"futures: {counted}, {first:%Y-%m-%d} to {last:%Y-%m-%d}"

    def _check_logs(self) -> Iterator[str]:
        yield ", ".join(f"{name}: {len(read_log(self.data_dir, name))} entries" for name in LOGS)

    def _check_freshness(self, config: Config) -> Iterator[str]:
        if not read_provenance(self.data_dir).series:
            yield "freshness: nothing stored"
            return
        inputs = load_inputs(config, self.data_dir)
        if inputs.expected is None or inputs.newest_final is None:
            yield "freshness: not judged, as no publication is expected"
            return
        through = inputs.newest_final
        found = self._check_age(config, inputs.expected, through)
        if found is None:
            yield f"freshness: not judged, as nothing is known to follow {through}"
            return
        # a page lacking the newest closes of the benchmark is whole, and nothing else tells that they stopped
        benchmark = config.ratio.benchmark
        closes = inputs.closes[benchmark]
        if len(closes) and (last := closes.index[-1].date()) < through:
            self._check_age(config, inputs.expected, last, series=benchmark)
        yield f"freshness: {found.state.value}, closes through {through}"

    def _check_age(
        self, config: Config, expected: NextPublication, through: dt.date, *, series: str = ""
    ) -> Freshness | None:
        found = judge(expected.following(through), self.now)
        if found is not None and found.at_least:
            # all sessions that were published in advance have passed: count on by the calendar
            sessions = load_sessions(config.calendar, through, self.now.date() + dt.timedelta(days=10))
            found = judge(publications(config, sessions, through), self.now)
        if found is not None and found.state.gravity > self.tolerate.gravity:
            raise StaleDataError(
                through=through.isoformat(), state=found.state.value, n_behind=found.n_behind, series=series
            )
        return found

    def _check_held(self) -> Iterator[str]:
        """Tell of changes that nobody confirms; they are as grave as closes that are late."""
        held = [
            f"{key} {session} {each.old:.10g} → {each.new:.10g}"
            for key, entry in read_provenance(self.data_dir).series.items()
            for session, each in sorted(entry.held.items())
        ]
        if held and self.tolerate.gravity < State.LATE.gravity:
            raise DataError(
                f"{plural(len(held), 'revision')} held: {', '.join(held)}; compare with the vendor, then run "
                "`ivts-site fetch --accept-revisions SERIES` if the new values are right"
            )
        yield f"revisions: {plural(len(held), 'revision')} held" + (f": {', '.join(held)}" if held else "")

    def _check_ages(self, config: Config) -> Iterator[str]:
        """Give a line for each optional series and source that stopped; they are as grave as late closes."""
        provenance = read_provenance(self.data_dir)
        if provenance.calendar is None:
            return
        run = read_last_run(self.data_dir)
        ends = {key: provenance.series[key].last_session for key in config.series if key in provenance.series}
        known = [*ends.values(), *(each.last_session for each in run.sources if each.last_session)]
        known += [
            at.date()
            for each in run.sources
            for at in (each.last_success, each.failing_since)
            if at is not None
        ]
        first = min([*known, self.now.date()])
        sessions = load_sessions(config.calendar, first, max(first, self.now.date()) + dt.timedelta(days=10))
        stopped = list(age_warnings(config, run, ends, sessions, self.now))
        if stopped and self.tolerate.gravity < State.LATE.gravity:
            raise DataError("; ".join(stopped))
        yield from (f"warning: {line}" for line in stopped)

    def _check_site(self) -> Iterator[str]:
        if not self.out.is_dir():
            yield f"{self.out}: no site built yet"
            return
        others = foreign_files(self.out)
        found = {
            path.relative_to(self.out).as_posix(): path for path in self.out.rglob("*") if path.is_file()
        }
        files = {name: path for name, path in found.items() if name not in others}
        pages = {name: path.read_bytes() if name.endswith(".html") else b"" for name, path in files.items()}
        damaged = {
            name: why for name in pages if name.endswith(".html") and (why := page_problem(pages[name]))
        }
        problems = [f"{name} {why}" for name, why in sorted(damaged.items())]
        problems += broken_links(pages | dict.fromkeys(damaged, b""))
        for name, shape in PUBLISHED.items():
            problems += _shape_problems(_published_paths(self.out / API, name), shape)
        for path in sorted((self.root / SCHEMAS).glob("*.json")):
            problems += _schema_problems(self.out / API, path)
        problems += index_problems(self.out / API)
        problems += [problem for path in FEEDS for problem in feed_problems(self.out / path)]
        if problems:
            raise RenderError(f"{self.out}: " + "; ".join(problems) + "; build it again")
        yield f"{self.out}: links work, JSON and feeds match their schemas, the index is correct"

    def _check_address(self) -> Iterator[str]:
        """Refuse a site of real closes whose pages send readers, feeds and previews to a placeholder."""
        try:
            found = _CANONICAL.search((self.out / "index.html").read_bytes())
            sample = json.loads((self.out / API / "snapshot.json").read_bytes())["sample"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return  # the check of the site finds it
        address = found[1].decode(errors="replace") if found else ""
        if is_placeholder(address) and sample is not True:
            raise ConfigError(
                str(self.out),
                [f"was built for the placeholder {address}; set site.base_url, or SITE_URL for `make build`"],
            )
        yield f"address: {address}"


def _check_settings(config: Config) -> Iterator[str]:
    check_sources(config)
    yield f"settings: {len(config.series)} series, {len(config.statistics.windows)} windows"


def _schema_problems(folder: Path, known: Path) -> Iterator[str]:
    name = known.name
    try:
        published = json.loads((folder / name).read_bytes())
        address = published.pop("$id", "")
    except OSError:
        yield f"{name} is missing"
    except (ValueError, LookupError, TypeError, AttributeError):
        yield f"{name} is no schema"
    else:
        if published != json.loads(known.read_bytes()) or not address.endswith(name):
            yield f"{name} is of another version"


def _published_paths(folder: Path, name: str) -> Sequence[Path]:
    """Return the file of a name, or all files of a folder of that name; the folder may be missing."""
    if name in FOLDERS:
        return sorted((folder / name).glob("*.json"))
    path = folder / f"{name}.json"
    return [path] if path.exists() or name not in OPTIONAL else []


def _shape_problems(paths: Sequence[Path], shape: type) -> Iterator[str]:
    adapter: TypeAdapter[Any] = TypeAdapter(shape)
    for path in paths:
        try:
            adapter.validate_json(path.read_bytes())
        except OSError:
            yield f"{path.name} is missing"
        except ValidationError as error:
            yield f"{path.name} is not as described ({error.error_count()} faults)"


FEEDS = tuple(f"{name}.{kind}" for name in (DAILY, FLIPS) for kind in ("xml", "json"))
_ATOM = "{http://www.w3.org/2005/Atom}"


def page_problem(body: bytes) -> str:
    """Tell why a page cannot be read to its end; empty where it can."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "is no text"
    return "" if text.rstrip().endswith("</html>") else "is empty or cut off"


def index_problems(folder: Path) -> Iterator[str]:
    """Tell what the index in a folder says wrongly of the files beside it; nothing where it is missing."""
    try:
        index = json.loads((folder / NAME).read_bytes())
        listed = {entry["path"]: entry.get("sha256") for entry in (*index["files"], *index["stamped"])}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return  # the check of its shape finds it
    found = {path.name: path for path in folder.iterdir() if path.is_file()}
    for name in sorted(listed.keys() | found.keys()):
        if name == NAME or name.endswith(SCHEMA_SUFFIX):
            continue
        if name not in found or name not in listed:
            yield f"{NAME} and the folder differ on {name}"
        elif listed[name] and hashlib.sha256(found[name].read_bytes()).hexdigest() != listed[name]:
            yield f"{name} is not the file that {NAME} lists"


def feed_problems(path: Path) -> Iterator[str]:
    """Tell what is wrong with a feed: missing, not well-formed, or entries with one identifier."""
    try:
        ids = _atom_ids(path) if path.suffix == ".xml" else _json_ids(path)
    except OSError:
        yield f"{path.name} is missing"
    except (
        ValueError,
        LookupError,
        TypeError,
        SyntaxError,
        RecursionError,
    ):  # ElementTree's own error is a SyntaxError
        yield f"{path.name} is no feed"
    else:
        if None in ids or len(ids) != len(set(ids)):
            yield f"{path.name} has entries without an identifier of their own"


def _atom_ids(path: Path) -> list[str | None]:
    # imported here: a build has no use for it
    import xml.etree.ElementTree as ET  # noqa: PLC0415

    root = ET.fromstring(path.read_bytes())  # noqa: S314 - files of this program
    if root.tag != f"{_ATOM}feed":
        raise ValueError(root.tag)
    return [entry.findtext(f"{_ATOM}id") for entry in root.iter(f"{_ATOM}entry")]


def _json_ids(path: Path) -> list[str | None]:
    ids = [item["id"] for item in json.loads(path.read_bytes())["items"]]
    if not all(isinstance(each, str) for each in ids):
        raise TypeError("an identifier that is not text")
    return ids
