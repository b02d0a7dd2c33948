"""Sites to measure: from sample closes, and from recorded ones where there are any; served compressed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

from tests import shared

from ivts_site.serve import serve_folder

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    return found


def find_npm_file(path: str) -> Path:
    file = ROOT / "node_modules" / path
    if not file.is_file():
        raise SystemExit(f"node_modules/{path} is missing: npm ci --ignore-scripts")
    return file


def command(*args: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ivts_site", *map(str, args)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, args))}: exit code {done.returncode}\n{done.stderr}")


def build_sample(folder: Path) -> Path:
    command("sample", "--out", folder / "sample-data")
    command("build", "--data-dir", folder / "sample-data", "--out", folder / "sample")
    return folder / "sample"


def build_recorded(folder: Path) -> Path | None:
    """Return the site from the recorded closes beside the checkout; None where there are none."""
    if not (shared.MIRROR.is_file() and shared.DATA.is_dir()):
        return None
    with shared.Mirror() as mirror:
        settings = [part for override in mirror.overrides for part in ("--set", override)]
        command("fetch", "--data-dir", folder / "recorded-data", *settings)
    command("build", "--data-dir", folder / "recorded-data", "--out", folder / "recorded")
    return folder / "recorded"


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as `ivts-site serve` does, until the program ends; yield the address."""
    said: Queue[str] = Queue()
    threading.Thread(target=serve_folder, args=(folder, 0, said.put), daemon=True).start()
    yield said.get(timeout=10).split(" on ")[1].split("/ ")[0]
