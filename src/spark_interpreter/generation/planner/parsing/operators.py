"""Fixed phrases of the lexicon as operators: the kind of item each becomes and its weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Operator = tuple[str, str, float]
_PLAIN_BY = frozenset(
    (
        "by", "by the", "across", "according to", "with respect to", "in terms of", "over",
        "depending on",
    )
)  # fmt: skip
_NOT_GROUPS = frozenset(
    (
        "for all", "across all", "by all", "of all the different", "vs", "versus", "against",
        "over the", "for any",
    )
)  # fmt: skip
_NEGATIONS = frozenset(
    (
        "not", "no", "without", "never", "besides", "except", "excluding", "apart from",
        "aside from", "except for",
    )
)  # fmt: skip
_TOO_LOOSE = frozenset(("some", "near", "within"))
_LOOSE_TEXT = frozenset(("like", "include", "includes", "including", "mention"))
_VAGUE_TEXT = frozenset(("with a", "similar to"))
_LOOSE_DISTINCT = frozenset(("possible", "individual", "separate"))
_TRUE_AGGREGATES = frozenset(
    [
        "minimum",
        "min",
        "maximum",
        "max",
        "minimal",
        "maximal",
        "minimums",
        "maximums",
        "minima",
        "maxima",
        "peak",
    ]
)
_NO_EXTREMES = frozenset(("maximum", "minimum", "max", "min", "top", "bottom"))
_ENDS = {"top": "top", "leading": "top", "first": "first", "last": "bottom", "bottom": "bottom"}
_SAMPLES = frozenset(
    ("sample", "a sample of", "random", "preview", "head", "example", "examples", "sample rows")
)
_WEAKLY_PRESENT = frozenset(
    ("available", "exists", "specified", "known", "is available", "with a value")
)
_PLAIN = {
    "comparison_after": ("POST", 1.0),
    "share": ("SHARE", 0.9),
    "growth": ("GROWTH", 0.85),
    "window": ("WIN", 0.9),
    "analysis": ("REP", 0.85),
    "visual": ("VIS", 0.85),
    "intent": ("INTENT", 0.8),
    "average_relation": ("AVGREL", 1.0),
    "frequency": ("FREQ", 0.7),
    "boolean": ("BOOL", 0.5),
}


def operators_of(category: str, value: str, text: str) -> Iterator[Operator]:
    """What a phrase can be: kind of item, operator, and weight against other readings.

    Args:
        category, value: section and meaning in the lexicon's phrases.
        text: the phrase as the question has it, in lower case.
    """
    if category in _PLAIN:
        kind, weight = _PLAIN[category]
        yield kind, value, weight
    elif category in _READERS:
        yield from _READERS[category](value, text)


def _comparison(value: str, text: str) -> Iterator[Operator]:
    if value == "between":
        yield "BETW", "between", 0.9 if text != "from" else 0.4
    elif value == "!=" and _negates(text):
        yield "NOT", "not", 1.0
    elif text not in _TOO_LOOSE:
        yield "CMP", value, 1.0


def _negates(text: str) -> bool:
    last = text.rsplit(maxsplit=1)[-1]
    return text in _NEGATIONS or last in {"not", "have"} or "n't" in text or text.endswith("not in")


def _text(value: str, text: str) -> Iterator[Operator]:
    if text not in _VAGUE_TEXT:
        yield "MATCH", value, 0.55 if text in _LOOSE_TEXT else 0.95


def _aggregate(value: str, text: str) -> Iterator[Operator]:
    if value == "count":
        yield "CNT", "count", 0.95
    elif value in {"min", "max"}:
        plain = text.removeprefix("the ").removesuffix(" of").removesuffix(" value")
        if plain in _TRUE_AGGREGATES:
            yield "AGG", value, 0.97
    elif value != "list":
        yield "AGG", value, 0.95


def _count_distinct(value: str, text: str) -> Iterator[Operator]:
    del text
    yield "CNT", value, 1.0


def _distinct(value: str, text: str) -> Iterator[Operator]:
    yield "DIST", value, 0.5 if text in _LOOSE_DISTINCT else 0.9


def _group(value: str, text: str) -> Iterator[Operator]:
    if text in _PLAIN_BY:
        yield "BY", value, 0.8
    elif text not in _NOT_GROUPS:
        yield "EACH", "each", 0.95


def _order(value: str, text: str) -> Iterator[Operator]:
    del text
    if value in {"asc", "desc"}:
        yield "DIR", value, 1.0
    else:
        yield "SORT", {"desc_by": "desc", "asc_by": "asc"}.get(value, "by"), 0.95


def _superlative(value: str, text: str) -> Iterator[Operator]:
    if text.endswith(" of"):
        yield "EXTN", value, 1.0
    elif text.removeprefix("the ") not in _NO_EXTREMES:
        yield "EXT", value, 0.95


def _top(value: str, text: str) -> Iterator[Operator]:
    word = text.removeprefix("the ")
    if word in _ENDS:
        yield "TOPW", _ENDS[word], 0.9
    elif value == "any" and word in _SAMPLES:
        yield "TOPW", "any", 0.6


def _missing(value: str, text: str) -> Iterator[Operator]:
    if value != "present" or text not in _WEAKLY_PRESENT:
        yield "NULL", value, 0.85


_READERS: dict[str, Callable[[str, str], Iterator[Operator]]] = {
    "comparison": _comparison,
    "text": _text,
    "aggregate": _aggregate,
    "count_distinct": _count_distinct,
    "distinct": _distinct,
    "group": _group,
    "order": _order,
    "superlative": _superlative,
    "top": _top,
    "missing": _missing,
}
