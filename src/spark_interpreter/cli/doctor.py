"""`spark-interpreter doctor`: what works on this machine."""

from itertools import groupby
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.outcome import FAILED

if TYPE_CHECKING:
    from rich.console import Console

    from spark_interpreter.supervisor import Check

_HEADINGS = {
    "engine": "Engine",
    "sandbox": "Sandbox",
    "platform": "Platforms",
    "storage": "Storage",
    "model": "Language model",
    "optional": "Optional parts",
}


@click.command("doctor", short_help="Say what works on this machine.")
@options.output("table", "json")
def command(form: str) -> int:
    """Say which engine, sandbox layers, platforms and optional parts are here, and how to get the
    rest.

    Exit codes: 0 questions can be answered, 5 something needed is missing.
    """
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        checks = interpreter.doctor()
    if form == "json":
        import json

        click.echo(json.dumps([check.model_dump(mode="json") for check in checks], indent=2))
    else:
        from spark_interpreter.cli.terminal import stdout

        _show(stdout(), checks)
    needed = {"engine", "platform", "storage"}
    return FAILED if any(c.ok is False and c.group in needed for c in checks) else 0


def _show(console: "Console", checks: "tuple[Check, ...]") -> None:
    from rich.table import Table
    from rich.text import Text

    marks = {True: Text("✓", "green"), False: Text("✗", "red"), None: Text("–", "dim")}
    width = max(len(check.name) for check in checks)
    for number, (group, members) in enumerate(groupby(checks, key=lambda check: check.group)):
        if number:
            console.print()
        console.print(Text(_HEADINGS[group], style="bold"))
        table = Table.grid(padding=(0, 1))
        table.add_column()
        table.add_column(no_wrap=True, min_width=width)
        table.add_column(overflow="fold")
        for check in members:
            detail = Text(check.detail)
            if check.remedy:
                detail.append(f"\n{check.remedy}", style="yellow")
            table.add_row(marks[check.ok], Text(check.name), detail)
        console.print(table)
