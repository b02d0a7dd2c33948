"""How long spells last, and what other lines would have counted."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.studies import Caption, draw_steps
from ivts_site.content.research import Study as Words
from ivts_site.snapshot.research_parts import RegimeSurvival, Survival, ThresholdPair, Thresholds
from ivts_site.view.parts import Cell, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Study, bounds, cell, csv_of, share_cell, table, with_interval
from ivts_site.view.research_facts import lasted_answer
from ivts_site.view.research_types import KeyView, PictureView, StudyView
from ivts_site.view.stats import Stats, marked

CSV = "charts/research-duration.csv"


def build_survival(words: Words, study: Study) -> StudyView:
    """Lay out the lengths of spells: the answer for today, a picture for each regime."""
    survival = study.stats.at("survival")
    regimes = [regime for regime in survival.each("regimes") if regime.value.points]
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        findings=(marked(_today(study)),),
        tables=(_remaining(study, survival),),
        pictures=tuple(_picture(study, survival.value, regime) for regime in regimes),
        csv=CSV,
        note=build_prose(words.note, "../"),
    )


def survival_csv(survival: Survival) -> str:
    """Return the estimates of both regimes by length."""
    rows = [
        (regime.regime, p.sessions, p.n_at_risk, p.n_ended, p.survival, *(p.interval or (None, None)))
        for regime in survival.regimes
        for p in regime.points
    ]
    names = ["regime", "sessions", "n_at_risk", "n_ended", "survival", "interval_low", "interval_high"]
    return csv_of(names, rows)


def build_thresholds(words: Words, study: Study) -> StudyView:
    """Lay out the pairs of lines in one table, with the best of the first half followed into the second."""
    lines = study.stats.at("thresholds")
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        findings=tuple(marked(text) for text in (_mined(study, lines),) if text),
        tables=(_pairs(study, lines),),
        note=build_prose(words.note, "../"),
    )


def _today(study: Study) -> str:
    survival = study.stats.at("survival")
    answer = lasted_answer(study.stats)
    where = f"Today is day {survival.count('day')} of {survival.text('regime')}."
    if answer == f.UNDEFINED:
        return f"{where} No past spell of this regime has reached that day."
    return f"{where} {answer}"


def _remaining(study: Study, survival: Stats) -> TableView:
    return table(
        "Spells that reached today's day, and how many of them lasted on",
        ("Lasted at least", "Share", "Interval"),
        (_remaining_row(study, part) for part in survival.each("remaining")),
    )


def _remaining_row(study: Study, part: Stats) -> RowView:
    more = f"{part.plural('more', 'more session', 'more sessions')}"
    return RowView(
        cells=(
            cell(more),
            share_cell(part.at("lasted")),
            cell(bounds(study, part, "interval", Stats.percent)),
        )
    )


def _picture(study: Study, survival: Survival, stats: Stats) -> PictureView:
    regime: RegimeSurvival = stats.value
    id_ = f"research-duration-{regime.regime}"
    drawn = draw_steps(
        [p.sessions for p in regime.points],
        [p.survival for p in regime.points],
        [p.interval for p in regime.points],
        today=survival.day if survival.regime == regime.regime else None,
        caption=Caption(
            id=id_,
            title=f"Spells of {regime.regime} that were still going",
            description="A staircase: share of spells longer than so many sessions, interval shaded.",
            sample=study.sample,
        ),
        role=regime.regime,
    )
    band = "band" if regime.regime == "backwardation" else "band-contango"
    return PictureView(
        id=id_,
        title=regime.regime.capitalize(),
        shape="steps",
        svg=Markup(drawn),  # noqa: S704 - drawn by charts, which escapes its labels
        summary=marked(_sentence(study, stats)),
        key=(
            KeyView(mark=f"line-{regime.regime}", label="share still going"),
            *((KeyView(mark=band, label="interval"),) if any(p.interval for p in regime.points) else ()),
        ),
        table=_points(study, stats),
    )


def _sentence(study: Study, s: Stats) -> str:
    regime: RegimeSurvival = s.value
    running = f", {s.count('n_censored')} of them still running" if regime.n_censored else ""
    half = (
        f"half of them were over within {s.plural('median', 'session')}"
        if regime.median is not None
        else "more than half of them were longer than any that has ended"
    )
    first = s.at("points.0")
    return (
        f"Of {s.plural('n_spells', 'spell')} of {s.text('regime')} ({s.span()}{running}), {half} and the "
        f"longest lasted {s.plural('longest', 'session')}; {first.percent('survival')} outlasted "
        f"{first.plural('sessions', 'session')}{_bounds(study, s, first)}."
    )


def _bounds(study: Study, s: Stats, point: Stats) -> str:
    """Return the interval of a share in brackets, or why there is none; nothing for a share of 0 or 1."""
    few = s.value.n_spells < study.stats.value.method.min_cases
    if point.value.interval is None and not few:
        return ""
    return f" ({with_interval(study, point, 'interval', Stats.percent)})"


def _points(study: Study, s: Stats) -> TableView:
    return table(
        f"Spells of {s.value.regime} by length",
        ("Sessions", "At least so long", "Ended then", "Share longer", "Interval"),
        (_point(study, s, point) for point in s.each("points")),
        words=0,
    )


def _point(study: Study, s: Stats, p: Stats) -> RowView:
    told = p.value.interval is not None or s.value.n_spells < study.stats.value.method.min_cases
    return RowView(
        cells=(
            cell(p.count("sessions")),
            cell(p.count("n_at_risk")),
            cell(p.count("n_ended")),
            cell(p.percent("survival")),
            cell(bounds(study, p, "interval", Stats.percent) if told else "\u2013"),
        )
    )


def _mined(study: Study, lines: Stats) -> str:
    thresholds: Thresholds = lines.value
    if thresholds.best_first_half is None:
        return ""
    best = lines.at(f"pairs.{thresholds.best_first_half}")
    pair: ThresholdPair = best.value
    first, second = best.at("first_half"), best.at("second_half")
    words = (
        f"Picked on the first half of the record ({first.at('inside').span()}), the best pair would have "
        f"been {_pair(best)}: the mean {study.benchmark} return over {lines.plural('horizon', 'session')} "
        f"from sessions inside episodes differed from that of the others by "
        f"{first.points('difference')} ({with_interval(study, first, 'difference_interval', Stats.points)})."
    )
    if pair.rank_second_half is None:
        return words
    return (
        f"{words} In the second half ({second.at('inside').span()}) the same pair ranked "
        f"{best.count('rank_second_half')} of {len(thresholds.pairs)}, with "
        f"{second.points('difference')} "
        f"({with_interval(study, second, 'difference_interval', Stats.points)})."
    )


def _pair(stats: Stats) -> str:
    return f"{stats.show('entry', f.plain)} / {stats.show('exit', f.plain)}"


def _pairs(study: Study, lines: Stats) -> TableView:
    thresholds: Thresholds = lines.value
    threshold = study.stats.value.window.threshold
    columns = (
        "Begins above / ends at or below",
        "Episodes",
        "Share of sessions",
        f"{study.benchmark} over {f.plural(thresholds.horizon, 'session')}",
        "Difference",
        "First half",
        "Second half",
    )
    return table(
        "Pairs of lines: what counts as an episode, what followed, and the same in both halves of the record",
        columns,
        (
            _pair_row(study, pair, own=pair.value.entry == threshold == pair.value.exit)
            for pair in lines.each("pairs")
        ),
    )


def _pair_row(study: Study, s: Stats, *, own: bool) -> RowView:
    whole = s.at("whole")
    return RowView(
        strong=own,
        cells=(
            cell(_pair(s), "the definition of this site" if own else ""),
            cell(
                whole.count("n_episodes"),
                f"mean length {whole.fixed('mean_sessions')}",
                f"{whole.fixed('flips_per_year')} flips a year",
            ),
            share_cell(whole.at("inside")),
            cell(whole.change("mean_return"), f"n = {whole.count('n_returns')}"),
            _difference(study, whole),
            _half(study, s, "first_half"),
            _half(study, s, "second_half"),
        ),
    )


def _difference(study: Study, s: Stats, *notes: str) -> Cell:
    return cell(s.points("difference"), bounds(study, s, "difference_interval", Stats.points), *notes)


def _half(study: Study, s: Stats, half: str) -> Cell:
    part = s.at(half)
    rank = f"rank {s.count(f'rank_{half}')}" if getattr(s.value, f"rank_{half}") is not None else ""
    return _difference(study, part, rank, part.plural("n_episodes", "episode"))
