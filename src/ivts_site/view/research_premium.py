"""Expected against realised volatility: today's difference, both over time, averages by regime."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.studies import Caption, Volatilities, Whisker, draw_implied, draw_whiskers
from ivts_site.content.research import Study as Words
from ivts_site.snapshot.research_curve_types import Premium, Volatility
from ivts_site.view.parts import RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import (
    Study,
    bounds,
    cell,
    group_counts,
    overlap,
    share_cell,
    table,
    with_interval,
)
from ivts_site.view.research_types import KeyView, PictureView, StudyView
from ivts_site.view.stats import Stats, marked


def build_volatility(words: Words, study: Study, series: Volatilities | None) -> StudyView:
    """Lay out the premium: today's in a sentence, both volatilities over time, averages by regime."""
    volatility = study.stats.at("volatility")
    known = any(group.mean is not None for group in volatility.value.groups)
    pictures = (
        _implied_picture(study, volatility, series) if series is not None else None,
        _premium_picture(study, volatility) if known else None,
    )
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        findings=(marked(_today(study, volatility)),),
        pictures=tuple(picture for picture in pictures if picture is not None),
        note=build_prose(words.note, "../"),
    )


def premium_words(study: Study) -> str:
    """Say today's implied and realised volatility and their difference; nothing where one is not known."""
    s, front = study.stats.at("volatility"), study.stats.value.labels.front
    if s.value.realised is None:
        return ""
    return (
        f"{front} closed at {s.fixed('front', 2)}; over the {s.plural('sessions', 'session')} before, "
        f"{study.benchmark} realised a volatility of {s.fixed('realised')}. The difference is "
        f"{s.signed('premium')} points."
    )


def _today(study: Study, s: Stats) -> str:
    words = premium_words(study)
    if not words:
        return "Too few sessions are stored for a realised volatility."
    rank = s.at("realised_rank")
    return (
        f"{words} In variance that is {s.signed('premium_squared', 0)} points squared. Realised "
        f"volatility was no higher on {rank.share()} sessions ({rank.percent('value')}; {rank.span()})."
    )


def _implied_picture(study: Study, stats: Stats, series: Volatilities) -> PictureView:
    front = study.stats.value.labels.front
    drawn = draw_implied(
        series,
        Caption(
            id="research-implied",
            title=f"{front} and the volatility realised up to the same day",
            description=f"Two lines: closes of {front}, and the volatility of the sessions before.",
            sample=study.sample,
        ),
    )
    return PictureView(
        id="research-implied",
        title=f"{front} and past realised volatility, two years",
        shape="curve",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(
            f"On {study.stats.day('as_of')} the lines end at {stats.fixed('front', 2)} for {front} and at "
            f"{stats.fixed('realised')} for what {study.benchmark} had realised over "
            f"{stats.plural('sessions', 'session')}."
        ),
        key=(
            KeyView(mark="line-ink", label=front),
            KeyView(mark="line-muted", label=f"realised by {study.benchmark}"),
        ),
    )


def _premium_picture(study: Study, stats: Stats) -> PictureView:
    volatility: Volatility = stats.value
    id_ = "research-premium"
    groups = [group for group in volatility.groups[::-1] if group.mean is not None]
    drawn = draw_whiskers(
        [_whisker(group) for group in groups],
        Caption(
            id=id_,
            title=f"{study.stats.value.labels.front} less the volatility realised afterwards",
            description="A row a group of sessions: average difference in points and its interval.",
            sample=study.sample,
        ),
        fractions=False,
    )
    return PictureView(
        id=id_,
        title=f"Expected less realised over {f.plural(volatility.sessions, 'session')}, points",
        shape="rows",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(_sentence(study, stats)),
        key=(KeyView(mark="dot", label="average"), KeyView(mark="thick", label="block-bootstrap interval")),
        table=_premiums(study, stats),
    )


def _whisker(group: Premium) -> Whisker:
    role = group.id if group.id in {"contango", "backwardation"} else "ink"
    return Whisker(
        label="backw." if group.id == "backwardation" else group.id,
        value=group.mean or 0.0,
        interval=group.interval,
        naive=None,
        text=f.signed(group.mean, 1),
        role=role,
    )


def _sentence(study: Study, stats: Stats) -> str:
    every = stats.at("groups.0")
    positive = every.at("positive")
    return (
        f"After {positive.share()} sessions ({positive.percent('value')}) less was realised than "
        f"{study.stats.value.labels.front} had said; over all of them the difference was "
        f"{every.signed('mean')} points on average "
        f"({with_interval(study, every, 'interval', Stats.signed)}; {group_counts(every)}; {every.span()})."
    )


def _premiums(study: Study, stats: Stats) -> TableView:
    columns = (
        "Sessions in",
        "Sessions",
        "Mean, points",
        "Median",
        "Mean, points squared",
        "Less realised",
        "Realised",
    )
    return table(
        "Expected less realised volatility by regime",
        columns,
        (_premium_row(study, group) for group in stats.each("groups")),
    )


def _premium_row(study: Study, s: Stats) -> RowView:
    runs = s.plural("n_episodes", "run") if s.value.n_episodes > 1 else ""
    return RowView(
        cells=(
            cell("all regimes" if s.value.id == "all" else s.value.id),
            cell(s.count("n_sessions"), runs, overlap(s), s.span()),
            cell(s.signed("mean"), bounds(study, s, "interval", Stats.signed)),
            cell(s.signed("median")),
            cell(s.signed("mean_squared", 0), bounds(study, s, "squared_interval", _whole)),
            share_cell(s.at("positive")),
            cell(s.fixed("mean_realised")),
        )
    )


def _whole(stats: Stats, keys: str) -> str:
    return stats.signed(keys, 0)
