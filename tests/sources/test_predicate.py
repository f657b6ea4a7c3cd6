"""Whatever a condition holds for, what is pushed of it holds for too."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from spark_interpreter.sources.known_values import Value, evaluate
from spark_interpreter.sources.predicate import SqlDialect, Unlike, parsed
from spark_interpreter.sources.s3.pushdown import arrow_filter

COLUMNS = {"n": "int", "word": "string", "day": "date"}
VALUES: dict[str, Sequence[Value]] = {
    "n": (None, 1, 2, 3),
    "word": (None, "a", "b"),
    "day": (None, date(2025, 3, 1), date(2025, 3, 2)),
}
ROWS = [
    {"n": n, "word": word, "day": day}
    for n in VALUES["n"]
    for word in VALUES["word"]
    for day in VALUES["day"]
]
ATOMS = (
    "n = 1", "2 <= n", "n BETWEEN 2 AND 3", "n NOT BETWEEN 1 AND length(word)", "n IN (1, 3)",
    "n IS NULL", "n <> 2", "n <=> 3", "word = 'a'", "word IN ('a', upper('b'))", "word IS NOT NULL",
    "word LIKE 'a%'", "day > DATE '2025-03-01'", "DATE '2025-03-02' = day", "length(word) > 3",
    "day BETWEEN current_date() AND DATE '2025-03-01'",
)  # fmt: skip


class Plain(SqlDialect):
    """Says comparisons of columns with literals as they are."""

    def missing(self, value: exp.Expr) -> str:
        return f"{_plain(value)} IS NULL"

    def compared(self, value: exp.Expr, sign: str, other: exp.Expr, *, exact: bool) -> str:
        del exact
        return f"{_plain(value)} {sign} {_plain(other)}"


def _plain(node: exp.Expr) -> str:
    if isinstance(node, exp.Column | exp.Literal | exp.Cast):
        return str(node.sql("spark"))
    raise Unlike


def conditions(count: int) -> list[str]:
    dice = random.Random(7)

    def grown(depth: int) -> str:
        form = dice.random()
        if depth == 0 or form < 0.2:
            return dice.choice(ATOMS)
        if form < 0.4:
            return f"NOT ({grown(depth - 1)})"
        word = "AND" if form < 0.7 else "OR"
        return f"({grown(depth - 1)} {word} {grown(depth - 1)})"

    return [grown(3) for _ in range(count)]


def by_sql(where: str) -> set[int] | None:
    pushed = Plain().pushed(where)
    tree = parsed(pushed) if pushed else None
    if tree is None:
        return None
    return {place for place, row in enumerate(ROWS) if evaluate(tree, row) is True}


def by_arrow(where: str) -> set[int] | None:
    kept: Any = arrow_filter(where, COLUMNS)
    if kept is None:
        return None
    schema = pa.schema([("n", pa.int32()), ("word", pa.string()), ("day", pa.date32())])
    table = pa.Table.from_pylist(ROWS, schema=schema)
    numbered = table.append_column("place", pa.array(range(len(ROWS))))
    return set(numbered.filter(kept)["place"].to_pylist())


@pytest.mark.parametrize("keep", [by_sql, by_arrow])
def test_no_row_is_left_out_that_the_condition_holds_for(
    keep: Callable[[str], set[int] | None],
) -> None:
    left_out = 0
    for where in conditions(300):
        tree = parsed(where)
        assert tree is not None
        kept = keep(where)
        if kept is None:
            continue
        true = {place for place, row in enumerate(ROWS) if evaluate(tree, row) is True}
        assert true <= kept, where
        left_out += len(ROWS) - len(kept)
    assert left_out > 1000


@pytest.mark.parametrize(
    ("where", "pushed"),
    [
        ("n = 1 AND length(word) > 3", "n = 1"),
        ("3 > n", "n < 3"),
        ("n BETWEEN 1 AND length(word)", "n >= 1"),
        ("NOT (n BETWEEN 1 AND length(word))", None),
        ("n = 1 OR (n = 2 AND length(word) > 3)", "(n = 1 OR n = 2)"),
        ("NOT (n = 1 OR (n = 2 AND length(word) > 3))", None),
        ("n IN (1, length(word))", None),
        ("length(word) > 3 OR n = 1", None),
        ("n = 1 OR n = 2 AND word = 'a'", "(n = 1 OR n = 2 AND word = 'a')"),
        ("NOT (n = 1 AND word <=> 'a')", "NOT (n = 1 AND word <=> 'a')"),
        ("n = = 1", None),
    ],
)
def test_what_is_pushed_of_a_condition(where: str, pushed: str | None) -> None:
    assert Plain().pushed(where) == pushed
