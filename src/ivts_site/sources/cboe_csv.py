"""Cboe index history files: `DATE,OPEN,HIGH,LOW,CLOSE` or `DATE,<SYMBOL>`."""

from ivts_site.sources.adapter import csv_adapter

ADAPTER = csv_adapter(
    "cboe_csv",
    "cboe",
    "/api/global/us_indices/daily_prices/{symbol}_History.csv",
    ("DATE", "CLOSE"),
    ("DATE", "{symbol}"),
)
