"""The door to the network against a server that misbehaves in every way."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import stamina
from tests.fixtures.vendor import Vendor, answer, document

from ivts_site.config import Http
from ivts_site.errors import SourceFormatError, SourceUnavailable
from ivts_site.sources import HttpClient, Reply, Request, decode_body, safe_url
from ivts_site.sources.address import refusal
from ivts_site.sources.http import TryAgain, requested_wait

BOUNDS: dict[str, Any] = {
    "user_agent": "test/1 (+https://example.org/)",
    "connect_timeout_seconds": 2,
    "read_timeout_seconds": 2,
    "deadline_seconds": 20,
    "attempts": 3,
    "backoff_seconds": 0.001,
    "max_retry_after_seconds": 5,
    "max_redirects": 2,
    "max_bytes": 10_000,
}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as running:
        yield running


def ask(url: str, bounds: dict[str, Any] | None = None, **options: Any) -> Reply:
    with HttpClient(Http(**{**BOUNDS, **(bounds or {})})) as client:
        return client.ask(Request(source="cboe_csv", url=url, **options))


def test_a_plain_answer(vendor: Vendor) -> None:
    """Body, digest and validators are handed on; the user agent is the configured one."""
    vendor.answers["/a"] = answer(
        200, b"abc", Content_Type="text/csv; charset=x", ETag='"1"', Last_Modified="then"
    )
    reply = ask(vendor.url + "/a")
    assert (reply.body, reply.content_type, reply.etag, reply.last_modified) == (
        b"abc",
        "text/csv",
        '"1"',
        "then",
    )
    # sha256 of "abc", from FIPS 180-2, appendix B.1
    assert reply.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert vendor.seen[0][1]["User-Agent"] == "test/1 (+https://example.org/)"
    assert not reply.not_modified


def test_conditional_request(vendor: Vendor) -> None:
    """With the validator of the answer held, the vendor may say that nothing changed."""
    vendor.answers["/a"] = document("DATE,CLOSE\n")
    first = ask(vendor.url + "/a")
    again = ask(vendor.url + "/a", etag=first.etag, last_modified="then")
    assert again.not_modified
    assert again.body == b""
    assert vendor.seen[1][1]["If-Modified-Since"] == "then"


def test_an_unreachable_host_is_tried_once_for_each_further_file(
    vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    """Three tries for the first file, one for the second; a host that answers keeps its three."""
    caplog.set_level(logging.INFO, "ivts_site")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with HttpClient(Http(**BOUNDS)) as client:
        for name in ("a", "b"):
            with pytest.raises(SourceUnavailable, match="no connection"):
                client.ask(Request(source="cboe_csv", url=f"http://127.0.0.1:{port}/{name}"))
        assert caplog.text.count("asking again") == 2
        for name in ("a", "b"):
            vendor.answers[f"/{name}"] = answer(500)
            with pytest.raises(SourceUnavailable, match="HTTP 500"):
                client.ask(Request(source="cboe_csv", url=f"{vendor.url}/{name}"))
    assert len(vendor.seen) == 6


def test_unasked_304_is_no_answer(vendor: Vendor) -> None:
    """Without a validator sent there is nothing that could be unchanged."""
    vendor.answers["/a"] = answer(304)
    with pytest.raises(SourceUnavailable, match="HTTP 304"):
        ask(vendor.url + "/a")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_passing_failures_are_tried_again(vendor: Vendor, status: int) -> None:
    """Two failures, then the data."""
    vendor.answers["/a"] = [answer(status), answer(status, Retry_After="0"), answer(200, b"x")]
    assert ask(vendor.url + "/a").body == b"x"
    assert len(vendor.seen) == 3


def test_attempts_are_bounded(vendor: Vendor) -> None:
    """A vendor that keeps failing is asked as often as configured."""
    vendor.answers["/a"] = answer(503)
    with pytest.raises(SourceUnavailable, match=r"cboe_csv: HTTP 503 \(http://127"):
        ask(vendor.url + "/a")
    assert len(vendor.seen) == 3


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410])
def test_refusals_are_final(vendor: Vendor, status: int) -> None:
    """Nothing but 429 and 5xx is tried again, and nothing but 200 is data."""
    vendor.answers["/a"] = answer(status)
    with pytest.raises(SourceUnavailable, match=f"HTTP {status}"):
        ask(vendor.url + "/a")
    assert len(vendor.seen) == 1


def test_retry_after_beyond_the_cap_ends_the_tries(vendor: Vendor) -> None:
    """A vendor that asks for an hour is left alone."""
    vendor.answers["/a"] = answer(429, Retry_After="3600")
    with pytest.raises(SourceUnavailable, match="HTTP 429"):
        ask(vendor.url + "/a")
    assert len(vendor.seen) == 1


def test_retry_after_is_honored(vendor: Vendor) -> None:
    """The wait before the next try is the one asked for."""
    waits: list[float] = []
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    try:
        vendor.answers["/a"] = [answer(429, Retry_After="0"), answer(200, b"x")]
        ask(vendor.url + "/a", {"backoff_seconds": 3})
    finally:
        stamina.instrumentation.set_on_retry_hooks(hooks)
    assert waits == [0.0]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, True),
        ({"Retry-After": "soon"}, True),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "10"}, 10.0),
        ({"Retry-After": "11"}, False),
        ({"Retry-After": "9" * 400}, False),
        ({"Retry-After": "Fri, 28 Nov 2025 22:00:08 GMT", "Date": "Fri, 28 Nov 2025 22:00:00 GMT"}, 8.0),
        ({"Retry-After": "Fri, 28 Nov 2025 21:00:00 GMT", "Date": "Fri, 28 Nov 2025 22:00:00 GMT"}, 0.0),
        ({"Retry-After": "Fri, 28 Nov 2025 22:00:08 GMT"}, True),
    ],
)
def test_requested_waits(headers: dict[str, str], expected: bool | float) -> None:
    """Seconds or a date measured against the vendor's clock; up to the cap of 10 seconds."""
    assert requested_wait(TryAgain("cboe_csv", "busy", headers), cap=10, left=60) == expected


def test_no_wait_beyond_the_deadline() -> None:
    """A wait longer than the time left, or no time left, ends the tries."""
    assert requested_wait(TryAgain("cboe_csv", "busy", {"Retry-After": "7"}), cap=10, left=6.9) is False
    assert requested_wait(TryAgain("cboe_csv", "busy"), cap=10, left=0) is False
    assert requested_wait(ValueError(), cap=10, left=60) is False


def test_refused_connection() -> None:
    """A port nobody listens on is an unavailable source."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(SourceUnavailable, match="no connection"):
        ask(f"http://127.0.0.1:{port}/a")


def test_silence(vendor: Vendor) -> None:
    """A server that says nothing is left after the read time-out, as often as tries are allowed."""
    quiet = threading.Event()
    vendor.answers["/a"] = lambda _: (quiet.wait(20), None)[1]
    with pytest.raises(SourceUnavailable, match="no answer in time"):
        ask(vendor.url + "/a", {"read_timeout_seconds": 0.1, "attempts": 2})
    quiet.set()
    assert len(vendor.seen) == 2


def drip(stop: threading.Event, start: bytes) -> Any:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        while not stop.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return send


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Long: "],
    ids=["body", "headers"],
)
def test_dripping_answer(vendor: Vendor, start: bytes) -> None:
    """Each byte comes in time and the whole does not: the deadline ends it."""
    stop = threading.Event()
    vendor.answers["/a"] = drip(stop, start)
    with pytest.raises(SourceUnavailable, match=r"http\.deadline_seconds"):
        ask(vendor.url + "/a", {"deadline_seconds": 0.4})
    assert len(vendor.seen) == 1
    if start.endswith(b"\r\n\r\n"):
        (left,) = [thread for thread in threading.enumerate() if thread.name == "asking cboe_csv"] or [None]
        assert left is None or not (left.join(10) or left.is_alive())  # it ends although the dripping goes on
    stop.set()


def test_tries_are_logged(vendor: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    """A further try is said with source, reason and wait."""
    vendor.answers["/a"] = [answer(503, Retry_After="0"), answer(200)]
    with caplog.at_level(logging.INFO, logger="ivts_site"):
        ask(vendor.url + "/a")
    assert caplog.messages == ["cboe_csv: HTTP 503; asking again in 0.0 s"]


def test_tls_is_not_negotiable(vendor: Vendor) -> None:
    """Where no trusted connection can be made there is no second try and no way around."""
    with pytest.raises(SourceUnavailable, match="no trusted TLS connection"):
        ask(vendor.url.replace("http:", "https:") + "/a")
    assert vendor.seen == []


def test_redirect_to_nonsense(vendor: Vendor) -> None:
    """A target that is no address is a refusal, not a traceback."""
    for target in ("http://127.0.0.1:99999/", "http://[::1", "http://a:b/", "//["):
        vendor.answers["/a"] = answer(302, Location=target)
        with pytest.raises(SourceUnavailable, match=r"not an address|an address without a host"):
            ask(vendor.url + "/a")


def test_short_body_is_tried_again(vendor: Vendor) -> None:
    """A body short of its Content-Length is a broken connection, never data."""
    vendor.answers["/a"] = [answer(200, b"DATE", Content_Length="999"), answer(200, b"whole")]
    assert ask(vendor.url + "/a").body == b"whole"
    vendor.answers["/a"] = answer(200, b"DATE", Content_Length="999")
    with pytest.raises(SourceUnavailable, match="before the body was complete"):
        ask(vendor.url + "/a")


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_size_limit(vendor: Vendor, encoding: str | None) -> None:
    """The limit counts decompressed bytes, so that a small packed body cannot fill the memory."""
    body = b"0" * 10_001
    headers = {"Content_Encoding": encoding} if encoding else {}
    vendor.answers["/a"] = answer(200, gzip.compress(body) if encoding else body, **headers)
    with pytest.raises(SourceFormatError, match="larger than 10000 bytes"):
        ask(vendor.url + "/a")
    vendor.answers["/a"] = answer(200, gzip.compress(body[1:]) if encoding else body[1:], **headers)
    assert ask(vendor.url + "/a").body == body[1:]


def test_broken_compression(vendor: Vendor) -> None:
    """A body that is not what its encoding says is refused."""
    vendor.answers["/a"] = answer(200, b"not packed", Content_Encoding="gzip")
    with pytest.raises(SourceFormatError, match="decompressed"):
        ask(vendor.url + "/a")


def test_redirects_within_bounds(vendor: Vendor) -> None:
    """Redirects on the same machine are followed, and the address recorded is the one asked."""
    vendor.answers.update({"/a": answer(307, Location="/b"), "/b": answer(301, Location="/c")})
    vendor.answers["/c"] = answer(200, b"x")
    reply = ask(vendor.url + "/a")
    assert (reply.body, reply.url) == (b"x", vendor.url + "/a")


def test_redirect_loop(vendor: Vendor) -> None:
    """A loop ends at the bound and is not tried again."""
    vendor.answers["/a"] = answer(302, Location="/a")
    with pytest.raises(SourceUnavailable, match="more than 2 redirects"):
        ask(vendor.url + "/a")
    assert len(vendor.seen) == 3


def test_redirect_away_is_refused_unasked(vendor: Vendor) -> None:
    """A host that is not allowed is never contacted."""
    vendor.answers["/a"] = answer(302, Location="https://evil.example/data.csv")
    with pytest.raises(SourceUnavailable, match=r"redirect to evil\.example"):
        ask(vendor.url + "/a", allowed_hosts=("cdn.example",))


VENDOR = "https://cdn.example.org/x"


@pytest.mark.parametrize(
    ("url", "asked", "reason"),
    [
        (VENDOR, VENDOR, ""),
        ("https://cdn.example.org:8443/y", VENDOR, ""),
        ("https://cdn-api.example.org/x", VENDOR, ""),
        ("https://evil.example/x", VENDOR, "not among allowed_hosts"),
        ("https://cdn.example.org.evil.example/x", VENDOR, "not among allowed_hosts"),
        ("https://user@cdn.example.org/x", VENDOR, "user name"),
        ("http://cdn.example.org/x", VENDOR, "http in the place of https"),
        ("http://cdn.example.org/x", "http://cdn.example.org/x", "http in the place of https"),
        ("http://127.0.0.1:80/x", VENDOR, "this machine"),
        ("https://localhost/x", VENDOR, "this machine"),
        ("http://[::1]/x", "http://127.0.0.1/x", ""),
        ("http://localhost:99/x", "http://127.0.0.1/x", ""),
        ("ftp://127.0.0.1/x", "http://127.0.0.1/x", "ftp in the place of https"),
        ("file:///etc/passwd", VENDOR, "without a host"),
    ],
)
def test_addresses(url: str, asked: str, reason: str) -> None:
    """Only https on known hosts; plain http and this machine only where the start was on this machine."""
    found = refusal(url, asked, ("cdn-api.example.org",))
    assert reason in found
    assert bool(found) is bool(reason)


def test_secrets_stay_out(vendor: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    """Neither errors nor logs nor results hold a password or a key."""
    url = vendor.url.replace("//", "//me:hunter2@") + "/a?apikey=hunter2&id=VIX&Token=hunter2"
    vendor.answers["/a"] = answer(503)
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceUnavailable) as caught:
        ask(url)
    assert "hunter2" not in f"{caught.value} {caught.value.url} {caught.value.__cause__} {caplog.text}"
    assert safe_url(url) == vendor.url + "/a?apikey=***&id=VIX&Token=***"


def test_netrc_is_not_used(vendor: Vendor, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords kept for other programs are not sent to vendors."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    vendor.answers["/a"] = answer(200, b"x")
    ask(vendor.url + "/a")
    assert "Authorization" not in vendor.seen[0][1]


def reply(body: bytes, kind: str = "text/csv") -> Reply:
    return Reply(
        url="", body=body, content_type=kind, etag="", last_modified="", sha256="", not_modified=False
    )


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"<!DOCTYPE html><html>", "text/csv", "web page"),
        (b"\xef\xbb\xbf \n<html>", "", "web page"),
        (b"DATE,CLOSE\n", "text/html", "web page"),
        (b"DATE,CLOSE\n\xe9", "text/csv", "not UTF-8 text"),
    ],
)
def test_bodies_that_are_no_data(body: bytes, kind: str, message: str) -> None:
    """Web pages and undecodable bytes are refused whatever their label says."""
    with pytest.raises(SourceFormatError, match=message):
        decode_body("cboe_csv", reply(body, kind))


def test_byte_order_mark_is_no_text() -> None:
    """The mark in front of UTF-8 text is taken off."""
    assert decode_body("cboe_csv", reply(b"\xef\xbb\xbfDATE")) == "DATE"
