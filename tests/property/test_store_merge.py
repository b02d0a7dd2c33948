"""Merging: examples of every rule, and properties of the whole."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.test_store_files import closes

from ivts_site.errors import RevisionError
from ivts_site.store import MergeLimits, MergeResult, Revision, merge

LIMITS = MergeLimits(max_revisions=2, max_revision_share=1, trust=("cboe_csv", "fred_csv"))
FREE = MergeLimits(max_revisions=1000, max_revision_share=1, trust=("cboe_csv", "fred_csv"))
STORED = closes({"2025-01-02": 17.93, "2025-01-03": 16.13, "2025-01-06": 16.04})


def values(result: MergeResult) -> list[float]:
    return [float(value) for value in result.closes["close"]]


def test_new_sessions_are_added_and_none_removed() -> None:
    """A short answer adds what is new; stored sessions that it lacks stay."""
    result = merge("vix", STORED, closes({"2025-01-02": 17.93, "2025-01-07": 17.82}), LIMITS)
    assert values(result) == [17.93, 16.13, 16.04, 17.82]
    assert (result.n_added, result.n_absent, result.changed) == (1, 2, True)


def test_sessions_of_another_source_are_not_missed() -> None:
    """A session that only the fallback ever had is no loss of the trusted source."""
    stored = pd.concat([STORED, closes({"2025-01-07": 17.82}, "fred_csv")])
    assert merge("vix", stored, closes({"2025-01-02": 17.93, "2025-01-08": 17.7}), LIMITS).n_absent == 2


def test_same_again_is_no_change() -> None:
    """The same answer twice changes nothing."""
    result = merge("vix", STORED, STORED.copy(), LIMITS)
    assert (result.n_added, result.revisions, result.changed) == (0, (), False)


def test_a_revision_is_applied_and_listed() -> None:
    """A changed close of the same source replaces the stored one, however small the change."""
    result = merge("vix", STORED, closes({"2025-01-03": 16.131}), LIMITS)
    assert result.revisions == (Revision(dt.date(2025, 1, 3), 16.13, 16.131, "cboe_csv"),)
    assert values(result) == [17.93, 16.131, 16.04]


def test_too_many_revisions_are_refused() -> None:
    """A history shifted as a whole is refused with its first change."""
    with pytest.raises(
        RevisionError, match=r"vix: the source changes 3 stored closes.*2025-01-02: 17.93 → 18"
    ) as caught:
        merge("vix", STORED, STORED.assign(close=18.0), LIMITS)
    assert (caught.value.n_revised, caught.value.session) == (3, "2025-01-02")


def test_share_of_the_history_limits_too() -> None:
    """Two of three sessions are within the count and above half of the history."""
    half = MergeLimits(max_revisions=2, max_revision_share=0.5, trust=("cboe_csv",))
    merge("vix", STORED, closes({"2025-01-03": 16.5}), half)
    with pytest.raises(RevisionError):
        merge("vix", STORED, closes({"2025-01-02": 17.5, "2025-01-03": 16.5}), half)


def test_a_less_trusted_source_only_adds() -> None:
    """The fallback fills in the missing session and leaves stored closes alone."""
    fallback = closes({"2025-01-03": 99.0, "2025-01-06": 16.042, "2025-01-07": 17.82}, "fred_csv")
    result = merge("vix", STORED, fallback, LIMITS)
    assert values(result) == [17.93, 16.13, 16.04, 17.82]
    assert result.closes["source"].tolist() == ["cboe_csv"] * 3 + ["fred_csv"]
    assert (result.n_added, result.n_kept, result.revisions) == (1, 1, ())


def test_a_more_trusted_source_replaces() -> None:
    """Up to half a cent is the fallback's rounding; more is a revision."""
    stored = closes({"2025-01-02": 17.93, "2025-01-03": 16.13, "2025-01-06": 16.04}, "fred_csv")
    official = closes({"2025-01-02": 17.93, "2025-01-03": 16.135, "2025-01-06": 16.046})
    result = merge("vix", stored, official, LIMITS)
    assert values(result) == [17.93, 16.135, 16.046]
    assert set(result.closes["source"]) == {"cboe_csv"}
    assert [revision.session.day for revision in result.revisions] == [6]


def test_a_source_no_longer_configured_is_trusted_least() -> None:
    """Closes of a source that left the configuration give way to any that is in it."""
    result = merge(
        "vix", closes({"2025-01-02": 17.93}, "gone"), closes({"2025-01-02": 17.93}, "fred_csv"), LIMITS
    )
    assert result.closes["source"].tolist() == ["fred_csv"]
    assert result.revisions == ()


def test_nothing_stored_and_nothing_new() -> None:
    """Either side may be empty."""
    assert values(merge("vix", STORED.iloc[:0], STORED, LIMITS)) == [17.93, 16.13, 16.04]
    assert not merge("vix", STORED, STORED.iloc[:0], LIMITS).changed


TRUTH = {f"2025-03-{day:02d}": 10 + day * 1.11 for day in range(1, 29)}
SOURCES = st.sampled_from(["cboe_csv", "fred_csv"])
DAYS = st.lists(st.sampled_from(sorted(TRUTH)), unique=True).map(sorted)


@st.composite
def answers(draw: st.DrawFn) -> pd.DataFrame:
    """A consistent answer: any sessions of one truth, from either source."""
    return closes({day: TRUTH[day] for day in draw(DAYS)}, draw(SOURCES))


@st.composite
def contrary(draw: st.DrawFn) -> pd.DataFrame:
    """An answer with values of its own."""
    days = draw(DAYS)
    found = draw(st.lists(st.floats(5, 200), min_size=len(days), max_size=len(days)))
    return closes(dict(zip(days, found, strict=True)), draw(SOURCES))


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    history = STORED.iloc[:0]
    for part in parts:
        history = merge("vix", history, part, FREE).closes
    return history


@settings(deadline=None)
@given(answers(), answers(), answers())
def test_order_of_consistent_answers_does_not_matter(
    a: pd.DataFrame, b: pd.DataFrame, c: pd.DataFrame
) -> None:
    """Every order of the same answers ends in the same history."""
    pd.testing.assert_frame_equal(together(a, b, c), together(c, b, a))
    pd.testing.assert_frame_equal(together(a, b, c), together(b, a, c))


@settings(deadline=None)
@given(contrary(), contrary())
def test_merging_is_idempotent(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The same answer a second time changes nothing."""
    once = merge("vix", a, b, FREE).closes
    again = merge("vix", once, b, FREE)
    assert not again.changed
    pd.testing.assert_frame_equal(again.closes, once)


@settings(deadline=None)
@given(contrary(), contrary())
def test_history_only_grows(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The sessions of a merge are those of both sides; each close is one of the two offered."""
    result = merge("vix", a, b, FREE)
    assert set(result.closes.index) == set(a.index) | set(b.index)
    assert result.closes.index.is_monotonic_increasing
    for day, row in result.closes.iterrows():
        offered = [(f.loc[day, "close"], f.loc[day, "source"]) for f in (a, b) if day in f.index]
        assert (row["close"], row["source"]) in offered


@settings(deadline=None)
@given(contrary(), contrary())
def test_the_flag_tells_the_truth(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """`changed` is whether the history differs from the stored one."""
    result = merge("vix", a, b, FREE)
    assert result.changed is not result.closes.equals(a)
