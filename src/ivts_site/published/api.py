"""The index of the files for machines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFile:
    """A published file."""

    path: str
    """Below the folder of `index.json`."""
    description: str
    """What it holds."""
    media_type: str
    """Its media type."""
    bytes: int
    """Size, before any compression by the host."""
    sha256: str
    """Of these bytes, 64 hexadecimal digits."""
    schema: str | None
    """JSON Schema of the file, or of the JSON file that holds the same; null where there is none."""
    schema_version: str | None
    """Version of that schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFolder:
    """Files of one kind, one for each name."""

    path: str
    """Where they are; `{name}` stands for the name."""
    description: str
    """What each of them holds."""
    n_files: int
    """How many there are."""
    first: str
    """Name of the first file, in alphabetical order."""
    last: str
    """Name of the last file."""
    schema: str | None
    """JSON Schema of each; null where there is none."""
    schema_version: str | None
    """Version of that schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What is published in the folder, with sizes and hashes, and under which terms."""

    schema_version: str
    """Version of the schema; the number before the point changes only with the address."""
    sample: bool
    """True where the closes are simulated, not market data."""
    as_of: str
    """Last session of all files."""
    licence: str
    """What may be done with the files, in words."""
    documentation: str
    """Address of the page that describes the files."""
    files: tuple[IndexFile, ...]
    """In alphabetical order; the JSON Schemas and this file are not among them."""
    folders: tuple[IndexFolder, ...]
    """In alphabetical order."""
