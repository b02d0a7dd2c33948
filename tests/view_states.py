"""Snapshots of every state the page can be in, from closes made by hand, and pages built from them."""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from tests import research_page
from tests.panels import BUILT_AT, EXPECTED, ROOT, RULES, STATISTICS, config, make_panel, publish_snapshot

from ivts_site.analytics.results import Analysis, analyze
from ivts_site.analytics.rules import EventWindow
from ivts_site.analytics.to_date import RecordToDate
from ivts_site.config import Config
from ivts_site.content import Content, load_content
from ivts_site.model import Asset, Chart, Column, ProvisionalCloses, Publication, Table
from ivts_site.pipeline.context import BuildContext
from ivts_site.pipeline.pictures import picture_files
from ivts_site.pipeline.status import build_status
from ivts_site.pipeline.tracker import tracker_pages
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import DataLog, Status
from ivts_site.published.studies import Research
from ivts_site.render import build_renderer, render_site
from ivts_site.store import LastRun
from ivts_site.words.facts import fill_facts
from ivts_site.words.news import tell_news
from ivts_site.words.site import Site

TEMPLATES = ROOT / "templates"
ASSETS = {
    name: Asset(path=f"assets/{name}", integrity="sha384-AAAA")
    for name in (
        "site.css",
        "site.js",
        "front.js",
        "theme.js",
        "live.js",
        "plotly.js",
        "favicon.svg",
    )
}
BACK = 20.0


def calm(n: int) -> list[float]:
    """Front closes of `n` sessions that sway between 0.84 and 0.92 times the back close."""
    return [round(BACK * (0.88 + 0.04 * math.sin(i / 7)), 2) for i in range(n)]


def fund(n: int) -> list[float | None]:
    """Benchmark closes of `n` sessions that sway around 400."""
    return [round(400 + 20 * math.sin(i / 5), 2) for i in range(n)]


def snapshot_of(
    front: Sequence[float],
    *,
    back: Sequence[float | None] | None = None,
    benchmark: Sequence[float | None] | None = None,
    sample: bool = False,
    expected: bool = True,
    provisional: ProvisionalCloses | None = None,
    events: Sequence[EventWindow] = (),
    suspect_move: float = 1.0,
) -> Snapshot:
    """Snapshot of hand-made closes on business days from 8 January 2024."""
    analysis = analysis_of(front, back=back, benchmark=benchmark, events=events, suspect_move=suspect_move)
    snapshot = publish_snapshot(
        analysis,
        sample=sample,
        expected=EXPECTED if expected else None,
        provisional=provisional,
        news=tell_news(RecordToDate(analysis).at(-1)),
    )
    _ANALYSES[_record(snapshot)] = analysis
    return snapshot


_ANALYSES: dict[tuple[object, ...], Analysis] = {}


def _record(snapshot: Snapshot) -> tuple[object, ...]:
    """What tells the history behind a snapshot, or behind a copy with other values."""
    history = snapshot.all_history
    return snapshot.as_of, history.first_session, history.n_sessions, history.n_backwardation, snapshot.ivts


def analysis_of(
    front: Sequence[float],
    *,
    back: Sequence[float | None] | None = None,
    benchmark: Sequence[float | None] | None = None,
    events: Sequence[EventWindow] = (),
    suspect_move: float = 1.0,
) -> Analysis:
    """Analysis of hand-made closes on business days from 8 January 2024.

    The back close hardly ever moves here, which is suspect only where `suspect_move` says so.
    """
    panel = make_panel(front, back or [BACK] * len(front), benchmark or fund(len(front)), start="2024-01-08")
    statistics = STATISTICS.model_copy(update={"suspect_move": suspect_move})
    return analyze(panel, rules=RULES, statistics=statistics, events=events)


def status_of(
    snapshot: Snapshot, upcoming: Sequence[Publication] = (EXPECTED,), run: LastRun | None = None
) -> Status:
    """Status of a snapshot at the instant it was built."""
    return build_status(
        snapshot,
        upcoming=upcoming if snapshot.expected else (),
        last_run=run or LastRun(),
        built_at=BUILT_AT,
    )


HELD = ProvisionalCloses(
    session=dt.date(2026, 3, 2), closes={"vix": 18.26, "vix3m": 21.28, "spy": 412.5}, reason="early"
)
"""Closes of the session after the last one, read before their time."""


STORM = [20.6, 22.4, 24.9, 23.1]
"""Four closes above the back close of 20."""


def _states() -> dict[str, dict[str, Any]]:
    long = calm(600)
    after_storm = [*long[:400], *STORM, *long[:80]]
    last_missing = [*fund(len(after_storm) - 1), None]
    return {
        "contango-long": {"front": after_storm},
        "contango-after-single-session": {"front": [*long[:400], 20.6, *long[:80]]},
        "contango-first-day": {"front": [*long, *STORM, 19.2]},
        "contango-flat-day": {"front": [*after_storm, after_storm[-1]]},
        "backwardation-first-day": {"front": [*after_storm, 20.9]},
        "backwardation-first-ever": {"front": [*long, 20.9]},
        "backwardation-ongoing": {"front": [*long, *STORM, 22.2]},
        "backwardation-at-its-peak": {"front": [*long, *STORM[:3]]},
        "backwardation-throughout": {"front": [20.2 + 0.01 * i for i in range(100)]},
        "borderline-from-above": {"front": [*long, *STORM, 21.0, 20.5, 19.98]},
        "borderline-from-below": {"front": [*after_storm, 18.9, 19.3, 20.02]},
        "borderline-unchanged": {"front": [*long, 19.98, 19.5, 19.4, 19.5, 19.6, 19.98]},
        "borderline-too-early-to-say": {"front": [19.0, 19.98]},
        "exactly-one": {"front": [*after_storm, 19.1, 20.0]},
        "gap-before": {"front": long[:130], "back": [*[BACK] * 128, None, BACK]},
        "two-gaps-before": {"front": long[:130], "back": [*[BACK] * 127, None, None, BACK]},
        "benchmark-missing": {"front": after_storm, "benchmark": last_missing},
        "highest-in-window": {"front": [*long, 19.7]},
        "lowest-in-window": {"front": [*long, 15.0]},
        "short-history": {"front": [*long[:9], *STORM[:2], 19.0]},
        "two-sessions": {"front": [18.0, 18.2]},
        "one-session": {"front": [18.0]},
        "one-session-of-backwardation": {"front": [21.0]},
        "no-episodes": {"front": long[:200]},
        "sample": {"front": after_storm, "sample": True},
        "suspect-close": {"front": [*long, 21.4], "suspect_move": 0.1},
        "provisional": {"front": after_storm, "provisional": HELD},
    }


STATES = _states()


@functools.cache
def state(name: str) -> Snapshot:
    """Snapshot of a named state."""
    return snapshot_of(**STATES[name])


@functools.cache
def pages_of(name: str) -> dict[str, str]:
    """The tracker's own pages of a named state, for tests that change nothing else."""
    return tracker_of(state(name))


@functools.cache
def content() -> Content:
    """Editorial text of the repository."""
    return load_content(TEMPLATES / "content")


def charts(text: str = "words") -> tuple[Chart, ...]:
    """Stand-ins for the charts; `text` is put where the real ones have words."""
    return tuple(
        Chart(
            id=name,
            title=text,
            description=text,
            summary=text,
            figure={},
            svg=f'<svg role="img" aria-label="{name}"></svg>',
            table=Table(
                file=(),
                caption=text,
                page=(
                    Column(name="session", values=("2024-01-08",), label="Session"),
                    Column(name="words", values=(text,), label=text),
                ),
                shown=(0,),
            ),
        )
        for name in ("signal", "term-structure", "distribution")
    )


def core_of(
    snapshot: Snapshot,
    *,
    status: Status | None = None,
    settings: Config | None = None,
    words: Content | None = None,
    research: Research | None = None,
) -> BuildContext:
    """What a build has worked out, as far as the tracker's own pages read it."""
    settings = settings or config()
    research = research or research_page.research()
    filled = fill_facts(words or content(), snapshot, settings, research)
    unread, analysis = cast("Any", None), _ANALYSES[_record(snapshot)]
    return BuildContext(
        config=settings,
        root=ROOT,
        content=filled,
        inputs=unread,
        analysis=analysis,
        to_date=RecordToDate(analysis),
        snapshot=snapshot,
        status=status or status_of(snapshot),
        episodes=unread,
        history=unread,
        research=research,
        site=Site.of(filled, settings, snapshot),
    )


def tracker_of(
    snapshot: Snapshot,
    *,
    text: str = "words",
    drawn: Sequence[Chart] | None = None,
    log: DataLog | None = None,
    templates: Path = TEMPLATES,
    **known: Any,
) -> dict[str, str]:
    """The tracker's own pages of a snapshot and what crawlers read, by path; `known` as of `core_of`."""
    core = core_of(snapshot, **known)
    scale = '<svg role="img" aria-label="scale"></svg>'
    pages = tracker_pages(
        core, picture_files(charts(text) if drawn is None else drawn, "2y"), scale, log or DataLog()
    )
    files = render_site(core.site, build_renderer(templates, ASSETS, core.site), pages)
    return {path: body.decode() for path, body in files.items()}
