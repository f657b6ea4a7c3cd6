"""Resolving a script's plan without data: what is asked of an engine and what it says."""

from spark_interpreter.model.base import Model
from spark_interpreter.model.staging import Need
from spark_interpreter.model.types import ResultColumn


class EmptyTable(Model):
    """A stand-in for a source.

    Wherever the script reads `location` (the path, URI or table name as the script writes it),
    it gets no rows of these columns.
    """

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
    """The result's columns and what is needed of the sources, or the failure."""

    columns: tuple[ResultColumn, ...] = ()
    needs: tuple[Need, ...] = ()
    failure: PlanFailure | None = None
