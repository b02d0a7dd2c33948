"""Stored closes and where they came from; the only module that touches the data folder."""

from ivts_site.store.logs import Entry
from ivts_site.store.merge import Evidence, Kind, MergeLimits, MergeResult, Revision, merge
from ivts_site.store.notes import (
    LastRun,
    SourceRun,
    read_last_run,
    read_notified,
    write_last_run,
    write_notified,
)
from ivts_site.store.parts import empty_closes
from ivts_site.store.provenance import (
    HeldRevision,
    Provenance,
    ProvisionalMark,
    Reason,
    SeriesProvenance,
    check_described,
    describes,
    extent,
    source_ranges,
)
from ivts_site.store.reading import (
    digest_parts,
    holds_nothing,
    read_futures,
    read_log,
    read_provenance,
    read_store,
)
from ivts_site.store.transaction import locked_store, recover, write_transaction
