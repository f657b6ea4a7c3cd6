"""Options that commands share, and the settings they lead to."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from spark_interpreter import Settings

Command = Callable[..., Any]

TERMINAL_ROWS = 20


def sources(function: Command) -> Command:
    """SOURCES and --source: the data."""
    files = click.argument("files", nargs=-1, metavar="[SOURCES]...")
    named = click.option(
        "-s", "--source", "named", multiple=True, metavar="SOURCE",
        help="A file, folder, pattern or table to read; may be repeated.",
    )  # fmt: skip
    return files(named(function))


def output(*forms: str) -> Callable[[Command], Command]:
    """--output: what is printed."""
    return click.option(
        "-o", "--output", "form", type=click.Choice(forms), default=forms[0], show_default=True,
        help="What to print.",
    )  # fmt: skip


verbose = click.option(
    "-v", "--verbose", is_flag=True, help="Show every step, and the details of errors."
)


def turn(function: Command) -> Command:
    """The options of everything that answers: session, output, files to write, limits."""
    for option in reversed(_TURN):
        function = option(function)
    return function


_FILE = click.Path(path_type=Path, dir_okay=False)
_TURN: list[Callable[[Command], Command]] = [
    click.option(
        "--session", metavar="ID",
        help="Go on with this session; the question may refine the one before.",
    ),
    output("table", "json", "csv"),
    click.option(
        "--rows", type=click.IntRange(1, 10_000), metavar="N",
        help=f"Rows to show.  [default: {TERMINAL_ROWS}; 100 in JSON]",
    ),
    click.option(
        "--chart", type=_FILE, metavar="FILE",
        help="Write the chart as .png, .svg, .html or .json (Vega-Lite).",
    ),
    click.option(
        "--export", type=_FILE, metavar="FILE",
        help="Write all rows as .csv, .parquet, .xlsx, .json or .jsonl.",
    ),
    click.option("--dry-run", is_flag=True, help="Write and check the script; do not run it."),
    click.option(
        "--explain", is_flag=True, help="Show how the answer is computed, with the script."
    ),
    click.option(
        "--platform", type=click.Choice(["auto", "local", "lambda", "emr", "connect"]),
        default="auto", show_default=True, help="Where to run.",
    ),
    click.option(
        "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
        help="Stop the run after this time.",
    ),
    click.option(
        "--memory", type=click.IntRange(min=256), metavar="MIB",
        help="Stop the run when it takes more memory.",
    ),
    verbose,
]  # fmt: skip


def settings(
    *, timeout: float | None = None, memory: int | None = None, rows: int | None = None
) -> "Settings":
    """The settings of the environment, with what the options say instead.

    Raises:
        SettingsError: a variable of the environment has a value that cannot be used.
    """
    from pydantic import ValidationError

    from spark_interpreter import Settings
    from spark_interpreter.errors import SettingsError

    try:
        base = Settings()
    except ValidationError as exc:
        wrong = exc.errors()[0]
        name = "__".join(str(part).upper() for part in wrong["loc"])
        raise SettingsError(
            f"SPARK_INTERPRETER_{name} cannot be used: {wrong['msg']}.",
            remedy="Correct or unset this environment variable.",
        ) from exc
    limits = {"seconds": timeout, "memory_mb": memory}
    changed = {name: value for name, value in limits.items() if value is not None}
    return base.model_copy(
        update={
            "limits": base.limits.model_copy(update=changed),
            "preview_rows": rows or base.preview_rows,
        }
    )
