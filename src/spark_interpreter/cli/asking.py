"""What `ask`, `run` and `chat` share: carry a turn, show what it came to, end with its code."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from spark_interpreter.cli.interrupts import cancelling
from spark_interpreter.cli.options import TERMINAL_ROWS, settings
from spark_interpreter.cli.outcome import EXIT_CODES, FAILED, document_of, report, usage_code
from spark_interpreter.cli.progress import Progress
from spark_interpreter.errors import InterpreterError, ResultError, UsageError

if TYPE_CHECKING:
    from spark_interpreter import Answer, Interpreter
    from spark_interpreter.model import AnswerDocument, PlatformName

Act = Callable[..., "Answer"]


@dataclass(frozen=True)
class TurnOptions:
    """The options of `options.turn`, and whether suggestions can be chosen by number."""

    session: str | None = None
    form: str = "table"
    rows: int | None = None
    chart: Path | None = None
    export: Path | None = None
    dry_run: bool = False
    explain: bool = False
    platform: str = "auto"
    timeout: float | None = None
    memory: int | None = None
    verbose: bool = False
    numbered: bool = False

    @property
    def choice(self) -> "PlatformName | None":
        """The platform asked for; None leaves the choice to the product."""
        return None if self.platform == "auto" else cast("PlatformName", self.platform)


def open_interpreter(options: TurnOptions) -> "Interpreter":
    """An interpreter with the limits the options ask for.

    Raises:
        SettingsError: the environment has a setting that cannot be used.
        UsageError: a file to be written has an ending that is not known, or no folder.
    """
    from spark_interpreter.cli.haste import make_haste

    make_haste()
    from spark_interpreter import Interpreter

    check_targets(options.chart, options.export)
    return Interpreter(settings(timeout=options.timeout, memory=options.memory, rows=options.rows))


def check_targets(chart: Path | None, export: Path | None) -> None:
    """See that files can be written as asked, before the work for them begins.

    Raises:
        UsageError: they cannot.
    """
    if chart is None and export is None:
        return
    from spark_interpreter.results import check_chart_path, check_export_path

    try:
        if chart is not None:
            check_chart_path(chart)
        if export is not None:
            check_export_path(export)
    except ResultError as exc:
        raise UsageError(exc.message, remedy=exc.remedy) from exc


def carry_out(question: str, options: TurnOptions, act: Act) -> int:
    """Do one turn in an interpreter of its own and return the exit code.

    Args:
        act: called with the interpreter and the keyword arguments of a turn.
    """
    try:
        with open_interpreter(options) as interpreter:
            return turn(interpreter, options, act)
    except InterpreterError as error:
        if options.form != "json":
            raise
        print_json(document_of(error, question, options.session or ""))
        return usage_code(error)


def turn(interpreter: "Interpreter", options: TurnOptions, act: Act) -> int:
    """Do one turn, show it, and return the exit code."""
    from spark_interpreter import Cancellation

    started = time.perf_counter()
    cancellation = Cancellation()
    with Progress(verbose=options.verbose) as progress, cancelling(cancellation):
        answer = act(
            interpreter,
            session_id=options.session,
            platform=options.choice,
            dry_run=options.dry_run,
            on_event=progress.on_event,
            cancellation=cancellation,
        )
    return show(answer, options, time.perf_counter() - started)


def show(answer: "Answer", options: TurnOptions, seconds: float) -> int:
    """Write the files that were asked for, print the answer, and return the exit code."""
    document = answer.document
    files, problem = _write_files(answer, options)
    if options.form == "json":
        print_json(document)
    elif document.status != "answered":
        _show_why_not(document, options)
    elif options.dry_run:
        _show_dry_run(document)
    elif options.form == "csv":
        _print_csv(answer)
    else:
        from spark_interpreter.cli.answer_view import show_answer
        from spark_interpreter.cli.terminal import stdout

        show_answer(
            stdout(),
            document,
            rows=options.rows or TERMINAL_ROWS,
            explain=options.explain,
            files=[("Script", answer.script_path), *files],
            seconds=seconds,
            numbered=options.numbered,
        )
    if problem is not None:
        report(problem)
        return FAILED
    return EXIT_CODES[document.status]


def print_json(document: "AnswerDocument") -> None:
    """The document on standard output; indented for a person, on one line for a program."""
    indent = 2 if sys.stdout.isatty() else None
    out = sys.stdout.buffer
    out.write(document.model_dump_json(indent=indent).encode("utf-8", "replace") + b"\n")
    out.flush()


def _print_csv(answer: "Answer") -> None:
    out = sys.stdout.buffer
    answer.write_csv(out)
    out.flush()


def _show_why_not(document: "AnswerDocument", options: TurnOptions) -> None:
    from spark_interpreter.cli.answer_view import show_findings, show_refusal
    from spark_interpreter.cli.terminal import stderr

    if document.status == "needs_input":
        show_refusal(stderr(), document, numbered=options.numbered)
    elif document.status == "refused":
        click.secho("The script was refused and did not run.", err=True, fg="red")
        show_findings(stderr(), (f for f in document.findings if f.severity == "error"))
    elif document.status == "cancelled":
        click.echo("Cancelled.", err=True)
    elif document.error is not None:
        report(document.error, verbose=options.verbose)


def _show_dry_run(document: "AnswerDocument") -> None:
    """The script alone on standard output, so that it can be saved; the verdict beside it."""
    from spark_interpreter.cli.answer_view import show_findings, show_script
    from spark_interpreter.cli.terminal import stderr, stdout

    show_script(stdout(), document.script)
    show_findings(stderr(), document.findings)
    columns = ", ".join(f"{c.name} {c.type}" for c in document.columns)
    click.secho(f"Checked, not run. It would give: {columns}", err=True, fg="green")


def _write_files(
    answer: "Answer", options: TurnOptions
) -> tuple[list[tuple[str, Path]], InterpreterError | None]:
    written: list[tuple[str, Path]] = []
    if not answer.ok or options.dry_run:
        return written, None
    try:
        if options.chart is not None:
            written += _write_chart(answer, options.chart)
        if options.export is not None:
            exported = answer.export(options.export)
            written.append(("Export", exported.path))
            for note in exported.notes:
                click.echo(note, err=True)
    except InterpreterError as problem:
        return written, problem
    return written, None


def _write_chart(answer: "Answer", path: Path) -> list[tuple[str, Path]]:
    if answer.chart is None:
        click.secho("No chart was written: this result has none.", err=True, fg="yellow")
        return []
    return [("Chart", answer.save_chart(path))]
