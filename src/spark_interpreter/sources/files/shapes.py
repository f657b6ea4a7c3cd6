"""The shapes that numbers, dates and times have when they are written as text."""

import re
from collections.abc import Callable
from datetime import date

INTEGER = re.compile(r"[+-]?\d+")
PADDED = re.compile(r"[+-]?0\d+")
FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_TIMESTAMP = re.compile(
    r"\d{4}-\d{2}-\d{2}[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?"
)
_SECONDS = re.compile(r".{10}[ T]\d{2}:\d{2}:\d{2}.*")

CURRENCY = r"[$€£¥₹₽₩₺฿₪₫]|US\$|(?:USD|EUR|GBP|CHF|JPY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|kr|zł|Rs\.?)"
_GROUPS = "(?:{digits}{{1,3}}(?:{group}{digits}{{3}})+|{digits}+)"

NULL_TOKENS = frozenset(
    {"n/a", "na", "#n/a", "#na", "n.a.", "-", "--", "null", "none", "nil", "nan", "?", "\\n",
     "missing", "unknown", "tbd", "#value!", "#ref!", "#div/0!", "#null!", "."}
)  # fmt: skip
"""Words that mean "no value" in a column of numbers, dates or booleans (lower case)."""

TEXT_NULL_TOKENS = frozenset({"n/a", "#n/a", "null", "nan", "\\n", "-", "--"})
"""Of these, the ones that mean "no value" even in a column of text."""

BOOLEAN_PAIRS = (
    ({"true"}, {"false"}),
    ({"yes"}, {"no"}),
    ({"y"}, {"n"}),
    ({"t"}, {"f"}),
)

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_NUMBERS = {name: place for place, name in enumerate(_MONTHS, 1)} | {
    name[:3]: place for place, name in enumerate(_MONTHS, 1)
}


def is_value(cell: str) -> bool:
    """Whether a cell reads like a number, a date or a time, rather than like a name."""
    text = cell.strip()
    if not text or not any(c.isdigit() for c in text):
        return False
    return bool(
        FLOAT.fullmatch(text)
        or _DECORATED.fullmatch(text)
        or ISO_TIMESTAMP.fullmatch(text)
        or date_shape(text)
    )


_DECORATED = re.compile(
    rf"[+-]?(?:{CURRENCY})?\s?[+-]?\d{{1,3}}(?:[., '\u00a0\u202f]?\d{{3}})*(?:[.,]\d+)?\s?"
    rf"(?:%|{CURRENCY})?"
)


class NumberStyle:
    """Numbers with grouping signs, a decimal mark, a currency or a percent sign."""

    def __init__(self, group: str, mark: str) -> None:
        self.group = group
        self.mark = mark
        grouping = "[ \u00a0\u202f]" if group == " " else re.escape(group)
        body = _GROUPS.format(digits=r"\d", group=grouping) if group else r"\d+"
        number = rf"(?:{body}(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+)"
        self._shape = re.compile(
            rf"(?P<before>[+-]?(?:{CURRENCY})?[ \u00a0]?[+-]?){number}"
            rf"(?P<after>[ \u00a0]?(?:%|{CURRENCY})?)"
        )

    def match(self, text: str) -> re.Match[str] | None:
        """The parts around the number, if it is written this way and has no padding zeros."""
        found = self._shape.fullmatch(text)
        if found and PADDED.match(text[found.end("before") : found.start("after")]):
            return None
        return found


NUMBER_STYLES = (
    NumberStyle(",", "."),
    NumberStyle(".", ","),
    NumberStyle(" ", ","),
    NumberStyle(" ", "."),
    NumberStyle("'", "."),
)


def valid_iso_date(text: str) -> bool:
    """A calendar date written 2024-01-31."""
    return bool(ISO_DATE.fullmatch(text)) and _is_day(text[:4], text[5:7], text[8:10])


def valid_iso_timestamp(text: str) -> bool:
    """A date alone or with a time, written in ISO 8601."""
    if len(text) == 10:
        return valid_iso_date(text)
    return bool(ISO_TIMESTAMP.fullmatch(text)) and _is_day(text[:4], text[5:7], text[8:10])


def has_seconds(text: str) -> bool:
    """Whether an ISO timestamp is written with seconds (or is a date alone)."""
    return len(text) == 10 or bool(_SECONDS.fullmatch(text))


_NUMERIC_DATE = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})(\.? |-)([A-Za-z]{3,9})([ -])(\d{4}|\d{2})")
_MONTH_NAME_DAY = re.compile(r"([A-Za-z]{3,9}) (\d{1,2}),? (\d{4})")
_CLOCK = re.compile(r"(?P<date>.+?)(?P<gap>,? |T)(?P<hour>\d{1,2}):\d{2}(?P<seconds>:\d{2})?"
                    r"(?P<half> ?[AaPp][Mm])?")  # fmt: skip


def date_shape(text: str) -> tuple[str, ...]:
    """Spark patterns that read a date or timestamp not written in ISO form; () if none does."""
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return _date_patterns(text)
    hour = int(clock["hour"])
    if hour > 23 or (clock["half"] and not 1 <= hour <= 12):
        return ()
    time = ("h:mm" if clock["half"] else "H:mm") + (":ss" if clock["seconds"] else "")
    half = (" a" if clock["half"].startswith(" ") else "a") if clock["half"] else ""
    gap = "'T'" if clock["gap"] == "T" else clock["gap"]
    return tuple(f"{p}{gap}{time}{half}" for p in _date_patterns(clock["date"]))


def _date_patterns(text: str) -> tuple[str, ...]:
    if found := _NUMERIC_DATE.fullmatch(text):
        first, sign, second, year = found.groups()
        years = "yyyy" if len(year) == 4 else "yy"
        return tuple(
            f"{order[0]}{sign}{order[1]}{sign}{years}"
            for order, (d, m) in (("dM", (first, second)), ("Md", (second, first)))
            if _is_day(year, m, d)
        )
    if found := _YEAR_FIRST.fullmatch(text):
        year, sign, month, day = found.groups()
        return (f"yyyy{sign}M{sign}d",) if _is_day(year, month, day) else ()
    if found := _DAY_MONTH_NAME.fullmatch(text):
        day, gap, name, sign, year = found.groups()
        years = "yyyy" if len(year) == 4 else "yy"
        return _named(name, day, year, lambda month: f"d{gap}{month}{sign}{years}")
    if found := _MONTH_NAME_DAY.fullmatch(text):
        name, day, year = found.groups()
        comma = "," if "," in text else ""
        return _named(name, day, year, lambda month: f"{month} d{comma} yyyy")
    return ()


def _named(name: str, day: str, year: str, write: Callable[[str], str]) -> tuple[str, ...]:
    month = _NUMBERS.get(name.lower())
    if month is None or not _is_day(year, str(month), day) or name != name.capitalize():
        return ()
    letters = [m for m, fits in (("MMM", len(name) == 3), ("MMMM", len(name) > 3 or name == "May"))
               if fits]  # fmt: skip
    return tuple(write(m) for m in letters)


def _is_day(year: str, month: str, day: str) -> bool:
    """A day of the calendar; two-digit years are 2000 to 2069 (engines read later ones apart)."""
    number = int(year) + 2000 if len(year) == 2 else int(year)
    if len(year) == 2 and number > 2069:
        return False
    try:
        date(number, int(month), int(day))
    except ValueError:
        return False
    return number >= 1
