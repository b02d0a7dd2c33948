"""The studies as a part of the site: made when something they rest on has changed, else kept ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

import ivts_site
from ivts_site.analytics import Analysis
from ivts_site.analytics.studies import RESEARCH, measure_all
from ivts_site.analytics.study_input import StudyInput
from ivts_site.config import Config
from ivts_site.pipeline.core import Core, Part
from ivts_site.pipeline.inputs import Inputs
from ivts_site.pipeline.optional_series import optional_keys
from ivts_site.published.serialize import rounded, to_lines
from ivts_site.published.studies import Research
from ivts_site.store.cache import read_cached, write_cached

RESEARCH_FILE = "api/v1/research.json"
CACHE = Path(".cache/research")
_CODE = ("analytics", "published")


def research_part(core: Core) -> Part:
    """Make `api/v1/research.json`."""
    return Part(files={RESEARCH_FILE: to_lines(core.research).encode()})


def current_research(config: Config, *, root: Path, inputs: Inputs, analysis: Analysis) -> Research:
    """Return the studies of an analysis.

    Parameters
    ----------
    config : Config
        Settings of the studies.
    root : Path
        Folder below which results are kept, in `.cache/research`: neither published nor committed, and safe
        to delete. A damaged entry is made anew; a folder that cannot be written keeps nothing.
    inputs : Inputs
        Optional series.
    analysis : Analysis
        The history.

    Returns
    -------
    Research
        The same whether it was kept or made.
    """
    key = _key(config, inputs, analysis)
    kept = read_cached(root / CACHE, key)
    if kept is not None:
        return TypeAdapter(RESEARCH).validate_json(kept)
    labels = {series: told.label for series, told in config.series.items()}
    study = StudyInput(
        analysis=analysis, rules=config.research, labels=labels, further=inputs.optional.read()
    )
    # rounded here, so that page and JSON tell the same numbers whether they were kept or made
    research = rounded(measure_all(study, sample=inputs.sample))
    write_cached(root / CACHE, key, to_lines(research).encode())
    return research


def _key(config: Config, inputs: Inputs, analysis: Analysis) -> str:
    """Digest of all that the result is a function of: closes, settings, and the code with its libraries."""
    panel = analysis.panel
    labels = {key: config.series[key].label for key in optional_keys(config)}
    settings = (config.research, config.statistics.forward_sessions, analysis.rules, labels, inputs.sample)
    roles = (panel.front, panel.back, panel.benchmark, panel.as_of)
    digest = hashlib.sha256(f"{code_digest()} {settings!r} {roles!r} {inputs.optional.digest}".encode())
    digest.update(panel.closes.index.to_numpy().tobytes())
    digest.update(np.ascontiguousarray(panel.closes.to_numpy()).tobytes())
    return digest.hexdigest()


def code_digest() -> str:
    """Digest of the program's files that decide or publish numbers, and of its libraries' versions."""
    package = Path(ivts_site.__file__).parent
    digest = hashlib.sha256(f"{np.__version__} {pd.__version__}".encode())
    for path in sorted(path for folder in _CODE for path in (package / folder).rglob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
