"""The data plane of AgentCore as boto3 sees it: routes invocations of an ARN to a real runtime.

Each runtime is a process of its own; `/runtimes/<arn>/invocations` is passed on to its
`/invocations` as AgentCore does, with the session's header, and its answer is streamed back. As
AgentCore does, answers that are not 200 come back as `RuntimeClientError` without their body.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote

import httpx

SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/"


class Runtime:
    """An agent's runtime in a process of its own, with folders of its own."""

    def __init__(self, module: str, home: Path, **variables: str) -> None:
        self.home = home
        self.url = ""
        self._module = module
        self._variables = variables
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SPARK_")}
        with (self.home / "runtime.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"spark_interpreter.agents.{self._module}"],
                stdout=subprocess.PIPE, stderr=log, text=True,
                env=inherited
                | {
                    "SPARK_INTERPRETER_DATA_DIR": str(self.home / "data"),
                    "SPARK_INTERPRETER_CACHE_DIR": str(self.home / "cache"),
                    "SPARK_INTERPRETER_AGENTS__PORT": "0",
                    "SPARK_INTERPRETER_SERVICE__GRACE_SECONDS": "0",
                }
                | self._variables,
            )  # fmt: skip
        assert self._process.stdout is not None
        found = re.search(r"http://\S+", self._process.stdout.readline())
        assert found, self.log()
        self.url = found[0]
        return self

    def ping(self) -> str:
        return str(httpx.get(f"{self.url}/ping").json()["status"])

    def log(self) -> str:
        return (self.home / "runtime.log").read_text("utf-8")[-3000:]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(30)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()


class AgentCore:
    """The service in front of the runtimes.

    Attributes:
        invoked: how often each action reached a runtime, under `<name> <action>`.
        lose: actions whose answers get lost after the runtime has given them.
    """

    def __init__(self) -> None:
        self.runtimes: dict[str, Runtime] = {}
        self.invoked: Counter[str] = Counter()
        self.lose: set[str] = set()
        core = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                name = unquote(self.path).split("/invocations")[0].rpartition("/")[2]
                core.answer(self, name, body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads boto3 here."""
        return {
            "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": self.url,
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
        }  # fmt: skip

    def answer(self, request: BaseHTTPRequestHandler, name: str, body: bytes) -> None:
        runtime = self.runtimes.get(name)
        action = re.search(rb'"action": ?"(\w+)"', body[:60])
        said = action[1].decode() if action else "ask"
        if runtime is None:
            _refuse(request, 404, "ResourceNotFoundException")
            return
        self.invoked[f"{name} {said}"] += 1
        headers = {"Content-Type": "application/json"}
        if session := request.headers.get(SESSION):
            headers[SESSION] = session
        try:
            with (
                httpx.Client(timeout=120) as client,
                client.stream(
                    "POST", f"{runtime.url}/invocations", content=body, headers=headers
                ) as reply,
            ):
                if reply.status_code != 200:
                    _refuse(request, 424, "RuntimeClientError")
                elif said in self.lose:
                    reply.read()
                    self.lose.discard(said)
                    request.close_connection = True
                else:
                    _pass_on(request, reply)
        except httpx.HTTPError:
            _refuse(request, 424, "RuntimeClientError")

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for runtime in self.runtimes.values():
            runtime.stop()


@contextmanager
def agentcore(runtimes: Mapping[str, Runtime]) -> Iterator[AgentCore]:
    """The service with these runtimes by name, started already."""
    core = AgentCore().start()
    core.runtimes.update(runtimes)
    try:
        yield core
    finally:
        core.stop()


def _pass_on(request: BaseHTTPRequestHandler, reply: httpx.Response) -> None:
    request.send_response(200)
    request.send_header("Content-Type", reply.headers["content-type"])
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    for chunk in reply.iter_raw():
        request.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        request.wfile.flush()
    request.wfile.write(b"0\r\n\r\n")


def _refuse(request: BaseHTTPRequestHandler, status: int, code: str) -> None:
    body = b'{"message": "Received error from runtime."}'
    request.send_response(status)
    request.send_header("x-amzn-ErrorType", code)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
