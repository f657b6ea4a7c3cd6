"""What rules for conditions share: units, negation, comparisons."""

from __future__ import annotations

from spark_interpreter.generation.planner.linking_values import yes_and_no
from spark_interpreter.generation.planner.parsing.content import unknown
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import (
    Item,
    merge,
)
from spark_interpreter.generation.planner.parsing.patterns import Match
from spark_interpreter.generation.planner.plan import (
    Compare,
    Constant,
    Not,
    OneOf,
    Predicate,
)
from spark_interpreter.model import ColumnProfile

UNITS = (
    "(year|years|ms|milliseconds|old|dollars|dollar|usd|euros|percent|%|eur|kg|kilograms|pounds|lbs|meters|metres|feet|cm|km|"
    "miles|minutes|minute|hours|hour|seconds|days|points|stars|star|million|billion|degrees|"
    "square|units|times|of|age|in|total)"
)
EACH_VALUE = "pred_each"
"""The text of a condition on several values that "and" puts together ("men and women")."""
COUNTED = {"SUP", "EXT", "TAB", "COL", "TOPW"}
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}


def negated(predicate: Predicate) -> Predicate:
    """The opposite condition, for rows that have a value."""
    if isinstance(predicate, Compare):
        return predicate.model_copy(update={"op": OPPOSITE[predicate.op]})
    if isinstance(predicate, Not):
        return predicate.part
    return Not(part=predicate)


def condition(match: Match, predicate: Predicate, *notes: str) -> Item:
    """The match as a condition; a negation captured as `no` turns it around."""
    listed = isinstance(predicate, OneOf) and any(i.text == "and" for i in match.all("vals", "W"))
    if is_negative(match):
        predicate = negated(predicate)
    return merge("PRED", match.items, predicate, EACH_VALUE if listed else "pred", *notes)


def is_negative(match: Match) -> bool:
    return any(
        item.kind == "NOT"
        or (item.kind == "CMP" and item.text == "!=" and item.tokens and match.has("vals"))
        for item in match.items
    )


def flag(column: ColumnProfile, context: Context, *, value: bool = True) -> Compare | None:
    """The condition that a yes-and-no column says yes; None of any other column."""
    words = yes_and_no(column)
    if words is None:
        return None
    constant = Constant(value=words[0 if value else 1])
    return Compare(op="=", left=context.expression(column), right=constant)


def compare(column: ColumnProfile, op: str, number: object, context: Context) -> Compare | None:
    constant = context.constant(column, number)
    if constant is None:
        return None
    return Compare(op=op, left=context.expression(column), right=constant)


def operator(item: Item) -> str:
    """The comparison of "more than" or "older than"."""
    if item.kind == "CMP":
        return item.text
    attributes = item.data.attributes
    return ">" if not attributes or attributes[0].direction > 0 else "<"


def of_rows(item: Item) -> bool:
    """Whether a column stands with its rows ("the age of all players"): what follows is theirs."""
    return len(item.tokens) > len(item.text.split())


def is_meaningful(item: Item) -> bool:
    return item.data is not None and item.data.kind in {"word", "number"} and unknown(item.data)
