"""Stored closes to a published site: the order of the steps, nothing more."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ivts_site.analytics.history import build_history
from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.analytics.research_csv import research_tables
from ivts_site.analytics.results import Analysis, analyze
from ivts_site.analytics.snapshot import build_snapshot
from ivts_site.analytics.to_date import RecordToDate
from ivts_site.charts import (
    Options,
    build_card,
    build_charts,
    build_preview,
    build_scale,
    build_strip,
    figure_json,
)
from ivts_site.config import Config, is_placeholder
from ivts_site.content import Content, load_content
from ivts_site.errors import DataError, RenderError, UsageError
from ivts_site.model import ProvisionalRatio, Publication, Role
from ivts_site.panel import build_panel
from ivts_site.pipeline.api import API, build_api
from ivts_site.pipeline.archive import archive_part, plan_archive
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.pipeline.corrections import build_corrections
from ivts_site.pipeline.feeds import feed_part, oldest_in_feeds
from ivts_site.pipeline.futures import current_futures, futures_part
from ivts_site.pipeline.hedge import hedge_part
from ivts_site.pipeline.inputs import Inputs, load_inputs
from ivts_site.pipeline.pictures import (
    ChartPictures,
    back_source_since,
    embed_part,
    named_events,
    picture_files,
)
from ivts_site.pipeline.research import current_research, research_part
from ivts_site.pipeline.status import build_data_log, build_status, held_revisions, read_revisions
from ivts_site.pipeline.tracker import tracker_pages
from ivts_site.publish import (
    SiteLinks,
    Written,
    build_headers,
    collect_assets,
    hashed_asset,
    publish_site,
)
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import Status
from ivts_site.render import build_renderer, render_site
from ivts_site.words.facts import fill_facts
from ivts_site.words.news import tell_news
from ivts_site.words.site import CARD, PREVIEW, Site, preview_words

log = logging.getLogger(__name__)

CONTENT = Path("templates/content")


PARTS: tuple[Callable[[BuildContext], Part], ...] = (
    feed_part,
    archive_part,
    futures_part,
    hedge_part,
    research_part,
)
"""Parts of the site beside the tracker; a new one is a module with such a function, and a line here."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made, for the log."""

    out: Path
    written: Written
    snapshot: Snapshot
    plotly_is_basic: bool

    def sentence(self, today: dt.date) -> str:
        """Word the report; says how old the closes are, and whether they are simulated."""
        age = (today - dt.date.fromisoformat(self.snapshot.as_of)).days
        closes = "SAMPLE DATA" if self.snapshot.sample else "closes"
        written = self.written
        kept = f"{written.n_kept} of them kept, " if written.n_kept else ""
        heavy = "" if self.plotly_is_basic else "; with the full Plotly bundle, as npm was not there"
        others = f"; kept what no build made: {', '.join(written.foreign)}" if written.foreign else ""
        return (
            f"{self.out}/: {written.n_files} files, {written.n_bytes / 1e6:.1f} MB, {kept}{closes} through "
            f"{self.snapshot.as_of} ({age} days before today){heavy}{others}"
        )


def build_site(  # noqa: PLR0913 (one argument for each input that the site is a function of)
    config: Config,
    root: Path,
    data_dir: Path,
    *,
    out: Path,
    as_of: dt.date | None,
    built_at: dt.datetime,
    allow_sample: bool = True,
) -> BuildReport:
    """Build and publish the site.

    Parameters
    ----------
    config : Config
        The settings.
    root : Path
        Folder with ``templates/`` and ``static/``.
    data_dir : Path
        Folder of the stored closes; only read.
    out : Path
        The site's folder; replaced in one step when everything is ready.
    as_of : date, optional
        Session to speak about; the last one with both closes by default.
    built_at : datetime
        Instant stamped on the pages, UTC.
    allow_sample : bool
        Whether simulated closes will do where none are stored; not for a site that others see.

    Returns
    -------
    BuildReport
        What was published.

    Raises
    ------
    IvtsError
        Any of the program's errors; the previous site is then unchanged.
    """
    _check_apart(data_dir, out)
    inputs = load_inputs(config, data_dir)
    _check_kind(inputs, data_dir, out, allow_sample=allow_sample)
    _warn_of_placeholder(config, inputs)
    context = _build_context(config, inputs, root=root, data_dir=data_dir, as_of=as_of, built_at=built_at)
    analysis, sample = context.analysis, inputs.sample
    pictures = _draw_charts(context)
    embeds = embed_part(context, pictures)  # before the pages, as their canvases take much memory
    assets = collect_assets(root)
    parts = _build_parts(context)
    past = plan_archive(context, assets.named)
    tables = {f"charts/{chart.id}.csv": chart.table for chart in pictures.charts}
    tables |= {**research_tables(context.research), **parts.tables}
    api = build_api(context, parts.files, past.paths, tables)
    own = tracker_pages(
        context,
        pictures,
        build_scale(analysis, sample=sample),
        build_data_log(data_dir, analysis.panel.as_of.date(), inputs.held),
    )
    render = build_renderer(root / "templates", assets.named, context.site)
    pages = render_site(context.site, render, (*own, *embeds.pages, *parts.pages, *api.pages), past.pages)
    files = {**assets.files, **pages, **parts.files, **context.pictures, **embeds.files, **api.files}
    files |= pictures.files
    files |= {f"charts/{chart.id}.json": figure_json(chart.figure) for chart in pictures.charts}
    files["_headers"] = build_headers(files["index.html"].decode(), [*files, *past.paths])
    links = _check_links(files, past.paths)
    written = publish_site(files, out, cached=past.files(render), links=links)
    return BuildReport(out, written, context.snapshot, assets.plotly_is_basic)


def _build_parts(context: BuildContext) -> Part:
    """Return all parts together; of a path made by two the last one's file stays."""
    parts = [part(context) for part in PARTS]
    return Part(
        files={path: body for part in parts for path, body in part.files.items()},
        pages=tuple(page for part in parts for page in part.pages),
        tables={path: table for part in parts for path, table in part.tables.items()},
    )


def _build_context(  # noqa: PLR0913 - each is an origin of what the parts are made from
    config: Config,
    inputs: Inputs,
    *,
    root: Path,
    data_dir: Path,
    as_of: dt.date | None,
    built_at: dt.datetime,
) -> BuildContext:
    content = load_content(root / CONTENT)
    analysis = _analyze(config, content, inputs, as_of)
    to_date = _to_date(config, inputs, analysis)
    snapshot = _snapshot(analysis, config, inputs, built_at, to_date)
    futures = current_futures(config, inputs, analysis)
    research = current_research(config, root=root, inputs=inputs, analysis=analysis, futures=futures)
    content = fill_facts(content, snapshot, config, research)
    # drawn before the pages are there: its canvas would lie on top of the peak of memory
    name, sample = config.site.name, inputs.sample
    headline, drawn = snapshot.headline, _provisional_ratio(snapshot)
    card = build_card(analysis, headline=headline, site_name=name, sample=sample, provisional=drawn)
    preview = build_preview(preview_words(config), site_name=name, sample=sample)
    card_path, preview_path = hashed_asset(CARD, card).path, hashed_asset(PREVIEW, preview).path
    history = build_history(analysis, sample=sample, raw_closes=config.publish.raw_closes)
    revisions = read_revisions(data_dir, analysis.panel.as_of.date())
    return BuildContext(
        config=config,
        root=root,
        content=content,
        inputs=inputs,
        analysis=analysis,
        to_date=to_date,
        snapshot=snapshot,
        status=_status(snapshot, inputs, built_at),
        episodes=build_episode_list(analysis, sample=sample),
        history=history,
        research=research,
        futures=futures,
        site=Site.of(
            content,
            config,
            snapshot,
            futures=futures is not None,
            card=card_path,
            preview=preview_path,
        ),
        pictures={CARD: card, card_path: card, preview_path: preview},
        revisions=revisions,
        corrections=build_corrections(
            analysis,
            revisions,
            config,
            since=oldest_in_feeds(history, config),
            to_date_of=partial(_to_date, config, inputs),
        ),
    )


def _draw_charts(context: BuildContext) -> ChartPictures:
    """Draw the charts of the front page over every range, and the strip of the whole history."""
    config, analysis, snapshot = context.config, context.analysis, context.snapshot
    options = Options(
        raw_closes=config.publish.raw_closes,
        sample=snapshot.sample,
        provisional=_provisional_ratio(snapshot),
        events=named_events(context.content.events, sample=snapshot.sample),
        back_source_since=back_source_since(snapshot, config.ratio.back),
    )
    charts = build_charts(analysis, config.page.charts, options)
    strip = build_strip(analysis, options)
    return picture_files(charts, config.statistics.default_window, strip)


def _check_apart(data_dir: Path, out: Path) -> None:
    data, site = Path(os.path.realpath(data_dir)), Path(os.path.realpath(out))
    if data.is_relative_to(site) or site.is_relative_to(data):
        raise UsageError(
            f"{out}: the site and the stored closes of {data_dir} must not lie inside each other, because a "
            "build replaces the whole site; choose another --out"
        )


def _check_kind(inputs: Inputs, data_dir: Path, out: Path, *, allow_sample: bool) -> None:
    """Refuse simulated closes where they are not wanted, and never let them replace a site of real ones."""
    if inputs.sample and not allow_sample:
        raise DataError(
            f"{data_dir}: holds no fetched closes, and --no-sample forbids simulated ones; fetch first"
        )
    published = out / API / "snapshot.json"
    if inputs.sample and published.is_file() and b'"sample": false' in published.read_bytes():
        raise DataError(
            f"{data_dir}: holds no fetched closes, and {out} is a site of real ones, which sample data must "
            "not replace; check --data-dir, or choose another --out"
        )


def _warn_of_placeholder(config: Config, inputs: Inputs) -> None:
    if is_placeholder(config.site.base_url) and not inputs.sample:
        log.warning(
            "site.base_url: is still the placeholder %s, which links, feeds and previews point to; "
            "set it in config.yaml, or SITE_URL for `make build`",
            config.site.base_url,
        )


def _check_links(files: Mapping[str, bytes], archived: Sequence[str]) -> SiteLinks:
    links = SiteLinks(files, archived)
    if broken := links.broken():
        raise RenderError(f"broken links: {'; '.join(broken)}; see page.sections and the content files")
    return links


def current_snapshot(
    config: Config, root: Path, data_dir: Path, *, built_at: dt.datetime, as_of: dt.date | None = None
) -> Snapshot:
    """Return the snapshot, without building the site; parameters as of `build_site`."""
    inputs = load_inputs(config, data_dir)
    analysis = _analyze(config, load_content(root / CONTENT), inputs, as_of)
    return _snapshot(analysis, config, inputs, built_at, _to_date(config, inputs, analysis))


def current_analysis(config: Config, root: Path, data_dir: Path) -> tuple[Analysis, bool]:
    """Return the analysis of all stored closes, and whether they are simulated."""
    inputs = load_inputs(config, data_dir)
    return _analyze(config, load_content(root / CONTENT), inputs, None), inputs.sample


def _analyze(config: Config, content: Content, inputs: Inputs, as_of: dt.date | None) -> Analysis:
    front, back, benchmark = (
        _role(config, key) for key in (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    )
    panel = build_panel(inputs.closes, front=front, back=back, benchmark=benchmark, as_of=as_of)
    return analyze(panel, rules=config.ratio, statistics=config.statistics, events=content.events.events)


def _role(config: Config, key: str) -> Role:
    return Role(key=key, label=config.series[key].label, horizon=config.series[key].horizon)


def _to_date(config: Config, inputs: Inputs, analysis: Analysis) -> RecordToDate:
    """Return the record up to each session, with the curve where all of its horizons are stored."""
    panel, optional = analysis.panel, inputs.optional.read()
    stored = dict(optional) | {
        panel.front.key: panel.closes["front"],
        panel.back.key: panel.closes["back"],
    }
    tenors = [tenor.series for tenor in sorted(config.research.tenors, key=lambda tenor: tenor.days)]
    return RecordToDate(analysis, [stored[key] for key in tenors] if set(tenors) <= set(stored) else ())


def _snapshot(
    analysis: Analysis, config: Config, inputs: Inputs, built_at: dt.datetime, to_date: RecordToDate
) -> Snapshot:
    as_of = analysis.panel.as_of.date()
    held = inputs.provisional if inputs.newest_final == as_of else None
    upcoming = _upcoming(inputs, as_of)
    return build_snapshot(
        analysis,
        built_at=built_at,
        sample=inputs.sample,
        origins=inputs.origins,
        expected=upcoming[0] if upcoming else None,
        research=config.research,
        provisional=held if held and held.session > as_of else None,
        news=tell_news(to_date.at(-1)),
    )


def _upcoming(inputs: Inputs, as_of: dt.date) -> tuple[Publication, ...]:
    """Return the sessions to come where the page speaks about the newest one; none for a past session."""
    if inputs.expected is None or inputs.newest_final != as_of:
        return ()
    return inputs.expected.following(as_of)


def _provisional_ratio(snapshot: Snapshot) -> ProvisionalRatio | None:
    held = snapshot.provisional
    if held is None or held.ivts is None or held.regime is None:
        return None
    return ProvisionalRatio(session=dt.date.fromisoformat(held.session), ivts=held.ivts, regime=held.regime)


def _status(snapshot: Snapshot, inputs: Inputs, built_at: dt.datetime) -> Status:
    as_of = dt.date.fromisoformat(snapshot.as_of)
    incomplete = [key for key, origin in inputs.origins.items() if origin.back_history_missing]
    held = held_revisions(inputs.held, as_of)
    upcoming = _upcoming(inputs, as_of)
    return build_status(snapshot, upcoming, inputs.last_run, built_at, held=held, incomplete=incomplete)
