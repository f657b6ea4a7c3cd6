"""The warm parents among the processes that tests have started, servers of theirs left out."""

import psutil

PROGRAM = "spark_interpreter.platforms.embedded.forkserver"


def warm_parents() -> list[psutil.Process]:
    """Warm parents of this process, of whatever platform."""
    return [child for child in psutil.Process().children() if PROGRAM in _arguments(child)]


def pods() -> list[psutil.Process]:
    """Every process below them."""
    return [process for parent in warm_parents() for process in parent.children(recursive=True)]


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
