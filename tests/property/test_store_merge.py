"""Merging: examples of every rule, and properties of the whole."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sampled import examples
from tests.unit.test_store_files import closes

from ivts_site.config import Store
from ivts_site.errors import RevisionError
from ivts_site.model import Witness
from ivts_site.store import (
    Evidence,
    HeldRevision,
    Kind,
    MergeLimits,
    MergeResult,
    ProvisionalMark,
    Reason,
    Revision,
    merge,
)
from ivts_site.store.merge import common_factor

ANY_SIZE = Store(max_revisions=2, max_revision_share=1, max_revision_size=1e9)
LIMITS = MergeLimits(ANY_SIZE, trust=("cboe_csv", "fred_csv"))


def limited(limits: MergeLimits, **settings: float) -> MergeLimits:
    return replace(limits, settings=limits.settings.model_copy(update=settings))


FREE = limited(LIMITS, max_revisions=1000)
CHECKED = replace(limited(LIMITS, max_revision_share=0, max_revision_size=0.1), checked=True)
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
    none = limited(LIMITS, max_revision_share=0)
    with pytest.raises(
        RevisionError, match=r"vix: the source changes 3 stored closes.*2025-01-02: 17.93 → 18"
    ) as caught:
        merge("vix", STORED, STORED.assign(close=18.0), none)
    assert (caught.value.n_revised, caught.value.session) == (3, "2025-01-02")


def test_share_of_the_history_limits_too() -> None:
    """One held change is within a third of three sessions, two are above; the larger limit holds."""
    third = limited(CHECKED, max_revisions=0, max_revision_share=0.34)
    one = STORED.assign(close=[17.93, 16.5, 16.04])
    assert len(merge("vix", STORED, one, third).held) == 1
    two = STORED.assign(close=[17.5, 16.5, 16.04])
    with pytest.raises(RevisionError):
        merge("vix", STORED, two, third)
    assert len(merge("vix", STORED, two, limited(third, max_revisions=2)).held) == 2


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
NONE = limited(LIMITS, max_revisions=0)


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
    """Without a second source a tenth is taken, more is held, and accepted when a person says so."""
    tenth = limited(FREE, max_revision_size=0.1)
    assert values(merge("vix", closes({"2025-01-03": 20.0}), closes({"2025-01-03": 22.0}), tenth)) == [22.0]
    more = merge("vix", closes({"2025-01-03": 20.0}), closes({"2025-01-03": 22.01}), tenth)
    assert (values(more), more.changed, more.revisions) == ([20.0], False, ())
    assert more.held == (Revision(dt.date(2025, 1, 3), 20.0, 22.01, "cboe_csv"),)
    accepted = replace(limited(tenth, max_revisions=0), accepted=True)
    taken = merge("vix", STORED, STORED.assign(close=30.0), accepted)
    assert values(taken) == [30.0] * 3
    assert {each.confirmed_by for each in taken.revisions} == {"accepted"}


def fred(tolerance: float = 0.02, **found: float) -> Witness:
    """What FRED has, on days of January 2025 written as d03."""
    said = closes({f"2025-01-{name[1:]}": value for name, value in found.items()})["close"]
    return Witness(source="fred_csv", closes=said, tolerance=tolerance)


@pytest.mark.parametrize(
    ("theirs", "applied"),
    [
        ({"d03": 24.0}, True),
        ({"d03": 24.02}, True),
        ({"d03": 24.03}, False),
        ({"d03": 16.13}, False),
        ({"d06": 16.04}, False),
    ],
    ids=["equal", "within tolerance", "apart", "has the old value", "lacks the session"],
)
def test_a_change_waits_until_a_second_source_has_it(theirs: dict[str, float], applied: bool) -> None:
    """Of any size: applied with the name of who confirms it, held otherwise while new sessions come in."""
    offered = closes({"2025-01-02": 17.93, "2025-01-03": 24.0, "2025-01-06": 16.04, "2025-01-07": 17.82})
    result = merge("vix", STORED, offered, CHECKED, evidence=Evidence(witnesses=[fred(**theirs)]))
    change = Revision(dt.date(2025, 1, 3), 16.13, 24.0, "cboe_csv")
    assert values(result) == [17.93, 24.0 if applied else 16.13, 16.04, 17.82]
    assert result.revisions == ((replace(change, confirmed_by="fred_csv"),) if applied else ())
    assert result.held == (() if applied else (change,))


@pytest.mark.parametrize(("theirs", "applied"), [(16.134, True), (16.131, False)])
def test_a_change_within_the_tolerance_goes_to_the_nearer_value(theirs: float, applied: bool) -> None:
    """A second source that agrees with both values within 0.02 confirms the one it is nearer to."""
    offered = STORED.assign(close=[17.93, 16.135, 16.04])
    result = merge("vix", STORED, offered, CHECKED, evidence=Evidence(witnesses=[fred(d03=theirs)]))
    assert values(result)[1] == (16.135 if applied else 16.13)


def test_a_small_change_that_a_second_source_contradicts_is_held() -> None:
    """Nobody quotes the series, but what follows its moves has the old value rather than the new one."""
    index = replace(fred(d03=16.13, tolerance=0.1), exact=False)
    offered = STORED.assign(close=[17.93, 16.5, 16.04])
    contradicted = merge("spy", STORED, offered, LIMITS, evidence=Evidence(witnesses=[index]))
    assert (values(contradicted)[1], len(contradicted.held)) == (16.13, 1)
    silent = Evidence(witnesses=[replace(index, tolerance=0.5)])  # both values are within its tolerance
    assert values(merge("spy", STORED, offered, LIMITS, evidence=silent))[1] == 16.5


LONG = closes({f"2025-01-{day:02d}": 15.0 + day / 10 for day in range(2, 12)})


@pytest.mark.parametrize(
    ("day", "before", "repeats", "applied"),
    [
        ("2025-01-07", 30.0, True, True),  # the fifth from the end
        ("2025-01-06", 30.0, True, False),  # the sixth
        ("2025-01-07", 30.0, False, False),
        ("2025-01-07", 29.0, True, False),
    ],
    ids=["newest five", "older", "same day", "another value"],
)
def test_the_trusted_source_repeats_a_change_of_a_recent_close(
    day: str, before: float, repeats: bool, applied: bool
) -> None:
    """The same value on a later day is believed for the newest five closes, and for no older one."""
    offered = LONG.assign(close=LONG["close"].where(LONG.index != pd.Timestamp(day), 30.0))
    when = dt.date.fromisoformat(day)
    waiting = HeldRevision(
        old=float(LONG["close"][day]), new=before, source="cboe_csv", seen_at=EARLY[MONDAY].seen_at
    )
    known = Evidence(held={when: waiting}, repeats=[when] if repeats else [])
    result = merge("vix", LONG, offered, CHECKED, evidence=known)
    assert [each.confirmed_by for each in result.revisions] == (["repeated"] if applied else [])
    assert len(result.held) == (not applied)


def test_a_fallback_adds_only_at_the_end() -> None:
    """Neither before the first stored session nor within; on an empty store it gives all."""
    offered = closes(
        {"2024-12-31": 17.35, "2025-01-02": 17.93, "2025-01-05": 11.0, "2025-01-07": 17.82}, "fred_csv"
    )
    result = merge("vix", STORED, offered, LIMITS)
    assert [f"{day:%m-%d}" for day in result.closes.index] == ["01-02", "01-03", "01-06", "01-07"]
    assert (result.n_added, result.revisions) == (1, ())
    assert values(merge("vix", STORED.iloc[:0], offered, LIMITS)) == [17.35, 17.93, 11.0, 17.82]


def test_stand_ins_go_where_the_trusted_source_passes_over_them() -> None:
    """Not its newest five sessions, not declared back history before its first, not a row set aside."""
    trusted = closes({f"2025-01-{day:02d}": 15.0 for day in range(6, 20, 2)})  # 6, 8, ..., 18
    others = closes({f"2025-01-{day:02d}": 14.0 for day in (2, 7, 9, 11)}, "fred_csv")
    both = pd.concat([others, trusted]).sort_index()
    result = merge("vix3m", both, trusted, replace(LIMITS, back_history="fred_csv"))
    # the newest five of the answer are 10 to 18, so that 8 is the last settled session
    assert [day.day for day in result.closes.index[result.closes["source"] == "fred_csv"]] == [2, 9, 11]
    assert result.revisions == (Revision(dt.date(2025, 1, 7), 14.0, None, "cboe_csv", Kind.WITHDRAWN),)
    assert [each.session.day for each in merge("vix", both, trusted, LIMITS).revisions] == [2, 7]
    unread = Evidence(unread=[dt.date(2025, 1, 7)])
    assert [each.session.day for each in merge("vix", both, trusted, LIMITS, evidence=unread).revisions] == [
        2
    ]


@pytest.mark.parametrize(
    ("numerator", "denominator", "taken"), [(1, 2, True), (3, 2, True), (10, 1, True), (1, 1.1, False)]
)
def test_a_split_moves_the_whole_history_once(numerator: float, denominator: float, taken: bool) -> None:
    """One entry with the last close; rows that the answer lacks move too; 10% is no split."""
    stored = closes({f"2025-01-{day:02d}": 640.0 + day for day in range(2, 22)}, "cboe_chart")
    factor = numerator / denominator
    offered = stored.iloc[1:].assign(close=stored["close"].iloc[1:] * factor)
    limits = replace(limited(LIMITS, max_revision_share=0.1), splits=True, trust=("cboe_chart",))
    if not taken:
        with pytest.raises(RevisionError):
            merge("spy", stored, offered, limits)
        return
    result = merge("spy", stored, offered, limits)
    assert values(result) == pytest.approx([close * factor for close in stored["close"]])
    (entry,) = result.revisions
    assert (entry.session, entry.old, entry.kind) == (dt.date(2025, 1, 21), 661.0, Kind.SPLIT)
    assert entry.new == pytest.approx(661 * factor)
    assert not merge("spy", result.closes, offered, limits).changed
    with pytest.raises(RevisionError):
        merge("vix", stored, offered, replace(limits, splits=False))


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


WHOLE = closes({day: close for day, close in TRUTH.items() if day != "2025-03-14"})
"""The trusted source's file, which passes over one session that the fallback has."""


@examples(0.15)  # six orders of each
@given(answers(), answers(), answers())
def test_order_of_consistent_answers_does_not_matter(
    a: pd.DataFrame, b: pd.DataFrame, c: pd.DataFrame
) -> None:
    """Whatever came before in whatever order, the trusted source's whole file ends in one history."""
    known = [each[each.index.isin(WHOLE.index) | (each["source"] == "fred_csv")] for each in (a, b, c)]
    for order in itertools.permutations(known):
        pd.testing.assert_frame_equal(together(*order, WHOLE), WHOLE)


@examples(0.3)
@given(contrary(), contrary())
def test_merging_is_idempotent(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The same answer a second time changes nothing."""
    once = merge("vix", a, b, FREE).closes
    again = merge("vix", once, b, FREE)
    assert not again.changed
    pd.testing.assert_frame_equal(again.closes, once)


@examples(0.3)
@given(contrary(), contrary())
def test_history_only_grows(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """No session is lost but stand-ins that are listed as withdrawn; each close is one of the two offered."""
    result = merge("vix", a, b, FREE)
    gone = {pd.Timestamp(each.session) for each in result.revisions if each.kind is Kind.WITHDRAWN}
    assert set(a.index) - gone <= set(result.closes.index) <= set(a.index) | set(b.index)
    assert not gone & set(result.closes.index)
    assert set(a.loc[sorted(gone), "source"]) <= {"fred_csv"}
    if b["source"].eq("cboe_csv").all() or a.empty:
        assert set(b.index) <= set(result.closes.index)
    assert result.closes.index.is_monotonic_increasing
    for day, row in result.closes.iterrows():
        offered = [(f.loc[day, "close"], f.loc[day, "source"]) for f in (a, b) if day in f.index]
        assert (row["close"], row["source"]) in offered


@examples(0.3)
@given(contrary(), contrary())
def test_the_flag_tells_the_truth(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """`changed` is whether the history differs from the stored one."""
    result = merge("vix", a, b, FREE)
    assert result.changed is not result.closes.equals(a)


def test_a_stand_in_gives_way_though_it_is_the_only_second_source() -> None:
    """FRED stood in and differs on a few sessions: the trusted values go in, where many differ none does."""
    stood_in = closes({f"2025-01-{day:02d}": 15.0 for day in range(2, 12)}, "fred_csv")
    has_it = Evidence(witnesses=[Witness(source="fred_csv", closes=stood_in["close"], tolerance=0.02)])
    for n_apart, applied in ((2, True), (3, False)):
        offered = stood_in.assign(close=[15.5] * n_apart + [15.0] * (10 - n_apart), source="cboe_csv")
        if not applied:
            with pytest.raises(RevisionError):
                merge("vix", stood_in, offered, CHECKED, evidence=has_it)
            continue
        result = merge("vix", stood_in, offered, CHECKED, evidence=has_it)
        pd.testing.assert_frame_equal(result.closes, offered)
        assert [each.kind for each in result.revisions] == [Kind.UPGRADE] * 2
