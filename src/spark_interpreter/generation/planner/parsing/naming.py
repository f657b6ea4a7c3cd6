"""Names of computed columns."""

from __future__ import annotations

from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import Aggregated

_PREFIXES = {"sum": "total"}


def measure_name(aggregate: Aggregated) -> str:
    """What the column of an aggregate is called."""
    if aggregate.value is None:
        return "count"
    inner = "_".join(columns_of(aggregate.value)) or "value"
    if aggregate.function == "count":
        return f"distinct_{inner}" if aggregate.distinct else f"count_{inner}"
    if aggregate.function == "percentile":
        return f"p{round((aggregate.parameter or 0) * 100)}_{inner}"
    return f"{_PREFIXES.get(aggregate.function, aggregate.function)}_{inner}"
