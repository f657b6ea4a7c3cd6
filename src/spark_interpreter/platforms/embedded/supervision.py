"""The owner's watch over one pod: its limits, its logs, its progress, its end."""

import os
import selectors
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import (
    EngineUnavailable,
    OutputTooLarge,
    RunCancelled,
    RunInterrupted,
    RunOutOfMemory,
    RunTimeout,
    ScriptFailed,
)
from spark_interpreter.platforms.base import OnProgress, RunProgress
from spark_interpreter.platforms.embedded import watch
from spark_interpreter.platforms.embedded.logs import LogStream
from spark_interpreter.platforms.embedded.parent import Pod
from spark_interpreter.platforms.embedded.protocol import (
    OUTCOME_MAX_BYTES,
    Ended,
    Outcome,
    Progress,
    Started,
    Work,
)

TICK_SECONDS = 0.05
LOOK_SECONDS = 0.25
"""Between two looks at what costs more to see than memory: other processes, folders, reading."""
PROGRESS_SECONDS = 0.5
STOP_SECONDS = 3.0
ENGINE_LOG_KB = 1024
_CHUNK = 65536


class Supervision:
    """Carries one `Work` through a pod.

    Args:
        token: of the server elsewhere, where the work names one that wants it.

    Attributes:
        peak_memory: bytes, over the whole tree.
        bytes_read: by the engine; None where unknown.
        ended: how the processes ended; None if the pod itself went away.
    """

    def __init__(
        self,
        pod: Pod,
        work: Work,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
        token: str = "",
    ) -> None:
        self._pod = pod
        self._work = work
        self._token = token
        self._on_progress = on_progress
        self._cancellation = cancellation
        self._started = time.monotonic()
        self._next_tick = self._next_look = self._started
        self._others: list[int] = []
        self._next_progress = self._started + PROGRESS_SECONDS
        self._input_bytes = watch.text_bytes(work.inputs)
        self._processes: Started | None = None
        self._report = bytearray()
        self._said: float | None = None
        self.stdout = LogStream(work.limits.log_kb)
        self.stderr = LogStream(work.limits.log_kb)
        self.engine_log = LogStream(ENGINE_LOG_KB)
        self.peak_memory = 0
        self.bytes_read: int | None = None
        self.ended: Ended | None = None

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def to_the_end(self) -> Outcome:
        """Wait until the run has come to its end, and leave nothing of it running.

        Raises:
            RunError: a limit was reached, the run was cancelled, or its processes went away.
        """
        with self._selector() as selector:
            try:
                self._pod.channel.send_bytes(self._work.model_dump_json().encode())
                if self._work.remote is not None:
                    self._pod.channel.send_bytes(self._token.encode())
                self._follow(selector)
            except (BrokenPipeError, ConnectionResetError) as exc:
                raise _gone() from exc
            finally:
                if self.ended is None:
                    self._stop()
                self._drain(selector)
        return self._outcome()

    @contextmanager
    def _selector(self) -> Iterator[selectors.BaseSelector]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._pod.channel, selectors.EVENT_READ, self._message)
            for fd, feed in (
                (self._pod.report, self._feed_report),
                (self._pod.stdout, self.stdout.feed),
                (self._pod.stderr, self.stderr.feed),
                (self._pod.engine_log, self.engine_log.feed),
            ):
                selector.register(fd, selectors.EVENT_READ, feed)
            yield selector

    def _follow(self, selector: selectors.BaseSelector) -> None:
        """Pass on what the pod says until it ends or must end."""
        while self.ended is None:
            self._take(selector, TICK_SECONDS)
            self._enforce_limits()
            self._tell_progress()

    def _take(self, selector: selectors.BaseSelector, seconds: float) -> bool:
        """Read once from everything that has something; False if nothing has."""
        ready = selector.select(seconds)
        for key, _ in ready:
            data = self._read(key)
            if data:
                key.data(data)
            else:
                selector.unregister(key.fileobj)
        return bool(ready)

    def _read(self, key: selectors.SelectorKey) -> bytes:
        if key.fileobj is not self._pod.channel:
            return os.read(key.fd, _CHUNK)
        try:
            return self._pod.channel.recv_bytes()
        except (EOFError, ConnectionResetError) as exc:
            if self.ended is None:
                raise _gone() from exc
            return b""

    def _stop(self) -> None:
        """End every process of the pod, and wait until they have ended."""
        with suppress(EOFError, OSError):
            self._pod.channel.send_bytes(b"stop")
            while self.ended is None:
                if not self._pod.channel.poll(STOP_SECONDS):
                    self._pod.kill()
                self._message(self._pod.channel.recv_bytes())

    def _drain(self, selector: selectors.BaseSelector) -> None:
        """Take what the processes have left in their pipes."""
        selector.unregister(self._pod.channel)
        while self._take(selector, 0):
            pass

    def _message(self, data: bytes) -> None:
        if self._processes is None:
            self._processes = Started.model_validate_json(data)
        else:
            self.ended = Ended.model_validate_json(data)

    def _feed_report(self, data: bytes) -> None:
        if len(self._report) <= OUTCOME_MAX_BYTES:
            self._report += data
        *lines, rest = self._report.split(b"\n")
        if lines:
            self._report = bytearray(rest)
            with suppress(ValidationError):
                self._said = Progress.model_validate_json(bytes(lines[-1])).fraction

    def _enforce_limits(self) -> None:
        if self._cancellation.cancelled:
            raise RunCancelled("The run was cancelled.")
        if self.seconds > self._work.limits.seconds:
            raise RunTimeout(
                f"The run took longer than its limit of {self._work.limits.seconds:g} seconds.",
                remedy="Raise `--timeout`, or ask for less data.",
            )
        if self._processes is None:
            return
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_SECONDS
            self._others = watch.descendants(self._pod.pid)
            self.bytes_read = watch.bytes_read(self._processes.engine) or self.bytes_read
            self._enforce_output()
        if time.monotonic() >= self._next_tick:
            self._next_tick = time.monotonic() + TICK_SECONDS
            self._enforce_use(self._processes)

    def _enforce_use(self, processes: Started) -> None:
        limits = self._work.limits
        used = watch.usage({processes.engine, processes.script, *self._others})
        self.peak_memory = max(self.peak_memory, used.memory)
        if used.memory > limits.memory_mb * watch.MIB:
            raise self.out_of_memory()
        if used.threads > limits.processes:
            raise ScriptFailed(
                f"The run started {used.threads} threads; its limit is {limits.processes}.",
                remedy="Raise the setting `limits.processes`.",
            )

    def _enforce_output(self) -> None:
        written = watch.folder_bytes(filter(None, (self._work.folder, self._work.scratch)))
        if written > self._work.limits.output_mb * watch.MIB:
            raise self.output_too_large()

    def out_of_memory(self) -> RunOutOfMemory:
        """The error for a run that wanted more memory than it may have."""
        return RunOutOfMemory(
            f"The run needed more than its limit of {self._work.limits.memory_mb} MiB of memory "
            f"(peak seen: {self.peak_memory // watch.MIB} MiB).",
            remedy="Raise `--memory`, or ask for less data.",
        )

    def output_too_large(self) -> OutputTooLarge:
        """The error for a run that wrote more than it may."""
        return OutputTooLarge(
            f"The run wrote more than its limit of {self._work.limits.output_mb} MiB.",
            remedy="Raise the setting `limits.output_mb`, or ask for fewer rows.",
        )

    def _tell_progress(self) -> None:
        if time.monotonic() < self._next_progress:
            return
        self._next_progress = time.monotonic() + PROGRESS_SECONDS
        fraction = self._said
        if self._input_bytes and self.bytes_read is not None:
            fraction = min(self.bytes_read / self._input_bytes, 0.99)
        self._on_progress(RunProgress(stage="running", fraction=fraction, seconds=self.seconds))

    def _outcome(self) -> Outcome:
        try:
            return Outcome.model_validate_json(bytes(self._report))
        except ValidationError:
            pass
        ended = self.ended or Ended(engine=0, script=0, engine_first=False)
        if ended.engine_first:
            if ended.engine == -9 or "memory allocation" in self.engine_log.text:
                raise self.out_of_memory()
            raise EngineUnavailable(
                f"The engine stopped unexpectedly ({_ending(ended.engine)}).",
                remedy="Ask again; if it happens again, report it with the engine's log.",
                detail=self.engine_log.text,
            )
        raise ScriptFailed(
            f"The script's process stopped unexpectedly ({_ending(ended.script)}).",
            remedy="Run the script again; its log has what it printed.",
            detail=self.stderr.text,
        )

    def save_logs(self, folder: Path) -> None:
        """Write `stdout.log`, `stderr.log` and `engine.log`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.stdout.save(folder / "stdout.log")
        self.stderr.save(folder / "stderr.log")
        self.engine_log.save(folder / "engine.log")


def _ending(status: int) -> str:
    return f"killed by signal {-status}" if status < 0 else f"exit code {status}"


def _gone() -> RunInterrupted:
    return RunInterrupted(
        "The process that carried the run is gone.", remedy="Run the script again."
    )
