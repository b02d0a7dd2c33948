"""Studies made by hand: small numbers that a reader of a test can check, and what a short history lacks."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from tests.panels import analyse_ratios
from tests.studies import research_of

from ivts_site.analytics.studies.bounce import Bounce, HistoryReturns, Stretch
from ivts_site.analytics.studies.claims import Alternative, Claim, Verdicts, YearFinding
from ivts_site.analytics.studies.curve import Curve, CurveRatio, FurtherIndex, Tenor
from ivts_site.analytics.studies.events import EventGroup, EventReturn, EventStudy
from ivts_site.analytics.studies.persistence import (
    ModelScore,
    PersistenceScore,
    PersistenceStudy,
    ReliabilityBin,
)
from ivts_site.analytics.studies.returns import ReturnHorizon
from ivts_site.analytics.studies.survival import RegimeSurvival, Remaining, Survival, SurvivalPoint
from ivts_site.analytics.studies.thresholds import ThresholdPair, ThresholdResult, Thresholds
from ivts_site.analytics.studies.volatility import Premium, Volatility
from ivts_site.published.overlay import Difference, Growth, Overlay, Performance, Placebo, Strategy
from ivts_site.published.snapshot import Persistence
from ivts_site.published.studies import Labels, Research, ReturnGroup, Share, Span

FIRST, LAST = "2024-01-08", "2025-11-13"


def share(numerator: int, denominator: int) -> Share:
    """A rate over the whole history."""
    return Share(
        value=numerator / denominator if denominator else None,
        numerator=numerator,
        denominator=denominator,
        first_session=FIRST if denominator else None,
        last_session=LAST if denominator else None,
    )


def group(
    id_: str, above: float | None, upto: float | None, mean: float | None, **changed: Any
) -> ReturnGroup:
    """Returns of a band, with an interval half a hundredth to each side."""
    known = mean is not None
    base = ReturnGroup(
        id=id_,
        above=above,
        upto=upto,
        n_sessions=120 if known else 0,
        n_episodes=12 if known else 0,
        n_windows=11 if known else 0,
        first_session=FIRST if known else None,
        last_session=LAST if known else None,
        mean=mean,
        interval=(mean - 0.01, mean + 0.01) if mean is not None else None,
        naive_interval=(mean - 0.005, mean + 0.005) if mean is not None else None,
        width_ratio=2.0 if known else None,
        median=mean,
        n_up=90 if known else 0,
        share_up=0.75 if known else None,
        share_up_interval=(0.6, 0.85) if known else None,
        difference=0.012 if known and id_ != "all" else None,
        difference_interval=(0.002, 0.022) if known and id_ != "all" else None,
        difference_naive_interval=(0.007, 0.017) if known and id_ != "all" else None,
        n_clusters=11 if known else 0,
        p_value=0.02 if known and id_ != "all" else None,
        same_front=0.015 if known and id_ != "all" else None,
        adds=0.004 if known and id_ != "all" else None,
        adds_interval=(-0.006, 0.014) if known and id_ != "all" else None,
    )
    return dataclasses.replace(base, **changed)


def horizon(sessions: int, **changed: Any) -> ReturnHorizon:
    """Two bands that meet at the threshold; `changed` replaces fields of the upper one."""
    return ReturnHorizon(
        horizon=sessions,
        block=2 * sessions,
        all=group("all", None, None, 0.01),
        bands=(group("upto-1", None, 1.0, 0.008), group("above-1", 1.0, None, 0.0284, **changed)),
        today="upto-1",
    )


def events(anchor: str, n: int, **changed: Any) -> EventGroup:
    """Three offsets around an anchor: a fall to it and a rise after it."""
    base = EventGroup(
        anchor=anchor,  # type: ignore[arg-type]
        min_sessions=1,
        knowable=True,
        n_episodes=n,
        n_paths=n,
        first_session=FIRST if n else None,
        last_session=LAST if n else None,
        median=(0.02, 0.0, 0.026) if n else (),
        lower_quartile=(0.01, 0.0, -0.009) if n else (),
        upper_quartile=(0.03, 0.0, 0.054) if n else (),
        mean=(0.02, 0.0, 0.02) if n else (),
        n_worst=n,
        worst_median=-0.019 if n else None,
        worst_lower_quartile=-0.046 if n else None,
        worst_upper_quartile=-0.003 if n else None,
        worst=-0.309 if n else None,
        worst_session=FIRST if n else None,
        lower_after=share(9, n),
        lower_interval=(0.6, 0.9) if n else None,
        lower_p_value=0.4 if n else None,
        after=(
            EventReturn(
                sessions=21,
                n=n,
                median=0.026,
                lower_quartile=-0.009,
                upper_quartile=0.054,
                baseline_median=0.016,
                n_baseline=463,
            ),
        ),
    )
    return dataclasses.replace(base, **changed)


def lines(entry: float, exit_: float, difference: float, ranks: tuple[int, int]) -> ThresholdPair:
    """A pair of lines whose difference grows by a hundredth in the second half."""
    results = [
        ThresholdResult(
            inside=share(38, 484),
            n_episodes=12,
            mean_sessions=3.2,
            median_sessions=2.0,
            flips_per_year=12.0,
            mean_return=0.029,
            n_returns=38,
            difference=value,
            difference_interval=(value - 0.02, value + 0.02),
        )
        for value in (difference, difference, difference + 0.01)
    ]
    return ThresholdPair(
        entry=entry,
        exit=exit_,
        whole=results[0],
        first_half=results[1],
        second_half=results[2],
        rank_first_half=ranks[0],
        rank_second_half=ranks[1],
    )


def claim(id_: str = "leads", **changed: Any) -> Claim:
    """A comparison of two groups that is supported."""
    base = Claim(
        id=id_,
        claim="The ratio says something.",
        test="Mean return after it, less that after all others.",
        unit="return",
        scale="return",
        horizon=21,
        value=0.023,
        interval=(0.004, 0.042),
        p_value=0.002,
        p_holm=0.03,
        p_fdr=0.01,
        n_draws=2000,
        settled=True,
        rival=0.012,
        adds=0.009,
        adds_interval=(0.001, 0.017),
        adds_p_value=0.03,
        null_value=0.0,
        side="above",
        finding="holds up",
        verdict="supported",
        contradicted=False,
        n_sessions=38,
        n_cases=12,
        n_effective=9.5,
        group=0.033,
        rest=0.01,
        group_median=0.03,
        rest_median=0.012,
        n_rest=446,
        n_hits=None,
        n_rest_hits=None,
        first_session=FIRST,
        last_session=LAST,
        alarms=None,
        history=(
            YearFinding(year=2023, finding="too few cases"),
            YearFinding(year=2024, finding="holds up"),
        ),
        alternatives=(Alternative(name="rival-level", finding="can't tell", value=0.02),),
    )
    return dataclasses.replace(base, **changed)


def overlay(**changed: Any) -> Overlay:
    """A hedge that cost three hundredths a year, and whose interval includes zero."""
    results = tuple(
        Performance(
            cost=cost,
            annual_return=0.1 - cost / 10_000,
            volatility=0.136,
            sharpe=0.73,
            max_drawdown=-0.304,
            cost_per_year=cost / 10_000,
        )
        for cost in (0.0, 5.0, 20.0)
    )
    base = Overlay(
        hedge_contango=0.0,
        hedge_backwardation=1.0,
        n_sessions=483,
        n_hedged=38,
        n_episodes=12,
        first_session=FIRST,
        last_session=LAST,
        block=42,
        strategies=(
            Strategy(name="unhedged", mean_hedge=0.0, turnover=0.0, n_trades=0, results=results),
            Strategy(name="regime", mean_hedge=0.079, turnover=12.1, n_trades=24, results=results),
        ),
        differences=tuple(
            Difference(
                other="unhedged",
                cost=cost,
                annual_mean=-0.03,
                annual_mean_interval=(-0.058, 0.001),
                volatility=-0.036,
                volatility_interval=(-0.067, -0.013),
                sharpe=-0.02,
                sharpe_interval=(-0.27, 0.26),
                max_drawdown=0.037,
                max_drawdown_interval=None,
            )
            for cost in (0.0, 5.0, 20.0)
        ),
        bench=tuple(
            Placebo(
                cost=cost,
                draws=1000,
                measure="annual_mean",
                value=0.0986,
                low=0.0979,
                median=0.1126,
                high=0.1299,
                better=0.941,
                n_better=941,
                n_compared=1000,
            )
            for cost in (0.0, 5.0, 20.0)
        ),
        growth=Growth(
            cost=5.0,
            sessions=(FIRST, "2024-12-31", LAST),
            unhedged=(1.0, 1.2, 1.44),
            constant=(1.0, 1.1, 1.3),
            regime=(1.0, 1.05, 1.21),
        ),
    )
    return dataclasses.replace(base, **changed)


def survival(regime: str, n: int, *, ongoing: bool) -> RegimeSurvival:
    """Half of the spells end on their first day, the others on their tenth."""
    points = (
        SurvivalPoint(sessions=1, n_at_risk=n, n_ended=n // 2, survival=0.5, interval=(0.2, 0.75)),
        SurvivalPoint(sessions=10, n_at_risk=n - n // 2, n_ended=n - n // 2, survival=0.0, interval=None),
    )
    return RegimeSurvival(
        regime=regime,  # type: ignore[arg-type]
        n_spells=n,
        n_censored=int(ongoing),
        first_session=FIRST if n else None,
        last_session=LAST if n else None,
        median=1 if n else None,
        longest=10 if n else None,
        points=points if n else (),
    )


def tenor(label: str, days: int, today: float | None) -> Tenor:
    """A point of the curve within a range."""
    return Tenor(
        key=label.lower(),
        label=label,
        days=days,
        today=today,
        week_ago=18.0,
        month_ago=16.0,
        low=12.0,
        median=17.0,
        high=52.0,
        rank=0.6,
        n_ranked=288,
        n_window=480,
        first_session=FIRST,
    )


def curve(**changed: Any) -> Curve:
    """Three tenors, rising; two ratios, two indices beside them."""
    ratio = CurveRatio(
        key="vix/vix3m",
        label="VIX/VIX3M",
        main=True,
        today=0.95,
        above=share(38, 484),
        n_flips=24,
        flips_per_year=12.5,
        agree=share(484, 484),
        kappa=1.0,
    )
    short = dataclasses.replace(
        ratio,
        key="vix9d/vix",
        label="VIX9D/VIX",
        main=False,
        flips_per_year=36.6,
        agree=share(380, 484),
        kappa=0.2,
    )
    index = FurtherIndex(
        key="vvix",
        label="VVIX",
        today=110.9,
        week_ago=108.7,
        month_ago=100.5,
        rank=share(426, 484),
        rank_all=share(430, 500),
        low=73.3,
        median=97.4,
        high=173.3,
    )
    base = Curve(
        as_of=LAST,
        week_ago="2025-11-06",
        month_ago="2025-10-15",
        window_first=FIRST,
        tenors=(tenor("VIX9D", 9, 18.5), tenor("VIX", 30, 19.0), tenor("VIX3M", 93, 20.0)),
        rising=True,
        ratios=(short, ratio),
        indices=(index,),
    )
    return dataclasses.replace(base, **changed)


def premium(id_: str, mean: float | None) -> Premium:
    """Expected less realised volatility of a group."""
    known = mean is not None
    return Premium(
        id=id_,
        n_sessions=463 if known else 0,
        n_episodes=1 if known else 0,
        n_windows=22 if known else 0,
        first_session=FIRST if known else None,
        last_session=LAST if known else None,
        mean=mean,
        interval=(2.6, 4.6) if known else None,
        median=mean,
        mean_squared=81.0 if known else None,
        squared_interval=(40.0, 120.0) if known else None,
        positive=share(388, 463) if known else share(0, 0),
        mean_realised=14.2 if known else None,
    )


def volatility(**changed: Any) -> Volatility:
    """VIX 19 against 12.7 realised."""
    base = Volatility(
        sessions=21,
        block=42,
        front=19.0,
        realised=12.7,
        premium=6.3,
        premium_squared=199.71,
        realised_rank=share(230, 463),
        groups=(premium("all", 3.7), premium("contango", 3.6), premium("backwardation", 4.3)),
    )
    return dataclasses.replace(base, **changed)


@functools.cache
def _short() -> Research:
    return research_of(analyse_ratios([0.9, 1.1, 0.95] * 30))


def research(**changed: Any) -> Research:
    """All studies, with numbers that go with the state `contango-long` of the tests of the views."""
    base = dataclasses.replace(
        _short(),  # has something for studies that were added since
        schema_version="1",
        sample=False,
        as_of=LAST,
        labels=Labels(front="VIX", back="VIX3M", benchmark="SPY"),
        window=Span(
            first_session=FIRST,
            last_session=LAST,
            n_sessions=484,
            n_backwardation=38,
            n_episodes=12,
            ongoing=False,
            threshold=1.0,
        ),
        method=dataclasses.replace(_short().method, draws=2000, seed=7, min_cases=10),
        bounce=Bounce(
            horizon=21,
            histories=tuple(
                HistoryReturns(
                    first_session=FIRST,
                    horizon=each,
                    inverted=group("inverted", 1.0, None, 0.0284),
                    all=group("all", None, None, 0.01),
                )
                for each in (5, 21, 63)
            ),
            stretches=(Stretch(first_session=FIRST, last_session=FIRST, n_sessions=4, mean_return=0.03),),
        ),
        returns=(horizon(5), horizon(21), horizon(63)),
        events=EventStudy(
            offsets=(-20, 0, 21),
            worst_within=21,
            groups=(
                events("first", 12),
                events("first", 4, min_sessions=5, knowable=False),
                events("reached", 4, min_sessions=5),
                events("end", 12),
            ),
            baseline_median=(-0.01, 0.0, 0.016),
            baseline_lower_quartile=(-0.02, 0.0, -0.01),
            baseline_upper_quartile=(0.01, 0.0, 0.03),
            baseline_worst_median=-0.015,
            n_baseline=443,
            baseline_lower=share(380, 463),
        ),
        survival=Survival(
            regimes=(survival("contango", 13, ongoing=True), survival("backwardation", 12, ongoing=False)),
            regime="contango",
            day=66,
            remaining=tuple(
                Remaining(more=more, lasted=share(n, 19), interval=(0.4, 0.9))
                for more, n in ((5, 18), (21, 14), (63, 4))
            ),
        ),
        persistence=persistence(),
        thresholds=Thresholds(
            horizon=21,
            pairs=(lines(1.0, 1.0, 0.016, (2, 1)), lines(1.0, 0.97, 0.02, (1, 2))),
            best_first_half=1,
        ),
        curve=curve(),
        volatility=volatility(),
        claims=(
            claim(),
            claim("calm", finding="can't tell", verdict="not supported", interval=(-0.01, 0.05)),
        ),
        verdicts=Verdicts(
            n_claims=2,
            supported=1,
            not_supported=1,
            too_few_cases=0,
            holds_up=1,
            vix_says_it_too=0,
            on_the_edge=0,
            cannot_tell=1,
            opposite=0,
        ),
        overlay=overlay(),
    )
    return dataclasses.replace(base, **changed)


def persistence(*, known: bool = True) -> PersistenceStudy:
    """Chances for 5 and 21 sessions and their scores, or those of a history too short for any."""
    skills = (0.15, 0.14, 0.13, -0.09) if known else (None,) * 4
    models = ("ratio", "neighborhood", "ratio-and-day", "day")
    bins = (
        ReliabilityBin(above=0.6, upto=0.8, n=100, n_clusters=30, stated=0.71, held=0.72),
        ReliabilityBin(above=0.8, upto=0.9, n=40, n_clusters=3, stated=0.86, held=0.9),
    )
    return PersistenceStudy(
        today=tuple(
            Persistence(
                sessions=n,
                probability=0.9 - n / 100 if known else None,
                interval=(0.5, 0.92) if known else None,
                stands=0.93 if known else None,
                n=400 if known else 2,
                n_clusters=40 if known else 1,
            )
            for n in (5, 21)
        ),
        refit=21,
        scores=tuple(
            PersistenceScore(
                regime=regime,
                sessions=n,
                n=140 if known else 0,
                n_clusters=33 if known else 0,
                first_session=FIRST if known else None,
                last_session=LAST if known else None,
                held=0.77 if known else None,
                base_brier=0.18 if known else None,
                models=tuple(
                    ModelScore(model=model, brier=0.16 if known else None, skill=skill)
                    for model, skill in zip(models, skills, strict=True)
                ),
                reliability=bins if known else (),
            )
            for regime in ("contango", "backwardation")
            for n in (5, 21)
        ),
    )


def first_days() -> Research:
    """Studies of a history so short that nearly nothing is defined."""
    nothing = group("all", None, None, None)
    blank = ThresholdResult(
        inside=share(0, 3),
        n_episodes=0,
        mean_sessions=None,
        median_sessions=None,
        flips_per_year=None,
        mean_return=None,
        n_returns=0,
        difference=None,
        difference_interval=None,
    )
    pair = ThresholdPair(
        entry=1.0,
        exit=1.0,
        whole=blank,
        first_half=blank,
        second_half=blank,
        rank_first_half=None,
        rank_second_half=None,
    )
    return research(
        returns=tuple(
            ReturnHorizon(
                horizon=n,
                block=2 * n,
                all=nothing,
                bands=(group("upto-1", None, 1.0, None), group("above-1", 1.0, None, None)),
                today="upto-1",
            )
            for n in (5, 21, 63)
        ),
        events=EventStudy(
            offsets=(-20, 0, 21),
            worst_within=21,
            groups=(events("first", 0, lower_after=share(0, 0)), events("end", 0, lower_after=share(0, 0))),
            baseline_median=(),
            baseline_lower_quartile=(),
            baseline_upper_quartile=(),
            baseline_worst_median=None,
            n_baseline=0,
            baseline_lower=share(0, 0),
        ),
        survival=Survival(
            regimes=(survival("contango", 0, ongoing=True), survival("backwardation", 0, ongoing=False)),
            regime="contango",
            day=3,
            remaining=tuple(Remaining(more=n, lasted=share(0, 0), interval=None) for n in (5, 21, 63)),
        ),
        persistence=persistence(known=False),
        thresholds=Thresholds(horizon=21, pairs=(pair,), best_first_half=None),
        curve=curve(
            week_ago=None,
            month_ago=None,
            tenors=(tenor("VIX", 30, 19.0), tenor("VIX3M", 93, 20.0)),
            ratios=(),
            indices=(),
        ),
        volatility=volatility(
            realised=None,
            premium=None,
            premium_squared=None,
            realised_rank=share(0, 0),
            groups=(premium("all", None), premium("contango", None), premium("backwardation", None)),
        ),
        claims=(
            claim(
                finding="too few cases",
                verdict="too few cases",
                **dict.fromkeys(("value", "interval", "group", "rest", "n_rest", "rival", "adds", "p_value")),
            ),
        ),
        verdicts=Verdicts(
            n_claims=1,
            supported=0,
            not_supported=0,
            too_few_cases=1,
            holds_up=0,
            vix_says_it_too=0,
            on_the_edge=0,
            cannot_tell=0,
            opposite=0,
        ),
        overlay=None,
    )
