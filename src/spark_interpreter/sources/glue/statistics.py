"""Column statistics that Glue has computed, in a profile."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from spark_interpreter.model import ColumnProfile
from spark_interpreter.sources.glue.catalog import GlueCatalog
from spark_interpreter.sources.glue.storage import Entry

_DATA = {
    "LONG": "LongColumnStatisticsData",
    "DOUBLE": "DoubleColumnStatisticsData",
    "DATE": "DateColumnStatisticsData",
    "STRING": "StringColumnStatisticsData",
}
_EPOCH = date(1970, 1, 1)


def with_statistics(
    columns: Sequence[ColumnProfile], catalog: GlueCatalog, entry: Entry, *, whole: bool
) -> tuple[ColumnProfile, ...]:
    """The columns with ranges and distinct counts of the whole table, where Glue has them.

    Args:
        whole: the columns' figures are of the whole table already.
    """
    keys = {c["Name"] for c in entry.get("PartitionKeys") or []}
    if whole:
        return tuple(columns)
    asked = [c.name for c in columns if c.name not in keys and c.read is None]
    found = catalog.statistics(entry, asked)
    return tuple(_updated(c, found[c.name]) if c.name in found else c for c in columns)


def _updated(column: ColumnProfile, statistics: Entry) -> ColumnProfile:
    data = statistics.get(_DATA.get(str(statistics.get("Type")), "")) or {}
    update: dict[str, Any] = {}
    if "NumberOfDistinctValues" in data and not column.values_complete:
        update["distinct_count"] = max(data["NumberOfDistinctValues"], column.distinct_count or 0)
    low, high = _limit(data.get("MinimumValue")), _limit(data.get("MaximumValue"))
    if low is not None and high is not None and isinstance(low, type(column.minimum)):
        update |= {"minimum": low, "maximum": high}
    return column.model_copy(update=update)


def _limit(value: Any) -> int | float | str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        days = _days(value)
        return (_EPOCH + timedelta(days=days)).isoformat() if days is not None else None
    return value


def _days(value: Any) -> int | None:
    """Days since 1970 of a moment at midnight UTC, as the API has dates."""
    stamp = getattr(value, "timestamp", None)
    return int(stamp() // 86_400) if stamp else None
