"""Telling a webhook that the regime has flipped or a run has failed; off unless the settings ask for it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.errors import UsageError
from ivts_site.pipeline.build import current_snapshot
from ivts_site.pipeline.inputs import load_inputs
from ivts_site.snapshot import Snapshot
from ivts_site.sources import HttpClient, read_secret
from ivts_site.store import locked_store, read_last_run, write_last_run

RECEIVER = "webhook"
# More sessions than this are history, not news.
N_TOLD = 60


def notify_event(  # noqa: PLR0913 - each is an origin of the message
    config: Config, event: str, *, root: Path, data_dir: Path, now: dt.datetime, message: str = ""
) -> str:
    """Post an event to the webhook.

    Parameters
    ----------
    config : Config
        Events to tell, and the name of the environment variable that holds the address.
    event : str
        `flip`: told where the regime turned on a session that the last fetch brought, or on one after the
        last told one; all of them in one message, each once. `failure`: told always.
    root, data_dir : Path
        As for a build; read for `flip` alone. The last told session is noted in the data folder.
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
    if event == "failure":
        _post(config, failure_message(config, message) | {"event": event, "sent_at": f.instant_iso(now)})
        return f"notify: {event} sent"
    return _tell_flips(config, root=root, data_dir=data_dir, now=now)


def _tell_flips(config: Config, *, root: Path, data_dir: Path, now: dt.datetime) -> str:
    new = new_sessions(config, data_dir)
    snapshots = [
        current_snapshot(config, root=root, data_dir=data_dir, as_of=day, built_at=now) for day in new
    ]
    flips = [snapshot for snapshot in snapshots if has_flipped(snapshot)]
    if flips:
        _post(config, flip_message(config, flips) | {"event": "flip", "sent_at": f.instant_iso(now)})
    if new:
        with locked_store(data_dir):
            write_last_run(data_dir, replace(read_last_run(data_dir), told_through=new[-1]))
    return f"notify: {_outcome(new, flips)}"


def _outcome(new: Sequence[dt.date], flips: Sequence[Snapshot]) -> str:
    if flips:
        return f"flip of {' and '.join(each.as_of for each in flips)} sent"
    return f"no flip from {new[0]} to {new[-1]}; nothing sent" if new else "no new session; nothing sent"


def new_sessions(config: Config, data_dir: Path) -> list[dt.date]:
    """Return the sessions with a final ratio about which nothing was told, oldest first, at most sixty.

    They are those after the last told one or, where none was told yet, after the last one that was known
    before the fetch that brought the newest. Before a second fetch nothing is new.
    """
    note = read_last_run(data_dir)
    since = note.told_through or note.news_after
    if since is None:
        return []
    inputs = load_inputs(config, data_dir)
    front, back = (inputs.closes[key].index for key in (config.ratio.front, config.ratio.back))
    days = [day.date() for day in front.intersection(back)[-N_TOLD:]]
    return [day for day in days if day > since]


def has_flipped(snapshot: Snapshot) -> bool:
    """Tell whether the last session turned the regime; simulated closes and a first stored session do not."""
    first = snapshot.regime.since == snapshot.all_history.first_session
    return snapshot.regime.day == 1 and not first and not snapshot.sample


def flip_message(config: Config, flips: Sequence[Snapshot]) -> dict[str, Any]:
    """Word flips, oldest first; the numbers are those of the snapshots, and beside the text of the newest."""
    s = flips[-1]
    text = " ".join(f"{_flip_words(flip)}." for flip in flips)
    return {
        config.notify.text_key: f"{config.site.name}: {text} {config.site.base_url}",
        "as_of": s.as_of,
        "regime": s.regime.name,
        "ivts": s.ivts,
    }


def _flip_words(s: Snapshot) -> str:
    closes = f"{f.level(s.closes.vix)} / {f.level(s.closes.vix3m)}"
    return f"turned to {s.regime.name} on {f.date_long(s.as_of)}, ratio {f.ratio(s.ivts)} ({closes})"


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
