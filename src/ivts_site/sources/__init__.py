"""Vendors: one file each with a pure `parse`, and the only door to the network."""

from ivts_site.sources.address import safe_url
from ivts_site.sources.clean import Cleaned, Rules, check_distinct, clean_closes
from ivts_site.sources.http import HttpClient
from ivts_site.sources.parsed import BadRow, ParsedCloses
from ivts_site.sources.registry import ADAPTERS, Adapter, adapter_problem
from ivts_site.sources.reply import Reply, decode_body
from ivts_site.sources.request import Request

__all__ = [
    "ADAPTERS",
    "Adapter",
    "BadRow",
    "Cleaned",
    "HttpClient",
    "ParsedCloses",
    "Reply",
    "Request",
    "Rules",
    "adapter_problem",
    "check_distinct",
    "clean_closes",
    "decode_body",
    "safe_url",
]
