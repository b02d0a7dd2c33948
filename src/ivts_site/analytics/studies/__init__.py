"""All studies of one history: what the ratio has and has not told.

A study is a module of this package: `RANK`, its place in `research.json`; `measure(study: StudyInput)`, whose
return type is a dataclass with one field for each key that it publishes; and the records it is made of.
"""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, get_type_hints

from ivts_site.analytics.study_input import StudyInput
from ivts_site.published import SCHEMA_VERSION
from ivts_site.published.numbers import day
from ivts_site.published.studies import Labels, Method, Research, Span

STUDIES: tuple[ModuleType, ...] = tuple(
    sorted(
        (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)),
        key=lambda module: module.RANK,
    )
)

RESEARCH: type[Research] = make_dataclass(
    "Research",
    (),
    bases=(*(get_type_hints(module.measure)["return"] for module in reversed(STUDIES)), Research),
    namespace={"__doc__": Research.__doc__},
    frozen=True,
    kw_only=True,
)
"""The document: its head, and what each study publishes, by rank."""


def measure_all(study: StudyInput, *, sample: bool) -> Research:
    """Make all studies of a history: from the arguments alone, so that a seed always gives the same."""
    panel = study.analysis.panel
    found = {key: value for module in STUDIES for key, value in vars(module.measure(study)).items()}
    return RESEARCH(
        schema_version=SCHEMA_VERSION,
        sample=sample,
        as_of=day(panel.as_of),
        labels=Labels(front=panel.front.label, back=panel.back.label, benchmark=panel.benchmark.label),
        window=_window(study),
        method=_method(study),
        **found,
    )


def _window(study: StudyInput) -> Span:
    episodes = study.analysis.episodes
    return Span(
        first_session=day(study.sessions[0]),
        last_session=day(study.sessions[-1]),
        n_sessions=len(study.sessions),
        n_backwardation=int(study.backwardation.sum()),
        n_episodes=len(episodes),
        ongoing=bool(episodes["ongoing"].any()),
        threshold=study.analysis.rules.threshold,
    )


def _method(study: StudyInput) -> Method:
    """Publish the settings of the same names."""
    settings: dict[str, Any] = {each.name: getattr(study.rules, each.name, None) for each in fields(Method)}
    return Method(**settings | {"second_history": day(study.rules.second_history), "resampling": "circular"})
