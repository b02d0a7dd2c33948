"""The studies as a part of the site: measured where what they rest on has changed, else kept ones."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from ivts_site.analytics.futures import FuturesFound
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.returns import realized_volatility
from ivts_site.analytics.studies import RESEARCH, measure_all
from ivts_site.analytics.study_input import Keeper, StudyInput
from ivts_site.charts.research import Volatilities, draw_research
from ivts_site.charts.studies import study_pictures
from ivts_site.config import Config
from ivts_site.pipeline.context import BuildContext, Part, picture
from ivts_site.pipeline.fingerprint import fingerprint, program_fingerprint
from ivts_site.pipeline.inputs import Inputs, optional_keys
from ivts_site.published.serialize import rounded, to_json, to_lines
from ivts_site.published.studies import Research
from ivts_site.render import Page
from ivts_site.store.cache import read_cached, write_cached
from ivts_site.words import futures as say_futures
from ivts_site.words import research as say
from ivts_site.words.site import Head

PATH = "research/"
RESEARCH_FILE = "api/v1/research.json"
CACHE = Path(".cache/research")
YEARS = Path(".cache/research-years")

log = logging.getLogger(__name__)


def research_part(context: BuildContext) -> Part:
    """Make `research/` and `api/v1/research.json`."""
    found = context.research
    series = _volatilities(context.analysis, found.volatility.sessions, found.curve.window_first)
    page = Page(path=PATH, template="research.html", make=lambda: lay_out_research(context, series))
    return Part(files={RESEARCH_FILE: to_lines(found).encode()}, pages=(page,))


def lay_out_research(context: BuildContext, series: Volatilities | None = None) -> dict[str, object]:
    """Return what the template reads; `series`, implied and realized volatility over time, are only drawn."""
    words = context.content.research
    return {
        "head": Head.of(words, PATH),
        "words": words,
        "s": say.research_stats(context.research),
        "say": say,
        "say_futures": say_futures,
        "drawn": {id_: picture(svg) for id_, svg in draw_research(context.research, series).items()},
        "pictures": {
            name: [(each, picture(each.svg)) for each in made]
            for name, made in study_pictures(context.research).items()
        },
    }


def _volatilities(analysis: Analysis, n: int, first: str) -> Volatilities | None:
    """Return both volatilities from a session on; None where there is no realized one to draw."""
    closes = analysis.panel.closes
    realized = realized_volatility(closes["benchmark"].to_numpy(dtype=float), n)
    shown = (closes.index >= first) & (closes.index <= analysis.panel.as_of)
    series = Volatilities(
        sessions=pd.DatetimeIndex(closes.index[shown]),
        implied=closes["front"].to_numpy(dtype=float)[shown],
        realized=realized[shown],
    )
    return series if np.isfinite(series.realized).sum() > 1 else None


def current_research(
    config: Config, *, root: Path, inputs: Inputs, analysis: Analysis, futures: FuturesFound | None = None
) -> Research:
    """Return the studies of an analysis: the same whether they were kept, below `.cache/research`, or made.

    What is kept is safe to delete: a damaged entry is made anew; a folder that takes none keeps nothing.
    """
    key = _key(config, inputs, analysis, futures)
    kept = read_cached(root / CACHE, key)
    if kept is not None:
        return _reader().validate_json(kept)
    labels = {key: series.label for key, series in config.series.items()}
    study = StudyInput(
        analysis=analysis,
        rules=config.research,
        labels=labels,
        optional_series=inputs.optional.read(),
        futures=futures,
        keep=_keeper(root / YEARS, (config.research, labels, inputs.sample)),
    )
    # rounded here, so that page and JSON tell the same numbers whether they were kept or made
    research = rounded(measure_all(study, sample=inputs.sample))
    write_cached(root / CACHE, key, to_lines(research).encode())
    return research


@cache
def _reader() -> TypeAdapter[Research]:
    return TypeAdapter(RESEARCH)


def _keeper(folder: Path, settings: object) -> Keeper:
    """Keep what is made of past year ends by the program, the settings and the closes up to then."""
    rest = fingerprint(program_fingerprint("analytics", "published"), settings)

    def keep(then: StudyInput, make: Callable[[StudyInput], dict[str, str]]) -> dict[str, str]:
        closes = then.analysis.panel.closes
        others = [series.to_numpy() for _, series in sorted(then.series.items())]
        key = fingerprint(rest, closes, *others)
        kept = read_cached(folder, key)
        if kept is None:
            log.info("judging claims as of %s", then.sessions[-1].date())
            kept = json.dumps(make(then)).encode()
            write_cached(folder, key, kept)
        return dict(json.loads(kept))

    return keep


def _key(config: Config, inputs: Inputs, analysis: Analysis, futures: FuturesFound | None) -> str:
    """Hash all that the result is a function of: closes, settings, and the code with its libraries."""
    panel = analysis.panel
    labels = {key: config.series[key].label for key in optional_keys(config)}
    settings = (config.research, config.statistics.forward_sessions, analysis.rules, labels, inputs.sample)
    return fingerprint(
        program_fingerprint("analytics", "published"),
        settings,
        (panel.front, panel.back, panel.benchmark, panel.as_of),
        inputs.optional.digest,
        panel.closes,
        to_json(futures.futures) if futures else "",
        futures.agreeing["inverted"].to_numpy() if futures else b"",
    )
