"""What stands between a client and a Snowflake server, and answers wrongly as it is told to."""

import gzip
import http.client
import json
import socket
import struct
import time
import uuid
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler

from tests.servers.stallable import StallableServer

LOGIN = "/session/v1/login-request"
RENEW = "/session/token-request"
QUERY = "/queries/v1/query-request"
RESULT = "result_scan"
"""How the connector asks for the rows of a query that has ended."""

Fault = str | float
"""A code of Snowflake's, seconds of silence, "reset" in mid-answer, or "busy" (HTTP 503)."""

_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "host", "accept-encoding"}


class FaultySnowflake(StallableServer):
    """Passes requests on to a server of this machine.

    Attributes:
        faults: by part of a path or body, what goes wrong with the next such requests, one after
            the other.
        always: by part of a path or body, what goes wrong with every such request.
        answers: by part of a statement, the rows of text that answer it, by column.
        asked: the requests, paths and bodies, in order.
    """

    def __init__(self, port: int) -> None:
        super().__init__(_Handler)
        self.target = port
        self.port = int(self.server_address[1])
        self.faults: dict[str, list[Fault]] = {}
        self.always: dict[str, Fault] = {}
        self.answers: dict[str, list[dict[str, str]]] = {}
        self.asked: list[str] = []

    def next_fault(self, request: str) -> Fault | None:
        """What goes wrong with this request."""
        for part, waiting in self.faults.items():
            if part in request and waiting:
                return waiting.pop(0)
        return next((fault for part, fault in self.always.items() if part in request), None)


def faulty_snowflake(port: int) -> AbstractContextManager[FaultySnowflake]:
    """A running one before a server's port, gone with all its threads afterwards."""
    return FaultySnowflake(port).running()


class _Handler(BaseHTTPRequestHandler):
    server: FaultySnowflake

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        request = f"{path} {self._text(body)}"
        self.server.asked.append(request)
        fault = self.server.next_fault(request)
        known = next((rows for part, rows in self.server.answers.items() if part in request), None)
        if isinstance(fault, int | float):
            self.server.release.wait(fault)
        if fault == "busy":
            self._answer(503, "text/plain", b"")
        elif isinstance(fault, str) and fault.isdigit():
            refusal = {"data": {}, "code": fault, "message": "no", "success": False}
            self._answer(200, "application/json", json.dumps(refusal).encode())
        elif known is not None:
            self._answer(200, "application/json", json.dumps(_rows(known)).encode())
        else:
            self._answer(*self._asked(body), reset=fault == "reset")

    def _text(self, body: bytes) -> str:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(body) if packed else body).decode()

    def _asked(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, type and body of the real server's answer."""
        target = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
        try:
            target.request(self.command, self.path, body, headers)
            answer = target.getresponse()
            kind = answer.headers.get("Content-Type", "application/json")
            return answer.status, kind, answer.read()
        finally:
            target.close()

    def _answer(self, status: int, kind: str, body: bytes, *, reset: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not reset:
            self.wfile.write(body)
            return
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        time.sleep(0.05)
        linger = struct.pack("ii", 1, 0)  # closing sends a reset instead of an end
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


def _rows(rows: list[dict[str, str]]) -> dict[str, object]:
    """The answer to a statement, as Snowflake writes it."""
    kinds = [
        {"name": name, "type": "text", "length": 99, "byteLength": 99, "nullable": True,
         "precision": None, "scale": None}
        for name in rows[0]
    ]  # fmt: skip
    data = {
        "parameters": [], "rowtype": kinds, "rowset": [list(row.values()) for row in rows],
        "total": len(rows), "returned": len(rows), "queryId": str(uuid.uuid4()),
        "queryResultFormat": "json", "finalDatabaseName": None, "finalSchemaName": None,
        "statementTypeId": 16640,
    }  # fmt: skip
    return {"data": data, "code": None, "message": None, "success": True}
