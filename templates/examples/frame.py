import pandas as pd

history = pd.read_parquet("https://example.org/api/v1/history.parquet")

# sessions in backwardation, and their share, by year
year = pd.to_datetime(history["session"]).dt.year
inverted = history["regime"] == "backwardation"
print(inverted.groupby(year).agg(["sum", "mean"]))
