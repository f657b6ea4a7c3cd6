"""Headlines: "Revenue by month", "Top 5 products by revenue"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Arithmetic,
    Between,
    Bin,
    Column,
    ColumnReport,
    Constant,
    Derive,
    Distinct,
    Extract,
    Limit,
    Named,
    Pivot,
    Plan,
    Predicate,
    Project,
    SideBySide,
    Sort,
    SortKey,
    Top,
    Truncate,
    Windowed,
)
from spark_interpreter.generation.planner.wording.readings import Reader
from spark_interpreter.generation.planner.wording.words import (
    capitalized,
    humanize,
    listed,
    ordinal,
    period,
    plural,
    rows_of,
)
from spark_interpreter.model import Model, TableProfile

M = TypeVar("M", bound=Model)

_LONGEST = 80
_MOST_COLUMNS = 4


def title(plan: Plan, profiles: Sequence[TableProfile]) -> str:
    """A headline for the answer."""
    return capitalized(_Titles(plan, profiles).text())


class _Titles:
    def __init__(self, plan: Plan, profiles: Sequence[TableProfile]) -> None:
        self._root = plan.relation
        self._nodes = tuple(plan_tools.spine(plan.relation))
        reader = Reader(profiles)
        reader.read(plan.relation)
        self._phrases = reader.phrases
        tables = plan_tools.tables(plan_tools.base(plan.relation))
        self._rows = rows_of(tables[0]) if len(tables) == 1 else "rows"
        self._tables = listed([humanize(table) for table in tables])

    def text(self) -> str:
        head = self._head()
        conditions = (
            *plan_tools.row_filters(self._root),
            *plan_tools.group_filters(self._root),
        )
        full = self._narrowed(head, conditions)
        return full if len(full) <= _LONGEST else f"{head} (filtered)"

    def _narrowed(self, head: str, conditions: Sequence[Predicate]) -> str:
        """The head with its conditions: "... in 2023 where region is ..."."""
        times = [text for condition in conditions if (text := _time(condition))]
        if len(times) > 1:
            times = []
        others = [
            self._phrases.predicate(condition, inner=len(conditions) > 1)
            for condition in conditions
            if not times or not _time(condition)
        ]
        where = f" where {' and '.join(others)}" if others else ""
        return f"{head}{''.join(times)}{where}"

    def _head(self) -> str:
        report = self._first(ColumnReport)
        if report is not None:
            kinds = {"missing": "missing values in", "overview": "overview of"}
            return f"{kinds[report.kind]} {self._tables}"
        pivot = self._first(Pivot)
        if pivot is not None:
            keys = [self._key(key) for key in (*pivot.keys, pivot.column)]
            return f"{self._measure(pivot.measure)} by {listed(keys)}"
        together = self._first(SideBySide)
        aggregate = plan_tools.aggregate_of(self._root)
        if (quotient := self._quotient()) is not None and (groups := together or aggregate):
            return self._ranked(
                humanize(quotient.name), [humanize(key.name) for key in groups.keys]
            )
        if together is not None:
            return self._together(together)
        return self._listing() if aggregate is None else self._grouped(aggregate)

    def _first(self, kind: type[M]) -> M | None:
        return next((node for node in self._nodes if isinstance(node, kind)), None)

    def _together(self, node: SideBySide) -> str:
        measures = [
            f"number of {humanize(measure.name)}"
            if measure.value == Aggregated(function="count")
            else self._measure(measure)
            for measure in node.measures
        ]
        keys = [humanize(key.name) for key in node.keys]
        head = f"{listed(measures)} by {listed(keys)}" if keys else listed(measures)
        filtered = any(plan_tools.row_filters(part) for part in node.parts)
        return f"{head} (filtered)" if filtered else head

    def _listing(self) -> str:
        what = self._columns() or self._tables
        count, order, each = self._cut()
        if count is not None and order is not None:
            value = self._phrases.expression(order.value)
            head = f"{self._best(order)} {count} {self._rows} by {value}"
            if count == 1:
                head = f"{what} with the {self._extreme(order)} {value}"
            return f"{head} for each {each}" if each else head
        if count is not None:
            return f"first {count} of {what}"
        return what

    def _columns(self) -> str:
        project = self._first(Project)
        if project is None or len(project.columns) > _MOST_COLUMNS:
            return ""
        names = listed([humanize(column.name) for column in project.columns])
        different = any(isinstance(node, Distinct) for node in self._nodes)
        return f"different {names}" if different else f"{names} of {self._tables}"

    def _grouped(self, node: Aggregate) -> str:
        keys = [self._key(key) for key in node.keys]
        measures = [self._measure(measure) for measure in node.measures]
        if not measures:
            return f"different {listed(keys)}"
        _, order, _ = self._cut()
        if len(measures) > _MOST_COLUMNS:
            measures = [*measures[: _MOST_COLUMNS - 1], "more"]
        by = self._ranked_by(order, measures) if order is not None else ""
        return self._ranked(self._changed(listed(measures)), keys, by)

    def _ranked(self, what: str, keys: Sequence[str], by: str = "") -> str:
        """What stands for each of the keys, or only for the first of them."""
        count, order, each = self._cut()
        if not keys:
            return what
        if count is not None and order is not None:
            key = listed([name for name in keys if name != each])
            head = f"{self._best(order)} {count} {plural(key)} by {by or what}"
            if count == 1:
                head = f"{key} with the {self._extreme(order)} {by or what}"
            return f"{head} for each {each}" if each else head
        return f"{what} by {listed(keys)}"

    def _quotient(self) -> Named | None:
        """One measure of the groups over another."""
        match self._first(Derive):
            case Derive(
                columns=(Named(value=Arithmetic(op="/", left=Column(), right=Column())) as found,)
            ):
                return found
        return None

    def _best(self, order: SortKey) -> str:
        if self._phrases.family(order.value) in {"date", "timestamp", "text"}:
            return "last" if order.descending else "first"
        return "top" if order.descending else "bottom"

    def _extreme(self, order: SortKey) -> str:
        place = f"{ordinal(skipped + 1)} " if (skipped := self._skipped()) else ""
        if self._phrases.family(order.value) in {"date", "timestamp"}:
            return f"{place}latest" if order.descending else f"{place}earliest"
        if self._phrases.family(order.value) == "text":
            return "last" if order.descending else "first"
        return f"{place}highest" if order.descending else f"{place}lowest"

    def _skipped(self) -> int:
        """How many rows stand in front of those that are kept."""
        limit = self._first(Limit)
        return limit.offset if limit is not None else 0

    def _ranked_by(self, order: SortKey, measures: list[str]) -> str:
        return measures[0] if len(measures) == 1 else self._phrases.expression(order.value)

    def _cut(self) -> tuple[int | None, SortKey | None, str]:
        """How many rows are kept, by which order, and for each of what."""
        for above, node in enumerate(self._nodes):
            if isinstance(node, Top):
                each = listed([self._phrases.expression(value) for value in node.partition])
                return node.count, node.order[0], each
            if isinstance(node, Limit):
                sort = self._nodes[above + 1]
                return node.count, sort.keys[0] if isinstance(sort, Sort) else None, ""
        return None, None, ""

    def _changed(self, what: str) -> str:
        """Derived values of groups: shares, growth, running totals."""
        derive = self._first(Derive)
        if derive is None:
            return what
        windows = list(plan_tools.find(derive, Windowed))
        divides = any(part.op == "/" for part in plan_tools.find(derive, Arithmetic))
        for window in windows:
            match window:
                case Windowed(function="lag") | Windowed(function="max", unit=str()):
                    return f"{'growth' if divides else 'change'} of {what}"
                case Windowed(function="sum", frame=(None, 0)):
                    return f"running {what}"
                case Windowed(function="avg", frame=(_, 0)):
                    return f"moving average of {what}"
                case Windowed(function="sum", order=()) if divides:
                    return f"share of {what}"
                case Windowed(function="rank" | "dense_rank" | "row_number"):
                    return f"ranking by {what}"
        return f"{what} with {listed([humanize(column.name) for column in derive.columns])}"

    def _key(self, key: Named) -> str:
        match key.value:
            case Truncate(unit=unit):
                return unit
            case Extract(part=part):
                return humanize(part.removesuffix("_name"))
            case Bin(value=value):
                return f"range of {self._phrases.expression(value)}"
            case Column():
                return self._phrases.expression(key.value)
            case _:
                return humanize(key.name)

    def _measure(self, measure: Named) -> str:
        value = measure.value
        if value == Aggregated(function="count"):
            return f"number of {self._rows}"
        simple = isinstance(value, Aggregated) and (
            value.value is None or isinstance(value.value, Column)
        )
        return self._phrases.expression(value) if simple else humanize(measure.name)


def _time(condition: Predicate) -> str | None:
    """The words " in 2023" for a condition that a date lies in a calendar period."""
    match condition:
        case Between(half_open=True, low=Constant() as low, high=Constant() as high):
            whole = period(str(low.value), str(high.value))
            word = "on" if whole and whole.count("-") == 2 else "in"
            return f" {word} {whole}" if whole else None
        case _:
            return None
