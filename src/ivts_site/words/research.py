"""What the research page and its short versions say of the studies; `s` is the document as `Stats`."""

from __future__ import annotations

from itertools import pairwise

from ivts_site import formatting as f
from ivts_site.published.stats import FORMS, Stats, Words
from ivts_site.published.studies import Research

MONTH = 21
SMALLEST_P = 0.0021
"""Just above 0.002, twice the lowest calibrated level: `Tails.p_value` tells no smaller ones apart."""
RULES = {
    "unhedged": "No hedge",
    "constant": "Constant hedge",
    "regime": "Hedge by regime",
    "regime_late": "Hedge by regime, a session later",
}
"""What the rules of the overlay are called, on every page."""
SCALES = {
    "return": (("percent_change",), ("percent_points",), ("percent_change",)),
    "share": (("percent",), ("percent_points",), ("percent", 0)),
    "move": (("percent",), ("percent_points",), ("percent",)),
    "correlation": (("signed", 2), ("signed", 2), ("signed", 2)),
    "points": (("signed", 1), ("signed", 1), ("fixed", 1)),
    "change": (("percent_change",), ("percent_change",), ("percent_change",)),
    "variance": (("signed", 0), ("signed", 0), ("fixed", 0)),
}
"""How a number of each scale is written: on its own, as a difference of two groups, and in each group."""


def research_stats(research: Research) -> Stats:
    """Return the studies as numbers that can be put on a page."""
    return Stats(path="research", value=research)


def few(s: Stats) -> str:
    """Say why there is no interval, in the words of a table cell."""
    return f"no interval: fewer than {s.count('method.min_cases')} independent cases"


def shown(part: Stats, form: tuple[object, ...]) -> str:
    """Return a number in a form: the name of a filter, and what it is called with."""
    name, *how = form
    return FORMS[str(name)](part, *how)


def interval_words(pair: Stats, *form: object) -> str:
    """Return both ends of an interval, see `shown`: "+1.3% to +4.7%"; "n/a" where there is none."""
    if pair.value is None:
        return f.UNDEFINED
    return f"{shown(pair.at(0), form)} to {shown(pair.at(1), form)}"


def holds_zero(pair: tuple[float, float]) -> bool:
    """Whether zero lies within an interval: what it is of may be chance."""
    return pair[0] <= 0 <= pair[1]


def bounds(s: Stats, pair: Stats, *form: object) -> str:
    """Return an interval, or why there is none."""
    return few(s) if pair.value is None else interval_words(pair, *form)


def with_interval(s: Stats, pair: Stats, *form: object) -> str:
    """Return the clause of a sentence: "95% interval +1.3% to +4.7%"."""
    if pair.value is None:
        return few(s)
    return f"{s.percent('method.level', 0)} interval {interval_words(pair, *form)}"


def group_counts(group: Stats, noun: str = "run") -> str:
    """Return "314 sessions in 99 runs, 57 windows that do not overlap"."""
    runs = f" in {group.plural('n_episodes', noun)}" if group.value.n_episodes > 1 else ""
    return f"{group.plural('n_sessions', 'session')}{runs}, {overlap(group)}"


def overlap(group: Stats) -> str:
    """Return "57 windows that do not overlap"."""
    windows = group.plural("n_windows", "window")
    return f"{windows} that {'does' if group.value.n_windows == 1 else 'do'} not overlap"


def band_words(above: float | None, upto: float | None) -> str:
    """Return a band of the ratio in words: "above 1.0", "up to 0.85", "above 0.85, up to 0.95"."""
    parts = [f"above {f.plain(above)}"] if above is not None else []
    parts += [f"up to {f.plain(upto)}"] if upto is not None else []
    return ", ".join(parts) or "any"


def returns_words(s: Stats, horizon: Stats) -> str:
    """Say what followed the band of the highest ratios, against all sessions."""
    top, every = horizon.each("bands")[-1], horizon.at("all")
    name = band_words(top.value.above, top.value.upto)
    noun = "inversion" if top.value.above == s.value.window.threshold else "run"
    if not top.value.n_sessions or not every.value.n_sessions:
        return f"No session with a ratio {name} has a return over so many sessions yet."
    return (
        f"After a ratio {name}, {s.value.labels.benchmark} changed by {top.change('mean')} on average over "
        f"the next {horizon.plural('horizon', 'session')} "
        f"({with_interval(s, top.at('interval'), 'percent_change')}; {group_counts(top, noun)}; "
        f"{top.span()}), against {every.change('mean')} after all {every.plural('n_sessions', 'session')}."
    )


def events_words(s: Stats, group: Stats) -> str:
    """Say where the median path of a group stood a month after day 0."""
    events = s.at("events")
    day = "the first session" if group.value.anchor == "first" else "the first session back in contango"
    if MONTH not in events.value.offsets:
        return f"Paths around {day} of {group.plural('n_paths', 'inversion')} ({group.span()})."
    at = events.value.offsets.index(MONTH)
    around = f"; around all {events.plural('n_baseline', 'session')} it stood at "
    baseline = f"{around}{events.change(f'baseline_median.{at}')}" if events.value.baseline_median else ""
    low, high = (group.change(f"{quartile}.{at}") for quartile in ("lower_quartile", "upper_quartile"))
    return (
        f"{f.count(MONTH)} sessions after {day} of {group.plural('n_paths', 'inversion')} ({group.span()}), "
        f"the median path of {s.value.labels.benchmark} stood at {group.change(f'median.{at}')} and the "
        f"middle half of them between {low} and {high}{baseline}."
    )


def lasted_answer(s: Stats, dates: Words = f.date_short) -> str:
    """Say how many of the past runs that reached today's day lasted on; "n/a" where none has reached it."""
    survival = s.at("survival")
    parts = [part for part in survival.each("remaining") if part.value.lasted.denominator]
    if not parts:
        return f.UNDEFINED
    noun = f"past {survival.value.regime} run"
    lasted = parts[0].at("lasted")
    enough = lasted.value.denominator >= s.value.method.min_cases
    lasts = f.listing([_lasted(part, rate=enough) for part in parts])
    return (
        f"Of {lasted.plural('denominator', noun)} that reached day {survival.count('day')}, {lasts} sessions "
        f"({lasted.span(dates)})."
    )


def _lasted(part: Stats, *, rate: bool) -> str:
    """Count those that lasted on; of a handful the count alone, as a percentage would claim more."""
    share = f" ({part.percent('lasted.value')})" if rate else ""
    return f"{part.count('lasted.numerator')}{share} lasted at least {part.count('more')} more"


def today_words(s: Stats) -> str:
    """Say which day of its run today is, and how many runs that got so far lasted on."""
    survival, answer = s.at("survival"), lasted_answer(s)
    where = f"Today is day {survival.count('day')} of {survival.text('regime')}."
    if answer == f.UNDEFINED:
        return f"{where} No past run of this regime has reached that day."
    return f"{where} {answer}"


def persistence_words(s: Stats) -> str:
    """Say how likely today's regime goes on, and whether such chances have beaten the base rate."""
    parts = [part for part in s.each("persistence.today") if part.value.probability is not None]
    regime = s.value.survival.regime
    if not parts:
        return f"Too few separate runs of {regime} are on record to state a chance."
    chances = f.listing([part.chance("probability") for part in parts])
    ahead = f.listing([part.count("sessions") for part in parts])
    stated = f"The chance that {regime} goes on unbroken is {chances} over the next {ahead} sessions."
    score = _score_of_today(s)
    if score is None or score.value.models[0].skill is None:
        return stated
    ratio, day = score.at("models.0.skill"), score.each("models")[-1].at("skill")
    beat, too = ratio.value > 0, day.value > 0
    return (
        f"{stated} Past forecasts of this kind over {score.plural('sessions', 'session')}, each made from "
        f"what was known then, {'beat' if beat else 'did no better than'} the base rate (skill "
        f"{shown(ratio, ('signed', 2))}); the day of the run alone {'beat it' if too else 'did worse'} "
        f"({shown(day, ('signed', 2))})."
    )


def _score_of_today(s: Stats) -> Stats | None:
    """Return how forecasts for today's regime scored at the middle horizon."""
    regime, middle = s.value.survival.regime, s.value.persistence.middle
    return next(iter(s.each("persistence.scores", regime=regime, sessions=middle)), None)


def persistence_title(s: Stats) -> str:
    """Say whether today's ratio, and the day of the run, have told how long the regime goes on."""
    score = _score_of_today(s)
    ratio, day = (None, None) if score is None else (score.value.models[at].skill for at in (0, -1))
    if ratio is None or day is None or ratio <= 0:
        return "How likely it is to go on"
    rest = "; the age of the run doesn't" if day <= 0 else ""
    return f"Today's ratio helps tell how long {s.value.survival.regime} lasts{rest}"


def overlay_title(s: Stats) -> str:
    """Set the deepest falls without a hedge and with the hedge by regime side by side, and growth."""
    if headline_difference(s) is None:
        return "Hedging"
    bare, hedged = (
        s.each("overlay.strategies", name=name)[0].each("results", cost=_middle_cost(s))[0]
        for name in ("unhedged", "regime")
    )
    return (
        f"Hedged while inverted, {s.value.labels.benchmark}'s deepest fall was "
        f"{hedged.change('max_drawdown')} instead of {bare.change('max_drawdown')}, and growth "
        f"{hedged.percent('annual_return')} a year instead of {bare.percent('annual_return')}"
    )


def survival_words(s: Stats, regime: Stats) -> str:
    """Say how long the runs of a regime lasted."""
    known = regime.value
    running = f", {regime.count('n_censored')} of them still going" if known.n_censored else ""
    half = (
        f"half of them were over within {regime.plural('median', 'session')}"
        if known.median is not None
        else "more than half of them were longer than any that has ended"
    )
    first = regime.at("points.0")
    inside = with_interval(s, first.at("interval"), "percent")
    interval = f" ({inside})" if has_bounds(s, regime, first) else ""
    return (
        f"Of {regime.plural('n_spells', 'run')} of {regime.text('regime')} ({regime.span()}{running}), "
        f"{half} and the longest lasted {regime.plural('longest', 'session')}; {first.percent('survival')} "
        f"outlasted {first.plural('sessions', 'session')}{interval}."
    )


def has_bounds(s: Stats, regime: Stats, point: Stats) -> bool:
    """Whether something is to be said of a share's interval: nothing is of a share of 0 or 1."""
    return point.value.interval is not None or regime.value.n_spells < s.value.method.min_cases


def mined_words(s: Stats) -> str:
    """Follow the best pair of the first half into the second; nothing where none has a difference."""
    lines = s.at("thresholds")
    if lines.value.best_first_half is None:
        return ""
    best = lines.at(f"pairs.{lines.value.best_first_half}")
    first, second = best.at("first_half"), best.at("second_half")
    words = (
        f"Picked on the first half of the record ({first.at('inside').span()}), the best pair would have "
        f"been {pair_words(best)}: the mean {s.value.labels.benchmark} return over "
        f"{lines.plural('horizon', 'session')} from sessions inside inversions differed from that of the "
        f"others by {first.points('difference')} "
        f"({with_interval(s, first.at('difference_interval'), 'percent_points')})."
    )
    if best.value.rank_second_half is None:
        return words
    return (
        f"{words} In the second half ({second.at('inside').span()}) the same pair ranked "
        f"{best.count('rank_second_half')} of {len(lines.value.pairs)}, with "
        f"{second.points('difference')} "
        f"({with_interval(s, second.at('difference_interval'), 'percent_points')})."
    )


def pair_words(pair: Stats) -> str:
    """Return both lines of a pair: "1.0 / 0.97"."""
    return f"{pair.show('entry', f.plain)} / {pair.show('exit', f.plain)}"


def slope_words(s: Stats) -> str:
    """Name today's close of each tenor, and say how the curve slopes."""
    curve = s.at("curve")
    tenors = [tenor for tenor in curve.each("tenors") if tenor.value.today is not None]
    closes = ", ".join(f"{tenor.value.label} {tenor.fixed('today', 2)}" for tenor in tenors)
    if curve.value.rising is None:
        return f"{closes}."
    falling = all(a.value.today > b.value.today for a, b in pairwise(tenors))
    inverted = "fully inverted" if falling else "partly inverted"
    return f"{closes}: {'a normal upward slope' if curve.value.rising else inverted}."


FINDINGS = {
    "holds up": (
        "\u25cf",
        "Holds up",
        "The record is on the claim's side, and the VIX alone does not explain it.",
    ),
    "VIX says it too": (
        "\u25d0",
        "True, but VIX says it too",
        "At the same VIX, the ratio adds nothing conclusive.",
    ),
    "on the edge": (
        "\u25d4",
        "On the edge",
        "Excludes zero on its own, but not once all claims are counted.",
    ),
    "can't tell": ("\u25cb", "Can't tell", "About what you would expect by chance."),
    "opposite": ("\u2715", "The record says the opposite", "The interval lies wholly on the other side."),
    "too few cases": ("\u00b7", "Too few cases", "Not enough separate cases to test the claim."),
}
"""Sign, name and meaning of each verdict, from the best to the worst."""
ALTERNATIVES = {
    "rival-log": "log VIX for the rival",
    "rival-level": "the level of the VIX for the rival",
    "rival-tenths": "tenths of the VIX for the rival",
    "horizon-5": "5 sessions ahead",
    "horizon-21": "21 sessions ahead",
    "horizon-63": "63 sessions ahead",
    "fdr": "Benjamini\u2013Hochberg for Holm",
    "since": "the shorter history",
}


def finding_title(s: Stats) -> str:
    """Say the finding that surprises most: what was left of the bounce once the longer history counts."""
    every = month_returns(s)
    whole, group = (every[0], every[0].at("inverted")) if every else (None, None)
    if whole is None or group is None or group.value.mean is None:
        return "What the ratio has and has not told"
    benchmark, up = s.value.labels.benchmark, group.value.mean >= 0
    gained = f"gained {group.percent('mean')}" if up else f"changed by {group.change('mean')}"
    moved = (
        f"{benchmark} {gained} on average in {whole.plural('horizon', 'session')}, against "
        f"{whole.percent('all.mean')} after any session"
    )
    later = every[1].value.inverted.mean if len(every) > 1 else None
    if later is not None and 0 < group.value.mean <= 0.6 * later:
        year = int(every[1].value.first_session[:4]) - 1
        return f"Count {year}, and the bounce after VIX inversions halves: {moved}"
    return f"After VIX inversions {moved}"


def month_returns(s: Stats) -> tuple[Stats, ...]:
    """Return what followed inversions a month on, by history; the whole one first."""
    return s.each("bounce.histories", horizon=s.value.bounce.horizon)


def finding_deck(s: Stats) -> str:
    """Say what the shorter history shows, what the same VIX shows, and whether chance explains the rest."""
    every = month_returns(s)
    if not every or every[0].value.inverted.mean is None:
        return "Too few sessions are stored to say what followed an inversion."
    group = every[0].at("inverted")
    parts = []
    if len(every) > 1 and every[1].value.inverted.mean is not None:
        later = every[1]
        parts.append(f"Counted from {later.day('first_session')} on, it is {later.change('inverted.mean')}.")
    if group.value.same_front is not None:
        parts.append(
            f"The VIX of those sessions alone, whatever the curve, suggests {group.change('same_front')}: "
            f"{_adds(group)}."
        )
    if group.value.difference_interval is not None:
        chance = holds_zero(group.value.difference_interval)
        reading = "about what you would expect by chance" if chance else "more than chance explains"
        parts.append(
            f"The gap to all other sessions, {group.points('difference')} (percentage points), is {reading}."
        )
    return " ".join(parts)


def _adds(group: Stats) -> str:
    ends = group.value.adds_interval
    if ends is None:
        return "what an inversion adds, this record can't tell"
    if holds_zero(ends):
        return "an inversion adds nothing that can be told from chance"
    return f"an inversion adds {group.points('adds')}"


def stretches_words(s: Stats) -> str:
    """Name the largest stretch of inverted sessions, and what followed it."""
    known = [each for each in s.each("bounce.stretches") if each.value.mean_return is not None]
    if not known:
        return "No stretch of inverted sessions is over yet."
    top = max(known, key=lambda each: each.value.n_sessions)
    n = sum(each.value.n_sessions for each in known)
    return (
        f"One stretch, {top.day('first_session')} to {top.day('last_session')}, holds "
        f"{top.count('n_sessions')} of {f.count(n)} inverted sessions; {s.value.labels.benchmark} then "
        f"returned {top.change('mean_return')} on average over the next "
        f"{s.plural('bounce.horizon', 'session')}."
    )


def claim_line(s: Stats, claim: Stats) -> str:
    """Return the number in few words: the group's and the others', or the correlation."""
    known, form = claim.value, SCALES[claim.value.scale][2]
    if known.value is None:
        return "no number"
    if known.group is None or known.rest is None:
        return shown(claim.at("value"), SCALES[known.scale][0]) + _UNIT_WORDS.get(known.scale, "")
    name = {"return": s.value.labels.benchmark, "change": s.value.labels.front}.get(known.scale, "")
    return (
        f"{name} {shown(claim.at('group'), form)}, {shown(claim.at('rest'), form)} otherwise"
        f"{_UNIT_WORDS.get(known.scale, '')}"
    ).strip()


_UNIT_WORDS = {
    "points": " (points)",
    "variance": " points\u00b2",
    "correlation": " correlation",
    "change": " (log changes)",
}


def leads_words(s: Stats) -> str:
    """Explain what level and change say of the front's next sessions: it comes back from where it stands."""
    front = s.value.labels.front
    has_to = f"To lead, the ratio would have to rise before the {front} does."
    level = next(iter(s.each("leads", what="level", horizon=MONTH)), None)
    if level is None or (level.value.correlation or 0) >= 0 or (level.value.rival or 0) >= 0:
        return has_to
    return (
        f"A high ratio comes before a lower {front} (correlation {level.signed('correlation', 2)} over "
        f"{level.plural('horizon', 'session')}), mostly because a high {front} tends to come down on "
        f"its own ({level.signed('rival', 2)}). {has_to}"
    )


def p_words(claim: Stats, key: str) -> str:
    """Return a p-value; the smallest is one that simulated histories cannot tell from smaller ones."""
    value = claim.at(key).value
    sign = "\u2264" if value is not None and value < SMALLEST_P else "="
    return f"p {sign} {claim.fixed(key, 3)}"


def alarm_words(alarms: Stats) -> str:
    """Say how good an alarm a sign is; each number where it is defined."""
    parts = []
    if alarms.value.odds_ratio is not None:
        parts.append(f"odds {alarms.fixed('odds_ratio')} times as high on the eve of an inversion")
    if alarms.value.false_alarms is not None:
        parts.append(f"{alarms.percent('false_alarms', 0)} of its alarms were false")
    if alarms.value.missed is not None:
        parts.append(f"{alarms.percent('missed', 0)} of inversions came without one")
    return "; ".join(parts) or "no alarm on record"


def alternatives(s: Stats) -> dict[str, str]:
    """Return the other choices under which any claim was judged, by name, as headings of a table."""
    names = {each.name for claim in s.value.claims for each in claim.alternatives}
    texts = {name: ALTERNATIVES[name] for name in sorted(names, key=[*ALTERNATIVES].index)}
    return {name: text[0].upper() + text[1:] for name, text in texts.items()}


def changed_alternatives(claim: Stats) -> str:
    """Name the other choices under which the verdict would be another; empty where there is none."""
    verdicts = [
        f"{FINDINGS[each.finding][1].lower()} with {ALTERNATIVES[each.name]}"
        for each in claim.value.alternatives
        if each.finding != claim.value.finding
    ]
    return "; ".join(verdicts)


def history_words(claim: Stats) -> str:
    """Say since which year's end the verdict is what it is; nothing without a past year."""
    years = claim.value.history
    if not years:
        return ""
    last = years[-1]
    if last.finding != claim.value.finding:
        return f"At the end of {last.year}: {FINDINGS[last.finding][1].lower()}."
    since = last.year
    for each in reversed(years):
        if each.finding != claim.value.finding:
            break
        since = each.year
    return f"The same at each year's end since {since}."


def forecast_title(s: Stats) -> str:
    """Say whether the ratio, or the VIX, has foretold returns out of sample."""
    scored = [each for each in month_forecasts(s) if each.value.r2_ratio is not None]
    if not scored:
        return "Returns by the height of the ratio"
    whole = scored[0].value
    if max(whole.r2_ratio, whole.r2_front or 0.0) < 0.01:
        return "Neither the ratio nor the VIX has forecast returns"
    return (
        "The ratio has forecast returns, out of sample" if whole.r2_ratio > 0 else "The VIX alone did better"
    )


def month_forecasts(s: Stats) -> tuple[Stats, ...]:
    """Return the scores of the month's return, by history; the whole one first."""
    return s.each("forecasts", outcome="return", horizon=s.value.bounce.horizon)


def forecast_words(s: Stats) -> str:
    """Set the out-of-sample errors of both forecasts side by side, for both histories."""
    errors = [
        f"since {each.day('first_session')} {each.signed('r2_ratio', 3)} for the ratio and "
        f"{each.signed('r2_front', 3)} for the VIX"
        for each in month_forecasts(s)
        if each.value.r2_ratio is not None
    ]
    if not errors:
        return "Too few sessions are stored to score a forecast."
    return (
        f"Out-of-sample R\u00b2 over {s.plural('bounce.horizon', 'session')}: {'; '.join(errors)}. "
        f"{_volatile(s)}"
    )


def _volatile(s: Stats) -> str:
    found = s.each("forecasts", outcome="volatility")
    if not found or found[0].value.r2_ratio is None:
        return ""
    whole = found[0]
    return (
        f"For the volatility of those sessions R\u00b2 is {whole.fixed('r2_ratio', 2)} for the ratio, "
        f"{whole.fixed('r2_front', 2)} for the VIX and {whole.fixed('r2_both', 2)} for both."
    )


def since_words(s: Stats) -> str:
    """Set the two histories side by side where there are two, horizon by horizon."""
    found = s.each("bounce.histories")
    half = len(found) // 2
    if len({each.value.first_session for each in found}) < 2:
        return ""
    pairs = [
        f"{later.change('inverted.mean')} / {whole.change('inverted.mean')} over {whole.count('horizon')}"
        for whole, later in zip(found[:half], found[half:], strict=True)
        if whole.value.inverted.mean is not None and later.value.inverted.mean is not None
    ]
    names = f"since {found[-1].value.first_session[:4]} / since {found[0].value.first_session[:4]}"
    return f"After inversions, {names}: {f.listing(pairs)} sessions." if pairs else ""


def risk_title(s: Stats) -> str:
    """Say how often a window fell after an inverted close, against any."""
    inverted, every = (s.each("risk.groups", id=name)[0].at("fell") for name in ("backwardation", "all"))
    if inverted.value.value is None or every.value.value is None:
        return "Risk after inverted closes"
    return (
        f"{s.value.labels.benchmark} closed more than {s.percent('risk.fall', 0)} lower within "
        f"{s.plural('risk.horizon', 'session')} of {inverted.percent('value', 0)} of inverted closes, "
        f"against {every.percent('value', 0)} of all closes"
    )


def risk_words(s: Stats) -> str:
    """Say what the same VIX shows, and whether the ratio adds to it."""
    (group,) = s.each("risk.groups", id="backwardation")
    parts = []
    for name, form in (("volatility", ("fixed", 0)), ("fell", ("percent", 0))):
        part = group.at(name)
        if part.value.same_front is None or part.value.adds_interval is None:
            continue
        adds = "nothing conclusive" if holds_zero(part.value.adds_interval) else "to it"
        what = "Realized volatility" if name == "volatility" else "Share of months with such a fall"
        parts.append(
            f"{what}: {shown(part.at('value'), form)}, at the same VIX "
            f"{shown(part.at('same_front'), form)}; the ratio adds {adds}."
        )
    return " ".join(parts) or "Too few cases to compare with the VIX alone."


def coverage_title(s: Stats) -> str:
    """Say what plain intervals cover, and what these do."""
    rows = s.value.coverage
    if not rows:
        return "How the intervals were made"
    usual, held = [row.plain for row in rows], [row.held for row in rows]
    low = s.at(f"coverage.{usual.index(min(usual))}")
    ends = [s.at(f"coverage.{held.index(end)}").percent("held") for end in (min(held), max(held))]
    return (
        f"Tried on simulated histories, usual 95% intervals cover as little as {low.percent('plain')}; "
        f"these cover {ends[0]} to {ends[1]}"
    )


def headline_difference(s: Stats) -> Stats | None:
    """Return the difference to no hedge at the middle cost; None where nothing was ever hedged."""
    overlay = s.value.overlay
    if overlay is None or not overlay.n_hedged:
        return None
    return next(iter(s.each("overlay.differences", other="unhedged", cost=_middle_cost(s))), None)


def _middle_cost(s: Stats) -> float:
    cost: float = s.value.overlay.growth.cost
    return cost


def overlay_words(s: Stats) -> str:
    """Say how the rule compares with no hedge: both returns, their difference, whether it may be chance."""
    apart = headline_difference(s)
    if apart is None:
        return ""
    return (
        f"At a cost of {apart.show('cost', cost_words)} basis points of what is traded, the rule changed the "
        f"mean return by {apart.points('annual_mean')} a year against no hedge "
        f"({with_interval(s, apart.at('annual_mean_interval'), 'percent_points')}; "
        f"{s.at('overlay').span()}). {_reading(apart.value.annual_mean_interval)}"
    )


def _reading(pair: tuple[float, float] | None) -> str:
    if pair is None:
        return ""
    if holds_zero(pair):
        return "The interval includes zero: this may be chance."
    return "The interval lies wholly below zero." if pair[1] < 0 else "The interval lies wholly above zero."


def middle_placebo(s: Stats, **having: object) -> tuple[Stats, ...]:
    """Return the comparisons with random orders at the middle cost; all costs are in the JSON."""
    return s.each("overlay.bench", cost=_middle_cost(s), **having)


def measure_words(placebo: Stats, key: str) -> str:
    """Return a value of a comparison in the unit of what is compared."""
    form = {"volatility": ("percent",), "sharpe": ("fixed", 2)}.get(
        placebo.value.measure, ("percent_change",)
    )
    return shown(placebo.at(key), form)


def luck_words(s: Stats) -> str:
    """Say how many random orders did as well; nothing where that was not measured."""
    luck = next(iter(middle_placebo(s, measure="annual_mean")), None)
    if luck is None or luck.value.better is None or not s.value.overlay.n_hedged:
        return ""
    return (
        f"The same runs put in random order gave at least as high a mean return in "
        f"{luck.count('n_better')} of {luck.plural('n_compared', 'order')} ({luck.percent('better')}, at "
        f"{luck.show('cost', cost_words)} basis points)."
    )


def cost_words(value: float) -> str:
    """Return basis points as short as they can be written: "5", "2.5"."""
    return f.plain(value).removesuffix(".0")


def flips_words(s: Stats) -> str:
    """Say how often the ratio of the two shortest tenors crossed the threshold, beside the main ratio."""
    ratios = s.each("curve.ratios")
    main = next(iter(s.each("curve.ratios", main=True)), None)
    if main is None or not ratios or ratios[0].value.main or main.value.flips_per_year is None:
        return f.UNDEFINED
    short, line = ratios[0], f.plain(s.value.window.threshold)
    return (
        f"From {short.at('above').span(f.date_long)}, {short.value.label} crossed the line at {line} on "
        f"{short.fixed('flips_per_year')} sessions a year, {main.value.label} on "
        f"{main.fixed('flips_per_year')}."
    )
