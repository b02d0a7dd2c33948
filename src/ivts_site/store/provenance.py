"""Where each stored series came from, as `data/provenance.json`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, TypeAdapter

from ivts_site import formatting as f
from ivts_site.errors import StoreError
from ivts_site.model import NextPublication, Publication, SourceRange
from ivts_site.store.files import read_file
from ivts_site.store.notes import DAMAGES, Instant, decode, encode

if TYPE_CHECKING:
    import pandas as pd

FILE = "provenance.json"
_INSTANTS = TypeAdapter(dict[dt.date, Instant])


def _read_calendar(tree: Mapping[str, Any]) -> NextPublication:
    upcoming = tree.get("upcoming", {}) | {tree["next_session"]: tree["publication"]}
    return NextPublication(
        after=dt.date.fromisoformat(tree["last_session"]),
        upcoming=tuple(
            Publication(session=session, publication=instant)
            for session, instant in sorted(_INSTANTS.validate_python(upcoming).items())
        ),
    )


def _calendar_tree(calendar: NextPublication) -> dict[str, Any]:
    upcoming = {each.session.isoformat(): f.instant_iso(each.publication) for each in calendar.upcoming}
    return {
        "last_session": calendar.after.isoformat(),
        "next_session": calendar.session.isoformat(),
        "publication": f.instant_iso(calendar.publication),
        "upcoming": upcoming,
    }


Calendar = Annotated[NextPublication, PlainValidator(_read_calendar), PlainSerializer(_calendar_tree)]


class Reason(StrEnum):
    """Why a stored close is provisional."""

    EARLY = "early"
    DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalMark:
    """A stored close that may still change."""

    reason: Reason
    """`early`: read before its publication instant. `disagreement`: another source has another value."""
    seen_at: Instant
    """UTC instant of the fetch that marked it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRevision:
    """A change that a source proposes and nobody confirms; the stored close stays."""

    old: float
    new: float
    """The stored and the proposed close."""
    source: str
    """Adapter that proposes it."""
    seen_at: Instant
    """UTC instant of the fetch that saw it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesProvenance:
    """Origin of a series at the time its closes last changed."""

    source: str
    url: str
    """Adapter name and address without secrets."""
    sha256: str
    etag: str
    last_modified: str
    """Identity of the body the closes were last taken from."""
    first_session: dt.date = dt.date.min
    last_session: dt.date = dt.date.min
    """First and last stored session."""
    rows: int = 0
    """Stored sessions; an older version did not say so of a future, whose file is then asked for again."""
    fetched_at: Instant
    """UTC instant of the fetch."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Rows of that body that were left out, by reason."""
    provisional: Mapping[dt.date, ProvisionalMark] = field(default_factory=dict)
    """Stored sessions whose close may still change; no statistic should use them."""
    dropped_days: Mapping[str, tuple[dt.date, ...]] = field(default_factory=dict)
    """Days of the rows left out, by reason; unreadable rows have none."""
    settings: str = ""
    """Digest of the settings under which the body was read; under others it may give other closes."""
    ranges: tuple[SourceRange, ...] = ()
    """Where the stored closes came from, oldest first; empty in a file written by an older version."""
    held: Annotated[Mapping[dt.date, HeldRevision], Field(alias="held_revisions")] = field(
        default_factory=dict
    )
    """Changes that wait for somebody to confirm them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Origins of all series, and when the next closes are due."""

    series: Mapping[str, SeriesProvenance] = field(default_factory=dict)
    """Series key to origin."""
    calendar: Calendar | None = None
    """The last session stored for all series of the ratio, the session after it, and the instant by which
    its closes should be published."""
    reached: dt.date | None = None
    """The latest session that ever had a ratio of final closes; it stays where that ratio comes into
    doubt."""
    early_closes: Mapping[dt.date, Instant] | None = None
    """Sessions of the ratio that closed early, and when, UTC; None where an older version wrote the file."""
    futures: Mapping[dt.date, SeriesProvenance] = field(default_factory=dict)
    """Origin of each contract's settlements, by the day on which it expires."""
    parts: Mapping[str, str] | None = field(default=None, compare=False)
    """SHA-256 of each stored part by its path in the data folder. `write_transaction` alone sets it; None
    where an older version wrote the file."""


_STORED = TypeAdapter(Provenance)


def encode_provenance(provenance: Provenance) -> bytes:
    """Return the file; one without futures says nothing of them."""
    return encode(_STORED, provenance, without=() if provenance.futures else ("futures",))


def decode_provenance(data_dir: Path) -> Provenance:
    """Read the file; empty provenance where there is none."""
    path = data_dir / FILE
    body = read_file(path)
    if body is None:
        return Provenance()
    try:
        return decode(_STORED, body)
    except DAMAGES as error:
        raise StoreError(
            str(path),
            f"is damaged or of another version; restore it with `git checkout -- {path}`, "
            "or delete it and run `ivts-site fetch`",
        ) from error


def extent(closes: pd.DataFrame | pd.Series) -> dict[str, Any]:
    """Return what an entry tells of closes: the first and the last session, and how many they are."""
    first, last = (closes.index[edge].date() for edge in (0, -1))
    return {"first_session": first, "last_session": last, "rows": len(closes)}


def describes(entry: SeriesProvenance | None, closes: pd.DataFrame) -> bool:
    """Tell whether an entry speaks of the closes at hand; False after a part was deleted by hand."""
    if entry is None or closes.empty:
        return False
    return all(getattr(entry, name) == value for name, value in extent(closes).items())


def source_ranges(closes: pd.DataFrame) -> tuple[SourceRange, ...]:
    """Return the runs of closes from one source, oldest first."""
    runs = (closes["source"] != closes["source"].shift()).cumsum()
    return tuple(
        SourceRange(
            source=str(run["source"].iloc[0]),
            first_session=run.index[0].date(),
            last_session=run.index[-1].date(),
        )
        for _, run in closes.groupby(runs)
    )


def check_described(data_dir: Path, key: str, closes: pd.DataFrame, provenance: Provenance) -> None:
    """Check that the stored closes, or none, are what the provenance says; StoreError where they are not."""
    entry = provenance.series.get(key)
    if describes(entry, closes) or (entry is None and closes.empty):
        return
    described = (
        f"{entry.rows:,} closes from {entry.first_session} to {entry.last_session}" if entry else "nothing"
    )
    span = "" if closes.empty else f", {closes.index[0]:%Y-%m-%d} to {closes.index[-1]:%Y-%m-%d}"
    raise StoreError(
        str(data_dir / FILE),
        f"tells of {described} for {key}, but {len(closes):,} are stored{span}; "
        "restore the data folder from git, or run `ivts-site fetch`",
    )
