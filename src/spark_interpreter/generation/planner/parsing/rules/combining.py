"""Conditions on time, and conditions put together."""

from __future__ import annotations

from collections.abc import Sequence

from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.parsing import times
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import (
    Item,
    merge,
)
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import (
    UNITS,
    compare,
    condition,
    negated,
    of_rows,
)
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import (
    AllOf,
    AnyOf,
    Predicate,
)
from spark_interpreter.model import ColumnProfile

rule = RuleSet()


# --- time ------------------------------------------------------------------------------------


@rule(
    "{who}* col=COL {be}* NOT? time=(TIME|PART)",
    "{who}* {be}* NOT? time=(TIME|PART) (as|for) {the}* col=COL",
)
def column_in_time(match: Match, context: Context) -> Built:
    """As in "order date in 2023"."""
    column = context.pick(match["col"].data, lambda c: c.temporal or context.is_year(c)) or (
        context.pick(match["col"].data, context.date_like)
    )
    return _timed(match, column, context) if column else None


@rule("{who}* {be}* verb=VERB NOT? time=(TIME|PART)")
def verb_in_time(match: Match, context: Context) -> Built:
    """As in "born before 1980"."""
    column = context.spoken(match["verb"].data, lambda c: c.temporal or context.is_year(c))
    return _timed(match, column, context) if column else None


@rule("{who}* {be}* (VERB|made|held|recorded|happened|placed)? NOT? time=(TIME|PART)")
def in_time(match: Match, context: Context) -> Built:
    """As in "in 2023", "since March"."""
    columns = context.dates() or context.years()
    if not columns or (
        not match["time"].data.sure
        and match.items[0].kind == "TIME"
        and match.before is not None
        and match.before.kind in {"CMP", "AGG", "TOPW"}
    ):
        return None
    item = _timed(match, columns[0], context)
    if isinstance(item, Item):
        noted = item.noted(f"{match['time'].data.description} by {columns[0].name}")
        paying = [i for i in match.items if i.kind == "VERB" and lexicon().has("paying", i.text)]
        return [*paying, noted]
    return item


def _timed(match: Match, column: ColumnProfile, context: Context) -> Built:
    found = match["time"].data
    if match["time"].kind == "PART":
        predicate = times.in_part(column, found, context)
    else:
        predicate = times.in_range(column, found, context)
    if predicate is None:
        return None
    notes = []
    if match["time"].kind == "TIME" and times.is_relative(found) and context.anchor_column:
        notes.append(
            f"counted from {context.anchor.isoformat()}, the latest {context.anchor_column} in the data"
        )
    return condition(match, predicate, *notes)


@rule("pred=PRED (as|for|in|on)? {the}* (TAB)? col=COL")
def condition_named_after(match: Match, context: Context) -> Built:
    """As in "in the Spring semester", "use Cash as payment method": the column was meant already."""
    del context
    names = columns_of(match["pred"].data)
    column = match["col"].data.best
    said = any(item.kind == "W" and item.text == "as" for item in match.items)
    if names != (column.name,) or not (said or len(match.items) == 2):
        return None
    return merge("PRED", match.items, match["pred"].data, match["pred"].text)


@rule("col=COL (by|BY|of|at)? pred=PRED")
def condition_named_before(match: Match, context: Context) -> Built:
    """As in "delayed by more than 60 minutes": the column was meant once."""
    del context
    if columns_of(match["pred"].data) != (match["col"].data.best.name,) or of_rows(match["col"]):
        return None
    return merge("PRED", match.items, match["pred"].data, match["pred"].text)


# --- together --------------------------------------------------------------------------------


@rule(
    "a=PRED {who}* or ({who}|{be}|VERB|TAB)* b=PRED",
    "either a=PRED or b=PRED",
    "either? a=HAV or b=HAV",
)
def either(match: Match, context: Context) -> Built:
    """As in "from France or older than 30"."""
    del context
    left, right = match["a"], match["b"]
    parts = [*_parts(left.data, AnyOf), *_parts(right.data, AnyOf)]
    return merge(left.kind, match.items, AnyOf(parts=tuple(parts)), left.text)


@rule("neither a=PRED nor b=PRED", "NOT a=PRED nor b=PRED")
def neither(match: Match, context: Context) -> Built:
    del context
    parts = (negated(match["a"].data), negated(match["b"].data))
    return merge("PRED", match.items, AllOf(parts=parts), "pred")


@rule(
    "a=PRED or {who}* cmp=CMP num=NUM {units}*".replace("{units}", UNITS),
    "a=PRED and {who}* {be}* cmp=CMP num=NUM {units}*".replace("{units}", UNITS),
)
def same_column_compared(match: Match, context: Context) -> Built:
    """As in "older than 40 or less than 20": the second speaks of the first one's column."""
    first = match["a"].data
    names = columns_of(first)
    op = match["cmp"].text
    if len(names) != 1 or op == "~":
        return None
    column = context.profile.column(names[0]) if names[0] not in context.derived else None
    if column is None or not column.numeric:
        return None
    made = compare(column, op, match["num"].data, context)
    if made is None:
        return None
    joined = any(item.kind == "W" and item.text == "or" for item in match.items)
    parts = (*_parts(first, AnyOf if joined else AllOf), made)
    predicate: Predicate = AnyOf(parts=parts) if joined else AllOf(parts=parts)
    return merge("PRED", match.items, predicate, "pred")


def _parts(predicate: Predicate, kind: type[AnyOf | AllOf]) -> Sequence[Predicate]:
    return predicate.parts if isinstance(predicate, kind) else (predicate,)
