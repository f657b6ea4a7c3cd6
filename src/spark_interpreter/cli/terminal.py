"""Consoles: colour and width where a person looks, plain lines where a program reads."""

import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from rich.console import Console

if TYPE_CHECKING:
    from typing import TextIO

LABEL_WIDTH = 9
_PIPE_WIDTH = 4_000


class _Trimmed:
    """A stream that gets lines without the spaces that fill a table's last column."""

    def __init__(self, stream: "TextIO") -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(re.sub(r" +$", "", text, flags=re.MULTILINE))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@cache
def _console(stream: "TextIO", interactive: bool) -> Console:
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    if interactive:
        return Console(file=stream, highlight=False, markup=False, emoji=False)
    trimmed = cast("TextIO", _Trimmed(stream))
    return Console(file=trimmed, width=_PIPE_WIDTH, highlight=False, markup=False, emoji=False)


def stdout() -> Console:
    return _console(sys.stdout, sys.stdout.isatty())


def stderr() -> Console:
    return _console(sys.stderr, sys.stderr.isatty())
