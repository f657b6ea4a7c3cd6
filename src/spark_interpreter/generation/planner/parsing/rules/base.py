"""How rules are declared."""

from __future__ import annotations

from collections.abc import Callable

from spark_interpreter.generation.planner.parsing.context import Context
from spark_interpreter.generation.planner.parsing.patterns import (
    Built,
    Match,
    Rule,
    required_items,
)

Build = Callable[[Match, Context], Built]

MACROS = {
    "{be}": "(is|are|was|were|be|being|been|has|have|had|having|of|as|a|'s|at|do|does)",
    "{who}": "(whose|who|with|where|that|which|having|has|have|had|and|for|in|to|from|,|their|its|if)",
    "{list}": "(and|or|,|&|as|well|along|plus|their|its|also|both|/|corresponding)",
    "{the}": "(the|a|an|all|any|their|its|his|her|this|that|these|those|our|corresponding|respective)",
}


class RuleSet:
    """The rules of a level, in the order they are tried."""

    def __init__(self) -> None:
        self.rules: list[Rule[Context]] = []

    def __call__(self, *patterns: str) -> Callable[[Build], Build]:
        """Declare the decorated function as what each of the patterns becomes."""

        def declare(build: Build) -> Build:
            for pattern in patterns:
                text = pattern
                for macro, expansion in MACROS.items():
                    text = text.replace(macro, expansion)
                self.rules.append(Rule(build.__name__, text, required_items(text), build))
            return build

        return declare
