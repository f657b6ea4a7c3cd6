"""`spark-interpreter sources`: data, before a question is asked of them."""

import json
import sys
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.progress import Progress
from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spark_interpreter.model import CatalogEntry, ColumnProfile, TableProfile

_MAX_VALUES = 4


@click.group("sources", short_help="Find data and look at them before asking.")
def command() -> None:
    """Find data and look at them before asking."""


@command.command("list")
@click.argument("place", default="")
@click.option("--search", default="", metavar="WORDS", help="Only what has all of these words.")
@click.option("--refresh", is_flag=True, help="Ask the source again, whatever is known of it.")
@options.output("table", "json")
def list_command(place: str, search: str, refresh: bool, form: str) -> None:
    """List the tables in PLACE, with the word that asks of each; without PLACE, the places.

    \b
    spark-interpreter sources list
    spark-interpreter sources list postgres:shop
    spark-interpreter sources list postgres:shop/public --search "order customer"
    spark-interpreter sources list glue:web --refresh

    PLACE is glue, glue:DATABASE, postgres:CONNECTION, postgres:CONNECTION/SCHEMA,
    snowflake:CONNECTION, snowflake:CONNECTION/DATABASE or snowflake:CONNECTION/DATABASE.SCHEMA.
    """  # noqa: D301 - a backspace keeps click from joining the lines below it
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter, Progress() as progress:
        progress.say("Looking into the catalog")
        known = interpreter.browse(place, search=search, refresh=refresh)
    if form == "json":
        entries = [entry.model_dump(mode="json") for entry in known.value]
        age = round(known.age_seconds, 1)
        click.echo(json.dumps({"entries": entries, "age_seconds": age}, ensure_ascii=False))
        return
    if known.value:
        _show_entries(known.value)
    else:
        click.echo(f"Nothing in {place}{' has these words' if search else ''}.", err=True)
    if known.age_seconds >= 1:
        note = f"Known for {_age(known.age_seconds)}; --refresh asks again."
        click.secho(note, dim=True, err=True)


@command.command("show")
@click.argument("sources", nargs=-1, required=True)
@options.output("table", "json")
def show_command(sources: tuple[str, ...], form: str) -> None:
    """Show the columns of SOURCES: types, missing values, ranges, and what is wrong with the data.

    \b
    spark-interpreter sources show orders.csv s3://bucket/orders/
    spark-interpreter sources show postgres:shop/public.orders glue:web.clicks

    Figures are of a sample where the data are large.
    """  # noqa: D301 - a backspace keeps click from joining the lines below it
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter, Progress() as progress:
        progress.say("Looking at the data")
        profiles = interpreter.profile(sources)
    if form == "json":
        text = ",".join(profile.model_dump_json() for profile in profiles)
        sys.stdout.buffer.write(f"[{text}]\n".encode())
    else:
        for profile in profiles:
            show_profile(profile)


def _show_entries(entries: "Sequence[CatalogEntry]") -> None:
    from spark_interpreter.cli.tables import Column, grid_for
    from spark_interpreter.cli.terminal import stdout

    console = stdout()
    columns = [
        Column("ask by", tuple(clean(e.word) for e in entries), right=False),
        Column("kind", tuple(e.kind for e in entries), right=False),
        Column("rows", tuple(_rows(e) for e in entries), right=True),
        Column("comment", tuple(clean(e.unsupported or e.comment or "") for e in entries),
               right=False),
    ]  # fmt: skip
    filled = [c for c in columns if any(c.cells)]
    console.print(grid_for(filled, console).body)


def _rows(entry: "CatalogEntry") -> str:
    if entry.row_count is None:
        return ""
    return f"{'' if entry.row_count_exact else 'about '}{entry.row_count:,}"


def _age(seconds: float) -> str:
    """A time in the largest unit that fits."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


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
