"""Which periods growth compares."""

import pytest

from spark_interpreter.generation.planner.parsing.frame import Change, Frame
from spark_interpreter.generation.planner.parsing.windows import apply_change
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Column,
    Derive,
    Expression,
    Extract,
    Named,
    Scan,
    SortKey,
    Truncate,
    Windowed,
)
from spark_interpreter.model import ColumnProfile, FileRead, FileSource, TableProfile

SALES = TableProfile(
    name="sales",
    label="sales",
    source=FileSource(uri="sales.csv"),
    columns=tuple(
        ColumnProfile(name=name, header=name, type=kind)
        for name, kind in [
            ("region", "string"), ("fiscalYear", "int"), ("month", "string"), ("day", "date"),
            ("at", "timestamp"), ("n", "int"),
        ]
    ),
    row_count=100,
    row_count_exact=True,
    sampled_rows=100,
    read=FileRead(format="csv", paths=(), script_path="sales.csv"),
)  # fmt: skip


def before(*keys: Expression, year: bool = False) -> Windowed:
    """The window of the value that each row is compared with."""
    named = tuple(Named(name=f"k{place}", value=key) for place, key in enumerate(keys))
    count = Named(name="count", value=Aggregated(function="count"))
    change = Change(kind="growth_year" if year else "growth_previous")
    frame = Frame(table="sales", keys=named, measures=(count,), change=change)
    relation, _ = apply_change(frame, SALES, Scan(table="sales"), ())
    assert isinstance(relation, Derive)
    window = relation.columns[0].value
    assert isinstance(window, Windowed)
    return window


DAY = Column(name="day")


@pytest.mark.parametrize(
    ("key", "year", "unit", "periods"),
    [
        (Truncate(unit="month", value=DAY), False, "month", 1),
        (Truncate(unit="month", value=DAY), True, "month", 12),
        (Truncate(unit="quarter", value=DAY), True, "quarter", 4),
        (Truncate(unit="week", value=DAY), True, "week", 52),
        (Extract(part="year", value=DAY), True, "year", 1),
        (Column(name="fiscalYear"), False, "year", 1),
        (DAY, False, "day", 1),
    ],
)
def test_growth_looks_at_the_period_before(
    key: Expression, year: bool, unit: str, periods: int
) -> None:
    window = before(key, year=year)
    assert (window.function, window.unit, window.frame) == ("max", unit, (-periods, -periods))


@pytest.mark.parametrize(
    "key", [Column(name="month"), Column(name="n"), Extract(part="month_name", value=DAY)]
)
def test_what_is_no_number_of_periods_goes_by_rows(key: Expression) -> None:
    window = before(key)
    assert (window.function, window.unit, window.offset) == ("lag", None, 1)


def test_time_is_the_axis_wherever_it_stands() -> None:
    window = before(Column(name="region"), Column(name="fiscalYear"))
    assert window.order == (SortKey(value=Column(name="k1")),)
    assert window.partition == (Column(name="k0"),)
