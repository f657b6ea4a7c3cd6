"""What a person should know about how the data were read, in words."""

from collections.abc import Collection, Sequence
from typing import Literal

from spark_interpreter.model import DataIssue

Scope = Literal["sample", "whole"]


def null_tokens(column: str, words: Collection[str], count: int, scope: Scope) -> DataIssue:
    """Cells that mean "missing"."""
    message = f"{column}: {listed(words)} counted as missing."
    return _issue("null_tokens", column, message, count, scope, examples=words)


def unreadable(
    column: str, kind: str, cells: Collection[str], count: int, scope: Scope
) -> DataIssue:
    """Cells that do not fit their column's type and became missing."""
    message = f"{column}: {listed(cells)} cannot be read as {kind}; counted as missing."
    return _issue("unreadable", column, message, count, scope, examples=cells)


def spaces(column: str, count: int, scope: Scope) -> DataIssue:
    """Cells with spaces around them."""
    message = f"{column}: spaces around cells were taken off."
    return _issue("spaces", column, message, count, scope)


def signs(column: str, removed: Collection[str], count: int, scope: Scope) -> DataIssue:
    """Numbers with currency signs, grouping or percent signs."""
    message = f"{column}: {listed(removed)} taken out of numbers."
    return _issue("signs", column, message, count, scope, examples=removed)


def row_issues(short: int, long: int, extra_cells: Sequence[str], scope: Scope) -> list[DataIssue]:
    """Rows with fewer or more cells than there are columns."""
    issues = []
    if short:
        message = f"{_rows(short)} too few cells; the missing ones are empty."
        issues.append(_issue("short_rows", None, message, short, scope))
    if long:
        message = f"{_rows(long)} more cells than there are columns; the extra cells are left out."
        issues.append(_issue("long_rows", None, message, long, scope, examples=extra_cells))
    return issues


def merged(sampled: Sequence[DataIssue], counted: Sequence[DataIssue]) -> tuple[DataIssue, ...]:
    """The sample's issues, with those that were counted over the whole source instead."""
    exact = {(i.kind, i.column): i for i in counted}
    kept = [exact.pop((i.kind, i.column), i) for i in sampled]
    return (*kept, *exact.values())


def listed(words: Collection[str]) -> str:
    """The first words, quoted, and how many more there are."""
    shown = [repr(w) for w in list(words)[:3]]
    more = len(words) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _rows(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _issue(
    kind: str,
    column: str | None,
    message: str,
    count: int,
    scope: Scope,
    *,
    examples: Collection[str] = (),
) -> DataIssue:
    return DataIssue(
        kind=kind,
        column=column,
        message=message,
        count=count,
        scope=scope,
        examples=tuple(examples)[:5],
    )
