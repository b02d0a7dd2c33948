"""Adapters by the name used in `config.yaml`; a new source is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivts_site.sources import cboe_chart, cboe_csv, fred_csv
from ivts_site.sources.parsed import ParsedCloses


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one kind of vendor file is asked for and read.

    Attributes
    ----------
    name : str
        Name in the configuration and in the store's `source` column.
    vendor : str
        Key under `sources` in the configuration that holds the address.
    path : callable
        Symbol to path and query, starting with a slash.
    parse : callable
        Text and symbol to `ParsedCloses`; pure; raises SourceFormatError.
    """

    name: str
    vendor: str
    path: Callable[[str], str]
    parse: Callable[[str, str], ParsedCloses]


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        adapter.name: adapter
        for adapter in (
            Adapter(name=cboe_csv.NAME, vendor="cboe", path=cboe_csv.path, parse=cboe_csv.parse_cboe_csv),
            Adapter(
                name=cboe_chart.NAME, vendor="cboe", path=cboe_chart.path, parse=cboe_chart.parse_cboe_chart
            ),
            Adapter(name=fred_csv.NAME, vendor="fred", path=fred_csv.path, parse=fred_csv.parse_fred_csv),
        )
    }
)
