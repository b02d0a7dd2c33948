"""What a page's markup holds, found with the standard parser; faults of nesting are listed."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

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
