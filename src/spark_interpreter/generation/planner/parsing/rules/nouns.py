"""Noun groups: columns of the table's rows, and words that only point at rows."""

from __future__ import annotations

from dataclasses import replace

from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.linking_values import yes_and_no
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import ColumnLinks, Item, Linked, merge
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import compare
from spark_interpreter.model import ColumnProfile

rule = RuleSet()
EACH_ROW = "each row"
_PARTIAL, _SURE = 0.85, 0.95
_WEAK = frozenset(
    ("code", "codes", "id", "ids", "name", "names", "number", "numbers", "address", "addresses")
)


@rule("noun=(TAB|COL) (number|no|nr|id)? num=NUM (TAB|COL|POST|CMP)?")
def row_by_number(match: Match, context: Context) -> Built:
    """As in "order 10001", "the amount of order 4": the number is a key of the rows."""
    noun, number = match["noun"], match["num"].data
    if len(match.items) > 3 or match.items[-1].kind != "NUM" or not isinstance(number, int):
        return None
    one = singular(noun.text) == noun.text and noun.text != "row"
    if noun.kind == "COL" and one and (key := _key_of(noun, context)) is not None:
        is_number = compare(key, "=", number, context)
        item = merge("PRED", match.items, is_number, "pred")
        return replace(item, score=max(item.score, _SURE)) if is_number else None
    if noun.kind == "COL" and not is_own_key(noun, context):
        return None
    named = one and " " not in noun.text
    for column in context.linker.own:
        if not (column.unique and column.numeric and context.is_id(column)):
            continue
        low, high = column.minimum, column.maximum
        if isinstance(low, int) and isinstance(high, int) and (named or low <= number <= high):
            is_number = compare(column, "=", number, context)
            return merge("PRED", match.items, is_number, "pred") if is_number else None
    return None


@rule("TAB ('s|’s|')? col=COL")
def column_of_rows(match: Match, context: Context) -> Built:
    """As in "employees' salaries", "student name"."""
    after = match.after
    if after is not None and (after.text == "by" or after.kind == "BY"):
        return None
    if yes_and_no(match["col"].data.best):
        return None
    return merge("COL", match.items, match["col"].data, match["col"].text)


@rule("col=COL (of|for|from|about) {the}* EACH? {the}* different? tab=TAB")
def rows_column(match: Match, context: Context) -> Built:
    """As in "the name of each student"."""
    if match.after is not None and match.after.kind in {"VAL", "STR"}:
        return None
    return [merge("COL", match.items, match["col"].data, match["col"].text)]


@rule(
    "col=COL (of|for|from|in|at|by)* {the}* each=EACH? {the}* (different|DIST)? entity=COL",
    "entity=COL (with|'s|’s)* {the}* col=COL",
)
def column_of_other_rows(match: Match, context: Context) -> Built:
    """As in "the city of the customer": rows of another table, and one of its columns."""
    col, entity = match["col"], match["entity"]
    owner = context.linker.owner(entity.data.best)
    if not context.linker.entity(entity.data.options[0]) or context.linker.entity(
        col.data.options[0]
    ):
        return None
    own = context.pick(col.data, lambda c: context.linker.owner(c) == owner)
    if own is None or own is not col.data.best:
        return None
    made = merge("COL", [i for i in match.items if i.kind != "EACH"], col.data, col.text)
    return [match["each"], made] if match.has("each") else made


@rule("col=COL of {the}* each=EACH? {the}* (different|DIST)? thing=COL")
def name_of_thing(match: Match, context: Context) -> Built:
    """As in "the names of the directors": the directors themselves."""
    thing = context.pick(match["thing"].data)
    named = match["col"].data.best
    if match["col"].text not in {"name", "names"} or thing is None or thing.numeric:
        return None
    if thing.unique or context.is_id(thing) or thing.name == named.name:
        return None
    made = merge("COL", match.items, match["thing"].data, match["thing"].text)
    return [match["each"], made] if match.has("each") else made


@rule("col=COL (of|for|from|about|in|at) {the}* (different|various)? entity=COL")
def column_of_entity(match: Match, context: Context) -> Built:
    """As in "positions of players": the players are the rows."""
    entity = match["entity"]
    if not is_entity(entity, context) or match["col"].data.best == entity.data.best:
        return None
    if match.after is not None and match.after.kind in {
        "VAL",
        "STR",
        "NUM",
        "CMP",
        "MATCH",
        "COL",
        "NOT",
    }:
        return None
    return merge("COL", match.items, match["col"].data, match["col"].text)


def is_entity(item: Item, context: Context) -> bool:
    """Whether a plural names the rows by their key or name."""
    links: ColumnLinks = item.data
    plural = singular(item.text.split()[-1]) != item.text.split()[-1]
    column = links.best
    return (
        plural
        and not column.numeric | column.temporal
        and (column.unique or context.names_rows(column))
    ) or (plural and column.unique and context.is_id(column))


@rule("a=COL (,)? b=COL")
def same_column_twice(match: Match, context: Context) -> Built:
    """As in "gross sales in dollars", "manufacturer codes": one column in two words."""
    first, second = match["a"], match["b"]
    near = first.tokens and max(first.tokens) + 1 == min(second.tokens)
    weak = second.text in _WEAK and not context.derived.get(second.data.best.name)
    if near and (weak or first.data.best == second.data.best):
        return merge("COL", match.items, first.data, first.text)
    if second.data.best.name in context.computed:
        return None
    if near and len(match.items) == 2 and first.score < _PARTIAL <= second.score:
        return merge("COL", match.items, second.data, second.text)
    return None


@rule("how pos=POS")
def how_much_of(match: Match, context: Context) -> Built:
    """As in "how old", "how long"."""
    found = context.gradable(match["pos"].data)
    if found is None:
        return None
    links = ColumnLinks((Linked(found[0], 0.85),))
    return merge("COL", match.items, links, match["pos"].text)


def _key_of(item: Item, context: Context) -> ColumnProfile | None:
    """The key by which rows name one of another table's ("orders of customer 3")."""
    column = context.linker.key_of(item.data.best)
    return column if column is not None and column.numeric and not column.unique else None


def is_own_key(item: Item, context: Context) -> bool:
    """Whether the words name the rows by their key ("customer 12")."""
    best = item.data.best
    return bool(best.unique) and context.is_id(best)


@rule("EACH {the}* tab=TAB")
def each_row(match: Match, context: Context) -> Built:
    """As in "for each student": says no more than "students", unless something is measured."""
    return merge("TAB", match.items, match["tab"].data, EACH_ROW)


@rule("tab=TAB TAB+")
def rows_twice(match: Match, context: Context) -> Built:
    return merge("TAB", match.items, match["tab"].data, "table")
