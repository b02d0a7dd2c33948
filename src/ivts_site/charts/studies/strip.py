"""One result among many random ones: a bar for nine in ten of them, a tick for their median, a diamond."""

from __future__ import annotations

from ivts_site.published.overlay import Placebo

_LEFT, _RIGHT = 6.0, 94.0


def draw_strip(placebo: Placebo, role: str = "ink") -> str:
    """Return the picture for a table cell that says the same in numbers; hidden from assistive technology."""
    low, median, high, value = (getattr(placebo, name) for name in ("low", "median", "high", "value"))
    start, end = min(low, value), max(high, value)
    unit = (_RIGHT - _LEFT) / (end - start) if end > start else 0.0
    at = {name: _LEFT + (v - start) * unit for name, v in (("low", low), ("median", median), ("high", high))}
    mark = _LEFT + (value - start) * unit
    return (
        '<svg class="strip" width="100%" height="16" aria-hidden="true">'
        f'<rect class="f-rule" x="{at["low"]:.1f}%" width="{at["high"] - at["low"]:.1f}%" y="4" height="8"/>'
        f'<line class="s-muted" x1="{at["median"]:.1f}%" x2="{at["median"]:.1f}%" y1="2" y2="14" '
        'stroke-width="1.5"/>'
        f'<svg x="{mark:.1f}%" overflow="visible"><path class="f-{role}" d="M0 1l5 7-5 7-5-7z"/></svg></svg>'
    )
