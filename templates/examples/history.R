history <- read.csv(
  "https://example.org/api/v1/history.csv",
  colClasses = c(session = "Date", suspect = "logical")
)

# sessions in backwardation, and their share, by year
year <- format(history$session, "%Y")
inverted <- history$regime == "backwardation"
print(aggregate(inverted, list(year = year), function(x) c(sum = sum(x), mean = mean(x))))
