"""Comparisons with numbers, of rows and of groups ("more than two")."""

from __future__ import annotations

from spark_interpreter.generation.planner.language.tokens import split_name
from spark_interpreter.generation.planner.language.words import singular
from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.derive import years_since
from spark_interpreter.generation.planner.parsing.items import (
    ColumnLinks,
    Item,
    merge,
)
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import (
    OPPOSITE,
    UNITS,
    compare,
    condition,
    is_negative,
    operator,
)
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Between,
    Compare,
    Constant,
    Named,
    ScalarQuery,
    Scan,
)
from spark_interpreter.model import ColumnProfile

rule = RuleSet()
late = RuleSet()
_VAGUE = {"high", "low", "large", "big", "small", "great", "good", "bad"}
_OLDEST = 120
_WHOLE_NAME = 0.95
_OWNING = frozenset(("have", "has", "had", "having", "with"))
_AMOUNTS = ("amount", "price", "total", "value", "cost")


# --- comparisons -----------------------------------------------------------------------------


@rule(
    "{who}* {the}* mea=MEA {be}* NOT? {be}* cmp=(CMP|ADJ) {the}* num=NUM {units}*".replace(
        "{units}", UNITS
    )
)
def measure_compared(match: Match, context: Context) -> Built:
    """As in "whose average price is above 10"."""
    del context
    measures: tuple[Named, ...] = match["mea"].data
    op = operator(match["cmp"])
    before = match.before
    explicit = match.items[0].kind == "W" or (
        before is not None and before.kind in {"COL", "TAB", "PRED"}
    )
    if len(measures) != 1 or op == "~" or not explicit:
        return None
    predicate = Compare(op=op, left=measures[0].value, right=Constant(value=match["num"].data))
    if is_negative(match):
        predicate = predicate.model_copy(update={"op": OPPOSITE[predicate.op]})
    return merge("HAV", match.items, predicate, "hav")


@rule(
    "(who|that|which|with|have|has|had|having|and)* not=NOT? cmp=CMP num=NUM (in|of)? {the}* mea=MEA"
)
def compared_measure(match: Match, context: Context) -> Built:
    """As in "customers with less than 100 total amount"."""
    del context
    measures: tuple[Named, ...] = match["mea"].data
    op = match["cmp"].text
    if len(measures) != 1 or op == "~":
        return None
    predicate = Compare(op=op, left=measures[0].value, right=Constant(value=match["num"].data))
    if match.has("not"):
        predicate = predicate.model_copy(update={"op": OPPOSITE[predicate.op]})
    return merge("HAV", match.items, predicate, "hav")


@rule(
    "col=COL {be}* NOT? {be}* (higher|lower|greater|more|less)? BETW lo=NUM {list}+ hi=NUM",
    "col=COL {be}* NOT? BETW lo=NUM (to|-) hi=NUM",
)
def number_between(match: Match, context: Context) -> Built:
    """As in "age is between 20 and 30"."""
    return _between(match, match["col"].data, context)


@rule(
    "BETW lo=NUM (and|to|-) hi=NUM {units}? col=COL".replace("{units}", UNITS),
    "BETW lo=NUM (and|to|-) hi=NUM",
)
def between_numbers(match: Match, context: Context) -> Built:
    """As in "between 20 and 30 years old"."""
    return _between(match, match["col"].data, context) if match.has("col") else None


def _between(match: Match, columns: ColumnLinks, context: Context) -> Built:
    column = context.pick(columns, lambda c: c.numeric)
    low, high = match["lo"].data, match["hi"].data
    if column is None:
        return None
    if low > high:
        low, high = high, low
    between = Between(
        value=context.expression(column), low=Constant(value=low), high=Constant(value=high)
    )
    return condition(match, between)


def is_row_number(item: Item, context: Context) -> bool:
    """Whether a word for the rows ("patients") found their key, which nobody compares."""
    column = item.data.best
    return bool(column.unique) and context.is_id(column) and item.score < _WHOLE_NAME


@rule(
    "{who}* col=COL (that|which|who|value|values)* {be}* not=NOT? {be}* (by|BY)? cmp=CMP {the}* num=NUM {units}*".replace(
        "{units}", UNITS
    ),
)
def column_compared(match: Match, context: Context) -> Built:
    """As in "whose budget is more than 10"."""
    columns: ColumnLinks = match["col"].data
    column = context.pick(columns, lambda c: c.numeric)
    op = match["cmp"].text
    if column is not None and op not in {"=", "!="} and is_row_number(match["col"], context):
        return None
    if (
        match.after is not None
        and match.after.kind in {"TAB", "COL"}
        and match.items[-1].kind == "NUM"
    ):
        return None
    if column is None and op in {"=", "!="}:
        column = context.pick(columns)
    if column is None or op == "~":
        return None
    made = compare(column, op, match["num"].data, context)
    if made and match["col"].text == "#how many":
        rows = merge("MEA", [match["col"]], (Named(name="count", value=count()),), "count")
        return [rows, condition(match, made)]
    return condition(match, made) if made else None


@rule(
    "{who}* (after|before|since|until) {the}* col=COL num=NUM",
    "{who}* col=COL {be}* (after|before|since|until) num=NUM",
)
def after_value(match: Match, context: Context) -> Built:
    """As in "after season 2007"."""
    column = context.pick(match["col"].data, lambda c: c.numeric)
    if column is None:
        return None
    op = {"after": ">", "before": "<", "since": ">=", "until": "<="}[
        next(
            item.text for item in match.items if item.text in {"after", "before", "since", "until"}
        )
    ]
    made = compare(column, op, match["num"].data, context)
    return condition(match, made) if made else None


@rule(
    "{who}* col=COL {be}* NOT? {be}* num=NUM {units}? post=POST".replace("{units}", UNITS),
    "{who}* num=NUM post=POST {units}? col=COL".replace("{units}", UNITS),
    "{who}* num=NUM col=COL post=POST",
)
def column_or_more(match: Match, context: Context) -> Built:
    """As in "capacity of 100 or more"."""
    column = context.pick(match["col"].data, lambda c: c.numeric)
    if column is None:
        return None
    counted = match.items.index(match["num"]) < match.items.index(match["col"])
    if context.linker.joins and counted and not context.measurable(column):
        return _group_condition(match, match["post"].text, match["num"].data)
    made = compare(column, match["post"].text, match["num"].data, context)
    return condition(match, made) if made else None


@rule("{who}* not=NOT? cmp=CMP num=NUM of? {the}* col=COL")
def compared_column(match: Match, context: Context) -> Built:
    """As in "more than 5 stars"; of other columns it counts the values or rows of a group."""
    op, number = match["cmp"].text, match["num"].data
    if op == "~":
        return None
    columns: ColumnLinks = match["col"].data
    column = context.pick(columns, context.measurable)
    if column is not None and not context.is_year(column):
        made = compare(column, op, number, context)
        return condition(match, made) if made else None
    inner = context.pick(columns)
    assert inner is not None
    return _group_condition(match, op, number)


@rule(
    "{who}* {be}* verb=VERB (in|on|at)* not=NOT? (CMP:=)? num=NUM",
    "{who}* {be}* verb=VERB cmp=CMP num=NUM {units}*".replace("{units}", UNITS),
)
def verb_number(match: Match, context: Context) -> Built:
    """As in "costs 5", "weighs more than 100"."""
    column = context.spoken(match["verb"].data, lambda c: c.numeric)
    placed = any(item.kind == "W" and item.text == "in" for item in match.items)
    if column is None or (placed and not context.is_year(column)):
        return None
    op = next((match[end].text for end in ("cmp", "post") if match.has(end)), "=")
    made = compare(column, op, match["num"].data, context) if op != "~" else None
    return condition(match, made) if made else None


@rule(
    "{who}* not=NOT? cmp=CMP num=NUM (different|distinct|DIST)? tab=TAB",
    "{who}* not=NOT? num=NUM post=POST tab=TAB",
    "(with|has|have|had|having) (CMP:=)? num=NUM (different|DIST)? tab=TAB",
    "{who}* (appear|appears|occur|occurs|used|mentioned|listed|shown|taken) not=NOT? cmp=CMP num=NUM (times)?",
    "{who}* not=NOT? cmp=CMP num=NUM times",
)
def rows_compared(match: Match, context: Context) -> Built:
    """As in "with more than two students"."""
    del context
    op = "="
    if match.has("cmp") or match.has("post"):
        op = match["cmp"].text if match.has("cmp") else match["post"].text
    return None if op == "~" else _group_condition(match, op, match["num"].data)


def _group_condition(match: Match, op: str, number: object) -> Built:
    predicate = Compare(op=op, left=count(), right=Constant(value=number))
    if is_negative(match):
        predicate = predicate.model_copy(update={"op": OPPOSITE[predicate.op]})
    return merge("HAV", match.items, predicate, "hav")


@rule("{who}* col=COL {be}* not=NOT? adj=ADJ num=NUM {units}*".replace("{units}", UNITS))
def column_graded(match: Match, context: Context) -> Built:
    """As in "length longer than 90"."""
    column = context.pick(match["col"].data, lambda c: c.numeric)
    if column is None:
        return None
    op = operator(match["adj"])
    made = compare(column, op, match["num"].data, context)
    return condition(match, made) if made else None


@rule("{who}* {be}* not=NOT? adj=ADJ num=NUM {units}*".replace("{units}", UNITS))
def graded(match: Match, context: Context) -> Built:
    """As in "older than 56"."""
    found = context.gradable(match["adj"].data)
    if found is None or not found[0].numeric or match["adj"].data.value in _VAGUE:
        return None
    column, direction = found
    op = ">" if direction > 0 else "<"
    value, note = context.expression(column), f"{match['adj'].text} speaks of {column.name}"
    if context.is_year(column) and match["num"].data < _OLDEST:
        value, formula = years_since(column, context)
        op, note = "<" if direction > 0 else ">", f"age = {formula}"
    predicate = Compare(op=op, left=value, right=Constant(value=match["num"].data))
    return condition(
        match, predicate, *(() if _said(column, match["adj"].text, context) else (note,))
    )


def _said(column: ColumnProfile, word: str, context: Context) -> bool:
    del word
    return context.linker.words(column) in {
        ("age",),
        ("price",),
        ("height",),
        ("weight",),
        ("length",),
    }


@rule(
    "{who}* col=COL {be}* rel=AVGREL",
    "{who}* rel=AVGREL {the}* col=COL",
    "{who}* col=COL {be}* cmp=CMP {the}* agg=AGG:avg {the}* same=COL?",
    "{who}* cmp=CMP {the}* agg=AGG:avg {the}* col=COL",
)
def above_average(match: Match, context: Context) -> Built:
    """As in "price above the average"."""
    column = context.pick(match["col"].data, context.measurable)
    if column is None:
        return None
    op = match["rel" if match.has("rel") else "cmp"].text
    value = context.expression(column)
    mean = Aggregate(
        input=Scan(table=context.profile.name),
        measures=(Named(name=f"avg_{column.name}", value=Aggregated(function="avg", value=value)),),
    )
    predicate = Compare(op=op, left=value, right=ScalarQuery(relation=mean))
    return condition(match, predicate)


@late("{who}* (took|takes|taking)? num=NUM unit={units} post=POST".replace("{units}", UNITS))
def unit_or_more(match: Match, context: Context) -> Built:
    """As in "2000 ms or more": of the one column that is measured in the unit."""
    unit = match["unit"].text
    columns = [
        c
        for c in context.profile.columns
        if context.measurable(c) and {unit, singular(unit)} & set(split_name(c.name))
    ]
    if len(columns) != 1:
        return None
    made = compare(columns[0], match["post"].text, match["num"].data, context)
    return condition(match, made, f"{unit} speaks of {columns[0].name}") if made else None


@late("{who}* {be}* NOT? cmp=CMP num=NUM {units}*".replace("{units}", UNITS))
def bare_comparison(match: Match, context: Context) -> Built:
    """As in "patients under 18", "expenses above 4000": of the one column such tables have for it."""
    number = match["num"].data
    op = match["cmp"].text
    before = match.before
    owned = before is not None and before.text in _OWNING
    owned = owned or any(item.text in _OWNING for item in match.items)
    if match["num"].text.isalpha():  # "more than once" is no amount
        return None
    if op == "~" or (match.after is not None and (owned or _is_counted(match.after, context))):
        return None
    phrases = ("age",) if 0 < number < _OLDEST else ()
    for phrase in (*phrases, *_AMOUNTS):
        column = context.column(phrase, context.measurable)
        if column is not None:
            made = compare(column, op, number, context)
            return (
                condition(match, made, f"{op} {number} speaks of {column.name}") if made else None
            )
    return None


def _is_counted(after: Item, context: Context) -> bool:
    """Whether the number counts what follows, be it a word that could be a verb ("3 orders")."""
    rows = {singular(word) for word in context.linker.table_words}
    said = after.data if isinstance(after.data, str) else after.text
    return after.kind in {"COL", "TAB"} or singular(said) in rows
