"""A plan as one exact sentence: what, of which rows, in which order, how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Column,
    ColumnReport,
    Derive,
    Distinct,
    Filter,
    Join,
    Limit,
    Named,
    Pivot,
    Project,
    Relation,
    Scan,
    SetOperation,
    SideBySide,
    Sort,
    Top,
)
from spark_interpreter.generation.planner.wording.phrases import Phrases
from spark_interpreter.generation.planner.wording.words import humanize, listed, value_text
from spark_interpreter.model import TableProfile
from spark_interpreter.model.types import TypeFamily, family

_REPORTS = {
    "missing": "number and share of missing values",
    "overview": "type, filled and different values, smallest, largest and mean",
}
_JOINS = {
    "inner": "joined with",
    "left": "with, where there are any,",
    "semi": "that have a match in",
    "anti": "that have no match in",
    "cross": "combined with every one of",
}
_SETS = {
    "union": "together with, each once,",
    "union_all": "together with",
    "intersect": "that are also among",
    "except": "that are not among",
}


@dataclass(frozen=True)
class Reading:
    """The parts of the sentence so far.

    Attributes:
        what: what is shown; empty for all columns.
        source: which rows it is taken from.
        where: conditions on those rows.
        clauses: what happens afterwards, in order.
        grouped: `what` is computed from groups of rows.
        whole: all of these at once, where several tables have their own.
    """

    source: str
    what: str = ""
    where: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    grouped: bool = False
    whole: str = ""

    def then(self, clause: str) -> Reading:
        return replace(self, clauses=(*self.clauses, clause))

    @property
    def rows(self) -> str:
        """The source with its conditions."""
        return f"{self.source} where {' and '.join(self.where)}" if self.where else self.source

    @property
    def text(self) -> str:
        """The whole, without capital and full stop."""
        if self.whole:
            head = self.whole
        elif self.what:
            head = f"{self.what} {'in' if self.grouped else 'from'} {self.rows}"
        else:
            head = f"all columns of {self.rows}"
        return ", ".join((head, *self.clauses))

    @property
    def nested(self) -> str:
        """The whole as the source of something else."""
        plain = not self.what and not self.clauses
        return self.rows if plain and not self.where else f"({self.rows if plain else self.text})"


class Reader:
    """Words relations over tables with these profiles."""

    def __init__(self, profiles: Sequence[TableProfile]) -> None:
        families: dict[str, TypeFamily] = {}
        counts: Counter[str] = Counter()
        for profile in profiles:
            for column in profile.columns:
                families.setdefault(column.name, family(column.type))
                counts[column.name] += 1
        self._columns = {
            profile.name: [Column(name=column.name) for column in profile.columns]
            for profile in profiles
        }
        shared = frozenset(name for name, count in counts.items() if count > 1)
        self._rows_in_view = ""
        self._phrases = Phrases(families, self._subquery, self._rows, shared)

    @property
    def phrases(self) -> Phrases:
        return self._phrases

    def read(self, node: Relation) -> Reading:  # noqa: C901
        match node:
            case Scan():
                return Reading(source=humanize(node.alias or node.table))
            case Join():
                return self._join(node)
            case SetOperation():
                return Reading(source=self._set_operation(node))
            case SideBySide():
                return Reading(source="", whole=self._side_by_side(node))
            case Filter():
                return self._filter(node)
            case Derive():
                return self._derive(node)
            case Project():
                return self._project(node)
            case Distinct():
                return self._distinct(node)
            case Aggregate():
                return self._aggregate(node)
            case Sort():
                reading = self.read(node.input)
                keys = listed([self._phrases.order(key) for key in node.keys])
                return reading.then(f"ordered by {keys}")
            case Limit():
                return self.read(node.input).then(_limit(node))
            case Top():
                return self._top(node)
            case Pivot():
                return self._pivot(node)
            case ColumnReport():
                return self._report(node)

    def _filter(self, node: Filter) -> Reading:
        reading = self.read(node.input)
        parts = plan_tools.conjuncts(node.predicate)
        several = len(parts) > 1 or bool(reading.where)
        self._rows_in_view = reading.nested
        conditions = [self._phrases.predicate(part, inner=several) for part in parts]
        self._rows_in_view = ""
        if not reading.what and not reading.clauses:
            return replace(reading, where=(*reading.where, *conditions))
        kept = "keeping only groups where" if reading.grouped else "keeping only rows where"
        return reading.then(f"{kept} {' and '.join(conditions)}")

    def _derive(self, node: Derive) -> Reading:
        reading = self.read(node.input)
        for column in node.columns:
            self._phrases.learn(column)
            value = self._phrases.expression(column.value)
            reading = reading.then(f"with {humanize(column.name)} = {value}")
        return reading

    def _project(self, node: Project) -> Reading:
        reading = self.read(node.input)
        if not reading.what and self._shows_all(node):
            return reading
        what = listed([self._named(column) for column in node.columns])
        for column in node.columns:
            self._phrases.learn(column)
        if reading.what:
            return reading.then(f"showing {what}")
        return replace(reading, what=what)

    def _shows_all(self, node: Project) -> bool:
        """Whether the columns are those of the table, which needs no list."""
        base = plan_tools.base(node)
        names = self._columns.get(base.table) if isinstance(base, Scan) else None
        return [column.value for column in node.columns] == names

    def _distinct(self, node: Distinct) -> Reading:
        reading = self.read(node.input)
        if reading.what and not reading.clauses and not reading.grouped:
            return replace(reading, what=f"different {reading.what}")
        return reading.then("each different row once")

    def _aggregate(self, node: Aggregate) -> Reading:
        below = self.read(node.input)
        keys = [self._named(key) for key in node.keys]
        measures = [self._measure(measure) for measure in node.measures]
        for column in (*node.keys, *node.measures):
            self._phrases.learn(column)
        what = listed(measures) or "different combinations"
        if keys:
            what += f" {'for each' if measures else 'of'} {listed(keys)}"
        source = below if not below.what and not below.clauses else Reading(source=below.nested)
        return replace(source, what=what, grouped=bool(measures))

    def _top(self, node: Top) -> Reading:
        reading = self.read(node.input)
        order = listed([self._phrases.order(key) for key in node.order])
        each = [self._phrases.expression(value) for value in node.partition]
        whole = f" for each {listed(each)}" if each else ""
        ties = ", and those that tie with the last" if node.ties else ""
        rows = "the first one" if node.count == 1 else f"the first {node.count}"
        return reading.then(f"ordered by {order}").then(f"only {rows}{whole}{ties}")

    def _pivot(self, node: Pivot) -> Reading:
        below = self.read(node.input)
        keys = [self._named(key) for key in node.keys]
        measure = self._phrases.expression(node.measure.value)
        for key in node.keys:
            self._phrases.learn(key)
        column = self._phrases.expression(node.column.value)
        values = listed([value_text(value) for value in node.values])
        what = f"{measure} for each {listed(keys)}" if keys else measure
        source = below if not below.what and not below.clauses else Reading(source=below.nested)
        reading = replace(source, what=what, grouped=True)
        return reading.then(f"one column for each {column}: {values}")

    def _report(self, node: ColumnReport) -> Reading:
        below = self.read(node.input)
        source = below if not below.what and not below.clauses else Reading(source=below.nested)
        what = f"{_REPORTS[node.kind]} for each column"
        return replace(source, what=what, grouped=True)

    def _join(self, node: Join) -> Reading:
        left, right = self.read(node.left), self.read(node.right)
        keys = " and ".join(
            f"{self._key(mine, node.left)} = {self._key(other, node.right)}"
            for mine, other in node.on
        )
        on = f" on {keys}" if keys else ""
        return Reading(source=f"{left.nested} {_JOINS[node.how]} {right.nested}{on}")

    def _key(self, column: Column, side: Relation) -> str:
        names = plan_tools.tables(side)
        table = column.table or (names[0] if len(names) == 1 else None)
        return self._phrases.expression(column.model_copy(update={"table": table}))

    def _set_operation(self, node: SetOperation) -> str:
        left, right = self.read(node.left), self.read(node.right)
        return f"{left.nested} {_SETS[node.op]} {right.nested}"

    def _side_by_side(self, node: SideBySide) -> str:
        return "; beside it ".join(self.read(part).text for part in node.parts)

    def _named(self, column: Named) -> str:
        """An expression, and the name it goes by later where that is another one."""
        value = self._phrases.expression(column.value)
        name = humanize(column.name)
        plain = isinstance(column.value, Column)
        known = name in {value, humanize(column.value.name) if plain else ""}  # type: ignore[union-attr]
        return value if known or name in value else f"{value} ({name})"

    def _measure(self, column: Named) -> str:
        value = self._phrases.expression(column.value)
        name = humanize(column.name)
        obvious = isinstance(column.value, Aggregated) and _derivable(name, column.value)
        return value if obvious or name == value else f"{value} ({name})"

    def _subquery(self, node: Relation) -> str:
        """A relation inside a condition; "in orders" goes without saying among orders."""
        if not isinstance(node, Aggregate) or node.keys or len(node.measures) != 1:
            return self.read(node).text
        value = self._phrases.expression(node.measures[0].value)
        outer, self._rows_in_view = self._rows_in_view, ""
        rows = self.read(node.input).nested
        self._rows_in_view = outer
        return value if rows == outer else f"{value} in {rows}"

    def _rows(self, node: Relation) -> str:
        return self.read(node).nested


def _derivable(name: str, value: Aggregated) -> bool:
    """Whether everybody sees what a name like "total amount" or "count" stands for."""
    if value.value is None:
        return name in {"count", "rows", "number of rows"}
    columns = [humanize(column.name) for column in plan_tools.find(value.value, Column)]
    return len(columns) == 1 and (columns[0] in name or name in columns[0])


def _limit(node: Limit) -> str:
    rows = "row" if node.count == 1 else "rows"
    if node.offset:
        return f"only {node.count} {rows} after the first {node.offset}"
    return f"only the first {node.count} {rows}" if node.count != 1 else "only the first row"
