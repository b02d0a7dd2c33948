"""Read the status that the deployed site tells of itself, and say whether anything is amiss.

The nightly job judges what it has built; this looks at what visitors get: an address that no longer
answers, a page that nobody rebuilds, simulated closes. The address is `site.base_url`, or SITE_URL where that
is the placeholder.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ivts_site.config import Config, is_placeholder, load_config
from ivts_site.errors import IvtsError
from ivts_site.freshness import State, judge
from ivts_site.model import Publication
from ivts_site.sources import HttpClient, Request

STATUS = "api/v1/status.json"


def address_of(config: Config) -> str:
    """Return the address that the site is served from; empty where nobody has said it."""
    if not is_placeholder(config.site.base_url):
        return config.site.base_url
    given = os.environ.get("SITE_URL", "").rstrip("/")
    return f"{given}/" if given else ""


def problem(status: dict[str, Any], now: dt.datetime) -> str:
    """Say what is wrong with a status at an instant; empty where nothing is."""
    if status["sample"]:
        return "it shows simulated closes"
    upcoming = [
        Publication(
            session=dt.date.fromisoformat(each["next_session"]),
            publication=dt.datetime.fromisoformat(each["publication"]),
        )
        for each in status["upcoming"]
    ]
    found = judge(upcoming, now)
    if found is None:
        return "it does not say when the next closes are due"
    if found.state.gravity > State.DUE.gravity:
        ends = f"they end {status['data_through']}, {found.n_behind} sessions behind"
        return f"its closes are {found.state.value}: {ends}"
    return ""


def main() -> int:
    """Return 1 where the deployed site is not as it should be."""
    try:
        config = load_config(Path("config.yaml"), ())
        address = address_of(config)
        if not address:
            print("watch: set site.base_url in config.yaml, or SITE_URL", file=sys.stderr)
            return 1
        with HttpClient(config.http) as client:
            hosts = [urlsplit(address).hostname or ""]
            reply = client.ask(Request(source="site", url=f"{address}{STATUS}", allowed_hosts=hosts))
        wrong = problem(json.loads(reply.body), dt.datetime.now(dt.UTC))
    except IvtsError as error:
        wrong = str(error)
    except (ValueError, LookupError, TypeError):
        wrong = f"{STATUS} is not as described"
    print(f"watch: {wrong}" if wrong else "watch: the deployed site is as it should be", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
