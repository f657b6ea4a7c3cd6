"""Help answers at once and its page is in step with it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from spark_interpreter.cli.docs import page
from spark_interpreter.cli.main import cli

Call = Callable[..., "subprocess.CompletedProcess[str]"]
ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    "ask",
    "chat",
    "connections",
    "costs",
    "doctor",
    "emr",
    "examples",
    "investigate",
    "keys",
    "mcp",
    "platforms",
    "run",
    "serve",
    "sessions",
    "sources",
]


def test_the_page_is_in_step_with_the_commands() -> None:
    assert (ROOT / "docs/cli.md").read_text("utf-8") == page(), (
        "python -m spark_interpreter.cli.docs docs/cli.md"
    )


def test_the_commands_are_as_announced() -> None:
    context = click.Context(cli)
    assert cli.list_commands(context) == COMMANDS
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["sessions", "show", "-h"]])
def test_help_needs_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom spark_interpreter.cli.main import run\n"
        f"assert run({arguments!r}) == 0\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage: spark-interpreter" in done.stdout
    heavy = {
        "pydantic", "rich", "duckdb", "pyarrow", "pandas", "pyspark", "altair", "mcp", "strands",
    }  # fmt: skip
    assert heavy & set(done.stderr.split()) == set()


def test_help_answers_at_once(call: Call) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        assert call("--help").returncode == 0
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 0.3


def test_the_version(call: Call) -> None:
    assert call("--version").stdout.startswith("spark-interpreter, version ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "Missing argument 'QUESTION'"),
        (["ask", "how many"], "Name a file or table"),
        (["ask", "how many", "x.csv", "--output", "xml"], "'xml' is not one of"),
        (["ask", "how many", "x.csv", "--timeout", "0"], "--timeout"),
        (["ask", "how many", "x.csv", "--memory", "1"], "--memory"),
        (["chat"], "Name a file or table"),
        (["run", "no-such-file.py"], "no-such-file.py"),
        (["dance"], "No such command 'dance'"),
        (["how many orders", "x.csv"], 'spark-interpreter ask "how many orders" FILE'),
        (["sources", "show"], "Missing argument"),
        (["ask", "how many", "x.csv", "--nope"], "No such option"),
        (["ask", "how many", "x.csv", "--chart", "c.gif"], "c.gif"),
        (["ask", "how many", "x.csv", "--export", "no/such/folder.csv"], "does not exist"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_code_2(
    call: Call, arguments: list[str], said: str
) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_setting_that_cannot_be_used_is_named(call: Call) -> None:
    done = call("doctor", SPARK_INTERPRETER_SAMPLE_ROWS="many")
    assert done.returncode == 2
    assert "SPARK_INTERPRETER_SAMPLE_ROWS cannot be used" in done.stderr
