"""Numbers and dates to text: the only place where a shown figure is rounded.

Rounding takes the decimal number that `repr` shows and rounds halves away from zero, as a reader who checks
a figure by hand or in a spreadsheet does. Undefined values (None, NaN) become "n/a"; minus is a true minus
sign, and a rounded zero carries no sign.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

UNDEFINED = "n/a"
FEWEST_CASES = 5
"""Of fewer cases counts are told, and no rate."""
MINUS = "\u2212"
NEW_YORK = "America/New_York"

_MONTHS = (  # strftime would follow the locale of the machine
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNITS = {"m": "month", "y": "year"}
_VENDORS = {"fred": "FRED", "tradestation": "TradeStation", "sample": "simulated"}
MAX_RANGES = 4
"""With more stretches of sources than this, the later ones are not named one by one."""


def fixed(value: float | None, places: int) -> str:
    """Return a number with a fixed count of decimals, thousands separated by commas."""
    rounded = _rounded(value, places)
    return UNDEFINED if rounded is None else _minus(f"{rounded:,f}")


def signed(value: float | None, places: int) -> str:
    """Return a number with its sign, "+" included; a rounded zero has none."""
    return _signed(_rounded(value, places))


def ratio(value: float | None) -> str:
    """Return a ratio with four decimals."""
    return fixed(value, 4)


def short_ratio(value: float, threshold: float) -> str:
    """Return a ratio with two decimals, or four where two would hide on which side of the line it is."""
    return fixed(value, 4 if abs(value - threshold) < 0.005 else 2)


def level(value: float | None) -> str:
    """Return an index level or price with two decimals."""
    return fixed(value, 2)


def apart(one: float, other: float) -> tuple[str, str]:
    """Return two closes with two decimals each, or as many as it takes to see that they differ."""
    places = next((n for n in range(2, 17) if _rounded(one, n) != _rounded(other, n)), 2)
    return _close(one, places), _close(other, places)


def _close(value: float, places: int) -> str:
    rounded = _rounded(value, places)
    if rounded is None:
        return UNDEFINED
    whole, _, decimals = _minus(f"{rounded:f}").partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def percent(fraction: float | None, places: int = 1) -> str:
    """Return a decimal fraction in percent; 0.0757 gives "7.6%"."""
    rounded = _rounded(fraction, places, shift=2)
    return UNDEFINED if rounded is None else _minus(f"{rounded:,f}") + "%"


def chance(fraction: float | None) -> str:
    """Return an estimated chance in whole percent; none is certain: "over 99%", "under 1%"."""
    told = percent(fraction, 0)
    return {"100%": "over 99%", "0%": "under 1%"}.get(told, told)


def rate(fraction: float | None, n: int, places: int = 1) -> str:
    """Return the rate of n cases in percent; "n/a" where these are so few that counts alone are told."""
    return percent(fraction if n >= FEWEST_CASES else None, places)


def percent_change(fraction: float | None, places: int = 1) -> str:
    """Return a decimal fraction in percent with its sign; 0.0294 gives "+2.9%"."""
    rounded = _rounded(fraction, places, shift=2)
    return UNDEFINED if rounded is None else _signed(rounded) + "%"


def rank(share: float | None) -> str:
    """Return a percentile rank, which is published as a share: 0.952 gives "95.2"."""
    return UNDEFINED if share is None else fixed(share * 100, 1)


def plain(value: float) -> str:
    """Return a setting as it would be written by hand: 1.0, 0.998, 1.01."""
    text = format(Decimal(repr(float(value))).normalize(), "f")
    return _minus(text if "." in text else f"{text}.0")


def count(number: int | None) -> str:
    """Return a whole number with thousands separators."""
    return UNDEFINED if number is None else _minus(f"{number:,}")


def size(n_bytes: int) -> str:
    """Return a size in bytes: "812 bytes", "73 kB", "1.4 MB"; a kB is 1,000 bytes."""
    if n_bytes < 1_000:
        return plural(n_bytes, "byte")
    if n_bytes < 1_000_000:
        return f"{fixed(n_bytes / 1_000, 0)} kB"
    return f"{fixed(n_bytes / 1_000_000, 1)} MB"


def plural(number: int | None, noun: str, nouns: str | None = None) -> str:
    """Return a number and its noun: "1 session", "2 sessions"; `nouns` where the plural is irregular."""
    return f"{count(number)} {noun if number == 1 else nouns or noun + 's'}"


def share_of(part: int | None, whole: int | None, noun: str = "session") -> str:
    """Return "38 of 502 sessions"."""
    return f"{count(part)} of {plural(whole, noun)}"


def average(value: float | None, noun: str) -> str:
    """Return a mean or median count and its noun: "3.2 sessions", "2 sessions", "1 session"."""
    text = fixed(value, 1).removesuffix(".0")
    return UNDEFINED if text == UNDEFINED else f"{text} {noun if text == '1' else noun + 's'}"


def brief(text: str, limit: int = 160) -> str:
    """Return as many whole sentences as a limit of characters takes; of a longer first one its beginning."""
    if len(text) <= limit:
        return text
    whole = text[: limit + 1].rpartition(". ")[0]
    return f"{whole}." if whole else f"{text[:limit].rpartition(' ')[0].rstrip(',;:')}…"


def window_words(name: str) -> str:
    """Return the length of a window in words: `2y` gives "2 years", `all` gives "all stored history"."""
    return "all stored history" if name == "all" else plural(int(name[:-1]), _UNITS[name[-1]])


def cardinal(number: int) -> str:
    """Return "two" for 2, and figures from eleven on."""
    named = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return named[number] if 0 <= number < len(named) else count(number)


def listing(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"; an empty text for nothing."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def vendor(adapter: str) -> str:
    """Return the name of the vendor of an adapter: "Cboe" for "cboe_csv"."""
    name = adapter.partition("_")[0]
    return _VENDORS.get(name, name.capitalize())


def sources(ranges: Sequence[tuple[str, str]]) -> str:
    """Tell where closes came from: "Cboe", or "FRED to 17 Sep 2009, then Cboe".

    The stretches are adapter and last session of each, oldest first; those of one vendor are taken together.
    """
    merged: list[tuple[str, str]] = []
    for adapter, last in ranges:
        if merged and merged[-1][0] == vendor(adapter):
            merged.pop()
        merged.append((vendor(adapter), last))
    if len(merged) > MAX_RANGES:
        return f"{merged[0][0]} to {date_short(merged[0][1])}, then {merged[-1][0]} and others"
    return ", then ".join(
        [*(f"{name} to {date_short(last)}" for name, last in merged[:-1]), *(name for name, _ in merged[-1:])]
    )


def date_long(session: str | dt.date | None) -> str:
    """Return "27 February 2026"."""
    day = _day(session)
    return UNDEFINED if day is None else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_span(first: str | dt.date, last: str | dt.date) -> str:
    """Return "21 to 24 July 2025", "27 April to 4 May 2026": what both dates share is said once."""
    start, end, shared = date_long(first).split(), date_long(last).split(), 3
    while shared and start[-shared:] != end[-shared:]:
        shared -= 1
    return f"{' '.join(start[: 3 - shared])} to {' '.join(end)}" if shared < 3 else " ".join(end)


def date_short(session: str | dt.date | None) -> str:
    """Return "27 Feb 2026"."""
    day = _day(session)
    return UNDEFINED if day is None else f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def date_day(session: str | dt.date | None) -> str:
    """Return "27 Feb", where the year is plain from what stands around it."""
    day = _day(session)
    return UNDEFINED if day is None else f"{day.day} {_MONTHS[day.month - 1][:3]}"


def month(session: str | dt.date) -> str:
    """Return the month's name, "February"."""
    return date_long(session).split()[1]


def month_year(session: str | dt.date) -> str:
    """Return "February 2026"."""
    return date_long(session).partition(" ")[2]


def date_weekday(session: str | dt.date | None) -> str:
    """Return "Fri 27 Feb 2026"."""
    day = _day(session)
    return UNDEFINED if day is None else f"{_DAYS[day.weekday()]} {date_short(day)}"


def instant_iso(instant: str | dt.datetime) -> str:
    """Return an instant in UTC to the second, "2026-02-27T22:41:00Z"."""
    return f"{_moment(instant, 'UTC').replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def clock(instant: str | dt.datetime, zone: str = "UTC") -> str:
    """Return the time of day of an instant in a zone, "22:41"."""
    moment = _moment(instant, zone)
    return f"{moment.hour:02}:{moment.minute:02}"


def day_in(instant: str | dt.datetime, zone: str = "UTC") -> dt.date:
    """Return the calendar day of an instant in a zone."""
    return _moment(instant, zone).date()


def _rounded(value: float | None, places: int, *, shift: int = 0) -> Decimal | None:
    """Return the value times 10**shift, rounded, never a negative zero; None where undefined."""
    if value is None or not math.isfinite(value):
        return None
    exact = Decimal(repr(float(value))).scaleb(shift)
    if exact.adjusted() > 18:  # beyond the digits of a float there is nothing to round
        return exact
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) or Decimal(0).scaleb(-places)


def _signed(rounded: Decimal | None) -> str:
    if rounded is None:
        return UNDEFINED
    return _minus(f"{rounded:+,f}" if rounded else f"{rounded:,f}")


def _minus(text: str) -> str:
    return text.replace("-", MINUS)


def _day(session: str | dt.date | None) -> dt.date | None:
    if session is None or isinstance(session, dt.datetime):
        return session.date() if session else None
    return dt.date.fromisoformat(session) if isinstance(session, str) else session


def _moment(instant: str | dt.datetime, zone: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    if moment.tzinfo is None:
        raise ValueError(f"{instant} names no time zone")
    return moment.astimezone(ZoneInfo(zone))
