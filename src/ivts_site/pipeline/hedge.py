"""The hedge lab as a part of the site: its page, and the decision frame with its counts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from ivts_site.analytics.decision_frame import count_rows, select_row
from ivts_site.content.lab import Condition, Lab
from ivts_site.errors import ContentError
from ivts_site.pipeline.context import BuildContext, Part
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.hedge import (
    VECTORS_SCHEMA,
    HedgeCondition,
    HedgeLab,
    HedgeSelection,
    HedgeTest,
    HedgeView,
)
from ivts_site.published.serialize import to_json
from ivts_site.published.stats import Stats
from ivts_site.render import Page
from ivts_site.words import hedge as say
from ivts_site.words import lab as lab_words
from ivts_site.words import research as studies
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

    `words` and `frame` are true whatever the data; `worked` is what comes of each case by its id, and `first`
    of that with which the page opens; `lab` is the decision frame as published, `overlay` the measured
    overlay as `Stats`, and `say` the sentences that depend on them. A worked case that a calculator refuses
    is a HedgeInputError.
    """
    words = context.content.lab
    worked = {
        case.id: lab_words.work_out(lab_words.starts_of(words) | case.inputs, words)
        for case in words.cases
        if not case.asks
    }
    research = studies.research_stats(context.research)
    return {
        "head": Head.of(words, PATH),
        "words": words,
        "frame": context.content.hedge,
        "settings": _settings(words),
        "inputs": {entry.name: entry for entry in words.inputs},
        "worked": worked,
        "first": worked[words.cases[0].id],
        "lab": Stats(path="hedge", value=lab),
        "overlay": None if lab.overlay is None else research.at("overlay"),
        "say": say,
    }


def _settings(words: Lab) -> str:
    """Return what the script cannot read from the page, as JSON."""
    own = {"hero", "deck", "summary", "strip", "names", "presets", "reads", "messages"}
    own |= {"words", "flags", "units", "steps"}
    settings = words.model_dump(mode="json", include=own, exclude_defaults=True)
    settings["inputs"] = {entry.name: entry.model_dump(exclude_defaults=True) for entry in words.inputs}
    settings["panels"] = [
        panel.model_dump(exclude={"question", "remark", "formulas"}, exclude_defaults=True)
        for panel in words.panels
    ]
    settings["cases"] = {case.id: {"inputs": case.inputs, "at": case.panel} for case in words.cases}
    return json.dumps(settings, ensure_ascii=False, separators=(",", ":"))


def hedge_lab(context: BuildContext) -> HedgeLab:
    """Return what is published of the hedge lab; a band that the settings do not have is a `ContentError`."""
    frame, snapshot, overlay = context.content.hedge, context.snapshot, context.research.overlay
    _check_bands(frame.conditions, {band.name for band in context.config.ratio.bands})
    rows = tuple(_row(condition, frame.evidence) for condition in frame.conditions)
    today = snapshot.regime
    chosen = select_row(rows, regime=today.name, regime_day=today.day, band=today.band)
    counts = count_rows(rows, _readings(context))
    n_sessions = sum(counts.values())
    return HedgeLab(
        schema_version=SCHEMA_VERSION,
        sample=snapshot.sample,
        as_of=snapshot.as_of,
        conditions=tuple(
            dataclasses.replace(row, n_selected=counts[row.id], share_selected=counts[row.id] / n_sessions)
            for row in rows
        ),
        selected=HedgeSelection(
            condition=chosen.id,
            regime=today.name,
            regime_day=today.day,
            band=today.band,
            rule=frame.rule,
        ),
        n_sessions=n_sessions,
        views=tuple(HedgeView(**view.model_dump()) for view in frame.views),
        overlay=overlay,
        overlay_missing=frame.no_overlay if overlay is None else None,
        vectors_schema=VECTORS_SCHEMA,
    )


def _readings(context: BuildContext) -> Iterable[tuple[str, int, str]]:
    """Regime, day and band of each session of the record."""
    table = context.analysis.table
    regimes = ("backwardation" if above else "contango" for above in table["backwardation"])
    return zip(regimes, table["regime.day"], table["regime.band"], strict=True)


def _row(condition: Condition, evidence: str) -> HedgeCondition:
    """Return a row of the frame, its sessions not yet counted."""
    when = HedgeTest(**dict(condition.when))
    return HedgeCondition(
        **condition.model_dump(include={"id", "name", "mood", "reason"}),
        hedge_low=condition.low,
        hedge_high=condition.high,
        evidence=evidence,
        when=when,
        reading=say.reading_words(when),
        n_selected=0,
        share_selected=0.0,
    )


def _check_bands(conditions: tuple[Condition, ...], known: set[str]) -> None:
    problems = [
        f"conditions.{position}.when.bands: {band!r} is none of ratio.bands: {', '.join(sorted(known))}"
        for position, condition in enumerate(conditions)
        for band in condition.when.bands
        if band not in known
    ]
    if problems:
        raise ContentError("hedge.yaml", problems)
