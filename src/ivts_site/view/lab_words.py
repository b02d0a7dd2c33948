"""Numbers of the hedge lab to text, as static/js/lab.js writes them; see `lab_work` for their names."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ivts_site import formatting as f
from ivts_site.content.lab import TOKEN

ABSENT = "–"
_TINY, _LARGE = 1e-9, 1e12
_PLACES = {"usd": 2, "pct": 2, "x": 2, "coin": 4, "num": 4}
_LEAST, _KEPT = {"pct": 0.1}, {"pct": 2}
"""Below it a number is written with so many digits that count; 1 and four of them where nothing is said."""
_ENDS = {"usd": " USD", "coin": " coin", "pct": f"{f.THIN_SPACE}%", "x": "×"}
_ENDS_BARE = {"pct": f"{f.THIN_SPACE}%", "x": "×"}
_ZEROS = re.compile(r"\.0+(?=$|\D)")


def fill_tokens(text: str, numbers: Mapping[str, float | str], *, bare: bool = False) -> str:
    """Put numbers into a text.

    Parameters
    ----------
    text : str
        With tokens: `[value_usd]`, or `[+change_usd]` for a number with its sign.
    numbers : mapping of str to float or str
        By name; a word may hold tokens itself.
    bare : bool
        As in a formula: no unit but the per cent sign.

    Returns
    -------
    str
        A name that is not there becomes a dash.
    """
    return TOKEN.sub(lambda token: _filled(token[0], token[1], numbers, bare=bare), text)


def _filled(token: str, name: str, numbers: Mapping[str, float | str], *, bare: bool) -> str:
    value = numbers.get(name)
    if value is None:
        return ABSENT
    if isinstance(value, str):
        return fill_tokens(value, numbers, bare=bare) or ABSENT
    return write_number(value, name.rpartition("_")[2], signed=token[1] == "+", bare=bare)


def write_number(value: float, unit: str, *, signed: bool = False, bare: bool = False) -> str:
    """Return a number in its unit: USD and per cent with two decimals, coin with four, small ones more."""
    if unit == "n":
        return f.count(round(value))
    digits = _ZEROS.sub("", _digits(value * 100 if unit == "pct" else value, unit))
    plus = "+" if signed and value > 0 and digits.strip("0.,") else ""
    return f"{plus}{digits}{_ENDS_BARE.get(unit, '') if bare else _ENDS.get(unit, '')}"


def _digits(value: float, unit: str) -> str:
    """Write a number with the decimals of its unit, or more where little would be left of it."""
    size, places = abs(value), _PLACES[unit]
    if size >= _LARGE or 0 < size < _TINY:
        return f"{value:.3e}".replace("e+", "e").replace("-", f.MINUS)
    if size == 0 or size >= _LEAST.get(unit, 1.0):
        return f.fixed(value, places)
    kept = _KEPT.get(unit, 4) - 1 - math.floor(math.log10(size))
    return re.sub(rf"(\.\d{{{places}}}\d*?)0+$", r"\1", f.fixed(value, max(places, kept)))
