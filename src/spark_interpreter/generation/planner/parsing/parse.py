"""Parsing: from a question and a table to scored candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from spark_interpreter.generation.base import FindValues
from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.language.tokens import Token, split_name, tokenize
from spark_interpreter.generation.planner.linking import TableLinker, linker_for
from spark_interpreter.generation.planner.parsing.content import is_negation, is_operator, unknown
from spark_interpreter.generation.planner.parsing.context import Choice, Context
from spark_interpreter.generation.planner.parsing.frame import Frame
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.parsing.reader import Slots, collect, frame_of
from spark_interpreter.generation.planner.parsing.rules import reduce_items
from spark_interpreter.generation.planner.parsing.scan import readings
from spark_interpreter.generation.planner.parsing.times import anchor_of
from spark_interpreter.generation.planner.parsing.trees import columns_of, walk
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    AnyOf,
    Compare,
    OneOf,
)
from spark_interpreter.model import TableProfile

_READINGS = 8
_LEFTOVER = {
    "VERB": 0.9, "POS": 0.6, "TOPW": 0.45, "BY": 0.6, "EACH": 0.45, "CNT": 0.6, "SORT": 0.7,
    "BOOL": 0.9, "ODD": 0.6, "FREQ": 0.6, "ORDINAL": 0.45, "DIR": 0.6, "POST": 0.45,
    "DEED": 0.92,
}  # fmt: skip
_OPERATOR = 0.45
_UNKNOWN = 0.42
_LIGHT = 0.9
_HOLLOW = 0.75
_LOST = 0.7
_ROWS = 0.85
_GOOD = 0.9
_DEMANDING = frozenset(("EACH", "BY", "AGG", "EXT", "SORT", "CHANGE"))
_GROUPING_WORDS = frozenset(("per", "each", "every", "by"))
_WEAK_LINK = 0.88
_DEED = 0.6
_BOTH = 0.45
_TELLING = frozenset(("who", "that", "which"))
_TOTALS = frozenset(("total", "overall", "altogether"))
_EARLIER = frozenset(("last", "previous", "prior"))
_NAMES = frozenset(("name", "names"))
_SHOUTED = frozenset(("all", "any", "each", "every", "both", "and", "or", "not", "the", "which"))
_BEFORE_NAMES = frozenset(("the", "in", "of", "from", "to", "at", "for", "with", "by"))
_LETTERS = frozenset(("a", "i"))
_KINDS = frozenset(("kind", "kinds", "type", "types", "sort", "sorts", "varieties"))
_ARTICLES = frozenset(("the", "a", "an", "all", "of", "different"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to understand the question.

    Attributes:
        confidence: 0 to 1.
        not_understood: words that found no meaning.
        choices: columns that were equally good.
        tables: names of the tables it reads.
    """

    frame: Frame
    confidence: float
    score: float
    not_understood: tuple[str, ...]
    choices: tuple[Choice, ...]
    items: tuple[Item, ...] = ()
    tables: tuple[str, ...] = ()


def parse(
    question: str, profile: TableProfile, *, today: date, find_values: FindValues | None = None
) -> list[Candidate]:
    """Candidates over the table, best first."""
    return parse_with(linker_for(profile), question, today=today, find_values=find_values)


def parse_with(
    linker: TableLinker, question: str, *, today: date, find_values: FindValues | None = None
) -> list[Candidate]:
    """Candidates over what a linker knows, best first."""
    tokens = tokenize(question)
    anchor, anchor_column = anchor_of(linker, today)
    context = Context(linker, find_values, anchor, anchor_column)
    found = []
    for lexical, items in readings(question, tokens, context, limit=_READINGS):
        context.choices = []
        reduced = reduce_items(items, context)
        slots = collect(reduced, context)
        frame = frame_of(slots, context)
        if frame is None:
            continue
        frame = frame.model_copy(update={"chart": slots.chart, "rows": slots.rows})
        confidence, missed = explained(reduced, slots, tokens, context)
        confidence *= _both_factor(frame, tokens) * _same_factor(reduced)
        confidence *= _compared_factor(frame, reduced, tokens) * _fixed_factor(frame)
        confidence *= _key_factor(frame, tokens, context) * _total_factor(frame, tokens, context)
        if linker.joins and _leaves_out_or(reduced):
            confidence *= _BOTH
        score = lexical + 3 * math.log(max(confidence, 1e-6))
        found.append(
            Candidate(
                frame,
                confidence,
                score,
                missed,
                tuple(context.choices),
                tuple(reduced),
                (frame.table,),
            )
        )
    return sorted(found, key=lambda candidate: -candidate.score)


def explained(
    items: Sequence[Item], slots: Slots, tokens: Sequence[Token], context: Context
) -> tuple[float, tuple[str, ...]]:
    """How much of the question the reading explains, and the words it does not."""
    confidence = 1.0
    missed: set[int] = set()
    for item in slots.leftover:
        factor = _leftover_factor(item, tokens)
        confidence *= factor
        if factor < _LOST:
            missed |= {at for at in item.tokens if unknown(tokens[at])}
    bare = not (slots.columns or slots.measures or slots.report)
    shown = bool(slots.columns or slots.keys)
    for at, item in enumerate(items):
        if shown and item.kind == "W" and item.text in _NAMES:
            missed |= item.tokens
            confidence *= _OPERATOR
        if not _is_missing(items, at):
            confidence *= _link_factor(item)
            continue
        missed |= item.tokens
        confidence *= _missing_factor(items, at, context, bare=bare)
    return max(0.0, min(1.0, confidence)), tuple(tokens[at].text for at in sorted(missed))


def _leaves_out_or(items: Sequence[Item]) -> bool:
    """Whether an "or" stands between conditions that no rule has put together."""
    conditions = [at for at, item in enumerate(items) if item.kind in {"PRED", "HAV"}]
    return len(conditions) > 1 and any(
        item.kind == "W" and item.text == "or" and conditions[0] < at < conditions[-1]
        for at, item in enumerate(items)
    )


def _both_factor(frame: Frame, tokens: Sequence[Token]) -> float:
    """As in "in both A and B": no row has two values, and either of them is not what is asked."""
    either = any(isinstance(node, OneOf | AnyOf) for node in walk(frame.filters))
    both = any(token.lower == "both" for token in tokens)
    things = any(isinstance(node, Aggregated) and node.distinct for node in walk(frame.measures))
    return _BOTH if both and either and (things or not frame.aggregates) else 1.0


def _compared_factor(frame: Frame, items: Sequence[Item], tokens: Sequence[Token]) -> float:
    """As in "compared to last year", where only the one or the other year is shown."""
    compares = any(item.kind == "COMPARE" for item in items)
    before = any(token.lower in _EARLIER for token in tokens)
    return _BOTH if compares and before and frame.change is None else 1.0


def _fixed_factor(frame: Frame) -> float:
    """As in "what did Ana buy", where only her own name is shown: it was in the question."""
    fixed = {part.left for part in frame.filters if isinstance(part, Compare) and part.op == "="}
    shown = [named.value for named in frame.columns]
    return _BOTH if shown and not frame.aggregates and all(v in fixed for v in shown) else 1.0


def _same_factor(items: Sequence[Item]) -> float:
    """As in "the same name as the director": a condition between columns that no rule has read."""
    words = [item.text for item in items if item.kind == "W"]
    return _BOTH if "same" in words and "as" in words[words.index("same") :] else 1.0


def _key_factor(frame: Frame, tokens: Sequence[Token], context: Context) -> float:
    """As in "a grant of more than 5000", where only the key of a grant is a number."""
    compared = {
        column.name
        for node in walk(frame.filters)
        if isinstance(node, Compare) and node.op in {"<", "<=", ">", ">="}
        for column in map(context.known, columns_of(node))
        if column is not None and (context.is_id(column) or context.refers(column))
    }
    said = any(context.says_key(token.lower) for token in tokens)
    return _BOTH if compared and not said else 1.0


def _total_factor(frame: Frame, tokens: Sequence[Token], context: Context) -> float:
    """As in "who paid more than 500 in total", where only a single amount is compared."""
    total = any(token.lower in _TOTALS for token in tokens)
    summed = any(isinstance(node, Aggregated) for node in walk((frame.having, frame.measures)))
    named = [column.name for column in context.profile.columns]
    if not total or summed or any(_TOTALS & set(split_name(name)) for name in named):
        return 1.0
    compared = (
        context.known(name)
        for part in frame.filters
        if isinstance(part, Compare)
        for name in columns_of(part)
    )
    return _BOTH if any(c is not None and context.measurable(c) for c in compared) else 1.0


def _is_missing(items: Sequence[Item], at: int) -> bool:
    """Whether a plain word ought to mean something; a last letter does ("with tag a")."""
    item = items[at]
    if item.kind != "W" or not isinstance(item.data, Token):
        return False
    if _is_abbreviation(items, at):
        return True
    last = all(isinstance(i.data, Token) and i.data.kind == "punctuation" for i in items[at + 1 :])
    return unknown(item.data) or (last and item.text in _LETTERS)


def _is_abbreviation(items: Sequence[Item], at: int) -> bool:
    """As in "in the US": capitals where a name stands, whatever else the letters may mean."""
    text = items[at].data.text
    written = [i.data.text for i in items if isinstance(i.data, Token) and i.data.kind == "word"]
    shouted = all(word.isupper() for word in written)
    return (
        text.isupper()
        and len(text) > 1
        and not shouted
        and text.lower() not in _SHOUTED
        and at > 0
        and items[at - 1].text in _BEFORE_NAMES
    )


def _leftover_factor(item: Item, tokens: Sequence[Token]) -> float:
    """What it costs that no rule had a use for the item."""
    if item.kind == "VERB" and any(is_operator(tokens[at]) for at in item.tokens):
        return _OPERATOR
    if _is_light(item):
        return _LIGHT
    return _LEFTOVER.get(item.kind, _OPERATOR)


def _is_light(item: Item) -> bool:
    return item.kind in {"POS", "VERB"} and lexicon().has("light", item.text)


def _link_factor(item: Item) -> float:
    """What it costs that words only resemble what they were taken for."""
    if item.kind in {"W", "TAB"} or item.score >= _GOOD or _is_light(item):
        return 1.0
    return 1 - (_GOOD - item.score) * 0.8


def _missing_factor(items: Sequence[Item], at: int, context: Context, *, bare: bool) -> float:
    """What an unexplained word costs at its place."""
    token = items[at].data
    if context.linker.relates(token):
        return _LIGHT
    after = items[at + 1] if at + 1 < len(items) else None
    if _is_kind_of(items, at):
        return _OPERATOR
    factor = _unknown_factor(token, _before(items, at), bare=bare)
    if factor == _UNKNOWN and context.linker.joins and _is_deed(items, at):
        return _DEED
    if factor == _UNKNOWN and (context.may_be_rows(token) or _is_explained(items, at)):
        return _ROWS
    if after is not None and _is_head_of(after):
        factor = min(factor, _OPERATOR)
    return factor


def _is_deed(items: Sequence[Item], at: int) -> bool:
    """Whether the word says what the rows of one table do with those of another ("steered by")."""
    before, after = items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None
    told = before is not None and before.text in _TELLING
    done = items[at].text.endswith("ed") and after is not None and after.text in {"by", "in", "at"}
    return told or done


def _is_kind_of(items: Sequence[Item], at: int) -> bool:
    """As in "how many types of": not the rows are counted."""
    after = items[at + 1] if at + 1 < len(items) else None
    before = _before([item for item in items[:at] if item.kind != "DIST"], at)
    of_what = after is not None and after.text == "of" and items[at].text in _KINDS
    return of_what and before is not None and before.kind in {"MEA", "CNT"}


def _is_explained(items: Sequence[Item], at: int) -> bool:
    """As in "early (delay below 0)": the brackets say what the word means."""
    following = items[at + 1 : at + 3]
    return [item.text for item in following] == ["(", "pred"]


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
    """What an unexplained word costs by what kind of word it is.

    What says little may be left out; everything else must be known: what is asked for, counted,
    measured or grouped by, and names and numbers the data do not have.
    """
    words = lexicon()
    if before is not None and (before.kind in _DEMANDING or before.text in _GROUPING_WORDS):
        return 0.6 if words.has("light", token.lower) else 0.35
    if is_operator(token):
        return _OPERATOR
    if token.kind in {"number", "quoted", "date", "email"} or is_negation(token):
        return 0.3
    if words.has("people", token.lower):
        return 0.92
    if words.has("light", token.lower):
        return 0.7 if bare else _LIGHT
    if words.has("hollow", token.lower):
        return _HOLLOW
    return _UNKNOWN
