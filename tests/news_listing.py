"""The news of every session of the recorded rows: `python -m tests.news_listing [SEED]`.

Prints how often each rule wrote the headline and a line below it, then the news of every session, or of a
hundred drawn by the seed, for a person to read.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator

from tests.panels import ROLES
from tests.recorded import further_closes, recorded_closes
from tests.view_states import config

from ivts_site.analytics.results import analyze
from ivts_site.analytics.to_date import RecordToDate
from ivts_site.panel import build_panel
from ivts_site.published.snapshot import News
from ivts_site.words.news import tell_news


def recorded_evenings() -> RecordToDate:
    """The record up to each session, with the curve from nine days to six months."""
    settings, closes, further = config(), recorded_closes(), further_closes()
    panel = build_panel(closes, **ROLES, as_of=None)
    analysis = analyze(panel, rules=settings.ratio, statistics=settings.statistics, events=())
    return RecordToDate(analysis, [further["vix9d"], closes["vix"], closes["vix3m"], further["vix6m"]])


def all_news() -> dict[str, tuple[News, ...]]:
    """News by session."""
    return {str(evening.sessions[-1]): tell_news(evening) for evening in recorded_evenings()}


def _lines(news: dict[str, tuple[News, ...]], seed: str) -> Iterator[str]:
    for what, told in (
        ("headlines", [lines[0].id for lines in news.values()]),
        ("lines below", [line.id for lines in news.values() for line in lines[1:]]),
    ):
        yield f"{what}: {', '.join(f'{rule} {n}' for rule, n in Counter(told).most_common())}"
    chosen = sorted(random.Random(seed).sample(sorted(news), 100)) if seed else news
    for session in chosen:
        yield "\n".join([session, *(f"  {line.text}.  [{line.id}]" for line in news[session])])


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in _lines(all_news(), (sys.argv[1:] or [""])[0]))
