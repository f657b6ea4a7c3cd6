"""What was tried before an answer, and how it compares with the planner's."""

from typing import Literal

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.draft import Draft, Usage
from spark_interpreter.model.error_info import ErrorInfo
from spark_interpreter.model.result import Cell
from spark_interpreter.model.types import ResultColumn
from spark_interpreter.model.verdict import Finding


class Attempt(Model):
    """A try of the model that came to nothing, and why.

    Attributes:
        draft: what it wrote; None if nothing could be made of what it said.
        error: why that is no answer; its line counts the lines of the whole script.
        findings: what validation refused, if it did.
        code: the line of the analysis that the error is about, if it is about one.
        usage: what the try cost.
    """

    draft: Draft | None = None
    error: ErrorInfo
    findings: tuple[Finding, ...] = ()
    code: str = ""
    usage: Usage | None = None


class CrossCheck(Model):
    """The model's answer beside the planner's.

    Attributes:
        outcome: "agrees", "differs", or "not_compared" where the planner's could not be run.
        message: one or two sentences for the person.
        reading: how the planner understood the question.
        analysis: the planner's program.
        sample: rows of each table both ran on; None means all.
        columns, rows, row_count: the planner's result, its first rows.
    """

    outcome: Literal["agrees", "differs", "not_compared"]
    message: str
    reading: str = ""
    analysis: str = ""
    sample: int | None = None
    columns: tuple[ResultColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = Field(default=())
    row_count: int | None = None
