"""The one document of an answer: command line, HTTP and Python show the same."""

from typing import Any, Literal

from pydantic import Field

from spark_interpreter.model.attempt import Attempt, CrossCheck
from spark_interpreter.model.base import Model
from spark_interpreter.model.error_info import ErrorInfo
from spark_interpreter.model.profile import DataIssue
from spark_interpreter.model.report import Report
from spark_interpreter.model.result import Cell, Chart
from spark_interpreter.model.types import ResultColumn
from spark_interpreter.model.verdict import Finding

AnswerStatus = Literal["answered", "needs_input", "refused", "failed", "cancelled"]


class AnswerDocument(Model):
    """What a turn came to.

    Attributes:
        status: "answered", or why not: "needs_input" (a refusal with suggestions or a clarifying
            question), "refused" (validation), "failed", "cancelled".
        reading: how the question was understood, in one sentence.
        message: for "needs_input": what is missing or unclear.
        not_understood: words of the question that found no meaning.
        explanation: how the answer is computed.
        suggestions: questions to ask instead or next.
        rows: the first rows; `row_count` counts all of them, `truncated` says there are more.
        report: what an investigation came to.
        script: the portable PySpark program.
        generator: what wrote it: "planner" or the model's name.
        attempts: what the model tried before, and why each was no answer.
        cross_check: how the answer compares with the planner's, if it was compared.
        findings: of validation: errors, warnings and advice.
        data_issues: what was repaired or could not be read.
        verified: a person has vouched for the program.
        reused: the turn (`session/number`) whose answer this is, as the same was asked of the same
            data.
        timings: seconds by stage.
        spark_settings: what Spark was told beside what the script asks for.
        cost: US dollars of its runs, failed ones too, and of its model calls; null where a platform
            or a price list does not say.
        cost_about: a part of it is reckoned from the time a run took.
    """

    status: AnswerStatus
    question: str
    reading: str = ""
    message: str = ""
    not_understood: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    explanation: str = ""
    suggestions: tuple[str, ...] = ()
    columns: tuple[ResultColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    row_count: int | None = None
    truncated: bool = False
    chart: Chart | None = None
    summary: str = ""
    report: Report | None = None
    script: str = ""
    generator: str = ""
    attempts: tuple[Attempt, ...] = ()
    cross_check: CrossCheck | None = None
    findings: tuple[Finding, ...] = ()
    data_issues: tuple[DataIssue, ...] = ()
    platform: str | None = None
    verified: bool = False
    reused: str | None = None
    timings: dict[str, float] = Field(default_factory=dict)
    spark_settings: dict[str, str] = Field(default_factory=dict)
    cost: float | None = None
    cost_about: bool = False
    session_id: str
    turn: int
    error: ErrorInfo | None = None

    def to_dict(self) -> dict[str, Any]:
        """The document as JSON-ready data."""
        return self.model_dump(mode="json")
