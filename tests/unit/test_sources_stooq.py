"""Stooq's daily files: layout, sentences in the place of data, the key, and who may use adjusted closes."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.vendor import Vendor, answer
from tests.shared import Mirror, needs_shared
from tests.unit.test_sources_http import BOUNDS

from ivts_site.config import Http, Series, load_config
from ivts_site.config import Vendor as VendorSettings
from ivts_site.errors import ConfigError, SourceError, SourceFormatError, SourceUnavailable
from ivts_site.pipeline.fetch import check_sources
from ivts_site.sources import ADAPTERS, HttpClient, ParsedCloses, Reply, Request, decode_body

ROOT = Path(__file__).parents[2]
DAILY = (ROOT / "tests/fixtures/stooq_daily.csv").read_bytes().decode()
PATH = "/q/d/l/"
STOOQ = ADAPTERS["stooq_csv"]
parse_stooq_csv = STOOQ.parse
KEY = "k3y-of-stooq-0123456789"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as running:
        yield running


def ask(base_url: str, **bounds: int) -> Reply:
    request = Request(source=STOOQ.name, url=base_url + STOOQ.path("spy.us"))
    with HttpClient(Http(**{**BOUNDS, **bounds})) as client:
        return STOOQ.ask(client, request)


@pytest.mark.parametrize("text", [DAILY, DAILY.replace("\r\n", "\n"), "\ufeff" + DAILY, DAILY + "\r\n"])
def test_daily_file(text: str) -> None:
    """Three rows by column name, whatever the line ends; the file has CR LF."""
    parsed = parse_stooq_csv(text, "spy.us")
    assert "\r\n" in DAILY
    assert [f"{day:%F}" for day in parsed.closes["session"]] == ["2025-11-25", "2025-11-26", "2025-11-28"]
    assert parsed.closes["close"].tolist() == [11.31, 11.4452, 11.6]
    assert (parsed.bad, parsed.n_rows, parsed.source) == ((), 3, "stooq_csv")


@pytest.mark.parametrize(
    "text", ["Exceeded the daily hits limit", "No data\r\n", "\ufeff\r\nGet your apikey:\r\n1. Open, 2. copy"]
)
def test_a_sentence_is_no_data(text: str) -> None:
    """Over the limit, without a key or for an unknown symbol the vendor sends words with status 200."""
    with pytest.raises(SourceFormatError, match="text instead of data") as caught:
        parse_stooq_csv(text, "spy.us")
    assert caught.value.line in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("Date,Open,High,Low,Close,Volume\r\n", "0 rows"),
        ("Date,Open,High,Low,Last,Volume\r\n2025-11-25,1,1,1,1,1\r\n", "unknown header"),
        (DAILY[: len(DAILY) - 12], "middle of a row"),
        ("\x00,\x00", "unknown header"),
    ],
)
def test_refused_files(text: str, message: str) -> None:
    """A file that cannot be trusted as a whole is refused with the reason."""
    with pytest.raises(SourceFormatError, match=message):
        parse_stooq_csv(text, "spy.us")


def test_without_key(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address has the symbol and the interval, and no key."""
    monkeypatch.delenv("STOOQ_APIKEY", raising=False)
    vendor.answers[PATH] = answer(200, DAILY.encode())
    reply = ask(vendor.url)
    assert vendor.paths == ["/q/d/l/?s=spy.us&i=d"]
    assert reply.url == f"{vendor.url}/q/d/l/?s=spy.us&i=d"
    assert decode_body(STOOQ.name, reply) == DAILY


def test_the_key_is_sent_and_never_shown(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes into the query; address, repeated body, errors and log are without it."""
    caplog.set_level(0)
    monkeypatch.setenv("STOOQ_APIKEY", f" {KEY}\n")
    vendor.answers[PATH] = answer(200, f"The key {KEY} is over its limit".encode())
    reply = ask(vendor.url)
    assert vendor.paths == [f"/q/d/l/?s=spy.us&i=d&apikey={KEY}"]
    assert reply.url == f"{vendor.url}/q/d/l/?s=spy.us&i=d"
    assert reply.body == b"The key *** is over its limit"
    vendor.answers[PATH] = answer(503)
    with pytest.raises(SourceUnavailable) as caught:
        ask(vendor.url)
    shown = [repr(reply), caplog.text, repr(caught.value), *traceback.format_exception(caught.value)]
    assert KEY not in "".join(shown)


def test_a_redirect_does_not_carry_the_key(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is for the address first asked; where the vendor leads on, it says itself what to send."""
    monkeypatch.setenv("STOOQ_APIKEY", KEY)
    vendor.answers[PATH] = answer(307, Location="/moved")
    vendor.answers["/moved"] = answer(200, DAILY.encode())
    ask(vendor.url)
    assert vendor.paths[1] == "/moved"


def series(*, adjusted: bool) -> Series:
    sources = [{"adapter": "stooq_csv", "symbol": "spy.us"}]
    return Series.model_validate({"label": "SPY", "adjusted": adjusted, "sources": sources})


def test_adjusted_and_unadjusted_closes_are_not_mixed() -> None:
    """An adapter fits a series that says the same of its closes."""
    vendor = VendorSettings(base_url="https://example.org")
    fits = {
        (name, adjusted): ADAPTERS[name].problem(series(adjusted=adjusted), vendor) == ""
        for name in ("stooq_csv", "yahoo_chart", "cboe_chart")
        for adjusted in (True, False)
    }
    assert {pair for pair, fit in fits.items() if fit} == {
        ("stooq_csv", True),
        ("yahoo_chart", False),
        ("cboe_chart", False),
    }


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (
            ["series.spy.sources=[{adapter: stooq_csv, symbol: spy.us}]"],
            "series.spy.sources.0.adapter: stooq_csv gives dividend-adjusted closes",
        ),
        (
            ["series.spy.adjusted=true"],
            "series.spy.sources.0.adapter: cboe_chart gives unadjusted closes",
        ),
        (
            [
                "series.spy.sources=[{adapter: tradestation, symbol: SPY}]",
                "sources.tradestation.token_url=null",
            ],
            "series.spy.sources.0.adapter: tradestation needs sources.tradestation.token_url",
        ),
    ],
)
def test_a_mismatch_is_a_configuration_error(overrides: list[str], problem: str) -> None:
    """A fetch stops before it asks anybody, with the key path."""
    with pytest.raises(ConfigError) as caught:
        check_sources(load_config(ROOT / "config.yaml", overrides))
    assert problem in str(caught.value)


def test_an_adjusted_series_from_stooq_is_fine() -> None:
    """The shipped vendor entry and a declared series are all it takes."""
    overrides = [
        "series.spy.adjusted=true",
        "series.spy.sources=[{adapter: stooq_csv, symbol: spy.us}]",
        "series.spy.check_against=[]",
    ]
    check_sources(load_config(ROOT / "config.yaml", overrides))


def recorded(*faults: str) -> ParsedCloses:
    with Mirror(faults=faults) as mirror:
        reply = ask(f"{mirror.url}/stooq.com", max_bytes=1_000_000)
        return parse_stooq_csv(decode_body(STOOQ.name, reply), "spy.us")


@needs_shared
def test_recorded_history() -> None:
    """The recorded history is read whole, without a bad row."""
    parsed = recorded()
    assert (len(parsed.closes), parsed.n_rows, parsed.bad) == (5574, 5574, ())
    assert f"{parsed.closes['session'].max():%F}" == "2026-02-27"


@needs_shared
@pytest.mark.parametrize("fault", ["sentence", "html", "empty", "truncated", "403", "429"])
def test_recorded_faults(fault: str) -> None:
    """A spoilt answer is a source error, never closes."""
    with pytest.raises(SourceError):
        recorded(f"stooq={fault}")
