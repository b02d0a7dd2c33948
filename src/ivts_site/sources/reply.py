"""A vendor's answer, and its body as text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from ivts_site.errors import SourceFormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A vendor's answer.

    Attributes
    ----------
    url : str
        Address asked, without secrets.
    body : bytes
        Decompressed body; empty where `not_modified`.
    content_type : str
        Media type in lower case, without parameters; may be empty.
    etag, last_modified : str
        Validators for the next conditional request; may be empty.
    sha256 : str
        Hex digest of `body`.
    not_modified : bool
        The vendor confirmed that nothing changed since the validators sent.
    """

    url: str
    body: bytes
    content_type: str
    etag: str
    last_modified: str
    sha256: str
    not_modified: bool


def decode_body(source: str, reply: Reply) -> str:
    """Return the text of an answer.

    Raises
    ------
    SourceFormatError
        Where the answer is a web page or not UTF-8.
    """
    start = reply.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if reply.content_type in ("text/html", "application/xhtml+xml") or start.startswith(b"<"):
        raise SourceFormatError(source, "a web page in the place of data", start.decode("ascii", "replace"))
    try:
        return reply.body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceFormatError(source, f"the body is not UTF-8 text (byte {error.start})") from None


def modified_at(last_modified: str) -> dt.datetime | None:
    """Return the instant of a `Last-Modified` header; None where it is missing or not such a date."""
    try:
        instant = parsedate_to_datetime(last_modified)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=dt.UTC)
