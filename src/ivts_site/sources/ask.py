"""One request to the outside, and how it is shown in messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ivts_site.errors import SourceUnavailable
from ivts_site.sources.address import safe_url, split_address
from ivts_site.sources.secret import ANONYMOUS, Credential, Secret


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: who is asked, where, with which validators and credentials, until when."""

    source: str
    url: str
    headers: dict[str, str]
    allowed_hosts: Collection[str]
    until: float
    credential: Credential = ANONYMOUS
    form: Mapping[str, Secret] | None = None
    message: bytes | None = None

    @property
    def host(self) -> str:
        """Host and port asked."""
        return split_address(self.url).netloc

    def unavailable(self, reason: str) -> SourceUnavailable:
        """Return the error of a receiver that did not answer as it should."""
        return SourceUnavailable(self.source, self.shown, reason)

    @property
    def shown(self) -> str:
        """The address for messages; that of a message tells its host alone, as its path is a secret."""
        return (
            safe_url(self.url)
            if self.message is None
            else f"{split_address(self.url).hostname}, address hidden"
        )

    @property
    def content(self) -> Mapping[str, str] | bytes | None:
        """What is posted; None where something is asked for."""
        return {k: v.reveal() for k, v in self.form.items()} if self.form is not None else self.message
