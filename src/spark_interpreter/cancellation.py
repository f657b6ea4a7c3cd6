"""Stopping work from another thread.

Whoever carries work sets the scope with `cancelled_by`; what takes long, however deep below,
asks with `stop_if_cancelled` between its steps, or hands over with `interrupting` how it can be
stopped in the middle of one.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from spark_interpreter.errors import RunCancelled

INSIST_SECONDS = 0.1
_LOOK_SECONDS = 0.1


class Cancellation:
    """Tells work to stop; safe to set from any thread, once and for all."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._interrupted = False
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []

    def cancel(self) -> None:
        with self._lock:
            self._event.set()
            if self._stops:
                threading.Thread(target=self._insist, name="cancelling", daemon=True).start()

    def interrupt(self) -> None:
        """Stop the work because the process has to end, not because its owner wants it."""
        self._interrupted = not self.cancelled
        self.cancel()

    @property
    def interrupted(self) -> bool:
        return self._interrupted

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; True as soon as the work is to stop."""
        return self._event.wait(seconds)

    def check(self) -> None:
        """Go on unless the work is to stop.

        Raises:
            RunCancelled: it is.
        """
        if self.cancelled:
            raise RunCancelled("Cancelled before it was finished.")

    @contextmanager
    def calling(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` when the work is to stop, again and again until the block is left.

        Raises:
            RunCancelled: the work is to stop already.
        """
        with self._lock:
            self.check()
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)

    @contextmanager
    def holding(self, lock: threading.Lock) -> Iterator[None]:
        """Hold the lock within the block.

        Raises:
            RunCancelled: the work is to stop, and others hold the lock.
        """
        while not lock.acquire(timeout=_LOOK_SECONDS):
            self.check()
        try:
            yield
        finally:
            lock.release()

    def _insist(self) -> None:
        """A call between two queries of a connection, say, would stop neither."""
        while True:
            with self._lock:
                if not self._stops:
                    return
                for stop in self._stops:
                    stop()
            time.sleep(INSIST_SECONDS)


_scope: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


@contextmanager
def cancelled_by(cancellation: Cancellation) -> Iterator[None]:
    """Let the cancellation stop what this thread does within the block."""
    token = _scope.set(cancellation)
    try:
        yield
    finally:
        _scope.reset(token)


def current_cancellation() -> Cancellation:
    """What stops this thread's work; one that nobody sets where there is no scope."""
    return _scope.get() or Cancellation()


def stop_if_cancelled() -> None:
    """Go on unless this thread's work is to stop.

    Raises:
        RunCancelled: it is.
    """
    if (cancellation := _scope.get()) is not None:
        cancellation.check()
