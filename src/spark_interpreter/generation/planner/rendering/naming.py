"""Names for intermediate DataFrames and windows."""

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Column,
    Expression,
    Extract,
    Filter,
    Join,
    Pivot,
    Relation,
    Scan,
    SetOperation,
    Top,
    Truncate,
    Windowed,
)

_BUCKETS = {
    "year": "yearly",
    "quarter": "quarterly",
    "month": "monthly",
    "week": "weekly",
    "day": "daily",
    "hour": "hourly",
    "minute": "by_minute",
}


def frame_name(relation: Relation) -> str:
    """What an engineer might call the rows of a relation."""
    aggregate = plan_tools.aggregate_of(relation)
    top = next((node for node in plan_tools.spine(relation) if isinstance(node, Top)), None)
    if top is not None:
        return f"top_{_table(relation)}"
    if aggregate is not None:
        return _aggregate_name(aggregate)
    match plan_tools.base(relation):
        case Scan(table=table):
            filtered = any(isinstance(node, Filter) for node in plan_tools.spine(relation))
            return f"selected_{table}" if filtered else f"{table}_part"
        case Join() as join:
            filtered = any(isinstance(node, Filter) for node in plan_tools.spine(relation))
            return f"selected_{plan_tools.tables(join)[0]}" if filtered else "joined"
        case SetOperation():
            return "combined"
        case _:
            return "joined"


def _aggregate_name(aggregate: Aggregate) -> str:
    for key in aggregate.keys:
        if isinstance(key.value, Truncate):
            return _BUCKETS[key.value.unit]
        if isinstance(key.value, Extract) and key.value.part in {"year", "quarter", "month"}:
            return _BUCKETS[key.value.part]
    if aggregate.keys:
        return f"by_{aggregate.keys[0].name}"
    return aggregate.measures[0].name if len(aggregate.measures) == 1 else "totals"


def _table(relation: Relation) -> str:
    base = plan_tools.base(relation)
    for node in plan_tools.spine(relation):
        if isinstance(node, Aggregate | Pivot) and node.keys:
            return node.keys[-1].name
    return base.table if isinstance(base, Scan) else "rows"


def window_name(node: Windowed) -> str:
    """What an engineer might call a window specification."""
    match node.frame:
        case (None, 0):
            return "running"
        case (int() as first, 0):
            return f"last_{1 - first}_{node.unit}s" if node.unit else f"last_{1 - first}"
        case (-1, -1) if node.unit:
            return f"{node.unit}_before"
        case (int() as first, int() as last) if node.unit and first == last:
            return f"{node.unit}_{-first}_before"
        case _:
            return f"by_{_word(node.order[0].value)}"


def _word(expression: Expression) -> str:
    column = next(plan_tools.find(expression, Column), None)
    return column.name if column else "order"
