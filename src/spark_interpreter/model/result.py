"""What a run left behind."""

from datetime import datetime
from typing import Any

from pydantic import Field

from spark_interpreter.model.base import Model
from spark_interpreter.model.profile import DataIssue
from spark_interpreter.model.types import ResultColumn

Cell = Any
"""A JSON-ready cell: None, bool, int, float (finite), str; nested lists and dicts of these.

Dates and times are ISO text; decimals are text that keeps their digits.
"""


class ResultFile(Model):
    """A file of the output, its path relative to the output folder."""

    path: str
    rows: int
    bytes: int


class Manifest(Model):
    """The statement that an output is complete.

    A run succeeded when its manifest exists and agrees with the files: same names, rows and
    bytes. Files are listed in the order of their rows.
    """

    run_id: str
    columns: tuple[ResultColumn, ...]
    row_count: int
    files: tuple[ResultFile, ...]
    ordered: bool
    created: datetime


class Chart(Model):
    """A Vega-Lite specification with its data inside, and a sentence that says what it shows."""

    kind: str
    spec: dict[str, Any]
    description: str = ""


class Result(Model):
    """The presentable form of an output.

    Attributes:
        rows: the first rows, in order, at most the preview limit.
        truncated: there are more rows than `rows` holds.
        summary: short prose that quotes computed values only.
        data_issues: cells of the result that cannot be shown as they are (NaN, infinity).
    """

    manifest: Manifest
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    chart: Chart | None = None
    summary: str = ""
    data_issues: tuple[DataIssue, ...] = ()
    timings: dict[str, float] = Field(default_factory=dict)
