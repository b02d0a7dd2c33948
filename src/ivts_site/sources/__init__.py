"""Vendors, one module for each kind of file, and the only door to the network."""

from importlib import import_module
from pkgutil import iter_modules

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
from ivts_site.sources.secret import Secret, read_secret

_modules = [import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)]
ADAPTERS: dict[str, Adapter] = {
    each.ADAPTER.name: each.ADAPTER for each in _modules if hasattr(each, "ADAPTER")
}
"""By the name used in `config.yaml`: that of every module of this package that declares an `ADAPTER`."""
