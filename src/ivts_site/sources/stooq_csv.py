"""Stooq daily files: `Date,Open,High,Low,Close,Volume`; closes are adjusted for splits and dividends.

The whole history changes with each dividend: a total return can be had from it, but no price as it was paid.
"""

from __future__ import annotations

from dataclasses import replace

from ivts_site.sources.adapter import csv_adapter
from ivts_site.sources.http import HttpClient, Reply, Request
from ivts_site.sources.secret import Credential, read_secret

KEY_VARIABLE = "STOOQ_APIKEY"


def _ask(client: HttpClient, request: Request) -> Reply:
    """Ask with the key from `STOOQ_APIKEY`, if set; without it a sentence or a web page may come back."""
    key = read_secret(KEY_VARIABLE)
    credential = Credential(query={"apikey": key} if key else {})
    return client.ask(replace(request, credential=credential)).without_secrets(key)


ADAPTER = csv_adapter(
    "stooq_csv", "stooq", "/q/d/l/?s={symbol}&i=d", ("DATE", "CLOSE"), ask=_ask, adjusted=True
)
