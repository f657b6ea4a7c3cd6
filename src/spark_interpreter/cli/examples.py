"""`spark-interpreter examples`: answers that people vouch for."""

from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from spark_interpreter.model import Example


@click.group("examples", short_help="Vouch for answers, so that they are given again.")
def command() -> None:
    """Verified examples: questions whose programs a person has vouched for."""


@command.command("add")
@click.argument("session")
@click.argument("turn", type=click.IntRange(min=1))
@click.option("--question", default="", help="What a script answers.")
@click.option("--comment", default="", help="What to know about it.")
def add_command(session: str, turn: int, question: str, comment: str) -> None:
    """Keep the answer of TURN of SESSION as right.

    The same question of the same tables is answered by its program from now on. To correct an
    answer, run the changed script in the session and vouch for that turn with --question.
    """
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        example = interpreter.vouch(session, turn, question=question, comment=comment)
    click.echo(f"Kept as {example.id}: {clean(example.question)}")
    if not example.alone:
        click.echo(
            "It depends on the day or on the conversation, so it only shows a model what is meant."
        )


@command.command("list")
@options.output("table", "json")
def list_command(form: str) -> None:
    """List the verified examples."""
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        examples = interpreter.examples()
    if form == "json":
        import json

        click.echo(json.dumps([example.model_dump(mode="json") for example in examples]))
        return
    for example in examples:
        click.echo(_line(example))
    if not examples:
        click.echo(
            "None yet. Keep an answer: spark-interpreter examples add SESSION TURN", err=True
        )


@command.command("remove")
@click.argument("example")
def remove_command(example: str) -> None:
    """Forget EXAMPLE, named by its id."""
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        interpreter.forget(example)
    click.echo(f"Removed {example}.")


def _line(example: "Example") -> str:
    tables = ", ".join(clean(table.name) for table in example.tables)
    return f"{example.id}  {clean(example.question)}  ({tables}, {example.time:%Y-%m-%d})"
