import pytest

from spark_interpreter.generation.planner.language import find_numbers, tokenize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two dozen", [(24, "cardinal")]),
        ("1.5k", [(1500, "cardinal")]),
        ("2 million", [(2_000_000, "cardinal")]),
        ("1,234.5", [(1234.5, "cardinal")]),
        ("half", [(0.5, "fraction")]),
        ("the third one", [(3, "ordinal"), (1, "cardinal")]),
        ("twice", [(2, "times")]),
        ("10%", [(10, "percent")]),
        ("25 percent", [(25, "percent")]),
        ("5 per cent", [(5, "percent")]),
        ("$5m", [(5_000_000, "currency")]),
        ("30 dollars", [(30, "currency")]),
        ("two hundred and five", [(205, "cardinal")]),
        ("twenty-five thousand", [(25_000, "cardinal")]),
        ("a hundred", [(100, "cardinal")]),
        ("22nd", [(22, "ordinal")]),
        ("between 3 and 5", [(3, "cardinal"), (5, "cardinal")]),
        ("-5 and 2021-2022", [(-5, "cardinal"), (2021, "cardinal"), (2022, "cardinal")]),
        ("5 m tall", [(5, "cardinal")]),
        ("sales in billion", []),
        ("no numbers here", []),
    ],
)
def test_numbers(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(n.value, n.kind) for n in find_numbers(tokenize(text))] == expected


def test_spans_cover_the_words() -> None:
    tokens = tokenize("more than two hundred and five euros please")
    (number,) = find_numbers(tokens)
    assert [t.lower for t in tokens[number.first : number.stop]] == [
        "two", "hundred", "and", "five", "euros",
    ]  # fmt: skip
    assert not number.written
