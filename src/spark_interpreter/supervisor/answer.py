"""The answer as Python sees it."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from spark_interpreter.errors import ResultError
from spark_interpreter.model import (
    AnswerDocument,
    AnswerStatus,
    Chart,
    Turn,
    TurnState,
)

if TYPE_CHECKING:
    import pandas as pd

    from spark_interpreter.results import Exported

_STATUS: dict[TurnState, AnswerStatus] = {
    "completed": "answered",
    "needs_input": "needs_input",
    "refused": "refused",
    "cancelled": "cancelled",
}


def document(turn: Turn) -> AnswerDocument:
    """The one document of a turn in a final state."""
    draft, asked, result = turn.draft, turn.needs_input, turn.result
    return AnswerDocument(
        status=_STATUS.get(turn.state, "failed"),
        question=turn.question,
        reading=draft.reading if draft else "",
        message=asked.message if asked else "",
        not_understood=asked.not_understood if asked else (),
        assumptions=draft.assumptions if draft else (),
        explanation=draft.explanation if draft else "",
        suggestions=_suggestions(turn),
        columns=result.manifest.columns if result else _columns_without_data(turn),
        rows=result.rows if result else (),
        row_count=result.manifest.row_count if result else None,
        truncated=result.truncated if result else False,
        chart=result.chart if result else None,
        summary=_summary(turn),
        report=turn.report,
        script=turn.script.text if turn.script else "",
        generator=draft.generator if draft else "",
        attempts=turn.attempts,
        cross_check=turn.cross_check,
        findings=turn.verdict.findings if turn.verdict else (),
        data_issues=(*turn.data_issues, *(result.data_issues if result else ())),
        platform=turn.placement.platform if turn.placement else None,
        verified=draft is not None and draft.verified,
        reused=turn.reused,
        timings=turn.timings,
        spark_settings=turn.run.settings if turn.run else {},
        cost=turn.cost,
        cost_about=turn.cost_about,
        session_id=turn.session_id,
        turn=turn.number,
        error=turn.error,
    )


def _summary(turn: Turn) -> str:
    """What the result says, and what the planner finds instead if that is something else."""
    if turn.report:
        return turn.report.text
    said = turn.result.summary if turn.result else ""
    check = turn.cross_check
    return f"{said} {check.message}".strip() if check and check.outcome == "differs" else said


def _suggestions(turn: Turn) -> tuple[str, ...]:
    if turn.needs_input:
        return (*turn.needs_input.choices, *turn.needs_input.suggestions)
    return turn.draft.suggestions if turn.draft else ()


def _columns_without_data(turn: Turn) -> tuple[Any, ...]:
    return turn.verdict.columns if turn.verdict else ()


class Answer:
    """What a turn came to, with its complete data.

    `answer.rows` holds the first rows; `to_pandas` and `export` see all of them.
    """

    def __init__(self, turn: Turn, output: str, script_uri: str) -> None:
        self.turn = turn
        self._output = output
        self._script_uri = script_uri

    @cached_property
    def document(self) -> AnswerDocument:
        """The document that command line, HTTP and Python share."""
        return document(self.turn)

    @property
    def status(self) -> AnswerStatus:
        return self.document.status

    @property
    def ok(self) -> bool:
        """The question was answered."""
        return self.status == "answered"

    @property
    def rows(self) -> tuple[tuple[Any, ...], ...]:
        """The first rows, JSON-ready."""
        return self.document.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the result's columns."""
        return tuple(c.name for c in self.document.columns)

    @property
    def script(self) -> str:
        """The portable PySpark program."""
        return self.document.script

    @property
    def chart(self) -> Chart | None:
        return self.document.chart

    @property
    def summary(self) -> str:
        return self.document.summary

    @property
    def assumptions(self) -> tuple[str, ...]:
        return self.document.assumptions

    def to_dict(self) -> dict[str, Any]:
        """The document as JSON-ready data."""
        return self.document.to_dict()

    def to_pandas(self) -> "pd.DataFrame":
        """Every row of the result.

        Raises:
            ResultError: there is no result, or its files are gone.
        """
        from spark_interpreter.results import read_table

        frame: pd.DataFrame = read_table(self._folder()).to_pandas()
        return frame

    @property
    def script_path(self) -> Path:
        """Where the script is kept."""
        return Path(self._script_uri)

    def export(self, path: str | Path) -> "Exported":
        """Write every row to a CSV, Parquet, Excel or JSON file, chosen by its ending.

        What is returned says where the file is and whether the format could hold all rows.

        Raises:
            ResultError: there is no result, or the ending is none of these.
        """
        from spark_interpreter.results import export

        return export(self._folder(), Path(path))

    def write_csv(self, file: BinaryIO) -> int:
        """Stream every row as CSV to an open file, and count them.

        Raises:
            ResultError: there is no result, or its files are gone.
        """
        from spark_interpreter.results import write_csv

        return write_csv(self._folder(), file)

    def save_chart(self, path: str | Path) -> Path:
        """Write the chart as PNG, SVG or Vega-Lite JSON, chosen by the path's ending.

        Raises:
            ResultError: the result has no chart, or the ending is none of these.
        """
        from spark_interpreter.results import save_chart

        if self.chart is None:
            raise ResultError(
                "This answer has no chart.",
                remedy="Ask for one: add “as a bar chart” to the question.",
            )
        return save_chart(self.chart, Path(path))

    def _folder(self) -> str:
        if self.turn.result is None:
            raise ResultError(
                f"This turn has no result; it ended as “{self.status}”.",
                remedy="Look at answer.document for the reason.",
            )
        return self._output

    def __repr__(self) -> str:
        return f"<Answer {self.status}: {self.turn.question!r}>"
