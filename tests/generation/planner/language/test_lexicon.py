from collections import Counter

import pytest

from spark_interpreter.generation.planner.language import (
    find_adjectives,
    find_measures,
    find_phrases,
    find_verbs,
    lexicon,
    tokenize,
    value_variants,
)


def values(text: str, category: str) -> list[str]:
    return [p.value for p in find_phrases(tokenize(text)) if p.category == category]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("more than 5", ">"),
        ("at least 5", ">="),
        ("no less than 5", ">="),
        ("fewer than 5", "<"),
        ("not more than 5", "<="),
        ("up to 5", "<="),
        ("exceeds 5", ">"),
        ("between 5 and 6", "between"),
        ("≥ 5", ">="),
    ],
)
def test_comparisons(text: str, value: str) -> None:
    assert values(text, "comparison") == [value]


def test_the_longest_phrase_wins() -> None:
    assert values("the total number of orders", "aggregate") == ["count"]
    assert values("5 or more", "comparison_after") == [">="]


def test_adjectives_know_direction_and_degree() -> None:
    (oldest,) = find_adjectives(tokenize("the oldest employee"))
    assert (oldest.value, oldest.degree) == ("old", "superlative")
    directions = {a.words: a.direction for a in oldest.attributes}
    assert directions["age"] == 1
    assert directions["birth date"] == -1
    (cheap,) = find_adjectives(tokenize("least expensive"))
    assert (cheap.degree, cheap.attributes[0].direction, cheap.first) == ("superlative", -1, 0)


def test_verbs_stand_for_columns() -> None:
    (verb,) = find_verbs(tokenize("who was born in Rome"))
    assert verb.value == "born in"
    assert "birth place" in verb.attributes


def test_measures() -> None:
    found = find_measures(tokenize("total sales by region"))
    assert [(m.name, first, stop) for m, first, stop in found][:1] == [("revenue", 0, 2)]


def test_synonyms() -> None:
    assert "nation" in lexicon().synonyms_of("country")
    assert lexicon().synonyms_of("zzz") == ()


def test_no_phrase_of_a_category_has_two_meanings() -> None:
    for words, meanings in lexicon().phrases.items():
        counts = Counter(
            category for category, _ in meanings if category not in {"top", "superlative"}
        )
        assert max(counts.values(), default=1) == 1, (words, meanings)


def test_typing_errors_in_fixed_phrases() -> None:
    assert values("averge salary in descening order", "aggregate") == ["avg"]
    assert values("averge salary in descening order", "order") == ["desc"]


@pytest.mark.parametrize(
    "question",
    [
        "How many advisors does each student have?",
        "What is the last update of each grant?",
        "Show the reason for each return",
        "life expectancy by cluster",
    ],
)
def test_everyday_words_are_no_intents(question: str) -> None:
    assert values(question, "intent") == []


def test_values_have_variants() -> None:
    assert "United Kingdom" in value_variants("British")
    assert "TX" in value_variants("Texas")
    assert value_variants("us") == ()
    assert "United States" in value_variants("US")
