"""Whether an answer holds what the oracle says: same rows, columns in any order, more allowed."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

Rows = Sequence[Sequence[Any]]


def agree(gold: Rows, answer: Rows, *, ordered: bool) -> bool:
    """Every gold column is in the answer, and the rows over those columns are the same."""
    gold, answer = _plain(gold), _plain(answer)
    if len(gold) != len(answer):
        return False
    if not gold:
        return True
    for picks in itertools.islice(_assignments(gold, answer), 500):
        view = [tuple(row[i] for i in picks) for row in answer]
        if view == gold or (not ordered and Counter(view) == Counter(gold)):
            return True
    return False


def _plain(rows: Rows) -> list[tuple[Any, ...]]:
    return [tuple(_cell(value) for value in row) for row in rows]


def _cell(value: Any) -> Any:
    """Numbers to nine digits, dates and midnights as dates, so that engines compare equal."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        number = float(value)
        return None if math.isnan(number) else float(f"{number:.9g}")
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
        return value.date() if value.time() == time.min else value
    if isinstance(value, date):
        return value
    return str(value)


def _assignments(
    gold: list[tuple[Any, ...]], answer: list[tuple[Any, ...]]
) -> Iterator[tuple[int, ...]]:
    """Ways to give each gold column an answer column with the same values."""
    columns = [Counter(column) for column in zip(*answer, strict=True)]
    fits = [
        [i for i, column in enumerate(columns) if column == Counter(wanted)]
        for wanted in zip(*gold, strict=True)
    ]
    return (picks for picks in itertools.product(*fits) if len(set(picks)) == len(picks))
