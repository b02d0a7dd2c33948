"""The webhook: told of flips and failures where the settings ask for it, its address never shown."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from tests.command import Result, ivts
from tests.fixtures.feed import addresses, serve
from tests.fixtures.vendor import Vendor
from tests.stored import read_closes, store_sample

from ivts_site.store import read_notified, read_provenance, write_notified, write_transaction

SECRET = "T0123/very-secret-path"
ASKED = "notify.events=[flip]"
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
def calm(archive_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stored closes whose last session is of the regime of the one before."""
    return store_sample(tmp_path_factory.mktemp("calm") / "data", archive_data)


@pytest.fixture(scope="module")
def flipped(archive_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a last VIX close above VIX3M: the first day of backwardation."""
    data = store_sample(tmp_path_factory.mktemp("flipped") / "data", archive_data)
    vix, back = read_closes(data, "vix"), read_closes(data, "vix3m")
    vix.loc[vix.index[-1], "close"] = round(float(back["close"].iloc[-1]) * 1.05, 2)
    assert vix.index[-1] == pd.Timestamp("2025-11-26")
    write_transaction(data, {"vix": vix}, read_provenance(data))
    return data


def arrived(data: Path, folder: Path, after: str | None) -> Path:
    """The same closes, of which those after a session are news."""
    shutil.copytree(data, folder)
    if after:
        write_notified(folder, dt.date.fromisoformat(after))
    return folder


@pytest.fixture
def turned(flipped: Path, tmp_path: Path) -> Path:
    """The flip is news."""
    return arrived(flipped, tmp_path / "turned", "2025-11-25")


def notify(event: str, data: Path, *more: object, events: str = "[flip, failure]") -> Result:
    return ivts(
        "notify", "--event", event, "--data-dir", data, "--set", f"notify.events={events}", *QUICK, *more
    )


def test_a_flip_is_told_with_the_numbers_of_the_snapshot(webhook: Webhook, turned: Path) -> None:
    """One JSON post with sentence, regime, ratio and session."""
    told = notify("flip", turned)
    assert (told.code, told.err) == (0, "notify: flip of 2025-11-26 sent\n")
    snapshot = json.loads(ivts("snapshot", "--data-dir", turned).out)
    [(path, kind, body)] = webhook.posts
    assert (path, kind) == (f"/{SECRET}", "application/json")
    assert (body["event"], body["id"]) == ("flip", "tag:example.org,2026:ivts/flip/2025-11-26")
    assert (body["as_of"], body["regime"], body["ivts"]) == ("2025-11-26", "backwardation", snapshot["ivts"])
    words = f"IVTS: turned to backwardation on 26 November 2025, ratio {snapshot['ivts']:.4f} ("
    assert str(body["text"]).startswith(words)


def test_a_flip_is_told_once(webhook: Webhook, turned: Path) -> None:
    """A second look, and a fetch that only corrects or repeats something, bring no second message."""
    assert notify("flip", turned).code == 0
    assert "no flip since 2025-11-26; nothing sent" in notify("flip", turned).err
    assert len(webhook.posts) == 1
    assert read_notified(turned) == dt.date(2025, 11, 26)


def test_a_flip_that_was_not_taken_is_told_again(webhook: Webhook, turned: Path) -> None:
    """A webhook that answers anything but 2xx has been told nothing; each try has the same identifier."""
    for status in (500, 302, 404):
        webhook.status = status
        assert notify("flip", turned).code == 3
        assert read_notified(turned) == dt.date(2025, 11, 25)
    webhook.status = 204
    assert "flip of 2025-11-26 sent" in notify("flip", turned).err
    assert len(webhook.posts) == 4
    assert {str(body["id"]) for _, _, body in webhook.posts} == {"tag:example.org,2026:ivts/flip/2025-11-26"}


def test_a_flip_before_the_newest_session_is_told_too(
    webhook: Webhook, flipped: Path, tmp_path: Path
) -> None:
    """Two sessions came at once, after a gap: the first turned the regime and the second turned it back."""
    data = arrived(flipped, tmp_path / "data", "2025-11-24")
    vix, back = read_closes(data, "vix"), read_closes(data, "vix3m")
    for day, share in (("2025-11-24", 0.9), ("2025-11-25", 1.04), ("2025-11-26", 0.95)):
        vix.loc[day, "close"] = round(float(back.loc[day, "close"]) * share, 2)  # type: ignore[arg-type]
    write_transaction(data, {"vix": vix}, read_provenance(data))
    assert "flip of 2025-11-25 and 2025-11-26 sent" in notify("flip", data).err
    first, second = (body for _, _, body in webhook.posts)
    assert "backwardation on 25 November 2025" in str(first["text"])
    assert "contango on 26 November 2025" in str(second["text"])
    assert [body["as_of"] for body in (first, second)] == ["2025-11-25", "2025-11-26"]


def test_sessions_since_the_last_told_one_count(webhook: Webhook, flipped: Path, tmp_path: Path) -> None:
    """Nights whose flips nobody told of are made up for, however many they were."""
    data = arrived(flipped, tmp_path / "data", "2025-02-03")
    inverted = read_closes(data, "vix")["close"] > read_closes(data, "vix3m")["close"]
    flips = [
        f"{day:%F}" for day in inverted.index[inverted != inverted.shift()] if f"{day:%F}" > "2025-02-03"
    ]
    assert len(flips) > 3
    assert notify("flip", data).code == 0
    told = [f"tag:example.org,2026:ivts/flip/{day}" for day in flips]
    assert [body["id"] for _, _, body in webhook.posts] == told


def test_no_flip_no_message(webhook: Webhook, calm: Path, archive_data: Path, tmp_path: Path) -> None:
    """Neither a session within its regime, nor the first closes ever stored, nor simulated ones are news."""
    new = arrived(calm, tmp_path / "new", "2025-11-25")
    assert "no flip since 2025-11-25; nothing sent" in notify("flip", new).err
    assert "nothing sent" in notify("flip", arrived(calm, tmp_path / "first", None)).err
    sample = arrived(archive_data, tmp_path / "sample", "2025-06-02")
    assert "nothing sent" in notify("flip", sample).err
    assert webhook.posts == []


def test_what_a_fetch_brought_is_told_by_the_next_command(webhook: Webhook, tmp_path: Path) -> None:
    """The first fetch brings history and no news, the second the flip, the third a correction alone."""
    days = [dt.date(2025, 11, day) for day in (17, 18, 19, 20, 21, 24, 25, 26)]
    rows = {"vix": [(day, 16.5) for day in days], "vix3m": [(day, 19.5) for day in days]}
    rows = {key: [*found[:-1], (days[-1], 20.5)] if key == "vix" else found for key, found in rows.items()}
    rows["spy"] = [(day, 640.5 + number) for number, day in enumerate(days)]
    data, sent = tmp_path / "data", []
    corrected = [(day, 16.6 if day == days[3] else close) for day, close in rows["vix"]]
    with Vendor() as vendor:
        for number, found in ((-1, rows), (None, rows), (None, rows | {"vix": corrected})):
            serve(vendor, {key: each[:number] for key, each in found.items()}, fred={})
            share = "store.max_revision_share=1"
            settings = [part for each in (*addresses(vendor), share, ASKED) for part in ("--set", each)]
            assert ivts("fetch", "--data-dir", data, "--now", "2025-11-27T00:00:00Z", *settings).code == 0
            sent.append(notify("flip", data).err)
    assert [text.removeprefix("notify: ") for text in sent] == [
        "no flip since 2025-11-25; nothing sent\n",
        "flip of 2025-11-26 sent\n",
        "no flip since 2025-11-26; nothing sent\n",
    ]


def five_days() -> dict[str, list[tuple[dt.date, float]]]:
    """Closes of five sessions, the last of which is a flip."""
    days = [dt.date(2025, 11, day) for day in (20, 21, 24, 25, 26)]
    rows = {"vix": [(day, 16.5) for day in days[:-1]] + [(days[-1], 20.5)]}
    return rows | {"vix3m": [(day, 19.5) for day in days], "spy": [(day, 640.5) for day in days]}


def test_a_provisional_flip_is_told_when_it_is_final(webhook: Webhook, tmp_path: Path) -> None:
    """Read before its publication it is no news; the final closes are told once, with their own numbers."""
    rows = five_days()
    final = rows | {"vix": [*rows["vix"][:-1], (rows["vix"][-1][0], 20.75)]}
    data, sent = tmp_path / "data", []
    evenings = (
        ("2025-11-26T00:00:00Z", {key: each[:-1] for key, each in rows.items()}),
        ("2025-11-26T22:00:00Z", rows),  # 17:00 in New York
        ("2025-11-27T00:00:00Z", final),
        ("2025-11-27T12:00:00Z", final),
    )
    with Vendor() as vendor:
        settings = [part for each in (*addresses(vendor), ASKED) for part in ("--set", each)]
        for now, found in evenings:
            serve(vendor, found, fred={})
            assert ivts("fetch", "--data-dir", data, "--now", now, *settings).code == 0
            sent.append(notify("flip", data).err.removeprefix("notify: ").strip())
    nothing = "no flip since {}; nothing sent"
    before, after = nothing.format("2025-11-25"), nothing.format("2025-11-26")
    assert sent == [before, before, "flip of 2025-11-26 sent", after]
    [(_, _, body)] = webhook.posts
    assert body["ivts"] == pytest.approx(20.75 / 19.5, abs=1e-6)


def test_a_fetch_without_news_takes_no_news_away(webhook: Webhook, tmp_path: Path) -> None:
    """The flip came two fetches ago, and nobody was told in between."""
    rows = five_days()
    data = tmp_path / "data"
    with Vendor() as vendor:
        settings = [part for each in (*addresses(vendor), ASKED) for part in ("--set", each)]
        for until in (4, 5, 5):
            serve(vendor, {key: each[:until] for key, each in rows.items()}, fred={})
            assert ivts("fetch", "--data-dir", data, "--now", "2025-11-27T00:00:00Z", *settings).code == 0
    assert "flip of 2025-11-26 sent" in notify("flip", data).err
    assert len(webhook.posts) == 1


def test_a_fresh_machine_tells_nothing_twice(webhook: Webhook, tmp_path: Path) -> None:
    """Only what git keeps is there, as in each nightly run: a fetch without a new session brings no news."""
    rows = five_days()
    data = tmp_path / "data"
    with Vendor() as vendor:
        settings = [part for each in (*addresses(vendor), ASKED) for part in ("--set", each)]
        for until, sent in ((4, "no flip"), (5, "flip of 2025-11-26 sent"), (5, "no flip")):
            serve(vendor, {key: each[:until] for key, each in rows.items()}, fred={})
            assert ivts("fetch", "--data-dir", data, "--now", "2025-11-27T00:00:00Z", *settings).code == 0
            assert sent in notify("flip", data).err
            (data / ".last-run.json").unlink()
    assert len(webhook.posts) == 1


def test_a_damaged_note_is_no_guess(webhook: Webhook, turned: Path) -> None:
    """Neither everything again nor nothing for ever: the note is named, with what restores it."""
    for damage in ("", "[]", '{"through": 20251125}', '{"through": "soon"}', "[" * 100_000):
        (turned / "notified.json").write_text(damage)
        told = notify("flip", turned)
        assert (told.code, "notified.json: is damaged; restore it" in told.err) == (4, True)
    assert webhook.posts == []


def test_a_failure_is_told_with_its_message(webhook: Webhook, tmp_path: Path) -> None:
    """It needs no stored closes; the key of the sentence can be that of another service."""
    told = notify("failure", tmp_path, "--message", "fetch failure", "--set", "notify.text_key=content")
    assert told.code == 0
    [(_, _, body)] = webhook.posts
    assert (body["event"], body["content"]) == ("failure", "IVTS: fetch failure")


def test_it_is_off_by_default(webhook: Webhook, turned: Path) -> None:
    """The shipped settings send nothing, and one event does not turn on the other."""
    for event in ("flip", "failure"):
        told = ivts("notify", "--event", event, "--data-dir", turned)
        assert (told.code, "nothing sent" in told.err) == (0, True)
    assert "nothing sent" in notify("failure", turned, events="[flip]").err
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
