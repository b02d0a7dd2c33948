"""Tell which files of the site differ from those another revision makes of the same closes.

    make same                # against main
    make same BASE=HEAD~3

Each side fetches the recorded vendor data beside the checkout into a data folder of its own, makes the sample
closes, and builds both sites with every page of the past. The sites of a revision are kept in `.cache/same`.
Hashes are masked: an asset under a new name is shown once, as the asset, and not in every page that names it.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from tests import shared

from benchmarks.sites import ROOT

CACHE = ROOT / ".cache/same"
KEPT_REVISIONS = 3
NOW = "2026-02-28T12:00:00Z"  # after the last recorded session
ASSET = re.compile(r"(?<=\.)[0-9a-f]{12}(?=\.\w)")
DIGEST = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b|sha(?:256|384)-[A-Za-z0-9+/=]+")
DIFFS = 8
LINES = 14
WIDTH = 160


def git(*args: str | Path) -> str:
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


class Side:
    """A checkout whose own code makes the sites."""

    def __init__(self, checkout: Path, python: Path) -> None:
        self.checkout, self.python = checkout, python

    def run(self, *args: str | Path) -> None:
        done = subprocess.run(
            [str(self.python), "-m", "ivts_site", *map(str, args)],
            cwd=self.checkout,
            env=os.environ | {"PYTHONPATH": str(self.checkout / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.checkout}: {' '.join(map(str, args))}\n{done.stderr}")

    def vendors(self, mirror: str) -> Iterator[str]:
        """Settings that lead every source of this revision to the recorded data."""
        sources = yaml.safe_load((self.checkout / "config.yaml").read_text("utf-8"))["sources"]
        for name, source in sources.items():
            host = source["base_url"].partition("//")[2]
            yield from ("--set", f"sources.{name}.base_url={mirror}/{host}")

    def build(self, folder: Path, rows: str) -> None:
        data = folder / f"{rows}-data"
        if rows == "sample":
            self.run("sample", "--out", data)
        else:
            with shared.Mirror() as mirror:
                self.run("fetch", "--data-dir", data, "--now", NOW, *self.vendors(mirror.url))
        past = ("--set", "archive.days=true", "--set", "archive.episodes=true")
        self.run("build", "--data-dir", data, "--out", folder / rows, "--built-at", NOW, *past)
        shutil.rmtree(folder / f".{rows}.spare", ignore_errors=True)


def build_sites(side: Side, folder: Path, kinds: Iterable[str]) -> None:
    """Build side by side, from nothing: a page kept from before would hide what changed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [pool.submit(side.build, folder, rows) for rows in kinds]:
            done.result()


@contextlib.contextmanager
def checked_out(revision: str) -> Iterator[Side]:
    """A revision in a folder of its own; installed packages are shared where it asks for the same ones."""
    with tempfile.TemporaryDirectory() as parent:
        checkout = Path(parent) / "base"
        git("worktree", "add", "--detach", checkout, revision)
        try:
            link_node_modules(checkout)
            yield Side(checkout, python_for(checkout))
        finally:
            git("worktree", "remove", "--force", checkout)


def link_node_modules(checkout: Path) -> None:
    lock = "package-lock.json"
    if (checkout / lock).read_bytes() == (ROOT / lock).read_bytes():
        (checkout / "node_modules").symlink_to(ROOT / "node_modules")
    else:
        install = ("npm", "ci", "--omit=dev", "--ignore-scripts", "--loglevel=error", "--no-progress")
        subprocess.run(install, cwd=checkout, check=True)


def python_for(checkout: Path) -> Path:
    wanted, here = (
        tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
        for folder in (checkout, ROOT)
    )
    if wanted == here:
        return Path(sys.executable)
    subprocess.run([sys.executable, "-m", "venv", checkout / ".venv"], check=True)
    python = checkout / ".venv/bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def base_sites(revision: str, kinds: list[str]) -> Path:
    """Folder of the revision's sites, built unless they are kept from an earlier run."""
    inputs = hashlib.sha256(Path(__file__).read_bytes() + " ".join(kinds).encode())
    for file in sorted(shared.DATA.rglob("*")) if "recorded" in kinds else ():
        stat = file.stat()
        inputs.update(f"{file} {stat.st_size} {stat.st_mtime_ns}".encode())
    folder = CACHE / f"{revision[:12]}-{inputs.hexdigest()[:8]}"
    if not (folder / "complete").exists():
        with checked_out(revision) as side:
            build_sites(side, folder, kinds)
        (folder / "complete").touch()
    kept = sorted(CACHE.glob("*/complete"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-KEPT_REVISIONS]:
        shutil.rmtree(old.parent)
    return folder


def files_of(site: Path) -> dict[str, Path]:
    """Files by path, the hashes in the names of assets masked."""
    files = (file for file in site.rglob("*") if file.is_file())
    return {ASSET.sub("-", file.relative_to(site).as_posix()): file for file in files}


def text_of(file: Path | None) -> str | None:
    """Text with hashes masked; None of a picture."""
    if file is None:
        return ""
    try:
        return DIGEST.sub("-", ASSET.sub("-", file.read_text("utf-8")))
    except UnicodeDecodeError:
        return None


def same(one: Path | None, other: Path | None) -> bool:
    if one is None or other is None:
        return False
    if one.read_bytes() == other.read_bytes():
        return True
    text = text_of(one)
    return text is not None and text == text_of(other)


def lines_of(text: str) -> list[str]:
    """Lines short enough to compare: minified files have few of their own."""
    return re.sub(r"(?<=[^\n])(?=<)|(?<=[,;}])(?=\S)", "\n", text).splitlines()


def show_diff(name: str, base: Path | None, new: Path | None) -> None:
    before, after = text_of(base), text_of(new)
    if before is None or after is None:
        print(f"{name}: another picture")
        return
    diff = difflib.unified_diff(
        lines_of(before), lines_of(after), f"base/{name}", f"new/{name}", n=1, lineterm=""
    )
    for number, line in enumerate(diff):
        if number == LINES:
            print("...")
            return
        print(line[:WIDTH])


def kind(name: str) -> str:
    """The path with dates left out: what changes in one such page mostly changes in all."""
    return re.sub(r"\d{4}(-\d\d-\d\d)?", "*", name)


def compare(base: Path, new: Path, differing: list[str]) -> None:
    """Print how two sites differ; add the paths that do to the list."""
    old_files, new_files = files_of(base), files_of(new)
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in sorted({*old_files, *new_files}):
        if not same(old_files.get(name), new_files.get(name)):
            kinds[kind(name)].append(name)
            differing.append(f"{new.name}/{name}")
    print(f"{new.name}: {sum(map(len, kinds.values()))} of {len(new_files)} files differ")
    for names in kinds.values():
        gone = " (gone)" if names[0] not in new_files else " (new)" if names[0] not in old_files else ""
        print(f"  {names[0]}{gone}" + (f" and {len(names) - 1} like it" if len(names) > 1 else ""))
    for names in list(kinds.values())[:DIFFS]:
        show_diff(names[0], old_files.get(names[0]), new_files.get(names[0]))


def main() -> int:
    """Return 1 where a file differs."""
    revision = git("rev-parse", "--verify", f"{sys.argv[1]}^{{commit}}")
    kinds = ["sample"]
    if shared.MIRROR.is_file() and shared.DATA.is_dir():
        kinds.append("recorded")
    else:
        print("no recorded vendor data in ../shared beside the checkout: sample rows alone")
    base, new = base_sites(revision, kinds), CACHE / "new"
    build_sites(Side(ROOT, Path(sys.executable)), new, kinds)
    differing: list[str] = []
    for rows in kinds:
        compare(base / rows, new / rows, differing)
    listed = CACHE / "differing.txt"
    listed.write_text("".join(f"{path}\n" for path in differing), "utf-8")
    print(f"same as {revision[:12]}" if not differing else f"every path: {listed.relative_to(ROOT)}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
