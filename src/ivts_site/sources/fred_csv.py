"""FRED series: `observation_date,<ID>` (older files: `DATE,<ID>`); days without a value are empty or `.`.

Values are rounded to cents by the vendor.
"""

from ivts_site.sources.adapter import csv_adapter

ADAPTER = csv_adapter(
    "fred_csv",
    "fred",
    "/graph/fredgraph.csv?id={symbol}",
    ("OBSERVATION_DATE", "{symbol}"),
    ("DATE", "{symbol}"),
    missing=("", "."),
)
