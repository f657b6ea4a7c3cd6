"""Looking at plans and changing them: what parsing, follow-ups, rendering and wording share.

Plans are immutable, so every change returns a new tree; what does not change is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast

from spark_interpreter.generation.planner.plan import (
    Aggregate,
    Aggregated,
    AllOf,
    Column,
    Derive,
    Distinct,
    Expression,
    Filter,
    Limit,
    Named,
    Predicate,
    Project,
    Relation,
    Scan,
    Sort,
    Top,
)
from spark_interpreter.model.base import Model

M = TypeVar("M", bound=Model)


def children(node: Model) -> Iterator[Model]:
    """The nodes directly below this one, in the order of its fields."""
    for name in type(node).model_fields:
        yield from _models(getattr(node, name))


def _models(value: Any) -> Iterator[Model]:
    if isinstance(value, Model):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _models(item)


def walk(node: Model) -> Iterator[Model]:
    """The node and everything below it, subqueries included, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def find(node: Model, kind: type[M]) -> Iterator[M]:
    """Every node of a kind at or below this one, parents first."""
    return (found for found in walk(node) if isinstance(found, kind))


def transform(
    node: M, change: Callable[[Model], Model], *, enter: Callable[[Model], bool] = lambda _: True
) -> M:
    """The tree with every node replaced by what `change` makes of it, children first.

    `change` gets each node with its children already changed and returns it, or another node that
    may stand in its place. Nodes for which `enter` is false stay as they are, with all below.
    """
    if not enter(node):
        return node
    updates = {}
    for name in type(node).model_fields:
        before = getattr(node, name)
        after = _transformed(before, change, enter)
        if after is not before:
            updates[name] = after
    return cast(M, change(node.model_copy(update=updates) if updates else node))


def _transformed(
    value: Any, change: Callable[[Model], Model], enter: Callable[[Model], bool]
) -> Any:
    if isinstance(value, Model):
        return transform(value, change, enter=enter)
    if isinstance(value, tuple):
        items = tuple(_transformed(item, change, enter) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value


def tables(node: Model) -> tuple[str, ...]:
    """Names of the tables read at or below this node, each once, in order of appearance."""
    return tuple(dict.fromkeys(scan.table for scan in find(node, Scan)))


def columns_used(node: Model) -> tuple[Column, ...]:
    """Every column named at or below this node, each once, in order of appearance."""
    return tuple(dict.fromkeys(find(node, Column)))


def spine(relation: Relation) -> Iterator[Relation]:
    """The relation, its input, that one's input, ... down to a scan, join or set operation."""
    node: Relation | None = relation
    while node is not None:
        yield node
        node = getattr(node, "input", None)


def base(relation: Relation) -> Relation:
    """The last relation of the spine: a scan, join or set operation."""
    return tuple(spine(relation))[-1]


def aggregate_of(relation: Relation) -> Aggregate | None:
    """The outermost aggregation on the spine, if there is one."""
    return next((node for node in spine(relation) if isinstance(node, Aggregate)), None)


def has_aggregate(expression: Model) -> bool:
    """Whether the expression needs the rows of a group."""
    return any(find(expression, Aggregated))


def conjuncts(predicate: Predicate) -> tuple[Predicate, ...]:
    """The parts that must all hold; the predicate itself when it is not a conjunction."""
    if isinstance(predicate, AllOf):
        return tuple(part for whole in predicate.parts for part in conjuncts(whole))
    return (predicate,)


def conjunction(parts: Sequence[Predicate]) -> Predicate | None:
    """One predicate that holds when all parts do; None for no parts."""
    flat = tuple(dict.fromkeys(part for whole in parts for part in conjuncts(whole)))
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else AllOf(parts=flat)


def row_filters(relation: Relation) -> tuple[Predicate, ...]:
    """What rows must satisfy before they are grouped: the filters on the spine below any
    aggregation (all of them when there is none), outermost first.
    """
    nodes = tuple(spine(relation))
    below = next((i + 1 for i, node in enumerate(nodes) if isinstance(node, Aggregate)), 0)
    return tuple(
        part
        for node in nodes[below:]
        if isinstance(node, Filter)
        for part in conjuncts(node.predicate)
    )


def group_filters(relation: Relation) -> tuple[Predicate, ...]:
    """What groups must satisfy: the filters on the spine above the outermost aggregation."""
    found: list[Predicate] = []
    for node in spine(relation):
        if isinstance(node, Aggregate):
            return tuple(found)
        if isinstance(node, Filter):
            found.extend(conjuncts(node.predicate))
    return ()


def replace_row_filters(relation: Relation, parts: Sequence[Predicate]) -> Relation:
    """The relation with the filters of `row_filters` replaced by these, put where the innermost
    one was, or right above the base of the spine.
    """
    predicate = conjunction(parts)
    bare = _without_row_filters(relation, inside=aggregate_of(relation) is None)
    if predicate is None:
        return bare
    return _above_base(bare, lambda below: Filter(input=below, predicate=predicate))


def add_row_filter(relation: Relation, predicate: Predicate) -> Relation:
    """The relation with one more condition on its rows, before any grouping."""
    return replace_row_filters(relation, (*reversed(row_filters(relation)), predicate))


def _without_row_filters(relation: Relation, *, inside: bool) -> Relation:
    below: Relation | None = getattr(relation, "input", None)
    if below is None:
        return relation
    rest = _without_row_filters(below, inside=inside or isinstance(relation, Aggregate))
    if inside and isinstance(relation, Filter):
        return rest
    return relation.model_copy(update={"input": rest})


def _above_base(relation: Relation, wrap: Callable[[Relation], Relation]) -> Relation:
    """Wrap the base, together with the columns derived right above it."""
    below: Relation | None = getattr(relation, "input", None)
    if below is None or (isinstance(relation, Derive) and _derives_base(relation)):
        return wrap(relation)
    return relation.model_copy(update={"input": _above_base(below, wrap)})


def _derives_base(relation: Relation) -> bool:
    return all(isinstance(node, Derive) for node in tuple(spine(relation))[:-1])


def without(relation: Relation, *kinds: type[Model]) -> Relation:
    """The relation without the nodes of these kinds on its spine (for example Sort and Limit)."""
    below: Relation | None = getattr(relation, "input", None)
    if below is None:
        return relation
    rest = without(below, *kinds)
    if isinstance(relation, kinds):
        return rest
    return relation.model_copy(update={"input": rest})


def replace_node(relation: Relation, old: Model, new: Model) -> Relation:
    """The relation with every node equal to `old` replaced by `new`."""
    return cast(
        Relation, transform(cast(Model, relation), lambda node: new if node == old else node)
    )


def output_names(relation: Relation) -> tuple[str, ...] | None:
    """Names of the output columns as far as the plan alone tells; None when a scan decides."""
    match relation:
        case Project():
            return tuple(column.name for column in relation.columns)
        case Aggregate():
            return tuple(column.name for column in (*relation.keys, *relation.measures))
        case Filter() | Sort() | Limit() | Top() | Distinct():
            return output_names(relation.input)
        case Derive():
            names = output_names(relation.input)
            return names and tuple(dict.fromkeys((*names, *(c.name for c in relation.columns))))
        case _:
            return None


def column(name: str, table: str | None = None) -> Column:
    """Shorthand for a column."""
    return Column(name=name, table=table)


def named(name: str, value: Expression | None = None) -> Named:
    """Shorthand for a named expression; the column of that name when no value is given."""
    return Named(name=name, value=Column(name=name) if value is None else value)
