"""The hedge lab: fields, patterns for its script, and the results of the first case worked out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from ivts_site import formatting as f
from ivts_site.analytics.hedge import MOVES
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.content.lab import Case, Input, Lab, Panel, Picture, Result
from ivts_site.snapshot.hedge_types import HedgeLab
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.lab_frame import build_frame
from ivts_site.view.lab_types import (
    CaseView,
    FieldView,
    FigureView,
    LabView,
    ListView,
    PanelView,
    PictureView,
    ResultView,
    WayView,
)
from ivts_site.view.lab_words import fill_tokens
from ivts_site.view.lab_work import Numbers, work_out
from ivts_site.view.parts import ItemView, LinkView
from ivts_site.view.prose import build_prose
from ivts_site.view.shell import build_shell
from ivts_site.words.names import names

PATH = "hedge/"
_ROOT = "../"
_WAY_CELLS = ("[{0}_usd]", "[+{0}_pct]", "[{0}_lost_usd]", "[{0}_left_coin]", "[{0}_left_usd]")


def build_lab(
    lab: HedgeLab, snapshot: Snapshot, content: Content, config: Config, *, level: float | None = None
) -> LabView:
    """Word the page.

    Parameters
    ----------
    lab : HedgeLab
        What is published of the decision frame and of the measured overlay.
    snapshot : Snapshot
        Frame of the page.
    content : Content
        With facts filled in.
    config : Config
        Names and addresses.
    level : float, optional
        Share of intervals of the overlay that are meant to hold the true value.

    Returns
    -------
    LabView

    Raises
    ------
    HedgeInputError
        Where a worked case holds what a calculator refuses.
    """
    words, base = content.lab, config.site.base_url
    starts = _starts(words)
    first, *others = words.panels
    numbers = work_out(starts | words.cases[0].inputs, words.words)
    fields = {entry.name: _field(entry, starts, numbers) for entry in words.inputs}
    own = {name for panel in words.panels for name in panel.inputs}
    trail = [LinkView(label=words.title, href=PATH)]
    return LabView(
        head=build_head(
            content,
            snapshot,
            base,
            path=PATH,
            title=words.title,
            description=words.description,
            graph=[breadcrumbs(content.head.site_name, base, trail)],
        ),
        shell=build_shell(content, snapshot, config, root=_ROOT, path=PATH),
        title=words.title,
        lead=build_prose(words.lead, _ROOT),
        estimate=build_prose(words.estimate, _ROOT),
        no_script=build_prose(words.no_script, _ROOT),
        settings=_settings(words),
        contents=tuple(LinkView(label=title, href=anchor) for anchor, title in _anchors(content)),
        hold=fields["hold"],
        fields=tuple(field for name, field in fields.items() if name not in own | {"hold"}),
        lists=tuple(
            ListView(name=s.name, label=s.label, hint=s.hint, value="\n".join(s.start.split()))
            for s in words.series
        ),
        outside=words.outside,
        cards=tuple(_figure("", card.label, card.shows, numbers, note=card.note) for card in words.cards),
        strip=_figure("", "", words.strip, numbers),
        bars_title=words.bars_title,
        bars=tuple(_figure(bar.name, bar.label, bar.shows, numbers) for bar in words.bars),
        position=_panel(first, fields, numbers),
        panels=tuple(_panel(panel, fields, numbers) for panel in others),
        ways=_ways(words, numbers),
        frame=build_frame(lab, content.hedge.frame, words, benchmark=names(config).benchmark, level=level),
        cases_title=words.cases_title,
        cases_lead=build_prose(words.cases_lead, _ROOT),
        cases=tuple(_case(case, words, starts, fields) for case in words.cases),
        terms_title=words.terms_title,
        terms=tuple(
            ItemView(id=item.id, title=item.title, text=build_prose(item.text, _ROOT)) for item in words.terms
        ),
    )


def _anchors(content: Content) -> Iterable[tuple[str, str]]:
    yield from ((panel.id, panel.title) for panel in content.lab.panels)
    yield content.hedge.frame.id, content.hedge.frame.title


def _starts(words: Lab) -> dict[str, str]:
    """Return what every field holds at first, by name."""
    numbers = {entry.name: entry.start for entry in words.inputs}
    return numbers | {entry.name: entry.start for entry in words.series} | {"unit": "usd"}


def _settings(words: Lab) -> str:
    """Return what the script cannot read from the fields, as JSON."""
    return json.dumps(
        {"words": words.words.model_dump(), "messages": words.messages, "moves": MOVES},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _field(entry: Input, starts: Mapping[str, str], numbers: Numbers) -> FieldView:
    slider = entry.slider
    return FieldView(
        name=entry.name,
        label=entry.label,
        symbol=entry.symbol,
        unit=entry.unit,
        hint=entry.hint,
        hinted=fill_tokens(entry.hint, numbers),
        value=entry.start,
        low=slider.low if slider else "",
        high=slider.high if slider else "",
        step=slider.step if slider else "",
        of=slider.of if slider else "",
        at=_slider_at(entry, starts),
    )


def _slider_at(entry: Input, starts: Mapping[str, str]) -> str:
    if entry.slider is None or entry.slider.of == "value":
        return entry.start
    move = (float(entry.start) / float(starts["entry"]) - 1) * 100
    return f"{move:.6g}"


def _figure(name: str, label: str, shows: str, numbers: Numbers, note: str = "") -> FigureView:
    return FigureView(
        name=name,
        label=label,
        shows=shows,
        text=fill_tokens(shows, numbers),
        note=note,
        noted=fill_tokens(note, numbers),
    )


def _panel(panel: Panel, fields: Mapping[str, FieldView], numbers: Numbers) -> PanelView:
    return PanelView(
        id=panel.id,
        title=panel.title,
        lead=build_prose(panel.lead, _ROOT),
        says=panel.says,
        said=fill_tokens(panel.says, numbers),
        fields=tuple(fields[name] for name in panel.inputs),
        results=tuple(_result(result, numbers) for result in panel.results),
        picture=_picture(panel.picture) if panel.picture else None,
        note=build_prose(panel.note, _ROOT),
    )


def _result(result: Result, numbers: Numbers) -> ResultView:
    return ResultView(
        label=result.label,
        shows=result.shows,
        text=fill_tokens(result.shows, numbers),
        formula=result.formula,
        numbers=result.numbers,
        worked=fill_tokens(result.numbers, numbers, bare=True),
    )


def _picture(picture: Picture) -> PictureView:
    return PictureView(
        name=picture.name,
        title=picture.title,
        across=picture.across,
        lines=tuple((line.name, line.label) for line in picture.lines),
    )


def _ways(words: Lab, numbers: Numbers) -> tuple[WayView, ...]:
    return tuple(
        WayView(
            label=way.label,
            formula=way.formula,
            worked=fill_tokens(way.formula, numbers),
            cells=tuple(
                (pattern, fill_tokens(pattern, numbers))
                for pattern in (cell.format(way.name.replace("-", "_")) for cell in _WAY_CELLS)
            ),
        )
        for way in words.ways
    )


def _case(case: Case, words: Lab, starts: Mapping[str, str], fields: Mapping[str, FieldView]) -> CaseView:
    numbers = work_out({**starts, **case.inputs}, words.words)
    return CaseView(
        id=case.id,
        title=case.title,
        text=case.text,
        href="#" + urlencode({**case.inputs, "at": case.panel}),
        given=f.listing(list(_given(case.inputs, fields))),
        outcome=fill_tokens(case.outcome, numbers),
    )


def _given(inputs: Mapping[str, str], fields: Mapping[str, FieldView]) -> Iterable[str]:
    """Word the inputs of a case: "You hold 10,000 USD", "hedge factor 50 %"."""
    held = {"usd": "USD", "coin": "coin"}[inputs["unit"]]
    yield f"{f.fixed(float(inputs['hold']), 0)} {held}"
    for name, field in fields.items():
        if name in inputs and name != "hold":
            yield f"{field.label.lower()} {_quantity(inputs[name], field.unit)}"


def _quantity(text: str, unit: str) -> str:
    whole, point, decimals = text.partition(".")
    number = f"{f.fixed(float(whole), 0)}{point}{decimals}"
    if unit == "×":
        return f"{number}×"
    return number if unit == "days" else f"{number}{f.THIN_SPACE if unit == '%' else ' '}{unit}"
