"""Figures of a column, computed over a sample held as an Arrow array."""

import math
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spark_interpreter.model import ColumnProfile, ValueCount
from spark_interpreter.model.profile import Scalar
from spark_interpreter.model.types import is_numeric

TEXT_VALUES = 200
OTHER_VALUES = 20
_VALUE_LENGTH = 200


def with_figures(column: ColumnProfile, values: Any) -> ColumnProfile:
    """The column with counts, range, mean and frequent values of a sample (a pyarrow array)."""
    values = _countable(values)
    if values is None:
        return column
    present = len(values) - values.null_count
    update: dict[str, Any] = {"null_count": values.null_count, "cell_bytes": _cell_bytes(values)}
    if present:
        counted = pc.value_counts(values.drop_null())
        distinct = len(counted)
        keep = TEXT_VALUES if column.type == "string" else OTHER_VALUES
        limits = pc.min_max(values)
        update |= {
            "distinct_count": distinct,
            "minimum": _scalar(limits["min"].as_py()),
            "maximum": _scalar(limits["max"].as_py()),
            "mean": _mean(values) if is_numeric(column.type) else None,
            "top_values": _top(counted, keep),
            "values_complete": distinct <= keep,
            "unique": distinct == present and not values.null_count and present > 1,
        }
    else:
        update |= {"distinct_count": 0, "values_complete": True}
    return column.model_copy(update=update)


def _countable(values: Any) -> Any:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_nested(values.type) or pa.types.is_null(values.type):
        return None
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return None
    if pa.types.is_duration(values.type) or pa.types.is_interval(values.type):
        return None
    if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
        # Python's datetime, like Spark, knows microseconds.
        values = pc.cast(values, pa.timestamp("us", values.type.tz), safe=False)
    return values


def _cell_bytes(values: Any) -> float | None:
    return round(values.nbytes / len(values), 2) if len(values) else None


def _mean(values: Any) -> float | None:
    mean = pc.mean(values).as_py()
    if mean is None:
        return None
    return float(mean) if math.isfinite(mean) else None


def _top(counted: Any, keep: int) -> tuple[ValueCount, ...]:
    counts = counted.field("counts")
    order = pc.select_k_unstable(
        pa.table({"counts": counts}), k=min(keep, len(counts)), sort_keys=[("counts", "descending")]
    )
    values = counted.field("values").take(order).to_pylist()
    numbers = counts.take(order).to_pylist()
    top = [
        ValueCount(value=str(_scalar(v))[:_VALUE_LENGTH], count=n)
        for v, n in zip(values, numbers, strict=True)
    ]
    return tuple(sorted(top, key=lambda item: (-item.count, item.value)))


def _scalar(value: Any) -> Scalar:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool | int | str) or value is None:
        return value[:_VALUE_LENGTH] if isinstance(value, str) else value
    if hasattr(value, "as_tuple"):  # a decimal
        return float(value)
    return str(value)
