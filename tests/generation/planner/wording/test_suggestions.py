"""Suggested questions: of these data, always the same, and understood by our own planner."""

import datetime as dt

import pytest

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.planner import Planner
from spark_interpreter.generation.planner.wording import suggestions
from spark_interpreter.model import (
    ColumnProfile,
    Draft,
    FileRead,
    FileSource,
    TableProfile,
    ValueCount,
)


def table(name: str, *columns: ColumnProfile, rows: int = 100) -> TableProfile:
    return TableProfile(
        name=name,
        label=name,
        source=FileSource(uri=f"{name}.csv"),
        columns=columns,
        row_count=rows,
        row_count_exact=True,
        sampled_rows=rows,
        read=FileRead(format="csv", paths=(), script_path=f"{name}.csv"),
    )


def key(name: str, rows: int = 100) -> ColumnProfile:
    return ColumnProfile(
        name=name, header=name, type="int", distinct_count=rows, minimum=1, maximum=rows,
        unique=True,
    )  # fmt: skip


def number(name: str, kind: str = "double") -> ColumnProfile:
    return ColumnProfile(
        name=name, header=name, type=kind, distinct_count=60, minimum=1, maximum=5000
    )


def category(name: str, *values: str) -> ColumnProfile:
    return ColumnProfile(
        name=name,
        header=name,
        type="string",
        distinct_count=len(values),
        top_values=tuple(ValueCount(value=value, count=10) for value in values),
        values_complete=True,
    )


def date(name: str) -> ColumnProfile:
    return ColumnProfile(
        name=name, header=name, type="date", distinct_count=90,
        minimum="2022-01-01", maximum="2024-12-31",
    )  # fmt: skip


SALES = table(
    "sales",
    key("order_id"),
    date("order_date"),
    category("region", "North", "South", "West"),
    category("product", "Tea", "Coffee", "Milk", "Cake", "Bread", "Juice"),
    number("quantity", "int"),
    number("unit_price"),
)
PEOPLE = table(
    "staff", key("id"), category("department", "Sales", "Support"), number("salary"), number("age")
)
TEXTS = table("contacts", category("City", "Lisbon", "Porto"), category("Language", "en", "pt"))
ONE_ROW = table("company", key("employees", 1), category("headquarters", "Bremen"), rows=1)
TABLES = (SALES, PEOPLE, TEXTS, ONE_ROW)


@pytest.mark.parametrize("profile", TABLES, ids=lambda profile: profile.name)
def test_our_planner_understands_every_suggestion(profile: TableProfile) -> None:
    for question in suggestions([profile], n=50):
        request = GenerationRequest(
            question=question, profiles=(profile,), today=dt.date(2025, 1, 1)
        )
        answer = Planner().generate(request)
        assert isinstance(answer, Draft), f"{question}: {answer}"
        assert answer.confidence >= 0.8, question


def test_measures_by_categories_come_first() -> None:
    assert suggestions([SALES], n=4) == (
        "Total quantity by region",
        "Average unit price by product",
        "Total quantity by month",
        "Top 5 products by total quantity",
    )


def test_there_is_always_something_to_ask() -> None:
    assert len(suggestions([TEXTS])) == 3
    assert suggestions([ONE_ROW])[0] == "What is the employees?"
    assert suggestions([table("empty", rows=0)])[0] == "How many rows are there?"


def test_words_of_the_question_draw_suggestions_near() -> None:
    near = suggestions([SALES, PEOPLE], near="what is the mean salary of departments")
    assert any("salary" in question for question in near)
    assert near == suggestions([SALES, PEOPLE], near="what is the mean salary of departments")


def test_the_question_itself_is_not_suggested() -> None:
    for question in suggestions([SALES, PEOPLE]):
        assert question not in suggestions([SALES, PEOPLE], near=f"{question.lower()} ")


def test_keys_and_years_are_no_measures() -> None:
    year = ColumnProfile(
        name="built", header="built", type="int", minimum=1900, maximum=2020, distinct_count=80
    )
    questions = suggestions([table("houses", key("house_no"), year)], n=50)
    assert questions == (
        "How many houses are there?",
        "Describe the data",
        "Show the missing values",
    )
