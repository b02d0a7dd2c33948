# what the page says in numbers
curl --silent --compressed https://example.org/api/v1/snapshot.json

# the last five sessions
curl --silent --compressed https://example.org/api/v1/history.csv | tail -n 5
