"""From a question to its program: one golden case a feature, and what must be asked back."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from spark_interpreter.generation.base import GenerationRequest, PastTurn
from spark_interpreter.generation.planner.planner import Planner
from spark_interpreter.model import Draft, Generation, NeedsInput, ValueCount
from tests.generation.planner.parsing.tables import FLIGHTS, ORDERS, PEOPLE, TABLES

GOLDEN = tomllib.loads((Path(__file__).parent / "golden.toml").read_text("utf-8"))["case"]
TODAY = date(2025, 6, 1)


def ask(table: str, question: str, **more: Any) -> Generation:
    request = GenerationRequest(question=question, profiles=(TABLES[table],), today=TODAY, **more)
    return Planner().generate(request)


@pytest.mark.parametrize("case", GOLDEN, ids=[case["question"] for case in GOLDEN])
def test_question_becomes_program(case: dict[str, str]) -> None:
    draft = ask(case["table"], case["question"])

    assert isinstance(draft, Draft), draft.message
    assert draft.analysis.strip() == case["analysis"].strip()


@pytest.mark.parametrize(
    ("table", "question", "word"),
    [
        ("people", "What is the shoe size of Ann Lee?", "shoe"),
        ("people", "average salary per city", "salary"),
        ("people", "number of people per department", "department"),
        ("people", "Who is the mayor of Berlin?", "mayor"),
        ("orders", "What was our profit last year?", "profit"),
        ("orders", "revenue by supplier", "supplier"),
        ("orders", "revenue of Zanzibar", "Zanzibar"),
    ],
)
def test_what_the_data_lack_is_named(table: str, question: str, word: str) -> None:
    asked = ask(table, question)

    assert isinstance(asked, NeedsInput)
    assert word in asked.not_understood
    assert len(asked.suggestions) == 3


@pytest.mark.parametrize(
    "question",
    [
        "delete all orders from the North",
        "What will revenue be next year?",
        "Why did revenue drop in March?",
        "What should we do to sell more?",
        "forecast the revenue of next month",
    ],
)
def test_what_no_data_can_answer_is_refused(question: str) -> None:
    refused = ask("orders", question)

    assert isinstance(refused, NeedsInput)
    assert refused.reason == "unanswerable"


def test_a_word_that_fits_two_columns_is_asked_back() -> None:
    asked = ask("flights", "number of flights per airport")

    assert isinstance(asked, NeedsInput)
    assert asked.reason == "ambiguous"
    assert asked.choices == (
        "number of flights per departure airport",
        "number of flights per arrival airport",
    )


def test_every_choice_can_be_answered() -> None:
    asked = ask("flights", "number of flights per airport")

    assert isinstance(asked, NeedsInput)
    assert all(isinstance(ask("flights", choice), Draft) for choice in asked.choices)


def test_prepositions_tell_columns_with_the_same_values_apart() -> None:
    draft = ask("flights", "flight numbers from Berlin to Rome")

    assert isinstance(draft, Draft)
    assert 'F.col("departure_airport") == "Berlin"' in draft.analysis
    assert 'F.col("arrival_airport") == "Rome"' in draft.analysis


def test_assumptions_say_what_was_taken_for_granted() -> None:
    draft = ask("orders", "revenue in the last 30 days")

    assert isinstance(draft, Draft)
    assert "revenue = quantity * unit_price" in draft.assumptions
    assert any("2024-12-28" in assumption for assumption in draft.assumptions)


def test_values_outside_the_sample_are_looked_up() -> None:
    def find(table: object, column: str, text: str) -> list[ValueCount]:
        return [ValueCount(value="Zoe Quinn", count=1)] if column == "name" else []

    draft = ask("people", 'city of "zoe quinn"', find_values=find)

    assert isinstance(draft, Draft)
    assert '"Zoe Quinn"' in draft.analysis


def test_the_same_question_has_the_same_answer() -> None:
    questions = ("revenue by month", "top 2 products by revenue in each region", "oldest people")

    for question in questions:
        assert ask("orders", question) == ask("orders", question)


def test_the_table_that_explains_the_question_is_taken() -> None:
    request = GenerationRequest(
        question="average height per city", profiles=(FLIGHTS, ORDERS, PEOPLE), today=TODAY
    )

    draft = Planner().generate(request)

    assert isinstance(draft, Draft)
    assert draft.tables == ("people",)


def test_a_follow_up_keeps_what_it_does_not_change() -> None:
    first = ask("orders", "revenue by month")
    past = PastTurn(question="revenue by month", outcome=first)

    second = ask("orders", "only for 2023", history=(past,))

    assert isinstance(second, Draft)
    assert "2023-01-01" in second.analysis
    assert "groupBy" in second.analysis


def test_a_high_threshold_asks_back() -> None:
    request = GenerationRequest(
        question="average age of tall people", profiles=(PEOPLE,), today=TODAY
    )

    assert isinstance(Planner(threshold=1.0).generate(request), NeedsInput)
