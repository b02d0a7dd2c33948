"""Settlements of a VIX future to 2013; its symbol is the letter of the month and the year."""

from ivts_site.sources.adapter import Adapter
from ivts_site.sources.futures import read_contract

ADAPTER = Adapter(
    name="cboe_futures_archive",
    vendor="cboe",
    template="/resources/futures/archive/volume-and-price/CFE_{symbol}_VX.csv",
    parse=read_contract("cboe_futures_archive"),
)
