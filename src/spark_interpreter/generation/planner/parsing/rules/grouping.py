"""Grouping keys: "for each city", "by month"."""

from __future__ import annotations

from dataclasses import replace

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import Item, merge
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import flag
from spark_interpreter.generation.planner.parsing.times import bucket_key
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Arithmetic,
    Compare,
    Constant,
    IsNull,
    Named,
    Not,
    Predicate,
)

rule = RuleSet()
_SHORT = 20
_SURE = 0.9


def _keys(items: list[Item], context: Context) -> tuple[Named, ...]:
    found = []
    for item in items:
        column = context.pick(item.data, lambda c: not context.measurable(c)) or context.pick(
            item.data
        )
        if column is not None:
            context.note_tie(item, column)
            found.append(context.named(column))
    return tuple(found)


@rule(
    "(of|for|in|by|BY|EACH|with)* {the}* col=COL bucket=BUCKET",
    "(of|for|in|by|with)* bucket=BUCKET (of|by|for|in)* {the}* col=COL",
    "bucket=BUCKET",
)
def time_bucket(match: Match, context: Context) -> Built:
    """As in "by month", "by year of birth date", "by signup year"."""
    column = None
    if match.has("col"):
        column = context.pick(match["col"].data, lambda c: c.temporal)
        if column is None:
            return None
    dates = context.dates()
    column = column or (dates[0] if dates else None)
    if column is None:
        return None
    found = match["bucket"].data
    asked = match["bucket"].text.startswith(("which ", "what "))
    item = merge("KEY", match.items, (bucket_key(column, found),), "asked" if asked else "key")
    return item.noted(f"{found.description.removeprefix('by ')} from {column.name}")


@rule("mea=MEA each=EACH {the}* col=COL")
def per_unit(match: Match, context: Context) -> Built:
    """As in "average tip per km": the total of one over the total of the other."""
    column = context.pick(match["col"].data)
    value = match["mea"].data[0].value
    if (
        match["each"].data != "per"
        or column is None
        or not context.measurable(column)
        or context.is_year(column)
        or (column.distinct_count or 0) <= _SHORT
        or not isinstance(value, Aggregated)
        or value.function not in {"avg", "sum"}
    ):
        return None
    total = value.model_copy(update={"function": "sum"})
    whole = Aggregated(function="sum", value=context.expression(column))
    name = f"{'_'.join(columns_of(total))}_per_{column.name}"
    made = Named(name=name, value=Arithmetic(op="/", left=total, right=whole))
    note = f"per {match['col'].text}: the total over the total {column.name}"
    return merge("MEA", match.items, (made,), "mea", note)


@rule(
    "(and|of|for|in|to|from)* EACH (and)? {the}* (of|different|DIST|type|kind|such)* {the}* cols=(COL ({list}+ {the}* COL)*)"
)
def for_each(match: Match, context: Context) -> Built:
    """As in "for each city and year"."""
    keys = match.all("cols", "COL")
    if len(keys) == 1 and context.tells_rows(keys[0].data.best):
        word = keys[0].text.split()[-1]
        column, key = keys[0].data.best, {"id", "code", "number", "key", "name"}
        partly = context.measurable(column) and keys[0].score < _SURE
        rows = context.is_id(column) or context.names_rows(column) or partly
        if word not in key and (rows or context.linker.joins):
            return merge("TAB", match.items, None, "table")
    each = next(item for item in match.items if item.kind == "EACH")
    if each.data == "per":
        return merge("KEY", match.items, _keys(keys, context), "per")
    return merge("KEY", match.items, _keys(match.all("cols", "COL"), context), "each")


@rule("by=BY {the}* EACH? (different|DIST)? {the}* cols=(COL ({list}+ {the}* COL)*)")
def by_columns(match: Match, context: Context) -> Built:
    """As in "by city": groups where something is measured, an order elsewhere."""
    return merge("BYKEY", match.items, _keys(match.all("cols", "COL"), context), "bykey")


@rule("mea=MEA (of|for|in|at|from|among|across|by|on|to) {the}* (different|various|TAB)? col=COL")
def measured_rows(match: Match, context: Context) -> Built:
    """As in "the average age of the players": whose age it is, not a grouping."""
    if match.after is not None and match.after.kind in {"VAL", "STR", "NUM", "CMP"}:
        return None
    column = match["col"].data.best
    sure = column.unique or context.names_rows(column)
    item = merge("MEA", match.items, match["mea"].data, match["mea"].text)
    return item if sure else replace(item, score=min(item.score, 0.72))


@rule("(that|who|which) (have|has|had) {the}* (any|some)? col=COL")
def having_some(match: Match, context: Context) -> Built:
    """As in "that have a phone": the value is there."""
    return _present(match, context)


@rule("(with|have|has|had|having) some=(a|an|any|some) col=COL")
def with_some(match: Match, context: Context) -> Built:
    """As in "how many orders have a customer": not what it says of "a salary of 5000"."""
    after = match.after
    if after is not None and not (after.kind in {"PRED", "KEY"} or after.text in {"?", "."}):
        return None
    return _present(match, context)


def _present(match: Match, context: Context) -> Built:
    """The condition that a value is there; an amount that can be zero has to be more."""
    column = match["col"].data.best
    present: Predicate = Not(part=IsNull(value=context.expression(column)))
    if (yes := flag(column, context)) is not None:
        present = yes
    elif context.measurable(column) and column.minimum == 0:
        present = Compare(op=">", left=context.expression(column), right=Constant(value=0))
    return merge("PRED", match.items, present, "pred")


@rule("a=KEY {list}+ b=KEY", "a=KEY b=KEY", "a=KEY {list}* b=BYKEY", "a=BYKEY {list}+ b=KEY")
def keys_together(match: Match, context: Context) -> Built:
    """As in "for each city, by month"."""
    del context
    return merge("KEY", match.items, (*match["a"].data, *match["b"].data), "key")


@rule("a=KEY {list}+ b=COL", "a=BYKEY {list}+ b=COL")
def key_and_column(match: Match, context: Context) -> Built:
    """As in "by month and region"."""
    return merge(
        match["a"].kind,
        match.items,
        (*match["a"].data, *_keys([match["b"]], context)),
        match["a"].text,
    )
