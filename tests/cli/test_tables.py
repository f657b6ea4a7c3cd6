"""Tables fit their terminal, show what is missing and line numbers up."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from spark_interpreter.cli.tables import FittedTable, result_table
from spark_interpreter.model import ResultColumn


def console(width: int, *, terminal: bool = True) -> Console:
    return Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system=None, highlight=False
    )


def printed(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[Any]],
    *,
    width: int = 80,
    terminal: bool = True,
) -> tuple[list[str], FittedTable]:
    where = console(width, terminal=terminal)
    named = [ResultColumn(name=name, type=kind) for name, kind in columns]
    fitted = result_table(named, rows, where, row_count=len(rows))
    where.print(fitted.body)
    assert isinstance(where.file, io.StringIO)
    return [line.rstrip() for line in where.file.getvalue().splitlines()], fitted


def test_a_table() -> None:
    lines, _ = printed(
        [("month", "timestamp"), ("region", "string"), ("revenue", "double"), ("orders", "int")],
        [
            ("2024-01-01T00:00:00Z", "North", 1234.5, 3),
            ("2024-02-01T00:00:00Z", None, 20.25, 12000),
            ("2024-03-01T00:00:00Z", "", None, None),
        ],
    )
    assert lines == [
        "month    region   revenue  orders",
        "─────────────────────────────────",
        "2024-01  North   1,234.50       3",
        "2024-02  null       20.25  12,000",
        "2024-03              null    null",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "cells", "texts"),
    [
        ("order_id", "bigint", [10001, 10002], ["10001", "10002"]),
        ("year", "int", [2023, 2024], ["2023", "2024"]),
        ("share", "double", [0.5, 0.125], ["50.0%", "12.5%"]),
        ("ok", "boolean", [True, None], ["true", "null"]),
        ("price", "decimal(10,2)", ["1.50", "1000.00"], ["1.50", "1,000.00"]),
        ("day", "date", ["2024-01-05", "2024-01-06"], ["2024-01-05", "2024-01-06"]),
        ("day", "date", ["2024-01-01", "2024-02-01"], ["2024-01-01", "2024-02-01"]),
        ("at", "timestamp", ["2024-01-05T06:07:08Z", None], ["2024-01-05 06:07:08", "null"]),
        ("quarter", "timestamp", ["2024-04-01T00:00:00Z", None], ["2024-Q2", "null"]),
        ("year", "timestamp", ["2024-01-01T00:00:00Z", None], ["2024", "null"]),
        ("tags", "array<string>", [["a", "b"], []], ['["a", "b"]', "[]"]),
        ("big", "bigint", [2**60, 1], ["1,152,921,504,606,846,976", "1"]),
    ],
)
def test_cells_by_type(name: str, kind: str, cells: list[Any], texts: list[str]) -> None:
    lines, _ = printed([(name, kind)], [[cell] for cell in cells])
    assert [line.strip() for line in lines[2:]] == texts


def test_data_cannot_break_out_of_the_table() -> None:
    lines, _ = printed(
        [("\x1b[2Jname", "string"), ("n", "int")], [("[red]x[/red]\n\x1b[0m", 1), ("y", 2)]
    )
    assert lines[0].startswith("\\x1b[2Jname")
    assert lines[2].startswith("[red]x[/red]\\n\\x1b[0m")
    assert len(lines) == 4


WIDE = [(f"column_{n}", "string" if n % 2 else "int") for n in range(12)]
ROWS = [[("some text that goes on " * 4 if n % 2 else 10**n) for n in range(12)]] * 3


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_wide_tables_fit_and_name_what_found_no_room(width: int) -> None:
    lines, fitted = printed(WIDE, ROWS, width=width)
    assert all(cell_len(line) <= width for line in lines)
    shown = len(WIDE) - len(fitted.left_out)
    assert shown >= 1
    assert list(fitted.left_out) == [name for name, _ in WIDE[shown:]]


def test_a_pipe_gets_every_column_whole() -> None:
    lines, fitted = printed(WIDE, ROWS, width=4000, terminal=False)
    assert not fitted.left_out
    assert lines[2].count(("some text that goes on " * 4).rstrip()) == 6


def test_wide_characters_are_measured() -> None:
    lines, _ = printed([("都市", "string"), ("n", "int")], [("東京" * 40, 1), ("x", 2)], width=40)
    assert all(cell_len(line) <= 40 for line in lines)
    assert "…" in lines[2]


def test_one_wide_row_reads_from_top_to_bottom() -> None:
    lines, _ = printed(WIDE, ROWS[:1], width=60)
    assert lines[0].split() == ["column_0", "1"]
    assert len([line for line in lines if line.startswith("column_")]) == 12
