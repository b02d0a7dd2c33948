"""Conditional returns, events and thresholds on histories short enough to follow by hand."""

from __future__ import annotations

import numpy as np
import pytest
from arch.bootstrap import CircularBlockBootstrap
from tests.panels import Column, analyse_ratios
from tests.studies import HOW, Resampling, input_of, study_of
from tests.thresholds import ThresholdRules, measure_thresholds

from ivts_site.analytics.inference import Kind, count_clusters, find_tails
from ivts_site.analytics.studies import events, thresholds
from ivts_site.analytics.studies.events import EventStudy
from ivts_site.analytics.studies.returns import ReturnHorizon, build_bands, in_band, measure
from ivts_site.analytics.studies.thresholds import Thresholds
from ivts_site.analytics.study_input import StudyInput

RATIOS = [0.80, 0.90, 1.10, 1.20, 0.90, 0.80, 0.97, 1.05, 0.90, 0.85]
SPY = [100.0, 102, 101, 98, 99, 103, 104, 100, 106, 107]


def _returns(
    ratios: Column, close: Column, horizon: int, bands: tuple[float, ...] = (1.0,), how: Resampling = HOW
) -> tuple[ReturnHorizon, ...]:
    return measure(study_of(ratios, close, horizons=(horizon,), bands=bands, how=how)).returns


def _lines(study: StudyInput) -> Thresholds:
    return thresholds.measure(study).thresholds


def test_bands() -> None:
    """Edges belong to the band below; every ratio lies in one band."""
    bands = build_bands([0.85, 0.95, 1.0])
    assert [band.id for band in bands] == ["upto-0.85", "0.85-0.95", "0.95-1", "above-1"]
    ratios = np.array([0.5, 0.85, 0.8501, 0.95, 0.9501, 1.0, 1.0001, 18.90 / 21.00])
    table = np.array([in_band(ratios, band) for band in bands])
    assert table.sum(axis=0).tolist() == [1] * len(ratios)
    assert table.argmax(axis=0).tolist() == [0, 0, 1, 1, 2, 2, 3, 1]


def test_returns_by_hand() -> None:
    """Two sessions ahead, the last two sessions have no outcome.

    t  0 0.80 101/100 − 1 =  0.01          t  4 0.90 104/99 − 1 = 5/99
    t  1 0.90  98/102 − 1 = −4/102         t  5 0.80 100/103 − 1 = −3/103
    t  2 1.10  99/101 − 1 = −2/101         t  6 0.97 106/104 − 1 = 2/104
    t  3 1.20 103/98 − 1 = 5/98            t  7 1.05 107/100 − 1 = 0.07
    """
    (found,) = _returns(RATIOS, SPY, 2, bands=(0.85, 0.95, 1.0))
    low, middle, flat, above = found.bands
    assert (found.horizon, found.block, found.today) == (2, 4, "upto-0.85")
    assert low.mean == pytest.approx((0.01 - 3 / 103) / 2)
    assert (low.n_sessions, low.n_up, low.share_up) == (2, 1, None)  # of two there is no rate
    assert middle.mean == pytest.approx((-4 / 102 + 5 / 99) / 2)
    assert flat.mean == pytest.approx(2 / 104)
    returns = [-2 / 101, 5 / 98, 0.07]
    assert above.mean == pytest.approx(sum(returns) / 3)
    assert above.median == pytest.approx(5 / 98)
    # episodes 2–3 and 7; windows of two sessions from 2 and 7
    assert (above.n_sessions, above.n_episodes, above.n_windows) == (3, 2, 2)
    rest = [0.01, -4 / 102, 5 / 99, -3 / 103, 2 / 104]
    assert above.difference == pytest.approx(sum(returns) / 3 - sum(rest) / 5)
    assert (above.first_session, above.last_session) == (
        "2020-01-08",
        "2020-01-15",
    )
    assert (found.all.n_sessions, found.all.n_episodes, found.all.n_windows) == (8, 1, 4)
    assert found.all.difference is None
    assert found.all.difference_interval is None
    assert (above.above, above.upto, low.above, low.upto) == (1.0, None, None, 0.85)


def test_few_cases_have_no_interval() -> None:
    """Above 1 there are two windows: with three wanted there is a mean and no interval of it."""
    above = _returns(RATIOS, SPY, 2, how=Resampling(min_cases=3))[0].bands[1]
    assert above.interval is None
    assert above.share_up_interval is None
    assert above.difference_interval is None
    assert above.width_ratio is None
    assert above.mean == pytest.approx((-2 / 101 + 5 / 98 + 0.07) / 3)


def test_labels_of_the_day_after_change_the_result() -> None:
    """A day's move is known with that day's label: a label from the day after would look ahead, and shows.

    The benchmark falls on each first day above 1 and rises on others; with yesterday's label the group's
    next-day return is a rise, with tomorrow's it would be the fall.
    """
    ratios = [0.9, 1.1, 0.9, 0.9] * 30
    steps = [1.01, 0.90, 1.02, 1.01] * 30
    close = (100 * np.cumprod(steps)).tolist()
    honest = _returns(ratios, close, 1)[0].bands[1]
    leaked = _returns([*ratios[1:], 0.9], close, 1)[0].bands[1]
    assert honest.mean == pytest.approx(0.02)
    assert leaked.mean == pytest.approx(-0.10)


def test_a_missing_close_takes_two_starts_out() -> None:
    """Without the close of t 5, the returns from t 3 (two ahead) and from t 5 are unknown; no others."""
    spy = [*SPY[:5], None, *SPY[6:]]
    (found,) = _returns(RATIOS, spy, 2)
    assert found.all.n_sessions == 6
    assert found.bands[1].mean == pytest.approx((-2 / 101 + 0.07) / 2)


#         0    1    2    3    4    5    6    7    8    9
EPISODES = [0.9, 1.1, 1.1, 0.9, 0.9, 1.1, 0.9, 0.9, 0.9, 1.1]
CLOSES = [100.0, 98, 95, 96, 97, 90, 94, 99, 100, 101]


def _events(before: int = 1, after: int = 2, worst: int = 2) -> EventStudy:
    study = study_of(
        EPISODES,
        CLOSES,
        event_before=before,
        event_after=after,
        event_worst=worst,
        event_min_sessions=(2, 1),
    )
    return events.measure(study).events


def _group(found: EventStudy, anchor: str, least: int):
    return next(g for g in found.groups if (g.anchor, g.min_sessions) == (anchor, least))


def test_anchors_and_paths_by_hand() -> None:
    """Episodes 1–2, 5, 9 (going on). First sessions 1, 5, 9; ends 3 and 6: the first session back."""
    found = _events()
    first = _group(found, "first", 1)
    assert found.offsets == (-1, 0, 1, 2)
    assert (first.n_episodes, first.n_paths, first.knowable) == (3, 2, True)
    one, other = np.array([100, 98, 95, 96]) / 98 - 1, np.array([97, 90, 94, 99]) / 90 - 1
    assert first.median == pytest.approx(((one + other) / 2).tolist())
    assert first.mean == pytest.approx(((one + other) / 2).tolist())
    assert first.lower_quartile == pytest.approx((np.minimum(one, other) + abs(one - other) / 4).tolist())
    assert first.upper_quartile == pytest.approx((np.maximum(one, other) - abs(one - other) / 4).tolist())
    end = _group(found, "end", 1)
    assert (end.n_episodes, end.n_paths) == (2, 2)
    one, other = np.array([95, 96, 97, 90]) / 96 - 1, np.array([90, 94, 99, 100]) / 94 - 1
    assert end.median == pytest.approx(((one + other) / 2).tolist())
    assert (end.first_session, end.last_session) == ("2020-01-09", "2020-01-14")


def test_worst_close_by_hand() -> None:
    """After session 1: 95/98 − 1. After session 5 both closes are higher: 94/90 − 1, above zero."""
    first = _group(_events(), "first", 1)
    assert first.n_worst == 2
    assert first.worst == pytest.approx(95 / 98 - 1)
    assert first.worst_session == "2020-01-07"
    assert first.worst_median == pytest.approx((95 / 98 - 1 + 94 / 90 - 1) / 2)
    assert (first.lower_after.numerator, first.lower_after.denominator) == (1, 2)


def test_two_sessions_are_known_on_the_second() -> None:
    """Only episode 1–2 lasts two sessions; a reader learns it on session 2, not on session 1."""
    found = _events()
    assert [(g.anchor, g.min_sessions) for g in found.groups] == [
        ("first", 1),
        ("first", 2),
        ("reached", 2),
        ("end", 1),
        ("end", 2),
    ]
    hindsight, reached = _group(found, "first", 2), _group(found, "reached", 2)
    assert (hindsight.knowable, reached.knowable) == (False, True)
    assert hindsight.median[1:] == pytest.approx([0, 95 / 98 - 1, 96 / 98 - 1])
    assert reached.median[1:] == pytest.approx([0, 96 / 95 - 1, 97 / 95 - 1])


def test_paths_that_are_not_complete_are_no_part_of_the_fan() -> None:
    """Four sessions ahead: of first sessions 1, 5 and 9 the last has no path, and 5 just has one."""
    first = _group(_events(after=4), "first", 1)
    assert (first.n_episodes, first.n_paths) == (3, 2)
    assert _group(_events(after=5), "first", 1).n_paths == 1
    nothing = _group(_events(after=9), "first", 1)
    assert (nothing.n_paths, len(nothing.median), nothing.first_session) == (0, 0, None)


def test_baseline_is_every_session() -> None:
    """Sessions 1 to 7 have one close before and two after."""
    found = _events()
    paths = np.array([np.array(CLOSES[t - 1 : t + 3]) / CLOSES[t] - 1 for t in range(1, 8)])
    assert found.n_baseline == 7
    assert found.baseline_median == pytest.approx(np.median(paths, axis=0).tolist())


def test_thresholds_by_hand() -> None:
    """Entry 1.00, exit 1.00 and entry 1.00, exit 0.95, one session ahead.

    Ratios  0.90 1.10 0.97 0.94 1.02 0.99 | 0.90 1.10 0.90 0.90 0.90 0.90
    The second pair keeps 0.97 and 0.99 inside.
    """
    ratios = [0.90, 1.10, 0.97, 0.94, 1.02, 0.99, 0.90, 1.10, 0.90, 0.90, 0.90, 0.90]
    close = [100.0, 102, 101, 103, 104, 100, 99, 98, 105, 100, 101, 102]
    found = _lines(study_of(ratios, close, thresholds=[(1.0, 1.0), (1.0, 0.95)], horizon=1))
    plain, sticky = found.pairs
    assert (plain.whole.n_episodes, plain.whole.inside.numerator, plain.whole.inside.denominator) == (
        3,
        3,
        12,
    )
    assert (sticky.whole.n_episodes, sticky.whole.inside.numerator) == (3, 5)
    assert (plain.whole.mean_sessions, sticky.whole.mean_sessions) == (1, 5 / 3)
    inside = [101 / 102 - 1, 100 / 104 - 1, 105 / 98 - 1]
    assert plain.whole.mean_return == pytest.approx(sum(inside) / 3)
    rest = [102 / 100, 103 / 101, 104 / 103, 99 / 100, 98 / 99, 100 / 105, 101 / 100, 102 / 101]
    assert plain.whole.difference == pytest.approx(sum(inside) / 3 - (sum(rest) / 8 - 1))
    assert plain.whole.flips_per_year is None  # six flips, in 15 days
    # the first half knows no close after its own last one
    assert plain.first_half.n_returns == 2
    assert plain.first_half.mean_return == pytest.approx((101 / 102 - 1 + 100 / 104 - 1) / 2)
    assert plain.second_half.mean_return == pytest.approx(105 / 98 - 1)
    assert plain.second_half.inside.denominator == 6


def test_ranks_of_thresholds() -> None:
    """Largest difference first; a pair without a difference has no rank."""
    ratios, close = [0.9, 1.1, 0.9, 1.3] * 4, [100.0, 101, 103, 102] * 4
    found = _lines(study_of(ratios, close, thresholds=[(1.0, 1.0), (1.2, 1.2), (2.0, 2.0)], horizon=1))
    assert [pair.rank_first_half for pair in found.pairs] == [1, 2, None]
    # after 1.1 comes +2/101; after 1.3 comes −2/102: taking both in is better than the fall alone
    assert found.best_first_half == 0
    assert found.pairs[2].whole.n_episodes == 0
    assert found.pairs[2].whole.difference is None


def test_thresholds_agree_with_the_explorer() -> None:
    """Counts, rate, lengths and flips of the whole history are those of `measure_thresholds`."""
    rng = np.random.default_rng(6)
    ratios = np.clip(0.95 + np.cumsum(0.02 * rng.standard_normal(300)), 0.7, 1.3).round(4).tolist()
    analysis = analyse_ratios(ratios)
    pairs = [(1.0, 1.0), (1.0, 0.97), (1.01, 0.98), (0.917, 0.917)]
    found = _lines(input_of(analysis, thresholds=pairs, horizon=5))
    for pair in found.pairs:
        rules = ThresholdRules(entry=pair.entry, exit=pair.exit, min_sessions=1)
        other = measure_thresholds(analysis.signal["ivts"], analysis.panel.closes["benchmark"], rules)
        assert pair.whole.n_episodes == other.n
        assert pair.whole.inside.value == other.rate
        assert pair.whole.mean_sessions == other.mean_sessions
        assert pair.whole.median_sessions == other.median_sessions
        assert pair.whole.flips_per_year == other.flips_per_year


def test_differences_of_thresholds_have_the_errors_of_arch() -> None:
    """Blocks of two horizons over each half by itself; with few clusters there is no interval."""
    rng = np.random.default_rng(8)
    ratios = np.clip(0.95 + 0.03 * rng.standard_normal(800), 0.8, 1.2).round(4)
    close = (100 * np.exp(np.cumsum(0.01 * rng.standard_normal(800)))).tolist()
    how = Resampling(level=0.95, draws=4000, seed=1, block_factor=2, min_cases=10)
    (pair, rare) = _lines(
        study_of(ratios.tolist(), close, thresholds=[(1.0, 0.97), (1.15, 1.15)], horizon=5, how=how)
    ).pairs
    state, inside = [], False
    for ratio in ratios[:400]:
        inside = ratio > 1.0 or (inside and ratio > 0.97)
        state.append(inside)
    ahead = np.array(close[5:400]) / np.array(close[:395]) - 1
    member = np.array(state[:395], dtype=float)

    def difference(y: np.ndarray, m: np.ndarray) -> float:
        return float((y * m).sum() / m.sum() - (y * (1 - m)).sum() / (1 - m).sum())

    assert pair.first_half.difference == pytest.approx(difference(ahead, member), rel=1e-9)
    drawn = CircularBlockBootstrap(10, ahead, member, seed=2).apply(difference, 4000)[:, 0]
    cases = max((count_clusters(m, 5) for m in (member > 0, member == 0)), key=lambda found: found.n)
    tails = find_tails(Kind(outcome="return", side="high", horizon=5), "difference", cases.effective, 395)
    assert tails is not None
    value = pair.first_half.difference
    expected = (value - tails.at(0.975) * drawn.std(), value - tails.at(0.025) * drawn.std())
    # standard error of a deviation of 4,000 draws: 1.1%; both have it, and arch's is not linearized
    assert pair.first_half.difference_interval == pytest.approx(expected, abs=0.2 * drawn.std())
    assert rare.whole.difference_interval is None


def test_the_first_half_knows_nothing_of_the_second() -> None:
    """Another second half, ratios and closes alike: the first half's results and ranks stay."""
    rng = np.random.default_rng(7)
    ratios, close = 0.9 + 0.2 * rng.random(80), 100 + 10 * rng.random(80)
    pairs = [(1.0, 1.0), (1.0, 0.97)]
    one, other = (
        _lines(
            study_of(
                [*ratios[:40].round(4), *second.round(4)],
                [*close[:40], *(second * 50)],
                thresholds=pairs,
                horizon=5,
            )
        )
        for second in (ratios[40:], 1.9 - ratios[40:])
    )
    assert [pair.first_half for pair in one.pairs] == [pair.first_half for pair in other.pairs]
    assert one.pairs[0].second_half != other.pairs[0].second_half
    assert one.best_first_half == other.best_first_half
