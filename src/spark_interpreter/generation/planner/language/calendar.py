"""The calendar: its words in a question, its arithmetic, and dates as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal

Grain = Literal["year", "quarter", "month", "week", "day", "hour", "minute"]
Part = Literal[
    "year", "quarter", "month", "month_name", "week", "day", "weekday", "weekday_name", "hour",
    "minute",
]  # fmt: skip
Moment = date | datetime

MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October",
    "November", "December",
)  # fmt: skip
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
WEEKDAYS = {name.lower(): number for number, name in enumerate(WEEKDAY_NAMES, start=1)}
WEEKDAYS |= {f"{name}s": number for name, number in WEEKDAYS.items()} | {"tues": 2, "thurs": 4}
WEEKDAY_SETS = {
    "weekend": (6, 7), "weekends": (6, 7), "weekday": (1, 2, 3, 4, 5), "weekdays": (1, 2, 3, 4, 5),
    "workday": (1, 2, 3, 4, 5), "workdays": (1, 2, 3, 4, 5),
}  # fmt: skip
DAY_TIMES: dict[str, tuple[int, ...]] = {
    "morning": tuple(range(5, 12)), "mornings": tuple(range(5, 12)),
    "afternoon": tuple(range(12, 18)), "afternoons": tuple(range(12, 18)),
    "evening": tuple(range(18, 22)), "evenings": tuple(range(18, 22)),
    "night": (22, 23, 0, 1, 2, 3, 4), "nights": (22, 23, 0, 1, 2, 3, 4),
}  # fmt: skip
SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}
GRAINS: dict[str, Grain] = {
    "year": "year", "years": "year", "quarter": "quarter", "quarters": "quarter", "month": "month",
    "months": "month", "week": "week", "weeks": "week", "day": "day", "days": "day", "date": "day",
    "dates": "day", "hour": "hour", "hours": "hour", "minute": "minute", "minutes": "minute",
}  # fmt: skip
ADVERBS: dict[str, Grain] = {
    "yearly": "year", "annually": "year", "annual": "year", "quarterly": "quarter",
    "monthly": "month",
    "weekly": "week", "daily": "day", "hourly": "hour",
}  # fmt: skip
PARTS: dict[tuple[str, ...], Part] = {
    ("day", "of", "the", "week"): "weekday_name", ("day", "of", "week"): "weekday_name",
    ("days", "of", "the", "week"): "weekday_name", ("weekday",): "weekday_name",
    ("weekdays",): "weekday_name", ("hour", "of", "the", "day"): "hour", ("hour", "of",
    "day"): "hour",
    ("time", "of", "day"): "hour", ("time", "of", "the", "day"): "hour", ("month",
    "name"): "month_name",
    ("name", "of", "month"): "month_name", ("calendar", "month"): "month_name",
    ("month", "of", "the", "year"): "month_name", ("month", "of", "year"): "month_name",
    ("week", "of", "the", "year"): "week", ("week", "number"): "week", ("day", "of", "the",
    "month"): "day",
    ("day", "of", "month"): "day", ("quarter", "of", "the", "year"): "quarter",
    ("season",): "quarter",
}  # fmt: skip
OVER: dict[tuple[str, ...], Grain] = {
    ("year", "over", "year"): "year", ("year", "on", "year"): "year", ("yoy",): "year",
    ("month", "over", "month"): "month", ("month", "on", "month"): "month", ("mom",): "month",
    ("quarter", "over", "quarter"): "quarter", ("quarter", "on", "quarter"): "quarter",
    ("qoq",): "quarter",
    ("week", "over", "week"): "week", ("week", "on", "week"): "week", ("wow",): "week",
    ("day", "over", "day"): "day",
}  # fmt: skip
BY = frozenset({"by", "per", "each", "every", "across"})
LAST = frozenset({"last", "past", "previous", "prior", "preceding", "recent", "latest"})
YEAR = re.compile(r"(?:1\d|20|21)\d\d")
QUARTER = re.compile(r"q([1-4])")
ORDINAL_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def cycle(low: int, high: int, length: int) -> tuple[int, ...]:
    """From low to high, around the end when high comes first ("November to February")."""
    count = (high - low) % length + 1
    return tuple((low - 1 + step) % length + 1 for step in range(count))


def floor(moment: date, grain: Grain) -> date:
    """The first day of the bucket the day is in; weeks begin on Monday."""
    if grain == "year":
        return date(moment.year, 1, 1)
    if grain == "quarter":
        return date(moment.year, 3 * ((moment.month - 1) // 3) + 1, 1)
    if grain == "month":
        return date(moment.year, moment.month, 1)
    if grain == "week":
        return moment - timedelta(days=moment.isoweekday() - 1)
    return moment


def add(moment: date, grain: Grain, count: int) -> date:
    """The day `count` units later; the last day of a shorter month where needed."""
    if grain in {"day", "hour", "minute"}:
        return moment + timedelta(days=count)
    if grain == "week":
        return moment + timedelta(weeks=count)
    months = (
        moment.year * 12 + moment.month - 1 + count * {"year": 12, "quarter": 3, "month": 1}[grain]
    )
    year, month = divmod(months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(moment.day, (following - timedelta(days=1)).day))


def label(moment: date, grain: Grain) -> str:
    """The bucket in words: "March 2023", "Q2 2024"."""
    if grain == "year":
        return str(moment.year)
    if grain == "quarter":
        return f"Q{(moment.month - 1) // 3 + 1} {moment.year}"
    if grain == "month":
        return f"{MONTH_NAMES[moment.month - 1]} {moment.year}"
    if grain == "week":
        return f"the week of {moment.isoformat()}"
    return moment.isoformat()


_DATE_PATTERNS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m", "%B %d, %Y", "%d %B %Y", "%b %d, %Y",
    "%d %b %Y",
    "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip


def parse_date(text: str) -> Moment | None:
    """A date or time as people write it; day before month where both are possible."""
    for pattern in _DATE_PATTERNS:
        try:
            moment = datetime.strptime(text.strip(), pattern)  # noqa: DTZ007
        except ValueError:
            continue
        return moment if "%H" in pattern else moment.date()
    return None
