"""Errors as data, for the way from the function to the client."""

from spark_interpreter import errors
from spark_interpreter.errors import DataMismatch, InterpreterError, RunError, ScriptFailed
from spark_interpreter.model import Model

_DETAIL_MAX = 65_536

_KNOWN: dict[str, type[InterpreterError]] = {
    kind.code: kind
    for kind in (
        errors.EngineUnavailable, errors.NotFound, errors.OutputTooLarge, errors.PlacementError,
        errors.ResultError, errors.RunCancelled, errors.RunInterrupted, errors.RunOutOfMemory,
        errors.RunTimeout, errors.SettingsError, errors.SourceDenied, errors.SourceEmpty,
        errors.SourceError, errors.SourceNotFound, errors.SourceTooLarge,
        errors.SourceUnavailable, errors.SourceUnreadable, errors.StoreError,
        errors.ValidationError,
    )
}  # fmt: skip


class Failure(Model):
    """An error of ours: its code, what it says, and the fields of those that carry more.

    Attributes:
        line: of the script, where it failed (`ScriptFailed`).
        path, column, row, value: the cell that does not fit (`DataMismatch`).
    """

    code: str
    message: str
    remedy: str = ""
    detail: str = ""
    line: int | None = None
    path: str | None = None
    column: str | None = None
    row: int | None = None
    value: str | None = None


def failure_of(error: InterpreterError) -> Failure:
    """The error as data; a very long detail loses its beginning."""
    failure = Failure(
        code=error.code,
        message=error.message,
        remedy=error.remedy,
        detail=error.detail[-_DETAIL_MAX:],
    )
    if isinstance(error, ScriptFailed):
        return failure.model_copy(update={"line": error.line})
    if isinstance(error, DataMismatch):
        cell = {name: getattr(error, name) for name in ("path", "column", "row", "value")}
        return failure.model_copy(update=cell)
    return failure


def error_of(failure: Failure) -> InterpreterError:
    """The error that was told; a `RunError` for a code that is not known here."""
    told = {"remedy": failure.remedy, "detail": failure.detail}
    if failure.code == ScriptFailed.code:
        return ScriptFailed(failure.message, **told, line=failure.line)
    if failure.code == DataMismatch.code:
        return DataMismatch(
            failure.message,
            **told,
            path=failure.path,
            column=failure.column,
            row=failure.row,
            value=failure.value,
        )
    return _KNOWN.get(failure.code, RunError)(failure.message, **told)
