"""From the frame to the relational plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.naming import measure_name
from spark_interpreter.generation.planner.parsing.reports import report_relation
from spark_interpreter.generation.planner.parsing.trees import (
    columns_of,
    is_aggregate,
    replace_aggregates,
    unique_name,
)
from spark_interpreter.generation.planner.parsing.windows import apply_change
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    AllOf,
    Column,
    Distinct,
    Expression,
    Filter,
    Limit,
    Named,
    Pivot,
    Plan,
    Predicate,
    Project,
    Relation,
    Scan,
    Sort,
    SortKey,
    Top,
)
from spark_interpreter.generation.planner.plan_tools import transform
from spark_interpreter.model import Model, TableProfile


def assemble(frame: Frame, profile: TableProfile, source: Relation | None = None) -> Plan:
    """The plan of a frame over its table, or over rows of several."""
    source = source or Scan(table=frame.table)
    if frame.filters:
        source = Filter(input=source, predicate=conjunction(frame.filters))
    if frame.report:
        relation, ordered = report_relation(frame, profile, source)
    elif frame.aggregates:
        relation, ordered = _grouped(frame, profile, source)
    else:
        relation, ordered = _listed(frame, profile, source)
    return Plan(relation=relation, assumptions=frame.assumptions, ordered=ordered)


def conjunction(parts: Sequence[Predicate]) -> Predicate:
    """All parts as one predicate."""
    return parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts))


# --- rows ------------------------------------------------------------------------------------


def _listed(frame: Frame, profile: TableProfile, source: Relation) -> tuple[Relation, bool]:
    columns = frame.columns or tuple(
        Named(name=c.name, value=Column(name=c.name)) for c in profile.columns
    )
    if frame.distinct:
        return _distinct_rows(frame, columns, source)
    relation = _cut(source, frame, _with_tie_break(frame, profile))
    if frame.columns:
        relation = Project(input=relation, columns=columns)
    return relation, bool(frame.order)


def _distinct_rows(
    frame: Frame, columns: tuple[Named, ...], source: Relation
) -> tuple[Relation, bool]:
    """Different rows; a sort key that is not shown sorts by its smallest value in each."""
    shown = {c.value: c.name for c in columns}
    if all(key.value in shown for key in frame.order):
        by_name = tuple(
            key.model_copy(update={"value": Column(name=shown[key.value])}) for key in frame.order
        )
        relation: Relation = Distinct(input=Project(input=source, columns=columns))
        return _cut(relation, frame, by_name), bool(by_name)
    function = "max" if frame.order[0].descending else "min"
    names = [c.name for c in columns]
    measures: list[Named] = []
    order: list[SortKey] = []
    for key in frame.order:
        name = unique_name(f"{function}_{_label(key.value)}", names)
        names.append(name)
        measures.append(Named(name=name, value=Aggregated(function=function, value=key.value)))
        order.append(key.model_copy(update={"value": Column(name=name)}))
    grouped = Aggregate(input=source, keys=columns, measures=tuple(measures))
    relation = Project(
        input=_cut(grouped, frame, tuple(order)),
        columns=tuple(Named(name=c.name, value=Column(name=c.name)) for c in columns),
    )
    return relation, True


def _label(value: Expression) -> str:
    return next(iter(columns_of(value)), "value")


def _with_tie_break(frame: Frame, profile: TableProfile) -> tuple[SortKey, ...]:
    """A cut list is the same at every run: rows that tie are told apart by a unique column."""
    if frame.limit is None or not frame.order:
        return frame.order
    used = {name for key in frame.order for name in columns_of(key.value)}
    unique = next((c.name for c in profile.columns if c.unique), None)
    if unique is None or unique in used:
        return frame.order
    return (*frame.order, SortKey(value=Column(name=unique)))


def _cut(relation: Relation, frame: Frame, order: tuple[SortKey, ...]) -> Relation:
    """The relation in order and, if asked, only its first rows (of each group)."""
    if frame.per and frame.limit is not None and order:
        partition = tuple(named.value for named in frame.per)
        return Top(input=relation, count=frame.limit, order=order, partition=partition)
    if order:
        relation = Sort(input=relation, keys=order)
    if frame.limit is not None:
        relation = Limit(input=relation, count=frame.limit, offset=frame.offset)
    return relation


# --- groups ----------------------------------------------------------------------------------


def _grouped(frame: Frame, profile: TableProfile, source: Relation) -> tuple[Relation, bool]:
    if frame.pivot is not None:
        return _pivoted(frame, profile, source)
    measures = list(frame.measures)
    frame = _by_composites(frame)
    name_of = _measure_names(frame, measures)
    having = tuple(replace_aggregates(predicate, name_of) for predicate in frame.having)
    order = tuple(
        key.model_copy(update={"value": _output(key.value, frame, name_of)}) for key in frame.order
    )
    if not frame.keys and not measures:
        return _listed(frame, profile, source)
    relation: Relation = Aggregate(input=source, keys=frame.keys, measures=tuple(measures))
    if having:
        relation = Filter(input=relation, predicate=conjunction(having))
    if frame.change is not None:
        relation, order = apply_change(frame, profile, relation, order)
    order = completed(order or natural_order(frame.keys, measures), frame.keys)
    outer = frame.model_copy(
        update={"per": tuple(Named(name=n.name, value=Column(name=n.name)) for n in frame.per)}
    )
    return _cut(relation, outer, order), bool(order)


def natural_order(keys: Sequence[Named], measures: Sequence[Named]) -> tuple[SortKey, ...]:
    """Groups along time or by several keys in the order of the keys, others largest first."""
    if len(keys) == 1 and measures and not _is_time(keys):
        return (SortKey(value=Column(name=measures[0].name), descending=True),)
    return tuple(SortKey(value=Column(name=key.name)) for key in keys)


def completed(order: Sequence[SortKey], keys: Sequence[Named]) -> tuple[SortKey, ...]:
    """The order of groups, with ties in the order of their keys."""
    used = {name for key in order for name in columns_of(key.value)}
    rest = (SortKey(value=Column(name=key.name)) for key in keys if key.name not in used)
    return (*order, *rest)


def _measure_names(frame: Frame, measures: list[Named]) -> Callable[[Aggregated], Column]:
    """Finds the measure that computes an aggregate, adding it when it is not there yet."""

    def name_of(aggregate: Aggregated) -> Column:
        for measure in measures:
            if measure.value == aggregate:
                return Column(name=measure.name)
        taken = [key.name for key in frame.keys] + [m.name for m in measures]
        name = unique_name(measure_name(aggregate), taken)
        measures.append(Named(name=name, value=aggregate))
        return Column(name=name)

    return name_of


def _by_composites(frame: Frame) -> Frame:
    """The frame with what measures compute from several aggregates referred to by their names."""
    composite = [m for m in frame.measures if not isinstance(m.value, Aggregated)]
    if not composite:
        return frame

    def named(node: Model) -> Model:
        return next((Column(name=m.name) for m in composite if m.value == node), node)

    return frame.model_copy(
        update={
            "having": tuple(transform(predicate, named) for predicate in frame.having),
            "order": tuple(transform(key, named) for key in frame.order),
        }
    )


def _output(value: Expression, frame: Frame, name_of: Callable[[Aggregated], Column]) -> Expression:
    """A sort key over the grouped rows."""
    for key in frame.keys:
        if key.value == value:
            return Column(name=key.name)
    if is_aggregate(value):
        replaced: Expression = replace_aggregates(value, name_of)
        return replaced
    return value


def _is_time(keys: Sequence[Named]) -> bool:
    return bool(keys) and keys[0].value.node in {"truncate", "extract"}


def _pivoted(frame: Frame, profile: TableProfile, source: Relation) -> tuple[Relation, bool]:
    assert frame.pivot is not None
    pivot = frame.pivot
    keys = tuple(key for key in frame.keys if key.value != pivot.value)
    column = profile.column(next(iter(columns_of(pivot.value))))
    values = tuple(entry.value for entry in column.top_values)
    relation: Relation = Pivot(
        input=source, keys=keys, column=pivot, values=values, measure=frame.measures[0]
    )
    if keys:
        relation = Sort(input=relation, keys=(SortKey(value=Column(name=keys[0].name)),))
    return relation, bool(keys)
