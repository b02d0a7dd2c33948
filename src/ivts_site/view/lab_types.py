"""The hedge lab as its template sees it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ivts_site.view.parts import ItemView, LinkView, TableView
from ivts_site.view.types import HeadView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A number field with its slider; `low` is empty where there is none, `of` what the slider sets."""

    name: str
    label: str
    symbol: str
    unit: str
    hint: str
    hinted: str
    value: str
    low: str
    high: str
    step: str
    of: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A field for pasted numbers."""

    name: str
    label: str
    hint: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """A result: words worked out for the first case, and the patterns from which the script makes others."""

    label: str
    shows: str
    text: str
    formula: str
    numbers: str
    worked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A chart drawn by the script; lines as pairs of name and label."""

    name: str
    title: str
    across: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """A group of results."""

    id: str
    title: str
    lead: Markup
    says: str
    said: str
    fields: tuple[FieldView, ...]
    results: tuple[ResultView, ...]
    picture: PictureView | None
    note: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """A way to reckon the liquidation price; a pattern and its words for the formula and each cell."""

    label: str
    formula: str
    worked: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A number to be read first, or a bar: its pattern and words, and those of the line below it."""

    name: str
    label: str
    shows: str
    text: str
    note: str = ""
    noted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A worked case: its address, inputs and outcome in words."""

    id: str
    title: str
    text: str
    href: str
    given: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRow:
    """A row of the decision frame; ends of the range are links that put them into the lab."""

    id: str
    name: str
    ends: tuple[LinkView, ...]
    reason: str
    evidence: str
    reading: str
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameView:
    """The decision frame, the row of the session first, and the measured overlay beside it."""

    id: str
    title: str
    lead: Markup
    rule: Markup
    today: str
    link: LinkView
    rows: tuple[RangeRow, ...]
    evidence: str
    missing: str
    overlay: TableView | None
    differences: TableView | None
    outcome: Markup
    overlay_words: tuple[Markup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabView:
    """The page; `settings` is what the script needs to know besides the fields, as JSON."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    estimate: Markup
    no_script: Markup
    settings: str
    contents: tuple[LinkView, ...]
    hold: FieldView
    fields: tuple[FieldView, ...]
    lists: tuple[ListView, ...]
    outside: str
    cards: tuple[FigureView, ...]
    strip: FigureView
    bars_title: str
    bars: tuple[FigureView, ...]
    position: PanelView
    panels: tuple[PanelView, ...]
    ways: tuple[WayView, ...]
    frame: FrameView
    cases_title: str
    cases_lead: Markup
    cases: tuple[CaseView, ...]
    terms_title: str
    terms: tuple[ItemView, ...]
