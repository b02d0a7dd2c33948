"""Telling a webhook that the regime has flipped or a run has failed; off unless the settings ask for it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.errors import UsageError
from ivts_site.pipeline.build import current_snapshot
from ivts_site.snapshot import Snapshot
from ivts_site.sources import HttpClient, read_secret

RECEIVER = "webhook"


def notify_event(  # noqa: PLR0913 - each is an origin of the message
    config: Config, event: str, *, root: Path, data_dir: Path, now: dt.datetime, message: str = ""
) -> str:
    """Post an event to the webhook.

    Parameters
    ----------
    config : Config
        Events to tell, and the name of the environment variable that holds the address.
    event : str
        `flip`: told where the last final close is the first one of its regime. `failure`: told always.
    root, data_dir : Path
        As for a build; read for `flip` alone.
    now : datetime
        Instant of the message.
    message : str
        What failed.

    Returns
    -------
    str
        What was done, in one sentence without the address.

    Raises
    ------
    UsageError
        Where the event is to be told and the environment variable is not set.
    SourceUnavailable
        Where the webhook does not take it.
    """
    if event not in config.notify.events:
        return f"notify: {event} is not among notify.events; nothing sent"
    if event == "flip":
        snapshot = current_snapshot(config, root=root, data_dir=data_dir, built_at=now)
        if not has_flipped(snapshot):
            return f"notify: no flip on {snapshot.as_of}; nothing sent"
        body = flip_message(config, snapshot)
    else:
        body = failure_message(config, message)
    _post(config, body | {"event": event, "sent_at": f.instant_iso(now)})
    return f"notify: {event} sent"


def has_flipped(snapshot: Snapshot) -> bool:
    """Tell whether the last session turned the regime; simulated closes and a first stored session do not."""
    first = snapshot.regime.since == snapshot.all_history.first_session
    return snapshot.regime.day == 1 and not first and not snapshot.sample


def flip_message(config: Config, snapshot: Snapshot) -> dict[str, Any]:
    """Word a flip; the numbers are those of the snapshot."""
    s = snapshot
    text = (
        f"{config.site.name}: {s.regime.name} since {f.date_long(s.as_of)}, ratio {f.ratio(s.ivts)} "
        f"({f.level(s.closes.vix)} / {f.level(s.closes.vix3m)}). {config.site.base_url}"
    )
    return {config.notify.text_key: text, "as_of": s.as_of, "regime": s.regime.name, "ivts": s.ivts}


def failure_message(config: Config, message: str) -> dict[str, Any]:
    """Word a failed run."""
    what = message or "a run has failed"
    return {config.notify.text_key: f"{config.site.name}: {what}. The last good page stays."}


def _post(config: Config, body: dict[str, Any]) -> None:
    name = config.notify.url_env
    address = read_secret(name)
    if address is None:
        raise UsageError(
            f"notify: the environment variable {name} holds no address; set it or empty notify.events"
        )
    with HttpClient(config.http) as client:
        client.send(
            RECEIVER, address, json.dumps(body, sort_keys=True, allow_nan=False, ensure_ascii=False).encode()
        )
