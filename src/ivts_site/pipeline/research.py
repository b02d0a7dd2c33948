"""The studies as a part of the site: made when something they rest on has changed, else kept ones."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

import ivts_site
from ivts_site.analytics import Analysis
from ivts_site.config import Config
from ivts_site.pipeline.core import Core, Part
from ivts_site.pipeline.further import further_keys
from ivts_site.pipeline.inputs import Inputs
from ivts_site.snapshot import to_lines
from ivts_site.snapshot.research_types import Research
from ivts_site.snapshot.shape import fill
from ivts_site.store.cache import read_cached, write_cached

RESEARCH_FILE = "api/v1/research.json"
CACHE = Path(".cache/research")
_CODE = ("analytics", "snapshot")


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
        return fill(Research, json.loads(kept))
    # the studies' own modules are of no use to a build that finds them done
    from ivts_site.analytics.research import study  # noqa: PLC0415
    from ivts_site.pipeline.research_rules import research_rules  # noqa: PLC0415
    from ivts_site.snapshot.research import build_research  # noqa: PLC0415

    rules = research_rules(config, analysis)
    found = study(analysis, inputs.further.read(), rules)
    research = build_research(analysis, found, rules, sample=inputs.sample)
    write_cached(root / CACHE, key, to_lines(research).encode())
    return research


def _key(config: Config, inputs: Inputs, analysis: Analysis) -> str:
    """Digest of all that the result is a function of: closes, settings, and the code with its libraries."""
    panel = analysis.panel
    labels = {key: config.series[key].label for key in further_keys(config)}
    settings = (config.research, config.statistics.forward_sessions, analysis.rules, labels, inputs.sample)
    roles = (panel.front, panel.back, panel.benchmark, panel.as_of)
    digest = hashlib.sha256(f"{code_digest()} {settings!r} {roles!r} {inputs.further.digest}".encode())
    digest.update(panel.closes.index.to_numpy().tobytes())
    digest.update(np.ascontiguousarray(panel.closes.to_numpy()).tobytes())
    return digest.hexdigest()


def code_digest() -> str:
    """Digest of the program's files that decide or publish numbers, and of its libraries' versions."""
    package = Path(ivts_site.__file__).parent
    digest = hashlib.sha256(f"{np.__version__} {pd.__version__}".encode())
    for path in sorted(path for folder in _CODE for path in (package / folder).glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
