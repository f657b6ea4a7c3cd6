"""The page `docs/cli.md`, made from the commands: `python -m spark_interpreter.cli.docs FILE`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from spark_interpreter.cli.main import cli

_HEAD = """\
# Command line

Made from the commands by `python -m spark_interpreter.cli.docs docs/cli.md`; do not edit.

Answers go to standard output, everything else (progress, notes, errors) to standard error, so
that output can be piped. `--output json` prints [the document of an answer](answer.md) in every
outcome. Colour and progress appear on terminals only; `NO_COLOR` turns colour off.

| exit code | meaning |
| --- | --- |
| 0 | answered |
| 2 | wrong usage: an option, a setting, a session that does not exist |
| 3 | needs input: a clarifying question, or the data cannot answer |
| 4 | validation refused the script |
| 5 | the run, or a step before it, failed |
| 130 | interrupted with Ctrl-C; the run and all its processes are stopped |
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_sections(cli, click.Context(cli, info_name="spark-interpreter"))])


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    context.max_content_width = 90
    context.terminal_width = 90
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _sections(child, click.Context(child, info_name=name, parent=context))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
