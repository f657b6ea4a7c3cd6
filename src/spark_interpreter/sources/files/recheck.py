# ruff: noqa: S608  (SQL is put together from quoted names and literals)
"""What the whole source says about types that a sample suggested."""

from collections import Counter
from collections.abc import Mapping, Sequence

import duckdb

from spark_interpreter.model import ColumnProfile, DataIssue, TableProfile
from spark_interpreter.sources.files import issues
from spark_interpreter.sources.files.relation import cells_sql, connect
from spark_interpreter.sources.files.shapes import NULL_TOKENS
from spark_interpreter.sources.files.sql import cleaned_sql, literal, quoted, value_sql

_KEPT = 40


class Misread(Exception):
    """The file has rows or bytes that do not go with the layout of its sample."""


def misfit_cells(profile: TableProfile) -> Mapping[str, Mapping[str, int]]:
    """Cells of the whole source that do not fit their column's type, by column.

    Of many different ones, some are returned; their counts then stand for the others too.

    Raises:
        Misread: the file is not laid out the way its sample suggests.
    """
    typed = [c for c in profile.columns if c.type != "string"]
    if not typed:
        return {}
    wanted = ", ".join(_misfits_sql(c) for c in typed)
    with connect() as connection:
        query = f"SELECT {wanted} FROM {cells_sql(connection, profile)}"
        try:
            found = connection.sql(query).fetchall()[0]
        except duckdb.InvalidInputException as exc:
            raise Misread(str(exc)) from exc
    result: dict[str, dict[str, int]] = {}
    for place, column in enumerate(typed):
        count, first, last = found[3 * place : 3 * place + 3]
        if count:
            result[column.name] = _weighed((*first, *last), count)
    return result


def _misfits_sql(column: ColumnProfile) -> str:
    cell = quoted(column.name)
    misfit = f"({value_sql(column)}) IS NULL AND {cleaned_sql(column, cell)} IS NOT NULL"
    return (
        f"count(*) FILTER (WHERE {misfit}), "
        f"min({cell}, {_KEPT}) FILTER (WHERE {misfit}), "
        f"max({cell}, {_KEPT}) FILTER (WHERE {misfit})"
    )


def _weighed(cells: tuple[str, ...], count: int) -> dict[str, int]:
    seen = Counter(cells)
    share = max(1, count // len(seen))
    return dict.fromkeys(seen, share)


def repair_counts(profile: TableProfile) -> tuple[DataIssue, ...]:
    """How many cells of the whole source are repaired, for the columns that need it."""
    repaired = [
        c
        for c in profile.columns
        if c.read and (c.read.null_tokens or c.read.trim or c.read.remove)
    ]
    if profile.file_read.format not in {"csv", "excel"} or not repaired:
        return ()
    wanted = ", ".join(_counts_sql(c) for c in repaired)
    with connect() as connection:
        query = f"SELECT {wanted} FROM {cells_sql(connection, profile)}"
        found = connection.sql(query).fetchall()[0]
    return tuple(
        issue
        for place, column in enumerate(repaired)
        for issue in _issues(column, *found[4 * place : 4 * place + 4])
    )


def _counts_sql(column: ColumnProfile) -> str:
    read = column.read
    assert read is not None
    cell = quoted(column.name)
    bare = f"trim({cell})" if read.trim else cell
    tokens, unreadable = _split(column)
    return ", ".join(
        (
            f"count(*) FILTER (WHERE {bare} IN ({_list(tokens)}))",
            f"count(*) FILTER (WHERE {bare} IN ({_list(unreadable)}))",
            f"count(*) FILTER (WHERE {bare} <> {cell})" if read.trim else "0",
            f"count(*) FILTER (WHERE {_has_signs(cell, read.remove)})" if read.remove else "0",
        )
    )


def _has_signs(cell: str, signs: Sequence[str]) -> str:
    return " OR ".join(f"contains({cell}, {literal(sign)})" for sign in signs)


def _split(column: ColumnProfile) -> tuple[list[str], list[str]]:
    assert column.read is not None
    tokens = [t for t in column.read.null_tokens if t and t.lower() in NULL_TOKENS]
    unreadable = [t for t in column.read.null_tokens if t and t.lower() not in NULL_TOKENS]
    return tokens, unreadable


def _list(words: list[str]) -> str:
    return ", ".join(map(literal, words)) or "NULL"


def _issues(
    column: ColumnProfile, tokens: int, unreadable: int, spaces: int, signed: int
) -> list[DataIssue]:
    words, bad = _split(column)
    found = []
    if tokens:
        found.append(issues.null_tokens(column.name, words, tokens, "whole"))
    if unreadable:
        found.append(issues.unreadable(column.name, column.type, bad, unreadable, "whole"))
    if spaces:
        found.append(issues.spaces(column.name, spaces, "whole"))
    if signed and column.read:
        found.append(issues.signs(column.name, column.read.remove, signed, "whole"))
    return found
