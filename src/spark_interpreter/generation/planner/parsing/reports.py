"""Reports with a fixed shape: overview, missing values, duplicates, outliers, histogram."""

from __future__ import annotations

import math

from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    AnyOf,
    Arithmetic,
    Bin,
    Column,
    ColumnReport,
    Compare,
    Constant,
    Expression,
    Filter,
    IsNull,
    Named,
    Not,
    Relation,
    ScalarQuery,
    Sort,
    SortKey,
)
from spark_interpreter.model import ColumnProfile, TableProfile
from spark_interpreter.model.types import family

_BINS = 20


def report_relation(frame: Frame, profile: TableProfile, source: Relation) -> tuple[Relation, bool]:
    """The relation of the frame's report, and whether its order means something."""
    names = columns_of(frame.columns) or tuple(column.name for column in profile.columns)
    if frame.report == "overview":
        return ColumnReport(input=source, kind="overview", columns=names), False
    if frame.report == "missing":
        return ColumnReport(input=source, kind="missing", columns=names), False
    if frame.report == "duplicates":
        return _duplicates(names, source), True
    column = profile.column(names[0])
    if frame.report == "outliers":
        return _outliers(column, source), True
    return _histogram(column, frame.width, source), True


def _duplicates(names: tuple[str, ...], source: Relation) -> Relation:
    keys = tuple(Named(name=name, value=Column(name=name)) for name in names)
    taken = {name.casefold() for name in names}
    count = "copies" if "copies" not in taken else "number_of_copies"
    counted = Aggregate(
        input=source, keys=keys, measures=(Named(name=count, value=Aggregated(function="count")),)
    )
    repeated = Filter(
        input=counted,
        predicate=Compare(op=">", left=Column(name=count), right=Constant(value=1)),
    )
    order = (SortKey(value=Column(name=count), descending=True),)
    return Sort(input=repeated, keys=order + tuple(SortKey(value=k.value) for k in keys))


def _quantile(column: Expression, fraction: float, source: Relation) -> ScalarQuery:
    measure = Named(
        name="quartile",
        value=Aggregated(function="percentile", value=column, parameter=fraction),
    )
    return ScalarQuery(relation=Aggregate(input=source, measures=(measure,)))


def _outliers(column: ColumnProfile, source: Relation) -> Relation:
    """Rows beyond the quartiles by more than one and a half times their distance (Tukey)."""
    value = Column(name=column.name)
    low, high = _quantile(value, 0.25, source), _quantile(value, 0.75, source)
    reach = Arithmetic(
        op="*", left=Constant(value=1.5), right=Arithmetic(op="-", left=high, right=low)
    )
    beyond = AnyOf(
        parts=(
            Compare(op="<", left=value, right=Arithmetic(op="-", left=low, right=reach)),
            Compare(op=">", left=value, right=Arithmetic(op="+", left=high, right=reach)),
        )
    )
    return Sort(
        input=Filter(input=source, predicate=beyond),
        keys=(SortKey(value=value, descending=True),),
    )


def _histogram(column: ColumnProfile, width: float | None, source: Relation) -> Relation:
    value: Expression = Column(name=column.name)
    name = column.name
    if column.numeric and (width or (column.distinct_count or 0) > _BINS):
        width = width or nice_width(column)
        start = math.floor(float(column.minimum or 0) / width) * width
        value, name = Bin(value=value, width=width, start=start), f"{column.name}_from"
    present = Filter(input=source, predicate=Not(part=IsNull(value=Column(name=column.name))))
    counted = Aggregate(
        input=present,
        keys=(Named(name=name, value=value),),
        measures=(Named(name="count", value=Aggregated(function="count")),),
    )
    by_value = column.numeric or column.temporal or family(column.type) == "boolean"
    key = (
        SortKey(value=Column(name=name))
        if by_value
        else SortKey(value=Column(name="count"), descending=True)
    )
    return Sort(input=counted, keys=(key,))


def nice_width(column: ColumnProfile) -> float:
    """A round bin width (1, 2 or 5 times a power of ten) that makes ten to twenty bins."""
    low, high = float(column.minimum or 0), float(column.maximum or 0)
    rough = (high - low) / 12 or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
    return max(width, 1.0) if family(column.type) == "integer" else width
