"""Adapters by the name used in `config.yaml`; a new source is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivts_site.config import Series, Vendor
from ivts_site.sources import (
    cboe_chart,
    cboe_csv,
    fred_csv,
    stooq_csv,
    tradestation,
    tradestation_token,
    yahoo_chart,
)
from ivts_site.sources.http import HttpClient
from ivts_site.sources.parsed import ParsedCloses
from ivts_site.sources.reply import Reply
from ivts_site.sources.request import Request, ask_plainly


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
    ask : callable
        Client and request to `Reply`; adds what the vendor wants to see, such as a key from the environment.
    adjusted : bool
        Whether its closes are adjusted for dividends.
    needs_token_url : bool
        Whether its vendor hands out access tokens, at `token_url`.
    """

    name: str
    vendor: str
    path: Callable[[str], str]
    parse: Callable[[str, str], ParsedCloses]
    ask: Callable[[HttpClient, Request], Reply] = ask_plainly
    adjusted: bool = False
    needs_token_url: bool = False


def adapter_problem(adapter: Adapter, series: Series, vendor: Vendor) -> str:
    """Say why a series cannot be taken from an adapter, or return an empty string.

    Parameters
    ----------
    adapter : Adapter
        The adapter.
    series : Series
        The series; adjusted and unadjusted closes cannot be mixed in one.
    vendor : Vendor
        Configuration of the adapter's vendor.

    Returns
    -------
    str
        What is wrong and what would be right; empty where nothing is.
    """
    if adapter.adjusted and not series.adjusted:
        return f"{adapter.name} gives dividend-adjusted closes, this series is not declared `adjusted: true`"
    if series.adjusted and not adapter.adjusted:
        return f"{adapter.name} gives unadjusted closes, this series is declared `adjusted: true`"
    if adapter.needs_token_url and vendor.token_url is None:
        return f"{adapter.name} needs sources.{adapter.vendor}.token_url"
    return ""


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        adapter.name: adapter
        for adapter in (
            Adapter(name=cboe_csv.NAME, vendor="cboe", path=cboe_csv.path, parse=cboe_csv.parse_cboe_csv),
            Adapter(
                name=cboe_chart.NAME, vendor="cboe", path=cboe_chart.path, parse=cboe_chart.parse_cboe_chart
            ),
            Adapter(name=fred_csv.NAME, vendor="fred", path=fred_csv.path, parse=fred_csv.parse_fred_csv),
            Adapter(
                name=stooq_csv.NAME,
                vendor="stooq",
                path=stooq_csv.path,
                parse=stooq_csv.parse_stooq_csv,
                ask=stooq_csv.ask,
                adjusted=True,
            ),
            Adapter(
                name=yahoo_chart.NAME,
                vendor="yahoo",
                path=yahoo_chart.path,
                parse=yahoo_chart.parse_yahoo_chart,
            ),
            Adapter(
                name=tradestation_token.NAME,
                vendor="tradestation",
                path=tradestation.path,
                parse=tradestation.parse_tradestation,
                ask=tradestation.ask,
                needs_token_url=True,
            ),
        )
    }
)
