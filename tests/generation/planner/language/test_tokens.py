from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from spark_interpreter.generation.planner.language import (
    singular,
    split_name,
    stem,
    tokenize,
)


def texts(question: str) -> list[str]:
    return [token.text for token in tokenize(question)]


def kinds(question: str) -> list[str]:
    return [token.kind for token in tokenize(question)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many orders?", ["How", "many", "orders", "?"]),
        ('name is "New York"', ["name", "is", "New York"]),
        ("the “Tony Award” and ‘Full’", ["the", "Tony Award", "and", "Full"]),
        ("students' names", ["students", "'", "names"]),
        ("O'Brien's age", ["O'Brien", "'s", "age"]),
        ("don't show", ["don't", "show"]),
        ("year-over-year", ["year", "over", "year"]),
        ("unit_price>=3", ["unit_price", ">=", "3"]),
        ("unitPrice ≠ 4", ["unitPrice", "≠", "4"]),
        ("10% of $1.5k", ["10", "%", "of", "$", "1.5", "k"]),
        ("1,234.5 and -5", ["1,234.5", "and", "-5"]),
        ("2021-2022", ["2021", "-", "2022"]),
        ("on 2023-03-15 or 15/03/2023", ["on", "2023-03-15", "or", "15/03/2023"]),
        ("mail a.b@c.de now", ["mail", "a.b@c.de", "now"]),
        ("part AB-123 in Q2", ["part", "AB-123", "in", "Q2"]),
        ("the 3rd and the 90s", ["the", "3", "rd", "and", "the", "90", "s"]),
        ("Köln und Zürich", ["Köln", "und", "Zürich"]),
        ("top-5 rooms", ["top", "5", "rooms"]),
        ("ends with example.org?", ["ends", "with", "example.org", "?"]),
        ("path starting with /api/v1.", ["path", "starting", "with", "/api/v1", "."]),
        ("price/unit", ["price", "/", "unit"]),
        ("", []),
    ],
)
def test_tokens(question: str, expected: list[str]) -> None:
    assert texts(question) == expected


def test_kinds() -> None:
    assert kinds('in 2023-01-02 "x y" 5 % a@b.org, ok') == [
        "word", "date", "quoted", "number", "symbol", "email", "punctuation", "word",
    ]  # fmt: skip


def test_decomposed_letters_are_composed() -> None:
    assert tokenize("Ko\u0308ln")[0].lower == "köln"


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_positions_are_in_order_and_nothing_fails(question: str) -> None:
    tokens = tokenize(question)
    assert all(token.start < token.end for token in tokens)
    assert all(a.end <= b.start for a, b in pairwise(tokens))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unitPrice", ("unit", "price")),
        ("unit_price", ("unit", "price")),
        ("Unit Price (EUR)", ("unit", "price", "eur")),
        ("UNITPRICE2", ("unit", "price", "2")),
        ("HTTPServerName", ("http", "server", "name")),
        ("customerID", ("customer", "id")),
        ("orderdate", ("order", "date")),
        ("fname", ("fname",)),
        ("Growth %", ("growth", "percent")),
        ("department", ("department",)),
        ("Köln_Straße", ("köln", "straße")),
        ("", ()),
    ],
)
def test_names_come_apart(name: str, words: tuple[str, ...]) -> None:
    assert split_name(name) == words


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("people", "person"), ("countries", "country"), ("classes", "class"), ("status", "status"),
        ("criteria", "criterion"), ("boxes", "box"), ("movies", "movie"), ("address", "address"),
        ("buses", "bus"), ("series", "series"), ("houses", "house"), ("prices", "price"),
    ],
)  # fmt: skip
def test_singular(plural: str, expected: str) -> None:
    assert singular(plural) == expected


def test_irregular_forms_share_a_stem() -> None:
    assert stem("sold") == stem("selling") == stem("sell")
    assert stem("people") == stem("person")
