"""Every error the product raises.

    InterpreterError
    ├── UsageError              a request that cannot be read: unknown option, empty question
    ├── SettingsError           a setting has a value that cannot work
    ├── Conflict                the thing is not in a state for this, or a key was used before
    ├── Busy                    as much as can wait is waiting; try again later
    │   └── Stopping            the service is being stopped
    ├── AccessError             the service does not serve this caller
    │   ├── NotAuthenticated    no key or token, or one that is not valid
    │   ├── Forbidden           a role, an allow-list or the request's origin forbids it
    │   ├── LimitExceeded       a rate limit or quota is used up for now
    │   ├── RequestTooLarge     more bytes than the service reads
    │   └── ProviderUnavailable the identity provider's keys cannot be read
    ├── SourceError             data that cannot be used
    │   ├── SourceNotFound      no such file, table, connection
    │   ├── SourceUnreadable    there, but broken, denied, or of a kind nobody can read
    │   ├── SourceDenied        there, but wrong credentials or no permission
    │   ├── SourceUnavailable   it did not answer in time, or not at all; asking again may help
    │   ├── SourceTooLarge      more than may be brought to this machine
    │   └── SourceEmpty         there, but without a single column or row to ask about
    ├── AgentUnavailable        an agent's runtime cannot be reached, or failed
    ├── GenerationError         no script could be written
    │   ├── ModelUnavailable    the model did not answer, not in time, or not to its end
    │   ├── ModelDenied         the model's service does not know the key, or forbids it
    │   ├── ModelUnknown        the service has no such model, or does not take what we ask of it
    │   ├── ModelRefused        the model, or a filter of its service, would not answer
    │   ├── ModelUnreadable     nothing could be made of what the model said
    │   └── BudgetExceeded      tokens, money or seconds for the question are used up
    ├── ValidationError         the script was refused before it ran
    ├── PlacementError          no platform can carry the run
    ├── RunError                the script ran and did not finish
    │   ├── ScriptFailed        the script or the engine raised
    │   ├── DataMismatch        a cell does not fit the type its column was read with
    │   ├── RunTimeout          over its time limit
    │   ├── RunOutOfMemory      over its memory limit
    │   ├── OutputTooLarge      over its output limit
    │   ├── RunCancelled        stopped by its owner
    │   ├── RunInterrupted      the process that carried it is gone
    │   └── EngineUnavailable   the engine could not be started or reached
    ├── ResultError             the output does not agree with its manifest
    └── StoreError              sessions or artifacts cannot be read or written
        └── NotFound            no such session, turn or artifact

Each carries a stable `code`, the `phase` of the turn it belongs to, one sentence
that names the thing (`message`), and what to do about it (`remedy`). Exceptions of
libraries are mapped to these in one place per library, `from exc`.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

Phase = Literal[
    "request",
    "profiling",
    "generating",
    "validating",
    "placing",
    "running",
    "presenting",
    "storing",
]


class InterpreterError(Exception):
    """Root of the tree; never raised itself.

    Args:
        message: one sentence that names the thing that is wrong.
        remedy: what the reader can do: the setting, the command, the extra to install.
        detail: more text for a log or an expandable part of a page; may be long.

    Attributes:
        billed: what a platform charges for the run that ended so, as in `Resources.billed`; empty
            where it does not say; None where no run had begun, or none that is paid for.
        billed_about: `billed` is reckoned from the time that has passed, as nobody has said yet.
        billed_later: waits for what the platform says of a run that was given up, None if it does
            not; None itself where there is nothing to wait for.
    """

    code: ClassVar[str] = "internal"
    phase: ClassVar[Phase] = "request"
    billed: dict[str, float] | None = None
    billed_about: bool = False
    billed_later: Callable[[], dict[str, float] | None] | None = None

    def __init__(self, message: str, *, remedy: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class UsageError(InterpreterError):
    code = "usage"


class SettingsError(InterpreterError):
    code = "settings"


class AccessError(InterpreterError):
    code = "access"


class NotAuthenticated(AccessError):
    code = "not_authenticated"


class Forbidden(AccessError):
    code = "forbidden"


class LimitExceeded(AccessError):
    """A limit is used up; asking again makes sense after `retry_after` seconds."""

    code = "limit_exceeded"

    def __init__(
        self, message: str, *, remedy: str = "", detail: str = "", retry_after: float = 1
    ) -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.retry_after = retry_after


class RequestTooLarge(AccessError):
    code = "request_too_large"


class ProviderUnavailable(AccessError):
    code = "provider_unavailable"


class Conflict(InterpreterError):
    code = "conflict"


class Busy(InterpreterError):
    """Nothing was begun; `retry_after` is when to try again, in seconds."""

    code = "busy"

    def __init__(self, message: str, *, remedy: str = "", retry_after: int = 1) -> None:
        super().__init__(message, remedy=remedy or "Try again later.")
        self.retry_after = retry_after


class Stopping(Busy):
    code = "stopping"


class SourceError(InterpreterError):
    code = "source"
    phase = "profiling"


class SourceNotFound(SourceError):
    code = "source_not_found"


class SourceUnreadable(SourceError):
    code = "source_unreadable"


class SourceDenied(SourceError):
    code = "source_denied"


class SourceUnavailable(SourceError):
    code = "source_unavailable"


class SourceTooLarge(SourceError):
    code = "source_too_large"


class SourceEmpty(SourceError):
    code = "source_empty"


class AgentUnavailable(InterpreterError):
    """The call was made once; `begun` says that the agent may have begun what it was asked for."""

    code = "agent_unavailable"

    def __init__(
        self, message: str, *, remedy: str = "", detail: str = "", begun: bool = False
    ) -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.begun = begun


class GenerationError(InterpreterError):
    """No script; `usage` is what the calls of a model used (`model.Usage`), where that is known."""

    code = "generation"
    phase = "generating"
    usage: Any = None


class ModelUnavailable(GenerationError):
    code = "model_unavailable"


class ModelDenied(GenerationError):
    code = "model_denied"


class ModelUnknown(GenerationError):
    code = "model_unknown"


class ModelRefused(GenerationError):
    code = "model_refused"


class ModelUnreadable(GenerationError):
    code = "model_unreadable"


class BudgetExceeded(GenerationError):
    code = "budget_exceeded"


class ValidationError(InterpreterError):
    code = "validation"
    phase = "validating"


class PlacementError(InterpreterError):
    code = "placement"
    phase = "placing"


class RunError(InterpreterError):
    code = "run"
    phase = "running"


class ScriptFailed(RunError):
    """The script or the engine raised; `line` is the script's line (1-based) when known."""

    code = "script_failed"

    def __init__(
        self, message: str, *, remedy: str = "", detail: str = "", line: int | None = None
    ) -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.line = line


class DataMismatch(RunError):
    """A cell does not fit its column's type.

    Any of `path`, `column`, `row` (1-based, counted over data rows) and `value` may be
    unknown (None), as engines differ in what they report.
    """

    code = "data_mismatch"

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        detail: str = "",
        path: str | None = None,
        column: str | None = None,
        row: int | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, detail=detail)
        self.path = path
        self.column = column
        self.row = row
        self.value = value


class RunTimeout(RunError):
    code = "timeout"


class RunOutOfMemory(RunError):
    code = "out_of_memory"


class OutputTooLarge(RunError):
    code = "output_too_large"


class RunCancelled(RunError):
    code = "cancelled"


class RunInterrupted(RunError):
    code = "interrupted"


class EngineUnavailable(RunError):
    code = "engine_unavailable"


class ResultError(InterpreterError):
    code = "result"
    phase = "presenting"


class StoreError(InterpreterError):
    code = "store"
    phase = "storing"


class NotFound(StoreError):
    code = "not_found"
