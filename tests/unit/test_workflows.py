"""The workflows: pinned, bounded, with the least rights, and made of targets that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivts_site.sources.stooq_csv import KEY_VARIABLE
from ivts_site.sources.tradestation import ID_VARIABLE, REFRESH_VARIABLE, SECRET_VARIABLE

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))


def load(name: str) -> dict[str, Any]:
    tree = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text())
    tree["on"] = tree.pop(True)  # YAML 1.1 takes the key for a boolean
    return dict(tree)


def steps(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in tree["jobs"].values() for step in job["steps"]]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each workflow."""
    return load(request.param.stem)


def test_the_workflows_are_there() -> None:
    """Tests of every change, weekly looks at vendors, newer dependencies and all tests, the nightly page."""
    assert [path.stem for path in FILES] == ["ci", "live", "newest", "nightly", "watch", "whole"]


def test_actions_are_pinned_by_full_digest(workflow: dict[str, Any]) -> None:
    """A tag can be moved, a commit cannot; the version stands beside it."""
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", name)] == []
    text = "".join(path.read_text() for path in FILES)
    assert len(re.findall(r"uses: .*@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.M)) == text.count("uses:")


def test_one_action_has_one_digest_everywhere() -> None:
    """An update is made in all workflows or none."""
    found = {tuple(s["uses"].split("@")) for path in FILES for s in steps(load(path.stem)) if "uses" in s}
    assert len({name for name, _ in found}) == len(found)


def test_rights_are_given_job_by_job(workflow: dict[str, Any]) -> None:
    """Nothing at the top; each job says what it needs."""
    assert workflow["permissions"] == {}
    assert all(job["permissions"] for job in workflow["jobs"].values())


def test_only_these_jobs_may_write() -> None:
    """Data, pages and issues, each in a job of its own."""
    writes = {
        (path.stem, name): {right for right, kind in job["permissions"].items() if kind == "write"}
        for path in FILES
        for name, job in load(path.stem)["jobs"].items()
    }
    assert {place: rights for place, rights in writes.items() if rights} == {
        ("nightly", "commit"): {"contents"},
        ("nightly", "note"): {"contents"},
        ("nightly", "attest"): {"attestations", "id-token"},
        ("nightly", "deploy"): {"pages", "id-token"},
        ("nightly", "alert"): {"issues"},
        ("live", "alert"): {"issues"},
        ("newest", "alert"): {"issues"},
        ("watch", "alert"): {"issues"},
        ("whole", "alert"): {"issues"},
    }


def test_every_job_ends(workflow: dict[str, Any]) -> None:
    """A hanging job would hold the queue for six hours."""
    assert all(0 < job["timeout-minutes"] <= 30 for job in workflow["jobs"].values())


def test_no_checkout_leaves_credentials(workflow: dict[str, Any]) -> None:
    """The token reaches the one step that pushes, through its environment."""
    for step in steps(workflow):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_steps_are_targets_that_exist(workflow: dict[str, Any]) -> None:
    """The same commands run by hand; nothing from outside is spliced into a command."""
    runs = [step["run"] for step in steps(workflow) if "run" in step]
    assert runs
    for run in runs:
        assert "${{" not in run
        named = re.fullmatch(r'make ([a-z-]+)( ARGS="[^"]*")?|\.ci/run', run)
        assert named, run
        assert named[1] is None or named[1] in TARGETS, run


def test_the_nightly_job_runs_after_publication_and_once_more() -> None:
    """18:37 and 06:23 New York, off the hour, and by hand; two runs never overlap."""
    nightly = load("nightly")
    slots = [(slot["cron"], slot["timezone"]) for slot in nightly["on"]["schedule"]]
    assert slots == [("37 18 * * 1-5", "America/New_York"), ("23 6 * * 2-6", "America/New_York")]
    assert "workflow_dispatch" in nightly["on"]
    assert nightly["concurrency"] == {"group": "pages", "cancel-in-progress": False}


def runs(job: dict[str, Any]) -> list[str]:
    """The targets of a job in order."""
    return [step["run"].split()[1] for step in job["steps"] if step.get("run", "").startswith("make ")]


def test_the_nightly_steps_are_in_order() -> None:
    """Fetch, check, build, check what was built; only then may anything be deployed, and only then told."""
    jobs = load("nightly")["jobs"]
    assert runs(jobs["fetch"]) == ["fetch", "pack-data"]
    assert runs(jobs["commit"]) == ["unpack-data", "commit-data"]
    assert runs(jobs["build"]) == [
        *("unpack-data", "check", "build", "check", "keep-assets", "check", "through")
    ]
    assert jobs["deploy"]["needs"] == "build"
    assert runs(jobs["tell"]) == ["notify-failure", "unpack-data", "notify-flip"]
    assert {"deploy", "commit"} <= set(jobs["tell"]["needs"])
    assert runs(jobs["note"]) == ["commit-data"]
    assert set(jobs["alert"]["needs"]) == jobs.keys() - {"alert"}


def test_no_simulated_close_can_be_deployed() -> None:
    """Whatever became of the fetch, the night builds from fetched closes or not at all."""
    built = [step["run"] for step in steps(load("nightly")) if "make build" in step.get("run", "")]
    assert built == ['make build ARGS="--no-sample"']


def test_what_tells_of_a_failure_depends_on_nothing_that_may_fail() -> None:
    """Issue, monitor and webhook are told each by itself, whatever became of the others."""
    jobs = load("nightly")["jobs"]
    assert jobs["tell"]["if"] == jobs["alert"]["if"] == "${{ !cancelled() }}"
    told = [step for step in jobs["alert"]["steps"] if "run" in step]
    assert [step["if"] for step in told] == ["${{ !cancelled() }}"] * 2
    first = next(step for step in jobs["tell"]["steps"] if "run" in step)
    assert (first["run"], first["if"]) == ("make notify-failure", "${{ env.HEALTHY == 'false' }}")


def test_the_schedule_is_kept_alive_whatever_the_fetch_did() -> None:
    """A source that stays dead for 60 days must not end the job: the step that keeps it alive always runs."""
    jobs = load("nightly")["jobs"]
    [fetch] = [step for step in jobs["fetch"]["steps"] if step.get("id") == "fetch"]
    assert fetch["continue-on-error"] is True
    [commit] = [step for step in jobs["commit"]["steps"] if step.get("run") == "make commit-data"]
    assert "if" not in commit
    assert "if" not in jobs["commit"]


def test_what_installs_packages_may_write_nowhere(workflow: dict[str, Any]) -> None:
    """And what may write runs scripts of this repository alone: a package gone bad meets no token."""
    makefile = (ROOT / "Makefile").read_text()
    for name, job in workflow["jobs"].items():
        named = [step.get("run", "") for step in job["steps"]]
        targets = [run.split()[1] for run in named if run.startswith("make ")]
        rules = [re.search(rf"^{target}:(.*?)##", makefile, re.M)[1].strip() for target in targets]  # type: ignore[index]
        if "write" in job["permissions"].values():
            assert rules == [""] * len(rules), name
            assert not any("setup-" in step.get("uses", "") for step in job["steps"]), name


def test_accepted_revisions_reach_the_fetch_through_the_environment() -> None:
    """An operator gives them by hand; no shell reads them."""
    nightly = load("nightly")
    assert nightly["on"]["workflow_dispatch"]["inputs"].keys() == {"accept-revisions"}
    [fetch] = [step for step in steps(nightly) if step.get("run") == "make fetch"]
    assert fetch["env"]["ACCEPT_REVISIONS"] == "${{ inputs.accept-revisions }}"


@pytest.mark.parametrize(("name", "command"), [("nightly", "make fetch"), ("live", "make live")])
def test_vendors_are_asked_with_the_secrets_of_the_repository(name: str, command: str) -> None:
    """Every credential that an adapter reads from the environment is there, under its own name."""
    wanted = {KEY_VARIABLE, ID_VARIABLE, SECRET_VARIABLE, REFRESH_VARIABLE}
    [step] = [step for step in steps(load(name)) if step.get("run") == command]
    secrets = {key: value for key, value in step["env"].items() if "secrets." in value}
    assert secrets == {variable: f"${{{{ secrets.{variable} }}}}" for variable in wanted}


def test_the_page_is_built_for_the_address_that_it_is_served_from() -> None:
    """Pages tells it; it travels in the environment, and without it the settings' own stands."""
    jobs = load("nightly")["jobs"]
    site = jobs["build"]
    [told] = [step for step in site["steps"] if "configure-pages@" in step.get("uses", "")]
    assert told["continue-on-error"] is True
    assert site["permissions"]["pages"] == "read"
    given = [step["run"] for step in site["steps"] if "SITE_URL" in step.get("env", {})]
    assert given == ['make build ARGS="--no-sample"', "make keep-assets"]
    [flip] = [step for step in jobs["tell"]["steps"] if step.get("run") == "make notify-flip"]
    assert flip["env"]["SITE_URL"] == "${{ needs.build.outputs.address }}"


def test_the_morning_slot_of_the_age_check_is_a_slot() -> None:
    """The condition names the cron line that it means."""
    nightly = load("nightly")
    [age] = [step for step in nightly["jobs"]["build"]["steps"] if step.get("id") == "age"]
    named = re.search(r"schedule == '([^']+)'", age["env"]["TOLERATE"])
    assert named
    assert named[1] == nightly["on"]["schedule"][1]["cron"]


@pytest.mark.parametrize(
    "command",
    [
        ["zizmor", "--offline", "--pedantic", "--quiet", ".github/workflows"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, FILES)],
        ["actionlint", *map(str, FILES)],
    ],
    ids=lambda command: str(command[0]),
)
def test_linters_find_nothing(command: list[str]) -> None:
    """As in `make lint`."""
    tool = Path(sys.executable).with_name(command[0])
    if not tool.exists() and shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: pip install -e '.[lint]'")
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint_runs_the_linters() -> None:
    """A linter that nobody calls finds nothing."""
    recipe = (ROOT / "Makefile").read_text().split("\nlint:")[1].split("\n\n")[0]
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "zizmor", "check-jsonschema"):
        assert f"$(BIN)/{tool}" in recipe
    assert "$(BIN)/actionlint" in recipe
