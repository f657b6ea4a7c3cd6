"""Python's own parser, for many threads at once."""

import ast
import threading

_TRIES = 5
_lock = threading.Lock()


def parse(text: str) -> ast.Module:
    """The syntax tree of a program, as `ast.parse` makes it.

    Python 3.11 counts the depth of all trees that are being made in one place: threads that parse
    at the same time make it find a mismatch where there is none. So ours go one after another, and
    try again where a library of somebody else's came between.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as `ast.parse` does.
    """
    for _ in range(_TRIES - 1):
        try:
            with _lock:
                return ast.parse(text)
        except SystemError:
            continue
    return ast.parse(text)
