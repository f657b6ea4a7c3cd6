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
    return f"{heading} ({unit(name)})" if unit(name) not in {"", "%"} else heading


def phrase(name: str) -> str:
    """A column name inside a sentence, its unit left out ("total_revenue_eur" -> total revenue).

    "percent" stays: a percentage of revenue is no revenue.
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.strip())
    parts = [w for w in re.split(r"[\s_]+", spaced) if w]
    if unit(name) not in {"", "%"}:
        parts = parts[:-1]
    return " ".join(w if w.isupper() else w.lower() for w in parts) or name


def number(value: float | Decimal | str, unit_word: str = "", *, places: int | None = None) -> str:
    """A number with thousands separators and `places` decimals, or those that matter."""
    digits = Decimal(str(value))
    places = decimals([digits]) if places is None else places
    text = _fixed(digits, places) if _plain(digits) else f"{float(digits):.4g}"
    if not unit_word:
        return text
    return f"{text}%" if unit_word == "%" else f"{text} {unit_word}"


def decimals(values: Sequence[Decimal]) -> int:
    """How many decimals show these numbers well: two, or four digits of the smallest."""
    plain = [v for v in values if _plain(v)]
    smallest = min((abs(v) for v in plain if v), default=Decimal(1))
    wanted = 2 if smallest >= 1 else min(3 - smallest.adjusted(), 10)
    return max((_scale(_rounded(v, wanted)) for v in plain), default=0)


def _fixed(value: Decimal, places: int) -> str:
    return f"{_rounded(value, places):,f}"


def _rounded(value: Decimal, places: int) -> Decimal:
    """The number with so many decimals, halves rounded away from zero as people do."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


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
    places = column_places(values, type_name)
    return [
        None if v is None else _fixed(v, places) if _plain(v) else f"{float(v):.6g}" for v in parsed
    ]


def column_places(values: Sequence[Any], type_name: str) -> int:
    """The decimals that show all numbers of a column well."""
    if family(type_name) == "decimal":
        return min(_declared_scale(type_name), 6)
    return decimals([Decimal(str(v)) for v in values if v is not None])


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
