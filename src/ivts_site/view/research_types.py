"""The research page as the templates see it."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from ivts_site.view.parts import LinkView, TableView
from ivts_site.view.types import HeadView, ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """What a mark of a picture stands for; `mark` names the sample drawn before the words."""

    mark: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture of a study: what it shows in a sentence with numbers, and these numbers as a table.

    `shape` is the class of its box.
    """

    id: str
    title: str
    shape: str
    svg: Markup
    summary: Markup
    key: tuple[KeyView, ...] = ()
    table: TableView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyView:
    """A study: its question, what was found in sentences, pictures, tables that are always shown, caveat.

    `csv` is the address of what is drawn below the site's root, or empty.
    """

    id: str
    title: str
    lead: Markup
    findings: tuple[Markup, ...] = ()
    pictures: tuple[PictureView, ...] = ()
    csv: str = ""
    tables: tuple[TableView, ...] = ()
    note: Markup = field(default_factory=Markup)

    @property
    def layout(self) -> str:
        """Class of the box that holds the pictures: how many stand beside each other where there is room."""
        return f"p-{len(self.pictures)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A result at the head of the page: one number, what it is, and where the study stands."""

    label: str
    value: Markup
    text: Markup
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchView:
    """The research page."""

    head: HeadView
    shell: ShellView
    title: str
    lead: Markup
    span: Markup
    findings: tuple[FindingView, ...]
    contents: tuple[LinkView, ...]
    studies: tuple[StudyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchPage:
    """The page and the files that its pictures offer, by their path below the site's root."""

    view: ResearchView
    files: dict[str, str]
