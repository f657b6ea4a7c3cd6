"""Time in a question: ranges, parts of the calendar, and buckets to group by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from spark_interpreter.generation.planner.language.calendar import (
    ADVERBS,
    BY,
    DAY_TIMES,
    GRAINS,
    LAST,
    MONTH_NAMES,
    MONTHS,
    ORDINAL_WORDS,
    OVER,
    PARTS,
    QUARTER,
    SEASONS,
    WEEKDAY_NAMES,
    WEEKDAY_SETS,
    WEEKDAYS,
    YEAR,
    Grain,
    Moment,
    add,
    cycle,
    floor,
    label,
    parse_date,
)
from spark_interpreter.generation.planner.language.lexicon import correct
from spark_interpreter.generation.planner.language.moments import (
    TimeBucket,
    TimeExpression,
    TimePart,
    TimeRange,
)
from spark_interpreter.generation.planner.language.numbers import find_numbers
from spark_interpreter.generation.planner.language.tokens import Token

_BEFORE_DAYS = frozenset(
    ("on", "the", "during", "at", "only", "for", "over", "and", "or", "than", "vs", "versus")
)
_COMPARING = frozenset(("vs", "versus", "and", "or", "against", "compared"))
_NEAR = 6
"""Words between "by" and a later key of the same list ("by city and month")."""


def find_times(tokens: Sequence[Token], today: date) -> tuple[TimeExpression, ...]:
    """Every time expression, from left to right; they do not overlap.

    Args:
        today: what "last month" and "yesterday" count from; for data of the past their latest
            date.
    """
    return tuple(_Reader(tokens, today).all())


class _Reader:
    """Reads time expressions off the tokens; each method answers for one position."""

    def __init__(self, tokens: Sequence[Token], today: date) -> None:
        self._tokens = tokens
        self._today = today.date() if isinstance(today, datetime) else today
        self._words = [_spelt(token) for token in tokens]
        self._numbers = {number.first: number for number in find_numbers(tokens)}

    def all(self) -> Iterator[TimeExpression]:
        at = 0
        while at < len(self._tokens):
            found = self._at(at)
            if found:
                yield found
            at = found.stop if found else at + 1

    def _at(self, at: int) -> TimeExpression | None:
        readers: tuple[Callable[[int], TimeExpression | None], ...] = (
            self._over, self._between, self._bounded, self._relative, self._bucket, self._placed,
        )  # fmt: skip
        for reader in readers:
            if found := reader(at):
                return found
        return None

    # --- small helpers ---------------------------------------------------------------------

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""

    def _kind(self, at: int) -> str:
        return self._tokens[at].kind if 0 <= at < len(self._tokens) else ""

    def _skip(self, at: int, *words: str) -> int:
        return at + 1 if self._word(at) in words else at

    def _longest(self, table: dict[tuple[str, ...], object], at: int) -> int:
        """How many tokens from here are a key of the table; 0 if none."""
        for length in range(4, 0, -1):
            if tuple(self._word(at + i) for i in range(length)) in table:
                return length
        return 0

    # --- grouping --------------------------------------------------------------------------

    def _over(self, at: int) -> TimeBucket | None:
        """Such as "year over year"."""
        length = self._longest(dict(OVER), at)
        if not length:
            return None
        grain = OVER[tuple(self._word(at + i) for i in range(length))]
        return TimeBucket(None, None, f"against the previous {grain}", at, at + length, grain)

    def _bucket(self, at: int) -> TimeBucket | None:
        word = self._word(at)
        if word in ADVERBS:
            grain = ADVERBS[word]
            return TimeBucket(grain, None, f"by {grain}", at, at + 1)
        opened = (
            word in BY
            or (word == "for" and self._word(at + 1) in {"each", "every"})
            or (word in {"which", "what"} and self._word(at + 2) != "of")
            or (word in {"and", ","} and self._lists_keys(at))
        )
        if not opened and word not in {"which", "what"}:
            length = self._longest(dict(PARTS), at)
            return self._part_bucket(at, at, length) if length > 1 else None
        start = self._skip(at + 1, "each", "every", "the")
        start = self._skip(start, "calendar") if self._word(start + 1) != "month" else start
        if length := self._longest(dict(PARTS), start):
            return self._part_bucket(at, start, length)
        if not opened:
            return None
        if self._word(start) in GRAINS and self._word(start) in {"date", *GRAINS.values()}:
            grain = GRAINS[self._word(start)]
            return TimeBucket(grain, None, f"by {grain}", at, start + 1)
        return None

    def _lists_keys(self, at: int) -> bool:
        """As in "by city and month"."""
        opened = BY & set(self._words[max(0, at - _NEAR) : at])
        return bool(opened) and self._word(at + 1) in GRAINS

    def _part_bucket(self, at: int, start: int, length: int) -> TimeBucket:
        part = PARTS[tuple(self._word(start + i) for i in range(length))]
        return TimeBucket(None, part, f"by {part.replace('_', ' ')}", at, start + length)

    # --- ranges with two ends or one ---------------------------------------------------------

    def _between(self, at: int) -> TimeExpression | None:
        """Such as "between January and March 2023", "from 2021 to 2022", "2021-2022"."""
        opener = self._word(at)
        start = at + 1 if opener in {"between", "from", "during", "in"} else at
        low = self._point(start)
        if low is None:
            return None
        joiner = self._word(low.stop)
        allowed = {"and"} if opener == "between" else {"to", "-", "–", "until", "till", "through"}
        if joiner not in allowed:
            return None
        high = self._point(low.stop + 1)
        if high is None:
            return None
        return self._joined(low, high, at)

    def _joined(
        self, low: TimeRange | TimePart, high: TimeRange | TimePart, at: int
    ) -> TimeExpression | None:
        if isinstance(low, TimePart) and isinstance(high, TimePart) and low.part == high.part:
            values = cycle(low.values[0], high.values[-1], 12 if low.part == "month" else 7)
            text = f"{low.description} to {high.description}"
            return TimePart(low.part, values, True, text, at, high.stop)
        if isinstance(low, TimePart) and isinstance(high, TimeRange) and high.start is not None:
            low = self._in_year_of(low, high.start)
        if not (isinstance(low, TimeRange) and isinstance(high, TimeRange)):
            return None
        text = f"{low.description} to {high.description}"
        sure = low.sure or high.sure
        return TimeRange(low.start, high.end, high.grain, sure, text, at, high.stop)

    def _in_year_of(self, part: TimePart, moment: Moment) -> TimeRange | TimePart:
        if part.part != "month":
            return part
        start = date(moment.year, part.values[0], 1)
        text = f"{part.description} {moment.year}"
        return TimeRange(start, add(start, "month", 1), "month", True, text, part.first, part.stop)

    def _bounded(self, at: int) -> TimeRange | None:
        """Such as "since May 2022", "before 2020", "after 2023-01-05", "until March"."""
        word = self._word(at)
        start = at + 1
        if word in {"prior", "up", "later", "earlier", "newer", "older"}:
            if self._word(start) not in {"to", "than"}:
                return None
            start += 1
            word = {"prior": "before", "up": "until", "later": "after", "newer": "after"}.get(
                word, "before"
            )
        if word in {"on", "in"} and self._word(start) == "or":
            inclusive = {"after": "since", "before": "until"}
            start, word = start + 2, inclusive.get(self._word(start + 1), "")
        elif word == "starting":
            start = self._skip(start, "from", "in", "on")
        if word not in {"since", "before", "after", "until", "till", "through", "from", "starting"}:
            return None
        point = self._point(self._skip(start, "the", "in", "of"))
        if isinstance(point, TimePart):
            point = self._latest(point)
        if not isinstance(point, TimeRange):
            return None
        return self._open_ended(word, point, at)

    def _open_ended(self, word: str, point: TimeRange, at: int) -> TimeRange | None:
        stop, name = point.stop, point.description
        if word in {"from", "starting"}:
            onwards = self._word(stop) in {"onwards", "onward", "on"}
            if word == "from" and not onwards:
                return None
            word, stop = "since", stop + onwards
        start, end = {
            "since": (point.start, None),
            "after": (point.end, None),
            "before": (None, point.start),
            "until": (None, point.end),
            "till": (None, point.end),
            "through": (None, point.end),
        }[word]
        return TimeRange(start, end, point.grain, point.sure, f"{word} {name}", at, stop)

    def _latest(self, part: TimePart) -> TimeRange | TimePart:
        """The last time the month came before today; other parts stay as they are."""
        if part.part != "month" or len(part.values) != 1:
            return part
        year = self._today.year - (part.values[0] > self._today.month)
        return self._in_year_of(part, date(year, 1, 1))

    # --- relative --------------------------------------------------------------------------

    def _relative(self, at: int) -> TimeRange | None:
        start = self._skip(
            self._skip(at, "in", "during", "over", "for", "within", "from", "of"), "the"
        )
        word = self._word(start)
        if word in {"today", "yesterday"}:
            day = self._today - timedelta(days=word == "yesterday")
            return TimeRange(
                day, day + timedelta(days=1), "day", True, f"{word} ({day})", at, start + 1
            )
        return self._to_date(at, start) or self._this(at, start) or self._last(at, start)

    def _to_date(self, at: int, start: int) -> TimeRange | None:
        """Such as "year to date", "ytd", "month to date"."""
        word = self._word(start)
        if word in {"ytd", "mtd", "qtd"}:
            grain: Grain = {"y": "year", "m": "month", "q": "quarter"}[word[0]]  # type: ignore[assignment]
            stop = start + 1
        elif word in GRAINS and (self._word(start + 1), self._word(start + 2)) == ("to", "date"):
            grain, stop = GRAINS[word], start + 3
        else:
            return None
        begin, end = floor(self._today, grain), self._today + timedelta(days=1)
        return TimeRange(
            begin, end, grain, True, f"{grain} to date ({begin} to {self._today})", at, stop
        )

    def _this(self, at: int, start: int) -> TimeRange | None:
        if self._word(start) not in {"this", "current"} or self._word(start + 1) not in GRAINS:
            return None
        grain = GRAINS[self._word(start + 1)]
        begin = floor(self._today, grain)
        end = add(begin, grain, 1)
        return TimeRange(
            begin, end, grain, True, f"this {grain} ({label(begin, grain)})", at, start + 2
        )

    def _last(self, at: int, start: int) -> TimeRange | None:
        """Such as "last month", "the last 30 days", "previous two quarters"."""
        word = self._word(start)
        if word not in LAST and not (word == "most" and self._word(start + 1) == "recent"):
            return None
        after = start + 2 if word == "most" else start + 1
        number = self._numbers.get(after)
        if number and number.kind != "cardinal":
            number = None
        stop = number.stop if number else self._skip(after, "few", "couple")
        grain = GRAINS.get(self._word(stop))
        if grain is None:
            return self._last_named(at, start, after)
        if number is None and self._word(stop) == grain and stop == after:
            return self._last_one(at, grain, stop + 1)
        if word in {"recent", "latest", "most"} and number is None:
            return None
        return self._last_many(at, grain, int(number.value) if number else 3, stop + 1)

    def _last_one(self, at: int, grain: Grain, stop: int) -> TimeRange:
        end = floor(self._today, grain)
        begin = add(end, grain, -1)
        return TimeRange(begin, end, grain, True, f"last {grain} ({label(begin, grain)})", at, stop)

    def _last_many(self, at: int, grain: Grain, count: int, stop: int) -> TimeRange:
        end = self._today + timedelta(days=1)
        begin = add(end, grain, -count)
        text = f"the last {count} {grain}s ({begin} to {self._today})"
        return TimeRange(begin, end, "day", True, text, at, stop)

    def _last_named(self, at: int, start: int, after: int) -> TimeRange | None:
        """Such as "last March", "last Monday"."""
        word = self._word(after)
        if self._word(start) not in {"last", "past", "previous"}:
            return None
        if word in MONTHS:
            year = self._today.year - (MONTHS[word] >= self._today.month)
            begin = date(year, MONTHS[word], 1)
            return TimeRange(
                begin, add(begin, "month", 1), "month", True, label(begin, "month"), at, after + 1
            )
        if word in WEEKDAYS:
            back = (self._today.isoweekday() - WEEKDAYS[word] - 1) % 7 + 1
            day = self._today - timedelta(days=back)
            return TimeRange(day, day + timedelta(days=1), "day", True, f"{day}", at, after + 1)
        return None

    # --- points ----------------------------------------------------------------------------

    def _placed(self, at: int) -> TimeRange | TimePart | None:
        """A point with or without its preposition: "in 2023", "on Mondays", "March 2023"."""
        word = self._word(at)
        prepositions = {
            "in",
            "on",
            "during",
            "at",
            "for",
            "of",
            "from",
            "within",
            "over",
            "throughout",
        }
        start = at + 1 if word in prepositions else at
        start = self._skip(start, "the") if start > at else start
        start = (
            self._skip(start, "year", "month")
            if self._kind(start + 1) in {"number", "word"}
            else start
        )
        point = self._point(start)
        if point is None:
            return None
        bare = start == at
        if (
            bare
            and (not point.sure or self._word(start) in {"may", "march", "mar", "sun", "sat"})
            and (not isinstance(point, TimeRange) or point.grain == "year")
        ):
            return replace(point, sure=False)
        if isinstance(point, TimeRange) and point.grain == "year" and start > at + 1:
            return replace(point, first=at, sure=True)
        return replace(point, first=at)

    def _point(self, at: int) -> TimeRange | TimePart | None:
        """What is named at exactly this position, without preposition."""
        if at >= len(self._tokens):
            return None
        if self._kind(at) in {"date", "quoted"}:
            return self._date_token(at)
        return (
            self._decade(at) or self._week(at) or self._quarter(at) or self._half(at)
            or self._month(at) or self._day_of_month(at) or self._year(at)
            or self._calendar_part(at)
        )  # fmt: skip

    def _date_token(self, at: int) -> TimeRange | TimePart | None:
        text = self._tokens[at].text
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
            hour = int(text.split(":")[0])
            return TimePart("hour", (hour,), True, f"{text}", at, at + 1) if hour < 24 else None
        moment = parse_date(text)
        if moment is None:
            return None
        if isinstance(moment, datetime):
            end: Moment = moment + timedelta(minutes=1)
            return TimeRange(moment, end, "minute", True, moment.isoformat(" "), at, at + 1)
        if re.fullmatch(r"\d{4}-\d{2}", text):
            return TimeRange(
                moment, add(moment, "month", 1), "month", True, label(moment, "month"), at, at + 1
            )
        return TimeRange(
            moment, moment + timedelta(days=1), "day", True, moment.isoformat(), at, at + 1
        )

    def _year(self, at: int) -> TimeRange | None:
        text = self._tokens[at].text
        if self._kind(at) != "number" or not YEAR.fullmatch(text):
            return None
        year = int(text)
        return TimeRange(date(year, 1, 1), date(year + 1, 1, 1), "year", False, text, at, at + 1)

    def _decade(self, at: int) -> TimeRange | None:
        """Such as "the 90s", "1990s"."""
        start = self._skip(at, "the")
        if self._kind(start) != "number" or self._word(start + 1) not in {"s", "'s"}:
            return None
        text = self._word(start)
        if not (text.isdigit() and text.endswith("0") and len(text) in {2, 4}):
            return None
        year = int(text) if len(text) == 4 else (2000 if int(text) < 30 else 1900) + int(text)
        return TimeRange(
            date(year, 1, 1), date(year + 10, 1, 1), "year", True, f"the {year}s", at, start + 2
        )

    def _week(self, at: int) -> TimeRange | TimePart | None:
        if self._word(at) != "week" or not self._word(at + 1).isdigit():
            return None
        week, year_at = int(self._word(at + 1)), self._skip(at + 2, "of", "in", ",")
        if not 1 <= week <= 53:
            return None
        year = self._year(year_at) if year_at < len(self._tokens) else None
        if year is None or not isinstance(year.start, date):
            return TimePart("week", (week,), False, f"week {week}", at, at + 2)
        begin = date.fromisocalendar(year.start.year, min(week, 52), 1) + timedelta(
            weeks=max(0, week - 52)
        )
        text = f"week {week} of {year.start.year}"
        return TimeRange(begin, begin + timedelta(days=7), "week", True, text, at, year.stop)

    def _quarter(self, at: int) -> TimeRange | TimePart | None:
        """Such as "Q2 2024", "the second quarter of 2024", "Q2"."""
        start = self._skip(at, "the")
        match = QUARTER.fullmatch(self._word(start))
        if match:
            quarter, stop = int(match.group(1)), start + 1
        elif self._word(start) in ORDINAL_WORDS:
            stop = self._skip(start + 1, "st", "nd", "rd", "th")
            if self._word(stop) != "quarter":
                return None
            quarter, stop = ORDINAL_WORDS[self._word(start)], stop + 1
        else:
            return None
        found = self._following_year(stop)
        if found is None:
            return TimePart("quarter", (quarter,), True, f"Q{quarter}", at, stop)
        year, stop = found
        begin = date(year, 3 * quarter - 2, 1)
        return TimeRange(
            begin, add(begin, "quarter", 1), "quarter", True, f"Q{quarter} {year}", at, stop
        )

    def _half(self, at: int) -> TimeRange | None:
        """Such as "the first half of 2023", "H1 2023"."""
        start = self._skip(at, "the")
        word = self._word(start)
        if word in {"h1", "h2"}:
            half, stop = int(word[1]), start + 1
        elif word in {"first", "second"} and self._word(start + 1) == "half":
            half, stop = ORDINAL_WORDS[word], start + 2
        else:
            return None
        found = self._following_year(stop)
        if found is None:
            return None
        year, stop = found
        begin = date(year, 1 if half == 1 else 7, 1)
        return TimeRange(
            begin, add(begin, "month", 6), "quarter", True, f"half {half} of {year}", at, stop
        )

    def _following_year(self, at: int) -> tuple[int, int] | None:
        year_at = self._skip(self._skip(at, "of", "in", ",", "-"), "the", "year")
        if year_at < len(self._tokens) and (year := self._year(year_at)) and year.start:
            return year.start.year, year.stop
        last = self._word(year_at) == "last" and self._word(year_at + 1) == "year"
        if last or (self._word(year_at) == "this" and self._word(year_at + 1) == "year"):
            return self._today.year - last, year_at + 2
        return None

    def _month(self, at: int) -> TimeRange | TimePart | None:
        """Such as "March 2023", "March 5, 2023", "March 5th", "March"."""
        month = MONTHS.get(self._word(at))
        if month is None or (self._tokens[at].text == "may" and not self._month_context(at)):
            return None
        day = self._day_number(at + 1)
        if day:
            found = self._following_year(day[1])
            year, stop = found or (self._year_of(month, day[0]), day[1])
            return _day_range(year, month, day[0], at, stop)
        found = self._following_year(at + 1)
        if found is None:
            return TimePart("month", (month,), True, MONTH_NAMES[month - 1], at, at + 1)
        begin = date(found[0], month, 1)
        return TimeRange(
            begin, add(begin, "month", 1), "month", True, label(begin, "month"), at, found[1]
        )

    def _month_context(self, at: int) -> bool:
        """Whether lower-case "may" is the month here and not the verb."""
        before = {
            "in",
            "since",
            "until",
            "during",
            "before",
            "after",
            "of",
            "and",
            "to",
            "from",
            "between",
        }
        return self._word(at - 1) in before or self._kind(at + 1) == "number"

    def _day_of_month(self, at: int) -> TimeRange | None:
        """Such as "5 March 2023", "5th of March"."""
        day = self._day_number(at)
        if day is None:
            return None
        month_at = self._skip(day[1], "of")
        month = MONTHS.get(self._word(month_at))
        if month is None:
            return None
        year, stop = self._following_year(month_at + 1) or (
            self._year_of(month, day[0]),
            month_at + 1,
        )
        return _day_range(year, month, day[0], at, stop)

    def _day_number(self, at: int) -> tuple[int, int] | None:
        text = self._word(at)
        if self._kind(at) != "number" or not text.isdigit() or not 1 <= int(text) <= 31:
            return None
        return int(text), self._skip(at + 1, "st", "nd", "rd", "th")

    def _year_of(self, month: int, day: int) -> int:
        """The year in which the day was last seen, today included."""
        return self._today.year - ((month, day) > (self._today.month, self._today.day))

    def _calendar_part(self, at: int) -> TimePart | None:
        word = self._word(at)
        if word in WEEKDAYS:
            number = WEEKDAYS[word]
            return TimePart("weekday", (number,), True, WEEKDAY_NAMES[number - 1], at, at + 1)
        if word in WEEKDAY_SETS and (
            self._word(at - 1) in _BEFORE_DAYS
            or (word.endswith("s") and self._word(at + 1) in _COMPARING)
        ):
            return TimePart("weekday", WEEKDAY_SETS[word], True, word, at, at + 1)
        if word in DAY_TIMES and self._word(at - 1) in {"in", "the", "at", "during"}:
            return TimePart("hour", DAY_TIMES[word], False, f"{word} hours", at, at + 1)
        if word in SEASONS and self._word(at - 1) in {"in", "the", "during"}:
            return TimePart("month", SEASONS[word], False, f"{word} months", at, at + 1)
        return None


def _spelt(token: Token) -> str:
    """The word; units of time spelt right."""
    right = correct(token.lower) if token.kind == "word" else None
    return right if right in ADVERBS or right in GRAINS else token.lower


def _day_range(year: int, month: int, day: int, first: int, stop: int) -> TimeRange | None:
    try:
        begin = date(year, month, day)
    except ValueError:
        return None
    return TimeRange(begin, begin + timedelta(days=1), "day", True, begin.isoformat(), first, stop)
