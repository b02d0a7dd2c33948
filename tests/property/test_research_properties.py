"""Properties of the whole research document: point in time, leakage, scale, missing series, any history."""

from __future__ import annotations

import functools
import json

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from tests.panels import ROLES, analyse_panel, analyse_ratios
from tests.sampled import examples
from tests.studies import research_of

from ivts_site.analytics.studies import RESEARCH
from ivts_site.errors import IvtsError
from ivts_site.panel import build_panel
from ivts_site.pipeline.schema import json_schema
from ivts_site.published.serialize import to_json

# a study takes a tenth of a second: on a loaded machine that is no sign of a bad strategy
PATIENT = settings(examples(0.15), suppress_health_check=[HealthCheck.too_slow])
READER = TypeAdapter(RESEARCH)
SHORT = {"rolling_sessions": (2, 5), "forward_sessions": (1, 3)}
QUICK = {
    "horizon": 2,
    "event_before": 1,
    "event_after": 3,
    "event_worst": 2,
    "survival_sessions": (1, 2),
    "min_cases": 2,
}
KEYS = ("vix", "vix3m", "spy", "vix9d", "vix6m", "vvix", "skew")
CENTS = st.one_of(st.none(), st.integers(900, 6000))
ROW = st.tuples(
    st.one_of(st.none(), st.integers(1500, 2500)),
    st.one_of(st.none(), st.integers(1500, 2500)),
    st.one_of(st.none(), st.integers(5000, 20000)),
    CENTS,
    CENTS,
    CENTS,
    CENTS,
)
HISTORY = st.lists(ROW, min_size=1, max_size=40)


@functools.cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema(RESEARCH))


def closes_of(rows) -> dict[str, pd.Series]:
    days = pd.bdate_range("2019-12-02", periods=len(rows), unit="us").rename("session")
    columns = zip(*rows, strict=True)
    return {
        key: pd.Series([np.nan if c is None else c / 100 for c in column], index=days, dtype=float).dropna()
        for key, column in zip(KEYS, columns, strict=True)
    }


def text_of(closes: dict[str, pd.Series], as_of=None, **changed) -> str | None:
    """The published text, or None where the closes make no panel."""
    try:
        panel = build_panel({key: closes[key] for key in KEYS[:3]}, **ROLES, as_of=as_of)
    except IvtsError:
        return None
    further = {key: closes[key] for key in KEYS[3:] if key in closes}
    return to_json(research_of(analyse_panel(panel, **SHORT), further, **(QUICK | changed)))


@PATIENT
@given(HISTORY, st.data())
def test_truncated_input_equals_as_of(rows, data):
    """The document as of D is that of the data that end at D, further series included."""
    closes = closes_of(rows)
    day = data.draw(st.sampled_from(list(pd.bdate_range("2019-12-02", periods=len(rows)))))
    as_of = text_of(closes, day.date())
    assume(as_of is not None)
    assert as_of == text_of({key: series.loc[:day] for key, series in closes.items()})


@PATIENT
@given(HISTORY)
def test_any_history_makes_a_valid_document(rows):
    """Gaps, one session, missing series: it fits its schema, and reads back as the same value."""
    text = text_of(closes_of(rows))
    assume(text is not None)
    document = json.loads(text)
    assert not list(validator().iter_errors(document))
    assert to_json(READER.validate_json(text)) == text


@PATIENT
@given(HISTORY, st.sets(st.sampled_from(KEYS[3:])))
def test_a_series_that_is_missing_changes_nothing_else(rows, missing):
    """Curve, claims and their count lose what needs it; all other studies stay as they were to the letter."""
    closes = closes_of(rows)
    whole, part = text_of(closes), text_of({k: s for k, s in closes.items() if k not in missing})
    assume(whole is not None)
    full, rest = json.loads(whole), json.loads(part)
    for key in full.keys() - {"curve", "claims", "verdicts"}:
        assert full[key] == rest[key]
    claims = {claim["id"]: claim for claim in full["claims"]}
    assert all(claims[claim["id"]] == claim for claim in rest["claims"] if claim["id"] in claims)
    shown = {each["key"] for each in (*rest["curve"]["tenors"], *rest["curve"]["indices"])}
    assert not shown & missing


@PATIENT
@given(HISTORY, st.sampled_from([0.25, 2.0, 3.7]))
def test_a_benchmark_in_another_currency_changes_nothing(rows, factor):
    """Returns have no unit."""
    closes = closes_of(rows)
    plain = text_of(closes)
    assume(plain is not None)
    scaled = text_of(closes | {"spy": closes["spy"] * factor})
    one, other = json.loads(plain), json.loads(scaled)
    for horizon, same in zip(one["returns"], other["returns"], strict=True):
        assert horizon["all"]["mean"] == pytest.approx(same["all"]["mean"], abs=2e-6)
        assert horizon["all"]["n_sessions"] == same["all"]["n_sessions"]
    assert one["survival"] == other["survival"]


def _history(n: int = 400) -> tuple[list[float], list[float]]:
    rng = np.random.default_rng(12)
    label = np.repeat(rng.random(n) < 0.3, rng.geometric(0.4, n))[:n]
    ratios = np.where(label, 1.05, 0.9) + 0.02 * rng.random(n)
    steps = 0.01 * rng.standard_normal(n) - 0.004 * label
    return ratios.round(4).tolist(), (100 * np.exp(np.cumsum(steps))).tolist()


def test_labels_shifted_into_the_future_change_the_result():
    """A study that read tomorrow's regime would not notice the shift; every study here does."""
    ratios, close = _history()
    honest = json.loads(to_json(research_of(analyse_ratios(ratios, close, **SHORT), **QUICK)))
    leaked = json.loads(
        to_json(research_of(analyse_ratios([*ratios[1:], ratios[-1]], close, **SHORT), **QUICK))
    )
    for study in ("returns", "events", "thresholds", "claims", "overlay"):
        assert honest[study] != leaked[study]
    # the fall comes on days in backwardation: with tomorrow's label the hedge would earn it
    growth = [
        next(s for s in each["overlay"]["strategies"] if s["name"] == "regime")["results"][0]["annual_return"]
        for each in (honest, leaked)
    ]
    assert growth[0] < growth[1]


def test_outcomes_that_are_not_over_do_not_count():
    """The last h sessions start no return of h sessions: another last close moves nothing dated before."""
    ratios, close = _history(100)
    one, other = (
        json.loads(to_json(research_of(analyse_ratios(ratios, [*close[:-1], last], **SHORT), **QUICK)))
        for last in (close[-1], close[-1] * 1.5)
    )
    for now, then in zip(one["returns"], other["returns"], strict=True):
        assert now["all"]["n_sessions"] == len(ratios) - now["horizon"]
        assert now["all"]["n_sessions"] == then["all"]["n_sessions"]
        assert now["all"]["mean"] != then["all"]["mean"]
    cut = json.loads(to_json(research_of(analyse_ratios(ratios[:-1], close[:-1], **SHORT), **QUICK)))
    assert cut["returns"][0]["all"]["n_sessions"] == len(ratios) - 1 - cut["returns"][0]["horizon"]


def test_the_same_seed_gives_the_same_bytes():
    """Twice the same; another seed moves intervals alone."""
    ratios, close = _history()
    analysis = analyse_ratios(ratios, close, **SHORT)
    first, again = (to_json(research_of(analysis, **QUICK)) for _ in range(2))
    assert first == again
    other = json.loads(to_json(research_of(analysis, seed=1, **QUICK)))
    mine = json.loads(first)
    assert mine["overlay"]["bench"] != other["overlay"]["bench"]
    assert mine["returns"][0]["all"]["mean"] == other["returns"][0]["all"]["mean"]
    assert mine["events"] == other["events"]
