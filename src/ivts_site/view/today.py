"""Above the fold: regime, ratio, reading, cards."""

from __future__ import annotations

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.charts.scale import FEW, TRAIL
from ivts_site.content import Content
from ivts_site.published.snapshot import Snapshot, Window
from ivts_site.published.stats import Stats, marked
from ivts_site.view.figures import build_range_stat
from ivts_site.view.parts import Moment
from ivts_site.view.prose import build_prose
from ivts_site.view.reading import borderline_note, build_reading, line_level
from ivts_site.view.sections import build_section
from ivts_site.view.spans import rank_words, suspect_series, window_words
from ivts_site.view.status import provisional_words
from ivts_site.view.types import AboutView, CardView, HeroView
from ivts_site.words.names import Names


def build_hero(snapshot: Snapshot, label: Names, scale_svg: str) -> HeroView:
    """Word where the ratio stands."""
    s = snapshot
    return HeroView(
        index=label.front,
        regime=s.regime.name,
        icon=f"partials/icon-{s.regime.name}.svg",
        word=s.regime.name.capitalize(),
        ivts=f.ratio(s.ivts),
        session=Moment(text=f.date_long(s.as_of), iso=s.as_of),
        change="" if s.changes.ivts is None else f.ratio_change(s.changes.ivts),
        suspect=_suspect(s, label),
        facts=tuple(marked(fact) for fact in _facts(s) if fact),
        provisional=provisional_words(s.provisional, label) if s.provisional else "",
        sentence=_sentence(s, label),
        reading=build_reading(s, label),
        scale=Markup(scale_svg),  # noqa: S704 - drawn by charts, which escapes its labels
        scale_caption=_scale_caption(s),
    )


def _scale_caption(s: Snapshot) -> str:
    n, before = s.window.n_sessions, min(TRAIL, s.all_history.n_sessions - 1)
    trail = f"Dots: the {f.plural(before, 'session')} before, the older the fainter." if before else ""
    pool = f"of {f.window_words(s.window.name)}" if s.window.complete else "stored"
    hill = f"Hill: {f.count(n)} readings {pool}, smoothed for drawing."
    ticks = "Upright lines: median, 95th and 99th percentile."
    few = f"{f.plural(n, 'reading')}: too few for a distribution."
    return " ".join(filter(None, (hill, trail, ticks) if n >= FEW else (few, trail)))


def build_about(content: Content) -> AboutView:
    """Render the lines that say what the ratio is and how the page is made; facts are filled in."""
    head = content.head
    lines = (head.method, head.source, head.cadence, head.disclaimer)
    return AboutView(
        definition=build_prose(head.definition),
        lines=tuple(build_prose(line) for line in lines),
        terms=build_section(content.definitions, "definitions"),
    )


def build_cards(snapshot: Snapshot, label: Names) -> tuple[CardView, ...]:
    """Word the four cards: front, back, backwardation rate, distance to the line."""
    s = snapshot
    ranks, since = s.window.percentile_ranks, f.date_day(s.changes.previous_session)
    return (
        CardView(
            id="card-front",
            label=label.front,
            note=label.front_horizon,
            stat_id="snapshot.closes.vix",
            value=f.level(s.closes.vix),
            lines=(_changed(s.changes.vix, s.changes.vix_return, since), rank_words(ranks.vix, s.window)),
        ),
        CardView(
            id="card-back",
            label=label.back,
            note=label.back_horizon,
            stat_id="snapshot.closes.vix3m",
            value=f.level(s.closes.vix3m),
            lines=(
                _changed(s.changes.vix3m, s.changes.vix3m_return, since),
                rank_words(ranks.vix3m, s.window),
            ),
        ),
        CardView(id="card-rate", label="In backwardation", stat=build_range_stat(s.window)),
        _line_card(s, label),
    )


def _facts(s: Snapshot) -> tuple[str, ...]:
    stats = Stats(path="snapshot", value=s)
    return (
        _day(s, stats),
        f"backwardation rate {stats.percent('window.backwardation_rate')} ({window_words(s.window)})",
        rank_words(s.window.percentile_ranks.ivts, s.window),
        f"band: {s.regime.band}" if s.regime.band != s.regime.name else "",
        borderline_note(s),
    )


def _day(s: Snapshot, stats: Stats) -> str:
    if s.all_history.n_sessions == 1:
        return "First session stored"
    if s.regime.since == s.all_history.first_session:
        since = f"since the stored history begins, {f.date_long(s.regime.since)}"
        return f"Day {stats.count('regime.day')} in regime, {since}"
    return f"Day {stats.count('regime.day')} in regime" + (
        f", since {f.date_long(s.regime.since)}" if s.regime.day > 1 else ", which begins with this session"
    )


def _suspect(s: Snapshot, label: Names) -> str:
    name = suspect_series(s, label)
    return f"suspect {name} close" if name else ""


def _sentence(s: Snapshot, label: Names) -> str:
    window = s.window
    return (
        f"Spot {label.front} {f.level(s.closes.vix)}, {label.back} {f.level(s.closes.vix3m)}, IVTS "
        f"{f.ratio(s.ivts)}: {s.regime.name}, day {f.count(s.regime.day)}; backwardation on "
        f"{_counts(window)}."
    )


def _counts(window: Window) -> str:
    if not window.complete:
        return f"{f.share_of(window.n_backwardation, window.n_sessions)} stored"
    part = f"{f.count(window.n_backwardation)} of the last {f.plural(window.n_sessions, 'session')}"
    return f"{part} ({window_words(window)})"


def _changed(points: float | None, share: float | None, since: str) -> str:
    if points is None:
        return "no earlier close to compare with"
    return f"{f.change(points)} ({f.percent_change(share)}) since {since}"


def _line_card(s: Snapshot, label: Names) -> CardView:
    wanted = "contango" if s.regime.name == "backwardation" else "backwardation"
    side = "at or below" if s.regime.name == "backwardation" else "above"
    return CardView(
        id="card-line",
        label=f"To {wanted}",
        note=f"{label.back} unchanged",
        stat_id="snapshot.regime.distance",
        value=f.change(s.regime.distance),
        lines=(
            f"{label.front} {side} {f.level(line_level(s))}",
            f"{f.percent_change(s.regime.distance_return)} from {f.level(s.closes.vix)}",
        ),
    )
