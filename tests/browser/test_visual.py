"""Screenshots of the front page built from sample closes, against small golden pictures.

`.venv/bin/python -m pytest tests/browser/test_visual.py --update-golden` writes them anew; look at them
before they are committed. They are drawn in DejaVu Sans, so that the letters do not depend on the machine,
and shrunk, so that they are small: this finds what moved or changed color, not a letter.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tests.browser.places import served
from tests.command import ivts
from tests.conftest import BUILT_AT
from tests.sampled import sample, spread
from tests.stored import store_sample
from tests.view_states import config

from ivts_site.store import Reason

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

HERE = Path(__file__).parents[1] / "golden" / "screens"
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
WIDTHS = (360, 768, 1440)
SHRINK = {360: 2, 768: 3, 1440: 4}
SCREENS = 2400
"""Pixels of the page's height that are compared: everything above the editorial sections."""
STRONG = 40
MAX_DIFFERING = 0.01
COLOURS = 32
BORDERLINE = "2017-12-05"
"""Ratio 1.0003 in the sample data, above the line for one session."""

MAX_BYTES, MAX_ALL_BYTES = 60_000, 400_000

Pixels = npt.NDArray[np.int16]


def photograph(visit: Visit, width: int, height: int = SCREENS) -> Image.Image:
    """Return the top of the page, in one typeface, shrunk."""
    visit.page.evaluate(
        """() => {
          const { style } = document.documentElement;
          style.setProperty('--sans', "'DejaVu Sans'");
          style.setProperty('--mono', "'DejaVu Sans Mono'");
        }"""
    )
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    shot = visit.page.screenshot(full_page=True, clip=clip, animations="disabled")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    size = (width // SHRINK[width], height // SHRINK[width])
    return picture.resize(size, Image.Resampling.BOX)


def pixels(picture: Image.Image) -> Pixels:
    """Return a picture's colors as numbers."""
    return np.asarray(picture.convert("RGB")).astype(np.int16)


def differing(one: Pixels, other: Pixels) -> float:
    """Return the share of pixels that differ strongly in a color; all of them where the sizes differ."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other).max(axis=2) > STRONG).mean())


@pytest.mark.skipif(not FONT.is_file(), reason="DejaVu Sans is missing: apt-get install fonts-dejavu-core")
@pytest.mark.parametrize(("theme", "width"), spread(("light", "dark"), tuple(map(str, WIDTHS))))
def test_the_page_looks_as_it_did(
    visitor: Callable[..., Visit], theme: str, width: str, update_golden: bool, tmp_path: Path
) -> None:
    """Hardly a pixel differs from the picture last looked at; the new one is kept where one does."""
    visit = visitor(viewport={"width": int(width), "height": 900}, color_scheme=theme).open()
    compare(photograph(visit, int(width)), HERE / f"{width}-{theme}.png", tmp_path, update_golden)


def compare(made: Image.Image, golden: Path, kept: Path, update_golden: bool) -> None:
    """Compare a picture with the golden one, or make it that; keep it for a look."""
    if update_golden:
        HERE.mkdir(parents=True, exist_ok=True)
        made.quantize(COLOURS, dither=Image.Dither.NONE).save(golden, optimize=True)
    made.save(kept / golden.name)
    share = differing(pixels(made), pixels(Image.open(golden)))
    assert share <= MAX_DIFFERING, f"{share:.2%} of the pixels differ, see {kept / golden.name}"


@dataclass(frozen=True)
class State:
    """A page in a state that few visitors meet: closes held back, as of when, when it is looked at."""

    held: Reason | None = None
    as_of: str = ""
    built_at: str = BUILT_AT
    now: str = BUILT_AT


STALE = State(now="2025-12-09T12:00:00Z")
STATES = {
    "stale": STALE,
    "provisional": State(held=Reason.EARLY, built_at="2025-11-28T19:00:00Z", now="2025-11-28T19:05:00Z"),
    "one-session": State(as_of="2009-09-18"),
    "borderline": State(as_of=BORDERLINE),
}
STATE_WIDTHS = (360, 1440)
STATE_HEIGHT = 1500


@pytest.fixture(scope="module", params=sample(STATES, 2))
def state_site(
    request: pytest.FixtureRequest, sample_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Name of a state, and the site built in it from sample closes."""
    state, folder = STATES[request.param], tmp_path_factory.mktemp("state")
    if state == STALE:
        return request.param, request.getfixturevalue("stored_site")
    data = store_sample(folder / "data", sample_data, held=state.held) if state.held else sample_data
    as_of = ("--as-of", state.as_of) if state.as_of else ()
    built = ivts("build", "--data-dir", data, "--out", folder / "site", "--built-at", state.built_at, *as_of)
    assert built.code == 0, built.err
    return request.param, folder / "site"


@pytest.mark.skipif(not FONT.is_file(), reason="DejaVu Sans is missing: apt-get install fonts-dejavu-core")
def test_rare_states_look_as_they_did(
    visitor: Callable[..., Visit], state_site: tuple[str, Path], update_golden: bool, tmp_path: Path
) -> None:
    """A stale page, a provisional session, a borderline ratio and a single session, on phone and desktop."""
    name, folder = state_site
    with served(folder) as origin:
        visit = visitor(fresh=True)
        visit.origin = origin
        visit.page.clock.set_fixed_time(STATES[name].now)
        for width in STATE_WIDTHS:
            visit.page.set_viewport_size({"width": width, "height": 900})
            visit.open()
            compare(
                photograph(visit, width, STATE_HEIGHT), HERE / f"{name}-{width}.png", tmp_path, update_golden
            )


def test_the_borderline_day_is_one(sample_site: Path) -> None:
    """The session chosen lies within the bounds of what is called borderline."""
    rows = (sample_site / "charts/signal.csv").read_text("utf-8").splitlines()
    (ratio,) = (float(row.split(",")[1]) for row in rows if row.startswith(BORDERLINE))
    low, high = config().ratio.borderline
    assert low <= ratio <= high


@pytest.mark.parametrize("width", WIDTHS)
def test_a_change_would_be_noticed(width: int) -> None:
    """The comparison is not blind: a page that begins eight pixels lower, or in the other theme."""
    light, dark = (pixels(Image.open(HERE / f"{width}-{theme}.png")) for theme in ("light", "dark"))
    assert differing(light, np.roll(light, 8 // SHRINK[width], axis=0)) > 2 * MAX_DIFFERING
    assert differing(light, dark) > 0.5


def test_golden_pictures_are_small() -> None:
    """Each is under 60 kB, all together under 400 kB."""
    sizes = [path.stat().st_size for path in HERE.glob("*.png")]
    assert len(sizes) == 2 * len(WIDTHS) + len(STATES) * len(STATE_WIDTHS)
    assert max(sizes) < MAX_BYTES
    assert sum(sizes) < MAX_ALL_BYTES
