"""Noting how each source fared in a fetch, beside the stored closes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ivts_site.config import Config
from ivts_site.errors import IvtsError
from ivts_site.last_run import LastRun, SourceRun
from ivts_site.pipeline.asking import Answer
from ivts_site.store import read_last_run, write_last_run


@dataclass(slots=True)
class Note:
    """What a run adds to the note of the last one.

    Attributes
    ----------
    run : LastRun
        The note so far.
    compared : mapping of pair of str to IvtsError or None
        By series key and adapter name why a source under `check_against` gave no closes, None where it did.
    ends : mapping of pair of str to date
        The last session of each answer, by the same pairs.
    """

    run: LastRun
    compared: Mapping[tuple[str, str], IvtsError | None] = field(default_factory=dict)
    ends: Mapping[tuple[str, str], dt.date] = field(default_factory=dict)


@contextmanager
def noted_run(
    config: Config, data_dir: Path, answers: Mapping[str, Answer], now: dt.datetime
) -> Iterator[Note]:
    """Note what the sources said when the block ends; it counts as checked where the block raises nothing."""
    before = read_last_run(data_dir)
    note = Note(before)
    try:
        yield note
        note.run = replace(note.run, checked_at=now)
    finally:
        sources = update_sources(config, before, answers, note, now)
        write_last_run(data_dir, replace(note.run, sources=sources))


def update_sources(
    config: Config,
    before: LastRun,
    answers: Mapping[str, Answer],
    note: Note,
    now: dt.datetime,
) -> tuple[SourceRun, ...]:
    """Return what is known of every configured source after a run.

    Parameters
    ----------
    config : Config
        Series and their sources, in order.
    before : LastRun
        What was known before; kept for sources that were not asked.
    answers : mapping of str to Answer
        By series key. Sources are asked in order until one is acceptable, so the problems of an answer belong
        to the first sources, and the answer itself to the one after them.
    note : Note
        What else the run found.
    now : datetime
        Instant of the run.
    """
    known = {(each.series, each.source): each for each in before.sources}
    for (key, name), problem in (*_asked(config, answers), *note.compared.items()):
        old = known.get((key, name), SourceRun(series=key, source=name))
        known[key, name] = (
            SourceRun(
                series=key,
                source=name,
                last_success=now,
                last_session=note.ends.get((key, name), old.last_session),
            )
            if problem is None
            else replace(old, last_error=type(problem).__name__, last_error_at=now)
        )
    configured = {
        (key, choice.adapter)
        for key, series in config.series.items()
        for choice in (*series.sources, *series.check_against, series.back_history)
        if choice is not None
    }
    return tuple(known[pair] for pair in sorted(known.keys() & configured))


def _asked(
    config: Config, answers: Mapping[str, Answer]
) -> Iterator[tuple[tuple[str, str], IvtsError | None]]:
    for key, answer in answers.items():
        names = [choice.adapter for choice in config.series[key].sources]
        for name, problem in zip(names, answer.problems, strict=False):
            yield (key, name), problem
        if answer.source:
            yield (key, answer.source), None
