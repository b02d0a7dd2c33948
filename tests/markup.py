"""What a page's markup holds, found with the standard parser; faults of nesting are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for")

Tag = tuple[str, dict[str, str]]


class Page(HTMLParser):
    """A parsed page.

    Attributes
    ----------
    tags : list of (name, attributes)
        Every start tag in order.
    faults : list of str
        Tags that are closed in the wrong order, or never.
    scripts : list of str
        Text of every script element.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.faults: list[str] = []
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{name}> is never closed" for name in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element and open it."""
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> repeats an attribute: {names}")
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last, or note the fault."""
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes nothing that is open last")

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts."""
        if self._open and self._open[-1] == "script" and data.strip():
            self.scripts.append(data)

    def all(self, name: str) -> list[dict[str, str]]:
        """Attributes of every element of a name."""
        return [attributes for tag, attributes in self.tags if tag == name]

    def ids(self) -> Counter[str]:
        """How often each id is used."""
        return Counter(attributes["id"] for _, attributes in self.tags if "id" in attributes)

    def references(self) -> set[str]:
        """Ids that attributes or links within the page point at."""
        found = {
            word
            for _, attributes in self.tags
            for name in REFERENCES
            for word in attributes.get(name, "").split()
        }
        return found | {a["href"][1:] for a in self.all("a") if a.get("href", "").startswith("#")}

    def heading_levels(self) -> list[int]:
        """Levels of the headings in order."""
        return [int(tag[1]) for tag, _ in self.tags if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]


def assert_sound(html: str, where: str = "") -> Page:
    """Tags nest, ids are unique, what is pointed at exists, headings rise by one from a single first."""
    page = Page(html)
    assert page.faults == [], where
    assert [i for i, n in page.ids().items() if n > 1] == [], where
    assert page.references() - set(page.ids()) == set(), where
    levels = page.heading_levels()
    assert levels.count(1) == 1, where
    assert all(b - a <= 1 for a, b in pairwise(levels)), where
    return page


class Node:
    """An element of a parsed page: its name, attributes and children, which are nodes and texts."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[Node | str] = []

    def all(self, name: str, class_: str = "") -> list[Node]:
        """Elements below it of a name, in order; where given, of a class."""
        found = []
        for child in self.children:
            if isinstance(child, Node):
                if child.name == name and (not class_ or class_ in child.attributes.get("class", "").split()):
                    found.append(child)
                found += child.all(name, class_)
        return found

    def find(self, id_: str) -> Node:
        """The element with an id."""
        (found,) = (each for each in self._below() if each.attributes.get("id") == id_)
        return found

    def _below(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child._below()

    def text(self, *, without: str = "") -> str:
        """Its words with single spaces, those of elements of one name left out."""
        return " ".join("".join(self._texts(without)).split())

    def _texts(self, without: str) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.name != without:
                yield from child._texts(without)


class _Tree(HTMLParser):
    """Builds nodes of a page that `Page` finds no fault with."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that closes itself."""
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Close the last one."""
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.open[-1].children.append(data)


def parse(html: str) -> Node:
    """The page as a tree; the root has no name."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    (root,) = tree.open
    return root


def row(table: Node, start: str) -> list[str]:
    """Cells of the row whose heading starts with a text, each as "words | notes"."""
    found = next(r for r in rows(table) if r[0].text().startswith(start))
    return [_told(cell) for cell in found]


def rows(table: Node) -> list[list[Node]]:
    """Rows of the body, each a list of its cells."""
    return [
        [cell for cell in line.children if isinstance(cell, Node)] for line in table.all("tbody")[0].all("tr")
    ]


def _told(cell: Node) -> str:
    notes = "".join(small.text() for small in cell.all("small"))
    return f"{cell.text(without='small')} | {notes}".strip(" |")
