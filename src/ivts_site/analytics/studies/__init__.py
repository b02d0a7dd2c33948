"""All studies of one history, found by being there.

To read a study, begin at its `measure`. To write one, give its module

- `RANK`, its place in `research.json`, unlike that of any other;
- `measure(study: StudyInput)`, annotated with a frozen dataclass: each field is a key of `research.json`, and
  the docstring below a field describes it in the JSON Schema;
- the records that such a field is made of, in plain values: str for sessions, None for what is not defined.

`study.ivts`, `study.backwardation` and `study.returns(horizon)` are arrays by session with a ratio. To set a
group of sessions against all others, with an interval, call `groups.measure_group` for returns and
`inference.measure_effect` for anything else. `bounce` is a short one to begin with. The page shows a study
that `templates/content/research.yaml` names.
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
    settings: dict[str, Any] = {
        "second_history": day(study.rules.second_history),
        "resampling": "circular",
    }
    names = {each.name for each in fields(Method)} - settings.keys()
    return Method(**settings, **{name: getattr(study.rules, name) for name in names})
