"""The frame of pages that are made once and kept: no build instant, no hashes, nothing of today."""

from __future__ import annotations

from collections.abc import Sequence

from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.view.archive_types import PlainShellView
from ivts_site.view.head import SAMPLE_PREFIX, breadcrumbs, embed_json, feed_links
from ivts_site.view.parts import LinkView
from ivts_site.view.prose import build_prose
from ivts_site.view.shell import navigation, sample_words
from ivts_site.view.types import HeadView


def build_plain_shell(content: Content, config: Config, *, root: str, sample: bool) -> PlainShellView:
    """Put the frame of a kept page together; `root` leads from the page to the site's root."""
    foot = content.footer
    return PlainShellView(
        language=config.site.language,
        site_name=config.site.name,
        tagline=content.head.tagline,
        root=root,
        sample=sample_words(sample=sample),
        nav=navigation(config, root, None),
        attribution=build_prose(foot.attribution, root),
        disclaimer=build_prose(foot.disclaimer, root),
        links=(
            LinkView(label=foot.labels.methodology, href=f"{root}methodology/"),
            LinkView(label=foot.labels.api, href=f"{root}api/"),
            LinkView(label=foot.labels.feeds, href=f"{root}api/#feeds"),
        ),
    )


def build_plain_head(  # noqa: PLR0913 - each is a part of the head
    content: Content,
    base_url: str,
    *,
    path: str,
    title: str,
    description: str,
    sample: bool,
    trail: Sequence[LinkView],
    card: str = "",
) -> HeadView:
    """Put the head of a kept page together: like any other, without the picture of today.

    `trail` is the way from the tracker page to the page itself, hrefs below the base address. `card` is the
    path of a link preview's picture of its own, which the title describes; empty where it has none.
    """
    prefix = f"{SAMPLE_PREFIX}: " if sample else ""
    site = content.head.site_name
    graph = {"@context": "https://schema.org", **breadcrumbs(site, base_url, trail)}
    return HeadView(
        title=f"{prefix}{title} · {site}",
        description=f"{prefix}{description}",
        canonical=f"{base_url}{path}",
        site_name=site,
        image=f"{base_url}{card}" if card else "",
        image_alt=f"{prefix}{title}" if card else "",
        noindex=sample,
        json_ld=embed_json(graph),
        feeds=feed_links(content),
    )
