"""`spark-interpreter run`: a script that a person wrote or changed."""

from typing import IO, TYPE_CHECKING, Any

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.asking import TurnOptions, carry_out

if TYPE_CHECKING:
    from spark_interpreter import Answer, Interpreter

_RISK = (
    "The policy is off: this script is not checked before it runs, at your own risk. "
    "The sandbox and the limits stay on."
)


@click.command("run", short_help="Check and run a PySpark script.")
@click.argument("script", type=click.File("r", encoding="utf-8"), metavar="FILE.py")
@click.option(
    "-s", "--source", "named", multiple=True, metavar="SOURCE",
    help="Data the script may read besides the files it names; needed for tables "
    "(glue:DATABASE.TABLE, …). May be repeated.",
)  # fmt: skip
@click.option(
    "--policy", type=click.Choice(["on", "off"]), default="on", show_default=True,
    help="Check the script against the policy; off is your own risk.",
)  # fmt: skip
@options.turn
def command(script: IO[str], named: tuple[str, ...], policy: str, **values: Any) -> int:
    """Validate the PySpark script FILE.py and run it like one of ours ("-" reads it from a pipe).

    It must leave a DataFrame called `result`; every script that `ask` saves does.

    \b
    spark-interpreter ask "revenue by month" orders.csv --dry-run > revenue.py
    spark-interpreter run revenue.py --export revenue.xlsx

    Exit codes: 0 answered, 2 usage, 4 script refused, 5 failed, 130 interrupted.
    """  # noqa: D301 - a backspace keeps click from joining the lines below it
    turn = TurnOptions(**values)
    try:
        text = script.read()
    except UnicodeDecodeError as exc:
        raise click.UsageError(f"{script.name} is not a Python script in UTF-8.") from exc
    if policy == "off":
        click.secho(_RISK, err=True, fg="yellow")

    def act(interpreter: "Interpreter", **arguments: Any) -> "Answer":
        return interpreter.run(text, named, policy=policy == "on", **arguments)

    return carry_out("", turn, act)
