"""Things commonly said, and what the record says; the results at the head of the page."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.content.research import Research as Words
from ivts_site.content.research import Study as StudyWords
from ivts_site.snapshot.research_parts import Claim
from ivts_site.view.parts import Cell, RowView, TableView
from ivts_site.view.prose import build_prose
from ivts_site.view.research_cells import Show, Study, cell, table, with_interval
from ivts_site.view.research_facts import after_backwardation, lasted_answer
from ivts_site.view.research_overlay import headline, hedged_words, overlay_words
from ivts_site.view.research_types import FindingView, StudyView
from ivts_site.view.stats import Stats, marked

ICONS = {"supported": "\u2713", "not supported": "\u2715", "too few cases": "?"}
_VERDICT = Markup('<span class="verdict v-{}"><span aria-hidden="true">{}</span> {}</span>')
_ASKED = {"above": "more than", "below": "less than"}
_MONTH = 21


def _hundredths(s: Stats, keys: str) -> str:
    return s.signed(keys, 2)


def _two(s: Stats, keys: str) -> str:
    return s.fixed(keys, 2)


_UNITS: Mapping[str, tuple[Show, Show, Show]] = {
    "return": (Stats.change, Stats.points, Stats.change),
    "share": (Stats.percent, Stats.points, Stats.percent),
    "correlation": (_hundredths, _hundredths, _hundredths),
    "points": (Stats.signed, Stats.signed, Stats.fixed),
    "ratio": (_two, _hundredths, _two),
}
"""How a number of each unit is written: on its own, as a difference of two groups, and in each group."""


def build_claims(words: StudyWords, study: Study) -> StudyView:
    """Lay out the table of claims: sentence and test, number with its interval, cases, verdict."""
    return StudyView(
        id=words.id,
        title=words.title,
        lead=build_prose(words.lead, "../"),
        tables=(_claims(study),) if study.stats.value.claims else (),
        note=build_prose(words.note, "../"),
    )


def build_findings(words: Words, study: Study) -> tuple[FindingView, ...]:
    """Lay out the results at the head of the page; what is not measured is left out."""
    found = (
        _tallied(words, study),
        _followed(words, study),
        _lasted(words, study),
        _hedged(words, study),
    )
    return tuple(finding for finding in found if finding is not None)


def _claims(study: Study) -> TableView:
    return table(
        "Claims, tests, numbers and verdicts",
        ("What is said, and the test", "Verdict", "Number", "Cases"),
        (_row(study, claim) for claim in study.stats.each("claims")),
        words=4,
    )


def _row(study: Study, s: Stats) -> RowView:
    claim: Claim = s.value
    number = f"{_number(s)}{_unit(claim)}"
    return RowView(
        id=f"claim-{claim.id}",
        cells=(
            cell(s.text("claim"), s.text("test")),
            _verdict(s),
            cell(number, _interval(study, s), _groups(s)),
            cell(s.count("n_sessions"), f"{s.count('n_cases')} that do not overlap", s.span()),
        ),
    )


def _shows(claim: Claim) -> tuple[Show, Show]:
    """Return how the number is written, and how that of a group is."""
    alone, difference, group = _UNITS[claim.unit]
    return (alone if claim.group is None or claim.rest is None else difference), group


def _number(s: Stats) -> str:
    return _shows(s.value)[0](s, "value")


def _unit(claim: Claim) -> str:
    return " points" if claim.unit == "points" and claim.value is not None else ""


def _interval(study: Study, s: Stats) -> str:
    return with_interval(study, s, "interval", _shows(s.value)[0])


def _groups(s: Stats) -> str:
    """Return what was compared: two groups, or a share's counts, what is claimed and the others' share."""
    claim: Claim = s.value
    show = _shows(claim)[1]
    hits = f" ({s.count('n_hits')} of {s.count('n_sessions')})" if claim.n_hits is not None else ""
    if claim.rest is None:
        return hits.strip(" ()")
    other = f"{s.count('n_rest_hits')} of " if claim.n_rest_hits is not None else "n = "
    rest = f"{show(s, 'rest')} ({other}{s.count('n_rest')})"
    if claim.group is None:
        asked = f"the saying needs {_ASKED[claim.side]} {s.percent('null_value', 0)}"
        return f"{hits.strip(' ()')}; {asked}; after all other sessions {rest}"
    return f"{show(s, 'group')}{hits} against {rest}"


def _verdict(s: Stats) -> Cell:
    claim: Claim = s.value
    name = claim.verdict.replace(" ", "-")
    icon = _VERDICT.format(name, ICONS[claim.verdict], marked(s.text("verdict")))
    return Cell(text=icon, note="the record points the other way" if claim.contradicted else "")


def _tallied(words: Words, study: Study) -> FindingView | None:
    s = study.stats.at("verdicts")
    if not s.value.n_claims:
        return None
    few = f" and {s.count('too_few_cases')} on which too little is stored" if s.value.too_few_cases else ""
    return FindingView(
        label="Common sayings that the record supports",
        value=marked(f"{s.count('supported')} of {s.count('n_claims')}"),
        text=marked(
            f"{s.count('not_supported')} not supported{few}; each with its test, its number and its "
            f"{study.level} interval."
        ),
        href=f"#{words.claims.id}",
    )


def _followed(words: Words, study: Study) -> FindingView | None:
    group = after_backwardation(study.stats, _MONTH)
    if group is None or group.value.mean is None:
        return None
    every = next(r for r in study.stats.each("returns") if r.value.horizon == _MONTH).at("all")
    line = f.plain(study.stats.value.window.threshold)
    return FindingView(
        label=f"{study.benchmark}, {_MONTH} sessions after a close above {line}",
        value=marked(group.change("mean")),
        text=marked(
            f"on average, {with_interval(study, group, 'interval', Stats.change)}, against "
            f"{every.change('mean')} after all sessions; n = {group.count('n_sessions')} in "
            f"{group.plural('n_episodes', 'episode')}, {group.span()}."
        ),
        href=f"#{words.returns.id}",
    )


def _lasted(words: Words, study: Study) -> FindingView | None:
    answer = lasted_answer(study.stats)
    if answer == f.UNDEFINED:
        return None
    survival = study.stats.at("survival")
    return FindingView(
        label=f"{survival.value.regime.capitalize()} has lasted",
        value=marked(survival.plural("day", "session")),
        text=marked(answer),
        href=f"#{words.survival.id}",
    )


def _hedged(words: Words, study: Study) -> FindingView | None:
    overlay = study.stats.value.overlay
    position = headline(overlay) if overlay and overlay.n_hedged else None
    if position is None:
        return None
    s = study.stats.at(f"overlay.differences.{position}")
    return FindingView(
        label="Hedging in backwardation, a year",
        value=marked(s.points("annual_mean")),
        text=marked(f"{overlay_words(study)} {hedged_words(study.stats.at('overlay'))}."),
        href=f"#{words.overlay.id}",
    )
