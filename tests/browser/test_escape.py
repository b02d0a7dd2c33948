"""Hostile words in every string of the settings and of the editorial files: shown, never run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.browser.places import own_links, page_files, page_paths, served
from tests.command import ivts
from tests.conftest import BUILT_AT

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

ROOT = Path(__file__).parents[2]
HANDLER = "<img src=x data-injected onerror=alert(1)>"
PAYLOADS = {
    "markup": "<script>alert(1)</script></script></title></style></svg><script>alert(1)</script>"
    f"{HANDLER}<svg data-injected onload=alert(1)><a href='javascript:alert(1)'>x</a></svg>",
    "quotes": "\" data-injected onmouseover=alert(1) x='"
    " [x](javascript:alert(1)) ![x](data:text/html,alert) <b data-injected>x</b>"
    ' &lt;script&gt; &amp; &#60;b data-injected&#62; %3Cb%3E %{y} `\\"`',
    "letters": "\u202e\u0645\u0624\u0634\u0631 \u05de\u05d3\u05d3 \u2066x\u2069"
    " \U0001f4c8\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\u200d\u2620\ufe0f e\u0301",
}
FIXED = {
    "id",
    "url",
    "href",
    "first",
    "last",
    "session",
    "value",
    "date",
    "anchor",
    "json_keys",
    "path",
    "start",
    "when",
    "source",
}
"""Keys of the editorial files whose values are names, addresses, days or numbers, not words."""
TOKEN = re.compile(r"-?[a-z0-9.-]+|[0-9.,\s]+|%")
"""In the files of the hedge lab a lower-case word, numbers and the percent sign are what code reads."""
CONFIGURED = (
    ("site", "name"),
    ("series", "vix", "label"),
    ("series", "vix", "horizon"),
    ("series", "vix3m", "label"),
    ("series", "vix3m", "horizon"),
    ("series", "spy", "label"),
    ("series", "spy", "horizon"),
)
SUSPECT = """() => {
  const handlers = [...document.querySelectorAll('*')].filter((element) =>
    [...element.attributes].some(({ name, value }) => /^on/.test(name) || /^\\s*javascript:/i.test(value)));
  const injected = [...document.querySelectorAll('[data-injected]')];
  const isData = (script) => /^application\\/(ld\\+)?json$/.test(script.type);
  const scripts = [...document.scripts].filter((script) => !script.src && !isData(script));
  return [...handlers, ...injected, ...scripts].map((element) => element.outerHTML.slice(0, 200));
}"""


def poisoned(value: Any, payload: str, key: str = "", *, tokens: bool = False) -> Any:
    """Return YAML data with the payload appended to every string of words; where asked for, not to tokens."""
    if isinstance(value, dict) and key == "flags":
        return value  # conditions, as `when` is one
    if isinstance(value, dict):
        return {name: poisoned(item, payload, name, tokens=tokens) for name, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, payload, key, tokens=tokens) for item in value]
    fixed = key in FIXED or (tokens and isinstance(value, str) and TOKEN.fullmatch(value))
    return f"{value} {payload}" if isinstance(value, str) and not fixed else value


def strings(value: Any) -> Iterator[str]:
    """Return every string in some YAML data."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def poison_project(folder: Path, payload: str) -> int:
    """Copy the project, put the payload everywhere, and return into how many strings."""
    for name in ("templates", "static"):
        shutil.copytree(ROOT / name, folder / name)
    if (ROOT / "node_modules").is_dir():
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
    settings = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    for *path, last in CONFIGURED:
        within = settings
        for key in path:
            within = within[key]
        within[last] += f" {payload}"
    for band in settings["ratio"]["bands"]:
        band["name"] += f" {payload}"
    settings["site"]["related_links"] = [{"label": payload, "url": "https://example.org/", "note": payload}]
    (folder / "config.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    count = sum(payload in text for text in strings(settings))
    written = payload.replace("{", "{{").replace("}", "}}")
    for file in sorted((folder / "templates/content").glob("*.yaml")):
        content = poisoned(
            yaml.safe_load(file.read_text("utf-8")), written, tokens=file.stem in ("lab", "hedge")
        )
        count += sum(written in text for text in strings(content))
        file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return count


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(" ".join(PAYLOADS.values()), id="together"),
        *(pytest.param(text, id=name, marks=pytest.mark.whole) for name, text in PAYLOADS.items()),
    ],
)
def test_hostile_words_are_only_words(
    visitor: Callable[..., Visit], sample_data: Path, tmp_path: Path, payload: str
) -> None:
    """With the payload in every string: no dialog, no element of its own, no complaint, charts still draw."""
    assert poison_project(tmp_path, payload) > 300
    built = ivts(
        *("build", "--config", tmp_path / "config.yaml", "--data-dir", sample_data),
        *("--out", tmp_path / "site", "--built-at", BUILT_AT),
    )
    assert built.code == 0, built.err
    for file in page_files(tmp_path / "site"):
        _, data, rest = file.read_text("utf-8").partition('<script type="application/ld+json">')
        assert not data or json.loads(rest.partition("</script>")[0])
    visit = visitor()
    dialogs: list[str] = []
    visit.spent = True
    visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    with served(tmp_path / "site") as origin:
        visit.origin = origin
        own_links(visit.page, origin)
        for path in page_paths(tmp_path / "site"):
            page = visit.open(path).page
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            if path == "/":
                for chart in ("signal", "term-structure", "spy-backwardation", "distribution"):
                    visit.wake(chart).hover()
            elif path == "/episodes/":
                page.locator("[data-sortable] button").first.click()
            assert page.evaluate(SUSPECT) == [], path
            assert visit.violations == [], path
    assert dialogs == []
    assert visit.complaints == []


def test_an_injected_element_would_be_noticed(visitor: Callable[..., Visit], sample_site: Path) -> None:
    """The check is not blind: a handler and an element put into the page are both reported."""
    visit = visitor().open()
    visit.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", HANDLER)
    assert len(visit.page.evaluate(SUSPECT)) == 2
