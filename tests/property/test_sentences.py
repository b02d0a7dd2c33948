"""Whatever an operator, a file or a vendor feeds in: a sentence and a documented exit code, no traceback.

The command line runs in this process, so that a bug raises here as itself.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.command import ONE_CHART, Result, ivts
from tests.fixtures.feed import FRED, PATHS, addresses
from tests.fixtures.vendor import Vendor, answer
from tests.sampled import examples, sample, spread

from ivts_site.cli import options

ROOT = Path(__file__).parents[2]
CODES = {0, 2, 3, 4, 5}
OFTEN = settings(examples(0.3), suppress_health_check=[HealthCheck.function_scoped_fixture])
SETTINGS = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))


def leaves(tree: object, path: str = "") -> Iterator[str]:
    """Key paths of all single settings."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}".lstrip("."))
    else:
        yield path


KEYS = sorted(leaves(SETTINGS))
DEEP = "[" * 5000
ODD = st.one_of(
    st.sampled_from(
        [
            *(".nan", ".inf", "-.inf", "1e400", "9" * 400, "-1", "0", str(2**63), str(10**12), "1e-400"),
            *("http://[::1", "https://", "http://a:b", "https://a:99999/", "ftp://x", "http://\udcff/"),
            *('"\\ud800"', "\udcff", '"\\0"', "\x00", "\u202e", "a" * 10_000, DEEP, "{" * 5000, "&a [*a]"),
            *("[&a [x,x,x], &b [*a,*a,*a], &c [*b,*b,*b]]", "!!python/object:os.system {}", "2025-13-01"),
            *(
                "null",
                "true",
                "[]",
                "{}",
                "[null]",
                "{a: {b: c}}",
                "'",
                "- -",
                "%YAML",
                "9999-12-31",
                "0001-01-01",
            ),
        ]
    ),
    st.text(max_size=20),
    st.floats().map(str),
    st.integers().map(str),
)


def is_a_sentence(done: Result) -> None:
    """A documented code; where it failed, words; and no trace of the program's inside."""
    assert done.code in CODES, done
    assert "Traceback" not in done.err
    if done.code:
        assert done.err.strip(), done
        assert len(done.err) < 5000, done.err[:200]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short history, so that a command that does run takes no time."""
    folder = tmp_path_factory.mktemp("short") / "data"
    assert ivts("sample", "--out", folder, "--set", "sample.first_session=2025-06-02").code == 0
    return folder


@OFTEN
@given(key=st.sampled_from(KEYS), value=ODD)
def test_any_setting(data: Path, key: str, value: str) -> None:
    """Each one of the settings, with a value of any kind."""
    is_a_sentence(ivts("snapshot", "--data-dir", data, "--set", f"{key}={value}"))


@OFTEN
@given(item=st.one_of(ODD, st.text(max_size=30)))
def test_any_override(data: Path, item: str) -> None:
    """Whatever stands behind `--set`."""
    is_a_sentence(ivts("snapshot", "--data-dir", data, "--set", item))


@OFTEN
@given(body=st.one_of(ODD.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=200)))
def test_any_settings_file(data: Path, tmp_path: Path, body: bytes) -> None:
    """Bytes of any kind in the place of config.yaml."""
    (tmp_path / "config.yaml").write_bytes(body)
    done = ivts("snapshot", "--data-dir", data, "--config", tmp_path / "config.yaml")
    assert done.code == 2
    is_a_sentence(done)


@pytest.mark.parametrize(
    ("key", "bound"),
    [
        ("research.draws", "100000"),
        ("research.overlay.random_draws", "100000"),
        ("research.event_after", "25000"),
        ("research.horizon", "25000"),
        ("http.attempts", "100"),
        ("http.deadline_seconds", "86400"),
        ("feeds.sessions", "1000000"),
    ],
)
def test_absurd_sizes_are_refused_with_their_bound(data: Path, key: str, bound: str) -> None:
    """Rather than with hours of work, or a machine without memory."""
    done = ivts("snapshot", "--data-dir", data, "--set", f"{key}={10**9}")
    assert done.code == 2
    assert f"less than or equal to {bound}" in done.err


INSTANTS = st.one_of(
    st.text(max_size=20),
    st.datetimes().map(str),
    st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00Z"]),
)


PLACES = ("/dev/null", "/proc/self/mem", "a" * 300, "\udcff", "//", ".")


@OFTEN
@given(
    option=st.sampled_from(["--as-of", "--built-at", "--config", "--data-dir"]),
    value=st.one_of(
        INSTANTS, st.sampled_from(["/dev/null", "/proc/self/mem", "a" * 300, "\udcff", "//", "."])
    ),
    epoch=st.one_of(st.none(), st.text(alphabet="0123456789-eE.naif ", max_size=25)),
)
def test_any_option(data: Path, option: str, value: str, epoch: str | None) -> None:
    """Dates, instants and paths of any kind, and SOURCE_DATE_EPOCH."""
    if "\0" in value:
        return  # no system hands such an argument over
    environment = {} if epoch is None else {"SOURCE_DATE_EPOCH": epoch}
    with mock.patch.dict(os.environ, environment):
        is_a_sentence(
            ivts("snapshot", *([] if option == "--data-dir" else ["--data-dir", data]), option, value)
        )


NUMBERS = st.one_of(st.floats().map(str), st.sampled_from(["1e308", "-0", "1e-308", "nan", "x"]))


@OFTEN
@given(st.lists(NUMBERS, min_size=3, max_size=3))
def test_any_number_of_a_hedge(numbers: list[str]) -> None:
    """Funding and basis for numbers no market has seen."""
    first, second, third = numbers
    is_a_sentence(ivts("hedge", "funding", "--notional", first, "--price", second, "--rate", third))
    is_a_sentence(ivts("hedge", "basis", "--spot", first, "--forward", second, "--days", third))
    is_a_sentence(
        ivts("hedge", "liquidation", "--entry", first, "--leverage", second, "--maintenance", third)
    )


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=10,
)
BODIES = st.one_of(
    JSON.map(lambda tree: json.dumps(tree).encode()),
    st.sampled_from(
        [b"", b"[" * 100_000, b'"\\ud800"', b"NaN", b"9" * 5000, b"\xff\xfe", b"{}", b"[]", b"null"]
    ),
    st.binary(max_size=100),
)
STORED = ("notified.json", ".last-run.json", "revisions.jsonl", "quarantine.jsonl", "disagreements.jsonl")


@OFTEN
@given(name=st.sampled_from(STORED), body=BODIES)
def test_any_stored_note(data: Path, name: str, body: bytes) -> None:
    """Notes and logs that somebody has edited, or a disk has lost."""
    file = data / name
    file.write_bytes(body)
    try:
        for command in (("check", "--out", data / "none"), ("notify", "--event", "flip")):
            is_a_sentence(ivts(*command, "--data-dir", data, "--set", "notify.events=[flip]"))
    finally:
        file.unlink()


def changed(tree: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    """The tree with another value at a path of keys."""
    head, *rest = path
    return tree | {head: changed(tree[head], tuple(rest), value) if rest else value}


def branches(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of keys to everything within dictionaries."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield (*path, key)
            yield from branches(value, (*path, key))


@OFTEN
@given(chosen=st.data(), value=st.one_of(JSON, st.dates().map(str), st.text(max_size=10)))
def test_any_value_in_the_provenance(data: Path, chosen: st.DataObject, value: object) -> None:
    """Each one of its entries, in the place of what a fetch wrote."""
    file = data / "provenance.json"
    body = file.read_bytes()
    tree = json.loads(body)
    path = chosen.draw(st.sampled_from(sorted(branches(tree))))
    file.write_text(json.dumps(changed(tree, path, value)))
    try:
        for command in (("snapshot",), ("check", "--out", data / "none"), ("fetch", "--set", "sources={}")):
            is_a_sentence(ivts(*command, "--data-dir", data))
    finally:
        file.write_bytes(body)


@OFTEN
@given(body=BODIES)
def test_any_provenance(data: Path, body: bytes) -> None:
    """Bytes of any kind in its place."""
    file = data / "provenance.json"
    kept = file.read_bytes()
    file.write_bytes(body)
    try:
        done = ivts("snapshot", "--data-dir", data)
        is_a_sentence(done)
        assert done.code == 4
    finally:
        file.write_bytes(kept)


@pytest.fixture(scope="module")
def vendor() -> Iterator[Vendor]:
    """Answers as the test says."""
    with Vendor() as running:
        yield running


LOCATIONS = ("http://[::1", "http://[", "//", "https://a:b/", "http://127.0.0.1:99999/", "\x7f", "?" * 3000)


@settings(OFTEN, max_examples=OFTEN.max_examples * 2 // 3)
@given(body=st.one_of(BODIES, st.sampled_from(LOCATIONS)), name=st.sampled_from([*PATHS, "all"]))
def test_any_answer_of_a_vendor(vendor: Vendor, tmp_path: Path, body: bytes | str, name: str) -> None:
    """Bodies of any kind, and redirects to nowhere: a failed source like any other."""
    said = answer(302, Location=body) if isinstance(body, str) else answer(200, body, Content_Type="text/csv")
    vendor.answers = dict.fromkeys((*PATHS.values(), FRED), answer(404))
    vendor.answers |= dict.fromkeys([*PATHS.values(), FRED] if name == "all" else [PATHS[name]], said)
    quick = [part for each in (*addresses(vendor), "http.attempts=1") for part in ("--set", each)]
    done = ivts("fetch", "--data-dir", tmp_path / "data", "--now", "2026-02-27T23:37:00Z", *quick)
    assert done.code == 3
    is_a_sentence(done)


@pytest.mark.parametrize(
    "address",
    ["http://[::1", "nonsense", "http://", "https://a:b/", "\udcff", "http://\x7f"],
    ids=["bracket", "word", "no host", "port", "byte", "control"],
)
def test_any_address_of_a_webhook(data: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """The variable holds something that is no address: it is not shown, and the receiver was not reached."""
    monkeypatch.setenv("IVTS_NOTIFY_URL", address)
    done = ivts("notify", "--event", "failure", "--set", "notify.events=[failure]", "--data-dir", data)
    assert done.code in (2, 3)
    is_a_sentence(done)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("value", ["/nowhere", "http://[::1", "\udcff"], ids=["path", "bracket", "byte"])
def test_any_environment_of_a_request(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """Certificates that are not there and proxies that are no address are a failed source."""
    monkeypatch.setenv(variable, value)
    quick = ("http.attempts=1", "http.deadline_seconds=2", "http.connect_timeout_seconds=0.5")
    hosts = [f"sources.{name}.base_url=https://127.0.0.1:9" for name in ("cboe", "fred")]
    options = [part for each in (*quick, *hosts) for part in ("--set", each)]
    done = ivts("fetch", "--data-dir", tmp_path / "data", *options)
    assert done.code == 3
    is_a_sentence(done)


@contextmanager
def full_disk() -> Iterator[None]:
    """Nothing can be written to a file that is open."""

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with mock.patch("os.write", refuse), mock.patch("pathlib.Path.write_bytes", refuse):
        yield


def test_a_full_disk(data: Path, tmp_path: Path, vendor: Vendor) -> None:
    """The note of who holds a folder is a courtesy; a site that cannot be written is told."""
    with full_disk():
        done = ivts("build", "--data-dir", data, "--out", tmp_path / "site", *ONE_CHART)
        assert done.code == 5
        assert "No space left on device; the previous site is unchanged" in done.err
        vendor.answers = {}
        quick = [part for each in (*addresses(vendor), "http.attempts=1") for part in ("--set", each)]
        assert ivts("fetch", "--data-dir", tmp_path / "data", *quick).code == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "command",
    sample(("--help", "snapshot --data-dir {}", "hedge funding --notional 1 --price 2 --rate 0"), 2),
)
@pytest.mark.parametrize("both", [False, True], ids=["output", "output and errors"])
def test_output_to_a_full_device(data: Path, command: str, both: bool) -> None:
    """Code 2 and a sentence, where there is room for one."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ivts_site", *command.format(data).split()],
            stdout=full,
            stderr=full if both else subprocess.PIPE,
            cwd=ROOT,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    if not both:
        assert done.stderr.startswith("ivts-site: No space left on device")


def test_a_terminal_without_minus_signs(data: Path) -> None:
    """Signs that its encoding lacks are written as their numbers."""
    command = [sys.executable, "-m", "ivts_site", "snapshot", "--data-dir", str(data), "--set", "site.name=−"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    """Places that cannot be used."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("x")
    return {
        "loop": tmp_path / "loop",
        "below a loop": tmp_path / "loop/data",
        "below a file": tmp_path / "file/data",
        "too long": tmp_path / ("a" * 300),
        "device": Path("/dev/null"),
    }


COMMANDS = (
    "build --data-dir {}",
    "fetch --data-dir {}",
    "snapshot --data-dir {}",
    "check --data-dir {}",
    "snapshot --config {}",
    "build --out {} --data-dir {data}",
    "check --out {} --data-dir {data}",
    "serve --out {} --port 0",
    "sample --out {}",
    "hedge beta {} {}",
)


@pytest.mark.parametrize(
    ("place", "command"), spread(("loop", "below a loop", "below a file", "too long", "device"), COMMANDS)
)
def test_paths_that_cannot_be_used(
    paths: dict[str, Path], data: Path, vendor: Vendor, place: str, command: str
) -> None:
    """Looping links, files in the place of folders, names that are too long, devices."""
    if place != "loop" and command.startswith("build --data-dir"):
        return  # nothing stored: a whole site of samples, told apart elsewhere
    vendor.answers = {}
    extra = [part for each in (*addresses(vendor), "http.attempts=1") for part in ("--set", each)]
    words = command.format(paths[place], paths[place], data=data).split()
    done = ivts(*words, *([] if words[0] == "hedge" else extra))
    is_a_sentence(done)


@pytest.mark.parametrize("name", ["config.yaml", "none.yaml"])
def test_a_program_without_its_checkout(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """One sentence on what it needs, for every command that needs it."""
    monkeypatch.setattr(
        options, "__file__", str(tmp_path / "lib/python/site-packages/ivts_site/cli/options.py")
    )
    (tmp_path / "config.yaml").write_bytes((ROOT / "config.yaml").read_bytes())
    for command in ("snapshot", "build", "check"):
        done = ivts(command, "--config", tmp_path / name, "--data-dir", data)
        is_a_sentence(done)
        assert done.code == 2
        assert "has no templates/ and static/, which the program needs" in done.err or name == "none.yaml"


@pytest.mark.parametrize(
    "chosen",
    sample(
        (
            ([], ["signal"]),
            (["questions", "faq"], ["signal"]),
            (["products"], ["distribution", "rolling-rate"]),
            (["faq"], ["distribution", "rolling-rate"]),
            (["tips", "how", "users"], ["signal"]),
        ),
        3,
    ),
)
def test_any_subset_of_charts_and_sections_builds(
    data: Path, tmp_path: Path, chosen: tuple[list[str], list[str]]
) -> None:
    """A link to what is left out becomes words."""
    sections, charts = chosen
    named = [f"page.sections={json.dumps(sections)}", f"page.charts={json.dumps(charts)}"]
    options = [part for each in named for part in ("--set", each)]
    done = ivts("build", "--data-dir", data, "--out", tmp_path / "site", *options)
    assert done.code == 0, done.err
    assert ivts("check", "--data-dir", data, "--out", tmp_path / "site", *options).code == 0
