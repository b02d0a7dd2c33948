"""The whole term structure: a picture, ratios of its neighbours, the indices beside it."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.studies import Caption, CurveLine, TenorRange, draw_curve
from ivts_site.content.research import Study as Words
from ivts_site.snapshot.research_curve_types import Curve, FurtherIndex, Tenor
from ivts_site.view.parts import RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Study, cell, share_cell, table
from ivts_site.view.research_types import KeyView, PictureView, StudyView
from ivts_site.view.stats import Stats, marked

_KEY = (
    KeyView(mark="line-ink", label="today"),
    KeyView(mark="dashed", label="a week ago"),
    KeyView(mark="dotted-muted", label="a month ago"),
    KeyView(mark="bar", label="two-year range"),
    KeyView(mark="ring", label="its median"),
)


def build_curve(words: Words, study: Study) -> StudyView:
    """Lay out the curve: a picture, its neighbouring ratios, the indices beside it."""
    curve = study.stats.at("curve")
    tables = (
        _ratios(study, curve) if curve.value.ratios else None,
        _indices(curve) if curve.value.indices else None,
    )
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        pictures=(_curve_picture(study, curve),),
        tables=tuple(each for each in tables if each is not None),
        note=build_prose(words.note, "../"),
    )


def slope_words(curve: Stats) -> str:
    """Name today's close of each tenor, and say whether the curve rises throughout."""
    tenors = [tenor for tenor in curve.each("tenors") if tenor.value.today is not None]
    closes = ", ".join(f"{tenor.value.label} {tenor.fixed('today', 2)}" for tenor in tenors)
    if curve.value.rising is None:
        return f"{closes}."
    shape = (
        "each longer one is above the shorter one" if curve.value.rising else "it does not rise throughout"
    )
    return f"{closes}: {shape}."


def _curve_picture(study: Study, stats: Stats) -> PictureView:
    curve: Curve = stats.value
    drawn = draw_curve(
        [
            TenorRange(label=t.label, days=t.days, low=t.low, median=t.median, high=t.high)
            for t in curve.tenors
        ],
        [
            CurveLine(closes=closes, role=role, width=width, dash=dash, marked=role == "ink")
            for closes, role, width, dash in (
                ([t.month_ago for t in curve.tenors], "muted", 1.5, "1px,3px"),
                ([t.week_ago for t in curve.tenors], "muted", 1.5, "5px,3px"),
                ([t.today for t in curve.tenors], "ink", 2.0, "solid"),
            )
        ],
        Caption(
            id="research-curve",
            title="Volatility indices by the days they look ahead",
            description="Lines of the closes today, a week and a month ago over bars of the two-year range.",
            sample=study.sample,
        ),
    )
    return PictureView(
        id="research-curve",
        title="Term structure",
        shape="curve",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(f"On {stats.day('as_of')} the curve closed at {slope_words(stats)}"),
        key=_KEY,
        table=_tenors(stats),
    )


def _tenors(stats: Stats) -> TableView:
    curve: Curve = stats.value
    dates = [f"{name}, {f.date_short(day)}" for name, day in _days(curve) if day]
    columns = ("Index", "Days", *dates, "Lowest", "Median", "Highest", "Rank today")
    return table(
        f"Closes by tenor; lowest, median, highest and rank since {f.date_short(curve.window_first)}",
        columns,
        (_tenor_row(tenor, curve) for tenor in stats.each("tenors")),
    )


def _days(curve: Curve) -> tuple[tuple[str, str | None], ...]:
    return (("Today", curve.as_of), ("Week ago", curve.week_ago), ("Month ago", curve.month_ago))


def _tenor_row(s: Stats, curve: Curve) -> RowView:
    tenor: Tenor = s.value
    past = [key for key, day in (("week_ago", curve.week_ago), ("month_ago", curve.month_ago)) if day]
    return RowView(
        cells=(
            cell(tenor.label, f"stored since {s.day('first_session')}"),
            cell(s.count("days")),
            cell(s.fixed("today", 2)),
            *(cell(s.fixed(key, 2)) for key in past),
            cell(s.fixed("low", 2)),
            cell(s.fixed("median", 2)),
            cell(s.fixed("high", 2)),
            cell(s.percent("rank"), f"{s.count('n_ranked')} of {s.plural('n_window', 'close')}"),
        )
    )


def _ratios(study: Study, stats: Stats) -> TableView:
    line = f.plain(study.stats.value.window.threshold)
    return table(
        "Neighbouring points of the curve as ratios, on the sessions on which all of them are defined",
        ("Ratio", "Today", f"Above {line}", "Flips a year", "Same side as the main ratio"),
        (_ratio_row(ratio) for ratio in stats.each("ratios")),
    )


def _ratio_row(s: Stats) -> RowView:
    return RowView(
        strong=s.value.main,
        cells=(
            cell(s.value.label, "the ratio of this site" if s.value.main else ""),
            cell(s.fixed("today", 4)),
            share_cell(s.at("above")),
            cell(s.fixed("flips_per_year"), s.plural("n_flips", "flip")),
            cell("\u2013") if s.value.main else share_cell(s.at("agree")),
        ),
    )


def _indices(stats: Stats) -> TableView:
    curve: Curve = stats.value
    dates = [f"{name}, {f.date_short(day)}" for name, day in _days(curve) if day]
    return table(
        f"Other indices; rank among the closes since {f.date_short(curve.window_first)} and among all stored",
        ("Index", *dates, "Lowest", "Median", "Highest", "Rank, two years", "Rank, all stored"),
        (_index_row(index, curve) for index in stats.each("indices")),
    )


def _index_row(s: Stats, curve: Curve) -> RowView:
    index: FurtherIndex = s.value
    past = [key for key, day in (("week_ago", curve.week_ago), ("month_ago", curve.month_ago)) if day]
    return RowView(
        cells=(
            cell(index.label),
            *(cell(s.fixed(key, 2)) for key in ("today", *past, "low", "median", "high")),
            share_cell(s.at("rank")),
            share_cell(s.at("rank_all")),
        )
    )
