"""Stored closes and where they came from; the only module that touches the data folder."""

from ivts_site.store.merge import MergeLimits, MergeResult, Revision, merge
from ivts_site.store.provenance import Provenance, SeriesProvenance
from ivts_site.store.reading import read_closes, read_provenance, read_store
from ivts_site.store.transaction import locked_store, recover, write_transaction

__all__ = [
    "MergeLimits",
    "MergeResult",
    "Provenance",
    "Revision",
    "SeriesProvenance",
    "locked_store",
    "merge",
    "read_closes",
    "read_provenance",
    "read_store",
    "recover",
    "write_transaction",
]
