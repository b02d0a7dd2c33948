"""Pages of the past in words, for sessions, episodes and years of every kind, from closes made by hand."""

from __future__ import annotations

import dataclasses
import re

import pytest
from tests.archive_pages import core_of, figures, notes, pages_of, render, settings_of
from tests.panels import BACK, BENCHMARK, FRONT, analyse_ratios

from ivts_site.analytics.days import build_point_in_time, list_days
from ivts_site.analytics.history import measure_years
from ivts_site.analytics.outcomes import build_episode_list
from ivts_site.charts.sparkline import draw_sparkline
from ivts_site.model import LogEntry
from ivts_site.published.snapshot import News
from ivts_site.published.studies import Labels
from ivts_site.words.archive import (
    day_reading,
    day_sentence,
    episode_sentence,
    episode_span,
    window_readings,
    year_sentence,
)

LABEL = Labels(front=FRONT.label, back=BACK.label, benchmark=BENCHMARK.label)
SETTINGS = {raw_closes: settings_of(raw_closes=raw_closes) for raw_closes in (False, True)}


def analyze(ratios, benchmark=None):
    return analyse_ratios(ratios, benchmark, rolling_sessions=(2,))


def days(ratios, benchmark=None, *, raw_closes=False, sample=False):
    """Published sessions of some ratios on business days from Monday 6 January 2020."""
    analysis = analyze(ratios, benchmark)
    return list_days(analysis, build_point_in_time(analysis), sample=sample, raw_closes=raw_closes)


def page_of(ratios, benchmark=None, *, raw_closes=False, revisions=(), place=-1):
    """The page of one of these sessions, the last by default."""
    core = core_of(analyze(ratios, benchmark), settings=SETTINGS[raw_closes])
    pages = pages_of(core, revisions)
    return render(pages[sorted(path for path in pages if path.startswith("day/"))[place]], core)


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ([0.9], "was in contango, on the first session of the record: the ratio was 0.9000."),
        (
            [0.9, 1.1],
            "was in backwardation, on the first session of a new run: the ratio rose by 0.2000 to 1.1000.",
        ),
        (
            [0.9, 0.85],
            "was in contango, as on every session since the record began on 6 January 2020: the ratio "
            "fell by 0.0500 to 0.8500.",
        ),
        (
            [1.1, 0.9, 0.9],
            "was in contango, for a second session in a row, since 7 January 2020: the ratio stayed at "
            "0.9000.",
        ),
    ],
    ids=["first", "flip", "never flipped", "unchanged"],
)
def test_the_sentence_of_a_session(ratios, said):
    """It reads naturally in every state."""
    date = f"{5 + len(ratios)} January 2020"
    assert day_sentence(days(ratios)[-1], LABEL) == f"On {date} the VIX term structure {said}"


def test_the_sentence_of_a_simulated_session():
    """It says so before anything else."""
    assert day_sentence(days([0.9], sample=True)[-1], LABEL).startswith("In this simulated sample, on 6")


def test_a_part_of_the_sessions_is_numbered_like_the_whole():
    """The build lists them in parts: the third and fourth of five are the third and fourth."""
    analysis = analyze([0.9, 1.1, None, 1.2, 0.9, 0.8], [100.0, None, 99.0, 98.0, 97.0, 96.0])
    table = build_point_in_time(analysis)
    part = list_days(analysis, table, sample=False, raw_closes=True, rows=slice(2, 4))
    assert part == list_days(analysis, table, sample=False, raw_closes=True)[2:4]
    assert [day.n_sessions for day in part] == [3, 4]
    assert [day.changes.gaps for day in part] == [("2020-01-08",), ()]


def test_two_full_years_are_called_so():
    """525 business days from 6 January 2020 end on 7 January 2022: the window begins on 8 January 2020."""
    day = days([0.9] * 525)[-1]
    assert day.session == "2022-01-07"
    assert (day.window.complete, day.window.n_sessions) == (True, 523)
    assert window_readings(day.window) == "523 readings of the 2 years up to it"


@pytest.mark.parametrize(
    ("earlier", "n", "said"),
    [
        ([0.8] * 14 + [0.95] * 7, 21, "higher than 67% of readings since January 2020"),
        ([0.95] * 34 + [0.8] * 6, 40, "lower than 85% of readings since January 2020"),
        ([0.8] * 11 + [0.95] * 10, 21, "near the middle of its readings since January 2020"),
        ([0.8] * 524, 522, "higher than any reading in the past two years"),
    ],
    ids=["high", "low", "middle", "two years"],
)
def test_the_place_of_a_session(earlier, n, said):
    """Among the others: 14/21 = 66.7% lie below, 34/40 = 85% above, 11/21 = 52.4% below."""
    day = days([*earlier, 0.9])[-1]
    assert day.window.n_sessions == n + 1
    assert day_sentence(day, LABEL).endswith(f" to 0.9000, {said}.")
    assert said not in day_reading(day, LABEL, [News(id="standing", text=f"The ratio was {said}")])


def test_figures_without_closes():
    """Changes of the series to a tenth of a percent, no level of any of them.

    The front goes from 18 to 22, +22.2%; SPY from 100 to 97.56, −2.44%, published as −0.024;
    1/1.1 − 1 = −9.1% to the line.
    """
    day = days([0.9, 1.1], [100.0, 97.56])[-1]
    assert day.closes is None
    assert (day.changes.vix_return, day.changes.vix3m_return, day.changes.spy_return) == (0.222, 0.0, -0.024)
    shown = figures(page_of([0.9, 1.1], [100.0, 97.56]))
    assert shown["VIX, change"] == ("+22.2%", "since 6 January 2020")
    assert shown["VIX3M, change"] == ("0.0%", "since 6 January 2020")
    assert shown["To contango"][0] == "\u22129.1%"
    assert shown["Percentile rank"] == ("100.0", "VIX 100.0, VIX3M 100.0; among 2 readings stored")
    assert shown["In backwardation, stored history"] == ("1 of 2 sessions", "")
    assert shown["In backwardation, last 2 sessions"] == ("50.0%", "")
    assert shown["Inversion"] == ("began on 7 January 2020", "highest ratio so far 1.1000")
    assert "VIX" not in shown


def test_figures_with_closes():
    """Where the site publishes closes, levels are shown and changes are exact."""
    day = days([0.9, 1.1], [100.0, 97.56], raw_closes=True)[-1]
    assert (day.closes.vix, day.closes.vix3m, day.closes.spy) == (22.0, 20.0, 97.56)
    assert (day.closes.vix_change, day.closes.distance) == (4.0, -2.0)
    assert day.changes.spy_return == -0.0244
    shown = figures(page_of([0.9, 1.1], [100.0, 97.56], raw_closes=True))
    assert shown["VIX"] == ("22.00", "+22.2% since 6 January 2020")


def test_a_close_that_is_not_stored():
    """Without a SPY close there is no SPY row, and no level where closes are published."""
    closes = ([0.9, 1.1], [100.0, None])
    assert "SPY, change" not in figures(page_of(*closes))
    first = figures(page_of(*closes, place=0))
    assert first["In backwardation, stored history"] == ("0 of 1 session", "")
    assert "SPY" not in figures(page_of(*closes, raw_closes=True))


def test_notes_of_a_session():
    """A gap before it, a borderline ratio, a close that was changed since."""
    day = days([0.97, None, 1.001])[-1]
    entry = LogEntry(
        series="vix3m",
        session=day.session,
        old="20",
        new="20.1",
        kind="revision",
        source="x",
        seen_at="2020-01-20T01:00:00Z",
    )
    assert notes(page_of([0.97, None, 1.001], revisions=[entry])) == [
        "7 January 2020 has no ratio; changes are from 6 January 2020.",
        "The ratio is borderline.",
        "A stored VIX3M close of this session was changed on 20 January 2020.",
    ]
    assert day.changes.gaps == ("2020-01-07",)


def test_a_suspect_close_is_told():
    """The back close repeats while the front rises by 22%."""
    page = page_of([0.9, 1.1])
    (warning,) = notes(page)
    assert warning.startswith("A close of this session is suspect: it repeats the one before")
    assert '<a href="../../methodology/#suspect-closes">suspect</a>' in page


def test_the_way_on():
    """Neighbors and the year; the latest session has none after it."""
    way = re.search(r'<nav class="way".*?</nav>', page_of([0.9, 0.9]), re.DOTALL)[0]
    assert re.findall(r'<a(?: rel="(\w+)")? href="([^"]*)"', way) == [
        ("prev", "../2020-01-06/"),
        ("", "../../history/2020/"),
    ]


RATIOS = [0.9, 1.1, 1.2, 0.9, 1.05, 0.9, 1.01]
SPY = [100.0, 98.0, 97.0, 99.0, 100.0, 101.0, None]


def episodes(ratios=RATIOS, spy=SPY):
    return build_episode_list(analyse_ratios(ratios, spy), sample=False).episodes


def test_sentences_of_episodes():
    """Two sessions, one session, and one that goes on and has no SPY return yet."""
    two, one, ongoing = episodes()
    assert episode_sentence(two, LABEL, 3) == (
        "VIX closed above VIX3M for 2 sessions in a row, 7 to 8 January 2020; the ratio peaked at 1.2000 "
        "on 8 January 2020. SPY returned \u22123.0%, measured from the last close before the inversion. "
        "Of 3 inversions it is the longest, and its peak is the highest."
    )
    assert episode_sentence(one, LABEL, 3) == (
        "VIX closed above VIX3M on a single session, 10 January 2020, with a ratio of 1.0500. SPY returned "
        "+1.0%, measured from the last close before the inversion. Of 3 inversions it is the second "
        "longest, and its peak is the second highest."
    )
    assert episode_sentence(ongoing, LABEL, 3) == (
        "VIX closed above VIX3M on the latest session, 14 January 2020, with a ratio of 1.0100. "
        "Of 3 inversions it is the second longest, and its peak is the third highest."
    )
    assert episode_span(ongoing) == "since 14 January 2020"


def test_the_only_episode():
    """It has no rank."""
    (only,) = episodes([0.9, 1.1, 0.9], [100.0, 98.0, 97.0])
    assert episode_sentence(only, LABEL, 1).endswith("It is the only inversion stored.")


def test_sentences_of_years():
    """With episodes, with none begun in it, and without backwardation."""
    analysis = analyse_ratios([0.9, 1.1, 1.1, 0.9], start="2019-12-30")
    earlier, later = measure_years(analysis.signal, analysis.episodes)
    assert year_sentence(earlier) == (
        "In 2019 the ratio was in backwardation on 1 of 2 sessions; 1 inversion began."
    )
    assert year_sentence(later).endswith("; no inversion began.")
    calm = dataclasses.replace(later, n_backwardation=0)
    assert year_sentence(calm) == "In 2020 the ratio was in contango on all 2 sessions stored."


def test_the_small_picture():
    """Three sessions: the second, above the line, is a run of its own; the last is marked; it has a title."""
    picture = draw_sparkline([0.9, 1.1, 1.0], 1.0, title="<Ratio>", sample=False)
    assert "<title>&lt;Ratio&gt;</title>" in picture
    assert picture.count("s-backwardation thick") == 1
    assert 'class="f-contango' in picture  # 1.0 is not above 1.0
    # between 8 and 112: 1.1 at the top, 0.9 at the bottom, 1.0 in the middle
    assert "M8 112l292 -104 292 52" in picture
    assert 'cx="592" cy="60"' in picture


def test_the_smallest_pictures():
    """A single session is a dot in the middle; equal ratios make a level line."""
    assert 'cx="300"' in draw_sparkline([0.9], 1.0, title="x", sample=True)
    ring = draw_sparkline([0.9, 1.1], 1.0, title="x", sample=False, suspect=True)
    assert ring.count('class="f-paper s-backwardation"') == 1
    assert "SAMPLE DATA" in draw_sparkline([0.9], 1.0, title="x", sample=True)
    assert "l584 0" in draw_sparkline([1.0, 1.0], 1.0, title="x", sample=False)


def test_the_reading_of_a_day_by_hand() -> None:
    """1 / 0.9 - 1 is +11.1%, 1 / 1.2 - 1 is -16.7%; the inversion before ran over two sessions."""
    calm, storm = (day_reading(days(ratios)[-1], LABEL, ()) for ratios in ([1.1, 1.2, 0.9], [0.9, 1.1, 1.2]))
    assert "With VIX3M unchanged, a VIX close 11% higher would already have meant backwardation." in calm
    assert calm.endswith("The last inversion ran from 6 to 7 January 2020.")
    assert "With VIX3M unchanged, a VIX close 17% lower would already have meant contango." in storm
    assert storm.endswith("The highest ratio of the inversion so far was 1.2000.")
