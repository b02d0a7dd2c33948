"""The facts that editorial text may quote, worded from the snapshot and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from ivts_site import formatting as f
from ivts_site.analytics.distribution import FEW
from ivts_site.analytics.term_structure import stress_edge
from ivts_site.config import Config
from ivts_site.content import Content, substitute_facts, unlink
from ivts_site.published.snapshot import Snapshot
from ivts_site.published.stats import Stats
from ivts_site.published.studies import Labels, Research
from ivts_site.words.research import MONTH, flips_words, interval_words, lasted_answer, research_stats
from ivts_site.words.site import names
from ivts_site.words.status import REGULAR_CLOSE, publication_lag
from ivts_site.words.today import origins, run_sentence, suspect_series, window_words

_DOWNLOADS = {
    False: "derived numbers and the few single closes that the page quotes, but no series of closes",
    True: "derived numbers and the closes themselves",
}


def fill_facts(content: Content, snapshot: Snapshot, config: Config, research: Research) -> Content:
    """Put today's facts, and those of the studies, into every text; links to sections left out become words.

    A text that quotes an unknown fact is a ContentError.
    """
    filled = substitute_facts(content, build_facts(snapshot, config, research))
    return unlink(filled, content.anchors_without(config.page.sections))


def build_facts(snapshot: Snapshot, config: Config, research: Research) -> dict[str, str]:
    """Word every fact of `content.FACTS` by its name, unit included; "n/a" where the history is too short."""
    return (
        _today(snapshot, names(config))
        | _window(snapshot)
        | _history(snapshot, {key: series.label for key, series in config.series.items()})
        | _front(snapshot)
        | _episodes(snapshot)
        | _folklore(snapshot)
        | _studies(research_stats(research))
        | _schedule(snapshot, config)
        | _settings(config)
    )


def regime_answer(snapshot: Snapshot, label: Labels) -> str:
    """Answer in one sentence whether the front index is in backwardation."""
    s = snapshot
    answer = "Yes" if s.regime.name == "backwardation" else "No"
    front, back, name = s.closes.vix, s.closes.vix3m, suspect_series(s, label)
    side = "above" if front > back else "below" if front < back else "level with"
    doubt = f" The {name} close of that session is suspect, and so is the ratio." if name else ""
    return (
        f"{answer}: on {f.date_long(s.as_of)} the {label.front} closed at {f.level(s.closes.vix)}, {side} "
        f"{label.back} at {f.level(s.closes.vix3m)}, and the ratio of {f.ratio(s.ivts)} is {s.regime.name}."
        f"{doubt}"
    )


def publication_words(snapshot: Snapshot, config: Config) -> str:
    """Word the time by which closes are expected: in New York, and in UTC where the day is known."""
    if snapshot.expected is None:
        close = dt.datetime.combine(dt.date(2000, 1, 3), REGULAR_CLOSE)  # any day: a wall-clock time
        return f"{close + publication_lag(config):%H:%M} New York"
    instant = snapshot.expected.publication
    return f"{f.clock(instant, config.calendar.timezone)} New York ({f.clock(instant)} UTC)"


def _today(s: Snapshot, label: Labels) -> dict[str, str]:
    return {
        "as_of": f.date_long(s.as_of),
        "as_of_iso": s.as_of,
        "vix": f.level(s.closes.vix),
        "vix3m": f.level(s.closes.vix3m),
        "ivts": f.ratio(s.ivts),
        "ivts_short": f.short_ratio(s.ivts, s.regime.threshold),
        "regime": s.regime.name,
        "regime_day": f.count(s.regime.day),
        "regime_since": f.date_long(s.regime.since),
        "regime_answer": regime_answer(s, label),
        "regime_held": run_sentence(s),
    }


def _window(s: Snapshot) -> dict[str, str]:
    w = s.window
    first, last = f.date_long(w.first_session), f.date_long(w.last_session)
    return {
        "window_name": window_words(w),
        "window_span": f"on {last}" if first == last else f"from {first} to {last}",
        "window_rate": f.rate(w.backwardation_rate, w.n_sessions, 0),
        "window_counts": f.share_of(w.n_backwardation, w.n_sessions),
        "ivts_median": f.ratio(w.ivts_percentiles.p50),
        "ivts_p95": f.ratio(w.ivts_percentiles.p95 if w.n_sessions >= FEW else None),
    }


def _history(s: Snapshot, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "all_first": f.date_long(s.all_history.first_session),
        "all_counts": f.share_of(s.all_history.n_backwardation, s.all_history.n_sessions),
        "all_rate": f.rate(s.all_history.backwardation_rate, s.all_history.n_sessions, 0),
        "ivts_max": f.ratio(s.measured.ivts_max),
        "ivts_max_date": _dated(s.measured.ivts_max_session, s),
        "ivts_min": f.ratio(s.measured.ivts_min),
        "ivts_min_date": _dated(s.measured.ivts_min_session, s),
        "suspect_counted": _counted(len(s.quality.suspect), "such close"),
        "stored_sources": origins(s, names),
    }


def _dated(session: str, s: Snapshot) -> str:
    doubt = any(suspect.session == session for suspect in s.quality.suspect)
    return f.date_long(session) + (", on a suspect close" if doubt else "")


def _counted(n: int, noun: str) -> str:
    return f.plural(n, noun) if n else f"no {noun}"


def _front(s: Snapshot) -> dict[str, str]:
    front = s.measured.front
    return {
        "vix_first": f.date_long(front.first_session),
        "vix_n": f.count(front.n),
        "vix_median": f.level(front.median),
        "vix_p5": f.level(front.p5),
        "vix_p25": f.level(front.p25),
        "vix_p75": f.level(front.p75),
        "vix_p95": f.level(front.p95),
        "vix_max": f.level(front.max),
        "vix_max_date": f.date_long(front.max_session),
    }


def _episodes(s: Snapshot) -> dict[str, str]:
    e = s.episodes
    longest = e.longest
    return {
        "episodes_n": f.count(e.n),
        "episodes_counted": _counted(e.n, "inversion"),
        "episodes_mean": f.average(e.mean_sessions, "session"),
        "episodes_median": f.average(e.median_sessions, "session"),
        "episodes_longest": f.plural(longest.n_sessions, "session") if longest else f.UNDEFINED,
        "episodes_longest_first": f.date_long(longest.first_session if longest else None),
        "episodes_longest_last": f.date_long(longest.last_session if longest else None),
        "episodes_one_session_share": f.percent(_share(e.n_one_session, e.n), 0),
        "episodes_five_plus_share": f.percent(_share(e.n_five_or_more, e.n), 0),
        "episodes_first_negative": f.percent(e.share_negative_first, 0),
        "episodes_longer": f.plural(e.n_longer, "inversion"),
        "episodes_within_negative": f.percent(e.share_negative_within, 0),
    }


def _folklore(s: Snapshot) -> dict[str, str]:
    m = s.measured
    returns = Stats(path="snapshot", value=s).each("measured.forward_returns")
    known = {r.value.horizon: r for r in returns}
    month = known.get(MONTH)
    return {
        f"forward_{n}_{group}": known[n].change(f"mean_{group}") if n in known else f.UNDEFINED
        for n in (5, MONTH, 63)
        for group in ("backwardation", "all")
    } | {
        "correlation_same_day": f.signed(m.correlation_same_day, 2),
        "correlation_next_day": f.signed(m.correlation_next_day, 2),
        "median_vix_backwardation": f.level(m.median_front_backwardation),
        "vix_share_backwardation_above_25": f.percent(
            _share(m.n_front_above_25, s.all_history.n_backwardation)
        ),
        "forward_21_backwardation_n": month.count("n_backwardation") if month else f.UNDEFINED,
        "forward_21_all_n": month.count("n_all") if month else f.UNDEFINED,
    }


def _studies(s: Stats) -> dict[str, str]:
    after = _after_backwardation(s)
    return {
        "forward_21_interval": interval_words(after.at("interval"), "percent_change")
        if after
        else f.UNDEFINED,
        "forward_21_episodes": after.plural("n_episodes", "inversion") if after else f.UNDEFINED,
        "lasted_answer": lasted_answer(s, f.date_long),
        "flips_short_ratio": flips_words(s),
        "research_min_cases": s.count("method.min_cases"),
        "research_significance": s.percent("method.significance", 0),
        "research_block_factor": s.count("method.block_factor"),
        "research_draws": s.count("method.draws"),
        "research_level": s.percent("method.level", 0),
    }


def _after_backwardation(s: Stats) -> Stats | None:
    """Return the group of all sessions in backwardation, a month on, where the bands have it as one."""
    tops = (returns.each("bands")[-1] for returns in s.each("returns", horizon=MONTH))
    return next((top for top in tops if top.value.above == s.value.window.threshold), None)


def _schedule(s: Snapshot, config: Config) -> dict[str, str]:
    hours, minutes = divmod(publication_lag(config) // dt.timedelta(minutes=1), 60)
    spans = [f.plural(hours, "hour")] * bool(hours) + [f.plural(minutes, "minute")] * bool(minutes)
    return {
        "expected_publication": publication_words(s, config),
        "next_session": f.date_long(s.expected.next_session) if s.expected else "the next trading day",
        "publication_lag": f.listing(spans) or "no time",
    }


def _settings(config: Config) -> dict[str, str]:
    ratio, (*bands, top) = config.ratio, config.ratio.bands
    last = f"{top.name} above that" if bands else top.name
    stress = stress_edge(ratio)
    return {
        "threshold": f.plain(ratio.threshold),
        "stress_threshold": f.plain(stress) if stress else f.UNDEFINED,
        "borderline_low": f.plain(ratio.borderline[0]),
        "borderline_high": f.plain(ratio.borderline[1]),
        "license": config.publish.license,
        "downloads_hold": _DOWNLOADS[config.publish.raw_closes],
        "suspect_move": f.percent(config.statistics.suspect_move, 0),
        "bands": f.listing([f"{b.name} up to {b.upto:.2f}" for b in bands] + [last]),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
