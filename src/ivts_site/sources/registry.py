"""Adapters by the name used in `config.yaml`: every module of this package that declares an `ADAPTER`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType

from ivts_site.sources.adapter import Adapter


def _declared() -> Iterator[Adapter]:
    for module in iter_modules([str(Path(__file__).parent)]):
        adapter = getattr(import_module(f"{__package__}.{module.name}"), "ADAPTER", None)
        if adapter is not None:
            yield adapter


ADAPTERS: Mapping[str, Adapter] = MappingProxyType({adapter.name: adapter for adapter in _declared()})
