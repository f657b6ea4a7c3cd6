"""What every platform offers: a validated script in, a finished run or an error out."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import InterpreterError
from spark_interpreter.model import Job, Model, PlatformHealth, PlatformName, Run, TableProfile


class RunProgress(Model):
    """How far a run is; `fraction` (0 to 1) is None while it cannot be known."""

    stage: str
    fraction: float | None = None
    seconds: float = 0


OnProgress = Callable[[RunProgress], None]


class Bill:
    """What a run costs so far; an error that leaves the block carries it.

    Attributes:
        billed, about, later: see `InterpreterError`.
    """

    def __init__(self) -> None:
        self.billed: dict[str, float] | None = None
        self.about = False
        self.later: Callable[[], dict[str, float] | None] | None = None

    def begin(self) -> None:
        """From now on there is something to pay, and nobody has said how much."""
        self.billed = self.billed or {}

    def reckon(self, billed: dict[str, float]) -> None:
        """About what it comes to, if there is something to pay and nobody has said how much."""
        if self.billed == {}:
            self.billed, self.about = billed, True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, InterpreterError):
            error.billed = self.billed
            error.billed_about = self.about
            error.billed_later = self.later


class Platform(Protocol):
    """A place where scripts run."""

    name: PlatformName

    def close(self) -> None:
        """End what was started, and every run."""
        ...

    def health(self) -> PlatformHealth:
        """Whether it can be used now; quick, and without side effects."""
        ...

    def cannot_read(self, profile: TableProfile) -> str | None:
        """Why scripts here cannot read a source, in one sentence; None if they can."""
        ...

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        """Run the script to its end and leave the result, its manifest and the logs behind.

        They are in `job.folder` and `job.log_dir`, wherever the script ran.

        Blocks. When it returns or raises, nothing of the run is left running.

        Raises:
            RunError: the run failed, was cancelled, or went over a limit; what is to be paid for
                it is in `billed`.
        """
        ...


def on_this_machine(profile: TableProfile) -> str | None:
    """Why a platform elsewhere cannot read a source: it is here; None if it is not.

    Scripts read what Apache Spark cannot read itself, such as a workbook, in a form made here.
    """
    if profile.read.remote:
        if profile.read.spark_direct:
            return None
        return f"{profile.label} is converted on this machine before it can be read."
    return f"{profile.label} is on this machine; put it into S3 to read it there."
