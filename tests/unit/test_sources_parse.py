"""Vendors' files to closes: layouts, traps and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import ivts_site.sources
from ivts_site.errors import SourceFormatError
from ivts_site.sources import ADAPTERS, ParsedCloses

parse_cboe_csv = ADAPTERS["cboe_csv"].parse
parse_cboe_chart = ADAPTERS["cboe_chart"].parse
parse_fred_csv = ADAPTERS["fred_csv"].parse
FIVE = "DATE,OPEN,HIGH,LOW,CLOSE\n09/18/2009,1,2,0.5,27.660000\n09/21/2009,1,2,0.5,27.830000\n"
BARS = [{"date": "2009-01-02", "close": "92.9600"}, {"date": "2009-01-05", "close": 92.85}]


def pairs(parsed: ParsedCloses) -> list[tuple[str, float]]:
    return [
        (f"{s:%Y-%m-%d}", c) for s, c in zip(parsed.closes["session"], parsed.closes["close"], strict=True)
    ]


def chart(bars: list[dict[str, object]], symbol: str = "SPY") -> str:
    return json.dumps({"timestamp": "", "symbol": symbol, "data": bars})


EXPECTED = [("2009-09-18", 27.66), ("2009-09-21", 27.83)]


@pytest.mark.parametrize(
    "text",
    [
        FIVE,
        FIVE.replace("\n", "\r\n"),
        "\ufeff" + FIVE,
        FIVE + "\n\n  \n",
        FIVE.rstrip("\n"),
        FIVE.replace("DATE,OPEN,HIGH,LOW,CLOSE", "Date, Open, High, Low, Close"),
        "DATE,STATUS,CLOSE\n09/18/2009,F,27.66\n09/21/2009,F,27.83\n",
        "CLOSE,DATE\n27.66,09/18/2009\n27.83,09/21/2009\n",
        'DATE,CLOSE\n"09/18/2009","27.66"\n"09/21/2009","27.83"\n',
        "DATE,CLOSE\n2009-09-18,27.66\n2009-09-21,27.83\n",
        "DATE,VIX3M\n09/18/2009,27.66\n09/21/2009,27.83\n",
    ],
    ids=[
        "five",
        "crlf",
        "bom",
        "blanks",
        "no-last-newline",
        "case",
        "extra",
        "order",
        "quoted",
        "iso",
        "two",
    ],
)
def test_index_layouts(text: str) -> None:
    """Every known layout gives the same closes."""
    parsed = parse_cboe_csv(text, "VIX3M")
    assert pairs(parsed) == EXPECTED
    assert (parsed.bad, parsed.n_rows, parsed.source) == ((), 2, "cboe_csv")


@pytest.mark.parametrize("value", ["", "n/a", "N/A", ".", "-", "$17.20", "17,2", "nan", "inf", "0x10", "1_0"])
def test_unreadable_values_are_set_aside(value: str) -> None:
    """A word in the place of a number makes a bad row with its line, never a close."""
    parsed = parse_cboe_csv(f"DATE,VVIX\n09/18/2009,80.1\n09/21/2009,{value}\n09/22/2009,81.0\n", "VVIX")
    assert pairs(parsed) == [("2009-09-18", 80.1), ("2009-09-22", 81.0)]
    assert [(row.line, row.text) for row in parsed.bad] == [(3, f"09/21/2009,{value}")]
    assert parsed.n_rows == 3


def test_impossible_numbers_are_still_numbers() -> None:
    """Zero, negative and huge values are read; cleaning judges them."""
    text = "DATE,VIX\n09/18/2009,0\n09/21/2009,-14.2\n09/22/2009,1e308\n"
    assert [close for _, close in pairs(parse_cboe_csv(text, "VIX"))] == [0.0, -14.2, 1e308]


def test_a_day_that_does_not_exist_is_a_bad_row() -> None:
    """The date format fits and the day does not exist."""
    parsed = parse_cboe_csv("DATE,VIX\n02/30/2009,20\n03/02/2009,21\n", "VIX")
    assert [row.reason for row in parsed.bad] == ["no date"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("\ufeff\n\n", "empty"),
        ("DATE,CLOSE\n", "0 rows"),
        ("Exceeded the daily hits limit", "text instead of data"),
        ("TRADE DATE,OPEN,SETTLE\n09/18/2009,1,2\n", "expected DATE,CLOSE or DATE,VIX, found"),
        ("DATE,CLOSE\n09/18/2009,20\n2009-09-21,21\n", "two date formats"),
        ("DATE,CLOSE\n18/09/2009,20\n21/09/2009,21\n", "DD/MM/YYYY"),
        ("DATE,CLOSE\n18.09.2009,20\n21.09.2009,21\n", "neither MM/DD/YYYY nor YYYY-MM-DD"),
        ("DATE,OPEN,CLOSE\n09/18/2009,1,20.00\n09/21/2009,1", "middle of a row"),
        ("DATE,OPEN,CLOSE\n09/18/2009,1,20.00\n09/21/2009,1,2", "middle of a row"),
        ("DATE,CLOSE,VOLUME\n09/18/2009,20.00,7\n09/21/2009,21.00,", "middle of a row"),
    ],
)
def test_refused_files(text: str, message: str) -> None:
    """A file that cannot be trusted as a whole is refused with the reason."""
    with pytest.raises(SourceFormatError, match=message):
        parse_cboe_csv(text, "VIX")


def test_a_short_row_is_set_aside() -> None:
    """A row with too few cells in the middle of a whole file costs that row alone."""
    parsed = parse_cboe_csv("DATE,CLOSE\n09/18/2009,20\n09/21/2009\n09/22/2009,21\n", "VIX")
    assert len(parsed.closes) == 2
    assert [(row.line, row.reason) for row in parsed.bad] == [(3, "wrong number of columns")]


@pytest.mark.parametrize("header", ["observation_date,VIXCLS", "DATE,VIXCLS"])
@pytest.mark.parametrize("mark", ["", "."])
def test_fred(header: str, mark: str) -> None:
    """Both headers and both marks of a missing value; holidays are missing, not bad."""
    parsed = parse_fred_csv(f"{header}\n1990-02-16,22.28\n1990-02-19,{mark}\n1990-02-20,24.87\n", "VIXCLS")
    assert pairs(parsed) == [("1990-02-16", 22.28), ("1990-02-20", 24.87)]
    assert (parsed.n_missing, parsed.n_rows, parsed.bad) == (1, 3, ())


def test_fred_answering_about_another_series() -> None:
    """The value column must carry the id asked for."""
    with pytest.raises(SourceFormatError, match="VXVCLS"):
        parse_fred_csv("observation_date,VIXCLS\n1990-01-02,17.24\n", "VXVCLS")


def test_chart() -> None:
    """Numbers may be text or numbers."""
    assert pairs(parse_cboe_chart(chart(BARS), "SPY")) == [("2009-01-02", 92.96), ("2009-01-05", 92.85)]


@pytest.mark.parametrize("value", [None, "", 0, 0.0, "0", "0.0000"])
def test_chart_without_a_price(value: object) -> None:
    """Null, empty and zero mean that there is no price."""
    parsed = parse_cboe_chart(chart([*BARS, {"date": "2009-01-06", "close": value}]), "SPY")
    assert (len(parsed.closes), parsed.n_missing, parsed.bad) == (2, 1, ())


@pytest.mark.parametrize("value", ["n/a", True, float("nan"), [1], "-"])
def test_chart_with_an_unreadable_price(value: object) -> None:
    """Anything else than a number is a bad row at its place in the list."""
    parsed = parse_cboe_chart(chart([*BARS, {"date": "2009-01-06", "close": value}]), "SPY")
    assert [row.line for row in parsed.bad] == [3]


def test_chart_of_an_index_has_an_underscore() -> None:
    """The vendor writes the leading mark of an index in more than one way."""
    assert len(parse_cboe_chart(chart(BARS, "^VIX"), "_VIX").closes) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (chart(BARS)[:60], "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "no list of bars"),
        ('{"symbol": "SPY", "data": [1]}', "no list of bars"),
        (chart(BARS, "QQQ"), "asked for SPY"),
        (chart([{"date": "2009-01-02", "last": 1}]), "lack 'date' or 'close'"),
        (chart([]), "0 rows"),
    ],
)
def test_refused_charts(text: str, message: str) -> None:
    """An answer of another shape or about another symbol is refused."""
    with pytest.raises(SourceFormatError, match=message):
        parse_cboe_chart(text, "SPY")


@pytest.mark.parametrize(
    ("adapter", "symbol", "path"),
    [
        ("cboe_csv", "VIX3M", "/api/global/us_indices/daily_prices/VIX3M_History.csv"),
        ("cboe_chart", "_VIX", "/api/global/delayed_quotes/charts/historical/_VIX.json"),
        ("fred_csv", "VXVCLS", "/graph/fredgraph.csv?id=VXVCLS"),
        ("fred_csv", "A&b=/..", "/graph/fredgraph.csv?id=A%26b%3D%2F.."),
    ],
)
def test_paths(adapter: str, symbol: str, path: str) -> None:
    """Each adapter knows its path; a symbol cannot escape from it."""
    assert ADAPTERS[adapter].path(symbol) == path


def test_an_adapter_is_found_by_being_there() -> None:
    """The name of each is that of its module, so that no two can have the same; no list names them."""
    folder = Path(ivts_site.sources.__file__).parent
    declaring = {path.stem for path in folder.glob("*.py") if "\nADAPTER = " in path.read_text("utf-8")}
    assert set(ADAPTERS) == declaring >= {"cboe_csv", "tradestation"}


@pytest.mark.parametrize("parse", [parse_cboe_csv, parse_fred_csv, parse_cboe_chart])
@pytest.mark.parametrize("text", ["\x00", "a", ",,,\n,,", "{}", "null", '"', "DATE,CLOSE\n\x00,\x00\n"])
def test_garbage_is_refused(parse: Callable[[str, str], ParsedCloses], text: str) -> None:
    """Nothing but the documented error comes out of garbage."""
    with pytest.raises(SourceFormatError):
        parse(text, "X")
