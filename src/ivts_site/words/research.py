"""What the research page and its short versions say of the studies; `s` is the document as `Stats`."""

from __future__ import annotations

from collections.abc import Iterable

from ivts_site import formatting as f
from ivts_site.published.stats import FORMS, Stats
from ivts_site.published.studies import Research

MONTH = 21
RULES = {
    "unhedged": "No hedge",
    "constant": "Constant hedge",
    "regime": "Hedge by regime",
    "regime_late": "Hedge by regime, a session later",
}
"""What the rules of the overlay are called, on every page."""
_UNITS = {
    "return": (("percent_change",), ("percent_points",), ("percent_change",)),
    "share": (("percent",), ("percent_points",), ("percent",)),
    "correlation": (("signed", 2), ("signed", 2), ("signed", 2)),
    "points": (("signed", 1), ("signed", 1), ("fixed", 1)),
    "ratio": (("fixed", 2), ("signed", 2), ("fixed", 2)),
}
"""How a number of each unit is written: on its own, as a difference of two groups, and in each group."""


def research_stats(research: Research) -> Stats:
    """Return the studies as numbers that can be put on a page."""
    return Stats(path="research", value=research)


def few(s: Stats) -> str:
    """Say why there is no interval, in the words of a table cell."""
    return f"no interval: fewer than {s.count('method.min_cases')} cases that do not overlap"


def interval_words(pair: Stats, *form: object) -> str:
    """Return both ends of an interval: "+1.3% to +4.7%"; "n/a" where there is none.

    `form` is the name of a filter, and what it is called with.
    """
    if pair.value is None:
        return f.UNDEFINED
    return f"{_shown(pair.at(0), form)} to {_shown(pair.at(1), form)}"


def bounds(s: Stats, pair: Stats, *form: object) -> str:
    """Return an interval, or why there is none."""
    return few(s) if pair.value is None else interval_words(pair, *form)


def with_interval(s: Stats, pair: Stats, *form: object) -> str:
    """Return the clause of a sentence: "95% interval +1.3% to +4.7%"."""
    if pair.value is None:
        return few(s)
    return f"{s.percent('method.level', 0)} interval {interval_words(pair, *form)}"


def _shown(part: Stats, form: tuple[object, ...]) -> str:
    name, *how = form
    return FORMS[str(name)](part, *how)


def group_counts(group: Stats, noun: str = "run") -> str:
    """Return "314 sessions in 99 runs, 57 windows that do not overlap"."""
    runs = f" in {group.plural('n_episodes', noun)}" if group.value.n_episodes > 1 else ""
    return f"{group.plural('n_sessions', 'session')}{runs}, {overlap(group)}"


def overlap(group: Stats) -> str:
    """Return "57 windows that do not overlap"."""
    windows = group.plural("n_windows", "window")
    return f"{windows} that {'does' if group.value.n_windows == 1 else 'do'} not overlap"


def span_words(s: Stats) -> str:
    """Count the sessions that all studies rest on."""
    window = s.at("window")
    return (
        f"{window.plural('n_sessions', 'session')} with a ratio, {window.span()}; "
        f"{window.count('n_backwardation')} of them in backwardation, in "
        f"{window.plural('n_episodes', 'episode')}."
    )


def band_words(above: float | None, upto: float | None) -> str:
    """Return a band of the ratio in words: "above 1.0", "up to 0.85", "above 0.85, up to 0.95"."""
    parts = [f"above {f.plain(above)}"] if above is not None else []
    parts += [f"up to {f.plain(upto)}"] if upto is not None else []
    return ", ".join(parts) or "any"


def after_backwardation(s: Stats, horizon: int) -> Stats | None:
    """Return the group of all sessions in backwardation at a horizon, where the bands have it as one."""
    threshold = s.value.window.threshold
    for returns in s.each("returns"):
        if returns.value.horizon == horizon:
            top = returns.each("bands")[-1]
            return top if top.value.above == threshold else None
    return None


def returns_words(s: Stats, horizon: Stats) -> str:
    """Say what followed the band of the highest ratios, against all sessions."""
    top, every = horizon.each("bands")[-1], horizon.at("all")
    name = band_words(top.value.above, top.value.upto)
    noun = "episode" if top.value.above == s.value.window.threshold else "run"
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
        return f"Paths around {day} of {group.plural('n_paths', 'episode')} ({group.span()})."
    at = events.value.offsets.index(MONTH)
    around = f"; around all {events.plural('n_baseline', 'session')} it stood at "
    baseline = f"{around}{events.change(f'baseline_median.{at}')}" if events.value.baseline_median else ""
    low, high = (group.change(f"{quartile}.{at}") for quartile in ("lower_quartile", "upper_quartile"))
    return (
        f"{f.count(MONTH)} sessions after {day} of {group.plural('n_paths', 'episode')} ({group.span()}), "
        f"the median path of {s.value.labels.benchmark} stood at {group.change(f'median.{at}')} and the "
        f"middle half of them between {low} and {high}{baseline}."
    )


def lasted_answer(s: Stats) -> str:
    """Say how many of the past spells that reached today's day lasted on; "n/a" where none has reached it."""
    survival = s.at("survival")
    parts = [part for part in survival.each("remaining") if part.value.lasted.denominator]
    if not parts:
        return f.UNDEFINED
    noun = f"past {survival.value.regime} spell"
    lasted = parts[0].at("lasted")
    enough = lasted.value.denominator >= s.value.method.min_cases
    told = f.listing([_lasted(part, rate=enough) for part in parts])
    return (
        f"Of {lasted.plural('denominator', noun)} that reached day {survival.count('day')}, {told} sessions "
        f"({lasted.span()})."
    )


def _lasted(part: Stats, *, rate: bool) -> str:
    """Count those that lasted on; of a handful the count alone, as a percentage would claim more."""
    share = f" ({part.percent('lasted.value')})" if rate else ""
    return f"{part.count('lasted.numerator')}{share} lasted at least {part.count('more')} more"


def today_words(s: Stats) -> str:
    """Say which day of its spell today is, and how many spells that got so far lasted on."""
    survival, answer = s.at("survival"), lasted_answer(s)
    where = f"Today is day {survival.count('day')} of {survival.text('regime')}."
    if answer == f.UNDEFINED:
        return f"{where} No past spell of this regime has reached that day."
    return f"{where} {answer}"


def persistence_words(s: Stats) -> str:
    """Say how likely today's regime goes on, and whether such chances have beaten the base rate."""
    parts = [part for part in s.each("persistence.today") if part.value.probability is not None]
    regime = s.value.survival.regime
    if not parts:
        return f"Too few separate runs of {regime} are on record to state a chance."
    chances = _listed([part.percent("probability", 0) for part in parts])
    ahead = _listed([part.count("sessions") for part in parts])
    stated = f"The chance that {regime} goes on unbroken is {chances} over the next {ahead} sessions."
    middle = s.value.persistence.today[len(s.value.persistence.today) // 2].sessions
    for score in s.each("persistence.scores"):
        asked = score.value.regime, score.value.sessions
        if asked == (regime, middle) and score.value.models[0].skill is not None:
            return f"{stated} {_skill_words(score)}"
    return stated


def _skill_words(score: Stats) -> str:
    """Compare the forecasts with the base rate, and with those from the day of the run."""
    ratio, day = score.at("models.0.skill"), score.each("models")[-1].at("skill")
    beat, too = ratio.value > 0, day.value > 0
    return (
        f"Past forecasts of this kind over {score.plural('sessions', 'session')}, each made from what was "
        f"known then, {'beat' if beat else 'did no better than'} the base rate (skill "
        f"{_shown(ratio, ('signed', 2))}); the day of the run alone {'beat it' if too else 'did worse'} "
        f"({_shown(day, ('signed', 2))})."
    )


def _listed(words: list[str]) -> str:
    """Join words: "1, 5 and 21"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def reliability_words(part: Stats) -> str:
    """Say how often the regime held after the forecasts drawn in one picture."""
    return (
        f"{part.plural('n', 'forecast')}, {part.plural('n_clusters', 'independent case')}, {part.span()}; "
        f"the regime held after {part.percent('held')} of them. Dots on the diagonal: chances that came true "
        f"as often as stated; hollow dots rest on few cases."
    )


def survival_words(s: Stats, regime: Stats) -> str:
    """Say how long the spells of a regime lasted."""
    known = regime.value
    running = f", {regime.count('n_censored')} of them still running" if known.n_censored else ""
    half = (
        f"half of them were over within {regime.plural('median', 'session')}"
        if known.median is not None
        else "more than half of them were longer than any that has ended"
    )
    first = regime.at("points.0")
    inside = with_interval(s, first.at("interval"), "percent")
    interval = f" ({inside})" if has_bounds(s, regime, first) else ""
    return (
        f"Of {regime.plural('n_spells', 'spell')} of {regime.text('regime')} ({regime.span()}{running}), "
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
        f"{lines.plural('horizon', 'session')} from sessions inside episodes differed from that of the "
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
    """Name today's close of each tenor, and say whether the curve rises throughout."""
    curve = s.at("curve")
    tenors = [tenor for tenor in curve.each("tenors") if tenor.value.today is not None]
    closes = ", ".join(f"{tenor.value.label} {tenor.fixed('today', 2)}" for tenor in tenors)
    if curve.value.rising is None:
        return f"{closes}."
    shape = (
        "each longer one is above the shorter one" if curve.value.rising else "it does not rise throughout"
    )
    return f"{closes}: {shape}."


def premium_words(s: Stats) -> str:
    """Say today's implied and realised volatility and their difference; nothing where one is not known."""
    volatility, labels = s.at("volatility"), s.value.labels
    if volatility.value.realised is None:
        return ""
    return (
        f"{labels.front} closed at {volatility.fixed('front', 2)}; over the "
        f"{volatility.plural('sessions', 'session')} before, {labels.benchmark} realised a volatility of "
        f"{volatility.fixed('realised')}. The difference is {volatility.signed('premium')} points."
    )


def volatility_words(s: Stats) -> str:
    """Say today's premium, in variance too, and where the realised volatility stands."""
    words, volatility = premium_words(s), s.at("volatility")
    if not words:
        return "Too few sessions are stored for a realised volatility."
    rank = volatility.at("realised_rank")
    return (
        f"{words} In variance that is {volatility.signed('premium_squared', 0)} points squared. Realised "
        f"volatility was no higher on {rank.share()} sessions ({rank.percent('value')}; {rank.span()})."
    )


def realised_words(s: Stats) -> str:
    """Say after how many sessions less was realised than expected, and by how much on average."""
    every = s.at("volatility.groups.0")
    positive = every.at("positive")
    return (
        f"After {positive.share()} sessions ({positive.percent('value')}) less was realised than "
        f"{s.value.labels.front} had said; over all of them the difference was "
        f"{every.signed('mean')} points on average "
        f"({with_interval(s, every.at('interval'), 'signed', 1)}; {group_counts(every)}; {every.span()})."
    )


def claim_number(claim: Stats) -> str:
    """Return the number tested, in its unit."""
    points = claim.value.unit == "points" and claim.value.value is not None
    return f"{_shown(claim.at('value'), _claim_form(claim))}{' points' if points else ''}"


def claim_interval(s: Stats, claim: Stats) -> str:
    """Return the clause of its interval, or why there is none."""
    return with_interval(s, claim.at("interval"), *_claim_form(claim))


def claim_groups(claim: Stats) -> str:
    """Return what was compared: two groups, or a share's counts, what is claimed and the others' share."""
    known, form = claim.value, _UNITS[claim.value.unit][2]
    counts = f"{claim.count('n_hits')} of {claim.count('n_sessions')}" if known.n_hits is not None else ""
    if known.rest is None:
        return counts
    other = f"{claim.count('n_rest_hits')} of " if known.n_rest_hits is not None else "n = "
    rest = f"{_shown(claim.at('rest'), form)} ({other}{claim.count('n_rest')})"
    if known.group is None:
        asked = "more than" if known.side == "above" else "less than"
        needs = f"the saying needs {asked} {claim.percent('null_value', 0)}"
        return f"{counts}; {needs}; after all other sessions {rest}"
    hits = f" ({counts})" if counts else ""
    return f"{_shown(claim.at('group'), form)}{hits} against {rest}"


def _claim_form(claim: Stats) -> tuple[object, ...]:
    alone, difference, _ = _UNITS[claim.value.unit]
    return alone if claim.value.group is None or claim.value.rest is None else difference


def tally_words(s: Stats) -> str:
    """Count the claims that are not supported, and those on which too little is stored."""
    verdicts = s.at("verdicts")
    few_cases = verdicts.value.too_few_cases
    few_ = f" and {verdicts.count('too_few_cases')} on which too little is stored" if few_cases else ""
    return (
        f"{verdicts.count('not_supported')} not supported{few_}; each with its test, its number and its "
        f"{s.percent('method.level', 0)} interval."
    )


def followed_words(s: Stats, group: Stats) -> str:
    """Set what followed backwardation against what followed all sessions, a month on."""
    every = next(r for r in s.each("returns") if r.value.horizon == MONTH).at("all")
    return (
        f"on average, {with_interval(s, group.at('interval'), 'percent_change')}, against "
        f"{every.change('mean')} after all sessions; n = {group.count('n_sessions')} in "
        f"{group.plural('n_episodes', 'episode')}, {group.span()}."
    )


def headline_difference(s: Stats) -> Stats | None:
    """Return the difference to no hedge at the middle cost; None where nothing was ever hedged."""
    overlay = s.value.overlay
    if overlay is None or not overlay.n_hedged:
        return None
    against = [d for d in s.each("overlay.differences") if d.value.other == "unhedged"]
    return against[len(against) // 2] if against else None


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
    if pair[0] <= 0 <= pair[1]:
        return "The interval includes zero: this record cannot tell the difference from chance."
    return "The interval lies wholly below zero." if pair[1] < 0 else "The interval lies wholly above zero."


def rule_words(s: Stats) -> str:
    """Say what the rule hedges, and how often it did."""
    overlay = s.at("overlay")
    return (
        f"The rule hedges {overlay.percent('hedge_backwardation', 0)} of the holding after a close in "
        f"backwardation and {overlay.percent('hedge_contango', 0)} after one in contango: "
        f"{hedged_words(s)}, {overlay.span()}. The constant hedge is as large on average and never changes."
    )


def hedged_words(s: Stats) -> str:
    """Count what was hedged: "314 of 4,134 sessions hedged, in 99 episodes"."""
    overlay = s.at("overlay")
    return (
        f"{overlay.count('n_hedged')} of {overlay.plural('n_sessions', 'session')} hedged, in "
        f"{overlay.plural('n_episodes', 'episode')}"
    )


def middle_bench(s: Stats) -> tuple[Stats, ...]:
    """Return the comparisons with random orders at the middle cost; all costs are in the JSON."""
    bench = s.each("overlay.bench")
    costs = sorted({each.value.cost for each in bench})
    return tuple(each for each in bench if each.value.cost == costs[len(costs) // 2])


def measure_words(bench: Stats, key: str) -> str:
    """Return a value of a comparison in the unit of what is compared."""
    form = {"volatility": ("percent",), "sharpe": ("fixed", 2)}.get(bench.value.measure, ("percent_change",))
    return _shown(bench.at(key), form)


def luck_words(s: Stats) -> str:
    """Say how many random orders did as well; nothing where that was not measured."""
    found = [b for b in middle_bench(s) if b.value.measure == "annual_mean" and b.value.better is not None]
    if not found or not s.value.overlay.n_hedged:
        return ""
    bench = found[0]
    return (
        f"The same spells put in random order gave at least as high a mean return in "
        f"{bench.count('n_better')} of {bench.plural('n_compared', 'order')} ({bench.percent('better')}, at "
        f"{bench.show('cost', cost_words)} basis points)."
    )


def growth_words(s: Stats) -> str:
    """Say what 1 had become under each rule."""
    growth = s.at("overlay.growth")
    last = len(growth.value.sessions) - 1
    return (
        f"By {growth.day(f'sessions.{last}')}, 1 held since {s.day('overlay.first_session')} had become "
        f"{growth.fixed(f'unhedged.{last}', 2)} without a hedge, {growth.fixed(f'constant.{last}', 2)} with "
        f"the constant hedge and {growth.fixed(f'regime.{last}', 2)} with the hedge by regime, "
        f"at {growth.show('cost', cost_words)} basis points."
    )


def cost_words(value: float) -> str:
    """Return basis points as short as they can be written: "5", "2.5"."""
    return f.plain(value).removesuffix(".0")


def overlay_findings(s: Stats) -> Iterable[str]:
    """Say what the rule is, what it did, and how much of that luck explains."""
    if s.value.overlay is None:
        return ["Too few sessions are stored to follow any rule."]
    return [text for text in (rule_words(s), overlay_words(s), luck_words(s)) if text]


def flips_words(s: Stats) -> str:
    """Say how often the ratio of the two shortest tenors crossed the threshold, beside the main ratio."""
    ratios = s.each("curve.ratios")
    main = next((ratio for ratio in ratios if ratio.value.main), None)
    if main is None or not ratios or ratios[0].value.main or main.value.flips_per_year is None:
        return f.UNDEFINED
    short, line = ratios[0], f.plain(s.value.window.threshold)
    return (
        f"From {short.at('above').span()}, {short.value.label} crossed the line at {line} on "
        f"{short.fixed('flips_per_year')} sessions a year, {main.value.label} on "
        f"{main.fixed('flips_per_year')}."
    )


def build_research_facts(research: Research | None) -> dict[str, str]:
    """Word every fact that editorial text may quote; "n/a" where it is not measured, or without any study."""
    if research is None:
        return dict.fromkeys(_FACTS, f.UNDEFINED)
    s = research_stats(research)
    group = after_backwardation(s, MONTH)
    told = (
        interval_words(group.at("interval"), "percent_change") if group else f.UNDEFINED,
        group.plural("n_episodes", "episode") if group else f.UNDEFINED,
        lasted_answer(s),
        flips_words(s),
        s.count("method.min_cases"),
        s.percent("method.significance", 0),
        s.count("method.block_factor"),
        s.count("method.draws"),
        s.percent("method.level", 0),
        s.show("method.seed", str),
    )
    return dict(zip(_FACTS, told, strict=True))


_FACTS = (
    "forward_21_interval",
    "forward_21_episodes",
    "lasted_answer",
    "flips_short_ratio",
    "research_min_cases",
    "research_significance",
    "research_block_factor",
    "research_draws",
    "research_level",
    "research_seed",
)
