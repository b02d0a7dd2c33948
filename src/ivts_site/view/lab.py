"""The page of the hedge lab: its texts, the numbers of its cases, the decision frame."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from ivts_site.analytics.hedge import MOVES
from ivts_site.config import Config
from ivts_site.content import Content
from ivts_site.content.hedge import Frame
from ivts_site.content.lab import Input, Lab
from ivts_site.published.hedge import HedgeLab
from ivts_site.published.stats import Stats
from ivts_site.snapshot.types import Snapshot
from ivts_site.view.head import breadcrumbs, build_head
from ivts_site.view.parts import LinkView
from ivts_site.view.shell import build_shell
from ivts_site.view.types import HeadView, ShellView
from ivts_site.words import hedge
from ivts_site.words import lab as lab_words
from ivts_site.words.lab import Numbers, starts_of, work_out
from ivts_site.words.names import names

PATH = "hedge/"
_ROOT = "../"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabView:
    """What the page is laid out from.

    Attributes
    ----------
    words, frame
        What is true whatever the data: of the lab, of the decision frame.
    settings : str
        What the script needs to know besides the fields, as JSON.
    inputs : mapping
        Inputs by name.
    worked : mapping
        Numbers of every case by its id.
    numbers : dict
        Those of the first case, with which the page opens.
    lab : HedgeLab
        The decision frame as published.
    o : Stats, optional
        The measured overlay.
    level : float, optional
        Share of its intervals that are meant to hold the true value.
    """

    head: HeadView
    shell: ShellView
    words: Lab
    frame: Frame
    settings: str
    inputs: Mapping[str, Input]
    worked: Mapping[str, Numbers]
    numbers: Numbers
    lab: HedgeLab
    o: Stats | None
    level: float | None
    benchmark: str
    sentences: ModuleType = hedge
    lab_words: ModuleType = lab_words


def build_lab(
    lab: HedgeLab, snapshot: Snapshot, content: Content, config: Config, *, level: float | None = None
) -> LabView:
    """Put the page together.

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

    Raises
    ------
    HedgeInputError
        Where a worked case holds what a calculator refuses.
    """
    words, base = content.lab, config.site.base_url
    starts = starts_of(words)
    worked = {case.id: work_out(starts | case.inputs, words.words) for case in words.cases}
    return LabView(
        head=build_head(
            content,
            snapshot,
            base,
            path=PATH,
            title=words.title,
            description=words.description,
            graph=[breadcrumbs(content.head.site_name, base, [LinkView(label=words.title, href=PATH)])],
        ),
        shell=build_shell(content, snapshot, config, root=_ROOT, path=PATH),
        words=words,
        frame=content.hedge.frame,
        settings=_settings(words),
        inputs={entry.name: entry for entry in words.inputs},
        worked=worked,
        numbers=worked[words.cases[0].id],
        lab=lab,
        o=Stats(path="research.overlay", value=lab.overlay) if lab.overlay else None,
        level=level,
        benchmark=names(config).benchmark,
    )


def _settings(words: Lab) -> str:
    """Return what the script cannot read from the fields, as JSON."""
    return json.dumps(
        {"words": words.words.model_dump(), "messages": words.messages, "moves": MOVES},
        ensure_ascii=False,
        separators=(",", ":"),
    )
