"""Verbs that ask for a sum of money: "how much did each employee spend"."""

from __future__ import annotations

from spark_interpreter.generation.planner.language.lexicon import lexicon
from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.items import merge
from spark_interpreter.generation.planner.parsing.patterns import Built, Match
from spark_interpreter.generation.planner.parsing.rules.base import RuleSet
from spark_interpreter.generation.planner.parsing.rules.measures import measure

rule = RuleSet()


@rule(
    "agg=AGG:sum (did|does|do|was|is|has|have|we|i|they|{the}|PRED|KEY|TAB)* verb=VERB",
    "^ {the}* verb=VERB (PRED|in|at|on|for|from)* (KEY|BYKEY|PRED)",
    "^ KEY {the}* verb=VERB",
)
def amount_of_verb(match: Match, context: Context) -> Built:
    """As in "how much did each employee spend", "spending by category"."""
    verb = match["verb"]
    column = context.spoken(verb.data, context.measurable)
    if column is None or not lexicon().has("paying", verb.text):
        return None
    used = [item for item in match.items if item.kind in {"AGG", "VERB", "W"}]
    rest = [item for item in match.items if item not in used]
    note = f"{verb.text}: the sum of {column.name}"
    return [merge("MEA", used, (measure("sum", column, context),), "mea", note), *rest]
