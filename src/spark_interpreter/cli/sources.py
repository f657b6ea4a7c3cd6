"""`spark-interpreter sources`: data, before a question is asked of it."""

import sys
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.progress import Progress
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from spark_interpreter.model import ColumnProfile, TableProfile

_MAX_VALUES = 4


@click.group("sources", short_help="Look at data before asking.")
def command() -> None:
    """Look at data before asking."""


@command.command("show")
@click.argument("files", nargs=-1, required=True)
@options.output("table", "json")
def show_command(files: tuple[str, ...], form: str) -> None:
    """Show the columns of FILES: types, missing values, ranges, and what is wrong with the data.

    Figures are of a sample where the data are large.
    """
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter, Progress() as progress:
        progress.say("Looking at the data")
        profiles = interpreter.profile(files)
    if form == "json":
        text = ",".join(profile.model_dump_json() for profile in profiles)
        sys.stdout.buffer.write(f"[{text}]\n".encode())
    else:
        for profile in profiles:
            show_profile(profile)


def show_profile(profile: "TableProfile") -> None:
    """Print a table's size, columns and problems."""
    from rich.text import Text

    from spark_interpreter.cli.tables import Column, grid_for
    from spark_interpreter.cli.terminal import stdout

    console = stdout()
    console.print(Text.assemble((clean(profile.label), "bold"), f"  {size(profile)}"))
    columns = profile.columns
    fitted = grid_for(
        [
            Column("column", tuple(clean(c.name) for c in columns), right=False),
            Column("type", tuple(c.type for c in columns), right=False),
            Column("missing", tuple(_missing(c, profile) for c in columns), right=True),
            Column("distinct", tuple(_distinct(c) for c in columns), right=True),
            Column("values", tuple(_values(c) for c in columns), right=False),
        ],
        console,
    )
    console.print(fitted.body)
    for issue in profile.issues:
        console.print(Text.assemble(("Data  ", "cyan"), clean(issue.sentence)))
    console.print()


def size(profile: "TableProfile") -> str:
    """Rows and columns in words."""
    columns = f"{len(profile.columns):,} columns"
    if profile.row_count is None:
        return columns
    about = "" if profile.row_count_exact else "about "
    return f"{about}{profile.row_count:,} rows, {columns}"


def _missing(column: "ColumnProfile", profile: "TableProfile") -> str:
    if not column.null_count or not profile.sampled_rows:
        return ""
    return f"{column.null_count / profile.sampled_rows:.1%}"


def _distinct(column: "ColumnProfile") -> str:
    return "" if column.distinct_count is None else f"{column.distinct_count:,}"


def _values(column: "ColumnProfile") -> str:
    if (column.numeric or column.temporal) and column.minimum is not None:
        return clean(f"{column.minimum} to {column.maximum}")
    names = [clean(value.value) for value in column.top_values[:_MAX_VALUES]]
    more = ", …" if len(column.top_values) > _MAX_VALUES or not column.values_complete else ""
    return ", ".join(names) + more if names else ""
