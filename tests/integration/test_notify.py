"""The webhook: told of flips and failures where the settings ask for it, its address never shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from tests.command import Result, ivts
from tests.stored import store_sample

from ivts_site.store import read_closes, read_provenance, write_transaction

SECRET = "T0123/very-secret-path"
QUICK = ("--set", "http.attempts=1", "--set", "http.deadline_seconds=5")


class Webhook:
    """Takes posts on loopback and answers with a status a test decides."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, dict[str, object]]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.posts.append((self.path, self.headers["Content-Type"], json.loads(body)))
                self.send_response(hook.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (name of the base class)
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/{SECRET}"


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    """A webhook whose address is in the environment."""
    hook = Webhook()
    threading.Thread(target=hook.server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("IVTS_NOTIFY_URL", hook.url)
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.fixture(scope="module")
def calm(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stored closes whose last session is of the regime of the one before."""
    return store_sample(tmp_path_factory.mktemp("calm") / "data", sample_data)


@pytest.fixture(scope="module")
def flipped(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a last VIX close above VIX3M: the first day of backwardation."""
    data = store_sample(tmp_path_factory.mktemp("flipped") / "data", sample_data)
    vix, back = read_closes(data, "vix"), read_closes(data, "vix3m")
    vix.loc[vix.index[-1], "close"] = round(float(back["close"].iloc[-1]) * 1.05, 2)
    assert vix.index[-1] == pd.Timestamp("2025-11-26")
    write_transaction(data, {"vix": vix}, read_provenance(data))
    return data


def notify(event: str, data: Path, *more: object, events: str = "[flip, failure]") -> Result:
    return ivts(
        "notify", "--event", event, "--data-dir", data, "--set", f"notify.events={events}", *QUICK, *more
    )


def test_a_flip_is_told_with_the_numbers_of_the_snapshot(webhook: Webhook, flipped: Path) -> None:
    """One JSON post with sentence, regime, ratio and session."""
    told = notify("flip", flipped)
    assert (told.code, told.err) == (0, "notify: flip sent\n")
    snapshot = json.loads(ivts("snapshot", "--data-dir", flipped).out)
    [(path, kind, body)] = webhook.posts
    assert (path, kind) == (f"/{SECRET}", "application/json")
    assert body["event"] == "flip"
    assert (body["as_of"], body["regime"], body["ivts"]) == ("2025-11-26", "backwardation", snapshot["ivts"])
    assert f"backwardation since 26 November 2025, ratio {snapshot['ivts']:.4f}" in str(body["text"])


def test_no_flip_no_message(webhook: Webhook, calm: Path, sample_data: Path) -> None:
    """Neither a session within its regime nor simulated closes are news."""
    assert "no flip on 2025-11-26; nothing sent" in notify("flip", calm).err
    assert "nothing sent" in notify("flip", sample_data).err
    assert webhook.posts == []


def test_a_failure_is_told_with_its_message(webhook: Webhook, tmp_path: Path) -> None:
    """It needs no stored closes; the key of the sentence can be that of another service."""
    told = notify("failure", tmp_path, "--message", "fetch failure", "--set", "notify.text_key=content")
    assert told.code == 0
    [(_, _, body)] = webhook.posts
    assert (body["event"], body["content"]) == ("failure", "IVTS: fetch failure. The last good page stays.")


def test_it_is_off_by_default(webhook: Webhook, flipped: Path) -> None:
    """The shipped settings send nothing, and one event does not turn on the other."""
    for event in ("flip", "failure"):
        told = ivts("notify", "--event", event, "--data-dir", flipped)
        assert (told.code, "nothing sent" in told.err) == (0, True)
    assert "nothing sent" in notify("failure", flipped, events="[flip]").err
    assert webhook.posts == []


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500])
def test_a_refusal_is_an_error_that_hides_the_address(webhook: Webhook, tmp_path: Path, status: int) -> None:
    """Exit code 3, the host alone in the message, no redirect followed, nothing secret at any log level."""
    webhook.status = status
    told = notify("failure", tmp_path, "-vv")
    assert told.code == 3
    assert "webhook: " in told.err
    assert "127.0.0.1, address hidden" in told.err
    assert "secret" not in told.out + told.err
    assert [path for path, _, _ in webhook.posts] == [f"/{SECRET}"]


def test_an_unreachable_webhook_hides_its_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same without any answer, and for an address that may not be asked."""
    for address in (f"http://127.0.0.1:9/{SECRET}", f"http://example.invalid/{SECRET}", f"nonsense {SECRET}"):
        monkeypatch.setenv("IVTS_NOTIFY_URL", address)
        told = notify("failure", tmp_path, "-vv")
        assert told.code == 3
        assert "secret" not in told.out + told.err


def test_without_an_address_the_variable_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wish without an address is a mistake in the set-up, exit code 2."""
    monkeypatch.delenv("IVTS_NOTIFY_URL", raising=False)
    told = notify("failure", tmp_path)
    assert told.code == 2
    assert "IVTS_NOTIFY_URL holds no address" in told.err
