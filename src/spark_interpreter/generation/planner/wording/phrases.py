"""Expressions and predicates of a plan as English phrases."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from spark_interpreter.generation.planner.plan import (
    Aggregated,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Bin,
    Call,
    Case,
    Column,
    Compare,
    Constant,
    Exists,
    Expression,
    Extract,
    InQuery,
    IsNull,
    Match,
    Named,
    Not,
    OneOf,
    Predicate,
    Relation,
    ScalarQuery,
    SortKey,
    TimeUnit,
    Truncate,
    Windowed,
)
from spark_interpreter.generation.planner.wording.words import (
    MONTHS,
    WEEKDAYS,
    humanize,
    last_day,
    listed,
    ordinal,
    period,
    value_text,
)
from spark_interpreter.model.types import TypeFamily

_SIGNS = {"*": "×", "/": "÷", "-": "−", "+": "+", "%": "modulo"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2}
_AGGREGATES = {
    "sum": "total",
    "avg": "average",
    "median": "median",
    "stddev": "standard deviation of",
    "variance": "variance of",
    "first": "first",
    "mode": "most frequent",
    "collect_set": "list of the different",
}
_WINDOWS = {
    "sum": "sum of", "avg": "average", "count": "number of", "min": "lowest", "max": "highest",
}  # fmt: skip
_EXTREMES = {
    "min": {"date": "earliest", "timestamp": "earliest", "text": "alphabetically first"},
    "max": {"date": "latest", "timestamp": "latest", "text": "alphabetically last"},
}
_PARTS = {"month_name": "month name", "weekday_name": "weekday", "day": "day of the month"}
_CALLS = {
    "lower": "{0} in lower case",
    "upper": "{0} in upper case",
    "trim": "{0}",
    "length": "length of {0}",
    "abs": "absolute value of {0}",
    "floor": "{0} rounded down",
    "ceil": "{0} rounded up",
    "sqrt": "square root of {0}",
    "year_diff": "years from {1} to {0}",
    "day_diff": "days from {1} to {0}",
    "hour_diff": "hours from {1} to {0}",
    "cast_double": "{0} as a number",
    "cast_date": "{0} as a date",
    "cast_string": "{0} as text",
    "current_date": "today",
    "word_count": "number of words of {0}",
}
_COMPARISONS = {
    "=": "is", "!=": "is not", "<": "is less than", "<=": "is at most",
    ">": "is more than", ">=": "is at least",
}  # fmt: skip
_TIME_COMPARISONS = {
    "=": "is", "!=": "is not", "<": "is before", "<=": "is on or before",
    ">": "is after", ">=": "is on or after",
}  # fmt: skip
_OPPOSITES = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MATCHES = {
    "contains": ("contains", "does not contain"),
    "starts": ("starts with", "does not start with"),
    "ends": ("ends with", "does not end with"),
    "equals": ("is", "is not"),
    "like": ("is like", "is not like"),
    "regex": ("matches the pattern", "does not match the pattern"),
}


class Phrases:
    """Words expressions; columns are called by their names in words.

    Args:
        families: type family by column name, for words like "earliest".
        describe: words a subquery.
        rows: words the rows of a subquery.
        qualified: names that several tables have; they are told apart by their table.
    """

    def __init__(
        self,
        families: Mapping[str, TypeFamily],
        describe: Callable[[Relation], str],
        rows: Callable[[Relation], str],
        qualified: frozenset[str] = frozenset(),
    ) -> None:
        self._families = dict(families)
        self.calendar: set[str] = set()
        self._describe = describe
        self._rows = rows
        self._qualified = qualified

    def expression(self, node: Expression) -> str:
        match node:
            case Column():
                return self._column(node)
            case Constant():
                return _constant(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                return self._call(node)
            case Truncate():
                return f"{node.unit} of {self.expression(node.value)}"
            case Extract():
                return f"{_PARTS.get(node.part, node.part)} of {self.expression(node.value)}"
            case Bin():
                return f"{self.expression(node.value)} in steps of {value_text(node.width)}"
            case Case():
                return self._case(node)
            case Aggregated():
                return self.aggregate(node)
            case Windowed():
                return self._windowed(node)
            case ScalarQuery():
                return f"the {self._describe(node.relation)}"

    def aggregate(self, node: Aggregated) -> str:
        """What an aggregate is called: "total amount", "number of rows with a region"."""
        phrase = self._unconditional(node)
        if node.where is None:
            return phrase
        return f"{phrase} where {self.predicate(node.where)}"

    def family(self, node: Expression) -> TypeFamily:
        """Family of a column's type; dates for what is made of dates."""
        match node:
            case Column():
                return self._families.get(node.name, "other")
            case Truncate():
                return "date"
            case Constant(type="date" | "timestamp"):
                return "date"
            case Aggregated(function="min" | "max") if node.value is not None:
                return self.family(node.value)
            case Extract(part="month_name" | "weekday_name"):
                return "text"
            case Call(name="lower" | "upper" | "trim" | "concat" | "substring"):
                return "text"
            case Constant() | Case():
                return "other"
            case _:
                return "float"

    def order(self, key: SortKey) -> str:
        """A sort key: "price (highest first)"."""
        down = key.descending
        family = self.family(key.value)
        if self._is_calendar(key.value):
            direction = "calendar order, last first" if down else "calendar order"
        elif family == "other":
            direction = "descending" if down else "ascending"
        elif family in {"date", "timestamp"}:
            direction = "latest first" if down else "earliest first"
        elif family == "text":
            direction = "Z to A" if down else "A to Z"
        elif family == "boolean":
            direction = "true first" if down else "false first"
        else:
            direction = "highest first" if down else "lowest first"
        return f"{self.expression(key.value)} ({direction})"

    def _is_calendar(self, node: Expression) -> bool:
        """Names of months and weekdays do not go by the alphabet."""
        if isinstance(node, Column):
            return node.name in self.calendar
        return isinstance(node, Extract) and node.part in {"month_name", "weekday_name"}

    def learn(self, named: Named) -> None:
        """Remember what kind of values a computed column has, for what comes after it."""
        calendar = self._is_calendar(named.value)
        self._families[named.name] = self.family(named.value)
        if calendar:
            self.calendar.add(named.name)
        else:
            self.calendar.discard(named.name)

    def predicate(self, node: Predicate, *, inner: bool = False) -> str:
        """A condition; in brackets where `inner` and needed."""
        match node:
            case Compare():
                return self._compare(node)
            case Between():
                return self._between(node)
            case OneOf():
                return f"{self.expression(node.value)} is {self._options(node)}"
            case Match():
                return self._match(node, negated=False)
            case IsNull():
                return f"{self.expression(node.value)} is missing"
            case InQuery():
                verb = "is not among" if node.negated else "is among"
                return f"{self.expression(node.value)} {verb} the {self._describe(node.relation)}"
            case Exists():
                return self._exists(node)
            case AllOf():
                return self._joined(node.parts, " and ", inner=inner)
            case AnyOf():
                return self._joined(node.parts, " or ", inner=inner)
            case Not():
                return self._not(node.part)

    def _column(self, node: Column) -> str:
        words = humanize(node.name)
        if node.table and node.name in self._qualified:
            return f"{words} of {humanize(node.table)}"
        return words

    def _arithmetic(self, node: Arithmetic) -> str:
        left = self._bracketed(node.left, _STRENGTH[node.op])
        right = self._bracketed(node.right, _STRENGTH[node.op] + 1)
        return f"{left} {_SIGNS[node.op]} {right}"

    def _bracketed(self, node: Expression, strength: int) -> str:
        phrase = self.expression(node)
        weak = isinstance(node, Arithmetic) and _STRENGTH[node.op] < strength
        return f"({phrase})" if weak else phrase

    def _call(self, node: Call) -> str:
        arguments = [self.expression(argument) for argument in node.args]
        match node.name:
            case "round":
                digits = arguments[1] if len(arguments) > 1 else "0"
                return f"{arguments[0]} rounded to {digits} decimals"
            case "coalesce":
                return f"{arguments[0]} (or {listed(arguments[1:], 'or')} when missing)"
            case "concat":
                return " followed by ".join(arguments)
            case "substring":
                return f"{arguments[2]} characters of {arguments[0]} from position {arguments[1]}"
            case _:
                return _CALLS[node.name].format(*arguments)

    def _case(self, node: Case) -> str:
        parts = [
            f"{self.expression(value)} if {self.predicate(condition, inner=True)}"
            for condition, value in node.whens
        ]
        if node.otherwise is not None:
            parts.append(f"otherwise {self.expression(node.otherwise)}")
        return ", ".join(parts)

    def _unconditional(self, node: Aggregated) -> str:
        if node.value is None:
            return "number of rows"
        value = self.expression(node.value)
        match node.function:
            case "count":
                if node.other is not None:
                    value = f"{value} and {self.expression(node.other)}"
                return (
                    f"number of {'different values of ' if node.distinct else 'rows with '}{value}"
                )
            case "min" | "max":
                extremes = _EXTREMES[node.function]
                common = "lowest" if node.function == "min" else "highest"
                return f"{extremes.get(self.family(node.value), common)} {value}"
            case "percentile":
                return f"{ordinal((node.parameter or 0) * 100)} percentile of {value}"
            case "corr":
                return f"correlation of {value} and {self.expression(node.other or node.value)}"
            case "avg" if self.family(node.value) == "boolean":
                return f"share of rows where {value} is true"
            case _:
                different = "different " if node.distinct else ""
                return f"{_AGGREGATES[node.function]} {different}{value}"

    def _windowed(self, node: Windowed) -> str:
        value = "rows" if node.value is None else self.expression(node.value)
        within = self._within(node)
        match node.function:
            case "lag" | "lead":
                side = "before" if node.function == "lag" else "after"
                rows = "row" if node.offset == 1 else f"{node.offset} rows"
                return f"{value} of the {rows} {side}{within}"
            case "max" if node.unit and node.frame and node.frame[0] == node.frame[1]:
                return f"{value} {_units_before(node.unit, -(node.frame[0] or 0))}{within}"
            case "rank" | "dense_rank":
                return f"rank{within}"
            case "row_number":
                return f"position{within}"
            case "percent_rank":
                return f"relative rank{within}"
            case _:
                return f"{_window_word(node)} {value}{within}"

    def _within(self, node: Windowed) -> str:
        phrase = ""
        if node.partition:
            phrase += f" within each {listed([self.expression(p) for p in node.partition])}"
        if node.order and not node.unit:
            phrase += f" in order of {listed([self.order(key) for key in node.order])}"
        elif (
            not node.order
            and not node.partition
            and node.function in {"sum", "avg", "count", "min", "max"}
        ):
            phrase += " over all rows of the result"
        return phrase

    def _compare(self, node: Compare) -> str:
        left, right = node.left, node.right
        if isinstance(right, Constant) and isinstance(right.value, bool):
            return f"{self.expression(left)} {_COMPARISONS[node.op]} {value_text(right.value)}"
        timed = self.family(left) in {"date", "timestamp"} or (
            isinstance(right, Constant) and right.type in {"date", "timestamp"}
        )
        part = _named_part(left, right)
        if part:
            return f"{self.expression(left)} {_COMPARISONS[node.op]} {part}"
        verbs = _TIME_COMPARISONS if timed else _COMPARISONS
        return f"{self.expression(left)} {verbs[node.op]} {self.expression(right)}"

    def _between(self, node: Between) -> str:
        value = self.expression(node.value)
        low, high = self.expression(node.low), self.expression(node.high)
        if not node.half_open:
            return f"{value} is between {low} and {high}"
        whole = period(low, high)
        if whole:
            return f"{value} is {'on' if whole.count('-') == 2 else 'in'} {whole}"
        last = last_day(low, high)
        if last:
            return f"{value} is from {low} to {last}"
        return f"{value} is from {low} up to, but not including, {high}"

    def _options(self, node: OneOf) -> str:
        return listed([_constant(option) for option in node.options], "or")

    def _match(self, node: Match, *, negated: bool) -> str:
        return f'{self.expression(node.value)} {_MATCHES[node.kind][negated]} "{node.text}"'

    def _exists(self, node: Exists) -> str:
        keys = listed([humanize(outer) for outer, _ in node.on]) or "row"
        found = "there is no" if node.negated else "there is a"
        return f"{found} matching {keys} in {self._rows(node.relation)}"

    def _joined(self, parts: tuple[Predicate, ...], word: str, *, inner: bool) -> str:
        phrases = [self.predicate(part, inner=True) for part in parts]
        joined = word.join(phrases)
        return f"({joined})" if inner and len(phrases) > 1 else joined

    def _not(self, part: Predicate) -> str:
        match part:
            case Not():
                return self.predicate(part.part)
            case IsNull():
                return f"{self.expression(part.value)} is not missing"
            case Compare():
                return self._compare(part.model_copy(update={"op": _OPPOSITES[part.op]}))
            case OneOf():
                verb = "is not" if len(part.options) == 1 else "is none of"
                return f"{self.expression(part.value)} {verb} {self._options(part)}"
            case Match():
                return self._match(part, negated=True)
            case InQuery() | Exists():
                return self.predicate(part.model_copy(update={"negated": not part.negated}))
            case _:
                return f"it is not so that {self.predicate(part, inner=True)}"


def _constant(node: Constant) -> str:
    if node.type in {"date", "timestamp", "decimal"} and node.value is not None:
        return str(node.value)
    return value_text(node.value)


def _named_part(left: Expression, right: Expression) -> str | None:
    """The name of a month or weekday that is given by its number."""
    names = {"month": MONTHS, "weekday": WEEKDAYS}
    if not isinstance(left, Extract) or not isinstance(right, Constant):
        return None
    number = right.value
    if left.part not in names or not isinstance(number, int):
        return None
    return dict(enumerate(names[left.part], 1)).get(number)


def _units_before(unit: TimeUnit, count: int) -> str:
    return f"of the {unit} before" if count == 1 else f"{count} {unit}s before"


def _window_word(node: Windowed) -> str:
    word = _WINDOWS[node.function]
    match node.frame:
        case (None, 0):
            return f"running {word}"
        case (int() as first, 0):
            return f"moving {word} (over {1 - first} {node.unit or 'row'}s) of"
        case _:
            return word
