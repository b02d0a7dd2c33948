"""The futures curve as a part of the site: its page, its files for machines, the curves of every month."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics.futures import FuturesFound, measure_futures
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rows import iso_days
from ivts_site.charts.export import figure_json
from ivts_site.charts.futures import (
    SHOWN,
    TenorClose,
    build_futures_chart,
    build_futures_strip,
    draw_pictures,
    futures_lines,
    history_table,
)
from ivts_site.charts.options import Options
from ivts_site.config import Config
from ivts_site.pipeline.context import BuildContext, Part, picture
from ivts_site.pipeline.inputs import Inputs
from ivts_site.pipeline.pictures import ChartPictures, embed_part, named_events, picture_files
from ivts_site.published.numbers import day, exact_numbers
from ivts_site.published.serialize import to_json
from ivts_site.published.stats import Stats, unmarked
from ivts_site.published.tables import to_parquet
from ivts_site.render import Page
from ivts_site.words import futures as say
from ivts_site.words.share import share_chart
from ivts_site.words.site import Head

PATH = "futures/"
CURVES = "futures/curves"
API = "api/v1/futures"


def current_futures(config: Config, inputs: Inputs, analysis: Analysis) -> FuturesFound | None:
    """Return the futures curve as it was known after the last session; None where none is stored."""
    if inputs.futures is None:
        return None
    return measure_futures(
        inputs.futures,
        spot=analysis.panel.closes["front"],
        signal=analysis.signal,
        statistics=config.statistics,
        sample=inputs.sample,
    )


def futures_part(context: BuildContext) -> Part:
    """Make `futures/` with its files; nothing where no settlements are stored."""
    found = context.futures
    if found is None:
        return Part()
    s, raw_closes = Stats(path="futures", value=found.futures), context.config.publish.raw_closes
    told = {  # scripts write these, too: what they read has no marks
        window.value.name: (unmarked(say.history_title(window)), unmarked(say.history_words(window)))
        for window in s.each("windows")
    }
    sample = found.futures.sample
    events = named_events(context.content.events, sample=sample)
    lines, options = futures_lines(found), Options(raw_closes=raw_closes, sample=sample, events=events)
    chart, table = (
        build_futures_chart(found, lines, options, told),
        history_table(found, raw_closes=raw_closes),
    )
    strip = build_futures_strip(found, lines["slope"], events, title=unmarked(say.deepest_words(s)))
    pictures = picture_files((chart,), context.config.statistics.default_window, strip)
    embeds = embed_part(context, pictures, as_of=found.futures.as_of, page=PATH)
    files = {
        **pictures.files,
        f"{API}.json": to_json(found.futures).encode(),
        f"{API}.parquet": to_parquet(table, found.futures),
        f"charts/{chart.id}.json": figure_json(chart.figure),
        **dict(curve_files(found)),
    }
    page = Page(path=PATH, template="futures.html", make=lambda: lay_out_futures(context, found, pictures))
    return Part(
        files={**files, **embeds.files},
        pages=(page, *embeds.pages),
        tables={f"{API}.csv": table, f"charts/{chart.id}.csv": chart.table},
    )


def lay_out_futures(context: BuildContext, found: FuturesFound, pictures: ChartPictures) -> dict[str, object]:
    """Return what the template of the page reads.

    `s` is the record with the path of each number, `now` what its news is made from, `drawn` the pictures,
    `compared` the sessions that the comparison opens with; `say` holds the sentences that depend on the data.
    """
    words, s = context.content.futures, Stats(path="futures", value=found.futures)
    dates, (chart,) = _compared(found, words.dates), pictures.charts
    slopes = found.history["contango_m1_m2"]
    return {
        "head": Head.of(words, PATH),
        "words": words,
        "s": s,
        "now": found.now,
        "say": say,
        "chart": chart,
        "pictures": pictures,
        "readings": picture(pictures.readings),
        "strip_picture": picture(pictures.strip.svg if pictures.strip else ""),
        "share": share_chart(chart, context.site, found.futures.as_of, PATH),
        "drawn": {
            "history": picture(chart.svg),
            **{name: picture(svg) for name, svg in draw_pictures(found, _tenors(context, found), dates)},
        },
        "contracts": s.each("curve")[:SHOWN],
        "compared": dates,
        "first": day(found.history.index[0]),
        "compare_title": say.compare_title({each: float(slopes.loc[pd.Timestamp(each)]) for each in dates}),
        "raw_closes": context.config.publish.raw_closes,
    }


def curve_files(found: FuturesFound) -> Iterator[tuple[str, bytes]]:
    """Yield a file a month with the curve of each of its sessions, as the comparison draws it.

    A session holds the index close and pairs of days to expiry and settlement: a date costs a few kilobytes.
    """
    curves = found.curves
    days = np.nan_to_num(curves.days[:, :SHOWN]).astype(int).tolist()
    settle = np.round(curves.settle[:, :SHOWN], 4).tolist()
    marked = {"sample": True} if found.futures.sample else {}
    months: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for session, vix, *pairs in zip(
        iso_days(curves.sessions), exact_numbers(found.vix.round(4)), days, settle, strict=True
    ):
        curve = [pair for pair in zip(*pairs, strict=True) if not isnan(pair[1])]
        months[session[:7]][session] = {"vix": vix, "curve": curve} | marked
    for month, sessions in months.items():
        text = json.dumps(sessions, separators=(",", ":"), allow_nan=False)
        yield f"{CURVES}/{month}.json", f"{text}\n".encode()


def _tenors(context: BuildContext, found: FuturesFound) -> list[TenorClose]:
    """Return the closes of the index tenors on the last session, but for the VIX, which is drawn at day 0."""
    config, ratio = context.config, context.config.ratio
    panel, optional = context.analysis.panel.closes, context.inputs.optional.read()
    series = {**optional, ratio.front: panel["front"], ratio.back: panel["back"]}
    tenors = []
    for tenor in sorted(config.research.tenors, key=lambda each: each.days):
        close = series[tenor.series].get(found.curves.sessions[-1]) if tenor.series in series else None
        if close is not None and not isnan(close):
            # 93 days are three months, 184 six
            label = f"{tenor.days}D" if tenor.days <= 31 else f"{round(tenor.days / 30.6)}M"
            tenors.append(TenorClose(label, tenor.days, float(close)))
    return tenors


def _compared(found: FuturesFound, wanted: tuple[dt.date, ...]) -> list[str]:
    known = set(found.history.index)
    dates = [each.isoformat() for each in wanted if pd.Timestamp(each) in known]
    return [found.futures.as_of, *(each for each in dates if each != found.futures.as_of)]
