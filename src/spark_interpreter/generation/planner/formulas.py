"""Formulas of the glossary, which are Spark SQL, as expressions and predicates of a plan."""

from __future__ import annotations

import logging
from typing import Literal

from sqlglot import errors, exp, parse_one

from spark_interpreter.errors import SettingsError
from spark_interpreter.generation.planner.plan import (
    Aggregated,
    AggregateFunction,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Call,
    Case,
    Column,
    Compare,
    Constant,
    Expression,
    Extract,
    IsNull,
    Match,
    Not,
    OneOf,
    Predicate,
)

_ARITHMETIC: dict[type[exp.Expr], Literal["+", "-", "*", "/", "%"]] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%",
}  # fmt: skip
_COMPARISONS: dict[type[exp.Expr], Literal["=", "!=", "<", "<=", ">", ">="]] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_AGGREGATES: dict[type[exp.Expr], AggregateFunction] = {
    exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max", exp.Median: "median",
    exp.Stddev: "stddev", exp.StddevSamp: "stddev", exp.Variance: "variance",
}  # fmt: skip
_CALLS: dict[type[exp.Expr], Literal["lower", "upper", "trim", "length", "abs", "coalesce"]]
_CALLS = {
    exp.Lower: "lower", exp.Upper: "upper", exp.Trim: "trim", exp.Length: "length",
    exp.Abs: "abs", exp.Coalesce: "coalesce",
}  # fmt: skip
_PARTS: dict[type[exp.Expr], Literal["year", "quarter", "month", "day", "week", "hour"]] = {
    exp.Year: "year", exp.Quarter: "quarter", exp.Month: "month", exp.DayOfMonth: "day",
    exp.Day: "day", exp.WeekOfYear: "week", exp.Hour: "hour",
}  # fmt: skip
_MATCHES: dict[type[exp.Expr], Literal["starts", "ends", "contains"]] = {
    exp.StartsWith: "starts",
    exp.EndsWith: "ends",
    exp.Contains: "contains",
}


def expression(formula: str) -> Expression:
    """The value a formula computes; columns keep the names the formula gives them.

    Raises:
        SettingsError: it is not Spark SQL, or has something in it that formulas may not have.
    """
    return _value(_parsed(formula))


def predicate(condition: str) -> Predicate:
    """The predicate a condition is.

    Raises:
        SettingsError: it is not Spark SQL, or has something in it that conditions may not have.
    """
    return _condition(_parsed(condition))


def columns_of(formula: str) -> tuple[str, ...]:
    """The columns a formula names, each once, in the order of the text.

    Raises:
        SettingsError: it is not Spark SQL.
    """
    return tuple(dict.fromkeys(column.name for column in _parsed(formula).find_all(exp.Column)))


def _parsed(formula: str) -> exp.Expr:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        return parse_one(formula, dialect="spark")
    except (errors.SqlglotError, RecursionError) as exc:
        raise SettingsError(
            f"The glossary's formula “{formula}” is not Spark SQL.",
            remedy="Write an expression such as `quantity * unit_price`.",
            detail=str(exc),
        ) from exc


def _value(node: exp.Expr) -> Expression:
    kind = type(node)
    if kind in _ARITHMETIC:
        return Arithmetic(
            op=_ARITHMETIC[kind], left=_value(node.this), right=_value(node.expression)
        )
    if kind in _AGGREGATES:
        return _aggregate(_AGGREGATES[kind], node.this)
    if kind in _CALLS:
        values = [node.this, *node.expressions]
        return Call(name=_CALLS[kind], args=tuple(map(_value, values)))
    if kind in _PARTS:
        return Extract(part=_PARTS[kind], value=_value(_undressed(node.this)))
    match node:
        case exp.Paren():
            return _value(node.this)
        case exp.Column():
            return Column(name=node.name)
        case exp.Neg():
            return Arithmetic(op="-", left=Constant(value=0), right=_value(node.this))
        case exp.Literal() | exp.Boolean() | exp.Null() | exp.Cast():
            return _constant(node)
        case exp.Count():
            return _count(node)
        case exp.Case() | exp.If():
            return _case(node)
        case exp.Nullif():
            same = Compare(op="=", left=_value(node.this), right=_value(node.expression))
            return Case(whens=((same, Constant(value=None)),), otherwise=_value(node.this))
    raise _refused(node)


def _undressed(node: exp.Expr) -> exp.Expr:
    """Without the conversion to a date that the parser puts around the argument of a date part."""
    while isinstance(node, exp.TsOrDsToDate):
        node = node.this
    return node


def _constant(node: exp.Expr) -> Constant:
    match node:
        case exp.Null():
            return Constant(value=None)
        case exp.Boolean():
            return Constant(value=bool(node.this))
        case exp.Literal(is_string=True):
            return Constant(value=node.name)
        case exp.Literal():
            return Constant(value=float(node.name) if not node.is_int else int(node.name))
        case exp.Cast(this=exp.Literal(is_string=True) as text):
            if node.to.is_type("date"):
                return Constant(value=text.name, type="date")
            if node.to.is_type("timestamp", "timestamptz", "timestampntz", "datetime"):
                return Constant(value=text.name, type="timestamp")
    raise _refused(node)


def _aggregate(function: AggregateFunction, value: exp.Expr) -> Aggregated:
    if isinstance(value, exp.Distinct):
        raise _refused(value)
    return Aggregated(function=function, value=_value(value))


def _count(node: exp.Count) -> Aggregated:
    if isinstance(node.this, exp.Star):
        return Aggregated(function="count")
    if isinstance(node.this, exp.Distinct):
        (value,) = node.this.expressions if len(node.this.expressions) == 1 else (None,)
        if value is None:
            raise _refused(node)
        return Aggregated(function="count", value=_value(value), distinct=True)
    return Aggregated(function="count", value=_value(node.this))


def _case(node: exp.Case | exp.If) -> Case:
    if isinstance(node, exp.Case) and node.this is not None:
        raise _refused(node)
    branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    default = node.args.get("default" if isinstance(node, exp.Case) else "false")
    return Case(
        whens=tuple((_condition(b.this), _value(b.args["true"])) for b in branches),
        otherwise=None if default is None else _value(default),
    )


def _condition(node: exp.Expr) -> Predicate:
    kind = type(node)
    if kind in _COMPARISONS:
        left, right = _value(node.this), _value(node.expression)
        return Compare(op=_COMPARISONS[kind], left=left, right=right)
    if kind in _MATCHES:
        return _match(node, _MATCHES[kind], node.expression)
    match node:
        case exp.Paren():
            return _condition(node.this)
        case exp.And():
            return AllOf(parts=tuple(map(_condition, node.flatten())))
        case exp.Or():
            return AnyOf(parts=tuple(map(_condition, node.flatten())))
        case exp.Not():
            return Not(part=_condition(node.this))
        case exp.Is(expression=exp.Null()):
            return IsNull(value=_value(node.this))
        case exp.In(expressions=[_, *_]):
            options = tuple(map(_constant, node.expressions))
            return OneOf(value=_value(node.this), options=options)
        case exp.Between():
            low, high = _value(node.args["low"]), _value(node.args["high"])
            return Between(value=_value(node.this), low=low, high=high)
        case exp.Like():
            return _match(node, "like", node.expression)
        case exp.Column():
            return Compare(op="=", left=_value(node), right=Constant(value=True))
    raise _refused(node)


def _match(
    node: exp.Expr,
    kind: Literal["starts", "ends", "contains", "like"],
    text: exp.Expr,
) -> Match:
    if not (isinstance(text, exp.Literal) and text.is_string):
        raise _refused(node)
    return Match(value=_value(node.this), kind=kind, text=text.name, ignore_case=False)


def _refused(node: exp.Expr) -> SettingsError:
    return SettingsError(
        f"“{node.sql(dialect='spark')}” cannot stand in a formula of the glossary.",
        remedy="Use columns, numbers, texts, arithmetic, comparisons, CASE and plain aggregates.",
    )
