"""`spark-interpreter costs`: what answers have cost."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options

if TYPE_CHECKING:
    from spark_interpreter.model import Costs


@click.command("costs", short_help="Say what answers have cost.")
@click.option("--session", metavar="ID", help="Of this session alone.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (UTC).")
@options.output("table", "json")
def command(session: str | None, since: datetime | None, form: str) -> None:
    """Say what runs and model calls have cost, in US dollars, by day."""
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        costs = interpreter.costs(session_id=session, since=since.date() if since else None)
    if form == "json":
        click.echo(costs.model_dump_json())
    else:
        _show(costs)


def _show(costs: "Costs") -> None:
    for day, dollars in costs.by_day.items():
        click.echo(f"{day}  ${dollars:,.4f}")
    turns = "1 turn" if costs.turns == 1 else f"{costs.turns:,} turns"
    parts = f"runs ${costs.runs:,.4f}, models ${costs.models:,.4f}"
    click.echo(f"{turns}: ${costs.total:,.4f} ({parts})")
    if costs.about:
        click.echo(
            f"{costs.about:,} runs are in this by the time they took, as their platform has not "
            "said what they cost.",
            err=True,
        )
    if costs.unknown:
        click.echo(
            f"{costs.unknown:,} runs are not in this, as their platform does not say.", err=True
        )
