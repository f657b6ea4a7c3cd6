# ruff: noqa: S608  (SQL is put together from quoted names)
"""Figures of a table: a bounded sample, and what the server's statistics add to it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from spark_interpreter.model import ColumnProfile, DataIssue, ValueCount
from spark_interpreter.model.profile import Scalar
from spark_interpreter.model.types import family
from spark_interpreter.sources.arrow_types import arrow_schema
from spark_interpreter.sources.files.figures import TEXT_VALUES, with_figures
from spark_interpreter.sources.postgres.catalog import Relation
from spark_interpreter.sources.postgres.copying import copied
from spark_interpreter.sources.postgres.quoting import identifier
from spark_interpreter.sources.postgres.session import Session
from spark_interpreter.sources.postgres.types import PostgresColumn
from spark_interpreter.sources.postgres.values import select_list

_PAGE = 8192
_READ_PAGES = 2048
"""A table of so many pages is read from its start; a larger one by pages all over it."""
_STATISTICS = """
SELECT s.attname, s.null_frac, s.n_distinct, s.most_common_vals::text::text[],
       s.most_common_freqs, s.histogram_bounds::text::text[]
FROM pg_stats s WHERE s.schemaname = %s AND s.tablename = %s
ORDER BY s.inherited
"""


@dataclass(frozen=True)
class Sample:
    """Rows of a table.

    Attributes:
        whole: they are all it has.
        odd: by column, how many of its values have no place in Spark.
    """

    rows: Any
    whole: bool
    odd: Mapping[str, int] = field(default_factory=dict)


def taken(session: Session, relation: Relation, rows: int) -> Sample:
    """At most `rows` rows."""
    columns = relation.columns
    source = _source(relation, rows)
    repaired = frozenset(c.name for c in columns)
    query = f"SELECT {select_list(columns, repaired)} FROM {source} LIMIT {rows}"
    batches = list(copied(session, query, columns))
    table = pa.Table.from_batches(batches) if batches else arrow_schema(columns).empty_table()
    whole = table.num_rows < rows and "TABLESAMPLE" not in source
    return Sample(table, whole, _odd(session, columns, f"SELECT * FROM {source} LIMIT {rows}"))


def odd_values(session: Session, relation: Relation) -> Mapping[str, int]:
    """By column, how many values of the whole table have no place in Spark; all columns."""
    return _odd(session, relation.columns, f"SELECT * FROM {full_name(relation)}")


def full_name(relation: Relation) -> str:
    return f"{identifier(relation.schema)}.{identifier(relation.name)}"


def _odd(session: Session, columns: tuple[PostgresColumn, ...], query: str) -> Mapping[str, int]:
    able = [c for c in columns if c.odd_when]
    if not able:
        return {}
    # Columns the user may not read are not in the list.
    counts = ", ".join(f"count(*) FILTER (WHERE {c.odd_when})" for c in able)
    listed = ", ".join(identifier(c.header) for c in columns)
    inner = query.replace("SELECT *", f"SELECT {listed}", 1)
    [found] = session.rows(f"SELECT {counts} FROM ({inner}) AS sample")
    return {c.name: n for c, n in zip(able, found, strict=True) if n}


def _source(relation: Relation, rows: int) -> str:
    name = full_name(relation)
    pages = math.ceil((relation.bytes or 0) / _PAGE)
    if relation.kind not in {"r", "p", "m"} or pages <= _READ_PAGES:
        return name
    # Some pages more than needed: they are not all full, and the limit cuts what is too much.
    share = rows * 1.2 / relation.rows if relation.rows else _READ_PAGES / pages
    percent = min(100.0, max(100 * share, 100 * 50 / pages))
    return f"{name} TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (41)"


def profiled(
    session: Session, relation: Relation, sample: Sample
) -> tuple[tuple[ColumnProfile, ...], tuple[DataIssue, ...]]:
    """Columns with their figures, and what is odd about their values."""
    statistics = {} if sample.whole else _statistics(session, relation)
    columns = []
    issues = []
    for place, column in enumerate(relation.columns):
        base = ColumnProfile(
            name=column.name, header=column.header, type=column.type, comment=column.comment
        )
        figures = with_figures(base, sample.rows.column(place))
        known = statistics.get(column.header)
        columns.append(_extended(figures, known, relation, sample) if known else figures)
        hidden = known is not None and _infinite(column, known)
        if column.name in sample.odd or hidden:
            issues.append(odd_issue(column, sample.odd.get(column.name), whole=sample.whole))
    return tuple(columns), tuple(issues)


def odd_issue(column: PostgresColumn, count: int | None, *, whole: bool) -> DataIssue:
    """Values that Spark has none for."""
    what = "NaN or infinite" if column.form == "number" else "infinite or outside the years 1-9999"
    return DataIssue(
        kind="no_value",
        column=column.name,
        message=f"{column.name}: values that are {what} counted as missing.",
        count=count,
        scope="whole" if whole else "sample",
    )


@dataclass(frozen=True)
class _Known:
    nulls: float
    distinct: float
    common: tuple[tuple[str, float], ...]
    bounds: tuple[str, ...]


def _statistics(session: Session, relation: Relation) -> dict[str, _Known]:
    rows = session.rows(_STATISTICS, [relation.schema, relation.name])
    return {
        name: _Known(nulls, distinct, tuple(zip(values or (), shares or (), strict=False)),
                     tuple(bounds or ()))
        for name, nulls, distinct, values, shares, bounds in rows
    }  # fmt: skip


def _extended(
    column: ColumnProfile, known: _Known, relation: Relation, sample: Sample
) -> ColumnProfile:
    """The column with frequent values and a range that the sample may have missed."""
    update: dict[str, Any] = {}
    total = sample.rows.num_rows
    if column.type == "string":
        seen = {v.value for v in column.top_values}
        more = tuple(
            ValueCount(value=value[:200], count=max(1, round(share * total)))
            for value, share in known.common
            if value not in seen
        )
        update["top_values"] = (*column.top_values, *more)[: max(TEXT_VALUES, len(seen))]
        every = 0 < known.distinct <= len(update["top_values"])
        update["values_complete"] = column.values_complete and (not more or every)
    update |= _range(
        column, [v for v, _ in known.common] + list(known.bounds[:1] + known.bounds[-1:])
    )
    if len(relation.unique_keys) and (column.name,) in relation.unique_keys:
        update["unique"] = not column.null_count
    return column.model_copy(update=update)


def _range(column: ColumnProfile, values: list[str]) -> dict[str, Scalar]:
    """The range of numbers, dates and times, widened to values that the server has seen."""
    kind = family(column.type)
    if kind in {"integer", "decimal", "float"}:
        found: list[Scalar] = [n for v in values if (n := _number(v, kind)) is not None]
    elif kind in {"date", "timestamp"}:
        found = [v.partition("+")[0] for v in values if v[:4].isdigit() and v[4:5] == "-"
                 and not v.endswith("BC")]  # fmt: skip
    else:
        return {}
    known = [*found, *(v for v in (column.minimum, column.maximum) if v is not None)]
    if not known:
        return {}
    return {"minimum": min(known), "maximum": max(known)}  # type: ignore[type-var]


def _number(text: str, kind: str) -> int | float | None:
    try:
        number = int(text) if kind == "integer" else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _infinite(column: PostgresColumn, known: _Known) -> bool:
    values = {v for v, _ in known.common} | set(known.bounds)
    if column.form in {"date", "timestamp"}:
        return any("infinity" in v or v.endswith("BC") for v in values)
    return column.form == "number" and bool(values & {"NaN", "Infinity", "-Infinity"})
