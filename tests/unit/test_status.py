"""Status line, provisional closes and records in words, from snapshots made by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
from tests.markup import Node, parse, row, rows
from tests.panels import EXPECTED, FRONT, make_panel
from tests.view_states import HELD, config, snapshot_of, state, status_of, tracker_of

from ivts_site.analytics.snapshot import read_provisional
from ivts_site.model import LogEntry, ProvisionalCloses, Publication
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.status import DataLog, HeldRevision, Status
from ivts_site.store import LastRun
from ivts_site.words.site import names
from ivts_site.words.status import provisional_words

NEXT = Publication(session=dt.date(2026, 3, 3), publication=dt.datetime(2026, 3, 3, 23, 30, tzinfo=dt.UTC))


def line_of(snapshot: Snapshot, status: Status | None = None) -> Node:
    """The status line of the tracker page."""
    (line,) = parse(tracker_of(snapshot, status=status)["index.html"]).all("p", "status")
    return line


def test_status_line_of_a_fresh_page() -> None:
    """Built on 1 March, the closes of the 2nd are due at 18:30 New York and late twelve hours later."""
    snapshot = state("contango-long")
    line = line_of(snapshot, status_of(snapshot, (EXPECTED, NEXT)))
    assert "next update Mon by 18:30 ET" in line.text()
    assert "late from Tue 3 Mar 2026, 06:30 New York (11:30 UTC)" in line.text()
    assert "sources asked" not in line.text()
    (age,) = line.all("b", "age")
    assert age.text() == "Up to date (when built)"
    told = {name.removeprefix("data-"): value for name, value in age.attributes.items() if "data-" in name}
    assert told == {
        "age": "fresh",
        "upcoming": "2026-03-02T23:30:00Z 2026-03-03T23:30:00Z",
        "late": "2026-03-03T11:30:00Z",
        "due": "Mon 2 Mar 2026, 18:30 New York",
        "through": "Thu 13 Nov 2025",
    }
    assert "Thu 13 Nov 2025 close next" in line.text()


def test_the_last_look_at_the_sources() -> None:
    """The footer says when the sources were asked, beside the time of the build."""
    snapshot = state("contango-long")
    run = LastRun(checked_at=dt.datetime(2026, 2, 28, 22, 30, tzinfo=dt.UTC))
    page = parse(tracker_of(snapshot, status=status_of(snapshot, run=run))["index.html"])
    assert "28 Feb 2026, 22:30 UTC" in [dd.text() for dd in page.all("dl", "imprint")[0].all("dd")]
    assert "22:30" not in line_of(snapshot).text()


def test_nothing_expected_has_no_age() -> None:
    """A page of a past session says when closes usually come, and claims no state."""
    line = line_of(snapshot_of([18.0, 18.2], expected=False))
    assert line.all("b") == []
    assert line.text().endswith("closes expected by 18:30 New York")
    assert not re.search("next update|late from", line.text())


def test_a_page_built_from_old_closes_says_so_without_script() -> None:
    """Two publications had passed when it was built."""
    snapshot = state("contango-long")
    past = tuple(
        Publication(
            session=dt.date(2025, 11, day), publication=dt.datetime(2025, 11, day, 23, 30, tzinfo=dt.UTC)
        )
        for day in (14, 17)
    )
    status = status_of(snapshot, (*past, EXPECTED))
    assert (status.state, status.sessions_behind) == ("stale", 2)
    words = "2 sessions behind: the last close here is Thu 13 Nov 2025 (when built)"
    assert line_of(snapshot, status).all("b", "age")[0].text() == words


@pytest.mark.parametrize(
    ("closes", "reason", "words"),
    [
        (
            {"vix": 18.26, "vix3m": 21.28, "spy": 412.5},
            "early",
            # 18.26 / 21.28 = 0.85808
            "Provisional for 2 March 2026: VIX 18.26, VIX3M 21.28, SPY 412.50, ratio 0.8581, which would be "
            "contango; read before the closing values were published, not yet in any statistic",
        ),
        (
            {"vix": 24.0, "vix3m": 20.0},
            "disagreement",
            "Provisional for 2 March 2026: VIX 24.00, VIX3M 20.00, ratio 1.2000, which would be "
            "backwardation; two sources differ on it, not yet in any statistic",
        ),
        (
            {"vix": 24.0},
            "early",
            "Provisional for 2 March 2026: VIX 24.00; read before the closing values were published, "
            "not yet in any statistic",
        ),
    ],
)
def test_provisional_words(closes: dict[str, float], reason: str, words: str) -> None:
    """What is stored so far, what it would mean, and why it does not count."""
    held = ProvisionalCloses(session=dt.date(2026, 3, 2), closes=closes, reason=reason)
    snapshot = snapshot_of([18.0, 18.2], provisional=held)
    assert snapshot.provisional is not None
    assert provisional_words(snapshot.provisional, names(config())) == words


def test_a_provisional_ratio_of_exactly_one_would_be_contango() -> None:
    """The boundary is that of final closes."""
    panel = make_panel([18.0], [20.0], [400.0])
    held = ProvisionalCloses(
        session=dt.date(2026, 3, 2), closes={FRONT.key: 20.0, "vix3m": 20.0}, reason="early"
    )
    found = read_provisional(panel, held, 1.0)
    assert (found.ivts, found.regime, found.spy) == (1.0, "contango", None)


def test_a_provisional_ratio_at_the_edge_is_read_as_a_final_one_is() -> None:
    """18.60 / 15.50 is 1.2 on paper and more in binary: at a threshold of 1.2 it is contango."""
    closes = {FRONT.key: 18.6, "vix3m": 15.5}
    held = ProvisionalCloses(session=dt.date(2026, 3, 2), closes=closes, reason="early")
    assert 18.6 / 15.5 > 1.2
    assert read_provisional(make_panel([18.0], [20.0]), held, 1.2).regime == "contango"


def test_provisional_closes_change_no_other_number() -> None:
    """The snapshot with and without them differs in their own key alone."""
    without, with_held = (snapshot_of([18.0, 18.2, 19.0], provisional=held) for held in (None, HELD))
    assert with_held.provisional is not None
    assert dataclasses.replace(with_held, provisional=None) == without


def test_the_page_labels_provisional_closes() -> None:
    """Status line and headline name the session; a page without them names none."""
    page = parse(tracker_of(state("provisional"))["index.html"])
    (line,), (label,) = page.all("p", "status"), page.all("p", "provisional")
    assert "Thu 13 Nov 2025 close, Mon 2 Mar 2026 provisional" in line.text()
    assert label.text().startswith("Provisional for 2 March 2026: ")
    plain = parse(tracker_of(state("contango-long"))["index.html"])
    assert plain.all("p", "provisional") == []
    assert "provisional" not in plain.all("p", "status")[0].text()


def entry(**changed: str) -> LogEntry:
    known = {"series": "vix", "session": "2026-02-27", "old": "18.26", "new": "18.43", "kind": "final"}
    known |= {"source": "cboe_csv", "seen_at": "2026-02-28T11:23:00Z"}
    return LogEntry(**known | changed)


def test_records_in_words() -> None:
    """Counts in the lead, rows as given, rules and kinds readable."""
    log = DataLog(
        n_revisions=21,
        revisions=(entry(), entry(kind="revision", series="other", session="2026-02-26")),
        n_quarantined=1,
        quarantined=(entry(session="13/45/2026", old="", new="1,8", kind="max_move", seen_at=""),),
        n_disagreements=2,
        held=(
            HeldRevision(
                series="vix",
                session="2008-09-16",
                old=31.54,
                new=30.3,
                source="cboe_csv",
                seen_at="2026-02-28T11:23:00Z",
            ),
        ),
    )
    page = methodology_of(log)
    held, revisions, aside = (
        page.find(id_) for id_ in ("held-revisions", "revised-closes", "quarantined-rows")
    )
    assert told(held) == [["16 Sep 2008 | VIX", "31.54", "30.3", "Cboe | seen 28 Feb 2026"]]
    assert "1 change is waiting for a second source to confirm it." in held.text()
    listed = "21 stored closes have been changed since recording began; the latest 2 are listed."
    assert listed in revisions.text()
    assert told(revisions) == [
        ["27 Feb 2026 | VIX", "18.26", "18.43", "provisional, then final | Cboe, seen 28 Feb 2026"],
        ["26 Feb 2026 | other", "18.26", "18.43", "changed by the source | Cboe, seen 28 Feb 2026"],
    ]
    assert told(aside) == [["13/45/2026 | VIX", "1,8", "max move | Cboe"]]
    assert "1 row has been set aside" in aside.text()
    assert "Two sources have differed on 2 closes." in aside.text()


def methodology_of(log: DataLog) -> Node:
    """The methodology page with a record of closes."""
    return parse(tracker_of(state("contango-long"), log=log)["methodology/index.html"])


def told(part: Node) -> list[list[str]]:
    """Cells of the table of a section, each as "words | notes"."""
    (table,) = part.all("table")
    return [row(table, cells[0].text()) for cells in rows(table)]


def test_empty_records_say_so() -> None:
    """No table, one sentence each."""
    page = methodology_of(DataLog())
    for id_, words in {
        "held-revisions": "No change of a stored close is waiting",
        "revised-closes": "No stored close has been changed",
        "quarantined-rows": "No row has been set aside",
    }.items():
        assert words in page.find(id_).text()
        assert page.find(id_).all("table") == []


def test_the_methodology_page_lists_records_and_faults() -> None:
    """Each is a section of its own, in the contents too."""
    page = methodology_of(DataLog(n_revisions=1, revisions=(entry(),)))
    parts = page.all("div", "prose")[0].all("section")
    anchors = [part.attributes["id"] for part in parts if "id" in part.attributes]
    assert {"revised-closes", "quarantined-rows", "faults"} <= set(anchors)
    (contents,) = page.all("nav", "contents")
    assert [link.attributes["href"] for link in contents.all("a")] == [f"#{anchor}" for anchor in anchors]
    assert len(rows(page.find("faults").all("table")[0])) >= 12
