"""What a script names to read something, in the terms of `ReadPlan.locations`."""

from collections.abc import Mapping
from typing import Any

from spark_interpreter.model import jdbc_location, table_location, table_parts


def read_locations(path: object, format: str | None, options: Mapping[str, Any]) -> list[str]:  # noqa: A002 - Spark's name
    """The locations of a read by a `DataFrameReader`, with paths given directly or as an option.

    Empty where it names none: a JDBC read by `query`, or without an address or a table.
    """
    given = {name.casefold(): value for name, value in options.items()}
    if (format or "").casefold() == "jdbc":
        url, table = given.get("url"), given.get("dbtable")
        return [jdbc_location(str(url), str(table))] if url and table else []
    if path is None:
        path = given.get("path")
    if path is None:
        return []
    return [str(each) for each in path] if isinstance(path, (list, tuple)) else [str(path)]


def same_place(left: str, right: str) -> bool:
    """Whether two locations name the same file, folder or address."""
    return _plain(left) == _plain(right)


def same_table(left: str, right: str) -> bool:
    """Whether two names mean the same table of a catalog; Spark ignores their case."""
    found, sought = table_parts(left), table_parts(right)
    return found is not None and sought is not None and _folded(found) == _folded(sought)


def declare_table(session: Any, name: str, frame: Any) -> None:
    """Make a frame the table `database.table` of the session's own catalog.

    Only such a name says a table of a catalog; for any other location nothing is done.
    """
    parts = table_parts(name)
    if parts is None or len(parts) != 2:
        return
    view = "__" + "__".join(part.encode().hex() for part in parts)
    frame.createOrReplaceTempView(view)
    table = table_location(*parts)
    session.sql(f"CREATE DATABASE IF NOT EXISTS {table_location(parts[0])}")
    session.sql(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM {view}")  # noqa: S608 - quoted


def _folded(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.casefold() for part in parts)


def _plain(location: str) -> str:
    if location.startswith("file:"):
        location = "/" + location.removeprefix("file:").lstrip("/")
    for scheme in ("s3a://", "s3n://"):
        if location.startswith(scheme):
            location = "s3://" + location.removeprefix(scheme)
    return location.rstrip("/")
