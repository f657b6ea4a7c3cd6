"""Parsing: from a question and a table to scored candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.language.tokens import Token, tokenize
from spark_interpreter.generation.planner.linking import linker_for
from spark_interpreter.generation.planner.parsing.content import is_negation, is_operator, unknown
from spark_interpreter.generation.planner.parsing.context import Choice, Context
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.parsing.reader import Slots, collect, frame_of
from spark_interpreter.generation.planner.parsing.rules import reduce_items
from spark_interpreter.generation.planner.parsing.scan import readings
from spark_interpreter.generation.planner.parsing.times import anchor_of
from spark_interpreter.model import TableProfile

_READINGS = 8
_LEFTOVER = {
    "VERB": 0.9, "POS": 0.9, "TOPW": 0.8, "BY": 0.9, "EACH": 0.85, "CNT": 0.5, "SORT": 0.7,
    "BOOL": 0.9, "ODD": 0.6, "FREQ": 0.8, "ORDINAL": 0.7, "DIR": 0.7, "POST": 0.6,
}  # fmt: skip
_OPERATOR = 0.45
_DEMANDING = {"EACH": 0.35, "BY": 0.35, "AGG": 0.6, "EXT": 0.6, "SORT": 0.5, "CHANGE": 0.5}
_GROUPING_WORDS = frozenset(("per", "each", "every", "by"))
_WEAK_LINK = 0.88
_ARTICLES = frozenset(("the", "a", "an", "all", "of", "different"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to understand the question.

    Attributes:
        confidence: 0 to 1.
        not_understood: words that found no meaning.
        choices: columns that were equally good.
    """

    frame: Frame
    confidence: float
    score: float
    not_understood: tuple[str, ...]
    choices: tuple[Choice, ...]
    items: tuple[Item, ...] = ()


def parse(
    question: str, profile: TableProfile, *, today: date, find_values: FindValues | None = None
) -> list[Candidate]:
    """Candidates over the table, best first."""
    tokens = tokenize(question)
    linker = linker_for(profile)
    anchor, anchor_column = anchor_of(profile.columns, today)
    context = Context(linker, find_values, anchor, anchor_column)
    found = []
    for lexical, items in readings(question, tokens, context, limit=_READINGS):
        context.choices = []
        reduced = reduce_items(items, context)
        slots = collect(reduced, context)
        frame = frame_of(slots, context)
        if frame is None:
            continue
        frame = frame.model_copy(update={"chart": slots.chart})
        confidence, missed = explained(reduced, slots)
        score = lexical + 3 * math.log(max(confidence, 1e-6))
        found.append(
            Candidate(frame, confidence, score, missed, tuple(context.choices), tuple(reduced))
        )
    return sorted(found, key=lambda candidate: -candidate.score)


def explained(items: Sequence[Item], slots: Slots) -> tuple[float, tuple[str, ...]]:
    """How much of the question the reading explains, and the words it does not."""
    confidence = 1.0
    for item in slots.leftover:
        confidence *= _LEFTOVER.get(item.kind, _OPERATOR)
    missed = []
    bare = not (slots.columns or slots.measures or slots.report)
    for at, item in enumerate(items):
        if item.kind != "W" or not isinstance(item.data, Token) or not unknown(item.data):
            if item.kind not in {"W", "TAB"} and item.score < 0.9:
                confidence *= 1 - (0.9 - item.score) * 0.8
            continue
        missed.append(item.data.text)
        after = items[at + 1] if at + 1 < len(items) else None
        factor = _unknown_factor(item.data, _before(items, at), bare=bare)
        if after is not None and _is_head_of(after):
            factor = min(factor, 0.45)
        confidence *= factor
    return max(0.0, min(1.0, confidence)), tuple(missed)


def _is_head_of(item: Item) -> bool:
    """Whether an unknown word in front changes what is meant ("phone" in "phone number of")."""
    weak = item.kind == "COL" and item.score < _WEAK_LINK
    return weak or (item.kind == "MEA" and item.text == "count")


def _before(items: Sequence[Item], at: int) -> Item | None:
    """The item in front, articles left out."""
    for item in reversed(items[:at]):
        if item.kind != "W" or item.text not in _ARTICLES:
            return item
    return None


def _unknown_factor(token: Token, before: Item | None, *, bare: bool) -> float:
    """What an unexplained word costs by its place.

    Names and numbers are likely values the data do not have; what is asked for, counted,
    measured or grouped by must be known.
    """
    if before is not None and before.kind in _DEMANDING:
        return _DEMANDING[before.kind]
    if before is not None and before.text in _GROUPING_WORDS:
        return _DEMANDING["EACH"]
    if is_operator(token):
        return _OPERATOR
    if token.kind in {"number", "quoted", "date", "email"} or is_negation(token):
        return 0.3
    if token.text[0].isupper() and token.start > 0:
        return 0.4
    if lexicon().has("person", token.lemma):
        return 0.92
    return 0.42 if bare else 0.78
