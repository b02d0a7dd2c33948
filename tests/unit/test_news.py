"""The news of a session: by hand on made rows, and on the recorded ones where there are any."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from tests.news_listing import all_news
from tests.panels import analyse_panel, analyse_ratios, make_panel
from tests.recorded import cboe_closes, further_closes, recorded_closes
from tests.shared import needs_shared

from ivts_site.analytics.results import Analysis
from ivts_site.analytics.to_date import RecordToDate
from ivts_site.published.snapshot import News
from ivts_site.words.news import RULES, tell_news
from ivts_site.words.news.line import LONGEST, ordinal

recorded_news = functools.cache(all_news)


def news_of(analysis: Analysis, curve: Sequence[pd.Series] = (), at: int = -1) -> tuple[News, ...]:
    return tell_news(RecordToDate(analysis, curve).at(at))


def news_of_ratios(ratios: Sequence[float], start: str = "2020-01-06") -> tuple[News, ...]:
    return news_of(analyse_ratios(ratios, start=start, suspect_move=1.0))


def ids(news: Sequence[News]) -> list[str]:
    return [each.id for each in news]


def sway(n: int, low: float = 0.84, high: float = 0.92) -> list[float]:
    """Ratios that go up and down between two values, one step of a hundredth a session."""
    steps = round((high - low) * 100)
    up = [round(low + 0.01 * i, 2) for i in range(steps)]
    return [(up + [round(high - 0.01 * i, 2) for i in range(steps)])[i % (2 * steps)] for i in range(n)]


# ---------------------------------------------------------------- by hand


def test_rules_are_found_by_being_there_in_their_order() -> None:
    """The order of the front page: records first, the run and what fills the lines last."""
    shipped = [
        "vix_record",
        "largest_move",
        "ratio_record",
        "flip",
        "suspect",
        "full_inversion",
        "extreme",
        "longest_run",
        "near_line",
        "sharp_turn",
        "run",
        "day_moves",
        "standing",
    ]
    found = [rule.__name__.rpartition(".")[2] for rule in RULES]
    assert [name for name in found if name in shipped] == shipped
    ranks = [rule.RANK for rule in RULES]
    assert all(one < other for one, other in pairwise(ranks))


def test_record_high_of_the_front() -> None:
    """300 closes of 18 to 19, then 30: above all; SPY from 100 to 95 fell 5.0%; it had inverted, too."""
    front = [18.0 + 0.5 * (i % 3) for i in range(300)]
    panel = make_panel([*front, 30.0], [20.0] * 301, [100.0] * 300 + [95.0])
    news = news_of(analyse_panel(panel, suspect_move=1.0))
    assert news[0] == News(
        id="vix-record", text="VIX closed at 30.00, the highest on record, as SPY fell 5.0%"
    )
    # from 19.00 (299 % 3 is 2) to 30.00 is +57.9%, the largest rise; the ratio of 1.5 its highest
    assert news[1] == News(
        id="largest-move", text="VIX jumped 58% to 30.00, its largest one-day rise on record"
    )
    assert news[2] == News(
        id="ratio-record",
        text="The ratio closed at 1.5000, the highest since the record began in January 2020",
    )


def test_record_low_while_the_fund_fell_too() -> None:
    """A low front with a falling fund is told with "though"; a short history has no records."""
    front = [18.0 + 0.5 * (i % 3) for i in range(300)]
    panel = make_panel([*front, 17.0], [20.0] * 301, [100.0] * 300 + [99.0])
    assert news_of(analyse_panel(panel))[0].text == (
        "VIX closed at 17.00, the lowest on record, though SPY fell 1.0%"
    )
    short = make_panel([*front[:100], 17.0], [20.0] * 101, [100.0] * 100 + [99.0])
    assert not {"vix-record", "ratio-record", "largest-move"} & set(ids(news_of(analyse_panel(short))))


def test_a_flip_counts_the_sessions_before_it() -> None:
    """Seven sessions of contango, then above the line: the first in seven; back after two."""
    ratios = [1.1, *[0.9] * 7, 1.05, 1.06, 0.95]
    told = [news_of(analyse_ratios(ratios, suspect_move=1.0), at=at)[0].text for at in (-3, -1)]
    assert told == [
        # 0.90 to 1.05 is +16.7%; the fund stands still
        "The VIX curve inverted for the first time in seven sessions, as VIX jumped 17% and SPY was "
        "unchanged",
        # 1.06 to 0.95 is -10.4%
        "The VIX curve returned to contango after an inversion of two sessions, as VIX fell 10% and SPY was "
        "unchanged",
    ]


def test_flips_first_ever_again_and_after_long() -> None:
    """Never before since Monday 6 January 2020; after one session of contango; after 70 with the date."""
    began = "The VIX curve inverted for the first time since the record began on 6 January 2020"
    assert news_of_ratios([0.9, 0.9, 1.1])[0].text.startswith(began)
    assert news_of_ratios([0.9, 1.1, 0.95, 1.02])[0].text.startswith(
        "The VIX curve inverted again after a single session of contango"
    )
    # the second session, Tuesday 7 January, was the last above the line
    assert news_of_ratios([0.9, 1.1, *[0.95] * 70, 1.02])[0].text.startswith(
        "The VIX curve inverted for the first time in 70 sessions, since 7 January 2020"
    )


def test_a_full_inversion_needs_a_second_session() -> None:
    """22 and 21 over 20 and 19: told from the second session on; one horizon out of order ends it."""
    analysis = analyse_ratios([0.9, 1.05, 1.05, 1.05], suspect_move=1.0)
    days = analysis.signal.index
    front, back = analysis.panel.closes["front"], analysis.panel.closes["back"]
    short, long = pd.Series([17.0, 22, 22, 22], days), pd.Series([21.0, 19, 19, 19], days)
    told = [news_of(analysis, [short, front, back, long], at) for at in range(4)]
    assert [ids(news)[0] for news in told] == ["run", "flip", "full-inversion", "full-inversion"]
    assert told[3][0].text == (
        "The whole curve was inverted for a third session, from 22.00 for nine days to 19.00 for six months"
    )
    flat = pd.Series([17.0, 22, 20.5, 22], days)  # below the front's 21 on the third session
    assert ids(news_of(analysis, [flat, front, back, long], 2))[0] == "run"
    assert "full-inversion" not in ids(news_of(analysis, [flat, front, back, long], 3))
    assert ids(news_of(analysis, [front, back, long], 3))[0] == "full-inversion"  # three horizons are a curve
    assert "full-inversion" not in ids(news_of(analysis, [front, back], 3))


def test_extremes_reach_back_a_year_or_more() -> None:
    """0.99 on 7 January 2020, and not so high again until 2 August 2021: a year and a half."""
    ratios = [0.85, 0.99, *sway(408), 0.98]
    analysis = analyse_ratios(ratios)
    assert f"{analysis.signal.index[-1]:%Y-%m-%d}" == "2021-08-02"
    news = news_of(analysis)
    # the front is twenty times the ratio: its close of 19.60 is the highest for as long
    assert news[0].text.startswith("VIX closed at 19.60, its highest since January 2020")
    assert news_of_ratios([0.85, 0.99, *sway(200), 0.98])[0].id != "extreme"  # nine months


def test_the_longest_run_in_a_year() -> None:
    """Ten sessions of inversion in January 2020; of six in 2021 the fifth is not news, nor was it longer."""
    calm, ten, six = sway(300), [1.05, 1.06] * 5, [1.05, 1.06] * 3
    inside = news_of_ratios([*ten, *calm[:100], *six])
    assert "longest-run" not in ids(inside)
    later = news_of_ratios([*ten, *calm, *six])
    assert later[0].text == "The inversion ran to a sixth session, the longest run since January 2020"
    never = news_of_ratios([*calm, *six])
    assert never[0].text == "The inversion ran to a sixth session, the longest run on record"


def test_exactly_on_the_line_is_contango() -> None:
    """Both indices at 20.00."""
    news = news_of_ratios([*sway(60), 0.97, 1.0])
    assert news[0] == News(
        id="near-line",
        text="VIX and VIX3M both closed at 20.00: a ratio of exactly 1.0000 still counts as contango",
    )


def test_within_a_usual_move_of_the_line() -> None:
    """The ratio moves by 0.01 a day: 0.994 is within that of the line, 0.985 is not."""
    calm = sway(60)
    assert news_of_ratios([*calm, 0.98, 0.994])[0].text == (
        "The ratio closed at 0.99, within a usual day’s move of inverting the curve"
    )
    assert news_of_ratios([*calm, 0.98, 0.985])[0].id == "run"
    assert news_of_ratios([*calm, 1.02, 1.0039])[0].text == (
        "The ratio closed at 1.0039, within a usual day’s move of returning to contango"
    )


def test_an_ordinary_evening() -> None:
    """How far the line is, the day's moves, and the share of the 50 readings before that were higher."""
    ratios = sway(51)
    news = news_of_ratios(ratios)
    assert ids(news) == ["run", "day-moves", "standing"]
    last, before = ratios[-1], ratios[-2]
    needed = f"{(1 / last - 1) * 100:.0f}"
    assert news[0].text == (
        f"Contango has held since the record began on 6 January 2020; with VIX3M unchanged, VIX would have "
        f"had to rise {needed}% to invert the curve"
    )
    assert news[1].text == f"VIX rose {(last / before - 1) * 100:.1f}% and SPY was unchanged"
    above = sum(ratio > last for ratio in ratios[:-1]) / 50
    assert news[2].text == f"The ratio was lower than {above * 100:.0f}% of readings since January 2020"


def test_moves_the_same_way_are_told_as_one() -> None:
    """18 to 18.9 is 5.0%, 100 to 101 is 1.0%."""
    news = news_of(analyse_panel(make_panel([21.0, 18.0, 18.9], [20.0] * 3, [100.0, 100.0, 101.0])))
    assert news[1].text == "VIX and SPY both rose, by 5.0% and 1.0%"


def test_a_suspect_close_is_told_and_breaks_no_record() -> None:
    """The back repeats 20.00 while the front goes from 18 to 31: an inversion on a suspect close."""
    front = [18.0 + 0.5 * (i % 3) for i in range(300)]
    back = [20.0 + 0.1 * (i % 2) for i in range(300)]
    analysis = analyse_panel(make_panel([*front, 31.0], [*back, back[-1]]))
    news = news_of(analysis)
    assert "ratio-record" not in ids(news)
    assert any("suspect VIX3M close" in each.text or each.id == "suspect" for each in news)


def test_the_first_session_and_the_second() -> None:
    """There is always a headline."""
    assert news_of_ratios([0.9])[0].text == "VIX closed at or below VIX3M on the first session of the record"
    assert news_of_ratios([1.1])[0].text == "VIX closed above VIX3M on the first session of the record"
    assert ids(news_of_ratios([0.9, 0.91]))[0] == "run"


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (2, "a second"),
        (8, "an eighth"),
        (11, "an 11th"),
        (13, "a 13th"),
        (18, "an 18th"),
        (21, "a 21st"),
        (80, "an 80th"),
        (112, "a 112th"),
        (122, "a 122nd"),
        (853, "an 853rd"),
    ],
)
def test_ordinals(n: int, words: str) -> None:
    assert ordinal(n) == words


def test_nothing_later_enters_the_news() -> None:
    """The news of each session is that of the history cut there."""
    rng = np.random.default_rng(3)
    ratios = np.round(0.95 + np.cumsum(rng.normal(0, 0.02, 400)) * 0.1, 4).tolist()
    whole = RecordToDate(analyse_ratios(ratios))
    for at in (0, 1, 2, 25, 130, 251, 320, 399):
        assert tell_news(whole.at(at)) == news_of_ratios(ratios[: at + 1])


# ---------------------------------------------------------------- recorded rows


def closed_above() -> pd.Series:
    """Whether VIX closed above VIX3M, by session with both."""
    both = pd.DataFrame(recorded_closes())[["vix", "vix3m"]].dropna()
    return both["vix"] > both["vix3m"]


def headline(session: str) -> str:
    return recorded_news()[session][0].text


@needs_shared
def test_every_recorded_session_has_a_headline() -> None:
    """4,587 sessions, none with a sentence of more than 25 words, none with a value missing."""
    news = recorded_news()
    assert len(news) == 4587
    for session, lines in news.items():
        assert 1 <= len(lines) <= 3, session
        assert len({line.id for line in lines}) == len(lines)
        for line in lines:
            assert len(line.text.split()) <= LONGEST, (session, line.text)
            assert not {"n/a", "nan"} & set(line.text.replace("%", " ").split()), (session, line.text)


@needs_shared
@pytest.mark.parametrize(
    ("session", "word"), [("2020-03-16", "highest"), ("2008-10-24", "highest"), ("2017-11-03", "lowest")]
)
def test_recorded_records_of_the_front(session: str, word: str) -> None:
    """The first row of Cboe's file that is beyond all earlier rows."""
    vix = cboe_closes("VIX")[:session]
    close = vix.iloc[-1]
    assert close == (vix.max() if word == "highest" else vix.min())
    assert (vix.iloc[:-1] != close).all()
    spy = recorded_closes()["spy"][:session].iloc[-2:]
    moved = spy.iloc[1] / spy.iloc[0] - 1
    way = f"{'fell' if moved < 0 else 'rose'} {abs(moved) * 100:.1f}%"
    assert headline(session) == f"VIX closed at {close:.2f}, the {word} on record, as SPY {way}"


@needs_shared
def test_recorded_2008_10_24_second_line_is_the_ratio() -> None:
    """79.13 / 55.30 is 1.4309, above every ratio since the back history begins on 4 December 2007."""
    closes = recorded_closes()
    ratio = (closes["vix"] / closes["vix3m"]).dropna()[:"2008-10-24"]
    assert f"{ratio.iloc[-1]:.4f}" == "1.4309" == f"{ratio.max():.4f}"
    assert recorded_news()["2008-10-24"][1].text == (
        "The ratio closed at 1.4309, the highest since the record began in December 2007"
    )


@needs_shared
def test_recorded_2018_02_05_is_the_largest_rise() -> None:
    """17.31 to 37.32; no flip, as 2 February closed above the line already; the ratio's five-year high."""
    vix, back = recorded_closes()["vix"], recorded_closes()["vix3m"]
    assert (vix["2018-02-02"], vix["2018-02-05"]) == (17.31, 37.32)
    assert vix["2018-02-02"] > back["2018-02-02"]
    rises = vix.pct_change()[:"2018-02-05"]
    assert rises.idxmax() == rises.index[-1]
    assert headline("2018-02-05") == (
        "VIX jumped 116% to 37.32, its largest one-day rise on record, as SPY fell 4.2%"
    )
    ratio = (vix / back).dropna()
    since = ratio[:"2018-02-02"][ratio[:"2018-02-02"] >= ratio["2018-02-05"]].index[-1]
    assert f"{since:%B %Y}" == "October 2008"
    assert recorded_news()["2018-02-05"][1].text == (
        "The ratio closed at 1.33, a five-year high: its highest since October 2008"
    )


@needs_shared
def test_recorded_2020_02_24_is_a_flip() -> None:
    """The first close above VIX3M after 14 below it: since 31 January, by the rows."""
    above = closed_above()
    before = above[:"2020-02-21"]
    n = len(before) - 1 - int(np.flatnonzero(before.to_numpy())[-1])
    assert above["2020-02-24"]
    assert n == 14
    assert headline("2020-02-24") == (
        "The VIX curve inverted for the first time in 14 sessions, as VIX jumped 47% and SPY fell 3.3%"
    )


@needs_shared
def test_recorded_2008_12_09_is_the_longest_run() -> None:
    """63 closes in a row above VIX3M, from 11 September 2008; no run before or since is as long."""
    above = closed_above()
    assert above["2008-09-11":"2008-12-09"].all()
    assert len(above["2008-09-11":"2008-12-09"]) == 63
    assert headline("2008-12-09") == "The inversion ran to a 63rd session, the longest run on record"
    later = [lines for session, lines in recorded_news().items() if session > "2009"]
    assert not any(
        line.id == "longest-run" and "inversion ran" in line.text and "on record" in line.text
        for lines in later
        for line in lines
    )


@needs_shared
def test_recorded_2015_09_17_is_exactly_on_the_line() -> None:
    """Both closed at 21.14."""
    assert {recorded_closes()[key]["2015-09-17"] for key in ("vix", "vix3m")} == {21.14}
    assert headline("2015-09-17") == (
        "VIX and VIX3M both closed at 21.14: a ratio of exactly 1.0000 still counts as contango"
    )


@needs_shared
def test_recorded_2024_08_05_and_2025_04_08() -> None:
    """The last close as high as 38.57 was in October 2020, the last as high as 52.33 in April 2020."""
    vix = recorded_closes()["vix"]
    for session, since in (("2024-08-05", "October 2020"), ("2025-04-08", "April 2020")):
        earlier = vix[:session].iloc[:-1]
        assert f"{earlier[earlier >= vix[session]].index[-1]:%B %Y}" == since
    assert (
        headline("2024-08-05") == "VIX jumped 65% to 38.57, its highest since October 2020, as SPY fell 2.9%"
    )
    assert (
        recorded_news()["2025-04-08"][1].text
        == "VIX closed at 52.33, a five-year high: its highest since April 2020"
    )
    curve = [further_closes()["vix9d"], vix, recorded_closes()["vix3m"], further_closes()["vix6m"]]
    days = ["2025-04-03", "2025-04-04", "2025-04-07", "2025-04-08"]
    assert [all(one[day] > other[day] for one, other in pairwise(curve)) for day in days] == [True] * 4
    assert not all(one["2025-04-02"] > other["2025-04-02"] for one, other in pairwise(curve))
    assert headline("2025-04-08").startswith("The whole curve was inverted for a fourth session, from ")


@needs_shared
def test_recorded_2026_02_27_is_an_ordinary_day() -> None:
    """66 sessions since 21 November 2025; 19.86 / 18.63 - 1 is 6.6%.

    By a regression on all days with both, VIX3M moves by 0.60% for 1% of VIX: (21.56 / 19.86) to the power of
    1 / (1 - 0.60) is 1.23.
    """
    both = pd.DataFrame(recorded_closes())[["vix", "vix3m"]].dropna()
    slope = np.polyfit(*(np.log(both[leg]).diff().dropna() for leg in both), 1)[0]
    assert f"{(21.56 / 19.86) ** (1 / (1 - slope)) - 1:.0%}" == "23%"
    assert [line.text for line in recorded_news()["2026-02-27"]] == [
        "Contango held for a 66th session; it would have taken a 23% jump in VIX to invert the curve",
        "VIX rose 6.6% and SPY fell 0.5%",
        "The ratio was higher than 69% of readings in the past two years",
    ]


@needs_shared
def test_recorded_2010_05_06_is_suspect() -> None:
    """VIX3M repeated its close of the day before while the VIX rose by 32%."""
    back = recorded_closes()["vix3m"]
    assert back["2010-05-06"] == back["2010-05-05"]
    news = recorded_news()["2010-05-06"]
    assert "on a suspect VIX3M close" in news[0].text
    assert news[1].id == "suspect"
