"""How the tables of a join tell their columns apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spark_interpreter.generation.planner import plan_tools
from spark_interpreter.generation.planner.plan import Column, Filter, Join, Plan, Relation, Scan
from spark_interpreter.model import Model


@dataclass(frozen=True)
class JoinTree:
    """Joins right above one another.

    Attributes:
        qualified: some columns share a name, so the tables get aliases.
    """

    qualified: bool
    _separate: frozenset[Column]

    @classmethod
    def of(
        cls, root: Join, plan: Plan, names_of: Callable[[Relation], tuple[str, ...]]
    ) -> JoinTree:
        separate = frozenset(column for column in _columns_outside_keys(plan) if column.table)
        unqualified = cls(qualified=False, _separate=separate)
        counts = Counter(name.lower() for leaf in _leaves(root) for name in names_of(leaf))
        for join in _joins(root):
            counts.subtract(key.lower() for key in unqualified.shared_keys(join))
        return cls(qualified=any(count > 1 for count in counts.values()), _separate=separate)

    def shared_keys(self, join: Join) -> tuple[str, ...]:
        """Key names when the join can be written with names alone; else empty."""
        if self.qualified or not join.on:
            return ()
        names = tuple(left.name for left, right in join.on if left.name == right.name)
        odd = any("." in name or "`" in name for name in names)
        if len(names) < len(join.on) or odd:
            return ()
        if join.how == "left" and any(right in self._separate for _, right in join.on):
            return ()
        return names


def is_inner(node: Relation) -> bool:
    """Whether the relation is a table or a join, filtered or not, rather than one of its own."""
    return all(isinstance(part, Scan | Join | Filter) for part in plan_tools.spine(node))


def _joins(node: Relation) -> Iterator[Join]:
    base = plan_tools.base(node)
    if isinstance(base, Join) and is_inner(node):
        yield base
        yield from _joins(base.left)
        yield from _joins(base.right)


def _leaves(node: Relation) -> Iterator[Relation]:
    base = plan_tools.base(node)
    if isinstance(base, Join) and is_inner(node):
        yield from _leaves(base.left)
        yield from _leaves(base.right)
    else:
        yield node


def _columns_outside_keys(node: Model) -> Iterator[Column]:
    if isinstance(node, Column):
        yield node
    elif isinstance(node, Join):
        yield from _columns_outside_keys(node.left)
        yield from _columns_outside_keys(node.right)
    else:
        for child in plan_tools.children(node):
            yield from _columns_outside_keys(child)
