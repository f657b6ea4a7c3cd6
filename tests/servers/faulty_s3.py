"""An S3 of one bucket that answers wrongly as often as it is told to."""

import re
import socket
import struct
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from tests.servers.stallable import StallableServer

Fault = Literal[
    "slow_down", "reset", "cut", "stall", "denied", "expired", "changed", "moved", "broken"
]
_ANSWERS: dict[str, tuple[int, str]] = {
    "slow_down": (503, "SlowDown"),
    "denied": (403, "AccessDenied"),
    "expired": (400, "ExpiredToken"),
    "changed": (412, "PreconditionFailed"),
    "moved": (301, "PermanentRedirect"),
    "broken": (500, "InternalError"),
}


class FaultyS3(StallableServer):
    """Objects by key, and what goes wrong with the next requests.

    Attributes:
        on_object: faults of the next reads of objects, one after the other.
        on_list: the same for lists of keys.
        ranges: first bytes that were asked for, in order.
        asked: bytes of objects that were asked for, all together.
    """

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.objects: dict[str, bytes] = {}
        self.on_object: list[Fault] = []
        self.on_list: list[Fault] = []
        self.ranges: list[int] = []
        self.asked = 0


def faulty_s3() -> AbstractContextManager[FaultyS3]:
    """A running server, gone with all its threads afterwards."""
    return FaultyS3().running()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyS3

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        key = parts.path.lstrip("/").partition("/")[2]
        lists = "list-type" in query
        waiting = self.server.on_list if lists else self.server.on_object
        fault = waiting.pop(0) if waiting else None
        if fault in _ANSWERS:
            self._refuse(*_ANSWERS[fault])
        elif lists:
            self._list(query.get("prefix", [""])[0])
        else:
            self._object(self.server.objects[key], fault)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""

    def _refuse(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("x-amz-bucket-region", "eu-west-1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _list(self, prefix: str) -> None:
        found = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(body)}</Size><ETag>&quot;1&quot;</ETag>"
            "</Contents>"
            for key, body in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def _object(self, body: bytes, fault: Fault | None) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"])
        assert wanted
        start, end = int(wanted[1]), min(int(wanted[2]) + 1, len(body))
        self.server.ranges.append(start)
        self.server.asked += end - start
        part = body[start:end]
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(body)}")
        self.send_header("ETag", '"1"')
        self.end_headers()
        if fault is None:
            self.wfile.write(part)
            return
        self.wfile.write(part[: len(part) // 2])
        self.wfile.flush()
        self.close_connection = True
        if fault == "reset":
            linger = struct.pack("ii", 1, 0)  # closing sends a reset instead of an end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        elif fault == "stall":
            self.server.release.wait(60)
