"""Paths of the fund around the beginning and the end of episodes."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.studies import Caption, draw_fan
from ivts_site.content.research import Study as Words
from ivts_site.snapshot.research_parts import EventGroup, EventStudy
from ivts_site.view.parts import Cell, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Study, cell, csv_of, table
from ivts_site.view.research_types import KeyView, PictureView, StudyView
from ivts_site.view.stats import Stats, marked

CSV = "charts/research-events.csv"
_SHOWN = (5, 21, 63)
_MONTH = 21
_TITLES = {"first": "From the first session", "end": "From the end"}
_KEY = (
    KeyView(mark="line-backwardation", label="median path"),
    KeyView(mark="band", label="middle half of the paths"),
    KeyView(mark="dotted", label="median around all sessions"),
)


def build_events(words: Words, study: Study) -> StudyView:
    """Lay out the event study: a fan for the first session and for the end, and a table of every anchor."""
    events = study.stats.at("events")
    fans = [
        group
        for group in events.each("groups")
        if group.value.anchor in _TITLES and group.value.min_sessions == 1 and group.value.n_paths
    ]
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        findings=() if fans else (marked("No episode has a whole path stored around it yet."),),
        pictures=tuple(_picture(study, events, group, fans) for group in fans),
        tables=(_table(study, events),),
        csv=CSV,
        note=build_prose(words.note, "../"),
    )


def events_csv(events: EventStudy) -> str:
    """Return the paths of every group by offset, returns as fractions."""
    rows = [
        (group.anchor, group.min_sessions, offset, *values)
        for group in events.groups
        for offset, *values in zip(
            events.offsets, group.lower_quartile, group.median, group.upper_quartile, group.mean, strict=False
        )
    ]
    return csv_of(
        ["anchor", "min_sessions", "offset", "lower_quartile", "median", "upper_quartile", "mean"], rows
    )


def _picture(study: Study, events: Stats, group: Stats, fans: list[Stats]) -> PictureView:
    whole: EventStudy = events.value
    one: EventGroup = group.value
    id_ = f"research-around-{one.anchor}"
    drawn = draw_fan(
        whole.offsets,
        median=one.median,
        quartiles=(one.lower_quartile, one.upper_quartile),
        baseline=whole.baseline_median,
        shared=[line for fan in fans for line in (fan.value.lower_quartile, fan.value.upper_quartile)],
        caption=Caption(
            id=id_,
            title=f"{study.benchmark} around episodes: {_TITLES[one.anchor].lower()}",
            description="Median path, middle half of all paths shaded, median around all sessions dotted.",
            sample=study.sample,
        ),
        role="backwardation" if one.anchor == "first" else "contango",
    )
    return PictureView(
        id=id_,
        title=_TITLES[one.anchor],
        shape="fan",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(_sentence(study, events, group)),
        key=_KEY if one.anchor == "first" else (KeyView(mark="line-contango", label="median path"), *_GREEN),
    )


_GREEN = (KeyView(mark="band-contango", label=_KEY[1].label), _KEY[2])


def _sentence(study: Study, events: Stats, group: Stats) -> str:
    whole: EventStudy = events.value
    day = "the first session" if group.value.anchor == "first" else "the first session back in contango"
    if _MONTH not in whole.offsets:
        return f"Paths around {day} of {group.plural('n_paths', 'episode')} ({group.span()})."
    at = whole.offsets.index(_MONTH)
    around = f"; around all {events.plural('n_baseline', 'session')} it stood at "
    baseline = f"{around}{events.change(f'baseline_median.{at}')}" if whole.baseline_median else ""
    low, high = (group.change(f"{quartile}.{at}") for quartile in ("lower_quartile", "upper_quartile"))
    return (
        f"{f.count(_MONTH)} sessions after {day} of {group.plural('n_paths', 'episode')} ({group.span()}), "
        f"the median path of {study.benchmark} stood at {group.change(f'median.{at}')} and the middle half "
        f"of them between {low} and {high}{baseline}."
    )


def _table(study: Study, events: Stats) -> TableView:
    whole: EventStudy = events.value
    shown = [(offset, whole.offsets.index(offset)) for offset in _SHOWN if offset in whole.offsets]
    within = f.plural(whole.worst_within, "session")
    columns = (
        "Day 0",
        "Episodes",
        *(f"Median, day +{offset}" for offset, _ in shown),
        f"Worst close within {within}: median, middle half, deepest",
        "Fell below day 0",
    )
    return table(
        f"{study.benchmark} after day 0, by what day 0 is; medians over episodes",
        columns,
        (_row(group, [at for _, at in shown]) for group in events.each("groups")),
    )


def _row(s: Stats, positions: list[int]) -> RowView:
    group: EventGroup = s.value
    worst = f"{s.change('worst_lower_quartile')} to {s.change('worst_upper_quartile')}"
    deepest = f"{s.change('worst')}, from {s.day('worst_session')}" if group.worst is not None else ""
    return RowView(
        cells=(
            cell(_anchor(group), "" if group.knowable else "looks ahead: length known only later"),
            cell(s.count("n_paths"), s.span()),
            *(_median(s, at) for at in positions),
            cell(s.change("worst_median"), worst if group.n_worst else "", deepest),
            cell(s.percent("lower_after.value"), s.at("lower_after").share(), s.at("lower_after").span()),
        )
    )


def _median(s: Stats, at: int) -> Cell:
    if not s.value.n_paths:
        return cell(f.UNDEFINED)
    spread = f"{s.change(f'lower_quartile.{at}')} to {s.change(f'upper_quartile.{at}')}"
    return cell(s.change(f"median.{at}"), spread)


def _anchor(group: EventGroup) -> str:
    least = f", episodes of {group.min_sessions} or more" if group.min_sessions > 1 else ""
    if group.anchor == "reached":
        return f"Day {group.min_sessions} reached"
    return {"first": "First session", "end": "End"}[group.anchor] + (least or ", all episodes")
