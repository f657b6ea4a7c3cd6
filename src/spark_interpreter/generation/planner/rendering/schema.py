"""Columns in scope at a point of the plan, and the types of expressions over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spark_interpreter.generation.planner.plan import (
    Aggregated,
    Arithmetic,
    Bin,
    Call,
    Case,
    Column,
    Constant,
    Expression,
    Extract,
    ScalarQuery,
    Truncate,
    Windowed,
)
from spark_interpreter.model import TableProfile
from spark_interpreter.model.types import TypeFamily, family

UNKNOWN = "unknown"
_SMALL_INTEGERS = {"tinyint", "smallint", "int"}
_TEXT_CALLS = {"lower", "upper", "trim", "concat", "substring", "cast_string"}
_INTEGER_CALLS = {"length", "year_diff", "day_diff", "word_count", "floor", "ceil"}
_DATE_CALLS = {"cast_date", "current_date"}
_NAMES_OF_PARTS = {"month_name", "weekday_name"}


@dataclass(frozen=True)
class Field:
    """A column in scope.

    Attributes:
        type: Spark SQL type name, or `UNKNOWN`.
        nullable: a null may be among the values.
        tables: names (or aliases) of the scans it comes from.
        magnitude: largest absolute value the profile saw, of numbers.
        definition: the expression it was computed with, where its columns are still in scope.
        sort_by: a column in scope whose order is the natural one for this (weekday names).
        hidden: a helper that is dropped before the result.
    """

    name: str
    type: str = UNKNOWN
    nullable: bool = True
    tables: frozenset[str] = frozenset()
    magnitude: float | None = None
    definition: Expression | None = None
    sort_by: str | None = None
    hidden: bool = False


Fields = tuple[Field, ...]


def table_fields(profile: TableProfile, name: str) -> Fields:
    """The columns of a table, known as `name` in scope."""
    whole = profile.row_count_exact and profile.sampled_rows == profile.row_count
    return tuple(
        Field(
            name=column.name,
            type=column.type.lower(),
            nullable=not (whole and column.null_count == 0),
            tables=frozenset({name}),
            magnitude=_magnitude(column.minimum, column.maximum),
        )
        for column in profile.columns
    )


def _magnitude(*values: object) -> float | None:
    numbers = [abs(float(v)) for v in values if isinstance(v, int | float)]
    return max(numbers) if len(numbers) == len(values) else None


def resolve(column: Column, fields: Sequence[Field]) -> Field | None:
    """The field a column means: of its table if it names one, else the first of that name."""
    same = [field for field in fields if field.name == column.name] or [
        field for field in fields if field.name.lower() == column.name.lower()
    ]
    own = [field for field in same if column.table in field.tables]
    return next(iter(own or same), None)


def is_ambiguous(name: str, fields: Sequence[Field]) -> bool:
    """Whether several columns in scope have the name, ignoring case."""
    return sum(field.name.lower() == name.lower() for field in fields) > 1


def unique_name(wanted: str, taken: Sequence[str]) -> str:
    """`wanted`, or with the first number that makes it different from the taken ones."""
    lowered = {name.lower() for name in taken}
    name, number = wanted, 2
    while name.lower() in lowered:
        name, number = f"{wanted}_{number}", number + 1
    return name


def is_small_integer(type_name: str) -> bool:
    """An integer type whose products can leave its range."""
    return type_name in _SMALL_INTEGERS


def type_of(expression: Expression, fields: Sequence[Field]) -> str:
    """Spark SQL type of an expression as it is rendered, or `UNKNOWN`."""
    match expression:
        case Column():
            field = resolve(expression, fields)
            return field.type if field else UNKNOWN
        case Constant():
            return _constant_type(expression)
        case Arithmetic():
            return _arithmetic_type(expression, fields)
        case Call():
            return _call_type(expression, fields)
        case Truncate():
            return truncated_type(expression)
        case Extract():
            return _extract_type(expression)
        case Bin():
            return "bigint" if _is_whole(expression.width, expression.start) else "double"
        case Case():
            return _case_type(expression, fields)
        case Aggregated():
            return _aggregate_type(expression, fields)
        case Windowed():
            return _window_type(expression, fields)
        case ScalarQuery():
            return UNKNOWN


def family_of(expression: Expression, fields: Sequence[Field]) -> TypeFamily:
    """Family of an expression's type; "other" when unknown."""
    return family(type_of(expression, fields))


def is_nullable(expression: Expression, fields: Sequence[Field]) -> bool:
    """Whether the expression may be null."""
    match expression:
        case Column():
            field = resolve(expression, fields)
            return field is None or field.nullable
        case Constant():
            return expression.value is None
        case Truncate() | Extract() | Bin():
            return is_nullable(expression.value, fields)
        case Aggregated():
            return expression.function != "count"
        case Windowed():
            return expression.function not in {
                "count",
                "rank",
                "row_number",
                "dense_rank",
                "percent_rank",
            }
        case Call(name="lower" | "upper" | "trim" | "length" | "abs" | "round" | "floor" | "ceil"):
            return any(is_nullable(argument, fields) for argument in expression.args)
        case _:
            return True


def magnitude_of(expression: Expression, fields: Sequence[Field]) -> float | None:
    """Largest absolute value to expect, where it is known."""
    match expression:
        case Column():
            field = resolve(expression, fields)
            return field.magnitude if field else None
        case Constant(value=bool() | None | str()):
            return None
        case Constant():
            return abs(float(expression.value or 0))
        case _:
            return None


def hide(field: Field) -> Field:
    return replace(field, hidden=True)


def _constant_type(constant: Constant) -> str:
    if constant.type in {"date", "timestamp"}:
        return constant.type
    if constant.type == "decimal":
        return decimal_type(str(constant.value))
    match constant.value:
        case bool():
            return "boolean"
        case int():
            return "int" if abs(constant.value) < 2**31 else "bigint"
        case float():
            return "double"
        case str():
            return "string"
        case None:
            return UNKNOWN


def decimal_type(text: str) -> str:
    """The narrowest decimal type that holds the number."""
    digits, _, fraction = text.lstrip("+-").partition(".")
    scale = len(fraction)
    return f"decimal({max(len(digits.lstrip('0')) + scale, scale, 1)},{scale})"


def _arithmetic_type(node: Arithmetic, fields: Sequence[Field]) -> str:
    if node.op == "/":
        return "double"
    left, right = type_of(node.left, fields), type_of(node.right, fields)
    families = {family(left), family(right)}
    if "float" in families or "text" in families:
        return "double"
    if families == {"date"}:
        return "int"
    if "decimal" in families:
        return _wider_decimal(node.op, left, right)
    if families <= {"integer", "boolean"}:
        if needs_bigint(node, fields) or "bigint" in {left, right}:
            return "bigint"
        return "int"
    return UNKNOWN


def needs_bigint(node: Arithmetic, fields: Sequence[Field]) -> bool:
    """Whether the result of an operation on small integers may leave their range.

    The embedded engine wraps around silently there. A sample's maximum is trusted only with a
    wide margin, and never for the product of two columns.
    """
    sides = (node.left, node.right)
    if node.op not in {"+", "-", "*"}:
        return False
    if not all(is_small_integer(type_of(side, fields)) for side in sides):
        return False
    sizes = [magnitude_of(side, fields) for side in sides]
    if None in sizes:
        return True
    first, second = (size or 0 for size in sizes)
    if node.op == "*":
        constant = any(isinstance(side, Constant) for side in sides)
        return not constant or first * second > 2**31 / 1000
    return first + second > 2**31 / 16


def _wider_decimal(operator: str, left: str, right: str) -> str:
    (p1, s1), (p2, s2) = _precision(left), _precision(right)
    if operator == "*":
        precision, scale = p1 + p2 + 1, s1 + s2
    else:
        scale = max(s1, s2)
        precision = max(p1 - s1, p2 - s2) + scale + 1
    return f"decimal({min(precision, 38)},{scale})"


def _precision(type_name: str) -> tuple[int, int]:
    if family(type_name) != "decimal":
        return {"tinyint": 3, "smallint": 5, "int": 10}.get(type_name, 20), 0
    precision, _, scale = type_name.partition("(")[2].rstrip(")").partition(",")
    return int(precision or 10), int(scale or 0)


def _call_type(node: Call, fields: Sequence[Field]) -> str:
    if node.name in _TEXT_CALLS:
        return "string"
    if node.name in _DATE_CALLS:
        return "date"
    if node.name in _INTEGER_CALLS:
        return "bigint" if node.name in {"floor", "ceil", "year_diff"} else "int"
    if node.name in {"sqrt", "hour_diff", "cast_double"}:
        return "double"
    return type_of(node.args[0], fields) if node.args else UNKNOWN


def truncated_type(node: Truncate) -> str:
    """Buckets of a day or more are dates."""
    return "timestamp" if node.unit in {"hour", "minute"} else "date"


def _extract_type(node: Extract) -> str:
    if node.part in _NAMES_OF_PARTS:
        return "string"
    return "date" if node.part == "date" else "int"


def _case_type(node: Case, fields: Sequence[Field]) -> str:
    values = [value for _, value in node.whens]
    if node.otherwise is not None:
        values.append(node.otherwise)
    types = [t for t in (type_of(value, fields) for value in values) if t != UNKNOWN]
    families = {family(t) for t in types}
    if len(set(types)) == 1:
        return types[0]
    if families <= {"integer"} and types:
        return "bigint"
    return "double" if families and families <= {"integer", "float", "decimal"} else UNKNOWN


def _aggregate_type(node: Aggregated, fields: Sequence[Field]) -> str:
    value = type_of(node.value, fields) if node.value is not None else UNKNOWN
    match node.function:
        case "count":
            return "bigint"
        case "sum":
            return sum_type(value)
        case "min" | "max" | "first" | "mode":
            return value
        case "collect_set":
            return f"array<{value}>"
        case _:
            return "double"


def sum_type(type_name: str) -> str:
    """Type of a sum of values of the type."""
    match family(type_name):
        case "integer" | "boolean":
            return "bigint"
        case "decimal":
            precision, scale = _precision(type_name)
            return f"decimal({min(precision + 10, 38)},{scale})"
        case _:
            return "double"


def _window_type(node: Windowed, fields: Sequence[Field]) -> str:
    value = type_of(node.value, fields) if node.value is not None else UNKNOWN
    match node.function:
        case "count":
            return "bigint"
        case "rank" | "row_number" | "dense_rank":
            return "int"
        case "sum":
            return sum_type(value)
        case "avg" | "percent_rank":
            return "double"
        case _:
            return value


def _is_whole(*numbers: float) -> bool:
    return all(float(number).is_integer() for number in numbers)
