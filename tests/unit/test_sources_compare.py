"""What several sources and series say about each other."""

from __future__ import annotations

import pandas as pd
import pytest

from ivts_site.errors import DataError
from ivts_site.model import Witness
from ivts_site.sources import (
    check_distinct,
    check_order,
    contradicted_moves,
    disagreements,
    implausible_ratios,
    implied_closes,
)

DAYS = pd.DatetimeIndex(pd.date_range("2024-01-01", periods=300, freq="D"), name="session")


def series(values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"close": values}, index=DAYS[: len(values)])


def closes(*values: float) -> pd.Series:
    return series(list(values))["close"]


def test_one_file_served_for_two_series() -> None:
    """Equal closes on more than 95% of the common sessions are refused."""
    one = series([10.0 + i for i in range(100)])
    two = one.copy()
    two.iloc[:4] += 0.5
    with pytest.raises(DataError, match=r"vix and vix3m have the same close on 96\.0% of 100 sessions"):
        check_distinct({"vix": one, "vix3m": two})


@pytest.mark.parametrize(("n_rows", "n_different"), [(100, 5), (19, 0)])
def test_similar_series_pass(n_rows: int, n_different: int) -> None:
    """Exactly 95% is allowed, and a handful of sessions proves nothing."""
    one = series([10.0 + i for i in range(n_rows)])
    two = one.copy()
    two.iloc[:n_different] += 0.5
    check_distinct({"vix": one, "vix3m": two})


def test_swapped_series() -> None:
    """A year in which the front is mostly above the back is refused with the median."""
    with pytest.raises(DataError, match=r"vix and vix3m seem to be swapped.* 250 sessions is 1\.250, above"):
        check_order({"vix": series([20.0] * 250), "vix3m": series([16.0] * 250)}, 1.0)


@pytest.mark.parametrize(("front", "n"), [(20.0, 249), (16.0, 250)])
def test_crises_and_equal_levels_pass(front: float, n: int) -> None:
    """Less than a year above the line is a crisis; a median of exactly one is within."""
    check_order({"vix": series([front] * n), "vix3m": series([16.0] * n)}, 1.0)


def test_disagreements() -> None:
    """Differences up to the tolerance are none, in float arithmetic too; only the latest sessions count."""
    own, other = closes(10.0, 17.76, 18.0, 19.0), closes(11.0, 17.74, 18.03, 19.0)
    witness = Witness(source="fred_csv", closes=other, tolerance=0.02)
    found = disagreements(own, witness, 3)
    assert [(f"{day:%d}", a, b) for day, a, b in found.itertuples()] == [("03", 18.0, 18.03)]
    assert len(disagreements(own, witness, 4)) == 2


def moves(own: pd.Series, *others: pd.Series) -> list[str]:
    witnesses = [Witness(source="fred_csv", closes=each, tolerance=0.02) for each in others]
    found = contradicted_moves(own, witnesses, max_move=0.8, sessions=250)
    return [f"{day:%d}" for day in found]


def test_a_large_move_alone_is_no_error() -> None:
    """Without a second source, or with one that agrees or also moved far, a close stays."""
    crash = closes(17.31, 37.32, 29.98)
    assert moves(crash) == []
    assert moves(crash, closes(17.31, 37.32, 29.98)) == []
    assert moves(crash, closes(17.31, 37.35, 29.98)) == []


def test_a_large_move_that_another_source_does_not_have() -> None:
    """The close is named; a move within the limit is not, however much the other source differs."""
    assert moves(closes(17.31, 173.2, 17.4), closes(17.31, 17.32, 17.4)) == ["02"]
    assert moves(closes(17.31, 30.0, 17.4), closes(17.31, 17.32, 17.4)) == []


def test_a_tolerance_of_its_own_for_each_session() -> None:
    """A difference of 0.5 is within 0.5 on one session and above 0.4 on the next."""
    own, other = closes(100.0, 100.5, 101.5), closes(100.0, 100.0, 101.0)
    bound = pd.Series([0.1, 0.5, 0.4], index=other.index)
    witness = Witness(source="fred_csv", closes=other, tolerance=bound)
    assert [f"{day:%d}" for day in disagreements(own, witness, 9).index] == ["03"]


def test_closes_implied_by_the_moves_of_another_series() -> None:
    """Each is the own close before times the other's move: 640 x 6060/6000 = 646.40, 650 x 5999.4/6060."""
    own, other = closes(640.0, 650.0, 0.0, 700.0), closes(6000.0, 6060.0)
    other = pd.concat([other, pd.Series([5999.4], index=DAYS[2:3])])
    found = implied_closes(own, other)
    # 650 x 0.99 = 643.50; the first session has no move, the fourth is unknown to the other
    assert [(f"{day:%d}", value) for day, value in found.items()] == [("02", 646.4), ("03", 643.5)]


def test_ratios() -> None:
    """A ratio outside the range is named unless both closes are confirmed; the edges are within."""
    front, back = closes(10.0, 25.0, 26.0, 90.0), closes(25.0, 10.0, 10.0, 30.0)

    def named(*confirmed: pd.DatetimeIndex) -> list[str]:
        found = implausible_ratios(front, back, within=(0.4, 2.5), confirmed=confirmed)
        return [f"{day:%d}" for day in found]

    none, fourth = DAYS[:0], DAYS[3:4]
    assert named(none, none) == ["03", "04"]
    assert named(fourth, none) == ["03", "04"]
    assert named(fourth, fourth) == ["03"]
