"""The research page as a part of the site, with the tables that its pictures offer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ivts_site.analytics import Analysis
from ivts_site.analytics.volatility import realised_volatility
from ivts_site.charts.studies import Volatilities
from ivts_site.pipeline.core import Core, Part
from ivts_site.render import Page
from ivts_site.snapshot.research_csv import research_files
from ivts_site.view.research import PATH, build_research_view


def research_page(core: Core) -> Part:
    """Make `research/` and its CSV files."""
    view = build_research_view(
        core.research,
        core.snapshot,
        core.content,
        core.config,
        _volatilities(core.analysis, core.research.volatility.sessions, core.research.curve.window_first),
    )
    page = Page(path=PATH, template="research.html", make=lambda: {"view": view})
    files = {path: text.encode() for path, text in research_files(core.research).items()}
    return Part(files=files, pages=(page,))


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
