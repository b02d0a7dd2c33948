"""The sample simulation: its prices are the model's own, its history looks like the real one."""

from __future__ import annotations

import hashlib
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from tests.calendars import library

from ivts_site.sample import SAMPLE_SEED, simulate_closes, simulate_futures
from ivts_site.sample import model as m
from ivts_site.sample.model import expected_variance, forward_index, volatility_index

# Statistics of the joined VIX, VIX3M and SPY closes of 2009-09-18 to 2026-02-27 (4,136 sessions), with
# the distance from them that still counts as near. A ratio of pure noise fits none of the episode rows.
TARGETS = {
    "ratio p50": (0.885, 0.010),
    "ratio p95": (1.019, 0.010),
    "ratio p99": (1.147, 0.020),
    "backwardation rate": (0.076, 0.008),
    "episodes": (99, 12),
    "one-session share": (0.495, 0.06),
    "mean sessions": (3.17, 0.40),
    "VIX median": (16.8, 1.0),
    "VIX p95": (31.2, 3.0),
    "SPY annual return": (0.120, 0.03),
    "SPY annual volatility": (0.172, 0.02),
    "correlation": (-0.76, 0.04),
    "mean SPY return in episodes": (-0.023, 0.010),
    "share of falling episodes": (0.93, 0.09),
}


@pytest.fixture(scope="module")
def sessions() -> pd.DatetimeIndex:
    """NYSE sessions of the default sample range."""
    with warnings.catch_warnings():
        # The calendar library calls a pandas attribute that this pandas deprecates.
        warnings.simplefilter("ignore")
        calendar = library("XNYS", start="2009-09-18", end="2025-12-31")
        return pd.DatetimeIndex(calendar.sessions)


@pytest.fixture(scope="module")
def closes(sessions: pd.DatetimeIndex) -> pd.DataFrame:
    """Simulate the published sample."""
    return simulate_closes(sessions)


def _episodes(closes: pd.DataFrame) -> list[tuple[int, int]]:
    """First and last position of every run of sessions whose VIX is above VIX3M, by plain scanning."""
    found: list[tuple[int, int]] = []
    for position, above in enumerate(closes["vix"] > closes["vix3m"]):
        if above and found and found[-1][1] == position - 1:
            found[-1] = (found[-1][0], position)
        elif above:
            found.append((position, position))
    return found


def _statistics(closes: pd.DataFrame) -> dict[str, float]:
    ratio = (closes["vix"] / closes["vix3m"]).to_numpy()
    spy = closes["spy"].to_numpy()
    returns, episodes = np.diff(np.log(spy)), _episodes(closes)
    lengths = np.array([last - first + 1 for first, last in episodes])
    outcomes = np.array([spy[last] / spy[first - 1] - 1 for first, last in episodes if first])
    return {
        "ratio p50": np.quantile(ratio, 0.5),
        "ratio p95": np.quantile(ratio, 0.95),
        "ratio p99": np.quantile(ratio, 0.99),
        "backwardation rate": np.mean(ratio > 1),
        "episodes": len(episodes),
        "one-session share": np.mean(lengths == 1),
        "mean sessions": lengths.mean(),
        "VIX median": closes["vix"].median(),
        "VIX p95": closes["vix"].quantile(0.95),
        "SPY annual return": (spy[-1] / spy[0]) ** (252 / len(returns)) - 1,
        "SPY annual volatility": returns.std() * 252**0.5,
        "correlation": np.corrcoef(returns, np.diff(np.log(closes["vix"])))[0, 1],
        "mean SPY return in episodes": outcomes.mean(),
        "share of falling episodes": np.mean(outcomes < 0),
    }


def _misses(closes: pd.DataFrame) -> set[str]:
    statistics = _statistics(closes)
    return {name for name, (target, width) in TARGETS.items() if abs(statistics[name] - target) > width}


def test_sample_history_is_near_the_real_one(closes: pd.DataFrame) -> None:
    """Ratio, episodes, levels and returns lie within the stated distance of the real history's."""
    assert _misses(closes) == set()


def test_shuffled_ratio_is_not_near_the_real_history(closes: pd.DataFrame) -> None:
    """The same closes in random order keep the distribution, yet miss the episode targets."""
    order = np.random.default_rng(0).permutation(len(closes))
    shuffled = closes.assign(vix=closes["vix"].to_numpy()[order], vix3m=closes["vix3m"].to_numpy()[order])
    assert {"episodes", "one-session share", "mean sessions", "correlation"} <= _misses(shuffled)


def test_noise_instead_of_the_model_misses_the_tails(closes: pd.DataFrame) -> None:
    """A ratio of independent normal noise with the right mean and spread misses p99 and the episodes."""
    ratio = closes["vix"] / closes["vix3m"]
    noise = np.random.default_rng(0).normal(ratio.mean(), ratio.std(), len(ratio))
    assert {"ratio p99", "episodes", "mean sessions"} <= _misses(closes.assign(vix=closes["vix3m"] * noise))


def test_longest_episode_and_extremes_are_plausible(closes: pd.DataFrame) -> None:
    """The longest episode, the highest and the lowest VIX are of the size history has seen."""
    longest = max(last - first + 1 for first, last in _episodes(closes))
    assert 20 <= longest <= 60
    assert 45 <= closes["vix"].max() <= 95
    assert 7 <= closes["vix"].min() <= 11


def test_last_two_years_show_every_feature_of_the_page(closes: pd.DataFrame) -> None:
    """The sample ends in contango, with several episodes in two years and one in the last year."""
    starts = pd.Series([closes.index[first] for first, _ in _episodes(closes)])
    assert (starts > "2023-12-31").sum() >= 5
    assert (starts > "2024-12-31").sum() >= 1
    assert closes["vix"].iloc[-1] / closes["vix3m"].iloc[-1] < 0.97
    assert closes["vix"].iloc[0] < closes["vix3m"].iloc[0]


def _simulate_pricing_measure(fast: float, slow: float, days: list[int], n_paths: int) -> np.ndarray:
    """Mean variance to each tenor on Euler paths of the pricing measure, shape (tenors, paths).

    Written from the stochastic differential equations alone, with steps of a fifth of a day.
    """
    rng = np.random.default_rng(20)
    step, n_steps = 0.2 / 365, max(days) * 5
    x, y = np.full(n_paths, fast), np.full(n_paths, slow)
    total = np.zeros(n_paths)
    marks = []
    rho = m.FACTOR_CORRELATION
    for number in range(1, n_steps + 1):
        before = np.exp(m.LOG_LEVEL + x + y)
        first, second = rng.standard_normal((2, n_paths)) * step**0.5
        jump = rng.exponential(m.JUMP_MEAN, n_paths) * (rng.random(n_paths) < m.JUMP_RATE * step)
        x = x + m.FAST_SPEED * (m.FAST_PREMIUM - x) * step + m.FAST_VOL * first + jump
        y = y + m.SLOW_SPEED * (m.SLOW_PREMIUM - y) * step
        y = y + m.SLOW_VOL * (rho * first + (1 - rho**2) ** 0.5 * second)
        total += (before + np.exp(m.LOG_LEVEL + x + y)) / 2
        if number % 5 == 0 and number // 5 in days:
            marks.append(total / number)
    return np.array(marks)


@pytest.mark.parametrize(("fast", "slow"), [(-0.4, -0.7), (1.6, 0.5)], ids=["calm", "stress"])
def test_indices_are_the_models_own_expected_variance(fast: float, slow: float) -> None:
    """Monte Carlo of the pricing measure gives VIX² and VIX3M² within four standard errors.

    The jumps make the average heavy-tailed, so this guards against gross faults; the backward equation
    below checks the same expectation finely.
    """
    days, n_paths = [30, 93], 8_000
    paths = _simulate_pricing_measure(fast, slow, days, n_paths)
    for simulated, tenor in zip(paths, days, strict=True):
        quoted = volatility_index(np.array([fast]), np.array([slow]), tenor)[0]
        error = simulated.std(ddof=1) / n_paths**0.5
        assert simulated.mean() == pytest.approx((quoted / 100) ** 2, abs=4 * error)
        assert error < 0.02 * simulated.mean()


def _expected(horizon: float, fast: float, slow: float) -> float:
    return expected_variance(np.array(fast), np.array(slow), np.array(horizon)).item()


@pytest.mark.parametrize("horizon", [0.005, 0.08, 0.25, 0.5])
def test_expected_variance_solves_the_backward_equation(horizon: float) -> None:
    """The closed form satisfies Kolmogorov's equation of the pricing measure, by finite differences."""
    x, y, d = 0.7, -0.4, 1e-3

    def f(dx: float = 0.0, dy: float = 0.0, dh: float = 0.0) -> float:
        return _expected(horizon + dh, x + dx, y + dy)

    jump, _ = quad(lambda size: (f(size) - f()) * np.exp(-size / m.JUMP_MEAN) / m.JUMP_MEAN, 0, 200)
    generator = (
        m.FAST_SPEED * (m.FAST_PREMIUM - x) * (f(d) - f(-d)) / (2 * d)
        + m.SLOW_SPEED * (m.SLOW_PREMIUM - y) * (f(0, d) - f(0, -d)) / (2 * d)
        + m.FAST_VOL**2 / 2 * (f(d) - 2 * f() + f(-d)) / d**2
        + m.SLOW_VOL**2 / 2 * (f(0, d) - 2 * f() + f(0, -d)) / d**2
        + m.FACTOR_CORRELATION
        * m.FAST_VOL
        * m.SLOW_VOL
        * (f(d, d) - f(d, -d) - f(-d, d) + f(-d, -d))
        / (2 * d) ** 2
        + m.JUMP_RATE * jump
    )
    slope = (f(dh=1e-5) - f(dh=-1e-5)) / 2e-5
    assert slope == pytest.approx(generator, abs=2e-4 * f())


def test_expected_variance_now_is_the_variance() -> None:
    """At horizon zero nothing is left to expect: exp(m + x₁ + x₂)."""
    assert _expected(0.0, 0.3, -0.2) == pytest.approx(np.exp(m.LOG_LEVEL + 0.1), rel=1e-12)


@pytest.mark.parametrize("days", [1, 30, 93, 365])
def test_index_is_the_root_of_the_mean_expected_variance(days: int) -> None:
    """The quadrature agrees with an adaptive integral far below a hundredth of a point."""
    tenor = days / 365
    total, _ = quad(_expected, 0, tenor, args=(1.2, 0.4), epsabs=1e-13)
    index = volatility_index(np.array([1.2]), np.array([0.4]), days)[0]
    assert index == pytest.approx(100 * (total / tenor) ** 0.5, abs=1e-4)


@pytest.mark.parametrize("ahead", [0, 1, 45, 270])
def test_forward_index_is_the_root_of_the_mean_of_its_thirty_days(ahead: int) -> None:
    """Three nodes against adaptive quadrature of the same expectation, in agitated markets."""
    mean, _ = quad(_expected, ahead / 365, (ahead + 30) / 365, args=(1.2, 0.3))
    quoted = forward_index(np.array(1.2), np.array(0.3), np.array(ahead), 30).item()
    assert quoted == pytest.approx(100 * np.sqrt(mean * 365 / 30), abs=0.02)


def test_futures_meet_the_index_at_expiry(sessions: pd.DatetimeIndex, closes: pd.DataFrame) -> None:
    """A day before, a contract is the VIX but for both observation noises; fewer sessions give a prefix."""
    expiries = [day.date() for day in pd.date_range("2009-10-21", "2027-01-01", freq="4W-WED")]
    rows = simulate_futures(sessions, expiries)
    assert (rows.groupby("session").size() == 9).all()
    assert (rows["expiry"] > rows["session"]).all()
    assert sessions[-1] == rows["session"].iloc[-1]
    last = rows[(rows["expiry"] - rows["session"]).dt.days == 1]
    off = np.log(last["settle"].to_numpy() / closes["vix"].reindex(last["session"]).to_numpy())
    assert len(last) > 40
    # sqrt(0.9² + 0.45²) % of noise, and the day's expected way to the mean
    assert np.abs(off).max() < 0.05
    assert np.std(off) < 0.02
    begun = simulate_futures(sessions[:-5], expiries)
    shared = begun.merge(rows, on=["session", "expiry"])
    assert len(shared) > 8000
    assert shared["settle_x"].equals(shared["settle_y"])


def test_benchmark_variance_is_the_models(sessions: pd.DatetimeIndex) -> None:
    """Squared returns over the squared one-day index of the close before average to the known gap."""
    ratios = []
    for seed in range(1, 9):
        closes = simulate_closes(sessions, seed=seed, tenors={"day": 1})
        squared = np.diff(np.log(closes["spy"].to_numpy())) ** 2 * 252
        ratios.append(squared / (closes["day"].to_numpy()[:-1] / 100) ** 2)
    ratio = np.concatenate(ratios)
    # Over a day the index looks half a day ahead under the pricing measure, whose variance grows at
    # 24·(0.37 − 0.16) + 2.7²/2 + 5.2·0.76/0.24 + 0.55·2.7·0.88 + 1.25·0.60 + 0.88²/2 ≈ 27.6 a year:
    # exp(27.6/730) = 1.039, and 1/1.039 = 0.963.
    assert ratio.mean() == pytest.approx(0.963, abs=3 * ratio.std() / len(ratio) ** 0.5)
    assert ratio.std() / len(ratio) ** 0.5 < 0.015


def test_frame_has_the_documented_shape(sessions: pd.DatetimeIndex, closes: pd.DataFrame) -> None:
    """Columns, index name and type, cents and bounds are as documented."""
    assert list(closes.columns) == ["vix", "vix3m", "spy"]
    assert closes.index.name == "session"
    assert closes.index.dtype == np.dtype("datetime64[us]")
    assert list(closes.index) == list(sessions)
    assert (closes.dtypes == np.float64).all()
    assert closes.notna().all(axis=None)
    assert (closes > 0).all(axis=None)
    assert ((closes[["vix", "vix3m"]] >= 5) & (closes[["vix", "vix3m"]] <= 200)).all(axis=None)
    cents = closes.to_numpy() * 100
    assert np.abs(cents - np.round(cents)).max() < 1e-6


def test_same_seed_gives_the_same_bytes(sessions: pd.DatetimeIndex, closes: pd.DataFrame) -> None:
    """Two runs write the same CSV, and leaving the seed out means `SAMPLE_SEED`."""
    again = simulate_closes(sessions, seed=SAMPLE_SEED)
    digests = {hashlib.sha256(frame.to_csv().encode()).hexdigest() for frame in (closes, again)}
    assert len(digests) == 1


def test_seeds_differ_in_every_column(sessions: pd.DatetimeIndex) -> None:
    """Neighboring seeds give unrelated paths, not shifted copies of one."""
    for one, other in pairwise(simulate_closes(sessions, seed=seed) for seed in range(4)):
        changes = [np.diff(np.log(frame.to_numpy()), axis=0) for frame in (one, other)]
        for column in range(3):
            assert abs(np.corrcoef(changes[0][:, column], changes[1][:, column])[0, 1]) < 0.1


def test_further_tenors_leave_the_others_alone(sessions: pd.DatetimeIndex, closes: pd.DataFrame) -> None:
    """VIX9D and VIX6M appear as columns; VIX, VIX3M and SPY stay, and longer tenors move less."""
    wide = simulate_closes(sessions, tenors={"vix9d": 9, "vix": 30, "vix3m": 93, "vix6m": 180})
    assert list(wide.columns) == ["vix9d", "vix", "vix3m", "vix6m", "spy"]
    pd.testing.assert_frame_equal(wide[["vix", "vix3m", "spy"]], closes)
    moves = np.diff(np.log(wide[["vix9d", "vix", "vix3m", "vix6m"]]), axis=0).std(axis=0)
    assert (np.diff(moves) < 0).all()


def test_benchmark_can_have_another_name(sessions: pd.DatetimeIndex) -> None:
    """The benchmark column carries the caller's key."""
    assert list(simulate_closes(sessions[:5], benchmark="qqq").columns) == ["vix", "vix3m", "qqq"]


def test_no_sessions_give_an_empty_frame() -> None:
    """Nothing to simulate is an empty frame of the same shape, not an error."""
    empty = simulate_closes(pd.DatetimeIndex([]))
    assert empty.shape == (0, 3)
    assert empty.index.dtype == np.dtype("datetime64[us]")


@pytest.mark.parametrize(
    ("sessions_given", "options", "message"),
    [
        (pd.DatetimeIndex(["2024-01-02"], tz="UTC"), {}, "tz-naive"),
        (pd.DatetimeIndex(["2024-01-03", "2024-01-02"]), {}, "strictly increasing"),
        (pd.DatetimeIndex(["2024-01-02", "2024-01-02"]), {}, "strictly increasing"),
        (pd.DatetimeIndex(["2024-01-02"]), {"tenors": {"vix": 0}}, "at least 1 calendar day"),
        (pd.DatetimeIndex(["2024-01-02"]), {"benchmark": "vix"}, "also the name of a tenor"),
    ],
)
def test_impossible_arguments_are_refused(
    sessions_given: pd.DatetimeIndex, options: dict[str, object], message: str
) -> None:
    """Each argument outside its contract is named in the error."""
    with pytest.raises(ValueError, match=message):
        simulate_closes(sessions_given, **options)  # type: ignore[arg-type]
