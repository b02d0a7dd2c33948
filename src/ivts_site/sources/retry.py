"""What a failed request means: whether it is tried again, and after how long."""

from __future__ import annotations

import email.utils
import math
from collections.abc import Mapping

from ivts_site.errors import SourceUnavailable


class TryAgain(Exception):
    """A failure that may pass: broken connection, 429 or 5xx.

    Parameters
    ----------
    source : str
        Name of the source as in the registry.
    reason : str
        What happened, in a few words and without addresses.
    headers : mapping of str to str
        Headers of the answer, if there was one.
    unreached : bool
        Whether no connection to the host came about at all.
    """

    def __init__(
        self, source: str, reason: str, headers: Mapping[str, str] | None = None, *, unreached: bool = False
    ) -> None:
        self.reason = reason
        self.unreached = unreached
        self.retry_after = _retry_after(headers or {})
        super().__init__(f"{source}: {reason}")


class CredentialsRefused(SourceUnavailable):
    """The vendor does not know who asks (401): credentials are missing, wrong or have expired."""


def requested_wait(error: Exception, *, cap: float, left: float) -> bool | float:
    """Decide whether to try again: False to stop, True for the usual backoff, or the seconds asked for.

    Parameters
    ----------
    error : Exception
        What the try ended with; only `TryAgain` is tried again.
    cap : float
        Longest wait accepted from a vendor, in seconds.
    left : float
        Seconds until the deadline of the request.
    """
    if not isinstance(error, TryAgain) or left <= 0:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= min(cap, left) else False


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by `Retry-After`; a date is measured against the vendor's own `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else math.inf
    try:
        until = email.utils.parsedate_to_datetime(text)
        sent = email.utils.parsedate_to_datetime(headers.get("Date", ""))
        return max((until - sent).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
