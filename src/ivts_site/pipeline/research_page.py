"""The research page as a part of the site."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from ivts_site.analytics import Analysis
from ivts_site.analytics.volatility import realised_volatility
from ivts_site.charts.research import draw_research
from ivts_site.charts.studies import Volatilities
from ivts_site.content import Content
from ivts_site.pipeline.core import Core, Part
from ivts_site.published.studies import Research
from ivts_site.render import Page
from ivts_site.words import research as say
from ivts_site.words.site import Head

PATH = "research/"


def research_page(core: Core) -> Part:
    """Make `research/`."""
    found = core.research
    series = _volatilities(core.analysis, found.volatility.sessions, found.curve.window_first)
    page = Page(
        path=PATH,
        template="research.html",
        make=lambda: lay_out_research(found, core.content, series),
    )
    return Part(pages=(page,))


def lay_out_research(
    research: Research, content: Content, series: Volatilities | None = None
) -> dict[str, object]:
    """Return what the template reads.

    Parameters
    ----------
    research : Research
        Origin of every number.
    content : Content
        With facts filled in, those of the studies among them.
    series : Volatilities, optional
        Implied and realised volatility over time, for drawing; without it that picture is left out.

    Returns
    -------
    dict
        `s`, the studies with the path of each number; `drawn`, their pictures by id; `words`, what is true
        whatever the data; `say`, the sentences that depend on them; head of the page.
    """
    words = content.research
    return {
        "head": Head.of(words, PATH),
        "words": words,
        "s": say.research_stats(research),
        "say": say,
        # drawn by charts, which escapes its labels
        "drawn": {id_: Markup(svg) for id_, svg in draw_research(research, series).items()},  # noqa: S704
    }


def _volatilities(analysis: Analysis, n: int, first: str) -> Volatilities | None:
    """Return both volatilities from a session on; None where there is no realised one to draw."""
    closes = analysis.panel.closes
    realised = realised_volatility(closes["benchmark"].to_numpy(dtype=float), n)
    shown = (closes.index >= first) & (closes.index <= analysis.panel.as_of)
    series = Volatilities(
        sessions=pd.DatetimeIndex(closes.index[shown]),
        implied=closes["front"].to_numpy(dtype=float)[shown],
        realised=realised[shown],
    )
    return series if np.isfinite(series.realised).sum() > 1 else None
