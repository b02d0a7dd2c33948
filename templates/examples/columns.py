import pandas as pd

history = pd.read_json("https://example.org/api/v1/history-columns.json")
history["session"] = pd.to_datetime(history["session"])

# lowest, middle and highest ratio of each year
year = history["session"].dt.year
print(history["ivts"].groupby(year).agg(["min", "median", "max"]))
