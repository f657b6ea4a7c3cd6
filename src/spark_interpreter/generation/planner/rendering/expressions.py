"""Expressions of the plan as PySpark column code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Arithmetic,
    Bin,
    Call,
    Case,
    Column,
    Constant,
    DatePart,
    Expression,
    Extract,
    Named,
    Predicate,
    ScalarQuery,
    SortKey,
    TimeUnit,
    Truncate,
    Windowed,
)
from spark_interpreter.generation.planner.rendering import schema
from spark_interpreter.generation.planner.rendering.code import Atom, Chain, Code, Operation, call
from spark_interpreter.generation.planner.rendering.literals import literal, name_text, text
from spark_interpreter.generation.planner.rendering.schema import Fields

_ZERO = call("lit", Atom("0"))
_PARTS = {
    "year": "year",
    "quarter": "quarter",
    "month": "month",
    "week": "weekofyear",
    "day": "dayofmonth",
    "hour": "hour",
    "minute": "minute",
    "date": "to_date",
}
_NAME_PATTERNS = {"month_name": "MMMM", "weekday_name": "EEEE"}
_STEPS: dict[TimeUnit, int] = {
    "year": 1, "quarter": 1, "month": 1, "week": 7, "day": 1, "hour": 3600, "minute": 60,
}  # fmt: skip
_SAME_NAME_CALLS = {"lower", "upper", "trim", "length", "abs", "floor", "ceil", "sqrt", "coalesce"}
_ANY_TYPE_AGGREGATES = {"count", "min", "max", "first", "mode", "collect_set"}


@dataclass(frozen=True)
class Expressions(ABC):
    """Writes expressions over the columns in scope.

    Attributes:
        fields: the columns in scope.
        name_window: gives a window specification a name, or leaves it as it is.
    """

    fields: Fields
    name_window: Callable[[Chain, Windowed], Code]

    @abstractmethod
    def predicate(self, node: Predicate) -> Code:
        """The predicate as a boolean column."""

    def column(self, node: Expression) -> Code:
        """The expression as a column."""
        match node:
            case Column():
                return call("col", self._name(node))
            case Constant():
                return self._constant(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                return self._call(node)
            case Truncate():
                return self._truncate(node)
            case Extract():
                return self._extract(node)
            case Bin():
                return self._bin(node)
            case Case():
                return self._case(node)
            case Aggregated():
                return self._aggregated(node)
            case Windowed():
                return self._windowed(node)
            case ScalarQuery():
                raise AssertionError("subqueries are joined in before an expression is written")

    def argument(self, node: Expression) -> Code:
        """The expression where a function takes a column or its name."""
        return self._name(node) if isinstance(node, Column) else self.column(node)

    def named(self, named: Named) -> Code:
        """The expression under its output name; just the name where that says it all."""
        if isinstance(named.value, Column):
            field = schema.resolve(named.value, self.fields)
            if (field.name if field else named.value.name) == named.name:
                return self._name(named.value)
        return self.column(named.value).then("alias", text(named.name))

    def sort_key(self, key: SortKey) -> Code:
        """The key of an order; where nulls go is said when there may be nulls."""
        value = self.natural_order(key.value)
        nullable = schema.is_nullable(value, self.fields)
        if key.descending:
            return call("desc_nulls_first" if key.nulls_first else "desc", self.argument(value))
        if nullable:
            order = "asc_nulls_first" if key.nulls_first else "asc_nulls_last"
            return call(order, self.argument(value))
        return self.argument(value)

    def natural_order(self, value: Expression) -> Expression:
        """What to sort by instead: names of months and weekdays go by their number."""
        if isinstance(value, Extract) and value.part in _NAME_PATTERNS:
            return number_part(value)
        field = schema.resolve(value, self.fields) if isinstance(value, Column) else None
        if field and field.sort_by:
            return Column(name=field.sort_by)
        if field and isinstance(field.definition, Extract):
            return number_part(field.definition)
        return value

    def type_of(self, node: Expression) -> str:
        return schema.type_of(node, self.fields)

    def _family(self, node: Expression) -> str:
        return schema.family_of(node, self.fields)

    def _name(self, column: Column) -> Code:
        field = schema.resolve(column, self.fields)
        if field is None:
            return name_text(column.name)
        if schema.is_ambiguous(field.name, self.fields) and field.tables:
            return name_text(field.name, min(field.tables))
        return name_text(field.name)

    def _cast(self, node: Expression, type_name: str) -> Code:
        return self.column(node).then("cast", text(type_name))

    def _constant(self, node: Constant) -> Code:
        if node.type in {"date", "timestamp"} and node.value is not None:
            return call("lit", text(str(node.value))).then("cast", text(node.type))
        if node.type == "decimal" and node.value is not None:
            number = str(node.value)
            return call("lit", text(number)).then("cast", text(schema.decimal_type(number)))
        return call("lit", literal(node.value))

    def _operand(self, node: Expression, other: Expression) -> Code:
        """One side of an operation; a plain Python number next to a column."""
        if isinstance(node, Constant) and not isinstance(other, Constant) and _is_number(node):
            return literal(node.value)
        return self.column(node)

    def _arithmetic(self, node: Arithmetic) -> Code:
        if node.op == "-" and self._family(node.left) == self._family(node.right) == "date":
            return call("datediff", self.argument(node.left), self.argument(node.right))
        if node.op in {"/", "%"}:
            return self._division(node)
        left = self._operand(node.left, node.right)
        if schema.needs_bigint(node, self.fields):
            left = self._cast(node.left, "bigint")
        elif self._family(node.left) in {"text", "boolean"}:
            left = self._numeric(node.left)
        right = self._operand(node.right, node.left)
        if self._family(node.right) in {"text", "boolean"}:
            right = self._numeric(node.right)
        return Operation(left, node.op, right)

    def _division(self, node: Arithmetic) -> Code:
        """Division by zero is null; quotients of decimals are doubles on every engine."""
        left = self._operand(node.left, node.right)
        if node.op == "/" and self._family(node.left) == "decimal":
            left = self._cast(node.left, "double")
        right: Code
        if isinstance(node.right, Constant) and node.right.value:
            right = self._operand(node.right, node.left)
        else:
            right = call("nullif", self.argument(node.right), _ZERO)
        families = self._family(node.left), self._family(node.right)
        if node.op == "/" and families[0] == "integer" and families[1] == "decimal":
            left = self._cast(node.left, "double")
        return Operation(left, node.op, right)

    def _numeric(self, node: Expression) -> Code:
        """A number for arithmetic: booleans count 0 or 1, text is read strictly."""
        match self._family(node):
            case "boolean":
                return self._cast(node, "int")
            case "text":
                return self._cast(node, "double")
            case _:
                return self.argument(node)

    def _call(self, node: Call) -> Code:
        arguments = [self.argument(argument) for argument in node.args]
        match node.name:
            case "current_date":
                return call("current_date")
            case "cast_double" | "cast_string":
                return self._cast(node.args[0], node.name.removeprefix("cast_"))
            case "cast_date":
                return call("to_date", *arguments)
            case "round":
                return call("round", *arguments[:1], *map(_python_value, node.args[1:]))
            case "substring":
                return call("substring", *arguments[:1], *map(_python_value, node.args[1:]))
            case "concat":
                return call("concat", *map(self._as_text, node.args))
            case "day_diff":
                return call("datediff", *map(self._as_date, node.args))
            case "year_diff":
                months = call("months_between", *map(self._as_date, node.args))
                return call("floor", Operation(months, "/", Atom("12")))
            case "hour_diff":
                later, earlier = (call("unix_timestamp", a) for a in map(self._as_time, node.args))
                return Operation(Operation(later, "-", earlier), "/", Atom("3600"))
            case "word_count":
                words = call("split", call("trim", *arguments), Atom('r"\\s+"'))
                return call("size", words)
            case _ if node.name in _SAME_NAME_CALLS:
                return call(node.name, *arguments)
        raise AssertionError(node.name)

    def _as_text(self, node: Expression) -> Code:
        textual = self._family(node) == "text"
        return self.argument(node) if textual else self._cast(node, "string")

    def _as_date(self, node: Expression) -> Code:
        """A date or timestamp; text is read as a date."""
        argument = self.argument(node)
        return call("to_date", argument) if self._family(node) == "text" else argument

    def _as_time(self, node: Expression) -> Code:
        timed = self._family(node) == "timestamp"
        return self.argument(node) if timed else self._cast(node, "timestamp")

    def _truncate(self, node: Truncate) -> Code:
        if node.unit in {"hour", "minute"}:
            return call("date_trunc", text(node.unit), self._as_time(node.value))
        if node.unit == "day":
            is_date = self._family(node.value) == "date"
            return (
                self.column(node.value) if is_date else call("to_date", self.argument(node.value))
            )
        return call("trunc", self._as_date(node.value), text(node.unit))

    def _extract(self, node: Extract) -> Code:
        if node.part == "weekday":
            return _monday_first(call("dayofweek", self._as_date(node.value)))
        if node.part in _NAME_PATTERNS:
            pattern = text(_NAME_PATTERNS[node.part])
            return call("date_format", self._as_date(node.value), pattern)
        if node.part in {"hour", "minute"}:
            return call(node.part, self._as_time(node.value))
        return call(_PARTS[node.part], self._as_date(node.value))

    def _bin(self, node: Bin) -> Code:
        """floor((value - start) / width) * width + start, without the parts that do nothing."""
        decimal = self._family(node.value) == "decimal"
        value = self._cast(node.value, "double") if decimal else self.column(node.value)
        if node.start:
            value = Operation(value, "-", _short(node.start))
        if node.width != 1:
            value = Operation(value, "/", _short(node.width))
        edge: Code = call("floor", value)
        if node.width != 1:
            edge = Operation(edge, "*", _short(node.width))
        if node.start:
            edge = Operation(edge, "+", _short(node.start))
        places = max(_places(node.width), _places(node.start))
        return call("round", edge, Atom(str(places))) if places else edge

    def _case(self, node: Case) -> Code:
        double = self.type_of(node) == "double"
        chain = Chain(Atom("F"))
        for condition, value in node.whens:
            chain = chain.then("when", self.predicate(condition), self._branch(value, double))
        if node.otherwise is None:
            return chain
        return chain.then("otherwise", self._branch(node.otherwise, double))

    def _branch(self, value: Expression, double: bool) -> Code:
        """A branch of a case; all numbers of one case are of one type."""
        if isinstance(value, Constant) and value.type == "auto":
            number = double and _is_number(value)
            return literal(float(value.value or 0) if number else value.value)
        if double and self._family(value) in {"integer", "decimal"}:
            return self._cast(value, "double")
        return self.column(value)

    def _aggregated(self, node: Aggregated) -> Code:
        if node.value is None:
            return self._row_count(node)
        value = self._subject(node, node.value)
        match node.function:
            case "count":
                others = [] if node.other is None else [self._subject(node, node.other)]
                return call("count_distinct" if node.distinct else "count", value, *others)
            case "sum":
                return call("sum_distinct" if node.distinct else "sum", value)
            case "avg" if node.distinct:
                count = call("nullif", call("count_distinct", value), _ZERO)
                return Operation(call("sum_distinct", value), "/", count)
            case "percentile":
                return call("percentile", value, literal(node.parameter))
            case "corr":
                return call("corr", value, self._subject(node, node.other or node.value))
            case "first":
                return call("first", value, Atom("ignorenulls=True"))
            case "collect_set":
                return call("sort_array", call("collect_set", value))
            case _:
                return call(node.function, value)

    def _row_count(self, node: Aggregated) -> Code:
        if node.where is None:
            return call("count", text("*"))
        return call("count_if", self.predicate(node.where))

    def _subject(self, node: Aggregated, value: Expression) -> Code:
        """What is aggregated: of the right type, and null where the condition does not hold."""
        code = self.argument(value)
        if node.function not in _ANY_TYPE_AGGREGATES:
            code = self._number(value, exact=node.function == "sum" and not node.distinct)
        if node.where is None:
            return code
        inner = self.column(value) if code == self.argument(value) else code
        return call("when", self.predicate(node.where), inner)

    def _number(self, value: Expression, *, exact: bool) -> Code:
        """A number to average: engines differ in the digits of decimals, so only sums keep them."""
        if not exact and self._family(value) == "decimal":
            return self._cast(value, "double")
        return self._numeric(value)

    def _windowed(self, node: Windowed) -> Code:
        chain = Chain(Atom("Window"))
        if node.partition or not node.order:
            chain = chain.then("partitionBy", *map(self.argument, node.partition))
        if node.order and node.unit:
            chain = chain.then("orderBy", self._period_number(node.order[0].value, node.unit))
            step = 1 if self._family(node.order[0].value) == "integer" else _STEPS[node.unit]
            chain = chain.then("rangeBetween", *_frame_edges(node.frame or (None, 0), step))
        elif node.order:
            chain = chain.then("orderBy", *map(self.sort_key, node.order))
            if node.frame is not None:
                chain = chain.then("rowsBetween", *_frame_edges(node.frame))
        windowed = self._window_function(node).then("over", self.name_window(chain, node))
        return self._guarded(node, windowed)

    def _guarded(self, node: Windowed, code: Code) -> Code:
        """Nothing lies before a missing time; engines take its own row for the one before."""
        if not (node.unit and node.frame and node.frame[1] and node.order):
            return code
        time = node.order[0].value
        if not schema.is_nullable(time, self.fields):
            return code
        return call("when", self.column(time).then("isNotNull"), code)

    def _period_number(self, time: Expression, unit: TimeUnit) -> Code:
        """A number that grows by the unit's step from each period to the next."""
        value = self.argument(time)
        match unit:
            case _ if self._family(time) == "integer":
                return value
            case "year":
                return call("year", value)
            case "quarter" | "month":
                per_year = Atom("4" if unit == "quarter" else "12")
                return Operation(
                    Operation(call("year", value), "*", per_year), "+", call(unit, value)
                )
            case "week" | "day":
                return call(
                    "datediff", value, call("lit", text("1970-01-01")).then("cast", text("date"))
                )
            case _:
                return call("unix_timestamp", value)

    def _window_function(self, node: Windowed) -> Code:
        if node.value is None:
            return call("count", text("*")) if node.function == "count" else call(node.function)
        if node.function in {"lag", "lead"}:
            offset = () if node.offset == 1 else (Atom(str(node.offset)),)
            return call(node.function, self.argument(node.value), *offset)
        if node.function in {"sum", "avg"}:
            return call(node.function, self._number(node.value, exact=node.function == "sum"))
        return call(node.function, self.argument(node.value))


def number_part(node: Extract) -> Extract:
    """The number of a month or weekday given by name."""
    part: DatePart = "month" if node.part == "month_name" else "weekday"
    return Extract(part=part, value=node.value)


def _monday_first(sunday_first: Code) -> Code:
    """1 to 7 from Monday. (`weekday` would do, but gives -1 for Sunday on the embedded engine.)"""
    shifted = Operation(sunday_first, "+", Atom("5"))
    return Operation(Operation(shifted, "%", Atom("7")), "+", Atom("1"))


def is_name_part(node: object) -> TypeGuard[Extract]:
    """Whether an expression gives names of months or weekdays."""
    return isinstance(node, Extract) and node.part in _NAME_PATTERNS


def _is_number(node: Constant) -> bool:
    return (
        node.type == "auto"
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def _python_value(node: Expression) -> Code:
    if not isinstance(node, Constant):
        raise TypeError(f"{node.node} where a constant is needed")
    return literal(node.value)


def _frame_edges(frame: tuple[int | None, int | None], step: int = 1) -> tuple[Code, Code]:
    first, last = frame
    start = "Window.unboundedPreceding" if first is None else _row(first * step)
    end = "Window.unboundedFollowing" if last is None else _row(last * step)
    return Atom(start), Atom(end)


def _row(offset: int) -> str:
    return "Window.currentRow" if offset == 0 else str(offset)


def _short(number: float) -> Atom:
    return Atom(str(int(number))) if float(number).is_integer() else literal(float(number))


def _places(number: float) -> int:
    if float(number).is_integer():
        return 0
    return len(repr(float(number)).partition(".")[2])
