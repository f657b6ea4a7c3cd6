"""Relations of the plan as chains of DataFrame steps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    Call,
    Column,
    ColumnReport,
    Compare,
    Constant,
    Derive,
    Distinct,
    Exists,
    Expression,
    Filter,
    InQuery,
    Join,
    Limit,
    Named,
    Not,
    Pivot,
    Plan,
    Predicate,
    Project,
    Relation,
    Scan,
    SetOperation,
    SideBySide,
    Sort,
    SortKey,
    Top,
    Windowed,
)
from spark_interpreter.generation.planner.rendering import naming, schema
from spark_interpreter.generation.planner.rendering.code import (
    Atom,
    Chain,
    Code,
    Items,
    Operation,
    assign,
)
from spark_interpreter.generation.planner.rendering.expressions import is_name_part, number_part
from spark_interpreter.generation.planner.rendering.frames import Frame
from spark_interpreter.generation.planner.rendering.join_tree import JoinTree, is_inner
from spark_interpreter.generation.planner.rendering.literals import literal, name_text, text
from spark_interpreter.generation.planner.rendering.reports import report
from spark_interpreter.generation.planner.rendering.schema import Field, Fields
from spark_interpreter.generation.planner.rendering.subqueries import Subqueries

_HOW = {"semi": "left_semi", "anti": "left_anti"}
_SET_STEPS = {"union_all": "union", "except": "subtract"}


class Program(Subqueries):
    """Writes one plan: statements for what needs a name, and the chain that is the result."""

    def text(self) -> str:
        """The statements; the last one leaves `result`."""
        frame = self.result()
        self.statements.append(assign("result", frame.code))
        return _spaced(self.statements)

    def result(self) -> Frame:
        """The root, each column under a name of its own."""
        frame = self.relation(self.plan.relation, ordered=True).settled()
        return self._with_distinct_names(frame)

    def write(self, node: Relation, *, ordered: bool) -> Frame:  # noqa: C901
        match node:
            case Scan():
                return self._scan(node)
            case Join():
                return self._join(node)
            case Filter():
                return self._filter(node, ordered=ordered)
            case Derive():
                return self._derive(node, ordered=ordered)
            case Project():
                return self._project(node, ordered=ordered)
            case Distinct():
                return self.relation(node.input, ordered=ordered).settled().then("distinct")
            case Aggregate():
                return self._aggregate(node)
            case Sort():
                return self._sort(self.relation(node.input), node.keys)
            case Limit():
                return self._limit(node, ordered=ordered)
            case Top():
                return self._top(node, ordered=ordered)
            case Pivot():
                return self._pivot(node)
            case ColumnReport():
                return report(self, node)
            case SetOperation():
                return self._set_operation(node)
            case SideBySide():
                return self._side_by_side(node)

    def _scan(self, node: Scan) -> Frame:
        name = node.alias or node.table
        fields = schema.table_fields(self.profiles[node.table], name)
        frame = Frame(Chain(Atom(node.table)), fields)
        qualified = self.join_tree is not None and self.join_tree.qualified
        return frame.then("alias", text(name)) if qualified else frame

    def _filter(self, node: Filter, *, ordered: bool) -> Frame:
        frame = self.relation(node.input, ordered=ordered)
        for part in plan_tools.conjuncts(node.predicate):
            frame = self._where(frame, part)
        return frame

    def _where(self, frame: Frame, part: Predicate) -> Frame:
        match part:
            case InQuery() | Exists():
                return self.membership(frame, part, negated=part.negated)
            case Not(part=(InQuery() | Exists()) as inner):
                return self.membership(frame, inner, negated=not inner.negated)
        frame, predicate = self.lift(frame, part)
        return frame.then("filter", self.code(frame).predicate(predicate))

    def _derive(self, node: Derive, *, ordered: bool) -> Frame:
        frame = self.relation(node.input, ordered=ordered)
        if any(plan_tools.find(column, Windowed) for column in node.columns):
            frame = self._named_groups(frame, node.input)
        for column in node.columns:
            frame, lifted = self.lift(frame, column, windows=False)
            definition = lifted.value if is_name_part(lifted.value) else None
            field = self.field(frame, lifted, definition=definition)
            code = self.code(frame).column(lifted.value)
            frame = frame.then("withColumn", text(column.name), code).plus(field)
        return frame

    def _named_groups(self, frame: Frame, node: Relation) -> Frame:
        """Windows read better over groups that have a name."""
        if not frame.aggregates or self.join_tree is not None:
            return frame
        return self.name(frame, naming.frame_name(node))

    def _project(self, node: Project, *, ordered: bool) -> Frame:
        frame = self.relation(node.input, ordered=ordered)
        frame, columns = self.lift_all(frame, _distinctly_named(node.columns), windows=False)
        code = self.code(frame)
        selected = [code.named(column) for column in columns]
        if [item.flat for item in selected] == [name_text(f.name).flat for f in frame.fields]:
            return frame
        fields = [self.field(frame, column) for column in columns]
        return frame.then("select", *selected).having(fields)

    def _aggregate(self, node: Aggregate) -> Frame:
        return self._grouped(self.relation(node.input), node.keys, node.measures)

    def _grouped(self, frame: Frame, keys: Sequence[Named], measures: Sequence[Named]) -> Frame:
        names = _distinctly_named((*keys, *measures))
        frame, keys = self.lift_all(frame, names[: len(keys)])
        frame, measures = self.lift_measures(frame, names[len(keys) :])
        keys, fields = self._keys(frame, keys)
        code = self.code(frame)
        if not measures:
            return frame.then("select", *map(code.named, keys)).then("distinct").having(fields)
        fields = [*fields, *(self.field(frame, measure) for measure in measures)]
        if keys:
            frame = frame.then("groupBy", *map(code.named, keys))
            if len(measures) == 1 and _is_plain_count(measures[0]):
                return frame.then("count").having(fields)
        return frame.then("agg", *map(code.named, measures)).having(fields)

    def _keys(self, frame: Frame, keys: Sequence[Named]) -> tuple[tuple[Named, ...], list[Field]]:
        """The keys; names of months and weekdays that get sorted bring their numbers along."""
        taken = [key.name for key in keys]
        all_keys: list[Named] = []
        fields: list[Field] = []
        for key in keys:
            field = self.field(frame, key)
            if is_name_part(key.value) and key.name in self.sorted_names:
                number = schema.unique_name(f"{key.name}_number", taken)
                part = Named(name=number, value=number_part(key.value))
                all_keys.append(part)
                fields.append(schema.hide(self.field(frame, part)))
                field = replace(field, sort_by=number)
            all_keys.append(key)
            fields.append(field)
        return tuple(all_keys), fields

    def _sort(self, frame: Frame, keys: Sequence[SortKey]) -> Frame:
        frame, keys = self.lift_all(frame, keys)
        return frame.then("orderBy", *map(self.code(frame).sort_key, keys))

    def _limit(self, node: Limit, *, ordered: bool) -> Frame:
        frame = self.relation(node.input, ordered=ordered)
        if node.offset:
            frame = frame.then("offset", Atom(str(node.offset)))
        return frame.then("limit", Atom(str(node.count)))

    def _top(self, node: Top, *, ordered: bool) -> Frame:
        frame = self.relation(node.input)
        if not node.partition and not node.ties:
            return self._sort(frame, node.order).then("limit", Atom(str(node.count)))
        frame = self._named_groups(frame, node.input)
        rank = frame.free_name("rank")
        ranking = Windowed(
            function="rank" if node.ties else "row_number",
            partition=node.partition,
            order=node.order,
        )
        frame = self.derived(frame, Named(name=rank, value=ranking), hidden=True)
        best = Compare(op="<=", left=Column(name=rank), right=Constant(value=node.count))
        frame = frame.then("filter", self.code(frame).predicate(best))
        if not ordered:
            return frame
        return self._sort(frame, (*(SortKey(value=v) for v in node.partition), *node.order))

    def _pivot(self, node: Pivot) -> Frame:
        frame = self.relation(node.input)
        column = node.column
        if not isinstance(column.value, Column):
            frame = self.derived(frame, column)
            column = plan_tools.named(column.name)
        keys, fields = self._keys(frame, node.keys)
        code = self.code(frame)
        measure = self.field(frame, node.measure)
        names = [_value_name(value) for value in node.values]
        fields = [*fields, *(replace(measure, name=name, nullable=True) for name in names)]
        frame = (
            frame.then("groupBy", *map(code.named, keys))
            .then("pivot", code.argument(column.value), Items(tuple(map(literal, node.values))))
            .then("agg", code.column(node.measure.value))
            .having(fields)
        )
        if isinstance(node.measure.value, Aggregated) and node.measure.value.function == "count":
            return frame.then("fillna", Atom("0"), Items(tuple(map(text, names))))
        return frame

    def _set_operation(self, node: SetOperation) -> Frame:
        left, right = self.relation(node.left).settled(), self.relation(node.right).settled()
        right = self.inline(right, naming.frame_name(node.right))
        frame = left.then(_SET_STEPS.get(node.op, node.op), right.code)
        frame = frame.having(
            Field(mine.name, mine.type, nullable=mine.nullable or other.nullable)
            for mine, other in zip(left.fields, right.fields, strict=False)
        )
        return frame.then("distinct") if node.op == "union" else frame

    def _side_by_side(self, node: SideBySide) -> Frame:
        frames = [self._named_part(part) for part in node.parts]
        code = frames[0].code
        for other in frames[1:]:
            code = code.then("unionByName", other.code, Atom("allowMissingColumns=True"))
        count = len(frames[0].fields) - len(node.parts[0].measures)
        keys = [
            replace(same[0], nullable=any(field.nullable for field in same))
            for same in zip(*(frame.fields[:count] for frame in frames), strict=True)
        ]
        measures = (field for frame in frames for field in frame.fields[count:])
        fields = (*keys, *(replace(field, nullable=True) for field in measures))
        grouped = self._grouped(
            frames[0].at(code).having(fields),
            [plan_tools.named(key.name) for key in keys],
            [_kept(measure) for measure in node.measures],
        )
        return grouped.having((*keys, *grouped.fields[count:]))

    def _named_part(self, part: Aggregate) -> Frame:
        groups = naming.frame_name(part) if part.keys else "totals"
        return self.name(self.relation(part), f"{plan_tools.tables(part)[0]}_{groups}")

    def _join(self, node: Join) -> Frame:
        outer = self.join_tree
        tree = outer or JoinTree.of(node, self.plan, self._names_of)
        self.join_tree = tree
        left = self._side(node.left, tree)
        right = self._side(node.right, tree)
        if not tree.qualified:
            right = self.inline(right, naming.frame_name(node.right))
        frame = self._joined(node, left, right, tree)
        self.join_tree = outer
        return frame

    def _joined(self, node: Join, left: Frame, right: Frame, tree: JoinTree) -> Frame:
        others = right.fields
        if node.how == "left":
            others = tuple(replace(field, nullable=True) for field in others)
        both = (*left.fields, *others)
        if node.how == "cross":
            return left.then("crossJoin", right.code).having(both)
        keys: Code
        names = tree.shared_keys(node)
        if names:
            both = _merged(left.fields, right.fields, names, outer=node.how == "left")
            keys = text(names[0]) if len(names) == 1 else Items(tuple(map(text, names)))
        else:
            code = self.code(left.having(both))
            pairs = [
                Operation(
                    code.column(_owned(mine, left.fields)),
                    "==",
                    code.column(_owned(other, right.fields)),
                )
                for mine, other in node.on
            ]
            keys = reduce(lambda first, second: Operation(first, "&", second), pairs)
        how = () if node.how == "inner" else (text(_HOW.get(node.how, node.how)),)
        kept = left.fields if node.how in _HOW else both
        return left.then("join", right.code, keys, *how).having(kept)

    def _side(self, node: Relation, tree: JoinTree) -> Frame:
        """One side of a join; anything but a table or a join of tables stands on its own."""
        if is_inner(node):
            return self.relation(node).settled()
        frame = self.isolated(node)
        if not tree.qualified:
            return frame
        frame = self.name(frame, naming.frame_name(node)) if frame.code.steps else frame
        name = frame.code.flat
        fields = (replace(field, tables=field.tables | {name}) for field in frame.fields)
        return frame.then("alias", text(name)).having(fields)

    def _names_of(self, node: Relation) -> tuple[str, ...]:
        """Column names of a relation, without writing it."""
        preview = Program(Plan(relation=node), tuple(self.profiles.values()))
        return tuple(field.name for field in preview.isolated(node).fields)

    def _with_distinct_names(self, frame: Frame) -> Frame:
        """Columns of joined tables that share a name get that of their table in front."""
        names: list[str] = []
        for field in frame.fields:
            taken = field.name.lower() in {name.lower() for name in names}
            wanted = f"{min(field.tables)}_{field.name}" if taken and field.tables else field.name
            names.append(schema.unique_name(wanted, names))
        if names == [field.name for field in frame.fields]:
            return frame
        columns = [
            Named(name=name, value=Column(name=field.name, table=min(field.tables, default=None)))
            for name, field in zip(names, frame.fields, strict=True)
        ]
        return frame.then("select", *map(self.code(frame).named, columns)).having(
            replace(field, name=name) for name, field in zip(names, frame.fields, strict=True)
        )


def _owned(column: Column, fields: Fields) -> Column:
    """The column with the table it has on its side of a join."""
    field = schema.resolve(column, fields)
    return Column(name=field.name, table=min(field.tables, default=None)) if field else column


def _merged(left: Fields, right: Fields, keys: Sequence[str], *, outer: bool) -> Fields:
    """Columns after a join on names: the keys once, then the rest of both sides."""
    merged = []
    for key in keys:
        mine = next(field for field in left if field.name == key)
        other = next(field for field in right if field.name == key)
        tables = mine.tables if outer else mine.tables | other.tables
        merged.append(replace(mine, tables=tables))
    rest = (field for field in (*left, *right) if field.name not in keys)
    return (*merged, *rest)


def _distinctly_named(columns: Sequence[Named]) -> tuple[Named, ...]:
    names: list[str] = []
    for column in columns:
        names.append(schema.unique_name(column.name, names))
    return tuple(
        column if column.name == name else Named(name=name, value=column.value)
        for column, name in zip(columns, names, strict=True)
    )


def _kept(measure: Named) -> Named:
    """The one value that a group has of a measure; a count that it lacks is 0."""
    value: Expression = Aggregated(function="max", value=Column(name=measure.name))
    if isinstance(measure.value, Aggregated) and measure.value.function == "count":
        value = Call(name="coalesce", args=(value, Constant(value=0)))
    return Named(name=measure.name, value=value)


def _is_plain_count(measure: Named) -> bool:
    return measure.name == "count" and measure.value == Aggregated(function="count")


def _value_name(value: str | float) -> str:
    """The column a pivoted value becomes, as Spark names it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _spaced(statements: Sequence[str]) -> str:
    """Statements of several lines stand apart."""
    text = statements[0]
    for before, statement in itertools.pairwise(statements):
        apart = "\n" in before or "\n" in statement
        text += ("\n\n" if apart else "\n") + statement
    return text
