"""Columns whose values stand in the names of folders (`year=2025/month=03`), as Spark has them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from spark_interpreter.errors import SourceUnreadable
from spark_interpreter.model import ColumnProfile, TableProfile, ValueCount
from spark_interpreter.sources.files.figures import OTHER_VALUES, TEXT_VALUES, with_figures

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?\d+\.\d+")
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_INT = 2**31
DIRECT_TYPES = frozenset({"int", "bigint", "string", "date"})
"""Types of partition columns that the embedded engine makes of folder names by itself."""

Partition = Mapping[str, str | None]
"""Raw values by column, in the order of the folders."""


def partition_of(path: str) -> dict[str, str | None]:
    """The values in a path's folders; the file's own name is none of them."""
    folders = [part for part in path.split("/")[:-1] if "=" in part[1:]]
    pairs = (part.split("=", 1) for part in folders)
    return {unquote(name): None if v == NO_VALUE else unquote(v) for name, v in pairs}


def partition_columns(paths: Sequence[str], uri: str) -> tuple[str, ...]:
    """The partition columns of files, given relative to the folder that was named.

    Raises:
        SourceUnreadable: the files have different ones, or lie in other folders as well.
    """
    found = {_folders(path) for path in paths}
    if all("=" not in "".join(folders) for folders in found):
        return ()
    named = {tuple(part.partition("=")[0] for part in folders) for folders in found}
    if len(named) > 1 or any("=" not in part for folders in found for part in folders):
        listed = " and ".join(sorted("/".join(f) or "no folder" for f in found)[:2])
        raise SourceUnreadable(
            f"The folders below '{uri}' are not partitioned alike ({listed}).",
            remedy="Name one of the folders.",
        )
    return tuple(unquote(name) for name in named.pop())


def _folders(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[:-1])


def partition_type(values: Sequence[str | None]) -> str:
    """The Spark SQL type of raw values: the narrowest that all of them have."""
    present = [v for v in values if v is not None]
    if present and all(map(_INTEGER.fullmatch, present)):
        return "int" if all(-_INT <= int(v) < _INT for v in present) else "bigint"
    if present and all(_INTEGER.fullmatch(v) or _NUMBER.fullmatch(v) for v in present):
        return "double"
    if present and all(map(_is_date, present)):
        return "date"
    return "string"


def _is_date(text: str) -> bool:
    from datetime import date

    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def with_partitions(
    profile: TableProfile, partitions: Sequence[Partition], sizes: Sequence[int]
) -> TableProfile:
    """The profile with the partition columns, after the columns of its files.

    Args:
        partitions: the values of every file.
        sizes: of the same files, bytes: how much of the table each of them stands for.

    Raises:
        SourceUnreadable: a column stands in the files and in their folders.
    """
    names = tuple(partitions[0]) if partitions else ()
    if not names:
        return profile
    known = {c.name.lower() for c in profile.columns}
    for name in names:
        if name.lower() in known:
            raise SourceUnreadable(
                f"'{profile.label}' has the column '{name}' in its files and in its folders.",
                remedy="Name one of the folders below it, where it is a column of the files only.",
            )
    columns = tuple(
        _column(name, [p[name] for p in partitions], sizes, profile.sampled_rows) for name in names
    )
    typed = all(c.type in DIRECT_TYPES and not c.null_count for c in columns)
    read = profile.file_read
    return profile.model_copy(
        update={
            "columns": (*profile.columns, *columns),
            "read": read.model_copy(
                update={
                    "partition_columns": names,
                    "engine_direct": read.engine_direct and typed,
                }
            ),
        }
    )


def _column(
    name: str, values: Sequence[str | None], sizes: Sequence[int], rows: int
) -> ColumnProfile:
    kind = partition_type(values)
    array = typed_array(values, kind)
    column = with_figures(ColumnProfile(name=name, header=name, type=kind), array)
    share = rows / max(1, sum(sizes))
    weights: dict[str, float] = {}
    missing = 0.0
    for value, size in zip(array.to_pylist(), sizes, strict=True):
        if value is None:
            missing += size * share
        else:
            weights[str(value)] = weights.get(str(value), 0) + size * share
    keep = TEXT_VALUES if kind == "string" else OTHER_VALUES
    counts = [ValueCount(value=v, count=max(1, round(n))) for v, n in weights.items()]
    top = sorted(counts, key=lambda item: (-item.count, item.value))[:keep]
    null_count = max(1, round(missing)) if None in values else 0
    return column.model_copy(
        update={"top_values": tuple(top), "unique": False, "null_count": null_count}
    )


_ARROW = {"int": pa.int32(), "bigint": pa.int64(), "double": pa.float64(), "date": pa.date32()}


def typed_array(values: Sequence[str | None], kind: str) -> Any:
    """Raw values as an Arrow array of a partition column's type."""
    texts = pa.array([v.removeprefix("+") if v else v for v in values], pa.string())
    if kind in {"int", "bigint"}:
        numbers = [None if v is None else int(v) for v in values]
        return pa.array(numbers, _ARROW[kind])
    return texts.cast(_ARROW[kind]) if kind in _ARROW else pa.array(values, pa.string())
