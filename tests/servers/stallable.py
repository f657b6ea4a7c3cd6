"""HTTP servers that may be told to fail: broken connections are quiet, stalled answers can end."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class StallableServer(ThreadingHTTPServer):
    """A server on a free port.

    Attributes:
        release: ends every stalled answer.
    """

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what this server is for."""

    @contextmanager
    def running(self) -> Iterator[Self]:
        """The running server, gone with all its threads afterwards."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self.release.set()
            self.shutdown()
            thread.join()
            self.server_close()
