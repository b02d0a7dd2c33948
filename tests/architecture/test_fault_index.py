"""Fifty things that can go wrong, each with the tests that feed it to the program.

`FAULTS[x]` is fault x of the table in `integration/test_faults.py`, tried on each of the three series with
generated closes and, by `make test-all` where they are there, with the recorded ones.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.integration.test_faults import FAULTS

TESTS = Path(__file__).parents[1]

INDEX: dict[int, tuple[str, str]] = {
    1: (
        "no name, connection refused",
        "FAULTS[drop]; unit/test_sources_http: test_refused_connection; "
        "integration/test_fetch: test_all_failures_are_named",
    ),
    2: (
        "silence, dripping body",
        "FAULTS[hang]; FAULTS[slow]; unit/test_sources_http: test_silence, test_dripping_answer",
    ),
    3: (
        "429 with a long Retry-After",
        "FAULTS[429]; unit/test_sources_http: test_retry_after_beyond_the_cap_ends_the_tries, "
        "test_retry_after_is_honored, test_requested_waits",
    ),
    4: ("500 or 503, then 200", "FAULTS[500]; FAULTS[503once]"),
    5: ("403, 404", "FAULTS[403]; FAULTS[404]; unit/test_sources_http: test_refusals_are_final"),
    6: ("web page in the place of data", "FAULTS[html]; FAULTS[sentence]"),
    7: (
        "empty body, header alone",
        "FAULTS[empty]; integration/test_fetch: test_kept_store_after_a_bad_answer",
    ),
    8: ("cut body", "FAULTS[truncated]; FAULTS[badlength]; FAULTS[badjson]"),
    9: (
        "endless body, gzip bomb",
        "FAULTS[gzipbomb]; unit/test_sources_http: test_size_limit, test_broken_compression",
    ),
    10: (
        "redirects",
        "FAULTS[redirect]; FAULTS[loop]; unit/test_sources_http: test_redirect_away_is_refused_unasked",
    ),
    11: ("TLS failure", "unit/test_sources_http: test_tls_is_not_negotiable"),
    12: (
        "columns renamed, reordered, added",
        "FAULTS[header]; FAULTS[extracolumn]; unit/test_sources_parse: test_index_layouts",
    ),
    13: ("date formats", "FAULTS[usdates]; unit/test_sources_parse: test_refused_files"),
    14: (
        "BOM, CRLF, blank lines, Latin-1",
        "FAULTS[bom]; FAULTS[crlf]; unit/test_sources_http: test_bodies_that_are_no_data",
    ),
    15: (
        "text in the place of a number",
        "FAULTS[text]; FAULTS[nan]; unit/test_sources_clean: test_too_many_bad_rows; "
        "unit/test_sources_parse: test_unreadable_values_are_set_aside",
    ),
    16: (
        "zero, negative, NaN, infinite",
        "FAULTS[zero]; FAULTS[negative]; unit/test_sources_clean: test_impossible_values_are_set_aside",
    ),
    17: (
        "ten or a hundred times",
        "integration/test_trust: test_an_impossible_ratio; "
        "integration/test_fetch: test_rejected_rows_from_every_source",
    ),
    18: (
        "true crash days",
        "integration/test_fetch_recorded: test_crash_days_are_accepted, test_evening_of_a_crash; "
        "integration/test_trust: test_a_large_move_without_a_second_source",
    ),
    19: (
        "one file for both, swapped files",
        "integration/test_fetch: test_same_file_for_two_series; integration/test_trust: test_swapped_files",
    ),
    20: ("exact duplicates", "FAULTS[duplicates]"),
    21: ("one date with two values", "FAULTS[conflict]"),
    22: ("unsorted rows", "FAULTS[shuffled]"),
    23: (
        "missing sessions",
        "FAULTS[holes]; unit/test_analytics_spells: test_a_gap_neither_breaks_nor_lengthens; "
        "unit/test_snapshot: test_at_most_ten_gaps_newest_first",
    ),
    24: (
        "holiday row",
        "FAULTS[holiday]; integration/test_fetch_recorded: test_overnight_rows_on_holidays",
    ),
    25: (
        "weekend and future rows",
        "FAULTS[future]; unit/test_sources_clean: test_rows_on_holidays_and_weekends_are_dropped",
    ),
    26: (
        "row of a session in progress",
        "FAULTS[intraday]; integration/test_faults: test_row_of_a_session_in_progress; "
        "integration/test_trust: test_provisional_becomes_final",
    ),
    27: (
        "one index late",
        "FAULTS[stale]; unit/test_panel: "
        "test_panel_is_the_union_of_sessions_up_to_the_last_common_one",
    ),
    28: ("frozen source", "integration/test_freshness: test_check_refuses_closes_that_are_too_old"),
    29: ("rollback", "FAULTS[stale]"),
    30: ("shortened history", "FAULTS[short]; integration/test_fetch: test_lost_history_stays"),
    31: ("small revision", "FAULTS[revised]; integration/test_fetch: test_revision_and_its_limit"),
    32: (
        "mass revision",
        "FAULTS[massrevised]; "
        "integration/test_trust: test_a_shifted_history_is_refused_and_the_next_source_asked",
    ),
    33: (
        "split, re-based history",
        "integration/test_trust: test_rebased_history; "
        "unit/test_sources_stooq: test_adjusted_and_unadjusted_closes_are_not_mixed",
    ),
    34: (
        "sources disagree",
        "integration/test_trust: test_newest_close_in_doubt, test_doubt_ends_when_the_sources_agree, "
        "test_doubt_that_was_right, test_disagreements_of_the_past_are_recorded_only",
    ),
    35: (
        "damaged store",
        "unit/test_store_files: test_truncated_parquet, test_foreign_parquet, test_damaged_provenance; "
        "integration/test_fetch: test_damaged_store_is_never_overwritten",
    ),
    36: (
        "kill -9",
        "integration/test_kill: test_fetches, test_builds; "
        "unit/test_store_transaction: test_killed_at_every_step",
    ),
    37: (
        "full disk, no permission",
        "unit/test_store_transaction: test_full_disk, test_folder_that_cannot_be_made; "
        "unit/test_publish: test_a_failure_while_writing_leaves_the_old_site, "
        "test_an_unwritable_folder_is_named",
    ),
    38: (
        "two runs at once",
        "unit/test_store_transaction: test_two_runs_at_once; "
        "unit/test_publish: test_a_second_build_says_who_holds_the_folder",
    ),
    39: (
        "wrong configuration",
        "unit/test_config: test_a_wrong_setting_is_named_with_its_path, "
        "test_a_file_that_is_no_configuration_says_why",
    ),
    40: (
        "markup in texts",
        "unit/test_render: test_texts_of_configuration_and_content_open_no_markup; "
        "unit/test_tracker: test_embedded_json_cannot_close_its_script; "
        "browser/test_escape: test_hostile_words_are_only_words",
    ),
    41: (
        "too few rows, open episodes, one regime alone",
        "unit/test_charts_edges: test_every_history_is_drawn_and_told; "
        "unit/test_analytics_spells: test_episode_open_at_the_end, test_all_sessions_in_backwardation, "
        "test_episode_on_the_first_session_has_no_close_before",
    ),
    42: (
        "a ratio of exactly one",
        "unit/test_analytics_term_structure: test_exactly_one_is_contango, "
        "test_no_pair_of_cents_is_on_the_wrong_side_of_one",
    ),
    43: (
        "zones, daylight saving, leap day, year end",
        "integration/test_faults: test_zone_of_the_machine; unit/test_sessions: test_days, "
        "test_close_instant; unit/test_freshness: test_upcoming_publications",
    ),
    44: (
        "locale, hash seed",
        "integration/test_commands: test_two_builds_are_byte_identical; "
        "unit/test_store_files: test_same_content_same_bytes",
    ),
    45: (
        "missing template variable",
        "unit/test_render: test_faults_in_templates_name_template_and_line; "
        "integration/test_commands: test_a_broken_template_leaves_the_last_site",
    ),
    46: (
        "no script, blocked files, print",
        "browser/test_page_browser: test_without_script_everything_is_readable; "
        "browser/test_charts_browser: test_a_blocked_library_leaves_the_pictures_and_is_tried_once_more; "
        "browser/test_print: test_paper_shows_every_picture_and_no_control",
    ),
    47: (
        "an old page asks for its scripts after a deploy",
        "unit/test_publish: test_assets_are_named_by_their_content; "
        "integration/test_ci_scripts: test_assets_of_the_deployed_pages_are_kept_one_deploy",
    ),
    48: (
        "the nightly job itself",
        "unit/test_workflows: test_the_nightly_job_runs_after_publication_and_once_more; "
        "integration/test_ci_scripts: test_a_push_in_between_is_taken_in, "
        "test_a_long_silence_is_broken_to_keep_the_schedule_alive, test_the_first_failure_opens_an_issue; "
        "browser/test_freshness_browser: test_the_page_tells_its_age",
    ),
    49: (
        "unscheduled closure",
        "integration/test_fetch: test_extra_closure, "
        "test_changed_settings_ask_for_the_whole_file_once; "
        "integration/test_freshness: test_a_day_declared_closed_later_is_in_no_number; "
        "unit/test_freshness: test_states",
    ),
    50: (
        "newer dependencies",
        "integration/test_ci_scripts: test_newest_versions_are_installed_without_bounds; "
        "golden/test_site: test_the_numbers_are_as_they_were; "
        "unit/test_workflows: test_the_workflows_are_there",
    ),
}  # fmt: skip


@cache
def functions(module: str) -> frozenset[str]:
    """Names of the tests of a module."""
    nodes = ast.parse((TESTS / f"{module}.py").read_text()).body
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def exists(part: str) -> bool:
    """Whether a part of the index names faults of the table, or tests of a module."""
    if part.startswith("FAULTS["):
        return part[len("FAULTS[") : -1] in FAULTS
    module, _, names = part.partition(": ")
    return set(names.split(", ")) <= functions(module)


def test_every_fault_is_there() -> None:
    """From the first to the fiftieth, each with a name of its own."""
    assert list(INDEX) == list(range(1, 51))
    assert len({name for name, _ in INDEX.values()}) == 50


def test_each_fault_has_tests_that_exist() -> None:
    """A test that was renamed or removed leaves its fault without proof."""
    parts = {(number, part) for number, (_, tests) in INDEX.items() for part in tests.split("; ")}
    assert {(number, part) for number, part in parts if not exists(part)} == set()


def test_no_fault_of_the_table_is_left_out() -> None:
    """Each that is tried on the three series belongs to one of the fifty."""
    named = " ".join(tests for _, tests in INDEX.values())
    assert [fault for fault in FAULTS if f"FAULTS[{fault}]" not in named] == []
