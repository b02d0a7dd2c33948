"""From the studies to what is published about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import get_args

from ivts_site.analytics import Analysis
from ivts_site.analytics.claim_kinds import Claim
from ivts_site.analytics.research import ResearchRules, Study
from ivts_site.formatting import fixed, percent
from ivts_site.published.numbers import day
from ivts_site.snapshot.claim_texts import CLAIMS
from ivts_site.snapshot.research_parts import Claim as PublishedClaim
from ivts_site.snapshot.research_parts import Verdict
from ivts_site.snapshot.research_types import Research
from ivts_site.snapshot.shape import fill
from ivts_site.snapshot.types import SCHEMA_VERSION


def build_research(analysis: Analysis, found: Study, rules: ResearchRules, *, sample: bool) -> Research:
    """Assemble `research.json`.

    Parameters
    ----------
    analysis : Analysis
        Span of the history, names of the series.
    found : Study
        The numbers.
    rules : ResearchRules
        By which they were found.
    sample : bool
        Whether closes are simulated.

    Returns
    -------
    Research
        Rounded to six places here, so that page and JSON speak of the same numbers.
    """
    panel, words = analysis.panel, _words(analysis, rules)
    own = {
        "schema_version": SCHEMA_VERSION,
        "sample": sample,
        "as_of": day(panel.as_of),
        "labels": {
            "front": panel.front.label,
            "back": panel.back.label,
            "benchmark": panel.benchmark.label,
        },
        "window": _window(analysis),
        "method": {
            **{name: getattr(rules.resampling, name) for name in _METHOD},
            "resampling": "circular",
        },
        "claims": [_claim(claim, words) for claim in found.claims],
        "verdicts": _verdicts(found.claims),
    }
    return fill(Research, {name.name: getattr(found, name.name) for name in fields(found)} | own)


_METHOD = ("level", "draws", "seed", "block_factor", "min_cases")


def _verdicts(claims: Sequence[Claim]) -> Mapping[str, int]:
    count = Counter(claim.verdict for claim in claims)
    names = {verdict.replace(" ", "_"): verdict for verdict in get_args(Verdict)}
    return {"n_claims": len(claims)} | {key: count[verdict] for key, verdict in names.items()}


def _window(analysis: Analysis) -> Mapping[str, object]:
    signal, episodes = analysis.signal, analysis.episodes
    return {
        "first_session": signal.index[0],
        "last_session": signal.index[-1],
        "n_sessions": len(signal),
        "n_backwardation": int(signal["backwardation"].sum()),
        "n_episodes": len(episodes),
        "ongoing": bool(episodes["ongoing"].any()),
        "threshold": analysis.rules.threshold,
    }


def _words(analysis: Analysis, rules: ResearchRules) -> Mapping[str, str]:
    panel, claims = analysis.panel, rules.claims
    labels = {point.key: point.label for point in rules.points}
    return {
        "front": panel.front.label,
        "benchmark": panel.benchmark.label,
        "ratio": f"{panel.front.label}/{panel.back.label}",
        "horizon": f"{claims.horizon}",
        "days": f"{claims.days}",
        "spike": fixed(claims.spike, 2),
        "calm": fixed(claims.calm, 2),
        "top": percent(claims.top, 0),
        "shorter": labels.get(claims.shorter, ""),
        "skew": labels.get(claims.skew, ""),
        "volatility": labels.get(claims.volatility, ""),
    }


def _claim(claim: Claim, words: Mapping[str, str]) -> PublishedClaim:
    text, test = (each.format(**words) for each in CLAIMS[claim.id])
    own = {field.name: getattr(claim, field.name) for field in fields(claim)}
    return fill(PublishedClaim, own | {"claim": text, "test": test})
