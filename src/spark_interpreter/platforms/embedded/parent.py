"""The owner's side of the warm parent: starts it (again, when it died) and asks it for pods."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from typing import IO, ClassVar, NamedTuple

from spark_interpreter.cancellation import Cancellation
from spark_interpreter.errors import EngineUnavailable

_PROGRAM = "spark_interpreter.platforms.embedded.forkserver"
_START_SECONDS = 60.0
_ANSWER_SECONDS = 10.0
_POLL_SECONDS = 0.1
_COMPLAINT_BYTES = 16_384
_PASSED_ENVIRONMENT = ("PYTHONPATH", "LD_LIBRARY_PATH", "SSL_CERT_DIR", "SSL_CERT_FILE")
_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "TZ": "UTC",
}
"""No library may start threads while it is imported, for a fork leaves them behind. Pydantic would
look for plugins in the metadata of every installed package."""


class Pod(NamedTuple):
    """The owner's ends of a pod's descriptors, and a handle of the process."""

    pid: int
    handle: int
    channel: Connection
    report: int
    stdout: int
    stderr: int
    engine_log: int

    def kill(self) -> None:
        """End the pod and all of its children at once."""
        signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def close(self) -> None:
        self.channel.close()
        for fd in (self.handle, self.report, self.stdout, self.stderr, self.engine_log):
            os.close(fd)


class WarmParent:
    """One warm parent process; safe to use from several threads."""

    _started_early: ClassVar["WarmParent | None"] = None

    @classmethod
    def start_early(cls) -> None:
        """Start a process now that the next platform takes over.

        For a program that is about to ask a question: the engine is imported on another core
        while the program still imports what it asks with.
        """
        cls._started_early = cls()
        cls._started_early.start()

    @classmethod
    def take(cls) -> "WarmParent":
        """The process that was started early, if nobody has it yet, or a new one."""
        early, cls._started_early = cls._started_early, None
        return early or cls()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._complaints: IO[bytes] | None = None

    def start(self) -> None:
        """Start the process unless it runs, and return while it imports the engine."""
        with self._lock:
            self._start()

    def pod(self, cancellation: Cancellation) -> Pod:
        """A new pod that waits for its work.

        Raises:
            EngineUnavailable: the warm parent cannot be started.
            RunCancelled: nobody wants the pod any more.
        """
        with cancellation.holding(self._lock):
            try:
                return self._pod(cancellation)
            except OSError:
                self._stop()
            try:
                return self._pod(cancellation)
            except OSError as exc:
                detail = f"{exc}\n{self._complaint()}"
                self._stop()
                raise EngineUnavailable(
                    "The embedded engine did not start.",
                    remedy="Run `spark-interpreter doctor` to see what is missing.",
                    detail=detail,
                ) from exc

    def close(self) -> None:
        """Stop the process and every pod it has."""
        with self._lock:
            self._stop()

    def _start(self) -> socket.socket:
        if self._process is not None and self._control is not None:
            if self._process.poll() is None:
                return self._control
            self._stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        passed = {name: os.environ[name] for name in _PASSED_ENVIRONMENT if name in os.environ}
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives with the process
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                cwd="/",
                env=_ENVIRONMENT | passed,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._control = ours
        self._ready = False
        return ours

    def _await_ready(self, control: socket.socket, cancellation: Cancellation) -> None:
        """Wait for the imports; whoever comes next goes on waiting where a cancelled one left."""
        deadline = time.monotonic() + _START_SECONDS
        control.settimeout(_POLL_SECONDS)
        while not self._ready:
            cancellation.check()
            try:
                _receive(control)
                self._ready = True
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise

    def _pod(self, cancellation: Cancellation) -> Pod:
        control = self._start()
        self._await_ready(control, cancellation)
        control.settimeout(_ANSWER_SECONDS)
        ours, theirs = socket.socketpair()
        pipes = [os.pipe() for _ in range(4)]
        try:
            given = [theirs.fileno(), *(write for _, write in pipes)]
            socket.send_fds(control, [b"pod"], given)
            pid = int(_receive(control))
            handle = os.pidfd_open(pid)
        except OSError:
            ours.close()
            for read, _ in pipes:
                os.close(read)
            raise
        finally:
            theirs.close()
            for _, write in pipes:
                os.close(write)
        return Pod(pid, handle, Connection(ours.detach()), *(read for read, _ in pipes))

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._complaints is not None:
            self._complaints.close()
        self._process = self._control = self._complaints = None

    def _complaint(self) -> str:
        """What the process wrote to its standard error, once it has ended."""
        if self._process is None or self._complaints is None:
            return ""
        self._process.kill()
        self._process.wait()
        self._complaints.seek(0)
        return self._complaints.read(_COMPLAINT_BYTES).decode("utf-8", "replace")


def _receive(control: socket.socket) -> bytes:
    message = control.recv(64)
    if not message:
        raise ConnectionResetError("the warm parent ended")
    return message
