"""Vendors, one module for each kind of file, and the only door to the network."""

from ivts_site.sources.adapter import Adapter
from ivts_site.sources.address import safe_url
from ivts_site.sources.clean import CleanedCloses, QuarantinedRow, clean_closes
from ivts_site.sources.compare import (
    check_distinct,
    check_order,
    contradicted_moves,
    disagreements,
    implausible_ratios,
    implied_closes,
)
from ivts_site.sources.futures import NOT_SETTLED, contract_file, expiries, open_interest
from ivts_site.sources.http import HttpClient, Reply, Request, decode_body, modified_at
from ivts_site.sources.parsed import BadRow, ParsedCloses
from ivts_site.sources.registry import ADAPTERS
from ivts_site.sources.secret import Secret, read_secret
