"""Words that no rule explains are asked back; what has one obvious meaning is not."""

from typing import Any

import pytest

from spark_interpreter.generation.base import GenerationRequest
from spark_interpreter.generation.planner.planner import Planner
from spark_interpreter.model import Draft, Generation, NeedsInput
from tests.generation.planner.parsing.tables import FLIGHTS, day, number, table, text
from tests.generation.planner.parsing.test_questions import TODAY

PURCHASES = table(
    "purchases",
    [
        number("purchase_id", 1, 500, unique=True),
        day("delivered_date", "2022-01-05", "2025-01-04").model_copy(update={"null_count": 40}),
        day("purchase_date", "2022-01-02", "2024-12-28"),
        text("shop", "Northside", "Riverside"),
        text("category", "food", "garden"),
        number("amount", 1, 900, "double"),
    ],
)
MEMBERS = table(
    "members",
    [
        text("member_id", "M1", "M2", unique=True),
        text("name", "Ann Lee", "Bob Ray", unique=True),
        text("segment", "club", "guest"),
        number("birth_year", 1950, 2001),
        day("joined", "2020-01-02", "2024-12-28"),
    ],
)
GUESTS = table(
    "guests",
    [
        text("name", "Ann Lee", "Bob Ray", unique=True),
        day("birth_date", "1950-01-01", "2001-01-01"),
        day("arrived", "2020-01-02", "2024-12-28"),
    ],
)
SURVEY = table("survey", [number("score", 1, 5), day("submitted", "2024-01-01", "2024-03-01")])
TABLES = {t.name: t for t in (PURCHASES, MEMBERS, GUESTS, SURVEY, FLIGHTS)}


def ask(name: str, question: str) -> Generation:
    request = GenerationRequest(question=question, profiles=(TABLES[name],), today=TODAY)
    return Planner().generate(request)


def drafted(name: str, question: str) -> Draft:
    draft = ask(name, question)
    assert isinstance(draft, Draft), draft
    return draft


@pytest.mark.parametrize(
    ("name", "question", "word"),
    [
        ("purchases", "errors by category", "errors"),
        ("purchases", "profit by category", "profit"),
        ("purchases", "average amount of urgent purchases", "urgent"),
        ("purchases", "amount from repeat buyers", "repeat"),
        ("purchases", "purchases with low amount", "low"),
        ("purchases", "purchases on christmas day", "christmas"),
        ("purchases", "amount at the end of 2023", "2023"),
        ("purchases", "draws per category", "draws"),
        ("purchases", "deposits vs withdrawals", "deposits"),
        ("purchases", "average bananas per galaxy", "bananas"),
        ("purchases", "What's the weather like?", "weather"),
        ("members", "members with gmail addresses", "gmail"),
        ("members", "members with segment a", "a"),
        ("members", "members by age group", "age"),
        ("members", "last purchase of each member", "last"),
        ("flights", "Which pilot flew most often?", "pilot"),
        ("purchases", "flurb the wozzle", "wozzle"),
    ],
)
def test_a_word_without_meaning_is_named(name: str, question: str, word: str) -> None:
    asked = ask(name, question)

    assert isinstance(asked, NeedsInput), asked
    assert asked.reason == "unclear"
    assert word in asked.not_understood
    assert f'"{word}"' in asked.message
    assert asked.suggestions


@pytest.mark.parametrize(
    "question",
    [
        "how many purchases are recorded",
        "do we have purchases in Northside",
        "which categories are used by purchases",
        "total amount of the purchases processed per shop",
    ],
)
def test_words_that_only_connect_may_be_left_out(question: str) -> None:
    assert drafted("purchases", question).confidence >= 0.5


@pytest.mark.parametrize(
    ("question", "assumption"),
    [
        ("amount by month in 2024", "month from purchase_date"),
        ("purchases in March 2024", "March 2024 by purchase_date"),
        ("purchases in the last quarter", "last quarter (Q3 2024) by purchase_date"),
        ("compare 2023 and 2024 amount", "2024 by purchase_date"),
    ],
)
def test_time_speaks_of_the_main_date(question: str, assumption: str) -> None:
    draft = drafted("purchases", question)

    assert assumption in draft.assumptions
    assert "delivered_date" not in draft.analysis


def test_a_date_of_birth_is_not_when_things_happened() -> None:
    assert "month from arrived" in drafted("guests", "guests by month").assumptions


def test_a_date_that_is_named_is_taken() -> None:
    assert "delivered_date" in drafted("purchases", "amount by month of delivered date").analysis


def test_a_number_far_from_any_year_is_none() -> None:
    asked = ask("purchases", "amount of 1050")

    assert isinstance(asked, NeedsInput)
    assert not asked.choices


@pytest.mark.parametrize(
    ("name", "question", "code"),
    [
        ("purchases", "total amount by shop and month", '"month").alias("month")'),
        ("purchases", "which month had the highest total amount", '"month").alias("month")'),
        ("purchases", "spending by category", 'F.sum("amount")'),
        ("purchases", "monthly spending in 2023", 'F.sum("amount")'),
        ("purchases", "total spent at Northside", 'F.sum("amount")'),
        ("purchases", "average amount on Mondays vs Fridays", ".groupBy("),
        ("members", "names starting with A", 'startswith("a")'),
        ("members", "members whose name starts with A", 'startswith("a")'),
        ("members", "members starting with B", 'startswith("b")'),
        ("purchases", "shops whose name starts with N", '.select("shop")\n    .distinct()'),
        ("purchases", "show everything about Riverside", 'purchases.filter(F.col("shop")'),
        ("members", "members older than 40", '2024 - F.col("birth_year")'),
        ("members", "members born in the 80s", 'F.col("birth_year").between(1980, 1989)'),
        ("survey", "responses per month", '"month").alias("month")'),
    ],
)
def test_what_has_one_meaning_is_answered(name: str, question: str, code: str) -> None:
    assert code in drafted(name, question).analysis


def test_the_suggestions_are_not_the_choices() -> None:
    asked: Any = ask("flights", "number of flights per airport")

    assert asked.reason == "ambiguous"
    assert not set(asked.choices) & set(asked.suggestions)
