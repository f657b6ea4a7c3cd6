"""Settling analyses: what a share, a growth, a comparison or a report still needs to be a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spark_interpreter.generation.planner.language.calendar import Grain
from spark_interpreter.generation.planner.language.moments import TimeBucket
from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.items import ODD, Item
from spark_interpreter.generation.planner.parsing.rules.measures import measure
from spark_interpreter.generation.planner.parsing.times import bucket_key
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Case,
    Column,
    Compare,
    Constant,
    Expression,
    Extract,
    Named,
    OneOf,
    Predicate,
)
from spark_interpreter.model import ColumnProfile

if TYPE_CHECKING:
    from spark_interpreter.generation.planner.parsing.reader import Slots

_UNITS: tuple[Grain, ...] = ("year", "quarter", "month", "week", "day", "hour")
_ADDING = {"sum", "count"}
_ALONE = {"min", "max", "median", "stddev", "variance", "percentile"}
_TIMED = {"running", "moving", "growth_previous", "growth_year", "difference"}


def settle_analysis(slots: Slots, context: Context) -> None:
    """Complete measures, keys and filters that an analysis implies."""
    if not (slots.change or slots.compared or slots.trend or slots.pivoted):
        return
    _settle_measures(slots, context)
    if slots.compared:
        _settle_comparison(slots, context)
    if slots.trend or (slots.change and slots.change.kind in _TIMED):
        _settle_time(slots, context)
    if slots.change and slots.change.kind == "share":
        _share_of_rows(slots, context)
    if slots.change and slots.change.kind == "share" and any(map(_stands_alone, slots.measures)):
        slots.leftover += [ODD] * 2


def _stands_alone(named: Named) -> bool:
    """Whether a measure is no part of a whole ("the highest support percentage")."""
    return isinstance(named.value, Aggregated) and named.value.function in _ALONE


def not_measured(shown: Sequence[Named], slots: Slots) -> list[Named]:
    """The shown columns without what is measured: nobody asks for the mean of each single value."""
    kept = []
    for named in shown:
        of = [m.value for m in slots.measures if isinstance(m.value, Aggregated)]
        functions = {value.function for value in of if value.value == named.value}
        if not functions or "count" in functions:
            kept.append(named)
        if "count" in functions:
            slots.leftover += [ODD] * 2
    return kept


def each_row(slots: Slots, context: Context) -> list[Named]:
    """As in "the total revenue of each manufacturer" of a table with a row for each: its name."""
    alone = context.profile.row_count == 1
    named = [context.named(column) for column in context.label() if column.unique or alone]
    if not named or any(measured.value == count() for measured in slots.measures):
        slots.leftover += [ODD] * 2
    return named[:1]


def report_frame(slots: Slots, context: Context) -> Frame:
    """The frame of a report."""
    named = (*slots.columns, *slots.quantities, *slots.keys, *slots.by)
    return Frame(
        table=context.profile.name,
        columns=tuple({column.name: column for column in named}.values()),
        filters=tuple(slots.filters),
        report=slots.report,
        assumptions=tuple(slots.notes),
    )


def either_period(filters: list[Predicate]) -> list[Predicate]:
    """Several periods of one column: a row is in one of them, it cannot be in all."""
    periods: dict[str, list[Between]] = {}
    rest: list[Predicate] = []
    for predicate in filters:
        if isinstance(predicate, Between) and predicate.half_open:
            periods.setdefault(predicate.value.model_dump_json(), []).append(predicate)
        else:
            rest.append(predicate)
    either = (AnyOf(parts=tuple(p)) if len(p) > 1 else p[0] for p in periods.values())
    return [*rest, *either]


def either_value(slots: Slots) -> None:
    """Several values of one column: a row has one of them, and each is a group of its own."""
    found: dict[str, list[Compare | OneOf]] = {}
    for predicate in slots.filters:
        if isinstance(predicate, Compare) and _is_equality(predicate):
            found.setdefault(predicate.left.model_dump_json(), []).append(predicate)
        elif isinstance(predicate, OneOf):
            found.setdefault(predicate.value.model_dump_json(), []).append(predicate)
    for parts in found.values():
        merged = _merged(parts)
        if merged is None:
            continue
        at = slots.filters.index(parts[0])
        slots.filters[at] = merged
        slots.filters = [p for p in slots.filters if p not in parts]
        if not (slots.measures or slots.compared):
            continue
        if (key := _week_key(parts)) is not None:
            slots.keys.append(key)
        elif slots.measures and isinstance(merged.value, Column):
            slots.keys.append(Named(name=merged.value.name, value=merged.value))


def each_value(slots: Slots) -> None:
    """As in "average salary of men and women": one for each, as averages do not add up to one.

    A total or a number of rows of both together is as good a reading, so it stays one.
    """
    values = [named.value for named in slots.measures]
    if not any(isinstance(v, Aggregated) and v.function not in _ADDING for v in values):
        return
    for predicate in slots.listed:
        value = predicate.value
        if predicate in slots.filters and isinstance(value, Column):
            key = Named(name=value.name, value=value)
            slots.keys += [key] if key not in (*slots.keys, *slots.by) else []


def _week_key(parts: Sequence[Compare | OneOf]) -> Named | None:
    """The two parts of the week ("weekends vs weekdays") as two groups."""
    days = [part for part in parts if isinstance(part, OneOf) and _is_weekday(part.value)]
    weekend = [part for part in days if {option.value for option in part.options} == {6, 7}]
    if len(parts) != 2 or len(days) != 2 or len(weekend) != 1:
        return None
    named = Case(
        whens=((weekend[0], Constant(value="weekend")),), otherwise=Constant(value="weekday")
    )
    return Named(name="part_of_week", value=named)


def _is_weekday(value: Expression) -> bool:
    return isinstance(value, Extract) and value.part == "weekday"


def _is_equality(predicate: Compare) -> bool:
    return predicate.op == "=" and isinstance(predicate.right, Constant)


def _merged(parts: Sequence[Compare | OneOf]) -> OneOf | None:
    """All the values that are named; None when they do not exclude each other."""
    options: list[Constant] = []
    for part in parts:
        named = part.options if isinstance(part, OneOf) else (part.right,)
        options += [value for value in named if isinstance(value, Constant)]
    if len(parts) < 2 or len(set(options)) < len(options):
        return None
    first = parts[0]
    value = first.value if isinstance(first, OneOf) else first.left
    return OneOf(value=value, options=tuple(options))


def measurable_column(named: Named, context: Context) -> ColumnProfile | None:
    """The column it names, when sums of it make sense."""
    column = context.known(named.name)
    return column if column is not None and context.measurable(column) else None


def _settle_measures(slots: Slots, context: Context) -> None:
    """What is computed when only a column was named: its sum; without one, the rows."""
    if slots.measures:
        return
    measured = set()
    for named in [*slots.columns, *slots.quantities]:
        column = measurable_column(named, context)
        if column is not None:
            measured.add(named.name)
            slots.measures.append(measure("sum", column, context))
            slots.notes.append(f"{named.name} summed up")
    slots.columns = [n for n in slots.columns if n.name not in measured]
    slots.quantities = [n for n in slots.quantities if n.name not in measured]
    if not slots.measures:
        slots.measures.append(Named(name="count", value=count()))


def _settle_time(slots: Slots, context: Context) -> None:
    """A figure that runs along time has a time axis; by month when nothing says otherwise."""
    times = [k.value for k in (*slots.keys, *slots.by) if k.value.node in {"truncate", "extract"}]
    if times:
        yearly = all(getattr(v, "unit", getattr(v, "part", "")) == "year" for v in times)
        _compare_with_previous(slots, when=yearly)
        return
    dates = context.dates()
    if not dates and not slots.keys and not slots.by:
        slots.change = None
        slots.leftover.append(Item("CHANGE", "without a time", frozenset()))
    if not dates:
        return
    yearly = slots.change is not None and slots.change.kind == "growth_year"
    unit: Grain = "year" if yearly else next((u for u in _UNITS if u == slots.unit), "month")
    _compare_with_previous(slots, when=yearly)
    slots.keys.insert(0, bucket_key(dates[0], _bucket(unit)))
    slots.notes.append(f"{unit} from {dates[0].name}")


def _compare_with_previous(slots: Slots, *, when: bool) -> None:
    """The year before is the previous row when the rows are years."""
    if when and slots.change is not None and slots.change.kind == "growth_year":
        slots.change = slots.change.model_copy(update={"kind": "growth_previous"})


def _settle_comparison(slots: Slots, context: Context) -> None:
    """The groups that are compared become the rows of the answer."""
    for predicate in slots.filters:
        key = _compared_by(predicate, context)
        if any(
            isinstance(k.value, Case) and columns_of(k) == columns_of(predicate) for k in slots.keys
        ):
            continue
        if key is not None and all(key.name != other.name for other in slots.keys + slots.by):
            slots.keys.append(key)


def _compared_by(predicate: Predicate, context: Context) -> Named | None:
    if isinstance(predicate, OneOf) and isinstance(predicate.value, Column):
        return Named(name=predicate.value.name, value=predicate.value)
    if isinstance(predicate, OneOf) and isinstance(predicate.value, Extract):
        return Named(name=predicate.value.part, value=predicate.value)
    if isinstance(predicate, AnyOf):
        periods = [part for part in predicate.parts if isinstance(part, Between)]
        if len(periods) == len(predicate.parts):
            return _period_key(periods, context)
    return None


def _period_key(periods: list[Between], context: Context) -> Named | None:
    """The largest time unit that tells the periods apart."""
    starts = [str(p.low.value) for p in periods if isinstance(p.low, Constant)]
    names = columns_of(periods[0].value)
    column = next((c for c in context.dates() if c.name in names), None)
    if column is None or len(starts) < len(periods):
        return None
    labels: dict[Grain, set[str]] = {
        "year": {day[:4] for day in starts},
        "quarter": {f"{day[:4]} {(int(day[5:7]) - 1) // 3}" for day in starts},
        "month": {day[:7] for day in starts},
        "day": {day[:10] for day in starts},
    }
    unit = next((u for u, told in labels.items() if len(told) == len(starts)), None)
    return bucket_key(column, _bucket(unit)) if unit else None


def _bucket(unit: Grain) -> TimeBucket:
    return TimeBucket(grain=unit, part=None, description=f"by {unit}", first=0, stop=0)


def _share_of_rows(slots: Slots, context: Context) -> None:
    """The filtered part of the whole, in percent ("what share of orders was cancelled")."""
    grouped = bool(slots.keys or slots.by)
    dates = {column.name for column in context.profile.columns if column.temporal}
    parts = [p for p in slots.filters if not (grouped and set(columns_of(p)) & dates)]
    if not parts or len(slots.measures) != 1:
        return
    whole = slots.measures[0].value
    if not isinstance(whole, Aggregated) or whole.where is not None:
        return
    if grouped and whole != count():
        return
    where = parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts))
    part = Arithmetic(
        op="*", left=Constant(value=100.0), right=whole.model_copy(update={"where": where})
    )
    name = f"{slots.measures[0].name}_percent"
    slots.measures = [Named(name=name, value=Arithmetic(op="/", left=part, right=whole))]
    slots.filters = [p for p in slots.filters if p not in parts]
    slots.change = None
