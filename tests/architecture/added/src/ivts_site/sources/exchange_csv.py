"""Daily files of a made-up exchange: `Day,Last`, with `n/a` where it did not trade."""

from ivts_site.sources.adapter import csv_adapter

ADAPTER = csv_adapter("exchange_csv", "exchange", "/daily/{symbol}.csv", ("DAY", "LAST"), missing=("n/a",))
