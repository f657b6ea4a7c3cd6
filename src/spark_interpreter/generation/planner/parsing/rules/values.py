"""Conditions on values that the data hold."""

from __future__ import annotations

from collections.abc import Sequence

from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.linking_values import normal
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import (
    ColumnLinks,
    Item,
    LinkedValue,
    ValueLinks,
)
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.predicates import (
    COUNTED,
    condition,
    is_meaningful,
)
from spark_interpreter.generation.planner.plan import (
    Compare,
    Constant,
    OneOf,
    Predicate,
)
from spark_interpreter.model import ColumnProfile
from spark_interpreter.model.types import family

rule = RuleSet()


# --- values ----------------------------------------------------------------------------------

_VALUES = "vals=((VAL|STR|NUM) ((or|and|,|nor|either)+ {the}* NOT? (VAL|STR|NUM))*)"


@rule(
    "{who}* {be}* NOT (of|in|with|the)* col=COL {be}* {values}".replace("{values}", _VALUES),
    "{who}* col=COL {be}* (either|by|BY|set|equal|equals|called|named|to|listed|marked|recorded|,)* {be}* not=NOT? (either|to|in|any|equal|,)* {be}* (CMP:=|CMP:!=)? {the}* {values}".replace(
        "{values}", _VALUES
    ),
)
def column_is_value(match: Match, context: Context) -> Built:
    """As in "whose country is France or Spain"."""
    columns: ColumnLinks = match["col"].data
    values = match.all("vals", "VAL", "STR", "NUM")
    after = match.after
    if values[-1].kind == "NUM":
        counts = (
            len(match.items) > 2
            and after is not None
            and (after.kind in COUNTED or (after.kind == "W" and is_meaningful(after)))
        )
        words = {item.text for item in match.items if item.kind == "W"}
        words |= {match.lead.text} if match.lead is not None else set()
        if "in" in words and context.linker.entity(columns.options[0]):
            return None
        if counts or (
            "of" in words and not words & {"has", "have", "had", "having", "with", "whose"}
        ):
            return None
    chosen = _column_of(columns, values, context)
    if chosen is None:
        return None
    if any(value.kind == "STR" and _lacks(chosen, value) for value in values):
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


def _lacks(column: ColumnProfile, item: Item) -> bool:
    """Whether every value of the column is known and the text is none of them."""
    known = {normal(entry.value) for entry in column.top_values}
    is_text = family(column.type) == "text"
    return is_text and column.values_complete and normal(str(item.data)) not in known


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
    """As in "the Finance department"."""
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
    """As in "directed by James Cameron", "from France"."""
    values = match.all("vals", "VAL", "STR")
    names: set[str] | None = None
    for item in values:
        if isinstance(item.data, ValueLinks):
            holding = {option.column.name for option in item.data.options}
            names = holding if names is None else names & holding
    text = [c.name for c in context.profile.columns if family(c.type) == "text"]
    columns = context.spoken_alike(
        match["verb"].data, lambda c: c.name in (text if names is None else names)
    )
    if not columns:
        return None
    constants = [_constant(columns[0], value, context) for value in values]
    if any(constant is None for constant in constants):
        return None
    made = condition(match, _equals(columns[0], [c for c in constants if c], context))
    known = names is not None and len(columns) > 1
    return _remember(made, values, columns, context) if known else made


@rule(
    "{who}* {be}* not=(NOT|CMP:!=) _? {be}* {the}* vals=(VAL ((or|and|,|nor)+ {the}* VAL)*) TAB?",
    "{who}* {be}* {the}* vals=(VAL ((or|and|,|nor)+ {the}* VAL)*) TAB?",
)
def bare_value(match: Match, context: Context) -> Built:
    """As in "male students", "in France"."""
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


def _meant(columns: list[ColumnProfile], match: Match, context: Context) -> list[ColumnProfile]:
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
                found = [o for o in context.linker.named(attribute) if o.column.name in names]
                if found:
                    return [o.column for o in found if o.score == found[0].score]
    return columns


def _value_in(name: str, item: Item) -> str | int | float | bool:
    option: LinkedValue = next(o for o in item.data.options if o.column.name == name)
    return option.value


def _remember(
    item: Item, values: Sequence[Item], columns: Sequence[ColumnProfile], context: Context
) -> Item:
    context.note_choice(values[0].text, columns, "{column} {words}")
    return item.noted(f"{values[0].data.text} is a {columns[0].name}")
