"""The calendar of all years: marks of each band and the days of sessions, by hand."""

from __future__ import annotations

from tests.panels import analyse_ratios

from ivts_site.charts.calendar import build_calendar, shade


def test_marks_reach_to_the_next_session_and_tell_the_band() -> None:
    """Six sessions of one year: two deep in contango, one at the line, two above 1.20, one in contango."""
    analysis = analyse_ratios([0.85, 0.86, 1.0, 1.25, 1.3, 0.93])
    (row,) = build_calendar(analysis)
    days = [int(step) for step in row.days.split()]
    sessions = [sum(days[: n + 1]) for n in range(len(days))]
    assert sessions == analysis.signal.index.day_of_year.tolist()
    paths = {(role, opacity): path for role, opacity, path in row.marks}
    first, second, line, high, _, last = (day - 1 for day in sessions)
    assert second > first
    assert paths[("contango", "0.6")] == f"M{first} 0H{line}V1H{first}z"
    assert paths[("contango", "0.2")] == f"M{line} 0H{high}V1H{line}z"
    assert paths[("backwardation", "1")] == f"M{high} 0H{last}V1H{high}z"
    assert paths[("contango", "0.4")] == f"M{last} 0H{last + 1}V1H{last}z"


def test_shades_deepen_with_the_distance_from_the_line() -> None:
    """Of seven bands three lie up to the line; above it opacity rises to 1."""
    analysis = analyse_ratios([0.9, 1.1])
    shades = [shade(analysis, band) for band in range(7)]
    assert [role for role, _ in shades] == ["contango"] * 3 + ["backwardation"] * 4
    below, above = [o for r, o in shades if r == "contango"], [o for r, o in shades if r == "backwardation"]
    assert below == sorted(below, reverse=True)
    assert above == sorted(above)
    assert above[-1] == 1
