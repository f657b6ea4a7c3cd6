"""`spark-interpreter investigate`: an open question that takes several steps."""

import json
from typing import TYPE_CHECKING

import click

from spark_interpreter.cli import options
from spark_interpreter.cli.interrupts import cancelling
from spark_interpreter.cli.outcome import FAILED

if TYPE_CHECKING:
    from spark_interpreter.model.report import Report, ReportStep


@click.command("investigate", short_help="Find out why, in several questions.")
@click.argument("question")
@options.sources
@options.output("text", "json")
@click.option("--steps", type=click.IntRange(1, 100), metavar="N", help="Questions it may ask.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help="Time it may take.",
)  # fmt: skip
def command(
    *,
    question: str,
    files: tuple[str, ...],
    named: tuple[str, ...],
    form: str,
    steps: int | None,
    timeout: float | None,
) -> int:
    """Let a language model ask several questions of the data and write a short report.

    Every number of the report names the turn that computed it; numbers that no turn computed are
    named below it.
    """
    from spark_interpreter import Cancellation, Interpreter

    if not files and not named:
        raise click.UsageError("Name a file or table.")
    settings = options.settings()
    changed = {name: value for name, value in {"steps": steps, "seconds": timeout}.items() if value}
    limits = settings.investigation.model_copy(update=changed)
    cancellation = Cancellation()
    with (
        Interpreter(settings.model_copy(update={"investigation": limits})) as spark,
        cancelling(cancellation),
    ):
        report = spark.investigate(
            question, (*files, *named), on_step=_tell, cancellation=cancellation
        )
    if form == "json":
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    return 0 if report.ended == "finished" else FAILED


def _tell(step: "ReportStep") -> None:
    rows = "" if step.row_count is None else f" ({step.row_count:,} rows)"
    click.echo(f"[{step.turn}] {step.question} → {step.status}{rows}", err=True)


def _show(report: "Report") -> None:
    click.echo(report.text)
    if report.charts:
        click.echo(f"\nWith the charts of turns {', '.join(map(str, report.charts))}.")
    if report.unsupported:
        click.echo(f"\nNot computed by any turn: {', '.join(report.unsupported)}")
    if report.ended != "finished":
        click.echo(f"\nEnded early: {report.ended}.")
    if report.session_id:
        click.echo(f"\nEvery step: spark-interpreter sessions show {report.session_id}")
