"""The command `spark-interpreter`: one module for each command, imported when it is called."""

import os
import sys
from contextlib import suppress
from importlib import import_module

import click

from spark_interpreter.__about__ import __version__

_COMMANDS = {
    "ask": ("spark_interpreter.cli.ask", "Answer a question of files and tables."),
    "chat": ("spark_interpreter.cli.chat", "Ask one question after another."),
    "connections": ("spark_interpreter.cli.connections", "Name databases to ask."),
    "costs": ("spark_interpreter.cli.costs", "Say what answers have cost."),
    "doctor": ("spark_interpreter.cli.doctor", "Say what works on this machine."),
    "emr": (
        "spark_interpreter.cli.emr",
        "Make the application that runs scripts on EMR Serverless.",
    ),
    "examples": ("spark_interpreter.cli.examples", "Vouch for answers."),
    "investigate": (
        "spark_interpreter.cli.investigate",
        "Find out why, in several questions; needs a model.",
    ),
    "keys": ("spark_interpreter.cli.keys", "Create and revoke API keys of the service."),
    "mcp": ("spark_interpreter.cli.mcp", "Be a tool of agents (MCP)."),
    "platforms": ("spark_interpreter.cli.platforms", "Say where scripts can run."),
    "run": ("spark_interpreter.cli.run", "Check and run a PySpark script."),
    "serve": ("spark_interpreter.cli.serve", "Answer questions over HTTP."),
    "sessions": ("spark_interpreter.cli.sessions", "Look back at earlier answers."),
    "sources": ("spark_interpreter.cli.sources", "Find data and look at them before asking."),
}


class _Commands(click.Group):
    """A group whose help needs none of its commands' modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        command: click.Command = import_module(module).command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, note) for name, (_, note) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args and " " in args[0].strip():
                hint = f'To ask a question: spark-interpreter ask "{args[0]}" FILE'
                raise click.UsageError(f"{error.message} {hint}", ctx) from error
            raise


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Start with: spark-interpreter ask "top 5 products by revenue" orders.csv',
)
@click.version_option(__version__, "--version", prog_name="spark-interpreter")
def cli() -> None:
    """Ask questions of data in plain language; get a table, a chart and the PySpark script."""


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    # Pydantic would look for plugins in the metadata of every installed package: 0.05 s.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code = run(sys.argv[1:])
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Everything is closed by now. Taking the imported libraries apart would cost 0.2 s.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line; the exit code. Nothing that goes wrong escapes as a traceback."""
    from spark_interpreter.cli.outcome import INTERRUPTED, report, report_defect, usage_code
    from spark_interpreter.errors import InterpreterError

    try:
        code = cli.main(arguments, prog_name="spark-interpreter", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InterpreterError as error:
        report(error)
        return usage_code(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # the latter is how click ends when its reader is gone
        return 0
    except Exception as defect:  # noqa: BLE001  the process boundary: one sentence, no traceback
        return report_defect(defect)
    return code if isinstance(code, int) else 0
