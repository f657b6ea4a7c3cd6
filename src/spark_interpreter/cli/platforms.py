"""`spark-interpreter platforms`: where scripts can run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options

if TYPE_CHECKING:
    from rich.console import Console

    from spark_interpreter.model import PlatformLimits, Platforms, PlatformView

_UNITS = {
    "GBSecond": "a GB-second",
    "request": "an invocation",
    "vCPUHour": "a vCPU-hour",
    "memoryGBHour": "a GB-hour of memory",
    "storageGBHour": "a GB-hour of storage",
    "S3Put": "a PUT or LIST of S3",
    "S3Get": "a GET of S3",
}


@click.command("platforms", short_help="Say where scripts can run.")
@options.output("table", "json")
def command(form: str) -> None:
    """Say where scripts can run, what is missing where they cannot, limits and prices."""
    from spark_interpreter import Interpreter

    with Interpreter(options.settings()) as interpreter:
        found = interpreter.platforms()
    if form == "json":
        click.echo(found.model_dump_json(indent=2))
    else:
        from spark_interpreter.cli.terminal import stdout

        _show(stdout(), found)


def _show(console: "Console", found: "Platforms") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in found.platforms:
        mark = Text("✓", "green") if each.ready else Text("–" if not each.configured else "✗")
        said = Text(each.detail)
        if each.remedy:
            said.append(f"\n{each.remedy}", style="yellow")
        for line in _facts(each):
            said.append(f"\n{line}", style="dim")
        table.add_row(mark, Text(each.platform), said)
    console.print(table)
    if found.max_cost is not None:
        console.print(f"A run that is expected to cost more than ${found.max_cost:g} is refused.")
    requests = _prices(found.request_prices)
    console.print(f"Requests to S3 from here: {requests}.")
    console.print(f"Prices are those of {found.prices_region} on {found.prices_dated}.")


def _facts(platform: "PlatformView") -> Iterator[str]:
    yield f"A run: {', '.join(_limits(platform.limits))}."
    if platform.prices:
        yield f"Billed: {_prices(platform.prices)}."


def _limits(limits: "PlatformLimits") -> Iterator[str]:
    if limits.input_mb is not None:
        yield f"up to {limits.input_mb:,} MB of data"
    if limits.staged_mb is not None:
        yield f"{limits.staged_mb:,} MiB brought to this machine"
    if limits.vcpu is not None:
        yield f"{limits.vcpu:,} vCPU"
    if limits.memory_mb is not None:
        yield f"{limits.memory_mb:,} MiB of memory"
    yield f"{limits.seconds:,g} seconds"
    yield f"{limits.output_mb:,} MiB of result"


def _prices(prices: dict[str, float]) -> str:
    return ", ".join(f"${_digits(price)} {_UNITS[unit]}" for unit, price in prices.items())


def _digits(price: float) -> str:
    """A price of any size, without an exponent."""
    return f"{price:.12f}".rstrip("0").rstrip(".")
