"""Telling a webhook that the regime has flipped or a run has failed; off unless the settings ask for it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.errors import UsageError
from ivts_site.pipeline.build import current_analysis, current_snapshot
from ivts_site.pipeline.feeds import entry_id
from ivts_site.published.snapshot import Snapshot
from ivts_site.sources import HttpClient, Request, read_secret
from ivts_site.store import locked_store, read_notified, write_notified

RECEIVER = "webhook"


def notify_event(  # noqa: PLR0913 - each is an origin of the message
    config: Config, event: str, root: Path, data_dir: Path, *, now: dt.datetime, message: str = ""
) -> str:
    """Post an event to the webhook, and say in one sentence, without its address, what was done.

    `flip` sends each flip since the last one sent, in a message of its own, until the webhook takes it; every
    try has the same `id`, that of the flip in the feeds, and what was sent is noted in the data folder,
    message by message. `failure` always sends `message`. UsageError where the variable that `notify.url_env`
    names is not set, SourceUnavailable where the webhook does not take it.
    """
    if event not in config.notify.events:
        return f"notify: {event} is not among notify.events; nothing sent"
    if event == "failure":
        # what was deployed all the same is known to the caller alone
        text = f"{config.site.name}: {message or 'a run has failed.'}"
        _post(config, {config.notify.text_key: text, "event": event, "sent_at": f.instant_iso(now)})
        return f"notify: {event} sent"
    return _send_flips(config, root, data_dir, now)


def _send_flips(config: Config, root: Path, data_dir: Path, now: dt.datetime) -> str:
    with locked_store(data_dir):
        since = read_notified(data_dir)
        if since is None:
            return "notify: nothing is new before a second fetch; nothing sent"
        flips = new_flips(config, root, data_dir, since)
        for day in flips:
            snapshot = current_snapshot(config, root, data_dir, as_of=day, built_at=now)
            _post(config, flip_message(config, snapshot) | {"event": "flip", "sent_at": f.instant_iso(now)})
            write_notified(data_dir, day)
    sessions = " and ".join(map(str, flips))
    return f"notify: flip of {sessions} sent" if flips else f"notify: no flip since {since}; nothing sent"


def new_flips(config: Config, root: Path, data_dir: Path, since: dt.date) -> list[dt.date]:
    """Return the sessions after a day that turned the regime, oldest first; simulated closes turn nothing."""
    analysis, sample = current_analysis(config, root, data_dir)
    turned = [day.date() for day in analysis.spells["first_session"][1:]]
    return [day for day in turned if day > since and not sample]


def flip_message(config: Config, s: Snapshot) -> dict[str, Any]:
    """Word a flip; the numbers are those of the snapshot of its session."""
    closes = f"{f.level(s.closes.vix)} / {f.level(s.closes.vix3m)}"
    text = f"turned to {s.regime.name} on {f.date_long(s.as_of)}, ratio {f.ratio(s.ivts)} ({closes})."
    return {
        "id": entry_id(config, f"flip/{s.as_of}"),
        config.notify.text_key: f"{config.site.name}: {text} {config.site.base_url}",
        "as_of": s.as_of,
        "regime": s.regime.name,
        "ivts": s.ivts,
    }


def _post(config: Config, body: dict[str, Any]) -> None:
    name = config.notify.url_env
    address = read_secret(name)
    if address is None:
        raise UsageError(
            f"notify: the environment variable {name} holds no address; set it, or empty notify.events"
        )
    message = json.dumps(body, sort_keys=True, allow_nan=False, ensure_ascii=False).encode()
    with HttpClient(config.http) as client:
        client.ask(Request(source=RECEIVER, url=address.reveal(), message=message))
