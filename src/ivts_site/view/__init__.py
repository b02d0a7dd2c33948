"""Snapshot, charts and editorial text to worded pages; templates only place what is here."""

from ivts_site.view.reading import build_reading
from ivts_site.view.site import build_methodology, build_not_found, build_page, build_site_view, fill_facts
from ivts_site.view.site_types import SiteView

__all__ = [
    "SiteView",
    "build_methodology",
    "build_not_found",
    "build_page",
    "build_reading",
    "build_site_view",
    "fill_facts",
]
