"""What to draw: the plan knows which columns are groups and which are measures."""

from __future__ import annotations

from collections.abc import Sequence

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Bin,
    Derive,
    Distinct,
    Extract,
    Named,
    Pivot,
    Plan,
    SideBySide,
    Truncate,
)
from spark_interpreter.generation.planner.rendering import output_columns
from spark_interpreter.model import ChartHint, ResultColumn, TableProfile
from spark_interpreter.model.draft import ChartKind
from spark_interpreter.model.types import is_numeric

_ORDERED_PARTS = {"year", "quarter", "month", "week", "day", "hour", "minute"}
_MANY = 2


def chart_hint(
    plan: Plan, profiles: Sequence[TableProfile], requested_kind: ChartKind | None = None
) -> ChartHint | None:
    """The chart that fits the plan; None when only the result's shape can tell.

    Args:
        requested_kind: the kind the person asked for; it is kept.
    """
    columns = output_columns(plan, profiles)
    hint = _of_pivot(plan, columns) or _of_groups(plan, columns)
    if requested_kind is None:
        return hint
    if hint is None:
        return ChartHint(kind=requested_kind, requested=True)
    return hint.model_copy(update={"kind": requested_kind, "requested": True})


def _of_pivot(plan: Plan, columns: Sequence[ResultColumn]) -> ChartHint | None:
    nodes = plan_tools.spine(plan.relation)
    pivot = next((node for node in nodes if isinstance(node, Pivot)), None)
    if pivot is None or len(pivot.keys) != 1:
        return None
    key = pivot.keys[0]
    measures = tuple(column.name for column in columns if column.name != key.name)
    return ChartHint(kind="line" if _is_axis(key) else "grouped_bar", x=key.name, y=measures)


def _of_groups(plan: Plan, columns: Sequence[ResultColumn]) -> ChartHint | None:
    groups = _groups(plan)
    if groups is None:
        return None
    shown = {column.name: column for column in columns}
    keys = [key for key in groups.keys if key.name in shown]
    measures = _measures(plan, groups, shown)
    if not keys or len(keys) > _MANY or not measures:
        return None
    axis = next((key for key in keys if _is_axis(key)), keys[0])
    color = next((key.name for key in keys if key is not axis), None)
    return ChartHint(
        kind=_kind(axis, color),
        x=axis.name,
        y=measures,
        color=color,
        overlapping=isinstance(groups, Aggregate) and isinstance(groups.input, Distinct),
    )


def _groups(plan: Plan) -> Aggregate | SideBySide | None:
    """The groups that are shown; measures of several tables share no axis, a quotient has one."""
    base = plan_tools.base(plan.relation)
    divided = any(isinstance(node, Derive) for node in plan_tools.spine(plan.relation))
    if isinstance(base, SideBySide):
        return base if divided else None
    return plan_tools.aggregate_of(plan.relation)


def _measures(
    plan: Plan, groups: Aggregate | SideBySide, shown: dict[str, ResultColumn]
) -> tuple[str, ...]:
    """What the question was about: the last ratio computed over the groups, else the measures."""
    names = [
        column.name
        for node in plan_tools.spine(plan.relation)
        if isinstance(node, Derive) and _above(plan, node, groups)
        for column in node.columns[-1:]
    ][:1]
    names = names or [measure.name for measure in groups.measures]
    return tuple(name for name in names if name in shown and is_numeric(shown[name].type))


def _above(plan: Plan, node: Derive, groups: Aggregate | SideBySide) -> bool:
    nodes = list(plan_tools.spine(plan.relation))
    return nodes.index(node) < nodes.index(groups)


def _is_axis(key: Named) -> bool:
    """Time runs along an axis; so do the edges of number ranges."""
    match key.value:
        case Truncate() | Bin():
            return True
        case Extract(part=part):
            return part in _ORDERED_PARTS
        case _:
            return False


def _kind(axis: Named, color: str | None) -> ChartKind:
    if isinstance(axis.value, Bin):
        return "bar"
    if _is_axis(axis):
        return "line"
    return "grouped_bar" if color else "bar"
