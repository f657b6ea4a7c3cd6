"""Errors as data."""

from spark_interpreter.model.base import Model


class ErrorInfo(Model):
    """An error as data: stable code, phase, message that names the thing, remedy."""

    code: str
    phase: str
    message: str
    remedy: str = ""
    detail: str = ""
    line: int | None = None
