"""The levels of rules, in the order they are applied."""

from __future__ import annotations

from collections.abc import Sequence

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.parsing.patterns import Row, rewrite
from spark_interpreter.generation.planner.parsing.rules import (
    analytics,
    conditions,
    grouping,
    measures,
    nouns,
    ordering,
)

LEVELS = (
    nouns.rule,
    analytics.rule,
    measures.rule,
    conditions.rule,
    ordering.rule,
    grouping.rule,
)


def reduce_items(items: Sequence[Item], context: Context) -> Sequence[Item]:
    """The items after every rule has had its turn."""
    row = Row(items)
    for level in LEVELS:
        for rule in level.rules:
            row = rewrite(rule, row, context)
    return row.items
