"""AWS Lambda on this machine: its API in front, its Runtime API behind, a real process between.

The process is `python -m awslambdaric` with the handler, as in the image. The limits of time and
memory are enforced from outside, and its output goes to moto's CloudWatch Logs. `Faults` lets
things go wrong as they do in AWS.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, LifoQueue, Queue
from typing import Any

import boto3
import psutil
import pytest

from tests.servers.moto import KEYS, REGION, aws_settings

FUNCTION = "spark-code-interpreter"
COMMAND = (
    sys.executable, "-m", "awslambdaric", "spark_interpreter.lambda_worker.handler.handle",
)  # fmt: skip
LOG_GROUP = f"/aws/lambda/{FUNCTION}"
_PAYLOAD_MAX = 6 * 1024 * 1024
_TAIL_BYTES = 4096
_INIT_SECONDS = 60.0
_LOOK_SECONDS = 0.4
"""Pause between two looks at the memory of a process."""
_MIB = 1024 * 1024


@dataclass
class Faults:
    """What goes wrong with the next invocations; counts go down as they are used up.

    Attributes:
        throttled: invocations that are refused before anything begins.
        lost: answers that are lost after the function has given them.
        crashed: processes that die of a signal while they work.
        frozen: processes that stand still until their time is over.
        killed_mb: memory that a process is killed for; None is the function's own size.
        log_delay: seconds until a log is in CloudWatch Logs; None: never.
    """

    throttled: int = 0
    lost: int = 0
    crashed: int = 0
    frozen: int = 0
    killed_mb: int | None = None
    log_delay: float | None = 0

    def take(self, name: str) -> bool:
        """Whether this goes wrong now."""
        left = getattr(self, name)
        setattr(self, name, max(0, left - 1))
        return bool(left)


@dataclass
class Begun:
    """An invocation that began, and how it ended."""

    request_id: str
    run_id: str
    cold: bool
    error: str = ""
    billed_ms: int = 0


@dataclass
class _Ending:
    payload: bytes
    error: bool = False
    lines: list[str] = field(default_factory=list)


class LambdaService:
    """The service with one function in it.

    Args:
        slots: how many processes of the function there are at most.
        command: what starts one of them.
        environment: what it has besides the variables of Lambda and AWS.

    Attributes:
        seconds, memory_mb: the function's limits.
        invocations: those that began, in order.
    """

    def __init__(
        self,
        aws_url: str,
        folder: Path,
        *,
        slots: int = 2,
        command: Sequence[str] = COMMAND,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._environment = {
            **KEYS, "AWS_ENDPOINT_URL": aws_url, "AWS_REGION": REGION, **(environment or {}),
        }  # fmt: skip
        self._logs = boto3.client(
            "logs", endpoint_url=aws_url, region_name=REGION,
            aws_access_key_id="testing", aws_secret_access_key="testing",
        )  # fmt: skip
        with suppress(self._logs.exceptions.ResourceAlreadyExistsException):
            self._logs.create_log_group(logGroupName=LOG_GROUP)
        self._free: LifoQueue[_Slot] = LifoQueue()
        self._slots = [_Slot(folder / f"slot-{number}", command) for number in range(slots)]
        for slot in self._slots:
            self._free.put(slot)
        self.invocations: list[Begun] = []
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
        self._server.daemon_threads = True
        self._server.service = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self._thread.start()

    def reset(self) -> None:
        """Nothing goes wrong, and nothing was invoked."""
        self.seconds, self.memory_mb = 300.0, 3008
        self.state = "Active"
        self.faults = Faults()
        self.invocations.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for slot in self._slots:
            slot.stop()

    def stop_processes(self) -> None:
        """The next invocation is a cold one."""
        for slot in self._slots:
            slot.stop()

    @property
    def idle(self) -> bool:
        """No invocation is under way."""
        return self._free.qsize() == len(self._slots)

    @property
    def folders(self) -> list[Path]:
        """What the processes have for `/tmp`."""
        return [slot.folder for slot in self._slots]

    def processes(self) -> list[psutil.Process]:
        """Everything that runs inside the function."""
        return [each for slot in self._slots for each in slot.tree()]

    def configuration(self) -> dict[str, Any]:
        return {
            "FunctionName": FUNCTION,
            "MemorySize": self.memory_mb,
            "Timeout": int(self.seconds),
            "State": self.state,
            "PackageType": "Image",
            "Architectures": ["x86_64"],
        }

    def invoke(self, request_id: str, body: bytes) -> tuple[_Ending, str]:
        """Run the function; its ending and the tail of its log."""
        slot = self._free.get()
        try:
            cold = slot.start(self._environment, self.memory_mb)
            run_id = str(json.loads(body).get("job", {}).get("run_id", ""))
            begun = Begun(request_id, run_id, cold)
            self.invocations.append(begun)
            started = time.monotonic()
            ending = slot.carry(request_id, body, self.seconds, self._killed_at, self.faults)
            seconds = time.monotonic() - started
            begun.error = ending.payload.decode()[:500] if ending.error else ""
            begun.billed_ms = int((seconds + (slot.init_seconds if cold else 0)) * 1000) + 1
            lines = self._lines(request_id, ending, slot, seconds, begun)
            self._write(slot.stream, lines)
            return ending, "\n".join(lines)
        finally:
            self._free.put(slot)

    def _killed_at(self) -> int:
        return self.faults.killed_mb or self.memory_mb

    def _lines(
        self, request_id: str, ending: _Ending, slot: "_Slot", seconds: float, begun: Begun
    ) -> list[str]:
        init = f"\tInit Duration: {slot.init_seconds * 1000:.2f} ms" if begun.cold else ""
        used = min(slot.peak_mb, self.memory_mb)
        if "signal: killed" in ending.payload.decode("utf-8", "replace"):
            used = self.memory_mb
        return [
            f"START RequestId: {request_id} Version: $LATEST",
            *ending.lines,
            f"END RequestId: {request_id}",
            (
                f"REPORT RequestId: {request_id}\tDuration: {seconds * 1000:.2f} ms\t"
                f"Billed Duration: {begun.billed_ms} ms\tMemory Size: {self.memory_mb} MB\t"
                f"Max Memory Used: {int(used)} MB{init}\t"
            ),
        ]

    def _write(self, stream: str, lines: list[str]) -> None:
        delay = self.faults.log_delay
        if delay is None:
            return
        if delay:
            timer = threading.Timer(delay, self._put, (stream, lines))
            timer.daemon = True
            timer.start()
        else:
            self._put(stream, lines)

    def _put(self, stream: str, lines: list[str]) -> None:
        with suppress(self._logs.exceptions.ResourceAlreadyExistsException):
            self._logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
        at = int(time.time() * 1000)
        events = [{"timestamp": at, "message": line or " "} for line in lines]
        for start in range(0, len(events), 1000):
            self._logs.put_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, logEvents=events[start : start + 1000]
            )


class _Slot:
    """A sandbox of the function: one process at a time, and what it has for `/tmp`."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self.folder = folder
        self._command = command
        self.stream = ""
        self.init_seconds = 0.0
        self.peak_mb = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._runtime: _Runtime | None = None
        self._lines: list[str] = []
        self._reader: threading.Thread | None = None

    def start(self, environment: dict[str, str], memory_mb: int) -> bool:
        """Have a process that waits for work; True if it had to be started."""
        if self._process is not None and self._process.poll() is None:
            return False
        self.stop()
        began = time.monotonic()
        self.folder.mkdir(parents=True, exist_ok=True)
        today = datetime.now(UTC).strftime("%Y/%m/%d")
        self.stream = f"{today}/[$LATEST]{uuid.uuid4().hex}"
        self._runtime = _Runtime()
        self._process = subprocess.Popen(
            self._command,
            env={
                **environment,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb),
                "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_LOG_GROUP_NAME": LOG_GROUP,
                "AWS_LAMBDA_LOG_STREAM_NAME": self.stream,
                "AWS_LAMBDA_RUNTIME_API": self._runtime.address,
                "LANG": "C.UTF-8",
                "PATH": os.environ["PATH"],
                "TMPDIR": str(self.folder),
                "TZ": ":UTC",
            },
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._lines, self.peak_mb = [], 0.0
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        while not self._runtime.waiting.wait(0.01):
            if self._process.poll() is not None or time.monotonic() - began > _INIT_SECONDS:
                break
        self.init_seconds = time.monotonic() - began
        return True

    def stop(self) -> None:
        """Kill the process and everything below it."""
        if self._process is None or self._runtime is None:
            return
        for each in self.tree():
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self._process.wait()
        if self._reader is not None:
            self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._runtime.close()
        self._process = self._runtime = None

    def tree(self) -> list[psutil.Process]:
        process = self._process
        if process is None or process.poll() is not None:
            return []
        try:
            root = psutil.Process(process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def carry(
        self, request_id: str, body: bytes, seconds: float, killed_at: Any, faults: Faults
    ) -> _Ending:
        """Hand over one invocation and watch it to its end."""
        runtime, process = self._runtime, self._process
        assert runtime is not None
        assert process is not None
        work = _Work(request_id, body, time.time() + seconds)
        begun = time.monotonic()
        look_at = begun
        runtime.queue.put(work)
        for name, number in (("crashed", signal.SIGSEGV), ("frozen", signal.SIGSTOP)):
            if faults.take(name):
                time.sleep(0.1)
                process.send_signal(number)
        while not work.done.wait(0.005):
            if time.monotonic() - begun > seconds:
                return self._ended(
                    "Sandbox.Timedout",
                    f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds",
                )
            if process.poll() is not None:
                died_of = -(process.returncode or 0)
                how = f"signal: {signal.strsignal(died_of)}" if died_of > 0 else "exit status 1"
                return self._ended(
                    "Runtime.ExitError",
                    f"RequestId: {request_id} Error: Runtime exited with error: {how.lower()}",
                )
            if time.monotonic() >= look_at:
                self.peak_mb = max(self.peak_mb, sum(map(_memory_mb, self.tree())))
                look_at = time.monotonic() + _LOOK_SECONDS
                if self.peak_mb > killed_at():
                    return self._ended(
                        "Runtime.ExitError",
                        f"RequestId: {request_id} Error: Runtime exited with error: signal: killed",
                    )
        return _Ending(work.payload, work.error, self._taken_lines())

    def _ended(self, kind: str, message: str) -> _Ending:
        self.stop()
        payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
        return _Ending(payload, True, [*self._taken_lines(), message])

    def _taken_lines(self) -> list[str]:
        time.sleep(0.01)
        lines, self._lines = self._lines, []
        return lines

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))


@dataclass
class _Work:
    request_id: str
    body: bytes
    deadline: float
    payload: bytes = b""
    error: bool = False
    done: threading.Event = field(default_factory=threading.Event)


class _Runtime:
    """The Runtime API that one process asks for work."""

    def __init__(self) -> None:
        self.queue: Queue[_Work] = Queue()
        self.waiting = threading.Event()
        self.current: _Work | None = None
        self.closed = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _RuntimeApi)
        self._server.daemon_threads = True
        self._server.runtime = self  # type: ignore[attr-defined]
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self._thread.start()

    def close(self) -> None:
        self.closed = True
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        with suppress(ConnectionError):
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


class _RuntimeApi(_Handler):
    """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html."""

    @property
    def runtime(self) -> _Runtime:
        return self.server.runtime  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        assert self.path == "/2018-06-01/runtime/invocation/next", self.path
        self.runtime.waiting.set()
        while not self.runtime.closed:
            try:
                work = self.runtime.queue.get(timeout=0.2)
            except Empty:
                continue
            self.runtime.current = work
            self.reply(
                200,
                work.body,
                {
                    "Lambda-Runtime-Aws-Request-Id": work.request_id,
                    "Lambda-Runtime-Deadline-Ms": str(int(work.deadline * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": _arn(),
                },
            )
            return
        self.close_connection = True

    def do_POST(self) -> None:
        data = self.body()
        self.reply(202, b'{"status":"OK"}')
        work = self.runtime.current
        if work is None or self.path.endswith("/init/error"):
            return
        work.payload, work.error = data, self.path.endswith("/error")
        work.done.set()


class _Api(_Handler):
    """https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html."""

    @property
    def service(self) -> LambdaService:
        return self.server.service  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        if self._known() and self.path.split("?")[0].endswith("/configuration"):
            self.reply(200, json.dumps(self.service.configuration()).encode())

    def do_POST(self) -> None:
        data = self.body()
        if not self._known():
            return
        if len(data) > _PAYLOAD_MAX:
            self._refuse(413, "RequestTooLargeException", "Request must be smaller than 6291456")
        elif self.service.faults.take("throttled"):
            self._refuse(429, "TooManyRequestsException", "Rate Exceeded.")
        else:
            self._invoke(data)

    def _invoke(self, data: bytes) -> None:
        request_id = str(uuid.uuid4())
        ending, log = self.service.invoke(request_id, data)
        if self.service.faults.take("lost"):
            linger = struct.pack("ii", 1, 0)  # closing sends a reset instead of an end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RD)
            self.connection.close()
            return
        headers = {"x-amzn-RequestId": request_id, "X-Amz-Executed-Version": "$LATEST"}
        if ending.error:
            headers["X-Amz-Function-Error"] = "Unhandled"
        if self.headers.get("X-Amz-Log-Type") == "Tail":
            tail = log.encode()[-_TAIL_BYTES:]
            headers["X-Amz-Log-Result"] = b64encode(tail).decode()
        self.reply(200, ending.payload, headers)

    def _known(self) -> bool:
        parts = self.path.split("?")[0].split("/")
        name = parts[3].replace("%3A", ":")
        if parts[1:3] == ["2015-03-31", "functions"] and name in (FUNCTION, _arn()):
            return True
        self._refuse(404, "ResourceNotFoundException", f"Function not found: {name}")
        return False

    def _refuse(self, status: int, code: str, message: str) -> None:
        body = json.dumps({"Type": "User", "message": message}).encode()
        self.reply(status, body, {"x-amzn-ErrorType": code, "x-amzn-RequestId": str(uuid.uuid4())})


def _arn() -> str:
    return f"arn:aws:lambda:{REGION}:123456789012:function:{FUNCTION}"


def _memory_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / _MIB
    except psutil.Error:
        return 0.0


@pytest.fixture(scope="session")
def lambda_processes(
    moto: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LambdaService]:
    """One service for all tests of a process; its function stays warm."""
    with closing(LambdaService(moto, tmp_path_factory.mktemp("lambda"))) as service:
        yield service


@pytest.fixture
def aws_lambda(
    lambda_processes: LambdaService, moto: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LambdaService]:
    """The service behind the usual AWS settings, with nothing going wrong yet."""
    lambda_processes.reset()
    aws_settings(monkeypatch, moto)
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", lambda_processes.url)
    yield lambda_processes
    lambda_processes.reset()
