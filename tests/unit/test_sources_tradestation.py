"""TradeStation's bars: dates in New York, numbers as text, what counts as no value."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ivts_site.errors import SourceFormatError
from ivts_site.sources import ADAPTERS, ParsedCloses

parse_tradestation = ADAPTERS["tradestation"].parse
TEXT = (Path(__file__).parents[1] / "fixtures/tradestation_bars.json").read_text()
BAR = {"Close": "17.20", "TimeStamp": "2025-11-26T21:15:00Z"}


def pairs(parsed: ParsedCloses) -> list[tuple[str, float]]:
    return [
        (f"{s:%Y-%m-%d}", c) for s, c in zip(parsed.closes["session"], parsed.closes["close"], strict=True)
    ]


def parse(*bars: dict[str, object]) -> ParsedCloses:
    return parse_tradestation(json.dumps({"Bars": bars}), "$VIX.X")


def test_chart() -> None:
    """Numbers are text; a stamp after midnight UTC belongs to the evening before in New York."""
    parsed = parse_tradestation(TEXT, "$VIX.X")
    assert pairs(parsed) == [("2025-07-02", 18.56), ("2025-11-26", 17.2), ("2025-11-28", 16.35)]
    assert (parsed.bad, parsed.n_rows, parsed.n_missing, parsed.source) == ((), 3, 0, "tradestation")


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2025-03-08T04:59:59Z", "2025-03-07"),  # 23:59:59 EST
        ("2025-03-08T05:00:00Z", "2025-03-08"),  # 00:00 EST
        ("2025-03-10T03:59:59Z", "2025-03-09"),  # 23:59:59 EDT, a day after the change of clocks
        ("2025-03-10T04:00:00Z", "2025-03-10"),
        ("2025-11-28T13:00:00-05:00", "2025-11-28"),
        ("2025-11-28T18:00:00.000Z", "2025-11-28"),
    ],
)
def test_a_bar_is_dated_in_new_york(stamp: str, day: str) -> None:
    """On both sides of midnight there, in winter and in summer."""
    assert pairs(parse({**BAR, "TimeStamp": stamp})) == [(day, 17.2)]


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_blank_close_is_no_value(value: object) -> None:
    """Blank fields come as null or as nothing."""
    parsed = parse(BAR, {"Close": value, "TimeStamp": "2025-11-28T18:00:00Z"})
    assert (len(parsed.closes), parsed.n_missing, parsed.bad) == (1, 1, ())


def test_an_absent_close_is_no_value() -> None:
    """Blank fields may be left out."""
    parsed = parse(BAR, {"TimeStamp": "2025-11-28T18:00:00Z"})
    assert (len(parsed.closes), parsed.n_missing, parsed.bad) == (1, 1, ())


def test_an_open_bar_is_no_close() -> None:
    """The vendor says itself that a bar is still growing."""
    parsed = parse(
        {**BAR, "BarStatus": "Closed"}, {**BAR, "TimeStamp": "2025-11-28T18:00:00Z", "BarStatus": "Open"}
    )
    assert pairs(parsed) == [("2025-11-26", 17.2)]
    assert parsed.n_missing == 1


@pytest.mark.parametrize("value", ["n/a", "17,20", True, [17.2], {}])
def test_an_unreadable_close_is_a_bad_row(value: object) -> None:
    """Anything else than a number is a bad row at its place in the list."""
    parsed = parse(BAR, {**BAR, "Close": value})
    assert [(row.line, row.reason) for row in parsed.bad] == [(2, "no number")]


@pytest.mark.parametrize(
    "stamp", [None, "", "2025-11-28", "2025-11-28T18:00:00", 1764352800, "2025-02-30T18:00:00Z"]
)
def test_a_stamp_that_is_no_instant_is_a_bad_row(stamp: object) -> None:
    """Without a zone the day in New York is unknown."""
    parsed = parse(BAR, {**BAR, "TimeStamp": stamp})
    assert [(row.line, row.reason) for row in parsed.bad] == [(2, "no date")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT[:100], "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "no list of bars"),
        ("{}", "no list of bars"),
        ('{"Bars": [1]}', "no list of bars"),
        ('{"Bars": []}', "0 rows"),
        ('{"Bars": [{"TimeStamp": "2025-11-28T18:00:00Z", "Last": "1"}]}', "lack 'TimeStamp' or 'Close'"),
        ('{"Error": "NotFound", "Message": "Invalid symbol"}', "reports an error: 'NotFound Invalid symbol'"),
        ('{"Error": "NotFound"}', "reports an error: 'NotFound'"),
    ],
)
def test_refused_charts(text: str, message: str) -> None:
    """An error of the vendor and an answer of another shape are refused with the reason."""
    with pytest.raises(SourceFormatError, match=message):
        parse_tradestation(text, "$VIX.X")


def test_path() -> None:
    """Daily bars, no more than the vendor gives at once; a symbol cannot escape from the path."""
    parts = urlsplit(ADAPTERS["tradestation"].path("$VIX3M.X"))
    assert parts.path == "/v3/marketdata/barcharts/%24VIX3M.X"
    query = parse_qs(parts.query)
    bars_back = int(query.pop("barsback")[0])
    assert 20_000 <= bars_back <= 57_600
    assert query == {"interval": ["1"], "unit": ["Daily"]}
    assert ADAPTERS["tradestation"].path("a/../b").startswith("/v3/marketdata/barcharts/a%2F..%2Fb?")
