"""Strings of the editorial files: their two kinds, and the facts quoted in them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, StringConstraints

from ivts_site.content.facts import FACTS
from ivts_site.errors import ContentError
from ivts_site.formatting import UNDEFINED

MARKDOWN = "markdown"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Markdown = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), MARKDOWN]

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
_WITH_ALTERNATIVE = {"text", "closing"}
"""Keys of texts that may have words for a short history beside them, under `otherwise`."""
_ANCHOR_LINK = re.compile(r"\[([^\]]+)\]\(#([^)]+)\)")
_LITERAL = {"{{": "{", "}}": "}"}
_Model = TypeVar("_Model", bound=BaseModel)


def substitute_facts(content: _Model, facts: Mapping[str, str]) -> _Model:
    """Return the content, or a part of it, with the facts in the place of every `{fact_name}`.

    `{{` and `}}` are literal braces. A fact is inserted as it is: nothing in it is read as a placeholder.
    Where a text quotes a fact that is undefined, the words under `otherwise` beside it stand in its place, if
    there are any. A ContentError tells every place that quotes a fact which is not given, with the nearest
    name, and every brace that stands alone.
    """

    def filled(text: str) -> str:
        return _TOKEN.sub(lambda token: _LITERAL.get(token[0]) or facts[token["name"]], text)

    tree = content.model_dump()
    problems = [f"{place.removeprefix('sections.')}: {problem}" for place, problem in _problems(tree, facts)]
    if problems:
        raise ContentError("content", problems)
    chosen = _with_alternatives(tree, {name for name, words in facts.items() if words == UNDEFINED})
    return type(content).model_validate(_mapped(chosen, filled))


def unlink(content: _Model, anchors: Set[str]) -> _Model:
    """Return the content with links to the given anchors of the same page turned into their words."""

    def kept(link: re.Match[str]) -> str:
        return link[1] if link[2] in anchors else link[0]

    tree = _mapped(content.model_dump(), lambda text: _ANCHOR_LINK.sub(kept, text))
    return type(content).model_validate(tree)


def text_problems(text: str, facts: Mapping[str, str]) -> Iterator[str]:
    """Word what is wrong with the placeholders of one text; nothing where all is well."""
    for token in _TOKEN.finditer(text):
        name = token["name"]
        if name is None and token[0] not in _LITERAL:
            yield f"a single {token[0]!r}; write {token[0] * 2!r} for a literal brace"
        elif name is not None and name not in facts:
            yield f"unknown fact {{{name}}}{_nearest(name, facts)}"


def content_problems(tree: object) -> list[str]:
    """Word every placeholder problem in a tree of plain values, each with its key path."""
    return [f"{place}: {problem}" for place, problem in _problems(tree, FACTS)]


def _nearest(name: str, facts: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(name, facts, n=1, cutoff=0.5)
    return f"; did you mean {{{close[0]}}}?" if close else ""


def nodes(tree: object, place: str = "") -> Iterator[tuple[str, object]]:
    """Yield a tree of plain values and everything in it, each with its key path."""
    yield place, tree
    listed = enumerate(tree) if isinstance(tree, list | tuple) else ()
    for key, value in tree.items() if isinstance(tree, Mapping) else listed:
        yield from nodes(value, f"{place}.{key}".lstrip("."))


def _problems(tree: object, facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    texts = ((place, node) for place, node in nodes(tree) if isinstance(node, str))
    return ((place, problem) for place, text in texts for problem in text_problems(text, facts))


def _with_alternatives(tree: Any, undefined: Set[str]) -> Any:
    """Put the words under `otherwise` in the place of texts that quote an undefined fact."""
    if isinstance(tree, Mapping):
        chosen = {key: _with_alternatives(value, undefined) for key, value in tree.items()}
        for key in _WITH_ALTERNATIVE & chosen.keys() if chosen.get("otherwise") else ():
            if undefined & {token["name"] for token in _TOKEN.finditer(chosen[key])}:
                chosen[key] = chosen["otherwise"]
        return chosen
    return (
        [_with_alternatives(value, undefined) for value in tree] if isinstance(tree, list | tuple) else tree
    )


def _mapped(tree: Any, change: Callable[[str], str]) -> Any:
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, Mapping):
        return {key: _mapped(value, change) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_mapped(value, change) for value in tree]
    return tree
