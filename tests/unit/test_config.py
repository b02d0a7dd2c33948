"""The configuration: every problem at once, with its key path and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivts_site.config import load_config
from ivts_site.errors import ConfigError

REPOSITORY_CONFIG = Path(__file__).parents[2] / "config.yaml"


def problems(*overrides: str, path: Path = REPOSITORY_CONFIG) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_repository_configuration_loads() -> None:
    """The file that ships is valid and holds the ratio the page is about."""
    config = load_config(REPOSITORY_CONFIG)
    assert (config.ratio.front, config.ratio.back, config.ratio.threshold) == ("vix", "vix3m", 1.0)
    assert config.statistics.default_window == "2y"
    assert config.publish.raw_closes is False


def test_an_override_reads_yaml_and_replaces_one_key() -> None:
    """`--set` changes the named key alone; numbers, lists and new entries are read as YAML."""
    config = load_config(
        REPOSITORY_CONFIG,
        [
            "http.attempts=7",
            "statistics.rolling_sessions=[20, 40]",
            "sources.cboe.base_url=http://127.0.0.1:8765/cdn.cboe.com",
            "series.vix9d={label: VIX9D, sources: [{adapter: cboe_csv, symbol: VIX9D}]}",
        ],
    )
    assert config.http.attempts == 7
    assert config.statistics.rolling_sessions == (20, 40)
    assert config.sources["cboe"].base_url == "http://127.0.0.1:8765/cdn.cboe.com"
    assert config.sources["cboe"].allowed_hosts == ("cdn.cboe.com", "cdn-api.cboe.com")
    assert config.series["vix9d"].label == "VIX9D"


def test_base_url_ends_with_a_slash() -> None:
    """Links are joined to it, so the slash is added where it is missing."""
    assert (
        load_config(REPOSITORY_CONFIG, ["site.base_url=https://a.example/b"]).site.base_url
        == "https://a.example/b/"
    )


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("ratio.treshold=1", "ratio.treshold: unknown key; did you mean 'threshold'?"),
        ("series.vix.lable=V", "series.vix.lable: unknown key; did you mean 'label'?"),
        ("sorces={}", "sorces: unknown key; did you mean 'sources'?"),
        (
            "series.vix.sources=[{adaptor: a, symbol: b}]",
            "series.vix.sources.0.adaptor: unknown key; did you mean",
        ),
        ("site.related_links=[{label: a}]", "site.related_links.0.url: required but missing"),
        ("http.attempts=0", "http.attempts: Input should be greater than or equal to 1 (got 0)"),
        (
            "series.vix.publication_lag_minutes=100000000000000",
            "publication_lag_minutes: Input should be less than or equal to 10080",
        ),
        ("http.attempts=many", "http.attempts: Input should be a valid integer"),
        ("statistics.windows=[2y, 3w]", "statistics.windows.1: '3w' is not a window such as 6m, 2y or all"),
        ("statistics.windows=[999999y]", "statistics.windows.0: '999999y' is not a window"),
        ("statistics.windows=[2y, 2y]", "statistics.windows: given twice: 2y"),
        ("statistics.rolling_sessions=[30, 30]", "statistics.rolling_sessions: given twice: 30"),
        ("page.charts=[signal, signal]", "page.charts: given twice: signal"),
        ("page.sections=[faq, faq]", "page.sections: given twice: faq"),
        ("ratio.slope_sessions=true", "ratio.slope_sessions: Input should be a valid integer"),
        ("ratio.front=vix3m", "ratio: front, back and benchmark: must be three different series"),
        ("series.vix.range=[200, 5]", "series.vix.range: must rise from one value to the next"),
        ("calendar.timezone=Mars/Base", "calendar.timezone: 'Mars/Base' is not a time zone"),
        ("statistics.default_window=3y", "default_window: '3y' is not one of windows"),
        ("ratio.front=vxx", "ratio.front: no series 'vxx'; declared are vix, vix3m, spy"),
        ("checks.max_move={vxi: 1.5}", "checks.max_move: no series 'vxi'; declared are vix, vix3m, spy"),
        ("checks.ratio_range=[2.5, 0.4]", "checks.ratio_range: must rise from one value to the next"),
        ("ratio.bands=[{name: a, upto: 1.0}, {name: b, upto: 0.9}, {name: c}]", "edges must rise"),
        ("ratio.bands=[{name: a, upto: 0.9}, {name: c}]", "one edge must be the threshold 1"),
        ("ratio.bands=[{name: a, upto: 1.0}]", "every band but the last needs `upto`"),
        ("ratio.borderline=[1.001, 1.002]", "borderline: must hold the threshold"),
        ("sources.cboe.base_url=ftp://x", "sources.cboe.base_url: 'ftp://x' is not an address"),
        ("calendar.extra_closures=[2025-13-01]", "'[2025-13-01]' is not a YAML value"),
        ("calendar.extra_closures=[soon]", "calendar.extra_closures.0: Input should be"),
        ("nonsense", "--set: 'nonsense' is not KEY.PATH=VALUE"),
        ("site.name.first=1", "--set: site.name.first: 'name' is not a group of settings"),
        ("site.name=[", "--set: site.name: '[' is not a YAML value"),
    ],
)
def test_a_wrong_setting_is_named_with_its_path(override: str, says: str) -> None:
    """One wrong key gives a message with its path and what would be right."""
    assert says in problems(override)


def test_all_problems_come_in_one_message() -> None:
    """Three faults in three places give one error that lists the three."""
    message = problems("http.attempts=0", "ratio.treshold=1", "series.spy.range=[1]")
    assert "3 problems" in message
    assert message.count("\n") == 3
    assert "--set http.attempts=0" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty or not a mapping"),
        ("- a\n- b\n", "is empty or not a mapping"),
        ("site: [", "node content"),
        ("site: {name: a}\nsite: {name: b}\n", "key 'site' is written twice"),
        ("site: {name: a, name: b}\n", "key 'name' is written twice"),
        ("site: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        ("\ud800".encode("utf-8", "surrogatepass"), "is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_configuration_says_why(tmp_path: Path, text: str | bytes, says: str) -> None:
    """Empty, unparsable, tagged and doubled files are refused with the reason and the file's name."""
    path = tmp_path / "config.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    message = problems(path=path)
    assert says in message
    assert str(path) in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path and the option that names another one are in the message."""
    message = problems(path=tmp_path / "none.yaml")
    assert "none.yaml" in message
    assert "--config" in message


def test_a_list_of_wrong_items_is_one_problem() -> None:
    """The list is not called too short as well."""
    message = problems("series.vix.sources=[{adapter: a}]")
    assert message.endswith("series.vix.sources.0.symbol: required but missing")
