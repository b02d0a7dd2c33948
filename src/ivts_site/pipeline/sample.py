"""Simulated closes written in the layout of the data folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from ivts_site.analytics.provenance import hash_closes
from ivts_site.config import Config
from ivts_site.errors import UsageError
from ivts_site.pipeline.inputs import SAMPLE_SOURCE, simulated_inputs
from ivts_site.store import Provenance, SeriesProvenance, extent, read_provenance, write_transaction


def write_sample(config: Config, out: Path, *, seed: int | None = None) -> str:
    """Write simulated closes of all series, and settlements of futures; the same seed gives the same bytes.

    A folder that holds fetched closes is refused. The answer says in one sentence what was written.
    """
    if any(entry.source != SAMPLE_SOURCE for entry in read_provenance(out).series.values()):
        raise UsageError(
            f"{out}: holds fetched closes, which sample data must not replace; choose another --out"
        )
    inputs = simulated_inputs(config, seed=seed)
    closes = {**inputs.closes, **inputs.optional.read()}
    frames = {key: pd.DataFrame({"close": values, "source": SAMPLE_SOURCE}) for key, values in closes.items()}
    origins = {key: _provenance(values) for key, values in closes.items()}
    provenance = Provenance(series=origins, early_closes=inputs.early_closes)
    write_transaction(out, frames, provenance, futures=inputs.futures)
    last = max(values.index[-1] for values in closes.values())
    return f"{out}/: {len(frames)} series of SAMPLE DATA through {last:%Y-%m-%d}"


def _provenance(closes: pd.Series) -> SeriesProvenance:
    found = extent(closes)
    return SeriesProvenance(
        source=SAMPLE_SOURCE,
        url="",
        sha256=hash_closes(closes),
        etag="",
        last_modified="",
        **found,
        # the simulated day: no clock in sample data
        fetched_at=dt.datetime.combine(found["last_session"], dt.time(), dt.UTC),
    )
