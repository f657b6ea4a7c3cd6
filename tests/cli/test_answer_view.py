"""What a person reads of an answer."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from spark_interpreter.cli.answer_view import show_answer, show_findings, show_refusal
from spark_interpreter.model import (
    AnswerDocument,
    Attempt,
    CrossCheck,
    DataIssue,
    ErrorInfo,
    Finding,
    ResultColumn,
)

DOCUMENT = AnswerDocument(
    status="answered",
    question="revenue by region",
    reading="Sum of revenue by region",
    assumptions=("revenue = quantity × price",),
    suggestions=("only in 2024", "as a share"),
    columns=(ResultColumn(name="region", type="string"), ResultColumn(name="n", type="int")),
    rows=tuple((f"r{n}", n) for n in range(30)),
    row_count=1234,
    truncated=True,
    summary="Revenue is highest for North (3).",
    script="x = 1\n",
    explanation="Rows are grouped by region.",
    findings=(
        Finding(rule="scan", severity="advice", message="Read twice."),
        Finding(rule="w", severity="warning", message="Slow.", suggestion="Filter first."),
    ),
    data_issues=(DataIssue(kind="null_token", message="3 cells say N/A."),),
    platform="local",
    timings={"running": 0.5},
    cost=0.0,
    session_id="s-1",
    turn=1,
)


def shown(view: Any, *arguments: Any, width: int = 80, **options: Any) -> str:
    file = io.StringIO()
    view(Console(file=file, width=width, highlight=False, markup=False), *arguments, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("cost", "text"),
    [(0.0, "on lambda · session"), (0.00042, "on lambda, $0.000420 · "), (12, ", $12.00 · "),
     (1_200.5, ", $1,200.50 · "), (None, "on lambda, cost not known · ")],
)  # fmt: skip
def test_what_is_to_be_paid_is_said(cost: float | None, text: str) -> None:
    document = DOCUMENT.model_copy(update={"platform": "lambda", "cost": cost})
    assert text in shown(show_answer, document, rows=1, seconds=1.0)


def test_an_answer_says_what_was_understood_assumed_and_found() -> None:
    text = shown(show_answer, DOCUMENT, rows=20, files=[("Script", Path("/x/1.py"))], seconds=1.234)
    assert text.startswith("Sum of revenue by region\n")
    assert "Showing 20 of 1,234 rows." in text
    assert "r19" in text
    assert "r20" not in text
    for part in (
        "Revenue is highest for North (3).",
        "Assumes  revenue = quantity × price",
        "Data     3 cells say N/A.",
        "Note     Slow. Filter first.",
        "Script   /x/1.py",
        "Next     only in 2024",
        "1.23 s on local · session s-1",
    ):
        assert part in text
    assert "Read twice" not in text
    assert "x = 1" not in text


def test_explain_adds_how_it_is_computed_and_the_script() -> None:
    text = shown(show_answer, DOCUMENT, rows=3, explain=True, seconds=1.0)
    assert "How      Rows are grouped by region." in text
    assert "Read twice." in text
    assert "x = 1" in text
    assert "(running 0.50)" in text


def test_a_short_answer_is_short() -> None:
    plain = DOCUMENT.model_copy(
        update={
            "rows": ((("a"), 1),), "row_count": 1, "assumptions": (), "suggestions": (),
            "data_issues": (), "findings": (), "reading": "", "summary": "",
        }
    )  # fmt: skip
    assert shown(show_answer, plain, rows=5).split() == ["region", "n", "─" * 9, "a", "1"]


def test_many_issues_are_counted_not_listed() -> None:
    issues = tuple(DataIssue(kind="k", message=f"issue {n}") for n in range(20))
    text = shown(show_answer, DOCUMENT.model_copy(update={"data_issues": issues}), rows=1)
    assert "issue 5" in text
    assert "issue 6" not in text
    assert "and 14 more; --output json has all" in text


def test_a_refusal_says_what_is_missing_and_what_to_ask() -> None:
    asked = DOCUMENT.model_copy(
        update={
            "status": "needs_input", "message": "There are no wombats here.",
            "not_understood": ("wombats\x1b[0m",), "reading": "", "rows": (), "row_count": None,
        }
    )  # fmt: skip
    text = shown(show_refusal, asked)
    assert text.startswith("There are no wombats here.\n")
    assert "Unknown  “wombats\\x1b[0m”" in text
    assert "Try      only in 2024" in text


def test_findings_name_the_line_the_rule_and_the_fix() -> None:
    finding = Finding(
        rule="import-not-allowed", severity="error", message="No os.", line=3, suggestion="Drop it."
    )
    assert [line.rstrip() for line in shown(show_findings, [finding]).splitlines()] == [
        "error    line 3: No os.  [import-not-allowed]",
        "         Drop it.",
    ]


@pytest.mark.parametrize("width", [30, 50, 80, 160])
def test_notes_wrap_at_any_width(width: int) -> None:
    text = shown(show_answer, DOCUMENT, rows=2, width=width, seconds=1.0)
    assert all(len(line) <= width for line in text.splitlines())


def test_in_a_conversation_suggestions_have_numbers() -> None:
    text = shown(show_answer, DOCUMENT, rows=1, numbered=True)
    assert "Next     1  only in 2024" in text
    assert "2  as a share" in text


def test_what_the_planner_finds_instead_and_what_was_tried_is_shown() -> None:
    error = ErrorInfo(code="validation", phase="validating", message="A script cannot import os.")
    document = DOCUMENT.model_copy(
        update={
            "generator": "openai/some-model",
            "attempts": (Attempt(error=error),),
            "cross_check": CrossCheck(
                outcome="differs",
                message="The planner comes to another result.",
                columns=DOCUMENT.columns,
                rows=tuple((f"p{n}", n) for n in range(9)),
                row_count=9,
            ),
        }
    )
    text = shown(show_answer, document, rows=20, explain=True)
    for part in (
        "Planner  region p0, n 0",
        "and 4 more",
        "Tried    1  A script cannot import os.",
        "Written  by openai/some-model",
    ):
        assert part in text
    assert "p5" not in text
