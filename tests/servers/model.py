"""A model behind a local address: it speaks five services' protocols and says what it is told.

    with model_server([calls("answer", {...}), Reply(fault="throttled")]) as model:
        settings = ModelSettings(**model.settings("openai"))

A script is a list of replies, taken one a request (the last is repeated), or a function from the
request to a reply. What was asked is kept in `model.requests`.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.servers.model_wire import PROTOCOLS, Call, Fault, Protocol, Reply
from tests.servers.stallable import StallableServer

__all__ = ["Asked", "Call", "Fault", "ModelServer", "Reply", "calls", "model_server", "says"]

BEFORE_TROUBLE = 3
"""Parts of an answer that come before it is cut, stalls or turns into nonsense."""

_AT_ONCE = frozenset(
    {"throttled", "overloaded", "denied", "unknown_model", "too_long", "invalid", "broken"}
)


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        protocol: "openai", "anthropic", "bedrock", "ollama" or "gemini".
        body: the document that was sent; `raw` are its bytes.
        tools: names of the tools on offer.
    """

    protocol: str
    path: str
    headers: dict[str, str]
    raw: bytes
    body: dict[str, Any] = field(repr=False)
    tools: list[str]

    @property
    def text(self) -> str:
        """Every text of the request, however it is nested: prompts, messages, tool results."""
        return "\n".join(_texts(self.body))

    def has(self, text: str) -> bool:
        return text in self.text


Script = Sequence[Reply] | Callable[[Asked], Reply]


def says(text: str, **options: Any) -> Reply:
    """A reply in words."""
    return Reply(text=text, **options)


def calls(name: str, arguments: dict[str, Any] | str, **options: Any) -> Reply:
    """A reply that calls one tool."""
    return Reply(calls=(Call(name, arguments),), **options)


LEAVES_CONNECTIONS = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("left_connections"),
]
"""Marks of tests whose providers' clients leave connections open."""


class ModelServer(StallableServer):
    """The running server.

    Attributes:
        requests: what was asked, in order.
        release: ends every stalled answer.
    """

    def __init__(self, script: Script) -> None:
        super().__init__(_Handler)
        self.script = script
        self.requests: list[Asked] = []
        self.hung_up = threading.Event()
        self._lock = threading.Lock()

    def settings(self, protocol: str) -> dict[str, Any]:
        """Fields of `ModelSettings` that reach this server."""
        bases = {"openai": f"{self.url}/v1"}
        return {
            "provider": protocol,
            "name": "scripted",
            "base_url": bases.get(protocol, self.url),
            "api_key": "secret-key-12345",
            "region": "us-east-1",
        }

    def reply_to(self, asked: Asked) -> Reply:
        with self._lock:
            self.requests.append(asked)
            if callable(self.script):
                return self.script(asked)
            return self.script[min(len(self.requests), len(self.script)) - 1]


def model_server(script: Script) -> AbstractContextManager[ModelServer]:
    """A running server, gone with all its threads afterwards."""
    return ModelServer(script).running()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path
        protocol = next((p for p in PROTOCOLS if p.serves(path)), None)
        if protocol is None:
            self._document(404, {}, {"error": f"nothing is served at {path}"})
            return
        body = json.loads(raw)
        asked = Asked(protocol.name, path, dict(self.headers), raw, body, protocol.tools(body))
        reply = self.server.reply_to(asked)
        if reply.fault in _AT_ONCE:
            self._document(*protocol.error(reply.fault))
            return
        try:
            self._stream(protocol, reply)
        except OSError:  # the client has heard enough
            self.server.hung_up.set()
            self.close_connection = True

    def _document(self, status: int, headers: dict[str, str], document: Any) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, protocol: Protocol, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", protocol.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        parts = list(protocol.parts(reply))
        trouble = min(BEFORE_TROUBLE, len(parts) - 1)
        for number, part in enumerate(parts):
            if number == trouble and self._trouble(protocol, reply.fault):
                return
            time.sleep(reply.delay)
            self._chunk(part)
        self._chunk(b"")

    def _trouble(self, protocol: Protocol, fault: Fault) -> bool:
        """Whether the answer ends here."""
        if fault == "malformed":
            self._chunk(protocol.malformed)
            self._chunk(b"")
        elif fault == "cut":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
        elif fault == "stall":
            self.server.release.wait(60)
            self.close_connection = True
        return fault in {"malformed", "cut", "stall"}

    def _chunk(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
