"""Conditions on texts, on yes-and-no columns and on missing values."""

from __future__ import annotations

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import (
    Item,
    ValueLinks,
    merge,
)
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import (
    condition,
    flag,
    is_meaningful,
    of_rows,
)
from spark_interpreter.generation.planner.plan import (
    Compare,
    Constant,
    IsNull,
    Match as TextMatch,
    Not,
    Predicate,
)
from spark_interpreter.model.types import family

rule = RuleSet()


# --- text ------------------------------------------------------------------------------------

_LETTERS = "(the|a|an|letter|letters|word|words|phrase|substring|string|text|character|keyword|with|in|by|name)*"


@rule(
    "{who}* (has|have|having|with|contain)? not=NOT? how=MATCH {letters} what=(STR|VAL|W|NUM) (somewhere|anywhere)? (in|as|of|for|within) (part|of)* {the}* (TAB|its|their|'s)* col=COL".replace(
        "{letters}", _LETTERS
    ),
    "{who}* (has|have|having|with|containing|contain|contains) {letters} what=(STR|VAL) (in|as|within) (part|of)* {the}* (TAB|its|their|'s)* col=COL".replace(
        "{letters}", _LETTERS
    ),
    "{who}* col=COL (whose name|that|which|who|does|do|did)* {be}* not=NOT? {be}* how=MATCH {letters} what=(STR|VAL|W|COL|NUM)".replace(
        "{letters}", _LETTERS
    ),
)
def text_matched(match: Match, context: Context) -> Built:
    """As in "whose name contains 'an'"."""
    column = context.pick(match["col"].data, lambda c: family(c.type) == "text")
    what = match["what"]
    if column is None or (what.kind == "W" and not is_meaningful(what)):
        return None
    named = any(item.text == "name" for item in match.items if item.kind == "W")
    if named and of_rows(match["col"]):  # "the city of the student whose name contains": not its
        return None
    text = _raw(what)
    kind = match["how"].text if match.has("how") else "contains"
    predicate = TextMatch(value=context.expression(column), kind=kind, text=text)
    made = condition(match, predicate)
    if any(item.text == "whose" for item in match.items) and match.items[0] is match["col"]:
        return [Item("DIST", "distinct", frozenset()), match["col"], made]
    return made


@rule("named=TAB not=NOT? how=MATCH {letters} what=STR".replace("{letters}", _LETTERS))
def name_matched(match: Match, context: Context) -> Built:
    """As in "products starting with A": the name tells which row is meant."""
    labels = context.label()
    if len(labels) != 1:
        return None
    text = TextMatch(
        value=context.expression(labels[0]), kind=match["how"].text, text=_raw(match["what"])
    )
    rows = match["named"]
    rest = [item for item in match.items if item is not rows]
    predicate = Not(part=text) if match.has("not") else text
    return [rows, merge("PRED", rest, predicate, "pred")]


def _raw(item: Item) -> str:
    if isinstance(item.data, ValueLinks):
        return item.data.text
    if item.kind == "STR":
        return str(item.data)
    if item.kind == "W":
        return str(item.data.text)
    return item.text


# --- yes and no ---


@rule(
    "({be}|{who}|VERB|TAB)+ not=NOT? (be|been|being|VERB)* (on|under)? col=COL",
    "not=NOT col=COL TAB?",
    "col=COL TAB",
)
def flagged(match: Match, context: Context) -> Built:
    """As in "who are not remote", "cancelled flights"."""
    column = match["col"].data.best
    predicate = flag(column, context, value=not match.has("not"))
    after = match.after
    if predicate is None or (after is not None and after.kind in {"VAL", "STR", "NULL"}):
        return None
    rest = [item for item in match.items if item.kind == "TAB"]
    made = merge("PRED", [i for i in match.items if i.kind != "TAB"], predicate, "pred")
    return [*rest, made]


@rule(
    "{who}* {be}* not=NOT (be|been|yet|VERB)* col=COL",
    "{who}* (have|has|had)? not=NOT {the}* (any|known)? col=COL (value|values|recorded|listed|given)?",
)
def lacking(match: Match, context: Context) -> Built:
    """As in "without an email", "have not been discharged"."""
    column = match["col"].data.best
    after = match.after
    if after is not None and (
        after.kind in {"VAL", "STR", "NUM", "CMP", "MATCH", "TIME"}
        or after.text in {"is", "are", "of"}
    ):
        return None
    negation = str(match["not"].data)
    none = negation.startswith(("no", "without", "lack")) and negation != "not"
    if none and context.measurable(column) and not column.null_count:
        zero = Compare(op="=", left=context.expression(column), right=Constant(value=0))
        return merge("PRED", match.items, zero, "pred")
    if none or column.temporal:
        predicate = IsNull(value=context.expression(column))
        return merge("PRED", match.items, predicate, "pred")
    return None


# --- missing values --------------------------------------------------------------------------


@rule(
    "{who}* {be}* not=NOT? null=NULL (value|values)? (for|in|of|as)? {the}* col=COL",
    "{who}* col=COL (information|value|values)? {be}* not=NOT? {be}* null=NULL",
    "{who}* null=NOT {the}* (any|a|known)? col=COL (value|values|information|listed|given|specified|recorded)",
)
def missing(match: Match, context: Context) -> Built:
    """As in "email is missing"."""
    column = context.pick(match["col"].data)
    if column is None:
        return None
    predicate: Predicate = IsNull(value=context.expression(column))
    if match["null"].text == "present":
        predicate = Not(part=predicate)
    if match["null"].kind == "NOT":
        return merge("PRED", match.items, predicate, "pred")
    return condition(match, predicate)
