"""TradeStation's tokens against a stand-in: expiry, rotation, refusals, and that no secret shows."""

from __future__ import annotations

import copy
import datetime as dt
import logging
import pickle
import stat
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.command import ivts
from tests.fixtures.feed import ratio_alone
from tests.fixtures.tradestation import APPLICATION, FIRST_REFRESH, TradeStation, bars_json
from tests.fixtures.vendor import VIX, VIX3M, answer, document, index_csv
from tests.fixtures.vendor import Vendor as Elsewhere

from ivts_site.config import Http, load_config
from ivts_site.errors import ConfigError, SourceError, SourceFormatError, SourceUnavailable
from ivts_site.sources import ADAPTERS, HttpClient, Reply, Request
from ivts_site.sources.secret import Secret

ROOT = Path(__file__).parents[2]
ADAPTER = ADAPTERS["tradestation"]
NAMES = ("TRADESTATION_CLIENT_ID", "TRADESTATION_CLIENT_SECRET", "TRADESTATION_REFRESH_TOKEN")
BOUNDS = Http(
    user_agent="test", read_timeout_seconds=2, deadline_seconds=10, attempts=2, backoff_seconds=0.001
)
DAYS = [dt.date(2025, 11, day) for day in (24, 25, 26)]
BARS = {
    symbol: bars_json([(day, start + i) for i, day in enumerate(DAYS)])
    for symbol, start in (("$VIX.X", 17.25), ("$VIX3M.X", 19.5), ("SPY", 650.75))
}


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[TradeStation]:
    for name, value in zip(NAMES, [*APPLICATION.values(), FIRST_REFRESH], strict=True):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TRADESTATION_TOKEN_FILE", raising=False)
    with TradeStation(BARS) as running:
        yield running


@pytest.fixture
def token_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "private" / "token"
    path.parent.mkdir()
    monkeypatch.setenv("TRADESTATION_TOKEN_FILE", str(path))
    return path


@pytest.fixture
def client() -> Iterator[HttpClient]:
    with HttpClient(BOUNDS) as running:
        yield running


def ask(client: HttpClient, vendor: TradeStation, symbol: str = "$VIX.X", etag: str = "") -> Reply:
    url = vendor.url + ADAPTER.path(symbol)
    asked = Request(source=ADAPTER.name, url=url, token_url=vendor.token_url, etag=etag)
    return ADAPTER.ask(client, asked)


def refresh_tokens(vendor: TradeStation) -> list[str]:
    return [form["refresh_token"] for form in vendor.forms]


def test_one_token_for_all_series(vendor: TradeStation, client: HttpClient) -> None:
    """The form has the grant and the credentials; the token is held as long as it lasts."""
    replies = [ask(client, vendor, symbol) for symbol in BARS]
    assert [reply.body.decode() for reply in replies] == list(BARS.values())
    assert vendor.forms == [{"grant_type": "refresh_token", **APPLICATION, "refresh_token": FIRST_REFRESH}]
    assert replies[0].url == vendor.url + ADAPTER.path("$VIX.X")
    assert replies[0].etag == '"1"'


@pytest.mark.parametrize("seconds", [0, 29, -1200])
def test_a_token_about_to_expire_is_got_anew(
    vendor: TradeStation, client: HttpClient, seconds: float
) -> None:
    """Thirty seconds before its end a token is taken for expired."""
    vendor.expires_in = seconds
    for symbol in BARS:
        ask(client, vendor, symbol)
    assert len(vendor.forms) == 3
    assert len(vendor.asked) == 3


def test_a_token_refused_before_its_time_is_got_anew_once(vendor: TradeStation, client: HttpClient) -> None:
    """After a 401 there is one new token and one more request."""
    ask(client, vendor)
    vendor.expire()
    assert ask(client, vendor).body.decode() == BARS["$VIX.X"]
    assert (len(vendor.forms), len(vendor.asked)) == (2, 3)


def test_two_refusals_are_final(
    vendor: TradeStation, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vendor that refuses its own new token is not asked a third time."""
    real = vendor.token

    def useless(form: dict[str, str]) -> Callable[..., None]:
        given = real(form)
        vendor.expire()
        return given

    monkeypatch.setattr(vendor, "token", useless)
    with pytest.raises(SourceUnavailable, match="a new access token is refused too") as caught:
        ask(client, vendor)
    assert (len(vendor.forms), len(vendor.asked)) == (2, 2)
    assert leaked(caught.value, vendor.secrets) == []


def test_a_conditional_request_keeps_its_validator(vendor: TradeStation, client: HttpClient) -> None:
    """What the vendor confirms as unchanged is reported so."""
    vendor.chart = lambda _path, _auth: answer(304)  # type: ignore[method-assign]
    assert ask(client, vendor, etag='"1"').not_modified


def test_a_rotating_refresh_token_is_held_for_the_run(
    vendor: TradeStation, client: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Each token is used once; without a file a warning says how to keep the last one."""
    vendor.rotates, vendor.expires_in = True, 0
    for symbol in BARS:
        ask(client, vendor, symbol)
    later = [f"refresh-token-{n}-0123456789" for n in (1, 2)]
    assert refresh_tokens(vendor) == [FIRST_REFRESH, *later]
    assert "set TRADESTATION_TOKEN_FILE to keep the new one" in caplog.text
    assert not any(secret in caplog.text for secret in vendor.secrets)


def test_a_rotated_token_survives_in_the_file(vendor: TradeStation, token_file: Path) -> None:
    """The next run starts from the file, whose token replaced that of the environment."""
    vendor.rotates = True
    for _ in range(2):
        with HttpClient(BOUNDS) as client:
            ask(client, vendor)
    assert refresh_tokens(vendor) == [FIRST_REFRESH, "refresh-token-1-0123456789"]
    assert token_file.read_text() == "refresh-token-2-0123456789\n"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    assert [path.name for path in token_file.parent.iterdir()] == ["token"]


def test_the_file_is_made_private_whatever_it_was(vendor: TradeStation, token_file: Path) -> None:
    """A file readable by all is replaced by one that is not."""
    token_file.write_text(FIRST_REFRESH)
    token_file.chmod(0o644)
    vendor.rotates = True
    with HttpClient(BOUNDS) as client:
        ask(client, vendor)
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600


def test_a_stale_file_gives_way_to_the_environment(
    vendor: TradeStation, client: HttpClient, token_file: Path
) -> None:
    """After a new login by hand the variable is newer than the file."""
    token_file.write_text("refresh-token-of-last-year\n")
    ask(client, vendor)
    assert refresh_tokens(vendor) == ["refresh-token-of-last-year", FIRST_REFRESH]


def test_the_file_alone_is_enough(
    vendor: TradeStation, client: HttpClient, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a token in the file the variable may be unset."""
    token_file.write_text(FIRST_REFRESH)
    monkeypatch.delenv("TRADESTATION_REFRESH_TOKEN")
    assert ask(client, vendor).body.decode() == BARS["$VIX.X"]


@pytest.mark.parametrize("name", ["data/token", "site/deep/token", "elsewhere/token", "missing/token"])
def test_a_token_is_not_written_where_it_would_be_published(  # noqa: PLR0917 (fixtures)
    vendor: TradeStation,
    client: HttpClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    """Data folder and site, by name or by what they hold, and folders that are not there: a warning."""
    monkeypatch.chdir(tmp_path)
    for folder in ("data", "site/deep", "elsewhere"):
        Path(folder).mkdir(parents=True)
    Path("elsewhere/provenance.json").write_text("{}")
    monkeypatch.setenv("TRADESTATION_TOKEN_FILE", name)
    vendor.rotates = True
    before = set(tmp_path.rglob("*"))
    assert ask(client, vendor).body.decode() == BARS["$VIX.X"]
    assert set(tmp_path.rglob("*")) == before
    assert "could not be written to the file of TRADESTATION_TOKEN_FILE" in caplog.text
    assert not any(secret in caplog.text for secret in vendor.secrets)


def test_an_unreadable_token_file_is_named(
    vendor: TradeStation, client: HttpClient, token_file: Path
) -> None:
    """By its variable; nothing is asked."""
    token_file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceUnavailable, match="the file of TRADESTATION_TOKEN_FILE cannot be read"):
        ask(client, vendor)
    assert vendor.forms == []


@pytest.mark.parametrize("missing", [NAMES, *((name,) for name in NAMES)])
def test_missing_credentials_are_named(
    vendor: TradeStation, client: HttpClient, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    """The message has the names of the variables that are unset or blank, and nobody is asked."""
    for name in missing:
        monkeypatch.setenv(name, "  ")
    with pytest.raises(SourceUnavailable) as caught:
        ask(client, vendor)
    assert caught.value.reason == f"not set in the environment: {', '.join(missing)}"
    assert leaked(caught.value, vendor.secrets) == []
    assert (vendor.forms, vendor.asked) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_wrong_credentials(
    vendor: TradeStation, client: HttpClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Asked once, never retried; the message names the variables and repeats no value."""
    monkeypatch.setenv(name, "wrong-and-still-a-secret")
    with pytest.raises(SourceUnavailable, match="refuses the credentials; check TRADESTATION_") as caught:
        ask(client, vendor)
    assert all(variable in str(caught.value) for variable in NAMES)
    assert leaked(caught.value, {*vendor.secrets, "wrong-and-still-a-secret"}) == []
    assert (len(vendor.forms), vendor.asked) == (1, [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "did not answer with JSON"),
        (b"<html>Sign in</html>", "did not answer with JSON"),
        (b"\xff\xfe", "did not answer with JSON"),
        (b"[" * 100_000, "did not answer with JSON"),
        (b"[]", "no usable 'access_token'"),
        (b'{"access_token": null}', "no usable 'access_token'"),
        (b'{"access_token": ""}', "no usable 'access_token'"),
        (b'{"access_token": "secret-of-theirs\\r\\nX-Evil: 1"}', "no usable 'access_token'"),
        (b'{"access_token": "secret-of-theirs", "expires_in": "soon"}', "no usable 'expires_in'"),
        (b'{"access_token": "secret-of-theirs", "expires_in": NaN}', "no usable 'expires_in'"),
    ],
)
def test_an_odd_token_answer_is_refused_unquoted(
    vendor: TradeStation, client: HttpClient, body: bytes, message: str
) -> None:
    """Nothing of the answer gets into the message."""
    vendor.token_answer = answer(200, body, Content_Type="application/json")
    with pytest.raises(SourceFormatError, match=message) as caught:
        ask(client, vendor)
    assert caught.value.line == ""
    assert leaked(caught.value, {"secret-of-theirs", *vendor.secrets}) == []


@pytest.mark.parametrize(("status", "forms"), [(500, 2), (429, 2), (404, 1)])
def test_a_token_endpoint_in_trouble(
    vendor: TradeStation, client: HttpClient, status: int, forms: int
) -> None:
    """Passing failures are tried again within the bounds, others are not; credentials are not blamed."""
    vendor.token_answer = answer(status, b"trouble")
    with pytest.raises(SourceUnavailable, match=f"HTTP {status}"):
        ask(client, vendor)
    assert len(vendor.forms) == forms


@pytest.mark.parametrize("status", [302, 307, 308])
def test_the_form_follows_no_redirect(vendor: TradeStation, client: HttpClient, status: int) -> None:
    """Credentials go to the configured address and nowhere else."""
    with Elsewhere() as elsewhere:
        vendor.token_answer = answer(status, Location=f"{elsewhere.url}/oauth/token")
        with pytest.raises(SourceUnavailable, match="refused: a redirect of"):
            ask(client, vendor)
        assert elsewhere.seen == []


@pytest.mark.parametrize("same", [True, False])
def test_the_token_stays_on_its_host(vendor: TradeStation, client: HttpClient, same: bool) -> None:
    """A redirect on the same host carries the token, one to another port does not."""
    seen: list[str] = []
    real = vendor.chart

    def chart(path: str, authorization: str) -> Callable[..., None]:
        seen.append(authorization)
        if path == "/moved":
            return answer(200, b"{}")
        return real(path, authorization)

    vendor.chart = chart  # type: ignore[method-assign]
    with Elsewhere() as elsewhere:
        elsewhere.answers["/moved"] = answer(200, b"{}")
        vendor.redirect_bars = "/moved" if same else f"{elsewhere.url}/moved"
        assert ask(client, vendor).body == b"{}"
        assert [headers.get("Authorization") for _, headers in elsewhere.seen] == ([] if same else [None])
    assert seen == [f"Bearer {vendor.access}"] * (2 if same else 1)


def test_a_token_address_elsewhere_is_refused() -> None:
    """Its host has to be allowed; a mistyped address would be given the credentials."""
    path = ROOT / "config.yaml"
    with pytest.raises(ConfigError, match=r"tradestation: .*token_url: evil\.example is not among"):
        load_config(path, ["sources.tradestation.token_url=https://evil.example/oauth/token"])
    assert (
        load_config(path).sources["tradestation"].token_url == "https://signin.tradestation.com/oauth/token"
    )


def test_secrets_do_not_print_or_pickle() -> None:
    """No way of printing shows the text."""
    secret = Secret("hush-hush")
    assert {repr(secret), str(secret), f"{secret}", f"{secret!r}", format(secret)} == {"***"}
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(secret)


def leaked(error: BaseException, secrets: set[str]) -> list[str]:
    """Secrets in anything that Python would print of an error, its attributes included."""
    text = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    return [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("fault", ["", "expired", "wrong", "refusing", "echo"])
def test_no_secret_is_left_anywhere(
    vendor: TradeStation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:
    """After a whole fetch: not in its output, log, exceptions or folder, nor in what the client shows."""
    caplog.set_level(logging.NOTSET)
    caplog.handler.setLevel(logging.NOTSET)
    vendor.rotates, vendor.expires_in = True, 0 if fault == "expired" else 1200
    if fault == "wrong":
        vendor.refresh = "another"
    if fault == "refusing":
        monkeypatch.setattr(vendor, "chart", lambda _path, auth: answer(401, auth.encode()))
    if fault == "echo":
        monkeypatch.setattr(vendor, "chart", lambda _path, auth: answer(200, auth.encode()))
    data = tmp_path / "data"
    result = ivts(
        "fetch", "--verbose", "--data-dir", data, "--now", "2025-11-27T12:00:00Z", *settings(vendor)
    )
    assert result.code == (0 if fault in ("", "expired") else 3), result.err
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert bool(files) or result.code
    texts = [result.out, result.err, caplog.text, *(repr(r.__dict__) for r in caplog.records)]
    blob = "\n".join(texts).encode() + b"".join(path.read_bytes() for path in files)
    assert vendor.forms
    assert [secret for secret in vendor.secrets if secret.encode() in blob] == []


def settings(vendor: TradeStation) -> list[str]:
    """Options that take the three series from the stand-in."""
    values = [
        f"sources.tradestation.base_url={vendor.url}",
        f"sources.tradestation.token_url={vendor.token_url}",
        "http.attempts=1",
    ]
    for key, symbol in (("vix", "$VIX.X"), ("vix3m", "$VIX3M.X"), ("spy", "SPY")):
        values.append(f"series.{key}.sources=[{{adapter: tradestation, symbol: {symbol}}}]")
        values.append(f"series.{key}.check_against=[]")
    return [part for value in values for part in ("--set", value)]


def test_stored_closes_name_their_source(vendor: TradeStation, tmp_path: Path) -> None:
    """A fetch from the stand-in stores three sessions a series and an address without secrets."""
    from tests.stored import read_closes

    from ivts_site.store import read_provenance

    data = tmp_path / "data"
    result = ivts("fetch", "--data-dir", data, "--now", "2025-11-27T12:00:00Z", *settings(vendor))
    assert result.code == 0, result.err
    closes = read_closes(data, "vix")
    assert [(day.date(), close) for day, close in closes["close"].items()] == list(
        zip(DAYS, [17.25, 18.25, 19.25], strict=True)
    )
    assert set(closes["source"]) == {"tradestation"}
    assert read_provenance(data).series["vix"].url == vendor.url + ADAPTER.path("$VIX.X")


def test_one_exchange_serves_the_comparison_too(
    vendor: TradeStation, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A refresh token that holds once is used once: for the fund, and then to compare both indices."""
    caplog.set_level(logging.INFO, logger="ivts_site")
    vendor.rotates = True
    data = tmp_path / "data"
    with Elsewhere() as cboe:
        values = [*ratio_alone(), *settings(vendor)[1::2], f"sources.cboe.base_url={cboe.url}"]
        for key, path, start in (("vix", VIX, 17.25), ("vix3m", VIX3M, 19.5)):
            cboe.answers[path] = document(index_csv([(day, start + i) for i, day in enumerate(DAYS)]))
            values.append(f"series.{key}.sources=[{{adapter: cboe_csv, symbol: {key.upper()}}}]")
            values.append(f"series.{key}.check_against=[{{adapter: tradestation, symbol: ${key.upper()}.X}}]")
        options = [part for value in values for part in ("--set", value)]
        result = ivts("fetch", "--data-dir", data, "--now", "2025-11-27T12:00:00Z", *options)
    assert result.code == 0, result.err
    assert refresh_tokens(vendor) == [FIRST_REFRESH]
    assert "not compared" not in caplog.text
    assert len(vendor.asked) == 3


def test_the_client_shows_no_token(vendor: TradeStation, client: HttpClient) -> None:
    """Neither the client's memory nor an error raised with it in hand."""
    ask(client, vendor)
    memory = repr(client.tokens) + repr(vars(client))
    assert not any(secret in memory for secret in vendor.secrets)
    assert "***" in memory


def test_a_token_is_asked_for_as_patiently_as_the_bars(vendor: TradeStation, client: HttpClient) -> None:
    """Where the vendor is only compared with, one try is all; else there are as many as are configured."""
    vendor.token_answer = answer(503)
    for patient, tries in ((False, 1), (True, BOUNDS.attempts)):
        vendor.forms.clear()
        url = vendor.url + ADAPTER.path("SPY")
        request = Request(source=ADAPTER.name, url=url, token_url=vendor.token_url, patient=patient)
        with pytest.raises(SourceError, match="503"):
            ADAPTER.ask(client, request)
        assert len(vendor.forms) == tries


def test_a_request_shows_no_address() -> None:
    """That of a message is a secret, and a traceback may show the request."""
    assert "T000" not in repr(Request(source="webhook", url="https://hooks.example.org/T000", message=b"{}"))


def test_a_dead_token_endpoint_is_a_source_error(vendor: TradeStation, client: HttpClient) -> None:
    """The next source of the series can still answer."""
    url, dead = vendor.url + ADAPTER.path("SPY"), "http://127.0.0.1:9/oauth/token"
    request = Request(source=ADAPTER.name, url=url, token_url=dead)
    with pytest.raises(SourceError, match="no connection"):
        ADAPTER.ask(client, request)
