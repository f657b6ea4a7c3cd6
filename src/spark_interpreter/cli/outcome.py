"""How a command ends: exit codes, and errors as one sentence with its remedy."""

import sys
import traceback
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli.text import clean
from spark_interpreter.errors import InterpreterError, NotFound, SettingsError, UsageError

if TYPE_CHECKING:
    from spark_interpreter.model import AnswerDocument, AnswerStatus, ErrorInfo

USAGE = 2
FAILED = 5
INTERRUPTED = 130

EXIT_CODES: "dict[AnswerStatus, int]" = {
    "answered": 0,
    "needs_input": 3,
    "refused": 4,
    "failed": FAILED,
    "cancelled": INTERRUPTED,
}


def usage_code(error: InterpreterError) -> int:
    """The exit code of an error that ended a command before there was a turn."""
    return USAGE if isinstance(error, UsageError | SettingsError | NotFound) else FAILED


def report(error: "InterpreterError | ErrorInfo", *, verbose: bool = False) -> None:
    """Say what is wrong and what to do, on standard error."""
    line = getattr(error, "line", None)
    where = f" (line {line} of the script)" if line else ""
    click.secho(f"{clean(error.message)}{where}", err=True, fg="red")
    if error.remedy:
        click.echo(clean(error.remedy), err=True)
    if verbose and error.detail:
        click.secho(clean(error.detail, keep="\n\t"), err=True, dim=True)


def report_defect(defect: Exception) -> int:
    """Say that something of ours is broken, with the traceback for `--verbose`; the exit code."""
    text = f"Something went wrong inside spark-interpreter: {type(defect).__name__}: {defect}"
    click.secho(clean(text), err=True, fg="red")
    if {"-v", "--verbose"} & {*sys.argv}:
        click.echo("".join(traceback.format_exception(defect)), err=True)
    else:
        click.echo("This is a defect of ours; --verbose shows where.", err=True)
    return FAILED


def document_of(error: InterpreterError, question: str, session_id: str) -> "AnswerDocument":
    """An error that came before there was a turn, as the document of an answer."""
    from spark_interpreter.model import AnswerDocument, ErrorInfo

    return AnswerDocument(
        status="failed",
        question=question,
        session_id=session_id,
        turn=0,
        error=ErrorInfo(
            code=error.code,
            phase=error.phase,
            message=error.message,
            remedy=error.remedy,
            detail=error.detail,
        ),
    )
