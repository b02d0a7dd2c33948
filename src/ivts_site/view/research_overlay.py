"""The hedge that follows the regime: what it did, against what, and how much of it luck explains."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.studies import Caption, GrowthLine, draw_growth, draw_strip
from ivts_site.content.research import Study as Words
from ivts_site.snapshot.research_overlay_types import Bench, Difference, Growth, Overlay, Strategy
from ivts_site.view.parts import Cell, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Show, Study, bounds, cell, csv_of, table, with_interval
from ivts_site.view.research_types import KeyView, PictureView, StudyView
from ivts_site.view.stats import Stats, marked

CSV = "charts/research-overlay.csv"
NAMES = {
    "unhedged": "No hedge",
    "constant": "Same mean hedge, always",
    "regime": "Hedge by regime",
    "regime_late": "Hedge by regime, a session later",
}
_RETURNS: dict[str, tuple[str, Show]] = {
    "annual_return": ("Growth a year", Stats.change),
    "annual_mean": ("Mean return a year", Stats.change),
}
_RISKS: dict[str, tuple[str, Show]] = {
    "volatility": ("Volatility", Stats.percent),
    "sharpe": ("Sharpe ratio", lambda stats, keys: stats.fixed(keys, 2)),
    "max_drawdown": ("Deepest fall", Stats.change),
}
_RESULTS = {"annual_return": _RETURNS["annual_return"]} | _RISKS


def build_overlay(words: Words, study: Study) -> StudyView:
    """Lay out the overlay; where none could be measured that is said."""
    if study.stats.value.overlay is None:
        findings = (marked("Too few sessions are stored to follow any rule."),)
        return StudyView(
            id=words.id, title=words.title, lead=build_prose(words.lead, "../"), findings=findings
        )
    overlay = study.stats.at("overlay")
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        findings=tuple(
            marked(text) for text in (_rule(overlay), overlay_words(study), _luck(overlay)) if text
        ),
        pictures=(_picture(study, overlay),),
        tables=(_strategies(overlay), _differences(study, overlay), _bench(overlay)),
        csv=CSV,
        note=build_prose(words.note, "../"),
    )


def growth_csv(growth: Growth) -> str:
    """Return the value of 1 under each rule by month."""
    rows = zip(growth.sessions, growth.unhedged, growth.constant, growth.regime, strict=True)
    return csv_of(["session", "unhedged", "constant", "regime"], rows)


def headline(overlay: Overlay) -> int | None:
    """Return the position of the difference to no hedge at the middle cost; None where there is none."""
    against = [i for i, d in enumerate(overlay.differences) if d.other == "unhedged"]
    return against[len(against) // 2] if against else None


def overlay_words(study: Study) -> str:
    """Say how the rule compares with no hedge: both returns, their difference, whether it may be chance."""
    overlay = study.stats.at("overlay")
    position = headline(overlay.value)
    if position is None or not overlay.value.n_hedged:
        return ""
    s = overlay.at(f"differences.{position}")
    return (
        f"At a cost of {s.show('cost', _cost)} basis points of what is traded, the rule changed the mean "
        f"return by {s.points('annual_mean')} a year against no hedge "
        f"({with_interval(study, s, 'annual_mean_interval', Stats.points)}; {overlay.span()}). "
        f"{_reading(s.value)}"
    )


def _reading(difference: Difference) -> str:
    pair = difference.annual_mean_interval
    if pair is None:
        return ""
    if pair[0] <= 0 <= pair[1]:
        return "The interval includes zero: this record cannot tell the difference from chance."
    return "The interval lies wholly below zero." if pair[1] < 0 else "The interval lies wholly above zero."


def _rule(s: Stats) -> str:
    return (
        f"The rule hedges {s.percent('hedge_backwardation', 0)} of the holding after a close in "
        f"backwardation and {s.percent('hedge_contango', 0)} after one in contango: "
        f"{hedged_words(s)}, {s.span()}."
    )


def hedged_words(overlay: Stats) -> str:
    """Count what was hedged: "314 of 4,134 sessions hedged, in 99 episodes"."""
    return (
        f"{overlay.count('n_hedged')} of {overlay.plural('n_sessions', 'session')} hedged, in "
        f"{overlay.plural('n_episodes', 'episode')}"
    )


def _benches(overlay: Stats) -> tuple[Stats, ...]:
    """Return the comparisons with random orders at the middle cost; all costs are in the JSON."""
    costs = sorted({bench.cost for bench in overlay.value.bench})
    return tuple(s for s in overlay.each("bench") if s.value.cost == costs[len(costs) // 2])


def _luck(overlay: Stats) -> str:
    found = [s for s in _benches(overlay) if s.value.measure == "annual_mean" and s.value.better is not None]
    if not found or not overlay.value.n_hedged:
        return ""
    s = found[0]
    return (
        f"The same spells put in random order gave at least as high a mean return in {s.count('n_better')} "
        f"of {s.plural('n_compared', 'order')} ({s.percent('better')}, at {s.show('cost', _cost)} basis "
        "points)."
    )


def _picture(study: Study, overlay: Stats) -> PictureView:
    growth: Growth = overlay.value.growth
    drawn = draw_growth(
        growth.sessions,
        [
            GrowthLine(label="none", values=growth.unhedged, role="muted", width=1.5, dash="solid"),
            GrowthLine(label="always", values=growth.constant, role="contango", width=1.5, dash="5px,3px"),
            GrowthLine(label="regime", values=growth.regime, role="ink", width=2.0, dash="solid"),
        ],
        Caption(
            id="research-growth",
            title=f"Value of 1 held in {study.benchmark} under three rules",
            description="Lines by month: no hedge, the same mean hedge always, the hedge by regime.",
            sample=study.sample,
        ),
    )
    last = len(growth.sessions) - 1
    s = overlay.at("growth")
    return PictureView(
        id="research-growth",
        title="Value of 1",
        shape="growth",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(
            f"By {s.day(f'sessions.{last}')}, 1 held since {overlay.day('first_session')} had become "
            f"{s.fixed(f'unhedged.{last}', 2)} without a hedge, {s.fixed(f'constant.{last}', 2)} with the "
            f"same mean hedge all the time and {s.fixed(f'regime.{last}', 2)} with the hedge by regime, at "
            f"{s.show('cost', _cost)} basis points."
        ),
        key=(
            KeyView(mark="line-muted", label="no hedge"),
            KeyView(mark="dashed-contango", label="same mean hedge, always"),
            KeyView(mark="line-ink", label="hedge by regime"),
        ),
    )


def _strategies(overlay: Stats) -> TableView:
    columns = (
        "Rule",
        "Cost, bp",
        *(name for name, _ in _RESULTS.values()),
        "Turnover a year",
        "Cost a year",
    )
    return table(
        "Each rule at each cost of trading",
        columns,
        (
            _result_row(strategy, position)
            for strategy in overlay.each("strategies")
            for position in range(len(strategy.value.results) if strategy.value.n_trades else 1)
        ),
    )


def _result_row(s: Stats, position: int) -> RowView:
    strategy: Strategy = s.value
    result = s.at(f"results.{position}")
    note = f"mean hedge {s.percent('mean_hedge')}" if position == 0 else ""
    return RowView(
        strong=strategy.name == "regime",
        cells=(
            cell(NAMES[strategy.name], note),
            cell(result.show("cost", _cost) if strategy.n_trades else "any"),
            *(cell(show(result, name)) for name, (_, show) in _RESULTS.items()),
            cell(s.fixed("turnover")),
            cell(result.percent("cost_per_year", 2)),
        ),
    )


def _cost(value: float) -> str:
    return f.plain(value).removesuffix(".0")


def _differences(study: Study, overlay: Stats) -> TableView:
    return table(
        "The hedge by regime less each other rule, with intervals",
        ("Less", "Cost, bp", "Mean return a year", "Volatility", "Sharpe ratio", "Deepest fall"),
        (_difference_row(study, s) for s in overlay.each("differences")),
    )


def _difference_row(study: Study, s: Stats) -> RowView:
    return RowView(
        cells=(
            cell(NAMES[s.value.other]),
            cell(s.show("cost", _cost)),
            *(_gap(study, s, name, Stats.points) for name in ("annual_mean", "volatility")),
            _gap(study, s, "sharpe", _sharpe),
            _gap(study, s, "max_drawdown", Stats.points),
        )
    )


def _gap(study: Study, s: Stats, name: str, show: Show) -> Cell:
    return cell(show(s, name), bounds(study, s, f"{name}_interval", show))


def _sharpe(stats: Stats, keys: str) -> str:
    return stats.signed(keys, 2)


def _bench(overlay: Stats) -> TableView:
    benches = _benches(overlay)
    draws = benches[0].value.draws if benches else 0
    return table(
        f"The rule among the same spells in {f.count(draws)} random orders",
        ("Measure", "Where the rule lies", "The rule", "Random, median", "Nine in ten", "At least as good"),
        (_bench_row(s) for s in benches),
        words=2,
    )


def _bench_row(s: Stats) -> RowView:
    bench: Bench = s.value
    name, show = (_RETURNS | _RISKS)[bench.measure]
    return RowView(
        cells=(
            cell(name, f"at {s.show('cost', _cost)} bp"),
            Cell(text=_strip(bench)),
            cell(show(s, "value")),
            cell(show(s, "median")),
            cell(f"{show(s, 'low')} to {show(s, 'high')}"),
            cell(s.percent("better"), f"{s.count('n_better')} of {s.count('n_compared')}"),
        )
    )


def _strip(bench: Bench) -> Markup:
    if bench.value is None or bench.low is None or bench.median is None or bench.high is None:
        return Markup(f.UNDEFINED)  # noqa: S704 - a constant
    drawn = draw_strip(low=bench.low, median=bench.median, high=bench.high, value=bench.value, role="ink")
    return Markup(drawn)  # noqa: S704 - numbers alone
