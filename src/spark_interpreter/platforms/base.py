"""What every platform offers: a validated script in, a finished run or an error out."""

import threading
from collections.abc import Callable
from typing import Protocol

from spark_interpreter.model import Job, Model, PlatformHealth, PlatformName, Run


class RunProgress(Model):
    """How far a run is; `fraction` (0 to 1) is None while it cannot be known."""

    stage: str
    fraction: float | None = None
    seconds: float = 0


OnProgress = Callable[[RunProgress], None]


class Cancellation:
    """Tells a run to stop; safe to set from any thread, once and for all."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._interrupted = False

    def cancel(self) -> None:
        self._event.set()

    def interrupt(self) -> None:
        """Stop the run because the process has to end, not because its owner wants it."""
        self._interrupted = not self.cancelled
        self._event.set()

    @property
    def interrupted(self) -> bool:
        return self._interrupted

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; True as soon as the run is to stop."""
        return self._event.wait(seconds)


class Platform(Protocol):
    """A place where scripts run."""

    name: PlatformName

    def health(self) -> PlatformHealth:
        """Whether it can be used now; quick, and without side effects."""
        ...

    def execute(self, job: Job, *, on_progress: OnProgress, cancellation: Cancellation) -> Run:
        """Run the script to its end and leave the output, its manifest and the logs behind.

        Blocks. When it returns or raises, nothing of the run is left running.

        Raises:
            RunError: the run failed, was cancelled, or went over a limit.
        """
        ...
