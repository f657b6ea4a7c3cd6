"""Consoles: colour and width where a person looks, plain lines where a program reads."""

import sys
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from typing import TextIO

LABEL_WIDTH = 9
_PIPE_WIDTH = 4_000


@cache
def _console(stream: "TextIO", interactive: bool) -> Console:
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    width = None if interactive else _PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def stdout() -> Console:
    return _console(sys.stdout, sys.stdout.isatty())


def stderr() -> Console:
    return _console(sys.stderr, sys.stderr.isatty())
