"""Merging: examples of every rule, and properties of the whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.panels import UNHURRIED
from tests.unit.test_store_files import closes

from ivts_site.errors import RevisionError
from ivts_site.store import Kind, MergeLimits, MergeResult, ProvisionalMark, Reason, Revision, merge
from ivts_site.store.merge import common_factor

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


MONDAY = dt.date(2025, 1, 6)
EARLY = {MONDAY: ProvisionalMark(reason=Reason.EARLY, seen_at=dt.datetime(2025, 1, 6, 22, tzinfo=dt.UTC))}
DOUBTED = {MONDAY: ProvisionalMark(reason=Reason.DISAGREEMENT, seen_at=EARLY[MONDAY].seen_at)}
NONE = MergeLimits(max_revisions=0, max_revision_share=1, trust=("cboe_csv", "fred_csv"))


def test_a_final_close_replaces_an_early_one_whatever_the_limits() -> None:
    """It is listed as final and the session is no longer early; an equal one is not listed."""
    result = merge("vix", STORED, closes({"2025-01-06": 16.5}), NONE, marks=EARLY)
    assert result.revisions == (Revision(MONDAY, 16.04, 16.5, "cboe_csv", Kind.FINAL),)
    assert (values(result)[-1], result.early) == (16.5, ())
    same = merge("vix", STORED, closes({"2025-01-06": 16.04}), NONE, marks=EARLY)
    assert (same.revisions, same.early, same.changed) == ((), (), False)


def test_the_fallback_settles_an_early_close_and_no_doubted_one() -> None:
    """A final value of a less trusted source beats an early reading, not a trusted close in doubt."""
    offered = closes({"2025-01-06": 16.5}, "fred_csv")
    assert values(merge("vix", STORED, offered, NONE, marks=EARLY))[-1] == 16.5
    doubted = merge("vix", STORED, offered, NONE, marks=DOUBTED)
    assert (values(doubted)[-1], doubted.n_kept) == (16.04, 1)


def test_an_early_close_replaces_only_an_early_one() -> None:
    """A later reading takes the place of an earlier one without an entry; a final close stays."""
    offered = closes({"2025-01-03": 20.0, "2025-01-06": 16.5, "2025-01-07": 17.0})
    days = (dt.date(2025, 1, 3), MONDAY, dt.date(2025, 1, 7))
    result = merge("vix", STORED, offered, NONE, early=days, marks=EARLY)
    assert values(result) == [17.93, 16.13, 16.5, 17.0]
    assert (result.revisions, result.early) == ((), (MONDAY, dt.date(2025, 1, 7)))


def test_an_early_reading_of_the_fallback_replaces_no_trusted_one() -> None:
    """Neither is final, and the trusted one stays provisional."""
    offered = closes({"2025-01-06": 16.5}, "fred_csv")
    result = merge("vix", STORED, offered, NONE, early=(MONDAY,), marks=EARLY)
    assert (values(result)[-1], result.early, result.changed) == (16.04, (MONDAY,), False)


def test_a_final_close_is_listed_as_such_though_a_better_source_gave_it() -> None:
    """That the stored one was provisional says more than that its source was less trusted."""
    stored = pd.concat([STORED.iloc[:2], closes({"2025-01-06": 16.04}, "fred_csv")])
    result = merge("vix", stored, closes({"2025-01-06": 16.5}), NONE, marks=EARLY)
    assert [each.kind for each in result.revisions] == [Kind.FINAL]


def test_a_history_that_begins_later_misses_nothing_within() -> None:
    """What lies before an answer's first session, or after its last, is no hole in it."""
    whole = pd.concat([STORED, closes({"2025-01-07": 17.82, "2025-01-08": 17.7})])
    later = closes({"2025-01-06": 16.04, "2025-01-08": 17.7, "2025-01-10": 19.54})
    assert merge("vix", whole, later, LIMITS).n_absent == 1
    assert merge("vix", whole, closes({"2025-01-02": 17.93, "2025-01-06": 16.04}), LIMITS).n_absent == 1


def test_the_size_of_a_revision_is_limited_too() -> None:
    """A tenth is allowed, more is refused by name of the setting, and accepted when a person says so."""
    tenth = replace(FREE, max_revision_size=0.1)
    merge("vix", closes({"2025-01-03": 20.0}), closes({"2025-01-03": 22.0}), tenth)
    with pytest.raises(RevisionError, match=r"1 stored close, more than `store\.max_revision_size` allows"):
        merge("vix", closes({"2025-01-03": 20.0}), closes({"2025-01-03": 22.01}), tenth)
    accepted = replace(tenth, max_revisions=0, accepted=True)
    assert values(merge("vix", STORED, STORED.assign(close=30.0), accepted)) == [30.0] * 3


@pytest.mark.parametrize(
    ("new", "factor"),
    [([5.0] * 10, 0.5), ([5.0] * 9 + [10.0], 0.5), ([5.0] * 8 + [10.0] * 2, None), ([10.0] * 10, None)],
)
def test_a_history_that_moved_by_one_factor(new: list[float], factor: float | None) -> None:
    """Nine in ten closes halved is a split; eight in ten or none is not."""
    assert common_factor(pd.Series([10.0] * 10), pd.Series(new)) == factor


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


@UNHURRIED
@given(answers(), answers(), answers())
def test_order_of_consistent_answers_does_not_matter(
    a: pd.DataFrame, b: pd.DataFrame, c: pd.DataFrame
) -> None:
    """Every order of the same answers ends in the same history."""
    pd.testing.assert_frame_equal(together(a, b, c), together(c, b, a))
    pd.testing.assert_frame_equal(together(a, b, c), together(b, a, c))


@UNHURRIED
@given(contrary(), contrary())
def test_merging_is_idempotent(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The same answer a second time changes nothing."""
    once = merge("vix", a, b, FREE).closes
    again = merge("vix", once, b, FREE)
    assert not again.changed
    pd.testing.assert_frame_equal(again.closes, once)


@UNHURRIED
@given(contrary(), contrary())
def test_history_only_grows(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The sessions of a merge are those of both sides; each close is one of the two offered."""
    result = merge("vix", a, b, FREE)
    assert set(result.closes.index) == set(a.index) | set(b.index)
    assert result.closes.index.is_monotonic_increasing
    for day, row in result.closes.iterrows():
        offered = [(f.loc[day, "close"], f.loc[day, "source"]) for f in (a, b) if day in f.index]
        assert (row["close"], row["source"]) in offered


@UNHURRIED
@given(contrary(), contrary())
def test_the_flag_tells_the_truth(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """`changed` is whether the history differs from the stored one."""
    result = merge("vix", a, b, FREE)
    assert result.changed is not result.closes.equals(a)
