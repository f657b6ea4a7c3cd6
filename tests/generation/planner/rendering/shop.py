"""Small tables with nulls, ties and awkward names, and shorthands to write plans over them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa

from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    AggregateFunction,
    Arithmetic,
    Column,
    Compare,
    Constant,
    Expression,
    Filter,
    Named,
    Predicate,
    Relation,
    Scan,
    SortKey,
)
from spark_interpreter.model import ColumnProfile, FileRead, FileSource, TableProfile

_DAY = dt.date.fromisoformat
_TIME = dt.datetime.fromisoformat
_D = Decimal


def _orders() -> pa.Table:
    rows = [
        (1, 1, "Tea", "North", 3, 2.5, _D("7.50"), "2023-01-05", "2023-01-05T09:15:00", True),
        (2, 2, "Tea", "South", 1, 2.5, _D("2.50"), "2023-01-31", "2023-01-31T23:59:59", False),
        (3, 1, "Cake", "North", 2, 4.0, _D("8.00"), "2023-02-06", "2023-02-06T00:00:00", True),
        (4, 3, "Cake", "south", None, 4.0, None, "2023-02-28", "2023-02-28T12:30:00", True),
        (5, None, "Milk 100%", "North", 5, 1.2, _D("6"), "2023-04-03", "2023-04-03T10:05", False),
        (6, 2, "Milk_fresh", None, 4, 1.2, _D("4.80"), "2023-12-31", "2023-12-31T10:45:00", None),
        (7, 3, "O'Neil\\Tea", "West", 2, None, None, None, None, True),
        (8, 1, "Tea", "West", 3, 2.6, _D("7.80"), "2024-01-01", "2024-01-01T09:50:00", False),
        (9, 4, None, "South", 0, 9.9, _D("0.00"), "2024-02-29", "2024-02-29T18:00:00", True),
        (10, 2, "Cake", "North", 2, 4.1, _D("8.20"), "2024-03-04", "2024-03-04T09:00:00", True),
    ]  # fmt: skip
    schema = pa.schema(
        [
            ("id", pa.int32()),
            ("customer_id", pa.int32()),
            ("product", pa.string()),
            ("region", pa.string()),
            ("quantity", pa.int32()),
            ("price", pa.float64()),
            ("amount", pa.decimal128(10, 2)),
            ("day", pa.date32()),
            ("time", pa.timestamp("us", tz="UTC")),
            ("paid", pa.bool_()),
        ]
    )
    converted = [
        (*row[:7], row[7] and _DAY(row[7]), row[8] and _TIME(row[8]).replace(tzinfo=dt.UTC), row[9])
        for row in rows
    ]
    columns = list(zip(*converted, strict=True))
    return pa.table(
        [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema
    )


TABLES = {
    "orders": _orders(),
    "customers": pa.table(
        {
            "id": pa.array([1, 2, 3, 5], pa.int32()),
            "name": ["Ann", "Bob", "Cy", "Dan"],
            "region": ["North", "South", None, "South"],
            "boss_id": pa.array([None, 1, 1, 2], pa.int32()),
        }
    ),
    "returns": pa.table(
        {
            "id": pa.array([2, 4, 99], pa.int32()),
            "reason": ["late", "broken", "late"],
        }
    ),
    "odd": pa.table(
        {
            "a.b": pa.array([1, 2, None], pa.int32()),
            "with space": ["x", "y", "x"],
            'q"uo`te': [1.5, 2.5, 3.5],
            "class": ["A", "A", "B"],
            "größe": pa.array([10, 20, 30], pa.int64()),
            "F": ["f1", "f2", "f3"],
        }
    ),
    "empty": pa.table({"n": pa.array([], pa.int32()), "s": pa.array([], pa.string())}),
    "big": pa.table({"n": pa.array([2_000_000_000, 2_000_000_000, 1], pa.int32())}),
}

_TYPES = {
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.string(): "string",
    pa.float64(): "double",
    pa.decimal128(10, 2): "decimal(10,2)",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamp",
    pa.bool_(): "boolean",
}


def _column(name: str, values: pa.ChunkedArray) -> ColumnProfile:
    return ColumnProfile(
        name=name, header=name, type=_TYPES[values.type], null_count=values.null_count
    )


def profile(name: str, table: pa.Table) -> TableProfile:
    """What profiling finds in a table it has seen as a whole."""
    return TableProfile(
        name=name,
        label=name,
        source=FileSource(uri=f"{name}.parquet"),
        columns=tuple(_column(field.name, table[field.name]) for field in table.schema),
        row_count=table.num_rows,
        row_count_exact=True,
        sampled_rows=table.num_rows,
        read=FileRead(format="parquet", paths=(), script_path=f"{name}.parquet"),
    )


PROFILES = tuple(profile(name, table) for name, table in TABLES.items())

ORDERS = Scan(table="orders")
CUSTOMERS = Scan(table="customers")
RETURNS = Scan(table="returns")
ODD = Scan(table="odd")
EMPTY = Scan(table="empty")


def c(name: str, table: str | None = None) -> Column:
    return Column(name=name, table=table)


def k(value: Any, kind: Any = "auto") -> Constant:
    return Constant(value=value, type=kind)


def day(text: str) -> Constant:
    return Constant(value=text, type="date")


def n(name: str, value: Expression | None = None) -> Named:
    return Named(name=name, value=c(name) if value is None else value)


def agg(
    function: AggregateFunction, value: Expression | str | None = None, **more: Any
) -> Aggregated:
    value = c(value) if isinstance(value, str) else value
    return Aggregated(function=function, value=value, **more)


def by(value: str | Expression, **more: Any) -> SortKey:
    return SortKey(value=c(value) if isinstance(value, str) else value, **more)


def op(left: Expression, sign: Any, right: Expression) -> Arithmetic:
    return Arithmetic(op=sign, left=left, right=right)


def compare(left: Expression | str, sign: Any, right: Any) -> Compare:
    left = c(left) if isinstance(left, str) else left
    right = k(right) if isinstance(right, bool | int | float | str) else right
    return Compare(op=sign, left=left, right=right)


def where(relation: Relation, predicate: Predicate) -> Filter:
    return Filter(input=relation, predicate=predicate)


def group(relation: Relation, *keys: Named, **measures: Aggregated | Expression) -> Aggregate:
    return Aggregate(
        input=relation, keys=keys, measures=tuple(n(name, v) for name, v in measures.items())
    )


REVENUE = op(c("quantity"), "*", c("price"))
