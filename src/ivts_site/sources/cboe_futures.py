"""Settlements of a VIX future that expires on the day that is its symbol."""

from ivts_site.sources.adapter import Adapter
from ivts_site.sources.futures import read_contract

ADAPTER = Adapter(
    name="cboe_futures",
    vendor="cboe",
    template="/data/us/futures/market_statistics/historical_data/VX/VX_{symbol}.csv",
    parse=read_contract("cboe_futures"),
)
