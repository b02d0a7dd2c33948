"""Optional series: closes that only the studies read, when they have to be made anew."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ivts_site.config import Config
from ivts_site.errors import StoreError
from ivts_site.store import Provenance, check_described, digest_parts, read_store

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalSeries:
    """Closes of optional series, read when they are asked for.

    Attributes
    ----------
    digest : str
        Changes with whatever `read` returns; found without reading a single close.
    read : callable
        Final closes by series key, index ``session``; what is not stored is missing.
    """

    digest: str = ""
    read: Callable[[], Mapping[str, pd.Series]] = dict


def optional_keys(config: Config) -> tuple[str, ...]:
    """Keys of the declared series that the studies use beside the ratio's three."""
    research = config.research
    wanted = [*(point.series for point in research.tenors), research.volatility_index, research.tail_index]
    own = (config.ratio.front, config.ratio.back, config.ratio.benchmark)
    return tuple(key for key in wanted if key in config.series and key not in own)


def stored_optional_series(config: Config, data_dir: Path, provenance: Provenance) -> OptionalSeries:
    """Find the optional series in the data folder.

    Parameters
    ----------
    config : Config
        Names the series.
    data_dir : Path
        Folder of the stored closes.
    provenance : Provenance
        Says which closes are not final.

    Returns
    -------
    OptionalSeries
        Reading leaves out a series whose files are damaged or not those of its provenance, with a warning:
        the page does without it. Provisional closes, those outside the series' range, and those of days in
        `calendar.extra_closures` are left out.
    """
    keys = optional_keys(config)
    held = {key: provenance.series[key].provisional for key in keys if key in provenance.series}
    ranges = {key: config.series[key].range for key in keys}
    rest = f"{held} {ranges} {config.calendar.extra_closures} {digest_parts(data_dir, keys)}"
    return OptionalSeries(
        digest=hashlib.sha256(rest.encode()).hexdigest(), read=lambda: _read(config, data_dir, keys)
    )


def known_optional_series(closes: Mapping[str, pd.Series]) -> OptionalSeries:
    """Wrap closes that are in memory."""
    body = "".join(f"{key}\n{series.to_csv()}" for key, series in closes.items())
    return OptionalSeries(digest=hashlib.sha256(body.encode()).hexdigest(), read=lambda: closes)


def _read(config: Config, data_dir: Path, keys: tuple[str, ...]) -> dict[str, pd.Series]:
    found = {key: _read_one(config, data_dir, key) for key in keys}
    return {key: closes for key, closes in found.items() if closes is not None and len(closes)}


def _read_one(config: Config, data_dir: Path, key: str) -> pd.Series | None:
    try:
        frames, provenance = read_store(data_dir, [key])
        check_described(data_dir, key, frames[key], provenance)
    except StoreError as error:
        log.warning("%s is left out: %s", key, error)
        return None
    if frames[key].empty:
        return None
    left_out = [*config.calendar.extra_closures, *provenance.series[key].provisional]
    closes = frames[key]["close"]
    days = [dt.datetime.combine(day, dt.time()) for day in left_out]
    return closes[closes.between(*config.series[key].range) & ~closes.index.isin(days)]
