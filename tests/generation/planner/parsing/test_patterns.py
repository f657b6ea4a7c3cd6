"""The pattern language over items."""

import pytest

from spark_interpreter.generation.planner.parsing.items import Item, merge
from spark_interpreter.generation.planner.parsing.patterns import (
    Match,
    Row,
    Rule,
    required_items,
    rewrite,
)


def items(text: str) -> list[Item]:
    """Items written as "KIND:text" or, for plain words, "text"."""
    made = []
    for at, part in enumerate(text.split()):
        kind, _, word = part.rpartition(":")
        made.append(Item(kind or "W", word, frozenset((at,))))
    return made


def apply(pattern: str, text: str) -> list[str]:
    def build(match: Match, context: object) -> Item:
        del context
        return merge("X", match.items, None, " ".join(item.text for item in match.items))

    rule = Rule("test", pattern, required_items(pattern), build)
    return [f"{i.kind}:{i.text}" for i in rewrite(rule, Row(items(text)), None).items]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("AGG of? COL", "AGG:avg of COL:age", ["X:avg of age"]),
        ("AGG of? COL", "AGG:avg COL:age W:x", ["X:avg age", "W:x"]),
        ("COL (and COL)+", "COL:a and COL:b and COL:c", ["X:a and b and c"]),
        ("CMP:>= NUM", "CMP:< NUM:5", ["CMP:<", "NUM:5"]),
        ("^ COL", "of COL:age", ["W:of", "COL:age"]),
        ("COL _ $", "COL:age W:please", ["X:age please"]),
    ],
)
def test_rewriting(pattern: str, text: str, expected: list[str]) -> None:
    assert apply(pattern, text) == expected


def test_captures() -> None:
    found: dict[str, object] = {}

    def build(match: Match, context: object) -> None:
        del context
        found.update(
            cols=[item.text for item in match.all("cols", "COL")], missing=match.has("dir"),
            lead=match.lead.text if match.lead else None,
        )  # fmt: skip

    pattern = "cols=(COL (and COL)*) dir=DIR?"
    rule = Rule("test", pattern, required_items(pattern), build)
    rewrite(rule, Row(items("with the COL:a and COL:b")), None)

    assert found["missing"] is False
    assert found["lead"] in {"with", "and"}


def test_required_items() -> None:
    assert required_items("who? col=COL (is|are)* CMP num=(NUM|STR) DIR?") == {"COL", "CMP"}


def test_a_word_stays_explained() -> None:
    merged = merge("X", items("a COL:b"), None)

    assert merged.tokens == {0, 1}
