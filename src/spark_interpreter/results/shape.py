"""What a result looks like: which columns are measures, which say what is measured."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from spark_interpreter.model import ChartHint, ResultColumn
from spark_interpreter.model.types import family
from spark_interpreter.results.people import (
    MISSING,
    column_places,
    moment,
    parse_moment,
    words,
)

Role = Literal["measure", "category", "time", "period", "id", "other"]
"""period: a part of time as a number or text (2024, "2024-03"); its order is the axis."""

Grain = Literal["year", "quarter", "month", "day", "minute", "instant"]

_PERIODS: dict[str, tuple[int, int]] = {
    "year": (1000, 2500),
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (0, 53),
    "weekday": (0, 7),
    "dow": (0, 7),
    "day": (1, 366),
    "hour": (0, 23),
}
_IDS = {"id", "ids", "key", "code", "zip", "zipcode", "postcode", "phone", "number", "no", "nr"}
_PERIOD_TEXT = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|[- ]?Q[1-4]|-?W[0-5]\d)?$")
_AGGREGATES = {
    "count", "counts", "sum", "total", "avg", "average", "mean", "median", "min", "max",
    "minimum", "maximum", "share", "stddev", "percentile", "n", "growth", "percent", "pct",
}  # fmt: skip
_ADDITIVE = {"count", "sum", "total", "revenue", "sales", "amount", "quantity", "units", "orders"}
_NOT_ADDITIVE = (_AGGREGATES - {"count", "counts", "sum", "total", "n"}) | {
    "distinct", "unique", "rate", "ratio", "per", "running", "cumulative", "rank", "moving",
    "rolling", "previous", "change", "difference", "price", "different",
}  # fmt: skip
_SHARES = {"share", "growth", "fraction", "proportion"}


@dataclass(frozen=True)
class Field:
    """A column with its role and the values of the rows looked at."""

    name: str
    type: str
    role: Role
    values: tuple[Any, ...]

    @cached_property
    def distinct(self) -> int:
        return len(set(self.labels))

    @property
    def unique(self) -> bool:
        """Every row has a value of its own."""
        return self.distinct == len(self.values)

    @cached_property
    def numbers(self) -> list[float | None]:
        """The values as numbers; of numeric columns only."""
        return [None if v is None else v if isinstance(v, int) else float(v) for v in self.values]

    @property
    def ranks(self) -> list[Any]:
        """The values in a form that sorts as they do: decimals as numbers."""
        return self.numbers if family(self.type) == "decimal" else list(self.values)

    @cached_property
    def known(self) -> list[float]:
        return [n for n in self.numbers if n is not None]

    @cached_property
    def labels(self) -> list[str]:
        """The values as text for people; missing ones say so."""
        if self.role == "time":
            return [MISSING if v is None else time_label(v, self.grain) for v in self.values]
        return [label_text(v) for v in self.values]

    @cached_property
    def grain(self) -> Grain:
        """The coarsest grain that loses nothing of the values."""
        return time_grain(self.name, [v for v in self.values if v is not None])

    @cached_property
    def places(self) -> int:
        """The decimals its numbers are said with."""
        return column_places(self.values, self.type)

    @property
    def whole(self) -> bool:
        """Integers only."""
        return all(float(n).is_integer() for n in self.known)

    @property
    def fraction(self) -> bool:
        """A share or rate where 1 means 100 %."""
        parts = set(words(self.name))
        if not parts & _SHARES or parts & {"pct", "percent", "percentage"}:
            return False
        limit = 10 if "growth" in parts else 1
        return family(self.type) != "integer" and all(abs(n) <= limit for n in self.known)

    @property
    def additive(self) -> bool:
        """The sum over the rows means something."""
        parts = set(words(self.name))
        return bool(parts & _ADDITIVE) and not parts & _NOT_ADDITIVE


@dataclass(frozen=True)
class Shape:
    """The rows that a chart or a summary looks at.

    Attributes:
        row_count: rows of the whole result; `fields` may hold the first ones only.
    """

    fields: tuple[Field, ...]
    rows: int
    row_count: int
    ordered: bool

    @property
    def partial(self) -> bool:
        return self.rows < self.row_count

    def field(self, name: str | None) -> Field | None:
        """The field of this name, whatever its casing."""
        wanted = (name or "").lower()
        return next((f for f in self.fields if f.name.lower() == wanted), None)

    def with_role(self, *roles: Role) -> list[Field]:
        return [f for f in self.fields if f.role in roles]

    @property
    def measures(self) -> list[Field]:
        return self.with_role("measure")

    @property
    def dimensions(self) -> list[Field]:
        return self.with_role("time", "period", "category", "id")


def shape_of(
    columns: Sequence[ResultColumn],
    rows: Sequence[Sequence[Any]],
    *,
    row_count: int,
    ordered: bool,
    hint: ChartHint | None = None,
) -> Shape:
    """The shape of these rows of a result."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    fields = [
        Field(c.name, c.type, _role(c, values, hint), values)
        for c, values in zip(columns, by_column, strict=True)
    ]
    if not hint and all(f.role in {"measure", "other"} for f in fields):
        fields = _first_as_category(fields)
    return Shape(tuple(fields), len(rows), row_count, ordered)


def _role(column: ResultColumn, values: Sequence[Any], hint: ChartHint | None) -> Role:
    match family(column.type):
        case "date" | "timestamp":
            return "time" if _all_times(values) else "category"
        case "boolean":
            return "category"
        case "text":
            known = [v for v in values if v is not None]
            return "period" if known and all(map(_PERIOD_TEXT.match, known)) else "category"
        case "other":
            return "other"
        case kind:
            return _number_role(column.name, values, hint, whole=kind == "integer")


def _number_role(name: str, values: Sequence[Any], hint: ChartHint | None, *, whole: bool) -> Role:
    if _hinted(name, hint, measure=True):
        return "measure"
    if _hinted(name, hint, measure=False):
        return "period"
    return _integer_role(name, values) if whole else "measure"


def _integer_role(name: str, values: Sequence[Any]) -> Role:
    parts = words(name) or [name]
    counting = set(parts) & (_AGGREGATES | {"of", "per"})
    for part in (parts[-1], parts[0]):
        low, high = _PERIODS.get(part, (1, 0))
        if not counting and all(low <= v <= high for v in values if v is not None):
            return "period"
    return "id" if parts[-1] in _IDS and not counting else "measure"


def _hinted(name: str, hint: ChartHint | None, *, measure: bool) -> bool:
    if hint is None:
        return False
    names = hint.y if measure else (hint.x, hint.color)
    numbers = hint.kind in {"scatter", "histogram"} or "from" in words(name)
    return (measure or not numbers) and name.lower() in {n.lower() for n in names if n}


def _first_as_category(fields: list[Field]) -> list[Field]:
    """`rating, count`: a leading integer whose values are counted or averaged over."""
    first, *others = fields
    grouped = family(first.type) == "integer" and first.unique and len(first.values) > 1
    if grouped and any(set(words(f.name)) & _AGGREGATES for f in others):
        first = Field(first.name, first.type, "period", first.values)
    return [first, *others]


def _all_times(values: Sequence[Any]) -> bool:
    try:
        for value in values:
            if value is not None:
                parse_moment(value)
    except ValueError:
        return False
    return True


def time_grain(name: str, values: Sequence[str]) -> Grain:
    """The coarsest grain that loses nothing of these ISO dates and times.

    The first of a quarter or year is only called so when the column's name does: it may as well
    be one month's figure.
    """
    times = [parse_moment(v) for v in values]
    if any(t.second or t.microsecond for t in times):
        return "instant"
    if any(t.hour or t.minute for t in times):
        return "minute"
    if not times or any(t.day != 1 for t in times) or {"day", "date", "week"} & {*words(name)}:
        return "day"
    months = {t.month for t in times}
    if "year" in words(name) and months == {1}:
        return "year"
    if "quarter" in words(name) and months <= {1, 4, 7, 10}:
        return "quarter"
    return "month" if "month" in words(name) or len(times) > 1 else "day"


def time_label(value: str, grain: Grain) -> str:
    """An ISO date or time as this grain says it ("Mar 2024", "Q1 2024")."""
    at = parse_moment(value)
    match grain:
        case "year":
            return f"{at:%Y}"
        case "quarter":
            return f"Q{(at.month + 2) // 3} {at:%Y}"
        case "month":
            return f"{at:%b %Y}"
        case "day":
            return f"{at:%Y-%m-%d}"
        case "minute":
            return f"{at:%Y-%m-%d %H:%M}"
        case "instant":
            return moment(value)


def label_text(value: Any) -> str:
    """A category's value as text."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == "":
        return "(empty)"
    return str(value)
