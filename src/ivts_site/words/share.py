"""How a chart is linked, embedded and cited."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ivts_site import formatting as f
from ivts_site.model import Chart
from ivts_site.words.site import Site

EMBED = "embed/"
HEIGHT = 480
"""Pixels of a frame until the page in it has told its height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What the control under a chart offers: addresses, markup for a frame, a short and a long citation."""

    link: str
    embed: str
    markup: str
    short: str
    long: str


def share_chart(chart: Chart, site: Site, as_of: str, page: str = "") -> Share:
    """Return what a reader needs to pass on a chart of a page."""
    base = site.config.site.base_url
    link, embed = f"{base}{page}#chart-{chart.id}", f"{base}{EMBED}{chart.id}/"
    through = f"data through {f.date_long(as_of)}"
    return Share(
        link=link,
        embed=embed,
        markup=(
            f'<iframe src="{embed}" title="{escape(chart.title)}" width="100%" height="{HEIGHT}" '
            'loading="lazy" style="border:0"></iframe>'
        ),
        short=f"{site.prefix}{site.title}, {link}, {through}.",
        long=(
            f"{site.prefix}{site.title} ({as_of[:4]}). {chart.title} [chart; {through}]. {link}. "
            f"Derived from closes © Cboe; {site.config.publish.license}."
        ),
    )


def source_line(site: Site, as_of: str) -> str:
    """Return what stands below a chart on other pages: whose it is, and of which day."""
    return f"{site.title}, {site.config.site.base_url}, {f.date_long(as_of)}. Derived from closes © Cboe."
