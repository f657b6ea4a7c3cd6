"""What validation needs from an engine: to resolve a script's plan without data."""

from collections.abc import Sequence
from typing import Protocol

from spark_interpreter.model import Model, ResultColumn


class EmptyTable(Model):
    """A stand-in for a source: wherever the script reads `location`, it gets no rows of these
    columns. `location` is the path, URI or table name as the script writes it."""

    location: str
    columns: tuple[ResultColumn, ...]


class PlanFailure(Model):
    """Why the engine could not resolve the plan.

    Attributes:
        error_class: Spark's condition when the engine gives one ("UNRESOLVED_COLUMN"), else the
            exception's name.
        line: 1-based script line whose statement failed.
        name: the column, table or function the message is about, when it is about one.
        unsupported: the engine lacks the feature; the script may be right elsewhere.
    """

    error_class: str
    message: str
    line: int | None = None
    name: str | None = None
    unsupported: bool = False


class PlanReport(Model):
    """The result's columns, or the failure."""

    columns: tuple[ResultColumn, ...] = ()
    failure: PlanFailure | None = None


class PlanChecker(Protocol):
    """Runs a script against empty tables; nothing is read and nothing is written."""

    def check(self, script: str, tables: Sequence[EmptyTable]) -> PlanReport:
        """Resolve the plan of every statement.

        Raises:
            EngineUnavailable: the engine could not be started.
            RunTimeout: the script did not come to its end in time.
        """
        ...
