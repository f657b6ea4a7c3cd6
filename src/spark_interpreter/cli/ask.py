"""`spark-interpreter ask`: one question, one answer."""

from typing import TYPE_CHECKING, Any

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.asking import TurnOptions, carry_out

if TYPE_CHECKING:
    from spark_interpreter import Answer, Interpreter


@click.command("ask", short_help="Answer a question of files and tables.")
@click.argument("question")
@options.sources
@click.option("--fresh", is_flag=True, help="Compute it although the same was asked before.")
@options.turn
def command(
    question: str, files: tuple[str, ...], named: tuple[str, ...], fresh: bool, **values: Any
) -> int:
    """Answer QUESTION from the data in SOURCES.

    Files, folders and patterns, here or s3://… (CSV, Parquet, JSON, Excel), and tables:
    postgres:CONNECTION/SCHEMA.TABLE, snowflake:CONNECTION/DATABASE.SCHEMA.TABLE,
    glue:DATABASE.TABLE ("sources list" finds them); "*" for TABLE means all of a schema's.

    \b
    spark-interpreter ask "revenue by month in 2025" orders.csv
    spark-interpreter ask "revenue by month in 2025" postgres:shop/public.orders
    spark-interpreter ask "top 5 products by revenue" orders.csv --chart top.png
    spark-interpreter ask "only online" --session ID --output json

    Exit codes: 0 answered, 2 usage, 3 needs input, 4 script refused, 5 failed, 130 interrupted.
    """  # noqa: D301 - a backspace keeps click from joining the lines below it
    turn = TurnOptions(**values)
    data = (*files, *named)
    if not data and turn.session is None:
        raise click.UsageError("Name a file or table to ask, or a --session to go on with.")

    def act(interpreter: "Interpreter", **arguments: Any) -> "Answer":
        return interpreter.ask(question, data, fresh=fresh, **arguments)

    return carry_out(question, turn, act)
