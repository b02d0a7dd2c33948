"""The frame that all pages share: header, navigation, footer."""

from __future__ import annotations

from ivts_site import __version__
from ivts_site import formatting as f
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.published.snapshot import Snapshot
from ivts_site.view.parts import LinkView, Moment
from ivts_site.view.prose import build_prose
from ivts_site.view.types import FooterView, ShellView, SourceView

PAGES = (
    ("", "Today"),
    ("episodes/", "Episodes"),
    ("history/", "History"),
    ("research/", "Research"),
    ("hedge/", "Hedge lab"),
    ("methodology/", "Methodology"),
    ("api/", "Data"),
)
"""Path from the site's root, and label, of what the navigation offers, in order."""


def build_shell(
    content: Content, snapshot: Snapshot, config: Config, *, root: str, path: str | None
) -> ShellView:
    """Put the frame of a page together.

    Parameters
    ----------
    content : Content
        With facts filled in.
    snapshot : Snapshot
        Dates, hashes, whether the closes are simulated.
    config : Config
        Name, language, related links, repository.
    root : str
        Leads from the page to the site's root: empty, ``../`` or an absolute address.
    path : str or None
        The page's own path below the root; None where it has none.

    Returns
    -------
    ShellView
        Links are complete.
    """
    return _shell(
        content,
        config,
        root=root,
        path=path,
        sample=snapshot.sample,
        repository=config.site.repository,
        footer=_footer(content, snapshot, config, root),
    )


def build_plain_shell(content: Content, config: Config, *, root: str, sample: bool) -> ShellView:
    """Put the frame of a kept page together: no build instant, no hashes, nothing of today."""
    return _shell(content, config, root=root, path=None, sample=sample)


def navigation(config: Config, root: str, path: str | None) -> tuple[LinkView, ...]:
    """Link the pages of the navigation that the settings ask for; `path` is the page's own."""
    absent = set() if config.archive.days else {"history/"}
    return tuple(
        LinkView(label=label, href=_href(root, to), current=to == path)
        for to, label in PAGES
        if to not in absent
    )


def sample_words(*, sample: bool) -> str:
    """Return the line that pages of simulated closes carry; empty for real ones."""
    return "SAMPLE DATA \u2014 simulated closes, not market data" if sample else ""


def _href(root: str, path: str) -> str:
    return f"{root}{path}" or "./"


def _shell(  # noqa: PLR0913 - each is a part of the frame
    content: Content,
    config: Config,
    *,
    root: str,
    path: str | None,
    sample: bool,
    repository: str = "",
    footer: FooterView | None = None,
) -> ShellView:
    return ShellView(
        language=config.site.language,
        site_name=config.site.name,
        tagline=content.head.tagline,
        root=root,
        sample=sample_words(sample=sample),
        nav=navigation(config, root, path),
        attribution=build_prose(content.footer.attribution, root),
        disclaimer=build_prose(content.footer.disclaimer, root),
        links=_links(content, repository, root),
        footer=footer,
    )


def _footer(content: Content, snapshot: Snapshot, config: Config, root: str) -> FooterView:
    foot, built = content.footer, snapshot.built_at
    zone = config.calendar.timezone
    return FooterView(
        title=foot.title,
        lead=build_prose(foot.lead, root),
        related=tuple(
            LinkView(label=link.label, href=link.url, note=link.note) for link in config.site.related_links
        ),
        licence=build_prose(foot.licence, root),
        labels=foot.labels.model_dump(),
        as_of=Moment(text=f.date_long(snapshot.as_of), iso=snapshot.as_of),
        updated=Moment(
            text=f"{f.date_long(f.day_in(built))}, {f.clock(built)} UTC", iso=f.instant_iso(built)
        ),
        updated_new_york=f"{f.date_short(f.day_in(built, zone))}, {f.clock(built, zone)} New York",
        sources=_sources(snapshot, config),
        version=__version__,
    )


def _links(content: Content, repository: str, root: str) -> tuple[LinkView, ...]:
    labels = content.footer.labels
    links = [
        LinkView(label=labels.methodology, href=f"{root}methodology/"),
        LinkView(label=labels.api, href=f"{root}api/"),
        LinkView(label=labels.feeds, href=f"{root}api/#feeds"),
    ]
    if repository.startswith(("https://", "http://")):
        links.append(LinkView(label=labels.repository, href=repository))
    return tuple(links)


def _sources(snapshot: Snapshot, config: Config) -> tuple[SourceView, ...]:
    return tuple(
        SourceView(
            label=config.series[key].label if key in config.series else key,
            source=f.sources([(each.source, each.last_session) for each in series.ranges])
            or f.vendor(series.source),
            span=f"{f.date_short(series.first_session)} to {f.date_short(series.last_session)}",
            sha256=series.sha256,
            short=series.sha256[:10],
        )
        for key, series in snapshot.series.items()
    )
