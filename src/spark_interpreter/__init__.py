"""Ask questions of data in plain language; get a table, a chart and the PySpark script."""

from typing import TYPE_CHECKING, Any

from spark_interpreter.__about__ import __version__

if TYPE_CHECKING:
    from spark_interpreter.cancellation import Cancellation
    from spark_interpreter.model import FileSource
    from spark_interpreter.settings import Settings
    from spark_interpreter.supervisor import Answer, Asking, Interpreter

_HOMES = {
    "Answer": "spark_interpreter.supervisor",
    "Asking": "spark_interpreter.supervisor",
    "Cancellation": "spark_interpreter.cancellation",
    "FileSource": "spark_interpreter.model",
    "Interpreter": "spark_interpreter.supervisor",
    "Settings": "spark_interpreter.settings",
}

__all__ = [
    "Answer",
    "Asking",
    "Cancellation",
    "FileSource",
    "Interpreter",
    "Settings",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Import a public name where it lives, when it is first used: start-up stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
