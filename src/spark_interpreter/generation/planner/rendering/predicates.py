"""Predicates of the plan as PySpark conditions."""

from __future__ import annotations

from functools import reduce
from typing import Literal

from spark_interpreter.generation.planner.plan import (
    AllOf,
    AnyOf,
    Between,
    Column,
    Compare,
    Constant,
    Exists,
    Expression,
    Extract,
    InQuery,
    IsNull,
    Match,
    Not,
    OneOf,
    Predicate,
)
from spark_interpreter.generation.planner.rendering import schema
from spark_interpreter.generation.planner.rendering.code import (
    Code,
    Inverted,
    Operation,
    call,
)
from spark_interpreter.generation.planner.rendering.expressions import Expressions
from spark_interpreter.generation.planner.rendering.literals import literal, text
from spark_interpreter.model.types import family

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]

_OPPOSITES: dict[Comparison, Comparison] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
_MIRRORED: dict[Comparison, Comparison] = {
    "=": "=",
    "!=": "!=",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
}
_PYTHON_OPERATORS = {"=": "=="}


class Predicates(Expressions):
    """Writes expressions and the conditions on them."""

    def predicate(self, node: Predicate) -> Code:
        match node:
            case Compare():
                return self._compare(node)
            case Between():
                return self._between(node)
            case OneOf():
                return self._one_of(node)
            case Match():
                return self._match(node)
            case IsNull():
                return self.column(node.value).then("isNull")
            case AllOf():
                return self._joined(node.parts, "&", empty=True)
            case AnyOf():
                return self._joined(node.parts, "|", empty=False)
            case Not():
                return self._not(node.part)
            case InQuery() | Exists():
                raise AssertionError("subqueries are joined in before a predicate is written")

    def _joined(self, parts: tuple[Predicate, ...], operator: str, *, empty: bool) -> Code:
        if not parts:
            return call("lit", literal(empty))
        codes = [self.predicate(part) for part in parts]
        return reduce(lambda left, right: Operation(left, operator, right), codes)

    def _not(self, part: Predicate) -> Code:
        match part:
            case Not():
                return self.predicate(part.part)
            case IsNull():
                return self.column(part.value).then("isNotNull")
            case Compare():
                opposite = part.model_copy(update={"op": _OPPOSITES[part.op]})
                return self._compare(opposite)
            case Match(kind="equals"):
                return self._equals(part, "!=")
            case _:
                return Inverted(self.predicate(part))

    def _compare(self, node: Compare) -> Code:
        left, op, right = node.left, node.op, node.right
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, op, right = right, _MIRRORED[op], left
        if isinstance(right, Constant) and isinstance(right.value, bool) and op in {"=", "!="}:
            value = self.column(left)
            return value if right.value == (op == "=") else Inverted(value)
        operator = _PYTHON_OPERATORS.get(op, op)
        if op in {"=", "!="} and isinstance(right, Constant) and _is_weekday(left, right):
            return Operation(self._day_of_week(left), operator, _sunday_first(right))
        return Operation(self.column(left), operator, self.value_like(right, left))

    def _day_of_week(self, node: Expression) -> Code:
        """The day as Spark counts it: 1 is Sunday."""
        assert isinstance(node, Extract)
        return call("dayofweek", self._as_date(node.value))

    def value_like(self, node: Expression, other: Expression) -> Code:
        """The value a column is compared with; a constant in the type of that column."""
        if not isinstance(node, Constant) or isinstance(other, Constant):
            return self.column(node)
        target = family(self.type_of(other))
        value = node.value
        if node.type in {"date", "timestamp"}:
            fits = target in {"timestamp", node.type}
            return text(str(value)) if fits else self.column(node)
        if isinstance(value, str) and (node.type == "decimal" or target in _NUMERIC):
            return _number(value)
        if isinstance(value, float) and target == "integer" and value.is_integer():
            return literal(int(value))
        if isinstance(value, int | float) and target == "text":
            return text(str(value))
        return self.column(node) if value is None else literal(value)

    def _between(self, node: Between) -> Code:
        value = self.column(node.value)
        low, high = self.value_like(node.low, node.value), self.value_like(node.high, node.value)
        if not node.half_open:
            return value.then("between", low, high)
        return Operation(Operation(value, ">=", low), "&", Operation(value, "<", high))

    def _one_of(self, node: OneOf) -> Code:
        value = self.column(node.value)
        options = [option for option in node.options if option.value is not None]
        codes = [self.value_like(option, node.value) for option in options]
        if all(_is_weekday(node.value, option) for option in options):
            value, codes = self._day_of_week(node.value), [_sunday_first(o) for o in options]
        found: Code = value.then("isin", *codes)
        if len(codes) == 1:
            found = Operation(value, "==", codes[0])
        if len(options) == len(node.options):
            return found
        missing = value.then("isNull")
        return Operation(found, "|", missing) if options else missing

    def _match(self, node: Match) -> Code:
        if node.kind == "equals":
            return self._equals(node, "==")
        if node.kind == "like":
            return self._text(node.value).then(
                "ilike" if node.ignore_case else "like", text(node.text)
            )
        if node.kind == "regex":
            return self._text(node.value).then(
                "rlike", text(f"(?i){node.text}" if node.ignore_case else node.text)
            )
        methods = {"contains": "contains", "starts": "startswith", "ends": "endswith"}
        subject, wanted = self._folded(node)
        return subject.then(methods[node.kind], text(wanted))

    def _equals(self, node: Match, operator: str) -> Code:
        subject, wanted = self._folded(node)
        return Operation(subject, operator, text(wanted))

    def _folded(self, node: Match) -> tuple[Code, str]:
        """The text to look in and the text to look for, in one case if case does not matter."""
        if not node.ignore_case or node.text.lower() == node.text.upper():
            return self._text(node.value), node.text
        textual = family(self.type_of(node.value)) == "text" and isinstance(node.value, Column)
        subject = self.argument(node.value) if textual else self._text(node.value)
        return call("lower", subject), node.text.lower()

    def _text(self, node: Expression) -> Code:
        known = self.type_of(node)
        if known == schema.UNKNOWN or family(known) == "text":
            return self.column(node)
        return self.column(node).then("cast", text("string"))


def _is_weekday(value: Expression, constant: Constant) -> bool:
    """Whether a weekday is compared with its number, which Spark's own counting says shorter."""
    extracted = isinstance(value, Extract) and value.part == "weekday"
    return extracted and isinstance(constant.value, int)


def _sunday_first(monday_first: Constant) -> Code:
    return literal(int(monday_first.value or 0) % 7 + 1)


_NUMERIC = {"integer", "decimal", "float"}


def _number(value: str) -> Code:
    """A number given as text, as a Python number if it is one."""
    try:
        return literal(int(value))
    except ValueError:
        pass
    try:
        return literal(float(value))
    except ValueError:
        return text(value)
