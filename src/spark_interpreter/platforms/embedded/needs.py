"""What a plan takes from its sources: columns, and a condition that all used rows fulfil.

Walks a Spark Connect plan from what is written down to the stand-ins of the check. Where a step
is not known, everything below it is needed. This runs in the script's own process, so a script
can make it say anything; `believed` holds the outcome against what the sources are. A false need
can then only give the script too little of the data it may read anyway, in its own run.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spark_interpreter.model import EmptyTable, Need, table_parts
from spark_interpreter.platforms.embedded.conditions import (
    MAX_CHARACTERS,
    Column,
    Node,
    Types,
    columns_of,
    condition_text,
    conjuncts,
    name_parts,
    read_expression,
    replaced,
)

_MAX_STEPS = 5_000
_WORD = re.compile(r"`(?:[^`]|``)+`|\w+")
_STAR = re.compile(r"(?:^|[(,])\s*(?:[\w`]+\s*\.\s*)?\*")
_COUNT_ROWS = re.compile(r"\bcount\s*\(\s*\*\s*\)", re.IGNORECASE)
_UNSTEADY = frozenset(
    {"monotonically_increasing_id", "rand", "random", "randn", "shuffle", "spark_partition_id",
     "uuid"}
)  # fmt: skip
_LEFT_KEPT = ("INNER", "CROSS", "LEFT_OUTER", "LEFT_SEMI", "LEFT_ANTI")
_RIGHT_KEPT = ("INNER", "CROSS", "RIGHT_OUTER")

ALL = "*"
Names = frozenset[str]
"""Names of columns in lower case; ALL among them for every column a step has."""
_EVERY = frozenset({ALL})

_ONE_INPUT = frozenset(
    {"deduplicate", "drop", "drop_na", "fill_na", "filter", "hint", "limit", "offset",
     "repartition", "replace", "sample", "sort", "subquery_alias", "tail", "with_columns",
     "with_columns_renamed"}
)  # fmt: skip
"""Steps whose columns are those of their input, but for changes that are known."""

Conditions = tuple[Node, ...]


class TooLarge(Exception):
    """The plan has more steps than are looked at."""


class NeedsWalk:
    """Collects the needs of several plans of one script.

    Args:
        stand_ins: by the plan id of the relation that stands for them, the sources read.
        tables: all sources.
    """

    def __init__(
        self, stand_ins: Mapping[int, tuple[EmptyTable, ...]], tables: Iterable[EmptyTable]
    ) -> None:
        self._stand_ins = stand_ins
        self._tables = tuple(tables)
        self._found: dict[str, list[tuple[Names, str | None]]] = {}
        self._steps = 0

    def add(self, root: Any) -> None:
        """Take in a plan whose rows are all used.

        Raises:
            TooLarge, RecursionError: it cannot be looked through; nothing is known then.
        """
        self._visit(root, _EVERY, ())

    def needs(self, *, conditions: bool) -> tuple[Need, ...]:
        """One need for each source read, with or without conditions."""
        by_location = {table.location: table for table in self._tables}
        for tables in self._stand_ins.values():
            for table in tables:
                self._found.setdefault(table.location, [(_EVERY, None)])
        needs = (_need(by_location[place], found) for place, found in self._found.items())
        return tuple(
            need if conditions else need.model_copy(update={"where": None}) for need in needs
        )

    # Steps

    def _visit(self, relation: Any, wanted: Names, conditions: Conditions) -> None:
        self._step()
        kind = relation.WhichOneof("rel_type")
        visit = getattr(self, f"_visit_{kind}", None) if kind else None
        if visit is None:
            self._everything(relation)
        else:
            visit(getattr(relation, kind), wanted, conditions, relation)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise TooLarge

    def _everything(self, message: Any) -> None:
        """All of every source below a step that is not known."""
        self._step()
        if message.DESCRIPTOR.full_name == "spark.connect.Relation":
            kind = message.WhichOneof("rel_type")
            if kind == "local_relation":
                self._leaf(message, _EVERY, ())
                return
            if kind == "sql":
                self._mentioned(message.sql.query)
        for below in _messages(message):
            self._everything(below)

    def _leaf(self, relation: Any, wanted: Names, conditions: Conditions) -> None:
        for table in self._stand_ins.get(relation.common.plan_id, ()):
            types: Types = {c.name.casefold(): (c.name, c.type) for c in table.columns}
            texts = [text for node in conditions if (text := condition_text(node, types))]
            clear = len(types) == len(table.columns)
            where = (" AND ".join(dict.fromkeys(texts)) or None) if clear else None
            self._found.setdefault(table.location, []).append((wanted, where))

    def _mentioned(self, query: str) -> None:
        """Every source whose table's name stands somewhere in the text of a query."""
        words = {word.strip("`").replace("``", "`").casefold() for word in _WORD.findall(query)}
        for table in self._tables:
            parts = table_parts(table.location)
            if parts is not None and parts[-1].casefold() in words:
                self._found.setdefault(table.location, []).append((_EVERY, None))

    def _visit_local_relation(
        self, _: Any, wanted: Names, conditions: Conditions, relation: Any
    ) -> None:
        self._leaf(relation, wanted, conditions)

    def _visit_sql(self, step: Any, _wanted: Names, _conditions: Conditions, relation: Any) -> None:
        self._mentioned(step.query)
        self._everything(relation)

    def _visit_project(
        self, step: Any, wanted: Names, conditions: Conditions, _relation: Any
    ) -> None:
        star = [e for e in step.expressions if e.WhichOneof("expr_type") == "unresolved_star"]
        named = [(_output_name(e), e) for e in step.expressions if e not in star]
        needed = _below(wanted, named) | (wanted if star else frozenset())
        mapping = {name: read_expression(e) for name, e in named if name is not None}
        kept = _through(conditions, mapping, others=bool(star))
        self._visit(step.input, needed, kept if _steady(step.expressions) else ())

    def _visit_with_columns(
        self, step: Any, wanted: Names, conditions: Conditions, _relation: Any
    ) -> None:
        made = {alias.name[0].casefold(): alias.expr for alias in step.aliases}
        mapping = {name: read_expression(e) for name, e in made.items()}
        kept = _through(conditions, mapping, others=True)
        needed = _below(wanted, made.items()) | (wanted & _EVERY)
        self._visit(step.input, needed, kept if _steady(made.values()) else ())

    def _visit_filter(
        self, step: Any, wanted: Names, conditions: Conditions, _relation: Any
    ) -> None:
        own = tuple(conjuncts(read_expression(step.condition)))
        self._visit(step.input, wanted | _refs([step.condition]), (*conditions, *own))

    def _visit_sort(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        self._visit(step.input, wanted | _refs(o.child for o in step.order), conditions)

    def _visit_aggregate(self, step: Any, wanted: Names, _: Conditions, _relation: Any) -> None:
        made = [(_output_name(e), e) for e in step.aggregate_expressions]
        sets = [e for each in step.grouping_sets for e in each.grouping_set]
        pivot = [step.pivot.col] if step.HasField("pivot") else []
        needed = _below(_EVERY | wanted if pivot else wanted, made)
        keys = _refs([*step.grouping_expressions, *sets, *pivot])
        self._visit(step.input, needed | keys, ())

    def _visit_join(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        kind = step.JoinType.Name(step.join_type).removeprefix("JOIN_TYPE_")
        using = frozenset(name.casefold() for name in step.using_columns)
        on = [step.join_condition] if step.HasField("join_condition") else []
        keys = using | _refs(on)
        one_sided = kind in {"LEFT_SEMI", "LEFT_ANTI"}
        left, right = _Side(step.left, self), _Side(step.right, self)
        on_left = [c for c in conditions if left.has(c) and (one_sided or not right.has_any(c))]
        on_right = [c for c in conditions if right.has(c) and not left.has_any(c)]
        on_keys = [
            c for c in conditions
            if kind == "INNER" and {p[0].casefold() for p in columns_of(c) if len(p) == 1} <= using
            and left.has(c) and right.has(c)
        ]  # fmt: skip
        self._visit(step.left, wanted | keys, (*on_left, *on_keys) if kind in _LEFT_KEPT else ())
        self._visit(
            step.right,
            keys if one_sided else wanted | keys,
            (*on_right, *on_keys) if kind in _RIGHT_KEPT else (),
        )

    def _visit_set_op(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        kind = step.SetOpType.Name(step.set_op_type)
        left, right = self.outputs(step.left_input), self.outputs(step.right_input)
        if (
            kind != "SET_OP_TYPE_UNION" or not step.is_all or left is None or right is None
            or len(set(left)) < len(left) or len(set(right)) < len(right)
        ):  # fmt: skip
            self._visit(step.left_input, _EVERY, ())
            self._visit(step.right_input, _EVERY, ())
            return
        if step.by_name:
            pairs = {name: name for name in left if name in right}
        elif len(left) == len(right):
            pairs = dict(zip(left, right, strict=True))
        else:
            pairs = {}
        identity: dict[str, Node | None] = {name: Column((name,)) for name in left}
        others: dict[str, Node | None] = {a: Column((b,)) for a, b in pairs.items()}
        self._visit(step.left_input, wanted, _through(conditions, identity, others=False))
        there = frozenset(pairs.get(name, name) for name in wanted)
        self._visit(step.right_input, there, _through(conditions, others, others=False))

    def _visit_deduplicate(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        if step.all_columns_as_keys:
            self._visit(step.input, _EVERY, conditions)
        else:
            keys = frozenset(name.casefold() for name in step.column_names)
            self._visit(step.input, wanted | keys, ())

    def _visit_drop(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        before = self.outputs(step.input)
        if ALL in wanted and before is not None:
            wanted = (wanted - _EVERY) | (frozenset(before) - _dropped(step))
        self._visit(step.input, wanted, conditions)

    def _visit_with_columns_renamed(
        self, step: Any, wanted: Names, conditions: Conditions, _: Any
    ) -> None:
        names = _renamed(step)
        before = {new: old for old, new in names.items()}
        needed = frozenset(before.get(n, n) for n in wanted)
        mapping: dict[str, Node | None] = {new: Column((old,)) for new, old in before.items()}
        self._visit(step.input, needed, _through(conditions, mapping, others=True))

    def _visit_to_df(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        before = self.outputs(step.input)
        names = [name.casefold() for name in step.column_names]
        if before is None or len(before) != len(names) or len(set(names)) < len(names):
            self._visit(step.input, _EVERY, ())
            return
        old = dict(zip(names, before, strict=True))
        needed = frozenset(old.get(n, n) for n in wanted)
        mapping: dict[str, Node | None] = {new: Column((name,)) for new, name in old.items()}
        self._visit(step.input, needed, _through(conditions, mapping, others=False))

    def _visit_subquery_alias(
        self, step: Any, wanted: Names, conditions: Conditions, _: Any
    ) -> None:
        def bare(column: Column) -> Node | None:
            first, *rest = column.parts
            if not rest:
                return column
            return Column(tuple(rest)) if first.casefold() == step.alias.casefold() else None

        kept = [replaced(node, bare) for node in conditions]
        self._visit(step.input, wanted, tuple(node for node in kept if node is not None))

    def _visit_hint(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        self._visit(step.input, wanted, conditions)

    _visit_repartition = _visit_hint

    def _visit_repartition_by_expression(
        self, step: Any, wanted: Names, conditions: Conditions, _: Any
    ) -> None:
        self._visit(step.input, wanted | _refs(step.partition_exprs), conditions)

    def _visit_limit(self, step: Any, wanted: Names, _: Conditions, _relation: Any) -> None:
        self._visit(step.input, wanted, ())

    _visit_offset = _visit_tail = _visit_sample = _visit_limit

    def _visit_fill_na(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        changed = frozenset(name.casefold() for name in step.cols)
        kept = [c for c in conditions if changed and not (_plain_names(c) & changed)]
        self._visit(step.input, wanted, tuple(kept))

    _visit_replace = _visit_fill_na

    def _visit_drop_na(self, step: Any, wanted: Names, conditions: Conditions, _: Any) -> None:
        looked_at = frozenset(name.casefold() for name in step.cols) or _EVERY
        self._visit(step.input, wanted | looked_at, conditions)

    def _visit_show_string(self, step: Any, _: Names, _conditions: Conditions, _r: Any) -> None:
        self._visit(step.input, _EVERY, ())

    # What a step gives

    def outputs(self, relation: Any) -> tuple[str, ...] | None:
        """The names of a relation's columns in lower case; None where that is not known."""
        self._step()
        kind = relation.WhichOneof("rel_type")
        step = getattr(relation, kind or "unknown")
        before = self.outputs(step.input) if kind in _ONE_INPUT else None
        names: tuple[str, ...] | None = before
        match kind:
            case "local_relation":
                tables = self._stand_ins.get(relation.common.plan_id)
                names = tuple(c.name.casefold() for c in tables[0].columns) if tables else None
            case "project":
                names = self._projected(step)
            case "aggregate" if not step.HasField("pivot"):
                made = [*step.grouping_expressions, *step.aggregate_expressions]
                names = _known([_output_name(e) for e in made])
            case "with_columns" if before is not None:
                new = [alias.name[0].casefold() for alias in step.aliases]
                names = (*before, *(n for n in new if n not in before))
            case "with_columns_renamed" if before is not None:
                changed = _renamed(step)
                names = tuple(changed.get(name, name) for name in before)
            case "drop" if before is not None:
                names = tuple(name for name in before if name not in _dropped(step))
            case "to_df":
                names = tuple(name.casefold() for name in step.column_names)
            case "join":
                names = self._joined(step)
        return names

    def _projected(self, step: Any) -> tuple[str, ...] | None:
        names: list[str | None] = []
        for expression in step.expressions:
            if expression.WhichOneof("expr_type") == "unresolved_star":
                names += self.outputs(step.input) or (None,)
            else:
                names.append(_output_name(expression))
        return _known(names)

    def _joined(self, step: Any) -> tuple[str, ...] | None:
        left, right = self.outputs(step.left), self.outputs(step.right)
        if step.JoinType.Name(step.join_type) in {"JOIN_TYPE_LEFT_SEMI", "JOIN_TYPE_LEFT_ANTI"}:
            return left
        if left is None or right is None:
            return None
        using = {name.casefold() for name in step.using_columns}
        return (*left, *(name for name in right if name not in using))


class _Side:
    """One side of a join: which columns it has, and by which other names they go."""

    def __init__(self, relation: Any, walk: NeedsWalk) -> None:
        self._names = walk.outputs(relation)
        self._aliases = frozenset(_aliases(relation))

    def has(self, node: Node) -> bool:
        """Whether all columns of a condition are here, for certain."""
        return all(self._has(parts, known=True) for parts in columns_of(node))

    def has_any(self, node: Node) -> bool:
        """Whether one of its columns may be here."""
        return any(self._has(parts, known=False) for parts in columns_of(node))

    def _has(self, parts: tuple[str, ...], *, known: bool) -> bool:
        if len(parts) > 1 and self._aliases:
            return parts[0].casefold() in self._aliases
        if self._names is None or len(parts) > 1:
            return not known and len(parts) == 1
        return parts[0].casefold() in self._names


def _aliases(relation: Any) -> Iterator[str]:
    """Names that qualify columns of a relation, as far down as they are not hidden."""
    match relation.WhichOneof("rel_type"):
        case "subquery_alias":
            yield relation.subquery_alias.alias.casefold()
        case "filter" | "sort" | "hint" as kind:
            yield from _aliases(getattr(relation, kind).input)
        case "join":
            yield from _aliases(relation.join.left)
            yield from _aliases(relation.join.right)


def _need(table: EmptyTable, found: list[tuple[Names, str | None]]) -> Need:
    names = frozenset().union(*(each for each, _ in found))
    columns = None
    if ALL not in names:
        columns = tuple(c.name for c in table.columns if c.name.casefold() in names)
        columns = columns or tuple(c.name for c in table.columns[:1])
        columns = None if len(columns) == len(table.columns) else columns
    wheres = [where for _, where in found]
    where = None
    if all(wheres):
        different = list(dict.fromkeys(where for where in wheres if where))
        where = different[0] if len(different) == 1 else " OR ".join(f"({w})" for w in different)
    if where is not None and len(where) > MAX_CHARACTERS:
        where = None
    return Need(location=table.location, columns=columns, where=where)


def _known(names: list[str | None]) -> tuple[str, ...] | None:
    known = tuple(name for name in names if name is not None)
    return known if len(known) == len(names) else None


def _plain_names(node: Node) -> set[str]:
    return {part.casefold() for parts in columns_of(node) for part in parts}


def _below(wanted: Names, made: Iterable[tuple[str | None, Any]]) -> Names:
    """What a step needs of the columns below it to make those that are wanted.

    A wanted column that it does not make may be one from below: Spark looks there for what a
    filter or a sort names.
    """
    made = list(made)
    used = [e for name, e in made if ALL in wanted or name is None or name in wanted]
    return _refs(used) | (wanted - _EVERY - {name for name, _ in made})


def _through(
    conditions: Conditions, mapping: Mapping[str, Node | None], *, others: bool
) -> Conditions:
    """Conditions over a step's columns in terms of the columns below it.

    Args:
        mapping: what each column is made of; None where that is not known.
        others: columns that are not in the mapping go through the step as they are.
    """

    def below(column: Column) -> Node | None:
        if len(column.parts) != 1:
            return None
        name = column.parts[0].casefold()
        return mapping.get(name, column if others else None)

    moved = (replaced(node, below) for node in conditions)
    return tuple(node for node in moved if node is not None)


def _output_name(expression: Any) -> str | None:
    """The name of a column that a step makes; None where Spark makes one up."""
    match expression.WhichOneof("expr_type"):
        case "alias" if len(expression.alias.name) == 1:
            return str(expression.alias.name[0]).casefold()
        case "unresolved_attribute":
            parts = name_parts(expression.unresolved_attribute.unparsed_identifier)
            return parts[-1].casefold() if parts else None
    return None


def _refs(expressions: Iterable[Any]) -> Names:
    """Every name that may be a column of the expressions; ALL if that may be any."""
    names: set[str] = set()
    known = [_collect(expression, names) for expression in expressions]
    return frozenset(names) if all(known) else _EVERY | names


def _collect(message: Any, names: set[str]) -> bool:
    """Add the names; whether they are all that can be meant."""
    if message.DESCRIPTOR.full_name == "spark.connect.Expression":
        match message.WhichOneof("expr_type"):
            case "unresolved_attribute":
                parts = name_parts(message.unresolved_attribute.unparsed_identifier)
                names.update(part.casefold() for part in parts)
                return True
            case "expression_string":
                return _collect_words(message.expression_string.expression, names)
            case "unresolved_star" | "unresolved_regex" | "subquery_expression" | "extension":
                return False
            case "unresolved_function" if _counts_rows(message.unresolved_function):
                return True
    return all(_collect(below, names) for below in _messages(message))


def _collect_words(text: str, names: set[str]) -> bool:
    if _STAR.search(_COUNT_ROWS.sub("", text)):
        return False
    for word in _WORD.findall(text):
        names.add(word.strip("`").replace("``", "`").casefold())
    return True


def _counts_rows(function: Any) -> bool:
    return (
        function.function_name.casefold() == "count"
        and len(function.arguments) == 1
        and function.arguments[0].WhichOneof("expr_type") == "unresolved_star"
    )


def _steady(expressions: Iterable[Any]) -> bool:
    """Whether a row's values do not hang on the other rows: no window, nothing random."""
    return not any(_is_unsteady(expression) for expression in expressions)


def _is_unsteady(message: Any) -> bool:
    if message.DESCRIPTOR.full_name == "spark.connect.Expression":
        kind = message.WhichOneof("expr_type")
        if kind in {"window", "expression_string", "call_function"}:
            return True
        if kind == "unresolved_function":
            name = message.unresolved_function.function_name.casefold()
            if name in _UNSTEADY:
                return True
    return any(_is_unsteady(below) for below in _messages(message))


def _renamed(step: Any) -> dict[str, str]:
    names = {old.casefold(): new.casefold() for old, new in step.rename_columns_map.items()}
    return names | {r.col_name.casefold(): r.new_col_name.casefold() for r in step.renames}


def _dropped(step: Any) -> frozenset[str]:
    """Columns that a step drops by plain names."""
    plain = {name.casefold() for name in step.column_names}
    made = [_output_name(e) for e in step.columns]
    return frozenset(plain | {name for name in made if name is not None})


def _messages(message: Any) -> Iterator[Any]:
    """The messages a message holds."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            yield from (v for v in value.values() if hasattr(v, "ListFields"))
        elif hasattr(value, "ListFields"):
            yield value
        else:
            yield from value
