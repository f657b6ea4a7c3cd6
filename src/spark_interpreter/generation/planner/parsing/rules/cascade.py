"""The levels of rules, in the order they are applied."""

from __future__ import annotations

from collections.abc import Sequence

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import Item
from spark_interpreter.generation.planner.parsing.patterns import Row, rewrite
from spark_interpreter.generation.planner.parsing.rules import (
    analytics,
    combining,
    comparisons,
    grouping,
    measures,
    nouns,
    ordering,
    paying,
    places,
    texts,
    values,
)

LEVELS = (
    nouns.rule,
    analytics.rule,
    measures.rule,
    comparisons.rule,
    texts.rule,
    values.rule,
    combining.rule,
    comparisons.late,
    ordering.rule,
    places.rule,
    grouping.rule,
    paying.rule,
)


def reduce_items(items: Sequence[Item], context: Context) -> Sequence[Item]:
    """The items after every rule has had its turn."""
    row = Row(items)
    for level in LEVELS:
        for rule in level.rules:
            row = rewrite(rule, row, context)
    return row.items
