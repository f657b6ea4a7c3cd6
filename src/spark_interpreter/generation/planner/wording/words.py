"""Words for names and values."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def humanize(name: str) -> str:
    """A column or table name as words: `order_date` and `orderDate` are "order date"."""
    spaced = _CAMEL.sub(" ", name) if not name.isupper() else name
    words = re.sub(r"[_\s]+", " ", spaced).strip()
    return " ".join(w if w.isupper() and len(w) > 1 else w.lower() for w in words.split()) or name


def rows_of(table: str) -> str:
    """What the rows of a table are called: its name if that is a plural, else "rows"."""
    words = humanize(table)
    plural_noun = words.endswith("s") and words.replace(" ", "").isalpha()
    return words if plural_noun else "rows"


def listed(items: Sequence[str], last: str = "and") -> str:
    """The items in a row: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def plural(noun: str) -> str:
    """A noun in the plural, unless it is one already or does not look like a noun."""
    if noun.endswith("s") or not noun.replace(" ", "").isalpha():
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("x", "ch", "sh")) else f"{noun}s"


def value_text(value: object) -> str:
    """A constant as people write it; text in quotes."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def ordinal(number: float) -> str:
    """A number as "1st", "90th", "99.9th"."""
    if not float(number).is_integer():
        return f"{number:g}th"
    whole = int(number)
    teens = whole % 100 in {11, 12, 13}
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def last_day(low: str, high: str) -> str | None:
    """The last whole day of a range of days that ends before `high`."""
    try:
        date.fromisoformat(low)
        return (date.fromisoformat(high) - timedelta(days=1)).isoformat()
    except ValueError:
        return None


def period(low: str, high: str) -> str | None:
    """The calendar period that starts on `low` and ends before `high` (ISO dates), if it is one.

    "2023", "Q1 2023", "March 2023", "2023-03-05"; spans of whole years are "2021 to 2023".
    """
    try:
        start, end = date.fromisoformat(low[:10]), date.fromisoformat(high[:10])
    except ValueError:
        return None
    if any(len(text) > 10 and text[11:].strip("0:.Z+") for text in (low, high)):
        return None
    if end == start + timedelta(days=1):
        return start.isoformat()
    if start.day != 1 or end.day != 1:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    if months == 1:
        return f"{MONTHS[start.month - 1]} {start.year}"
    if months == 3 and start.month % 3 == 1:
        return f"Q{start.month // 3 + 1} {start.year}"
    if start.month == 1 and months == 12:
        return str(start.year)
    if start.month == 1 and months > 0 and months % 12 == 0:
        return f"{start.year} to {end.year - 1}"
    return None
