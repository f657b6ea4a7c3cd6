"""Conditions on rows, and on groups ("more than two")."""

from __future__ import annotations

from collections.abc import Sequence

from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.parsing import times
from spark_interpreter.generation.planner.parsing.content import unknown
from spark_interpreter.generation.planner.parsing.context import Context, count
from spark_interpreter.generation.planner.parsing.items import (
    ColumnLinks,
    Item,
    LinkedValue,
    ValueLinks,
    merge,
)
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.trees import columns_of
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    AllOf,
    AnyOf,
    Between,
    Column,
    Compare,
    Constant,
    Expression,
    IsNull,
    Named,
    Not,
    OneOf,
    Predicate,
    ScalarQuery,
    Scan,
)
from spark_interpreter.generation.planner.plan import Match as TextMatch
from spark_interpreter.model import ColumnProfile
from spark_interpreter.model.types import family

rule = RuleSet()
_UNITS = (
    "(year|years|ms|milliseconds|old|dollars|dollar|usd|euros|percent|%|eur|kg|kilograms|pounds|lbs|meters|metres|feet|cm|km|"
    "miles|minutes|minute|hours|hour|seconds|days|points|stars|star|million|billion|degrees|"
    "square|units|times|of|age|in|total)"
)
_VAGUE = {"high", "low", "large", "big", "small", "great", "good", "bad"}
_OLDEST = 120
_AMOUNTS = ("amount", "price", "total", "value", "cost")
_COUNTED = {"SUP", "EXT", "TAB", "COL", "TOPW"}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}


def negated(predicate: Predicate) -> Predicate:
    """The opposite condition, for rows that have a value."""
    if isinstance(predicate, Compare):
        return predicate.model_copy(update={"op": _OPPOSITE[predicate.op]})
    if isinstance(predicate, Not):
        return predicate.part
    return Not(part=predicate)


def condition(match: Match, predicate: Predicate, *notes: str) -> Item:
    """The match as a condition; a negation captured as `no` turns it around."""
    if _negative(match):
        predicate = negated(predicate)
    return merge("PRED", match.items, predicate, "pred", *notes)


def _negative(match: Match) -> bool:
    return any(
        item.kind == "NOT"
        or (item.kind == "CMP" and item.text == "!=" and item.tokens and match.has("vals"))
        for item in match.items
    )


def compare(column: ColumnProfile, op: str, number: object, context: Context) -> Compare | None:
    constant = context.constant(column, number)
    if constant is None:
        return None
    return Compare(op=op, left=context.expression(column), right=constant)  # type: ignore[arg-type]


def _operator(item: Item) -> str:
    """The comparison of "more than" or "older than"."""
    if item.kind == "CMP":
        return item.text
    attributes = item.data.attributes
    return ">" if not attributes or attributes[0].direction > 0 else "<"


# --- comparisons -----------------------------------------------------------------------------


@rule(
    "{who}* {the}* mea=MEA {be}* NOT? {be}* cmp=(CMP|ADJ) {the}* num=NUM {units}*".replace(
        "{units}", _UNITS
    )
)
def measure_compared(match: Match, context: Context) -> Built:
    """ "whose average price is above 10" """
    del context
    measures: tuple[Named, ...] = match["mea"].data
    op = _operator(match["cmp"])
    before = match.before
    explicit = match.items[0].kind == "W" or (
        before is not None and before.kind in {"COL", "TAB", "PRED"}
    )
    if len(measures) != 1 or op == "~" or not explicit:
        return None
    predicate = Compare(op=op, left=measures[0].value, right=Constant(value=match["num"].data))  # type: ignore[arg-type]
    if _negative(match):
        predicate = predicate.model_copy(update={"op": _OPPOSITE[predicate.op]})
    return merge("HAV", match.items, predicate, "hav")


@rule(
    "col=COL {be}* NOT? {be}* (higher|lower|greater|more|less)? BETW lo=NUM {list}+ hi=NUM",
    "col=COL {be}* NOT? BETW lo=NUM (to|-) hi=NUM",
)
def number_between(match: Match, context: Context) -> Built:
    """ "age is between 20 and 30" """
    return _between(match, match["col"].data, context)


@rule(
    "BETW lo=NUM (and|to|-) hi=NUM {units}? col=COL".replace("{units}", _UNITS),
    "BETW lo=NUM (and|to|-) hi=NUM",
)
def between_numbers(match: Match, context: Context) -> Built:
    """ "between 20 and 30 years old" """
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


@rule(
    "{who}* col=COL (that|which|who|value|values)* {be}* not=NOT? {be}* cmp=CMP {the}* num=NUM {units}*".replace(
        "{units}", _UNITS
    ),
)
def column_compared(match: Match, context: Context) -> Built:
    """ "whose budget is more than 10" """
    columns: ColumnLinks = match["col"].data
    column = context.pick(columns, lambda c: c.numeric)
    op = match["cmp"].text
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


@rule("{who}* (after|before|since|until) {the}* col=COL num=NUM", "{who}* col=COL {be}* (after|before|since|until) num=NUM")
def after_value(match: Match, context: Context) -> Built:
    """ "after season 2007" """
    column = context.pick(match["col"].data, lambda c: c.numeric)
    if column is None:
        return None
    op = {"after": ">", "before": "<", "since": ">=", "until": "<="}[
        next(item.text for item in match.items if item.text in {"after", "before", "since", "until"})
    ]
    made = compare(column, op, match["num"].data, context)
    return condition(match, made) if made else None


@rule(
    "{who}* col=COL {be}* NOT? {be}* num=NUM post=POST",
    "{who}* num=NUM post=POST {units}? col=COL".replace("{units}", _UNITS),
    "num=NUM {units}? post=POST".replace("{units}", _UNITS),
)
def column_or_more(match: Match, context: Context) -> Built:
    """ "capacity of 100 or more" """
    if not match.has("col"):
        return None
    column = context.pick(match["col"].data, lambda c: c.numeric)
    if column is None:
        return None
    made = compare(column, match["post"].text, match["num"].data, context)
    return condition(match, made) if made else None


@rule("{who}* not=NOT? cmp=CMP num=NUM of? {the}* col=COL")
def compared_column(match: Match, context: Context) -> Built:
    """ "more than 5 stars"; of other columns it counts the values or rows of a group"""
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
    "{who}* {be}* verb=VERB cmp=CMP num=NUM {units}*".replace("{units}", _UNITS),
)
def verb_number(match: Match, context: Context) -> Built:
    """ "costs 5", "weighs more than 100" """
    column = context.spoken(match["verb"].data, lambda c: c.numeric)
    if column is None:
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
    """ "with more than two students" """
    del context
    op = "="
    if match.has("cmp") or match.has("post"):
        op = match["cmp"].text if match.has("cmp") else match["post"].text
    return None if op == "~" else _group_condition(match, op, match["num"].data)


def _group_condition(match: Match, op: str, number: object) -> Built:
    predicate = Compare(op=op, left=count(), right=Constant(value=number))  # type: ignore[arg-type]
    if _negative(match):
        predicate = predicate.model_copy(update={"op": _OPPOSITE[predicate.op]})
    return merge("HAV", match.items, predicate, "hav")


@rule("{who}* col=COL {be}* not=NOT? adj=ADJ num=NUM {units}*".replace("{units}", _UNITS))
def column_graded(match: Match, context: Context) -> Built:
    """ "length longer than 90" """
    column = context.pick(match["col"].data, lambda c: c.numeric)
    if column is None:
        return None
    op = _operator(match["adj"])
    made = compare(column, op, match["num"].data, context)
    return condition(match, made) if made else None


@rule("{who}* {be}* not=NOT? adj=ADJ num=NUM {units}*".replace("{units}", _UNITS))
def graded(match: Match, context: Context) -> Built:
    """ "older than 56" """
    found = context.gradable(match["adj"].data)
    if found is None or not found[0].numeric or match["adj"].data.value in _VAGUE:
        return None
    column, direction = found
    op = ">" if direction > 0 else "<"
    predicate = Compare(
        op=op, left=context.expression(column), right=Constant(value=match["num"].data)
    )  # type: ignore[arg-type]
    note = f"{match['adj'].text} speaks of {column.name}"
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
    """ "price above the average" """
    column = context.pick(match["col"].data, context.measurable)
    if column is None:
        return None
    if match.has("rel"):
        op = ">" if match["rel"].text == ">" else "<"
    else:
        op = match["cmp"].text
    value = context.expression(column)
    mean = Aggregate(
        input=Scan(table=context.profile.name),
        measures=(Named(name=f"avg_{column.name}", value=Aggregated(function="avg", value=value)),),
    )
    predicate = Compare(op=op, left=value, right=ScalarQuery(relation=mean))  # type: ignore[arg-type]
    return condition(match, predicate)


# --- text ------------------------------------------------------------------------------------

_LETTERS = "(the|a|an|letter|letters|word|words|phrase|substring|string|text|character|keyword|with|in|by|name)*"


@rule(
    "{who}* (has|have|having|with|contain)? not=NOT? how=MATCH {letters} what=(STR|VAL|W|NUM) (somewhere|anywhere)? (in|as|of|for|within) (part|of)* {the}* (TAB|its|their|'s)* col=COL".replace(
        "{letters}", _LETTERS
    ),
    "{who}* (has|have|having|with|containing|contain|contains) {letters} what=(STR|VAL) (in|as|within) (part|of)* {the}* (TAB|its|their|'s)* col=COL".replace(
        "{letters}", _LETTERS
    ),
    "{who}* col=COL (that|which|who|does|do|did)* {be}* not=NOT? {be}* how=MATCH {letters} what=(STR|VAL|W|COL|NUM)".replace(
        "{letters}", _LETTERS
    ),
)
def text_matched(match: Match, context: Context) -> Built:
    """ "whose name contains 'an'" """
    column = context.pick(match["col"].data, lambda c: family(c.type) == "text")
    what = match["what"]
    if column is None or (what.kind == "W" and not _meaningful(what)):
        return None
    text = _raw(what)
    kind = match["how"].text if match.has("how") else "contains"
    predicate = TextMatch(value=context.expression(column), kind=kind, text=text)  # type: ignore[arg-type]
    return condition(match, predicate)


def _meaningful(item: Item) -> bool:
    return item.data is not None and item.data.kind in {"word", "number"} and unknown(item.data)


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
    "({be}|{who}|VERB|TAB)+ not=NOT? (be|been|being|VERB)* col=COL",
    "not=NOT col=COL TAB?",
    "col=COL TAB",
)
def flagged(match: Match, context: Context) -> Built:
    """ "who are not remote", "cancelled flights" """
    column = match["col"].data.best
    if family(column.type) != "boolean":
        return None
    rest = [item for item in match.items if item.kind == "TAB"]
    value = Constant(value=not match.has("not"))
    predicate = Compare(op="=", left=context.expression(column), right=value)
    made = merge("PRED", [i for i in match.items if i.kind != "TAB"], predicate, "pred")
    return [*rest, made]


@rule("{who}* {be}* not=NOT (be|been|yet|VERB)* col=COL", "{who}* (have|has|had)? not=NOT {the}* (any|known)? col=COL (value|values|recorded|listed|given)?")
def lacking(match: Match, context: Context) -> Built:
    """ "without an email", "have not been discharged" """
    column = match["col"].data.best
    after = match.after
    if after is not None and (after.kind in {"VAL", "STR", "NUM", "CMP", "MATCH", "TIME"} or after.text in {"is", "are", "of"}):
        return None
    negation = str(match["not"].data)
    if negation.startswith(("no", "without", "lack")) and negation != "not" or column.temporal:
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
    """ "email is missing" """
    column = context.pick(match["col"].data)
    if column is None:
        return None
    predicate: Predicate = IsNull(value=context.expression(column))
    if match["null"].text == "present":
        predicate = Not(part=predicate)
    if match["null"].kind == "NOT":
        return merge("PRED", match.items, predicate, "pred")
    return condition(match, predicate)


# --- values ----------------------------------------------------------------------------------

_VALUES = "vals=((VAL|STR|NUM) ((or|and|,|nor|either)+ {the}* NOT? (VAL|STR|NUM))*)"


@rule(
    "{who}* {be}* NOT (of|in|with|the)* col=COL {be}* {values}".replace("{values}", _VALUES),
    "{who}* col=COL {be}* (either|by|BY|set|equal|equals|called|named|to|listed|marked|recorded|,)* {be}* not=NOT? (either|to|in|any|equal|,)* {be}* (CMP:=|CMP:!=)? {the}* {values}".replace(
        "{values}", _VALUES
    ),
)
def column_is_value(match: Match, context: Context) -> Built:
    """ "whose country is France or Spain" """
    columns: ColumnLinks = match["col"].data
    values = match.all("vals", "VAL", "STR", "NUM")
    after = match.after
    if values[-1].kind == "NUM":
        counts = len(match.items) > 2 and after is not None and (
            after.kind in _COUNTED or (after.kind == "W" and _meaningful(after))
        )
        words = {item.text for item in match.items if item.kind == "W"}
        words |= {match.lead.text} if match.lead is not None else set()
        if counts or ("of" in words and not words & {"has", "have", "had", "having", "with", "whose"}):
            return None
    chosen = _column_of(columns, values, context)
    if chosen is None:
        return None
    constants = [_constant(chosen, value, context) for value in values]
    if any(constant is None for constant in constants):
        return None
    prelude = match.items[0].kind == "W" and match.items[0].text in {
        "whose",
        "with",
        "where",
        "having",
        "if",
    }
    linked = any(
        item.text in {"is", "are", "was", "were", "has", "have", "had", "of", "as", "="}
        for item in match.items
    )
    if not (prelude or linked or _holds(chosen, values) or len(match.items) == 2):
        return None
    return condition(match, _equals(chosen, [c for c in constants if c], context))


def _column_of(
    columns: ColumnLinks, values: Sequence[Item], context: Context
) -> ColumnProfile | None:
    """The linked column that can hold every value."""
    names = columns.names()
    for item in values:
        if isinstance(item.data, ValueLinks):
            names &= {option.column.name for option in item.data.options}
    best = columns.options[0].score
    near = {o.column.name for o in columns.options if o.score >= best - 0.15}
    holding = context.pick(columns, lambda c: c.name in names & near)
    if holding is not None:
        kinds = {item.kind for item in values}
        if (
            kinds == {"STR"}
            and columns.best.numeric
            and all(context.constant(columns.best, item.data) for item in values)
        ):
            return columns.best
        if kinds == {"STR"}:
            return context.pick(columns, lambda c: family(c.type) == "text") or holding
        if kinds == {"NUM"}:
            return context.pick(columns, lambda c: c.numeric) or holding
        return holding
    return None


def _holds(column: ColumnProfile, values: Sequence[Item]) -> bool:
    return any(
        isinstance(item.data, ValueLinks)
        and any(option.column.name == column.name for option in item.data.options)
        for item in values
    )


def _constant(column: ColumnProfile, item: Item, context: Context) -> Constant | None:
    if isinstance(item.data, ValueLinks):
        for option in item.data.options:
            if option.column.name == column.name:
                return Constant(value=option.value)
        return context.constant(column, item.data.text)
    return context.constant(column, item.data)


def _equals(column: ColumnProfile, values: Sequence[Constant], context: Context) -> Predicate:
    unique = list(dict.fromkeys(values))
    if len(unique) == 1:
        return Compare(op="=", left=context.expression(column), right=unique[0])
    return OneOf(value=context.expression(column), options=tuple(unique))


@rule("val=VAL col=COL")
def value_column(match: Match, context: Context) -> Built:
    """ "the Finance department" """
    links: ValueLinks = match["val"].data
    names = match["col"].data.names()
    option = next((o for o in links.options if o.column.name in names), None)
    if option is None:
        return None
    return condition(match, _equals(option.column, [Constant(value=option.value)], context))


@rule(
    "{who}* {be}* verb=VERB (in|at|on|by|as|from|to|for)* not=NOT? {the}* (city|state|country|town)? {values}".replace(
        "{values}", "vals=((VAL|STR) ((or|and|,)+ {the}* (VAL|STR))*)"
    ),
    "{who}* not=NOT {be}* verb=VERB (in|at|on|by|as|from|to|for)* {the}* {values}".replace(
        "{values}", "vals=((VAL|STR) ((or|and|,)+ {the}* (VAL|STR))*)"
    ),
)
def verb_value(match: Match, context: Context) -> Built:
    """ "directed by James Cameron", "from France" """
    values = match.all("vals", "VAL", "STR")
    names: set[str] | None = None
    for item in values:
        if isinstance(item.data, ValueLinks):
            holding = {option.column.name for option in item.data.options}
            names = holding if names is None else names & holding
    text = [c.name for c in context.profile.columns if family(c.type) == "text"]
    column = context.spoken(
        match["verb"].data, lambda c: c.name in (text if names is None else names)
    )
    if column is None and names:
        return None
    if column is None:
        return None
    constants = [_constant(column, value, context) for value in values]
    if any(constant is None for constant in constants):
        return None
    return condition(match, _equals(column, [c for c in constants if c], context))


@rule(
    "{who}* {be}* not=(NOT|CMP:!=) _? {be}* {the}* vals=(VAL ((or|and|,|nor)+ {the}* VAL)*) TAB?",
    "{who}* {be}* {the}* vals=(VAL ((or|and|,|nor)+ {the}* VAL)*) TAB?",
)
def bare_value(match: Match, context: Context) -> Built:
    """ "male students", "in France" """
    values = match.all("vals", "VAL")
    shared = _meant(_shared(values), match, context)
    if shared:
        constants = [_value_in(shared[0].name, item) for item in values]
        made = _equals(shared[0], [Constant(value=value) for value in constants], context)
        item = condition(match, made)
        if len(shared) > 1:
            return _remember(item, values, shared, context)
        return item
    return None


def _shared(values: Sequence[Item]) -> list[ColumnProfile]:
    """Columns that hold all of the values, best first."""
    first: ValueLinks = values[0].data
    out: list[ColumnProfile] = []
    for option in first.options:
        everywhere = all(
            any(o.column.name == option.column.name for o in item.data.options)
            for item in values[1:]
        )
        if everywhere and all(option.column.name != column.name for column in out):
            out.append(option.column)
    return out


_PLACES = {"from": ("from", "fly from"), "to": ("fly to",), "in": ("in", "live in")}


def _meant(
    columns: list[ColumnProfile], match: Match, context: Context
) -> list[ColumnProfile]:
    """The columns a preposition in front of the value can speak of: "from", "to"."""
    if len(columns) < 2:
        return columns
    said = [item.text for item in match.items if item.kind in {"W", "VERB"}]
    if match.before is not None:
        said.append(match.before.text)
    names = {column.name for column in columns}
    for word in said:
        for phrase in _PLACES.get(word, (word,)):
            verb = lexicon().verbs.get(tuple(phrase.split()))
            for attribute in verb[1] if verb else ():
                for linked in context.linker.named(attribute):
                    if linked.column.name in names:
                        return [linked.column]
    return columns


def _value_in(name: str, item: Item) -> str | int | float | bool:
    option: LinkedValue = next(o for o in item.data.options if o.column.name == name)
    return option.value


def _remember(
    item: Item, values: Sequence[Item], columns: Sequence[ColumnProfile], context: Context
) -> Item:
    context.note_choice(values[0].text, columns, "{column} {words}")
    return item.noted(f"{values[0].data.text} is a {columns[0].name}")


# --- time ------------------------------------------------------------------------------------


@rule(
    "{who}* col=COL {be}* NOT? time=(TIME|PART)",
    "{who}* {be}* NOT? time=(TIME|PART) (as|for) {the}* col=COL",
)
def column_in_time(match: Match, context: Context) -> Built:
    """ "order date in 2023" """
    column = context.pick(match["col"].data, lambda c: c.temporal or context.is_year(c)) or (
        context.pick(match["col"].data, context.date_like)
    )
    return _timed(match, column, context) if column else None


@rule("{who}* {be}* verb=VERB NOT? time=(TIME|PART)")
def verb_in_time(match: Match, context: Context) -> Built:
    """ "born before 1980" """
    column = context.spoken(match["verb"].data, lambda c: c.temporal or context.is_year(c))
    return _timed(match, column, context) if column else None


@rule("{who}* {be}* (VERB|made|held|recorded|happened|placed)? NOT? time=(TIME|PART)")
def in_time(match: Match, context: Context) -> Built:
    """ "in 2023", "since March" """
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
        if len(columns) > 1:
            context.note_choice(match["time"].text, columns[:3], "{column} {words}")
        return item.noted(f"{match['time'].data.description} by {columns[0].name}")
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
    """ "in the Spring semester", "use Cash as payment method": the column was meant already"""
    del context
    names = columns_of(match["pred"].data)
    column = match["col"].data.best
    said = any(item.kind == "W" and item.text == "as" for item in match.items)
    if names != (column.name,) or not (said or len(match.items) == 2):
        return None
    return merge("PRED", match.items, match["pred"].data, "pred")


@rule("col=COL (by|BY|of|at)? pred=PRED")
def condition_named_before(match: Match, context: Context) -> Built:
    """ "delayed by more than 60 minutes": the column was meant once """
    del context
    if columns_of(match["pred"].data) != (match["col"].data.best.name,):
        return None
    return merge("PRED", match.items, match["pred"].data, "pred")


# --- together --------------------------------------------------------------------------------


@rule(
    "a=PRED {who}* or ({who}|{be}|VERB|TAB)* b=PRED",
    "either a=PRED or b=PRED",
    "either? a=HAV or b=HAV",
)
def either(match: Match, context: Context) -> Built:
    """ "from France or older than 30" """
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
    "a=PRED or {who}* cmp=CMP num=NUM {units}*".replace("{units}", _UNITS),
    "a=PRED and {who}* {be}* cmp=CMP num=NUM {units}*".replace("{units}", _UNITS),
)
def same_column_compared(match: Match, context: Context) -> Built:
    """ "older than 40 or less than 20": the second speaks of the first one's column"""
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


def _parts(predicate: Predicate, kind: type[AnyOf] | type[AllOf]) -> Sequence[Predicate]:
    return predicate.parts if isinstance(predicate, kind) else (predicate,)


@rule("{who}* {be}* NOT? cmp=CMP num=NUM {units}*".replace("{units}", _UNITS))
def bare_comparison(match: Match, context: Context) -> Built:
    """ "patients under 18", "expenses above 4000": of the one column such tables have for it """
    number = match["num"].data
    op = match["cmp"].text
    if op == "~" or (match.after is not None and match.after.kind in {"COL", "TAB", "W"} and match.after.kind != "W"):
        return None
    phrases = ("age",) if 0 < number < _OLDEST else ()
    for phrase in (*phrases, *_AMOUNTS):
        column = context.column(phrase, context.measurable)
        if column is not None:
            made = compare(column, op, number, context)
            return condition(match, made, f"{op} {number} speaks of {column.name}") if made else None
    return None
