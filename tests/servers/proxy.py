"""A TCP proxy that behaves badly on purpose: silence, a cut, an answer that there is no TLS."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_TLS_REQUEST = bytes.fromhex("0000000804d2162f")


class Proxy:
    """Passes bytes on to a server of this machine.

    Attributes:
        after: bytes of the server that pass before the trouble starts, in each connection.
        stall: seconds of silence then; None is for ever.
        cut: both sides are hung up on then.
        offers_tls: False answers as a server without TLS does.
    """

    def __init__(
        self, port: int, *, after: int | None = None, stall: float | None = 0, cut: bool = False,
        offers_tls: bool = True,
    ) -> None:  # fmt: skip
        self._target = port
        self.after, self.stall, self.cut, self.offers_tls = after, stall, cut, offers_tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._closed = threading.Event()
        self._sockets: list[socket.socket] = []

    def serve(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            if not self.offers_tls:
                self._without_tls(client, server)
            for source, sink, limit in ((client, server, None), (server, client, self.after)):
                threading.Thread(target=self._pass, args=(source, sink, limit), daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _without_tls(self, client: socket.socket, server: socket.socket) -> None:
        first = client.recv(8)
        if first == _TLS_REQUEST:
            client.sendall(b"N")
        else:
            server.sendall(first)

    def _pass(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                passed += len(data)
                if limit is not None and passed > limit:
                    limit = None
                    if self.cut:
                        break
                    if self.stall is None:
                        self._closed.wait()
                    time.sleep(self.stall or 0)
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(
    port: int, *, after: int | None = None, stall: float | None = 0, cut: bool = False,
    offers_tls: bool = True,
) -> Iterator[Proxy]:  # fmt: skip
    """A proxy before a server's port."""
    made = Proxy(port, after=after, stall=stall, cut=cut, offers_tls=offers_tls)
    threading.Thread(target=made.serve, daemon=True).start()
    try:
        yield made
    finally:
        made.close()
