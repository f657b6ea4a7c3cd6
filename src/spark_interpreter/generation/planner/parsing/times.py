"""Time in a question, tied to the table's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from spark_interpreter.generation.planner.language.moments import (
    TimeBucket,
    TimeExpression,
    TimePart,
    TimeRange,
)
from spark_interpreter.generation.planner.language.time import find_times
from spark_interpreter.generation.planner.language.tokens import Token
from spark_interpreter.generation.planner.linking import TableLinker
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.plan import (
    Between,
    Column,
    Compare,
    Constant,
    Expression,
    Extract,
    Match,
    Named,
    OneOf,
    Predicate,
    Truncate,
)
from spark_interpreter.model import ColumnProfile
from spark_interpreter.model.types import family

_EDGES = frozenset(("end", "start", "beginning", "close"))
_FIRST_YEAR, _LAST_YEAR = 1500, 2200
_RELATIVE = ("last ", "this ", "the last ", "yesterday", "today", "year to date", "current ")


def time_items(
    question: str, tokens: Sequence[Token], context: Context
) -> Iterator[tuple[int, int, Item]]:
    """Time expressions as items; only where the table has a column they can speak of."""
    del question
    dates, years = context.dates(), context.years()
    textual = [c for c in context.profile.columns if context.date_like(c) and not c.numeric]
    for found in find_times(tokens, context.anchor):
        if any(token.lower == "recent" for token in tokens[found.first : found.stop]):
            continue
        if _is_edge(tokens, found.first) or _is_no_year(found):
            continue
        span = frozenset(range(found.first, found.stop))
        text = " ".join(token.lower for token in tokens[found.first : found.stop])
        if isinstance(found, TimeBucket):
            if dates:
                yield found.first, found.stop, Item("BUCKET", text, span, found, 0.97)
            continue
        if isinstance(found, TimePart):
            if dates:
                yield found.first, found.stop, Item("PART", text, span, found, 0.93)
            continue
        if dates or (found.grain == "year" and (years or textual)):
            yield (
                found.first,
                found.stop,
                Item("TIME", text, span, found, 0.9 if found.sure else 0.8),
            )


def _is_edge(tokens: Sequence[Token], at: int) -> bool:
    """As in "the end of 2023": a moment of the range, not all of it."""
    return at > 0 and tokens[at - 1].lower in _EDGES


def _is_no_year(found: TimeExpression) -> bool:
    """Whether a bare number ("of 1050") is too far off to be a year of the data."""
    if not isinstance(found, TimeRange) or found.grain != "year" or found.sure:
        return False
    return found.start is not None and not _FIRST_YEAR <= found.start.year <= _LAST_YEAR


def anchor_of(linker: TableLinker, today: date) -> tuple[date, str | None]:
    """The day relative time counts from: the latest of the data, and the column that says so."""
    for column in Context(linker).dates():
        if isinstance(column.maximum, str):
            try:
                latest = datetime.fromisoformat(column.maximum).date()
            except ValueError:
                continue
            return latest, column.name
    return today, None


def is_relative(found: TimeRange) -> bool:
    """Whether the range moves with the day it is asked from."""
    return found.description.startswith(_RELATIVE)


def in_range(column: ColumnProfile, found: TimeRange, context: Context) -> Predicate | None:
    """The rows whose time is in the range; None if the column cannot say."""
    value = context.expression(column)
    if column.temporal:
        return _between_moments(column, value, found)
    if context.is_year(column) and found.grain == "year":
        return _between_years(value, found)
    closed = found.start is not None and found.end is not None
    if family(column.type) == "text" and found.grain == "year" and closed:
        assert found.start is not None
        return Match(value=value, kind="contains", text=str(found.start.year))
    return None


def _moment(column: ColumnProfile, moment: date) -> Constant:
    if family(column.type) == "timestamp":
        text = moment.isoformat(" ") if isinstance(moment, datetime) else f"{moment} 00:00:00"
        return Constant(value=text, type="timestamp")
    day = moment.date() if isinstance(moment, datetime) else moment
    return Constant(value=day.isoformat(), type="date")


def _between_moments(
    column: ColumnProfile, value: Expression, found: TimeRange
) -> Predicate | None:
    low = _moment(column, found.start) if found.start else None
    high = _moment(column, found.end) if found.end else None
    if low and high:
        return Between(value=value, low=low, high=high, half_open=True)
    if low:
        return Compare(op=">=", left=value, right=low)
    return Compare(op="<", left=value, right=high) if high else None


def _between_years(value: Expression, found: TimeRange) -> Predicate | None:
    low = found.start.year if found.start else None
    high = found.end.year if found.end else None
    if low is not None and high is not None:
        if high == low + 1:
            return Compare(op="=", left=value, right=Constant(value=low))
        return Between(value=value, low=Constant(value=low), high=Constant(value=high - 1))
    if low is not None:
        return Compare(op=">=", left=value, right=Constant(value=low))
    return Compare(op="<", left=value, right=Constant(value=high)) if high is not None else None


def in_part(column: ColumnProfile, found: TimePart, context: Context) -> Predicate | None:
    """The rows whose time has the calendar part."""
    if not column.temporal:
        return None
    value = Extract(part=found.part, value=context.expression(column))
    options = tuple(Constant(value=number) for number in found.values)
    if len(options) == 1:
        return Compare(op="=", left=value, right=options[0])
    return OneOf(value=value, options=options)


def bucket_key(column: ColumnProfile, found: TimeBucket) -> Named:
    """The grouping key of a time bucket."""
    value = Column(name=column.name)
    if found.part is not None:
        name = found.part.removesuffix("_name")
        return Named(name=name, value=Extract(part=found.part, value=value))
    grain = found.grain or "month"
    if grain == "year":
        return Named(name="year", value=Extract(part="year", value=value))
    return Named(name=grain, value=Truncate(unit=grain, value=value))
