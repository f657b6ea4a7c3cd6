"""Profiles made by hand: no file and no engine is needed to understand a question."""

from collections.abc import Sequence

from spark_interpreter.model import (
    ColumnProfile,
    FileRead,
    FileSource,
    TableProfile,
    ValueCount,
)

ROWS = 500


def text(name: str, *values: str, unique: bool = False) -> ColumnProfile:
    return ColumnProfile(
        name=name,
        header=name,
        type="string",
        distinct_count=ROWS if unique else len(values),
        top_values=tuple(ValueCount(value=value, count=9) for value in values),
        values_complete=not unique,
        unique=unique,
    )


def number(
    name: str, low: float, high: float, kind: str = "int", *, unique: bool = False, nulls: int = 0
) -> ColumnProfile:
    return ColumnProfile(
        name=name, header=name, type=kind, minimum=low, maximum=high, null_count=nulls,
        distinct_count=ROWS if unique else 40, unique=unique,
    )  # fmt: skip


def day(name: str, low: str, high: str) -> ColumnProfile:
    return ColumnProfile(
        name=name, header=name, type="date", minimum=low, maximum=high, distinct_count=300
    )


def flag(name: str) -> ColumnProfile:
    return ColumnProfile(name=name, header=name, type="boolean", distinct_count=2)


def table(name: str, columns: Sequence[ColumnProfile]) -> TableProfile:
    path = f"/data/{name}.csv"
    return TableProfile(
        name=name, label=f"{name}.csv", source=FileSource(uri=path), columns=tuple(columns),
        row_count=ROWS, row_count_exact=True, sampled_rows=ROWS,
        read=FileRead(format="csv", paths=(path,), script_path=path),
    )  # fmt: skip


ORDERS = table(
    "orders",
    [
        number("order_id", 1, ROWS, unique=True),
        day("order_date", "2022-01-02", "2024-12-28"),
        text("customer", "Ann Lee", "Bob Ray", "Cleo Fox"),
        text("region", "North", "South", "West"),
        text("product", "Tea", "Cake", "Lamp"),
        number("quantity", 1, 20),
        number("unit_price", 0.5, 90.0, "double"),
        number("discount", 0.0, 0.3, "double", nulls=12),
        text("status", "open", "shipped", "returned"),
    ],
)
PEOPLE = table(
    "people",
    [
        number("person_id", 1, ROWS, unique=True),
        text("name", "Ann Lee", "Bob Ray", unique=True),
        text("city", "Berlin", "Oslo", "Rome"),
        text("sex", "F", "M"),
        number("age", 18, 80),
        number("height", 1.5, 2.1, "double"),
        flag("remote"),
        text("email", "a@x.org", unique=True),
    ],
)
FLIGHTS = table(
    "flights",
    [
        text("flight_number", "AB1", "AB2", unique=True),
        text("departure_airport", "Berlin", "Rome"),
        text("arrival_airport", "Berlin", "Rome"),
        number("distance", 100, 9000),
        number("passengers", 20, 300),
    ],
)
TABLES = {profile.name: profile for profile in (ORDERS, PEOPLE, FLIGHTS)}


def wide(columns: int = 100) -> TableProfile:
    """A table of many columns, half of them numbers."""
    words = ["net", "gross", "first", "second", "monthly", "yearly", "home", "office", "old", "new"]
    nouns = [
        "income",
        "city",
        "score",
        "country",
        "weight",
        "status",
        "size",
        "type",
        "fee",
        "team",
    ]
    made: list[ColumnProfile] = []
    for at in range(columns):
        name = f"{words[at // 10 % 10]}_{nouns[at % 10]}"
        made.append(number(name, 0, 900) if at % 2 == 0 else text(name, "red", "green", "blue"))
    return table("survey", made)
