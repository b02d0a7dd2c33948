"""The facts that editorial text may quote from the studies; each number carries its path, see `stats`."""

from __future__ import annotations

from collections.abc import Callable

from ivts_site import formatting as f
from ivts_site.snapshot.research_types import Research
from ivts_site.view.stats import Stats

_NAMES = (
    "forward_21_interval",
    "forward_21_episodes",
    "lasted_answer",
    "flips_short_ratio",
    "research_min_cases",
    "research_block_factor",
    "research_draws",
    "research_level",
    "research_seed",
)
_MONTH = 21


def research_stats(research: Research) -> Stats:
    """Return the studies as numbers that can be put on a page."""
    return Stats(path="research", value=research)


def build_research_facts(research: Research | None) -> dict[str, str]:
    """Word every fact from the studies; "n/a" where it is not measured, and for all without any study."""
    if research is None:
        return dict.fromkeys(_NAMES, f.UNDEFINED)
    stats = research_stats(research)
    group = after_backwardation(stats, _MONTH)
    return {
        "forward_21_interval": interval_words(group, "interval", Stats.change) if group else f.UNDEFINED,
        "forward_21_episodes": group.plural("n_episodes", "episode") if group else f.UNDEFINED,
        "lasted_answer": lasted_answer(stats),
        "flips_short_ratio": _flips(stats),
        "research_min_cases": stats.count("method.min_cases"),
        "research_block_factor": stats.count("method.block_factor"),
        "research_draws": stats.count("method.draws"),
        "research_level": stats.percent("method.level", 0),
        "research_seed": stats.show("method.seed", str),
    }


def interval_words(stats: Stats, keys: str, show: Callable[[Stats, str], str]) -> str:
    """Return both ends of an interval: "+1.3 % to +4.7 %"; "n/a" where there is none."""
    if stats.at(keys).value is None:
        return f.UNDEFINED
    return f"{show(stats, f'{keys}.0')} to {show(stats, f'{keys}.1')}"


def after_backwardation(stats: Stats, horizon: int) -> Stats | None:
    """Return the group of all sessions in backwardation at a horizon, where the bands have it as one."""
    threshold = stats.value.window.threshold
    for returns in stats.each("returns"):
        if returns.value.horizon == horizon:
            top = returns.each("bands")[-1]
            return top if top.value.above == threshold else None
    return None


def lasted_answer(stats: Stats) -> str:
    """Say how many of the past spells that reached today's day lasted on; "n/a" where none has reached it."""
    survival = stats.at("survival")
    parts = [part for part in survival.each("remaining") if part.value.lasted.denominator]
    if not parts:
        return f.UNDEFINED
    noun = f"past {survival.value.regime} spell"
    lasted = parts[0].at("lasted")
    enough = lasted.value.denominator >= stats.value.method.min_cases
    told = f.listing([_lasted(part, rate=enough) for part in parts])
    return (
        f"Of {lasted.plural('denominator', noun)} that reached day {survival.count('day')}, {told} sessions "
        f"({lasted.span()})."
    )


def _lasted(part: Stats, *, rate: bool) -> str:
    """Count those that lasted on; of a handful the count alone, as a percentage would claim more."""
    share = f" ({part.percent('lasted.value')})" if rate else ""
    return f"{part.count('lasted.numerator')}{share} lasted at least {part.count('more')} more"


def _flips(stats: Stats) -> str:
    """Say how often the ratio of the two shortest tenors crossed the threshold, beside the main ratio."""
    ratios = stats.each("curve.ratios")
    main = next((ratio for ratio in ratios if ratio.value.main), None)
    if main is None or not ratios or ratios[0].value.main or main.value.flips_per_year is None:
        return f.UNDEFINED
    short, line = ratios[0], f.plain(stats.value.window.threshold)
    return (
        f"From {short.at('above').span()}, {short.value.label} crossed the line at {line} on "
        f"{short.fixed('flips_per_year')} sessions a year, {main.value.label} on "
        f"{main.fixed('flips_per_year')}."
    )
