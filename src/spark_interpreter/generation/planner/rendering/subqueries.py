"""Subqueries become joins: PySpark has no other place for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import TypeVar, cast

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Column,
    Constant,
    Derive,
    Distinct,
    Exists,
    Expression,
    InQuery,
    IsNull,
    Named,
    Not,
    Predicate,
    Project,
    Relation,
    ScalarQuery,
    Windowed,
)
from spark_interpreter.generation.planner.rendering import naming, schema
from spark_interpreter.generation.planner.rendering.builder import Builder
from spark_interpreter.generation.planner.rendering.code import Code, Items, Operation
from spark_interpreter.generation.planner.rendering.frames import Frame
from spark_interpreter.generation.planner.rendering.literals import quoted, text
from spark_interpreter.model import Model

M = TypeVar("M", bound=Model)
Key = tuple[Expression, str]
"""A key of a membership test: the outer value, and the name of the inner column."""


class Subqueries(Builder):
    """Joins in what an expression needs from elsewhere."""

    def lift(self, frame: Frame, node: M, *, windows: bool = True) -> tuple[Frame, M]:
        """The expression without subqueries, and the frame with the columns it uses instead.

        With `windows`, windowed values are computed beforehand too, for places that may not have
        them.
        """
        parts = tuple(dict.fromkeys(_outermost(node)))
        queries = [part for part in parts if isinstance(part, ScalarQuery)]
        found: dict[Model, Model] = {}
        for group in _over_same_rows(queries):
            frame, columns = self._scalars(frame, group)
            found.update(zip(group, columns, strict=True))
        for part in parts:
            match part:
                case InQuery() | Exists():
                    frame, found[part] = self._marked(frame, part)
                case Windowed() if windows:
                    name = frame.free_name(naming.window_name(part) if part.order else "overall")
                    frame = self.derived(frame, Named(name=name, value=part), hidden=True)
                    found[part] = Column(name=name)
        if not found:
            return frame, node
        return frame, plan_tools.transform(node, lambda part: found.get(part, part))

    def lift_all(
        self, frame: Frame, nodes: Sequence[M], *, windows: bool = True
    ) -> tuple[Frame, tuple[M, ...]]:
        """`lift` for each of several expressions."""
        lifted: list[M] = []
        for node in nodes:
            frame, changed = self.lift(frame, node, windows=windows)
            lifted.append(changed)
        return frame, tuple(lifted)

    def lift_measures(
        self, frame: Frame, measures: Sequence[Named]
    ) -> tuple[Frame, tuple[Named, ...]]:
        """`lift_all` for values of a group: what is joined in is the same in every row."""
        before = {field.name for field in frame.fields}
        frame, lifted = self.lift_all(frame, measures)
        new = {field.name for field in frame.fields} - before

        def grouped(node: Model) -> Model:
            single = isinstance(node, Column) and node.name in new
            return Aggregated(function="max", value=node) if single else node

        def outside(node: Model) -> bool:
            return not isinstance(node, Aggregated)

        return frame, tuple(plan_tools.transform(m, grouped, enter=outside) for m in lifted)

    def membership(self, frame: Frame, part: InQuery | Exists, *, negated: bool) -> Frame:
        """The rows that have, or lack, a match in the subquery."""
        how = text("left_anti" if negated else "left_semi")
        keys = _keys(part)
        names = _shared_names(keys, frame)
        if names is not None:
            right = self._renamed(part.relation, keys, names)
            return frame.then("join", right.code, _names(names), how)
        names = [frame.free_name(f"{inner}_key") for _, inner in keys]
        right = self._renamed(part.relation, keys, names)
        return frame.then("join", right.code, self._condition(frame, right, keys, names), how)

    def _marked(self, frame: Frame, part: InQuery | Exists) -> tuple[Frame, Predicate]:
        """A membership test inside a larger condition: a left join that leaves a mark."""
        mark = frame.free_name("matched")
        keys = _keys(part)
        names = [frame.free_name(f"{inner}_key") for _, inner in keys]
        matches = Derive(
            input=Distinct(input=_with_names(part.relation, keys, names)),
            columns=(Named(name=mark, value=Constant(value=True)),),
        )
        right = self.inline(self.isolated(matches), "matches")
        condition = self._condition(frame, right, keys, names)
        frame = frame.then("join", right.code, condition, text("left"))
        frame = frame.plus(*map(schema.hide, right.fields))
        missing = IsNull(value=Column(name=mark))
        return frame, missing if part.negated else Not(part=missing)

    def _scalars(self, frame: Frame, parts: Sequence[ScalarQuery]) -> tuple[Frame, list[Column]]:
        """Single values over the same rows, as columns of every row."""
        right = self.isolated(_together(frame, parts))
        own = right.fields[0]
        name = frame.free_name(own.name)
        if name != own.name:
            right = right.then("withColumnRenamed", text(own.name), text(name))
            right = right.having([replace(own, name=name)])
        right = self.inline(right, right.fields[0].name if len(parts) == 1 else "overall")
        fields = [replace(field, tables=frozenset(), hidden=True) for field in right.fields]
        frame = frame.then("crossJoin", right.code).plus(*fields)
        return frame, [Column(name=field.name) for field in fields[: len(parts)]]

    def _renamed(self, relation: Relation, keys: Sequence[Key], names: Sequence[str]) -> Frame:
        inner = relation.input if isinstance(relation, Distinct) else relation
        renamed = _with_names(inner, keys, names)
        return self.inline(self.isolated(renamed), naming.frame_name(renamed))

    def _condition(
        self, frame: Frame, right: Frame, keys: Sequence[Key], names: Sequence[str]
    ) -> Code:
        code = self.code(frame.having((*frame.fields, *right.fields)))
        pairs = [
            Operation(code.column(outer), "==", code.column(Column(name=name)))
            for (outer, _), name in zip(keys, names, strict=True)
        ]
        return reduce(lambda left, right: Operation(left, "&", right), pairs)


def _keys(part: InQuery | Exists) -> list[Key]:
    if isinstance(part, Exists):
        return [(Column(name=outer), inner) for outer, inner in part.on]
    names = plan_tools.output_names(part.relation)
    if not names:
        raise ValueError("the relation of a membership test must name its column")
    return [(part.value, names[0])]


def _shared_names(keys: Sequence[Key], frame: Frame) -> list[str] | None:
    """Names to join on when the outer values are columns whose names need no care."""
    names = []
    for outer, _ in keys:
        if not isinstance(outer, Column) or schema.is_ambiguous(outer.name, frame.fields):
            return None
        field = schema.resolve(outer, frame.fields)
        name = field.name if field else outer.name
        if quoted(name) != name or name in names:
            return None
        names.append(name)
    return names


def _names(names: Sequence[str]) -> Code:
    return text(names[0]) if len(names) == 1 else Items(tuple(map(text, names)))


def _with_names(relation: Relation, keys: Sequence[Key], names: Sequence[str]) -> Relation:
    """The inner columns of the keys under these names."""
    inner = [inner for _, inner in keys]
    if isinstance(relation, Project) and [c.name for c in relation.columns] == inner:
        values = [column.value for column in relation.columns]
        columns = tuple(Named(name=n, value=v) for n, v in zip(names, values, strict=True))
        return Project(input=relation.input, columns=columns)
    values = [Column(name=name) for name in inner]
    columns = tuple(Named(name=n, value=v) for n, v in zip(names, values, strict=True))
    return Project(input=relation, columns=columns)


def _together(frame: Frame, parts: Sequence[ScalarQuery]) -> Relation:
    """One row with the value of each query, under names that are free in the frame."""
    first = parts[0].relation
    if not isinstance(first, Aggregate) or first.keys:
        return first
    measures: list[Named] = []
    for part in parts:
        own = cast(Aggregate, part.relation).measures[0]
        taken = [*(field.name for field in frame.fields), *(measure.name for measure in measures)]
        measures.append(Named(name=schema.unique_name(own.name, taken), value=own.value))
    return first.model_copy(update={"measures": tuple(measures)})


def _over_same_rows(queries: Sequence[ScalarQuery]) -> list[list[ScalarQuery]]:
    """The queries that one aggregation can answer together."""
    groups: dict[Model, list[ScalarQuery]] = {}
    for query in queries:
        relation = query.relation
        single = isinstance(relation, Aggregate) and not relation.keys
        key = relation.input if single and isinstance(relation, Aggregate) else query
        groups.setdefault(key, []).append(query)
    return list(groups.values())


def _outermost(node: Model) -> Iterator[Model]:
    """Subqueries and windowed values that stand in no other one."""
    if isinstance(node, ScalarQuery | InQuery | Exists | Windowed):
        yield node
    else:
        for child in plan_tools.children(node):
            yield from _outermost(child)
