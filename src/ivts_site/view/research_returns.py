"""What followed by band of the ratio, and around episodes."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.studies import Caption, Whisker, draw_whiskers
from ivts_site.content.research import Study as Words
from ivts_site.snapshot.research_types import ReturnGroup, ReturnHorizon
from ivts_site.view.parts import RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import (
    Study,
    band_sign,
    band_words,
    bounds,
    cell,
    csv_of,
    group_counts,
    overlap,
    table,
    with_interval,
)
from ivts_site.view.research_types import KeyView, PictureView, StudyView
from ivts_site.view.stats import Stats, marked

CSV = "charts/research-returns.csv"
_KEY = (
    KeyView(mark="dot", label="average"),
    KeyView(mark="thick", label="block-bootstrap interval"),
    KeyView(mark="thin", label="naive interval"),
    KeyView(mark="dotted", label="average of all sessions"),
)


def build_returns(words: Words, study: Study) -> StudyView:
    """Lay out the conditional returns: a picture and a table for each horizon."""
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        pictures=tuple(_picture(study, horizon) for horizon in study.stats.each("returns")),
        csv=CSV,
        note=build_prose(words.note, "../"),
    )


def returns_csv(horizons: tuple[ReturnHorizon, ...]) -> str:
    """Return every group at every horizon, returns as fractions."""
    pairs = ("interval", "naive_interval", "share_up_interval", "difference_interval")
    plain = ("n_sessions", "n_episodes", "n_windows", "mean", "median", "share_up", "difference")
    ends = [f"{pair}_{end}" for pair in pairs for end in ("low", "high")]
    rows = [
        (r.horizon, group.id, *(getattr(group, name) for name in plain), *_ends(group, pairs))
        for r in horizons
        for group in (r.all, *r.bands)
    ]
    return csv_of(["horizon", "band", *plain, *ends], rows)


def _ends(group: ReturnGroup, pairs: tuple[str, ...]) -> list[float | None]:
    return [end for name in pairs for end in (getattr(group, name) or (None, None))]


def _picture(study: Study, stats: Stats) -> PictureView:
    horizon: ReturnHorizon = stats.value
    title = f"{f.plural(horizon.horizon, 'session')} on"
    id_ = f"research-returns-{horizon.horizon}"
    groups = [group for group in (*horizon.bands[::-1], horizon.all) if group.mean is not None]
    caption = Caption(
        id=id_,
        title=f"{study.benchmark} return over {f.plural(horizon.horizon, 'session')} by band of the ratio",
        description="A row a band: average, its interval, and below it the naive interval.",
        sample=study.sample,
    )
    drawn = (
        draw_whiskers([_whisker(g) for g in groups], caption, reference=horizon.all.mean) if groups else ""
    )
    return PictureView(
        id=id_,
        title=title,
        shape="rows",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(_sentence(study, stats)),
        key=_KEY,
        table=_table(study, stats),
    )


def _whisker(group: ReturnGroup) -> Whisker:
    return Whisker(
        label=band_sign(group.above, group.upto),
        value=group.mean or 0.0,
        interval=group.interval,
        naive=group.naive_interval,
        text=f.percent_change(group.mean),
        role="ink" if group.id == "all" else "backwardation" if group.upto is None else "contango",
    )


def _sentence(study: Study, stats: Stats) -> str:
    top, every = stats.each("bands")[-1], stats.at("all")
    name = band_words(top.value.above, top.value.upto)
    noun = "episode" if top.value.above == study.stats.value.window.threshold else "run"
    if not top.value.n_sessions or not every.value.n_sessions:
        return f"No session with a ratio {name} has a return over so many sessions yet."
    return (
        f"After a ratio {name}, {study.benchmark} changed by {top.change('mean')} on average over the next "
        f"{stats.plural('horizon', 'session')} ({with_interval(study, top, 'interval', Stats.change)}; "
        f"{group_counts(top, noun)}; {top.span()}), against {every.change('mean')} after all "
        f"{every.plural('n_sessions', 'session')}."
    )


def _table(study: Study, stats: Stats) -> TableView:
    horizon: ReturnHorizon = stats.value
    columns = (
        "Ratio",
        "Sessions",
        "Mean",
        "Naive interval",
        "Median",
        "Share up",
        "Mean less that of the rest",
    )
    groups = (*stats.each("bands")[::-1], stats.at("all"))
    return table(
        f"{study.benchmark} returns over the next {f.plural(horizon.horizon, 'session')}",
        columns,
        (_row(study, group, today=group.value.id == horizon.today) for group in groups),
    )


def _row(study: Study, s: Stats, *, today: bool) -> RowView:
    group: ReturnGroup = s.value
    runs = s.plural("n_episodes", "run") if group.n_episodes > 1 else ""
    up = f"{s.count('n_up')} of {s.count('n_sessions')}"
    narrow = f"{s.fixed('width_ratio')} times narrower" if group.width_ratio else ""
    cells = (
        cell(band_words(group.above, group.upto), "today's band" if today else ""),
        cell(s.count("n_sessions"), runs, overlap(s), s.span()),
        cell(s.change("mean"), bounds(study, s, "interval", Stats.change)),
        cell(
            f.UNDEFINED if group.naive_interval is None else bounds(study, s, "naive_interval", Stats.change),
            narrow,
        ),
        cell(s.change("median")),
        cell(s.percent("share_up"), up, bounds(study, s, "share_up_interval", Stats.percent)),
        cell(s.points("difference"), bounds(study, s, "difference_interval", Stats.points))
        if group.id != "all"
        else cell("\u2013"),
    )
    return RowView(cells=cells, strong=today)
