"""A claim's number on a line through zero: to the right as claimed, to the left the opposite."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ivts_site.analytics.studies.claims import Claim

TICKS: Mapping[str, float] = MappingProxyType(
    {
        "return": 0.02,
        "move": 0.005,
        "share": 0.2,
        "change": 0.2,
        "points": 5.0,
        "correlation": 0.1,
        "variance": 100.0,
    }
)
"""Distance of two ticks by what is measured, so that claims of a kind can be compared."""
REACH = 3.2
"""Ticks between zero and either end."""


def draw_claim(claim: Claim) -> str:
    """Return the picture for a row that says the same in words; hidden from assistive technology.

    Ends beyond the scale become arrows.
    """
    unit = (1 if claim.side == "above" else -1) / (TICKS[claim.scale] * REACH)

    def place(number: float) -> float:
        return min(max(50 + 50 * number * unit, 1.0), 99.0)

    marks = ['<line class="s-rule" x1="0" x2="100%" y1="14" y2="14"/>']
    for tick in (-2, -1, 1, 2):
        at = 50 + 50 * tick / REACH
        marks.append(f'<line class="s-rule" x1="{at:.1f}%" x2="{at:.1f}%" y1="11" y2="17"/>')
    marks.append('<line class="s-ink" x1="50%" x2="50%" y1="2" y2="26"/>')
    if claim.interval is not None:
        left, right = sorted(place(end) for end in claim.interval)
        marks.append(
            f'<rect class="f-muted band" x="{left:.1f}%" width="{right - left:.1f}%" y="11" height="6"/>'
        )
        marks += [_arrow(end, back=end < 50) for end in (left, right) if end in {1.0, 99.0}]
    if claim.rival is not None:
        marks.append(f'<circle class="hollow" cx="{place(claim.rival):.1f}%" cy="14" r="5"/>')
    marks.append(f'<circle class="f-ink" cx="{place(claim.value or 0.0):.1f}%" cy="14" r="4.5"/>')
    return f'<svg class="line" width="100%" height="28" aria-hidden="true">{"".join(marks)}</svg>'


def _arrow(at: float, *, back: bool) -> str:
    path = "M3 -5L-3 0L3 5Z" if back else "M-3 -5L3 0L-3 5Z"
    return f'<svg x="{at:.1f}%" y="14" overflow="visible"><path class="f-muted" d="{path}"/></svg>'
