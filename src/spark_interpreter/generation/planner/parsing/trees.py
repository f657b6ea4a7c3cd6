"""Looking through and rewriting expression and predicate trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from spark_interpreter.generation.planner.plan import Aggregated, Column
from spark_interpreter.model import Model


def walk(tree: Any) -> Iterator[Model]:
    """Every model in the tree, parents first."""
    if isinstance(tree, Model):
        yield tree
        for name in type(tree).model_fields:
            yield from walk(getattr(tree, name))
    elif isinstance(tree, tuple):
        for part in tree:
            yield from walk(part)


def columns_of(tree: Any) -> tuple[str, ...]:
    """Names of the columns a tree reads, in order, each once."""
    return tuple(dict.fromkeys(node.name for node in walk(tree) if isinstance(node, Column)))


def is_aggregate(tree: Any) -> bool:
    """Whether an aggregate stands anywhere in the tree."""
    return any(isinstance(node, Aggregated) for node in walk(tree))


def replace_aggregates(tree: Any, name_of: Callable[[Aggregated], Column]) -> Any:
    """The tree with each aggregate replaced by a reference to its column."""
    if isinstance(tree, Aggregated):
        return name_of(tree)
    if isinstance(tree, tuple):
        return tuple(replace_aggregates(part, name_of) for part in tree)
    if isinstance(tree, Model):
        changed = {
            name: replaced
            for name in type(tree).model_fields
            if (replaced := replace_aggregates(old := getattr(tree, name), name_of)) is not old
            and replaced != old
        }
        return tree.model_copy(update=changed) if changed else tree
    return tree


def unique_name(wanted: str, taken: Sequence[str]) -> str:
    """The wanted name, with a number behind it if it is taken (ignoring case)."""
    used = {name.casefold() for name in taken}
    name, number = wanted, 2
    while name.casefold() in used:
        name, number = f"{wanted}_{number}", number + 1
    return name
