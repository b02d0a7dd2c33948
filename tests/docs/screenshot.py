"""`.github/screenshot.png`: the top of the tracker page built from sample data, drawn by a real browser."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from tests.command import ivts
from tests.docs.reference import README

PICTURE = README.parent / ".github" / "screenshot.png"
SIZE = {"width": 1200, "height": 1330}


def main() -> None:
    """Build the sample site and photograph it."""
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
    if browser is None:
        sys.stderr.write("No Chromium here: the README's picture is left as it is.\n")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        built = ivts(
            "build",
            "--data-dir",
            Path(folder) / "none",
            "--out",
            Path(folder) / "site",
            "--built-at",
            "2026-01-02T00:00:00Z",
        )
        assert built.code == 0, built.err
        chrome = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        # without scripts: no note about the age of the sample closes
        page = chrome.new_context(viewport=SIZE, java_script_enabled=False).new_page()
        page.goto((Path(folder) / "site/index.html").as_uri())
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.quantize(96, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
