"""Which words of a question carry content."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.language.tokens import Token

_SMALL = 0.35
_OPERATOR_CATEGORIES = frozenset(
    ("aggregate", "superlative", "top", "growth", "window", "share", "analysis")
)
COMPUTING = frozenset(("aggregate", "superlative", "distinct", "comparison"))
_HOW_MANY = frozenset(("many", "most", "fewest", "least"))
_NEGATIONS = frozenset(("not", "no", "never", "without", "neither", "nor", "except", "excluding"))
_PREPOSITIONS = frozenset(
    [
        "across",
        "among",
        "amongst",
        "during",
        "throughout",
        "within",
        "between",
        "under",
        "over",
        "above",
        "below",
        "through",
        "except",
        "regarding",
        "concerning",
        "based",
        "according",
        "whether",
        "together",
        "different",
        "various",
    ]
)


@cache
def _operators() -> frozenset[str]:
    """Single words that compute, compare or order."""
    return frozenset(
        words[0]
        for words, meanings in lexicon().phrases.items()
        if len(words) == 1 and any(category in _OPERATOR_CATEGORIES for category, _ in meanings)
    )


def is_operator(token: Token) -> bool:
    """Whether the word computes, compares or orders when it is understood."""
    return token.lower in _operators()


def weigh(token: Token) -> float:
    """How much there is to explain in a token."""
    if token.kind == "punctuation":
        return 0.0
    return _SMALL if lexicon().has("stop", token.lower) else 1.0


def is_negation(token: Token) -> bool:
    """Whether leaving the word out would turn the meaning around."""
    return token.lower in _NEGATIONS or token.lower.endswith("n't")


def unknown(token: Token) -> bool:
    """Whether a plain word ought to mean something but does not."""
    words = lexicon()
    if token.kind == "punctuation":
        return False
    if is_negation(token):
        return True
    return token.kind not in {"word", "symbol"} or not (
        words.has("stop", token.lower)
        or words.has("filler", token.lower)
        or words.has("question", token.lower)
        or token.lower in _PREPOSITIONS
    )


def has_content(token: Token) -> bool:
    """Whether the word says what the question is about, not only how things hang together."""
    words = lexicon()
    small = any(words.has(section, token.lower) for section in ("light", "people", "hollow"))
    return unknown(token) and not (small or is_negation(token))


def is_how_often(tokens: Sequence[Token], at: int) -> bool:
    """As in "the fewest times": how often, not when."""
    return tokens[at].lower == "times" and at > 0 and tokens[at - 1].lower in _HOW_MANY


def computes(word: str) -> set[str]:
    """What a word, or the one it abbreviates ("tot", "max"), computes."""
    words = lexicon()
    written = (word, *(w for known in words.expansions.get(word, ()) for w in known.split()))
    return {
        value
        for spelled in written
        for category, value in words.phrases.get((spelled,), ())
        if category in COMPUTING
    }
