"""What validation needs from an engine: to resolve a script's plan without data."""

from collections.abc import Sequence
from typing import Protocol

from spark_interpreter.model import EmptyTable, PlanReport


class PlanChecker(Protocol):
    """Runs a script against empty tables; nothing is read and nothing is written."""

    def check(self, script: str, tables: Sequence[EmptyTable]) -> PlanReport:
        """Resolve the plan of every statement.

        Raises:
            EngineUnavailable: the engine could not be started.
            RunTimeout: the script did not come to its end in time.
        """
        ...
