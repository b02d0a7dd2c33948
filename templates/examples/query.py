import duckdb

# the longest episodes, with their highest ratios
longest = duckdb.sql("""
    SELECT episode, count(*) AS sessions, max(ivts) AS highest
    FROM 'https://example.org/api/v1/history.parquet'
    WHERE regime = 'backwardation'
    GROUP BY episode
    ORDER BY sessions DESC, episode
    LIMIT 5
""")
print(longest)
