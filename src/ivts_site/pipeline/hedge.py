"""The hedge lab as a part of the site: its page, and the decision frame with the row that the day selects."""

from __future__ import annotations

import json

from ivts_site.analytics.hedge import MOVES, select_row
from ivts_site.content.hedge import Condition
from ivts_site.content.lab import Lab
from ivts_site.errors import ContentError
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.hedge import VECTORS_SCHEMA, HedgeCondition, HedgeLab, HedgeSelection, HedgeTest
from ivts_site.published.serialize import to_json
from ivts_site.render import Page
from ivts_site.words import hedge as say
from ivts_site.words import lab as lab_words
from ivts_site.words import research as studies
from ivts_site.words.lab import starts_of, work_out
from ivts_site.words.site import Head

HEDGE_FILE = "api/v1/hedge.json"
PATH = "hedge/"


def hedge_part(context: BuildContext) -> Part:
    """Make `hedge/` and `api/v1/hedge.json`."""
    lab = hedge_lab(context)
    page = Page(path=PATH, template="hedge.html", make=lambda: lay_out_lab(context, lab))
    return Part(files={HEDGE_FILE: to_json(lab).encode()}, pages=(page,))


def lay_out_lab(context: BuildContext, lab: HedgeLab) -> dict[str, object]:
    """Return what the template of the lab reads.

    `worked` holds the numbers of each case by its id and `numbers` those of the first, with which the page
    opens; `lab` is the decision frame as published, `s` the studies with the path of each number.
    """
    content, words = context.content, context.content.lab
    starts = starts_of(words)
    worked = {case.id: work_out(starts | case.inputs, words.words) for case in words.cases}
    return {
        "head": Head.of(words, PATH),
        "words": words,
        "frame": content.hedge.frame,
        "settings": _settings(words),
        "inputs": {entry.name: entry for entry in words.inputs},
        "worked": worked,
        "numbers": worked[words.cases[0].id],
        "lab": lab,
        "s": studies.research_stats(context.research),
        "studies": studies,
        "benchmark": context.names.benchmark,
        "say": say,
        "lab_words": lab_words,
    }


def _settings(words: Lab) -> str:
    """Return what the script cannot read from the fields, as JSON."""
    return json.dumps(
        {"words": words.words.model_dump(), "messages": words.messages, "moves": MOVES},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def hedge_lab(context: BuildContext) -> HedgeLab:
    """Return what is published of the hedge lab; a band that the settings do not have is a `ContentError`."""
    frame, snapshot, overlay = context.content.hedge.frame, context.snapshot, context.research.overlay
    _check_bands(frame.conditions, {band.name for band in context.config.ratio.bands})
    rows = tuple(_row(condition, frame.evidence) for condition in frame.conditions)
    today = snapshot.regime
    chosen = select_row(rows, regime=today.name, regime_day=today.day, band=today.band)
    return HedgeLab(
        schema_version=SCHEMA_VERSION,
        sample=snapshot.sample,
        as_of=snapshot.as_of,
        conditions=rows,
        selected=HedgeSelection(
            condition=chosen.id,
            regime=today.name,
            regime_day=today.day,
            band=today.band,
            rule=frame.rule,
        ),
        overlay=overlay,
        overlay_missing=frame.no_overlay if overlay is None else None,
        vectors_schema=VECTORS_SCHEMA,
    )


def _row(condition: Condition, evidence: str) -> HedgeCondition:
    when = HedgeTest(**dict(condition.when))
    return HedgeCondition(
        id=condition.id,
        name=condition.name,
        hedge_low=condition.low,
        hedge_high=condition.high,
        reason=condition.reason,
        evidence=evidence,
        when=when,
        reading=say.reading_words(when),
    )


def _check_bands(conditions: tuple[Condition, ...], known: set[str]) -> None:
    problems = [
        f"frame.conditions.{position}.when.bands: {band!r} is none of ratio.bands: {', '.join(sorted(known))}"
        for position, condition in enumerate(conditions)
        for band in condition.when.bands
        if band not in known
    ]
    if problems:
        raise ContentError("hedge.yaml", problems)
