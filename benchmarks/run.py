"""Measures the product and compares it with its goals: `python -m benchmarks.run`.

Ratios are between things measured in the same run, in turns. Exit code 1 says that a goal was
missed, so that a change which costs too much is seen.
"""

import json
import platform
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from benchmarks.aws_lambda import ask_lambda
from benchmarks.cluster import ask_a_cluster
from benchmarks.large import ask_a_gigabyte
from benchmarks.many_tables import plan_among_many
from benchmarks.measure import Measurement, tell
from benchmarks.planning import plan
from benchmarks.postgres import ask_postgres
from benchmarks.prompting import prompt
from benchmarks.service import serve_many
from benchmarks.speed import ask_a_csv, ask_again, start

Benchmark = Callable[[Path, int], Iterator[Measurement]]

BENCHMARKS: dict[str, Benchmark] = {
    "start": start,
    "planner": plan,
    "tables": plan_among_many,
    "prompt": prompt,
    "warm": ask_again,
    "csv": ask_a_csv,
    "large": ask_a_gigabyte,
    "postgres": ask_postgres,
    "service": serve_many,
    "lambda": ask_lambda,
    "cluster": ask_a_cluster,
}


@click.command(help=__doc__)
@click.option(
    "--only", multiple=True, type=click.Choice(list(BENCHMARKS)), help="Leave out others."
)
@click.option("--runs", default=5, show_default=True, help="How often each subject is run.")
@click.option("--json", "report", type=click.Path(path_type=Path), help="File for the figures.")
def main(only: tuple[str, ...], runs: int, report: Path | None) -> None:
    measurements: list[Measurement] = []
    failed = [name for name in only or BENCHMARKS if not measure(name, runs, measurements)]
    show(measurements)
    if report:
        report.write_text(json.dumps([m.to_dict() for m in measurements], indent=2) + "\n")
    sys.exit(bool(failed) or not all(m.met for m in measurements))


def measure(name: str, runs: int, measurements: list[Measurement]) -> bool:
    """Add what the benchmark measures; False if it could not be finished."""
    tell(f"{name}:")
    with TemporaryDirectory(prefix="spark-interpreter-bench-") as folder:
        try:
            measurements.extend(BENCHMARKS[name](Path(folder), runs))
        except RuntimeError as error:
            tell(f"not measured: {error}")
            return False
    return True


def show(measurements: list[Measurement]) -> None:
    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    table = Table(title=machine)
    for heading in ("measured", "result", "goal", "", "made of"):
        table.add_column(heading, justify="right" if heading in {"result", "goal"} else "left")
    for m in measurements:
        goal = "" if m.goal is None else f"<= {m.goal:g} {m.unit}"
        mark = "" if m.goal is None else "ok" if m.met else "MISSED"
        table.add_row(m.name, f"{m.value:.2f} {m.unit}", goal, mark, m.detail)
    Console(width=None if sys.stdout.isatty() else 130).print(table)


if __name__ == "__main__":
    main()
