"""Errors a user can act on: each says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from ivts_site.formatting import apart


class IvtsError(Exception):
    """Base of every error the command line turns into one message and an exit code."""

    exit_code = 1


class UsageError(IvtsError):
    """A command was asked for something that does not exist, such as an as-of date that is no session."""

    exit_code = 2


class ListedError(IvtsError):
    """One or more problems in one place, one line each: what is wrong, where, what would be right."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.where = where
        self.problems = tuple(problems)
        listing = f"{where}: {len(problems)} problems" + "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"{where}: {problems[0]}" if len(problems) == 1 else listing)


class ConfigError(ListedError):
    """Problems in the configuration, all of them, each with its key path."""

    exit_code = 2


class ContentError(ListedError):
    """Problems in the editorial files, all of them, each with file and key."""

    exit_code = 2


class HedgeInputError(IvtsError, ValueError):
    """A hedge calculator was given a number that its formula does not allow.

    `field` is the function's parameter; `message` says what is wrong with it, to be read after that name.
    """

    exit_code = 2

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


class SourceError(IvtsError):
    """No source gave data for a series."""

    exit_code = 3


class SourceUnavailable(SourceError):
    """A vendor could not be reached or refused; the next source may still answer.

    `source` is the adapter's name, `url` the address asked, without secrets.
    """

    def __init__(self, source: str, url: str, reason: str) -> None:
        self.source = source
        self.url = url
        self.reason = reason
        super().__init__(f"{source}: {reason} ({url})")


class SourceFormatError(SourceError):
    """A vendor answered with something that is not the expected file; never retried, quotes the bad line."""

    def __init__(self, source: str, reason: str, line: str = "") -> None:
        self.source = source
        self.reason = reason
        self.line = line[:80]
        super().__init__(f"{source}: {reason}" + (f": {self.line!r}" if line else ""))


class DataError(IvtsError):
    """Stored or fetched data were rejected."""

    exit_code = 4


class StoreError(DataError):
    """A file under the data folder is damaged or foreign; the reason says how to restore it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


class PanelError(ListedError, DataError):
    """The stored closes do not make a usable panel; lists every fault found."""


class RevisionError(DataError):
    """A source changed more history than the limits in the configuration allow.

    `session` is the first of `n_revised` changed ones; `factor` is the one by which nearly the whole history
    moved, if it did.
    """

    def __init__(  # noqa: PLR0913 (an error carries its facts)
        self,
        *,
        series: str,
        session: str,
        old: float,
        new: float,
        n_revised: int,
        factor: float | None = None,
    ) -> None:
        self.session, self.n_revised = session, n_revised
        closes = "1 stored close" if n_revised == 1 else f"{n_revised} stored closes"
        moved = "; the whole history moved by the factor {:.4f}: a split or re-based adjustment"
        whole = "" if factor is None else moved.format(factor)
        move = " → ".join(apart(old, new))
        super().__init__(
            f"{series}: the source changes {closes}, more than `store.max_revisions` allows "
            f"({session}: {move}){whole}; stored data kept. Compare it with the vendor; "
            f"`ivts-site fetch --accept-revisions {series}` takes it over."
        )


class StaleDataError(DataError):
    """The stored closes, of one series alone where it is named, are older than they should be.

    They are final `through` a session, and `n_behind` more should have been published since.
    """

    def __init__(self, *, through: str, state: str, n_behind: int, series: str = "") -> None:
        sessions = "session" if n_behind == 1 else "sessions"
        whose = f"stored closes of {series}" if series else "stored closes"
        super().__init__(
            f"{whose} are {state}: they end {through}, {n_behind} {sessions} behind; run "
            "`ivts-site fetch` and read what its sources answer"
        )


class RenderError(IvtsError):
    """The site could not be rendered or published; the previous site stays in place."""

    exit_code = 5


class CheckError(IvtsError):
    """A check found one fault or more; carries all of them and the exit code of the gravest."""

    def __init__(self, faults: Sequence[IvtsError]) -> None:
        self.faults = tuple(faults)
        self.exit_code = max(fault.exit_code for fault in faults)
        super().__init__(f"{len(faults)} checks failed\n" + "\n".join(f"- {fault}" for fault in faults))
