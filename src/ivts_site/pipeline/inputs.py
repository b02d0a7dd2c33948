"""What a build starts from: stored closes, or sample closes where nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ivts_site.config import Config
from ivts_site.errors import PanelError
from ivts_site.model import NextPublication, SeriesOrigin
from ivts_site.store import read_closes, read_provenance

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_SOURCE = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Closes and their origins.

    Attributes
    ----------
    closes : mapping
        Series key to closes, index ``session``.
    origins : mapping
        Series key to where it came from.
    expected : NextPublication or None
        When the next closes should be published, as the last fetch computed it.
    sample : bool
        Whether any close is simulated.
    """

    closes: Mapping[str, pd.Series]
    origins: Mapping[str, SeriesOrigin]
    expected: NextPublication | None
    sample: bool


def load_inputs(config: Config, data_dir: Path) -> Inputs:
    """Read the ratio's three series; simulate them where none of the three is stored.

    Parameters
    ----------
    config : Config
        Names the series.
    data_dir : Path
        Folder of the stored closes; may be missing.

    Returns
    -------
    Inputs
        Complete for all three series.

    Raises
    ------
    PanelError
        Where some of the three series are stored and others are not.
    StoreError
        Where a stored file is damaged.
    """
    keys = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    frames = {key: read_closes(data_dir, key) for key in keys}
    missing = [key for key in keys if frames[key].empty]
    if len(missing) == len(keys):
        return simulated_inputs(config)
    if missing:
        raise PanelError([f"{key}: nothing stored in {data_dir}; run `ivts-site fetch`" for key in missing])
    return _stored_inputs(data_dir, {key: frame["close"] for key, frame in frames.items()})


def _stored_inputs(data_dir: Path, closes: Mapping[str, pd.Series]) -> Inputs:
    provenance = read_provenance(data_dir)
    origins = {
        key: SeriesOrigin(source=provenance.series[key].source, dropped=provenance.series[key].dropped)
        for key in closes
        if key in provenance.series
    }
    return Inputs(
        closes=closes,
        origins=origins,
        expected=provenance.calendar,
        sample=any(origin.source == SAMPLE_SOURCE for origin in origins.values()),
    )


def simulated_inputs(config: Config, *, seed: int | None = None) -> Inputs:
    """Simulate the ratio's three series on real sessions, see `ivts_site.sample`.

    Parameters
    ----------
    config : Config
        Names the series and holds seed and dates.
    seed : int, optional
        Instead of the configured one.
    """
    # the calendar library takes longer to import than a whole build: only this path and fetch need it
    from ivts_site.sample import simulate_closes  # noqa: PLC0415
    from ivts_site.sessions import load_sessions  # noqa: PLC0415

    ratio, settings = config.ratio, config.sample
    calendar = load_sessions(config.calendar, settings.first_session, settings.last_session)
    closes = simulate_closes(
        calendar.labels,
        seed=settings.seed if seed is None else seed,
        tenors={ratio.front: 30, ratio.back: 93},
        benchmark=ratio.benchmark,
    )
    origin = SeriesOrigin(source=SAMPLE_SOURCE, dropped={})
    return Inputs(
        closes={str(key): closes[key] for key in closes},
        origins={str(key): origin for key in closes},
        expected=None,
        sample=True,
    )
