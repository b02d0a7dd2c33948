"""Screenshots of the front page built from sample closes, against small golden pictures.

`.venv/bin/python -m pytest tests/browser/test_visual.py --update-golden` writes them anew; look at them
before they are committed. They are drawn in DejaVu Sans, so that the letters do not depend on the machine,
and shrunk, so that they are small: this finds what moved or changed colour, not a letter.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

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
MAX_BYTES, MAX_ALL_BYTES = 60_000, 400_000

Pixels = npt.NDArray[np.int16]


def photograph(visit: Visit, width: int) -> Image.Image:
    """Return the top of the page, in one typeface, shrunk."""
    visit.page.evaluate(
        """() => {
          const { style } = document.documentElement;
          style.setProperty('--sans', "'DejaVu Sans'");
          style.setProperty('--mono', "'DejaVu Sans Mono'");
          document.querySelector('[data-status]').style.display = 'none'; // it ages
        }"""
    )
    clip = {"x": 0, "y": 0, "width": width, "height": SCREENS}
    shot = visit.page.screenshot(full_page=True, clip=clip, animations="disabled")
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    size = (width // SHRINK[width], SCREENS // SHRINK[width])
    return picture.resize(size, Image.Resampling.BOX)


def pixels(picture: Image.Image) -> Pixels:
    """Return a picture's colours as numbers."""
    return np.asarray(picture.convert("RGB")).astype(np.int16)


def differing(one: Pixels, other: Pixels) -> float:
    """Return the share of pixels that differ strongly in a colour; all of them where the sizes differ."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other).max(axis=2) > STRONG).mean())


@pytest.mark.skipif(not FONT.is_file(), reason="DejaVu Sans is missing: apt-get install fonts-dejavu-core")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_looks_as_it_did(
    visitor: Callable[..., Visit], width: int, theme: str, update_golden: bool, tmp_path: Path
) -> None:
    """Hardly a pixel differs from the picture last looked at; the new one is kept where one does."""
    visit = visitor(viewport={"width": width, "height": 900}, color_scheme=theme).open()
    made = photograph(visit, width)
    golden = HERE / f"{width}-{theme}.png"
    if update_golden:
        HERE.mkdir(parents=True, exist_ok=True)
        made.quantize(COLOURS, dither=Image.Dither.NONE).save(golden, optimize=True)
    made.save(tmp_path / golden.name)
    share = differing(pixels(made), pixels(Image.open(golden)))
    assert share <= MAX_DIFFERING, f"{share:.2%} of the pixels differ, see {tmp_path / golden.name}"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_change_would_be_noticed(width: int) -> None:
    """The comparison is not blind: a page that begins eight pixels lower, or in the other theme."""
    light, dark = (pixels(Image.open(HERE / f"{width}-{theme}.png")) for theme in ("light", "dark"))
    assert differing(light, np.roll(light, 8 // SHRINK[width], axis=0)) > 2 * MAX_DIFFERING
    assert differing(light, dark) > 0.5


def test_golden_pictures_are_small() -> None:
    """Each is under 60 kB, all together under 400 kB."""
    sizes = [path.stat().st_size for path in HERE.glob("*.png")]
    assert len(sizes) == 2 * len(WIDTHS)
    assert max(sizes) < MAX_BYTES
    assert sum(sizes) < MAX_ALL_BYTES
