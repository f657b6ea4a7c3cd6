"""Numbers, dates and names as people like to read them."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from spark_interpreter.model.types import family

MISSING = "(missing)"

_CURRENCIES = ("eur", "usd", "gbp", "chf", "jpy", "cny", "inr", "sek", "nok", "dkk", "pln")
_UNITS = {
    **{code: code.upper() for code in _CURRENCIES},
    **{u: u for u in ("km", "cm", "mm", "kg", "ms", "kwh", "mwh", "seconds", "minutes", "hours",
                      "days", "weeks", "months", "years")},
    "pct": "%", "percent": "%", "percentage": "%",
    "mb": "MB", "gb": "GB", "kb": "KB", "bytes": "bytes", "celsius": "°C", "fahrenheit": "°F",
    "sec": "s", "secs": "s", "mins": "minutes",
}  # fmt: skip
_WIDE = Context(prec=60)
_NOT_BEFORE_UNIT = {"of", "per", "in", "last", "first", "number", "count", "n"}


def words(name: str) -> list[str]:
    """The words of a column name, whatever its casing, in lower case."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[\W_]+", spaced) if word]


def unit(name: str) -> str:
    """The unit a column name ends with ("distance_km", "revenue_eur"), or nothing."""
    parts = words(name)
    if len(parts) < 2 or parts[-2] in _NOT_BEFORE_UNIT or parts[-2].isdigit():
        return ""
    return _UNITS.get(parts[-1], "")


def label(name: str) -> str:
    """A column name as a heading ("total_revenue_eur" -> "Total revenue (EUR)")."""
    text = phrase(name)
    heading = text[:1].upper() + text[1:]
    return f"{heading} ({unit(name)})" if unit(name) else heading


def phrase(name: str) -> str:
    """A column name inside a sentence, its unit left out ("total_revenue_eur" -> total revenue)."""
    parts = [w for w in re.split(r"[\s_]+", name.strip()) if w]
    if unit(name):
        parts = parts[:-1]
    return " ".join(w if w.isupper() else w.lower() for w in parts) or name


def number(value: float | Decimal | str, unit_word: str = "") -> str:
    """A number with thousands separators and only the digits that matter."""
    digits = Decimal(str(value))
    text = _fixed(digits, decimals([digits])) if _plain(digits) else f"{float(digits):.4g}"
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    if not unit_word:
        return text
    return f"{text}%" if unit_word == "%" else f"{text} {unit_word}"


def decimals(values: Sequence[Decimal]) -> int:
    """How many decimals show these numbers well: two, or four digits of the smallest."""
    needed = max((_scale(v) for v in values), default=0)
    sizes = [abs(v) for v in values if v and _plain(v)]
    smallest = min(sizes, default=Decimal(1))
    wanted = 2 if smallest >= 1 else min(3 - smallest.adjusted(), 10)
    return min(needed, wanted)


def _fixed(value: Decimal, places: int) -> str:
    """The number with so many decimals, halves rounded away from zero as people do."""
    step = Decimal(1).scaleb(-places)
    return f"{value.quantize(step, ROUND_HALF_UP, _WIDE):,f}"


def _scale(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _plain(value: Decimal) -> bool:
    """Readable without a power of ten. Integers and decimals always are, all digits being known."""
    exponent = value.as_tuple().exponent
    exact = isinstance(exponent, int) and exponent <= 0
    return value == 0 or (abs(value) >= Decimal("1e-6") and (exact or abs(value) < Decimal("1e18")))


def number_column(values: Sequence[Any], type_name: str) -> list[str | None]:
    """The numbers of a column with the same count of decimals, so that they line up."""
    parsed = [None if v is None else Decimal(str(v)) for v in values]
    known = [v for v in parsed if v is not None]
    if family(type_name) == "decimal":
        places = min(_declared_scale(type_name), 6)
    else:
        places = decimals(known)
    return [
        None if v is None else _fixed(v, places) if _plain(v) else f"{float(v):.6g}" for v in parsed
    ]


def _declared_scale(type_name: str) -> int:
    found = re.search(r",\s*(\d+)\s*\)", type_name)
    return int(found.group(1)) if found else 0


def moment(text: str) -> str:
    """An ISO date or time without its T and Z."""
    return text.replace("T", " ", 1).removesuffix("Z")


def parse_moment(text: str) -> datetime:
    """The ISO text of a date or timestamp cell as a point in time (UTC, naive)."""
    clean = text.removesuffix("Z")
    if len(clean) == 10:
        return datetime.combine(date.fromisoformat(clean), datetime.min.time())
    return datetime.fromisoformat(clean).replace(tzinfo=None)
