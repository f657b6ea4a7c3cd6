"""Columns that are not there but can be computed: revenue, age, duration, full name."""

from __future__ import annotations

from spark_interpreter.generation.planner.house import HouseMetric
from spark_interpreter.generation.planner.language.lexicon import Measure
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.plan import (
    Arithmetic,
    Call,
    Constant,
    Expression,
)
from spark_interpreter.model import ColumnProfile

_OPERATORS = {"product": "*", "difference": "-", "ratio": "/", "sum": "+"}
_SURE = 0.8


def derived_column(measure: Measure, context: Context) -> tuple[ColumnProfile, str] | None:
    """A stand-in column for the measure and the assumption it makes; None without operands."""
    if (metric := context.linker.metric(measure.names)) is not None:
        return None if metric.grouped else (metric_column(metric, context), metric.note)
    name = measure.name.replace(" ", "_")
    if any(column.name.casefold() == name for column in context.profile.columns):
        return None
    operands = [_operand(words, measure.kind, context) for words in measure.operands]
    if any(operand is None for operand in operands):
        return None
    found = [operand for operand in operands if operand is not None]
    if len({column.name for column in found}) < len(found):
        return None
    made = _expression(measure, found, context)
    if made is None:
        return None
    expression, formula = made
    text = measure.kind == "concat"
    column = ColumnProfile(name=name, header=name, type="string" if text else "double")
    context.derived[name] = expression
    context.computed[name] = column
    if text:
        context.parts[name] = tuple(found)
    return column, f"{measure.name} = {formula}"


def metric_column(metric: HouseMetric, context: Context) -> ColumnProfile:
    """The stand-in column of a metric of rows."""
    context.derived[metric.column.name] = metric.value
    context.computed[metric.column.name] = metric.column
    return metric.column


def _operand(words: tuple[str, ...], kind: str, context: Context) -> ColumnProfile | None:
    def fits(column: ColumnProfile) -> bool:
        if kind == "age":
            return context.is_year(column)
        if kind == "duration":
            return column.temporal
        return not column.numeric if kind == "concat" else column.numeric

    for phrase in words:
        for linked in context.linker.named(phrase, fits=fits):
            if linked.score >= _SURE:
                return linked.column
    return None


def _expression(
    measure: Measure, columns: list[ColumnProfile], context: Context
) -> tuple[Expression, str] | None:
    values = [context.expression(column) for column in columns]
    names = [column.name for column in columns]
    if measure.kind in _OPERATORS:
        op = _OPERATORS[measure.kind]
        value: Expression = Arithmetic(op=op, left=values[0], right=values[1])
        formula = f"{names[0]} {op} {names[1]}"
        return _discounted(measure, value, formula, context)
    if measure.kind == "duration":
        return Call(
            name="day_diff", args=(values[1], values[0])
        ), f"days from {names[0]} to {names[1]}"
    if measure.kind == "age":
        return years_since(columns[0], context)
    if measure.kind == "concat":
        joined = Call(name="concat", args=(values[0], Constant(value=" "), values[1]))
        return joined, f"{names[0]} and {names[1]}"
    return None


def years_since(column: ColumnProfile, context: Context) -> tuple[Expression, str]:
    """The years from a column of years to the latest date of the data."""
    now = Constant(value=context.anchor.year)
    years = Arithmetic(op="-", left=now, right=context.expression(column))
    return years, f"{context.anchor.year} - {column.name}"


def _discounted(
    measure: Measure, value: Expression, formula: str, context: Context
) -> tuple[Expression, str]:
    """The product less the table's discount, when it has one that is a fraction."""
    for phrase in measure.discount:
        for linked in context.linker.named(phrase, fits=lambda column: column.numeric):
            high = linked.column.maximum
            if linked.score < _SURE or not isinstance(high, int | float) or not 0 < high <= 1:
                continue
            kept = Arithmetic(
                op="-", left=Constant(value=1), right=context.expression(linked.column)
            )
            return (
                Arithmetic(op="*", left=value, right=kept),
                f"{formula} * (1 - {linked.column.name})",
            )
    return value, formula
