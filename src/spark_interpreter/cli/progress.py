"""What is going on, for a person who waits."""

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from spark_interpreter.cli.text import clean

if TYPE_CHECKING:
    from rich.spinner import Spinner

    from spark_interpreter.model import Event

_PATIENCE = 0.5
"""Seconds after which a wait deserves a word."""


class Progress:
    """A line on the terminal with the stage and the time, shown when it takes longer.

    Nothing is printed when standard error is not a terminal, unless `verbose`: then every event
    is a line of its own.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._started = time.perf_counter()
        self._stage = "Starting"
        self._fraction: float | None = None
        self._timer: threading.Timer | None = None
        self._live: Any = None
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        import sys

        if sys.stderr.isatty() and not self._verbose:
            self._timer = threading.Timer(_PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        if self._live is not None:
            self._live.stop()

    def on_event(self, event: "Event") -> None:
        """Take note of a step of the turn."""
        if event.message:
            self._stage = clean(event.message)
        self._fraction = event.data.get("fraction") if event.kind == "progress" else None
        if self._verbose:
            import click

            seconds = time.perf_counter() - self._started
            click.secho(f"{seconds:7.2f} s  {event.state:<11}  {self._stage}", err=True, dim=True)

    def say(self, stage: str) -> None:
        """Name the current stage."""
        self._stage = stage

    def _show(self) -> None:
        from rich.live import Live
        from rich.spinner import Spinner

        from spark_interpreter.cli.terminal import stderr

        spinner = Spinner("dots", style="cyan")
        with self._lock:
            if self._ended:
                return
            self._live = Live(
                get_renderable=lambda: self._line(spinner),
                console=stderr(),
                transient=True,
                refresh_per_second=8,
            )
            self._live.start()

    def _line(self, spinner: "Spinner") -> "Spinner":
        from rich.text import Text

        done = "" if self._fraction is None else f" {self._fraction:.0%}"
        seconds = time.perf_counter() - self._started
        spinner.update(text=Text.assemble(f"{self._stage}{done} ", (f"{seconds:.0f} s", "dim")))
        return spinner
