"""What an adapter is asked for, before it adds what its vendor wants to see."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from ivts_site.config import Vendor
from ivts_site.sources.http import HttpClient
from ivts_site.sources.reply import Reply
from ivts_site.sources.secret import ANONYMOUS, Credential, Secret, scrub


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One file of one vendor.

    Attributes
    ----------
    source : str
        Adapter name.
    url : str
        Address, without secrets.
    vendor : Vendor
        Its configuration.
    etag, last_modified : str
        Validators of the answer already held, if any.
    """

    source: str
    url: str
    vendor: Vendor
    etag: str = ""
    last_modified: str = ""

    def send(self, client: HttpClient, credential: Credential = ANONYMOUS) -> Reply:
        """Ask within the bounds of `client`; errors are those of `HttpClient.get`."""
        return client.get(
            self.source,
            self.url,
            allowed_hosts=self.vendor.allowed_hosts,
            etag=self.etag,
            last_modified=self.last_modified,
            credential=credential,
        )


def ask_plainly(client: HttpClient, request: Request) -> Reply:
    """Ask without credentials."""
    return request.send(client)


def scrubbed(reply: Reply, *secrets: Secret | None) -> Reply:
    """Return the answer with secrets masked that the vendor repeats in it, and its digest to match."""
    body = scrub(reply.body, *secrets)
    if body == reply.body:
        return reply
    return replace(reply, body=body, sha256=hashlib.sha256(body).hexdigest())
