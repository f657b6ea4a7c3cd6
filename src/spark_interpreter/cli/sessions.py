"""`spark-interpreter sessions`: earlier answers."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.asking import print_json
from spark_interpreter.cli.options import TERMINAL_ROWS
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spark_interpreter import Answer
    from spark_interpreter.model import Session


@click.group("sessions", short_help="Look back at earlier answers.")
def command() -> None:
    """Look back at earlier sessions and their answers."""


@command.command("list")
@click.option("--search", default="", metavar="WORD", help="Only sessions with this in the title.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@options.output("table", "json")
def list_command(search: str, limit: int, form: str) -> None:
    """List sessions, the latest first."""
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        sessions = interpreter.sessions(search=search, limit=limit)
    if form == "json":
        import json

        click.echo(json.dumps([session.model_dump(mode="json") for session in sessions]))
    elif sessions:
        _show_sessions(sessions)
    else:
        click.echo('No sessions yet. Start with: spark-interpreter ask "…" FILE', err=True)


@command.command("show")
@click.argument("session")
@click.option("--turn", "number", type=click.IntRange(min=1), metavar="N", help="Only this turn.")
@click.option("--script", is_flag=True, help="Print the script alone.")
@options.output("table", "json")
def show_command(session: str, number: int | None, script: bool, form: str) -> None:
    """Show the questions of SESSION and their answers."""
    from spark_interpreter import Interpreter
    from spark_interpreter.errors import NotFound

    with Interpreter(options.settings()) as interpreter:
        answers = interpreter.answers(session)
    if number is not None:
        answers = [answer for answer in answers if answer.turn.number == number]
        if not answers:
            raise NotFound(
                f"The session has no turn {number}.", remedy="Leave out --turn to see all."
            )
    if form == "json":
        for answer in answers:
            print_json(answer.document)
    elif script:
        _show_scripts(answers)
    else:
        _show_turns(answers, whole=number is not None)


def _show_sessions(sessions: "Sequence[Session]") -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from spark_interpreter.cli.terminal import stdout

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("session", no_wrap=True)
    table.add_column("last used", no_wrap=True)
    table.add_column("turns", justify="right")
    table.add_column("begins with", no_wrap=True, overflow="ellipsis")
    for session in sessions:
        table.add_row(
            Text(session.id), _when(session.updated), str(session.turn_count),
            Text(clean(session.title)),
        )  # fmt: skip
    stdout().print(table)


def _when(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _show_turns(answers: "Sequence[Answer]", *, whole: bool) -> None:
    from rich.text import Text

    from spark_interpreter.cli.answer_view import show_answer, show_refusal
    from spark_interpreter.cli.terminal import stdout

    console = stdout()
    for answer in answers:
        document = answer.document
        question = clean(document.question) or "(a script)"
        console.print(Text.assemble((f"{document.turn}  ", "dim"), (question, "bold cyan")))
        if document.status == "needs_input":
            show_refusal(console, document)
        elif document.status == "answered":
            rows = TERMINAL_ROWS if whole else 5
            files = [("Script", answer.script_path)] if whole else []
            show_answer(console, document, rows=rows, explain=whole, files=files)
        else:
            console.print(Text(clean(document.error.message if document.error else "Cancelled.")))
        console.print()


def _show_scripts(answers: "Sequence[Answer]") -> None:
    from spark_interpreter.cli.answer_view import show_script
    from spark_interpreter.cli.terminal import stdout

    for answer in answers:
        show_script(stdout(), answer.script)
